"""Values that come in many at once: each row checked for itself, what is wrong with it named by its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.measuring.measurements import Figures, MeasurementState
from bot.domain.measuring.metrics import Metric
from bot.domain.measuring.periods import Period, period_named
from bot.domain.measuring.sanity import decimal_of, figures_of
from bot.errors import UserError

LARGEST_SAMPLE = 2 * 10**9
LONGEST_CELL = 60
FIELDS = ("key", "metric", "period", "value", "numerator", "denominator", "sample_size", "state")
NEEDED = FIELDS[:3]
STATES = (MeasurementState.CONFIRMED, MeasurementState.PROVISIONAL)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came: its number (from 1, or the line of a file) and its cells as text, empty ones left out."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class RowFault:
    """What is wrong with a row."""

    number: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowValue:
    """What a row says, checked."""

    metric: Metric
    period: Period
    figures: Figures
    state: MeasurementState


def shape_fault(row: Row) -> RowFault | None:
    """Return what is wrong with the cells of a row before anything is known of its metric."""
    for field in NEEDED:
        if not row.cells.get(field):
            return RowFault(row.number, field, "is missing")
    for field, cell in row.cells.items():
        if field not in FIELDS:
            return RowFault(row.number, field[:LONGEST_CELL], f"is not known here, there is {', '.join(FIELDS)}")
        if len(cell) > LONGEST_CELL:
            return RowFault(row.number, field, f"is too long: at most {LONGEST_CELL} characters are taken")
    return None


def checked(row: Row, metric: Metric, today: date) -> RowValue | RowFault:
    """Return the value of a row about a metric, or what is wrong with it; a period that has not begun is."""
    field = "period"
    try:
        period = period_named(row.cells["period"], metric.frequency)
        if period.start > today:
            return RowFault(row.number, field, f"{period.key} has not begun")
        field = "state"
        state = _state(row.cells.get("state", MeasurementState.CONFIRMED.value))
        field = "sample_size"
        sample = _sample(row.cells.get("sample_size", ""))
        field = "denominator"
        counts = _counts(row.cells)
        field = "value"
        value = decimal_of(row.cells["value"]) if row.cells.get("value") else None
        if sample is None and counts and counts[1] == counts[1].to_integral_value() and counts[1] < LARGEST_SAMPLE:
            sample = int(counts[1])
        return RowValue(metric=metric, period=period, figures=figures_of(metric, value, counts, sample), state=state)
    except UserError as error:
        return RowFault(row.number, field, str(error))


def _state(text: str) -> MeasurementState:
    if text not in [state.value for state in STATES]:
        raise UserError("is confirmed or provisional")
    return MeasurementState(text)


def _sample(text: str) -> int | None:
    if not text:
        return None
    size = decimal_of(text)
    if size != size.to_integral_value() or not 0 <= size <= LARGEST_SAMPLE:
        raise UserError("is a whole number, 0 or more")
    return int(size)


def _counts(cells: Mapping[str, str]) -> tuple[Decimal, Decimal] | None:
    first, second = cells.get("numerator", ""), cells.get("denominator", "")
    if not first and not second:
        return None
    if not first or not second:
        raise UserError("numerator and denominator come together")
    return decimal_of(first), decimal_of(second)
