"""A measured value and what may follow it: nothing, or a correction that keeps the original (I-33)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId, new_id
from bot.domain.measuring.metrics import MetricId, Source
from bot.domain.measuring.periods import Period


class MeasurementState(StrEnum):
    """Provisional until confirmed; `corrected` takes the place of a value that is `void` from then on."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of one measurement: the value, the counts a rate was made from, and the size of the sample."""

    value: Decimal
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    sample_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One value of a metric in one period; `void_at` (UTC) is when another took its place or it was withdrawn."""

    id: str
    metric_id: MetricId
    initiative_id: InitiativeId
    period_start: date
    period_end: date
    value: Decimal
    source: Source
    recorded_at: datetime
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    sample_size: int | None = None
    state: MeasurementState = MeasurementState.CONFIRMED
    corrects_id: str | None = None
    void_at: datetime | None = None
    note: str = ""
    recorded_by: PersonId | None = None
    prompt_id: str | None = None

    @property
    def period(self) -> Period:
        """Return the period it is of."""
        return Period(self.period_start, self.period_end)

    @property
    def figures(self) -> Figures:
        """Return its numbers."""
        return Figures(
            value=self.value, numerator=self.numerator, denominator=self.denominator, sample_size=self.sample_size
        )


class Effect(StrEnum):
    """What recording a value did."""

    NEW = "new"
    SAME = "same"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is to be stored: a value that is void from now on, and the one that counts; neither when nothing changed."""

    effect: Effect
    fresh: Measurement | None = None
    void: Measurement | None = None


def record(standing: Measurement | None, given: Measurement) -> Recorded:
    """
    Return what recording `given` does where `standing` counts for the same metric and period.

    The same figures again change nothing, except that they confirm a provisional value; others are a correction, and
    the original stays as a void row.
    """
    if standing is None:
        return Recorded(Effect.NEW, given)
    confirms = (standing.state, given.state) == (MeasurementState.PROVISIONAL, MeasurementState.CONFIRMED)
    same = standing.figures == given.figures
    if same and not confirms:
        return Recorded(Effect.SAME)
    state = given.state if same or given.state is MeasurementState.PROVISIONAL else MeasurementState.CORRECTED
    return Recorded(
        Effect.CORRECTED,
        replace(given, state=state, corrects_id=standing.id),
        replace(standing, state=MeasurementState.VOID, void_at=given.recorded_at),
    )


def fresh_id(at: datetime) -> str:
    """Return an id for a measurement recorded at an instant (UTC)."""
    return new_id(at)


def known_at(measurements: Iterable[Measurement], at: datetime) -> list[Measurement]:
    """Return the values that counted at an instant (I-36): recorded by then, and not void until later."""
    return [each for each in measurements if each.recorded_at <= at and (each.void_at is None or each.void_at > at)]
