"""Metrics and measured values."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import and_, func, select

from bot.domain.ids import InitiativeId
from bot.domain.initiatives import Lifecycle
from bot.domain.measuring.measurements import Measurement, MeasurementState, Recorded
from bot.domain.measuring.metrics import Metric, MetricId, Source
from bot.domain.measuring.sources import Attempt
from storage.stores.unit import VARIABLES, Unit, chunked, table_of
from storage.tables.initiatives import InitiativeRow
from storage.tables.measuring import AttemptRow, MeasurementRow, MetricRow

METRIC, MEASUREMENT, ATTEMPT = table_of(MetricRow), table_of(MeasurementRow), table_of(AttemptRow)
INITIATIVE = table_of(InitiativeRow)
COUNTS = MEASUREMENT.c.state != MeasurementState.VOID.value
COLUMNS = tuple(MEASUREMENT.c[each.name] for each in fields(Measurement))


class SqlMetrics:
    """`bot.stores.Metrics` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, metric_id: MetricId) -> Metric | None:
        """Return a metric."""
        return await self._unit.one(Metric, select(METRIC).where(METRIC.c.id == metric_id))

    async def of(self, initiative_ids: Iterable[InitiativeId]) -> list[Metric]:
        """Return the metrics of some initiatives, by initiative and key."""
        found = await self._unit.every_in(Metric, METRIC, METRIC.c.initiative_id, set(initiative_ids))
        return sorted(found, key=lambda each: (each.initiative_id, each.key))

    async def save(self, metrics: Iterable[Metric]) -> None:
        """Store metrics."""
        given = list(metrics)
        await self._unit.upsert(METRIC, given)
        self._unit.touched.update(metric.initiative_id for metric in given)

    async def all(self) -> list[Metric]:
        """Return every metric, by initiative and key."""
        return await self._unit.every(Metric, select(METRIC).order_by(METRIC.c.initiative_id, METRIC.c.key))

    async def fetched(self) -> list[Metric]:
        """Return the metrics in use whose values are fetched, of initiatives that are worked on."""
        joined = select(METRIC).join(INITIATIVE, INITIATIVE.c.id == METRIC.c.initiative_id)
        wanted = and_(
            METRIC.c.source == Source.API.value, METRIC.c.active, INITIATIVE.c.lifecycle == Lifecycle.ACTIVE.value
        )
        found = await self._unit.every(Metric, joined.where(wanted).order_by(METRIC.c.id))
        return [metric for metric in found if metric.pull is not None]

    async def attempts(self, metric_ids: Iterable[MetricId]) -> dict[MetricId, Attempt]:
        """Return when the values of some metrics were last fetched."""
        found = await self._unit.every_in(Attempt, ATTEMPT, ATTEMPT.c.metric_id, set(metric_ids))
        return {attempt.metric_id: attempt for attempt in found}

    async def claim(self, before: Attempt | None, now: Attempt) -> bool:
        """Note an attempt that begins now unless another process has begun one since `before`."""
        if before is None:
            return await self._unit.add_records_once(ATTEMPT, [now]) == 1
        same = and_(ATTEMPT.c.metric_id == before.metric_id, ATTEMPT.c.tried_at == before.tried_at)
        return await self._unit.change(ATTEMPT, same, tried_at=now.tried_at) == 1

    async def save_attempts(self, attempts: Iterable[Attempt]) -> None:
        """Store when values were last fetched."""
        await self._unit.upsert(ATTEMPT, list(attempts))


class SqlMeasurements:
    """`bot.stores.Measurements` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def standing(
        self, metric_ids: Iterable[MetricId], starts: Iterable[date]
    ) -> dict[tuple[MetricId, date], Measurement]:
        """Return the values that count, by metric and first day of the period."""
        days, found = set(starts), list[Measurement]()
        if not days:
            return {}
        span = and_(COUNTS, MEASUREMENT.c.period_start.between(min(days), max(days)))
        for ids in chunked(sorted(set(metric_ids)), VARIABLES):
            statement = select(MEASUREMENT).where(MEASUREMENT.c.metric_id.in_(ids), span)
            found += await self._unit.every(Measurement, statement)
        return {(each.metric_id, each.period_start): each for each in found if each.period_start in days}

    async def latest(self, metric_ids: Iterable[MetricId], limit: int) -> dict[MetricId, list[Measurement]]:
        """Return the newest `limit` values of each metric that count, newest period first."""
        place = func.row_number().over(partition_by=MEASUREMENT.c.metric_id, order_by=MEASUREMENT.c.period_start.desc())
        found: dict[MetricId, list[Measurement]] = defaultdict(list)
        for ids in chunked(sorted(set(metric_ids)), VARIABLES):
            ranked = select(*COLUMNS, place.label("place")).where(MEASUREMENT.c.metric_id.in_(ids), COUNTS).subquery()
            newest = select(ranked).where(ranked.c.place <= limit).order_by(ranked.c.metric_id, ranked.c.place)
            for each in await self._unit.every(Measurement, newest):
                found[each.metric_id].append(each)
        return dict(found)

    async def since(self, metric_ids: Iterable[MetricId], day: date) -> list[Measurement]:
        """Return every row of some metrics for periods that end on or after a day, void ones too, oldest first."""
        found: list[Measurement] = []
        for ids in chunked(sorted(set(metric_ids)), VARIABLES):
            wanted = and_(MEASUREMENT.c.metric_id.in_(ids), MEASUREMENT.c.period_end >= day)
            found += await self._unit.every(Measurement, select(MEASUREMENT).where(wanted))
        return sorted(found, key=_in_order)

    async def keep(self, changes: Sequence[Recorded]) -> bool:
        """Store what was recorded; False when somebody recorded a value for one of the periods meanwhile."""
        for change in changes:
            if change.void and not await self._make_void(change.void):
                return False
        fresh = [change.fresh for change in changes if change.fresh]
        self._unit.touched.update(each.initiative_id for each in fresh)
        return await self._unit.add_records_once(MEASUREMENT, fresh) == len(fresh)

    async def _make_void(self, void: Measurement) -> bool:
        mine = and_(MEASUREMENT.c.id == void.id, COUNTS)
        return await self._unit.change(MEASUREMENT, mine, state=void.state.value, void_at=void.void_at) == 1

    async def save(self, measurements: Iterable[Measurement]) -> None:
        """Store values, those that are void first, so that never two count for a period."""
        given = sorted(measurements, key=lambda each: each.state is not MeasurementState.VOID)
        await self._unit.upsert(MEASUREMENT, given)
        self._unit.touched.update(each.initiative_id for each in given)

    async def erase_words(self, before: datetime) -> int:
        """Empty the notes of values recorded before an instant; return how many."""
        old = and_(MEASUREMENT.c.recorded_at < before, MEASUREMENT.c.note != "")
        return await self._unit.change(MEASUREMENT, old, note="")

    async def all(self) -> list[Measurement]:
        """Return every value, void ones too, in the order recorded."""
        ordered = select(MEASUREMENT).order_by(MEASUREMENT.c.recorded_at, MEASUREMENT.c.period_start, MEASUREMENT.c.id)
        return await self._unit.every(Measurement, ordered)


def _in_order(each: Measurement) -> tuple[MetricId, date, datetime, bool, str]:
    """Return the place of a row: by period and time, of two recorded at one instant the void one first."""
    counts = each.state is not MeasurementState.VOID
    return each.metric_id, each.period_start, each.recorded_at, counts, each.id
