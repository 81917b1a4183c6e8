"""Tests of recording values: once, corrected, and as they were known at an instant."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.measuring.measurements import Effect, Measurement, MeasurementState, known_at, record
from tests.domain.measuring.numbers import AT, a_value

HOUR = timedelta(hours=1)


def after(values: list[str]) -> list[Measurement]:
    """Every row there is after the values were recorded for one period, an hour apart."""
    rows: list[Measurement] = []
    for n, value in enumerate(values):
        standing = next((row for row in rows if row.state is not MeasurementState.VOID), None)
        done = record(standing, a_value(value, at=AT + n * HOUR, id=f"m{n}"))
        rows = [row for row in rows if not done.void or row.id != done.void.id]
        rows += [each for each in (done.void, done.fresh) if each]
    return rows


def test_the_first_value_is_taken_as_it_is() -> None:
    value = a_value()
    assert record(None, value).fresh == value


def test_the_same_value_again_changes_nothing() -> None:
    done = record(a_value("0.82"), a_value("0.820", at=AT + HOUR))
    assert (done.effect, done.fresh, done.void) == (Effect.SAME, None, None)


def test_a_provisional_value_is_confirmed_by_the_same_value() -> None:
    done = record(a_value(state=MeasurementState.PROVISIONAL), a_value(at=AT + HOUR))
    assert done.fresh
    assert done.fresh.state is MeasurementState.CONFIRMED


def test_other_counts_behind_the_same_rate_are_a_correction() -> None:
    before = a_value("50", numerator=Decimal(1), denominator=Decimal(2))
    done = record(before, a_value("50", numerator=Decimal(10), denominator=Decimal(20), at=AT + HOUR))
    assert done.effect is Effect.CORRECTED


@given(st.lists(st.sampled_from(["0.1", "0.2", "0.3"]), min_size=1, max_size=8))
def test_I_33_one_value_counts_per_period_and_a_correction_keeps_the_original(values: list[str]) -> None:  # noqa: N802 - the invariant's name
    rows = after(values)
    standing = [row for row in rows if row.state is not MeasurementState.VOID]
    assert len(standing) == 1
    assert standing[0].value == Decimal(values[-1])
    changes = 1 + sum(a != b for a, b in pairwise(values))
    assert len(rows) == changes
    by_id = {row.id: row for row in rows}
    assert all(by_id[row.corrects_id].void_at == row.recorded_at for row in rows if row.corrects_id)


@given(st.lists(st.sampled_from(["0.1", "0.2", "0.3"]), min_size=1, max_size=8), st.integers(0, 7))
def test_I_36_what_counted_at_an_instant_can_be_told_ever_after(values: list[str], n: int) -> None:  # noqa: N802 - the invariant's name
    n = min(n, len(values) - 1)
    then = known_at(after(values), AT + n * HOUR)
    assert [row.value for row in then] == [Decimal(values[n])]
    assert known_at(after(values), AT - HOUR) == []


def test_a_measurement_names_its_period() -> None:
    assert a_value(day=date(2026, 11, 22)).period.key == "2026-W47"
