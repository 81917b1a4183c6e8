"""The statistics against worked values: of the reference, of the literature, and counted by hand."""

import itertools
import math
import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.statistics.control import (
    baseline_of,
    has_little_room,
    has_shifted,
    limits_of,
    moving_range,
    periods_until,
)
from bot.domain.statistics.drift import expected_psi, is_sample_too_small, psi
from bot.domain.statistics.proportions import sample_needed, wilson
from bot.domain.statistics.trend import CRITICAL, is_falling, line_of, mann_kendall, slope_of
from bot.domain.statistics.typing_errors import looks_mistyped

numbers = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12)


def test_the_moving_range_is_the_mean_difference_of_neighbours() -> None:
    assert moving_range([10, 12, 11, 15]) == pytest.approx(7 / 3)
    assert moving_range([5]) == 0.0


@pytest.mark.parametrize(("n", "used"), [(6, 0), (7, 6), (8, 7), (9, 6), (12, 6), (13, 12), (40, 12)])
def test_limits_rest_on_the_baseline_of_the_reference(n: int, used: int) -> None:
    assert list(baseline_of(range(n))) == list(range(used))


def test_natural_limits_by_hand() -> None:
    limits = limits_of([10, 12, 11, 13, 12, 14, 3])
    assert limits is not None
    assert limits.centre == 12
    assert limits.lower == pytest.approx(12 - 2.66 * 8 / 5)


def test_the_factor_of_the_limits_is_three_over_the_expected_range_of_two() -> None:
    assert round(3 / (2 / math.sqrt(math.pi)), 2) == 2.66


def test_a_run_of_eight_needs_all_of_them_below_the_line() -> None:
    assert has_shifted([9] * 8, 10, 8)
    assert not has_shifted([9] * 7 + [10], 10, 8)
    assert not has_shifted([9] * 7, 10, 8)


@pytest.mark.parametrize("n", [7, 8])
def test_the_critical_values_of_mann_kendall_are_exact(n: int) -> None:
    """P(S >= 20) = .0071 for 8 and P(S >= 17) = .0054 for 7, counted over all orders."""
    known = {7: 0.0054, 8: 0.0071}
    orders = itertools.permutations(range(n))
    extreme = sum(mann_kendall(order) >= CRITICAL[n] for order in orders)
    assert extreme / math.factorial(n) == pytest.approx(known[n], abs=5e-5)


def test_mann_kendall_counts_ties_as_nothing() -> None:
    assert mann_kendall([1, 2, 2, 3]) == 5
    assert mann_kendall([3, 3, 3]) == 0
    assert mann_kendall([4, 3, 2, 1]) == -6


def test_a_trend_needs_seven_values_and_looks_at_the_last_eight() -> None:
    assert not is_falling([6, 5, 4, 3, 2, 1])
    assert is_falling([7, 6, 5, 4, 3, 2, 1])
    assert is_falling([0, 0, 8, 7, 6, 5, 4, 3, 2, 1])


def test_the_slope_withstands_one_wild_value() -> None:
    assert slope_of([1, 2, 3, 4, 5]) == 1
    assert slope_of([1, 2, 3, 4, 500]) == pytest.approx(1)
    assert slope_of([7]) == 0.0


def test_the_line_of_the_sample_portfolio_reaches_37_79_days_in_18_days() -> None:
    line = line_of([40.2, 39.0, 39.8, 39.1, 38.8, 38.7, 38.5, 38.7])
    assert line.at(7) + line.slope * 18 / 7 == pytest.approx(37.79, abs=0.01)


@given(numbers, st.floats(-100, 100))
def test_a_slope_follows_a_line_that_is_added(values: list[float], step: float) -> None:
    tilted = [value + step * n for n, value in enumerate(values)]
    assert slope_of(tilted) == pytest.approx(slope_of(values) + step, rel=1e-6, abs=1e-3)


