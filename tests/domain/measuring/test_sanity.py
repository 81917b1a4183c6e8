"""Tests of which values are taken, asked about or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.measuring.sanity import check_plausible, decimal_of, exact, figures_of, looks_mistyped, rate
from bot.domain.policy import MeasuringPolicy
from bot.errors import UserError
from tests.domain.measuring.numbers import a_metric

POLICY = MeasuringPolicy()
SHARE = a_metric("active", name="Active users", unit="%", plausible_max=Decimal(100))


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize("value", ["-0.001", "1.001", "82"])
def test_a_value_outside_the_plausible_range_is_refused_with_the_range(value: str) -> None:
    with pytest.raises(UserError, match="AUROC is between 0 and 1"):
        check_plausible(a_metric(), Decimal(value))


def test_the_ends_of_the_range_are_plausible() -> None:
    check_plausible(a_metric(), Decimal(0))
    check_plausible(a_metric(), Decimal(1))


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e12", "1e999", "1_000", "１", "many", ""])
def test_what_is_no_number_that_can_be_stored_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        decimal_of(text)


@given(st.decimals(min_value=-(10**11), max_value=10**11, allow_nan=False))
def test_a_stored_value_is_within_half_a_millionth(value: Decimal) -> None:
    assert abs(exact(value) - value) <= Decimal("0.0000005")


def test_two_counts_make_a_percentage_where_the_unit_says_so() -> None:
    assert rate(SHARE, Decimal(412), Decimal(640)) == Decimal("64.375")
    assert rate(a_metric(), Decimal(1), Decimal(4)) == Decimal("0.25")


def test_the_sizes_behind_a_rate_are_kept() -> None:
    figures = figures_of(SHARE, None, (Decimal(412), Decimal(640)), 640)
    assert [figures.numerator, figures.denominator] == [412, 640]
    assert figures.sample_size == 640


def test_a_value_and_counts_that_contradict_one_another_are_refused() -> None:
    with pytest.raises(UserError, match="not what the two counts make"):
        figures_of(SHARE, Decimal(50), (Decimal(412), Decimal(640)), None)


def test_a_value_far_from_the_last_eight_looks_mistyped() -> None:
    last = decimals("21.4", "22.8", "24.2", "26.1", "27.9", "30.6", "32", "31.2")
    assert looks_mistyped(Decimal("214"), last, POLICY)
    assert not looks_mistyped(Decimal("19"), last, POLICY)


def test_the_limit_is_six_times_the_median_deviation() -> None:
    last = decimals("8", "9", "10", "11", "12", "9", "10", "11")  # median 10, median deviation 1
    assert not looks_mistyped(Decimal(16), last, POLICY)
    assert looks_mistyped(Decimal("16.01"), last, POLICY)


def test_older_values_and_too_few_values_say_nothing() -> None:
    assert not looks_mistyped(Decimal(500), decimals("1", "2", "3"), POLICY)
    assert looks_mistyped(Decimal(500), decimals(*["1", "2"] * 4, *["500"] * 20), POLICY)
