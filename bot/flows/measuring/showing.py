"""`/ai metric NAME`: what is measured of an initiative, and the form in which its owner enters or corrects a value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.domain import answers as reading
from bot.domain.calendar import DAY, local_date
from bot.domain.events import ActorKind, Event
from bot.domain.initiatives import Initiative, Lifecycle
from bot.domain.measuring.measurements import Figures, Measurement
from bot.domain.measuring.metrics import Metric
from bot.domain.measuring.periods import Period, latest_complete, period_of
from bot.domain.measuring.sanity import Unusual, check_usual
from bot.domain.names import Closest, Found, Several
from bot.domain.ownership import AssignmentState
from bot.domain.people import Access, Data, Person, Visibility, readable
from bot.errors import UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.flows.lookups import resolve
from bot.flows.measuring.recording import Hand, record_one
from bot.messages import metrics as words
from bot.messages import names as name_words
from bot.messages.model import Message
from bot.messages.words import sentence
from bot.ports import ActionPressed, Command, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

PERIODS = 9
CLOSED = frozenset({Lifecycle.STOPPED, Lifecycle.RETIRED})


async def show(command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Show the metrics of the initiative named, to whom they may be shown."""
    text = command.text.partition(" ")[2].strip()
    viewer = await ports.reads.viewer(asker.id)
    if not text:
        raise UserError(words.NAME_NEEDED)
    if viewer is None:
        return Say(name_words.unknown(text))
    resolution = await resolve(text, viewer, await ports.reads.catalogue(), ports)
    if isinstance(resolution, Several):
        return Say(name_words.several(text, resolution, {}))
    if isinstance(resolution, Closest):
        return Say(name_words.closest(text, resolution))
    if not isinstance(resolution, Found):
        return Say(name_words.unknown(text))
    shown = await _page(resolution.entry.access.initiative_id, 0, asker, uow, ports)
    return Say(shown or name_words.unknown(text))