@given(numbers)
def test_turning_a_series_round_turns_its_trend(values: list[float]) -> None:
    assert mann_kendall(values[::-1]) == -mann_kendall(values)
    assert slope_of([-value for value in values]) == pytest.approx(-slope_of(values))


def test_room_is_little_once_half_of_it_is_used_or_the_limit_is_near() -> None:
    assert has_little_room([80, 80, 74, 75, 76], centre=80, limit=70, periods=4)
    assert not has_little_room([80, 80, 76, 76, 76], centre=80, limit=70, periods=0)
    assert has_little_room([80, 79, 78, 77, 76], centre=80, limit=72, periods=4)
    assert not has_little_room([80, 79, 78, 77, 76], centre=90, limit=60, periods=4) or fmean([76, 77, 78]) <= 75


def test_periods_until_a_limit() -> None:
    assert periods_until([80, 78, 76], 70) == 3
    assert periods_until([76, 78, 80], 70) is None


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(9, 10, 0.6523, 0.9773), (90, 100, 0.8406, 0.9390), (0, 10, 0.0, 0.2130), (10, 10, 0.7870, 1.0)],
)
def test_wilsons_interval_at_90_percent(hits: int, trials: int, low: float, high: float) -> None:
    found = wilson(hits, trials)
    assert found.low == pytest.approx(low, abs=2e-3)
    assert found.high == pytest.approx(high, abs=2e-3)


def test_wilsons_interval_at_95_percent_of_the_literature() -> None:
    """81 of 263: 0.255 to 0.366 (Newcombe, Statistics in Medicine 17, 1998, method 3)."""
    found = wilson(81, 263, 1.959964)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_a_proportion_needs_a_trial() -> None:
    with pytest.raises(ValueError, match="trial"):
        wilson(0, 0)


def test_the_samples_of_the_reference() -> None:
    assert sample_needed(0.90, 0.05) == 98
    assert sample_needed(0.90, 0.03) == 271


@pytest.mark.parametrize(("n", "expected"), [(100, 0.18), (250, 0.072), (1000, 0.018)])
def test_psi_without_drift_is_not_zero(n: int, expected: float) -> None:
    assert expected_psi(10, n, n) == pytest.approx(expected)


def test_psi_by_hand() -> None:
    assert psi([50, 50], [50, 50]) == 0
    assert psi([50, 50], [60, 40]) == pytest.approx(0.1 * math.log(1.2) - 0.1 * math.log(0.8))
    assert math.isfinite(psi([10, 0], [0, 10]))


def test_psi_of_a_small_sample_looks_like_drift() -> None:
    """With 10 bins and 100 cases on both sides 81% exceed 0.10 and 16% exceed 0.25 without any drift."""
    draw = random.Random(2026)
    found = [psi(_counts(draw, 100), _counts(draw, 100)) for _ in range(2000)]
    assert fmean(found) == pytest.approx(0.17, abs=0.02)
    assert fmean(one > 0.10 for one in found) == pytest.approx(0.81, abs=0.06)
    assert fmean(one > 0.25 for one in found) == pytest.approx(0.16, abs=0.08)


def _counts(draw: random.Random, cases: int) -> list[int]:
    counts = [0] * 10
    for _ in range(cases):
        counts[draw.randrange(10)] += 1
    return counts


def test_a_sample_is_too_small_when_either_side_is() -> None:
    assert is_sample_too_small(499, 9000, 500)
    assert is_sample_too_small(9000, 499, 500)
    assert not is_sample_too_small(500, 500, 500)
    assert not is_sample_too_small(None, None, 500)


def test_a_value_far_from_the_last_eight_looks_mistyped() -> None:
    before = [70.0, 71, 69, 70, 72, 68, 70, 71]
    assert looks_mistyped(7.1, before)
    assert looks_mistyped(710, before)
    assert not looks_mistyped(74, before)


def test_without_variation_or_history_nothing_is_far() -> None:
    assert not looks_mistyped(710, [70.0, 70, 70, 70])
    assert not looks_mistyped(710, [70.0, 71])
