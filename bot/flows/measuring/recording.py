"""Recording values that people give: new, corrected with the original kept, or withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.checkins import Prompt
from bot.domain.ids import PersonId
from bot.domain.measuring.measurements import (
    Effect,
    Figures,
    Measurement,
    MeasurementState,
    Recorded,
    fresh_id,
    record,
)
from bot.domain.measuring.metrics import Metric, Source
from bot.domain.measuring.periods import Period, due_in
from bot.errors import Overtaken
from bot.messages import metrics as words
from bot.stores import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who records, when (UTC), where it came from, and in which check-in."""

    at: datetime
    person_id: PersonId | None = None
    prompt: Prompt | None = None
    source: Source = Source.MANUAL
    note: str = ""


def measurement(
    metric: Metric, period: Period, figures: Figures, by: Hand, state: MeasurementState = MeasurementState.CONFIRMED
) -> Measurement:
    """Return a value as it is recorded now."""
    return Measurement(
        id=fresh_id(by.at),
        metric_id=metric.id,
        initiative_id=metric.initiative_id,
        period_start=period.start,
        period_end=period.end,
        value=figures.value,
        numerator=figures.numerator,
        denominator=figures.denominator,
        sample_size=figures.sample_size,
        source=by.source,
        state=state,
        note=by.note,
        recorded_at=by.at,
        recorded_by=by.person_id,
        prompt_id=by.prompt.id if by.prompt else None,
    )


async def record_one(metric: Metric, period: Period, figures: Figures, by: Hand, uow: UnitOfWork) -> Recorded:
    """Record one value; raises Overtaken when somebody did so at the same moment."""
    standing = await uow.measurements.standing([metric.id], [period.start])
    done = record(standing.get((metric.id, period.start)), measurement(metric, period, figures, by))
    await keep([done], uow)
    return done


async def record_of_week(
    given: Iterable[tuple[Metric, Figures]], emptied: Iterable[Metric], by: Hand, uow: UnitOfWork
) -> None:
    """Record the values of a check-in for the period it asks about, and withdraw those it gave before and now not."""
    if by.prompt is None:
        raise LookupError("these values were given in no check-in")
    for metric, figures in given:
        if period := due_in(by.prompt.cycle, metric.frequency):
            await record_one(metric, period, figures, by, uow)
    for metric in emptied:
        if period := due_in(by.prompt.cycle, metric.frequency):
            await _withdraw(metric, period, by, uow)


async def _withdraw(metric: Metric, period: Period, by: Hand, uow: UnitOfWork) -> None:
    found = await uow.measurements.standing([metric.id], [period.start])
    standing = found.get((metric.id, period.start))
    if standing and by.prompt and standing.prompt_id == by.prompt.id:
        void = replace(standing, state=MeasurementState.VOID, void_at=by.at)
        await keep([Recorded(Effect.CORRECTED, void=void)], uow)


async def keep(changes: list[Recorded], uow: UnitOfWork) -> None:
    """Store what was recorded; raises Overtaken when somebody recorded a value for the same period meanwhile."""
    if not await uow.measurements.keep(changes):
        raise Overtaken(words.SAME_MOMENT)