async def turn_page(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Show another page of the metrics in the same message."""
    initiative_id, _, page = pressed.value.partition(":")
    number = int(page) if page.isdecimal() and len(page) < 6 else 0
    shown = await _page(initiative_id, number, asker, uow, ports)
    if shown is None:
        raise UserError(words.UNKNOWN)
    return Replace(shown)


async def _page(initiative_id: str, page: int, asker: Person, uow: UnitOfWork, ports: Ports) -> Message | None:
    """Return a page of the metrics of an initiative, None when it does not exist for who asks (I-34)."""
    viewer = await ports.reads.viewer(asker.id)
    (status,) = await ports.reads.statuses([initiative_id]) or (None,)
    if viewer is None or status is None:
        return None
    rights = readable(viewer, status.access)
    if Data.SUMMARY not in rights:
        return None
    _note_reading(status.access, asker, uow, ports)
    initiative = status.initiative
    if Data.DETAIL not in rights:
        raise UserError(words.NOT_SHOWN.format(key=initiative.key))
    metrics = [metric for metric in await uow.metrics.of([initiative_id]) if metric.active]
    page = max(0, min(page, (len(metrics) - 1) // words.PER_PAGE))
    today = await _today(uow, ports)
    some = metrics[page * words.PER_PAGE : (page + 1) * words.PER_PAGE]
    lines = await _lines(some, initiative, (asker, today), uow)
    return words.listing(
        words.Listing(
            initiative_id=initiative_id,
            key=initiative.key,
            name=initiative.name,
            lines=tuple(lines),
            total=len(metrics),
            today=today,
            page=page,
        )
    )


def _note_reading(access: Access, asker: Person, uow: UnitOfWork, ports: Ports) -> None:
    """Record that a restricted initiative was read."""
    if access.visibility is Visibility.RESTRICTED:
        uow.events.record(
            Event(
                at=ports.clock.now(),
                action="status.read",
                entity="initiative",
                entity_id=access.initiative_id,
                actor_kind=ActorKind.PERSON,
                actor_id=asker.id,
            )
        )


async def _today(uow: UnitOfWork, ports: Ports) -> date:
    return local_date(ports.clock.now(), zone_of(await the_organisation(uow)))


async def _lines(
    metrics: list[Metric], initiative: Initiative, by: tuple[Person, date], uow: UnitOfWork
) -> list[words.Line]:
    asker, today = by
    ids = [metric.id for metric in metrics]
    values, attempts = await uow.measurements.latest(ids, words.SHOWN_BEFORE + 1), await uow.metrics.attempts(ids)
    return [
        words.Line(
            metric=metric,
            values=tuple(values.get(metric.id, ())),
            due=latest_complete(today, metric.frequency),
            gap=attempts[metric.id].gap if metric.id in attempts else None,
            may_enter=await _may_enter(metric, initiative, asker, today, uow),
        )
        for metric in metrics
    ]


async def _may_enter(metric: Metric, initiative: Initiative, asker: Person, today: date, uow: UnitOfWork) -> bool:
    """Return whether somebody holds the role that answers for a metric today, or stands in for who does."""
    return initiative.lifecycle not in CLOSED and any(
        each.person_id == asker.id
        and each.role is metric.owner_role
        and each.state is AssignmentState.ACTIVE
        and each.covers(today)
        for each in await uow.ownership.of([metric.initiative_id])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A metric with what its form is made from, loaded for who may enter its values."""

    metric: Metric
    initiative: Initiative
    periods: tuple[tuple[Period, Measurement | None], ...]

    def form(self, confirmed: Mapping[str, str], typed: Mapping[str, str]) -> words.Entering:
        """Return the form with what was typed; `confirmed` is what may be sent again."""
        state = json.dumps({"m": self.metric.id, "c": dict(confirmed)}, ensure_ascii=False)
        return words.Entering(
            metric=self.metric, key=self.initiative.key, periods=self.periods, state=state, typed=typed
        )

    def before(self, period: Period) -> list[Measurement]:
        """Return the values of periods before one, newest first."""
        return [value for each, value in self.periods if value and each.start < period.start]


async def _loaded(metric_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> _Entry:
    """Return the metric for who asks; raises UserError when it is gone or not theirs."""
    metric = await uow.metrics.get(metric_id)
    initiative = await uow.initiatives.get(metric.initiative_id) if metric else None
    if metric is None or initiative is None or not metric.active:
        raise UserError(words.UNKNOWN)
    today = await _today(uow, ports)
    if not await _may_enter(metric, initiative, asker, today, uow):
        raise UserError(words.not_yours(metric, initiative.key))
    periods = [period_of(today, metric.frequency)]
    while len(periods) < PERIODS:
        periods.append(period_of(periods[-1].start - DAY, metric.frequency))
    standing = await uow.measurements.standing([metric.id], [period.start for period in periods])
    known = tuple((period, standing.get((metric.id, period.start))) for period in periods)
    return _Entry(metric=metric, initiative=initiative, periods=known)


async def ask_value(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form to enter or correct the value of a period."""
    entry = await _loaded(pressed.value, asker, uow, ports)
    return OpenForm(words.value_form(entry.form({}, {})))


async def take_value(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Record the value; what is wrong is said at its field, and what was typed stays."""
    metric_id, confirmed = _state(sent.state)
    entry = await _loaded(metric_id, asker, uow, ports)
    names = (words.PERIOD, words.VALUE, words.NOTE)
    typed = {name: reading.typed_in(sent.values.get(name, "")) for name in names}
    period = next((each for each, _ in entry.periods if each.key == typed[words.PERIOD]), None)
    waiting = {typed[words.PERIOD]: typed[words.VALUE]}
    try:
        figures = _figures(entry, period, typed, confirmed == waiting, ports)
    except Unusual as error:
        return FormErrors(words.value_form(entry.form(waiting, typed)), {words.VALUE: str(error)})
    except UserError as error:
        field = words.VALUE if period else words.PERIOD
        return FormErrors(words.value_form(entry.form(confirmed, typed)), {field: str(error)})
    if period is None:
        raise UserError(words.NO_SUCH_PERIOD)
    by = Hand(at=ports.clock.now(), person_id=asker.id, note=typed[words.NOTE][: words.LONGEST_NOTE])
    done = await record_one(entry.metric, period, figures, by, uow)
    if done.fresh:
        uow.events.record(_event(done.fresh, asker))
    return Say(sentence(words.recorded(entry.metric, entry.initiative.key, done)))


def _figures(entry: _Entry, period: Period | None, typed: Mapping[str, str], confirmed: bool, ports: Ports) -> Figures:
    """Return the figures typed; raises Unusual to ask once, and UserError for what cannot be."""
    if period is None:
        raise UserError(words.NO_SUCH_PERIOD)
    if not typed[words.VALUE]:
        raise UserError(words.NEEDED)
    figures = reading.measured(entry.metric, typed[words.VALUE])
    if not confirmed:
        recent = [each.value for each in entry.before(period)]
        check_usual(figures.value, recent, ports.policy.measuring)
    return figures


def _state(text: str) -> tuple[str, dict[str, str]]:
    """Return the metric and what was confirmed from a form's state, which anybody may have written."""
    try:
        state = json.loads(text)
        return str(state["m"]), {str(k): str(v) for k, v in dict(state["c"]).items()}
    except (ValueError, KeyError, TypeError):
        raise UserError(words.UNKNOWN) from None


def _event(value: Measurement, asker: Person) -> Event:
    event = Event(
        at=value.recorded_at,
        action="measurement.recorded",
        entity="metric",
        entity_id=value.metric_id,
        actor_kind=ActorKind.PERSON,
        actor_id=asker.id,
        facts={"id": value.id, "period": value.period.key, "corrects": value.corrects_id},
    )
    return replace(event, personal={"note": value.note}) if value.note else event
