"""Values that come in many at once, from the endpoint or a file: each known once, corrections keeping the original."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.calendar import local_date
from bot.domain.events import ActorKind, Event
from bot.domain.ids import new_id, stable_id
from bot.domain.measuring.measurements import Effect, Recorded, record
from bot.domain.measuring.metrics import Metric, Source
from bot.domain.measuring.rows import Row, RowFault, RowValue, checked, shape_fault
from bot.errors import Overtaken, Unavailable
from bot.flows.calendars import the_organisation, zone_of
from bot.flows.measuring.recording import Hand, keep, measurement
from bot.messages import metrics as words
from bot.ports import Ports
from bot.stores import UnitOfWork

ACTORS = {Source.WEBHOOK: ActorKind.SYSTEM, Source.CSV: ActorKind.IMPORT}
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of the rows: how many were new, the same or corrections, and what was wrong with the others."""

    effects: Counter[Effect] = field(default_factory=Counter)
    faults: tuple[RowFault, ...] = ()


async def take_rows(
    rows: Sequence[Row], source: Source, ports: Ports, *, all_or_none: bool = False, dry_run: bool = False
) -> Taken:
    """
    Record the rows in one transaction with one audit event; those with faults are passed over.

    With `all_or_none` nothing is stored when a row has a fault, with `dry_run` nothing at all. Raises Unavailable when
    others keep recording the same values at the same moment.
    """
    for _ in range(TRIES):
        try:
            return await _take(rows, source, ports, all_or_none=all_or_none, dry_run=dry_run)
        except Overtaken:
            continue
    raise Unavailable(words.SAME_MOMENT)


async def _take(rows: Sequence[Row], source: Source, ports: Ports, *, all_or_none: bool, dry_run: bool) -> Taken:
    async with ports.open_unit_of_work() as uow:
        values, faults = await _checked(rows, uow, ports)
        changes = await _recorded(values, source, uow, ports)
        taken = Taken(effects=Counter(change.effect for change in changes), faults=tuple(sorted(faults)))
        if dry_run or (all_or_none and faults):
            return taken
        changed = [change for change in changes if change.fresh]
        if changed:
            await keep(_collapsed(changed), uow)
            uow.events.record(_event(changed, taken, source, ports))
            await uow.commit()
    return taken


async def _checked(rows: Sequence[Row], uow: UnitOfWork, ports: Ports) -> tuple[list[RowValue], list[RowFault]]:
    """Return what the rows say, and what is wrong with them; an unknown initiative or metric is."""
    today = local_date(ports.clock.now(), zone_of(await the_organisation(uow)))
    known = await _metrics_of({row.cells.get("key", "").upper() for row in rows}, uow)
    values, faults = list[RowValue](), list[RowFault]()
    for row in rows:
        found = shape_fault(row) or _looked_up(row, known)
        done = checked(row, found, today) if isinstance(found, Metric) else found
        if isinstance(done, RowFault):
            faults.append(done)
        else:
            values.append(done)
    return values, faults


async def _metrics_of(keys: set[str], uow: UnitOfWork) -> dict[str, dict[str, Metric]]:
    """Return the metrics of some initiatives by key and key."""
    initiatives = [found for key in sorted(keys) if key and (found := await uow.initiatives.by_key(key))]
    by_initiative: dict[str, dict[str, Metric]] = {each.id: {} for each in initiatives}
    for metric in await uow.metrics.of(by_initiative):
        by_initiative[metric.initiative_id][metric.key] = metric
    return {each.key: by_initiative[each.id] for each in initiatives}


def _looked_up(row: Row, known: dict[str, dict[str, Metric]]) -> Metric | RowFault:
    metrics = known.get(row.cells["key"].upper())
    if metrics is None:
        return RowFault(row.number, "key", f"{row.cells['key']} is no initiative")
    metric = metrics.get(row.cells["metric"])
    if metric is None or not metric.active:
        return RowFault(row.number, "metric", f"{row.cells['metric']} is no metric of {row.cells['key'].upper()}")
    return metric


async def _recorded(values: Sequence[RowValue], source: Source, uow: UnitOfWork, ports: Ports) -> list[Recorded]:
    by = Hand(at=ports.clock.now(), source=source)
    starts = {value.period.start for value in values}
    standing = dict(await uow.measurements.standing({value.metric.id for value in values}, starts))
    changes = []
    for value in values:
        place = (value.metric.id, value.period.start)
        fresh = measurement(value.metric, value.period, value.figures, by, value.state)
        done = record(standing.get(place), fresh)
        if done.fresh:
            standing[place] = done.fresh
        changes.append(done)
    return changes


def _collapsed(changes: Sequence[Recorded]) -> list[Recorded]:
    """Return the changes with rows that a later row of the same batch corrects stored as void from the beginning."""
    void = {change.void.id: change.void for change in changes if change.void}
    fresh = {change.fresh.id for change in changes if change.fresh}
    return [
        Recorded(
            change.effect,
            void.get(change.fresh.id, change.fresh) if change.fresh else None,
            None if change.void and change.void.id in fresh else change.void,
        )
        for change in changes
    ]


def _event(changes: Sequence[Recorded], taken: Taken, source: Source, ports: Ports) -> Event:
    """Return the one event of a batch: how much came, what became of it, and a hash of the ids (I-32)."""
    now = ports.clock.now()
    counts = {effect.value: taken.effects[effect] for effect in Effect}
    ids = sorted(change.fresh.id for change in changes if change.fresh)
    return Event(
        at=now,
        action="measurements.recorded",
        entity="measurements",
        entity_id=new_id(now),
        actor_kind=ACTORS.get(source, ActorKind.SYSTEM),
        facts={**counts, "refused": len(taken.faults), "source": source.value, "ids": stable_id(*ids)},
    )
