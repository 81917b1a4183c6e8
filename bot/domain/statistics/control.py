"""
The individuals and moving range chart (XmR), and when a signal of it is worth a question.

Source: D. J. Wheeler, Understanding Variation (1993): natural process limits are the mean plus and minus 2.66 times the
mean moving range; 2.66 is 3 / 1.128, where 1.128 is the expected range of two normal values in standard deviations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from bot.domain.statistics.trend import slope_of

XMR_FACTOR = 2.66
FEWEST_POINTS = 7
BASELINE_WHILE_SHORT, SHORT_UP_TO = 6, 12
BASELINE_WHEN_MATURE = 12


def moving_range(values: Sequence[float]) -> float:
    """Return the mean absolute difference of consecutive values, 0.0 for fewer than two."""
    steps = [abs(after - before) for before, after in pairwise(values)]
    return fmean(steps) if steps else 0.0


def baseline_of(values: Sequence[float]) -> Sequence[float]:
    """
    Return the points limits are computed from: all but the last of 7-8, the first 6 of 9-12, the first 12 of more.

    Empty for fewer than seven values: then there are no limits.
    """
    n = len(values)
    if n < FEWEST_POINTS:
        return ()
    if n <= FEWEST_POINTS + 1:
        return values[:-1]
    return values[:BASELINE_WHILE_SHORT] if n <= SHORT_UP_TO else values[:BASELINE_WHEN_MATURE]


@dataclass(frozen=True, slots=True)
class Limits:
    """The centre line of a baseline and its lower natural process limit, in the unit of the values."""

    centre: float
    lower: float


def limits_of(values: Sequence[float]) -> Limits | None:
    """Return the limits of a series whose higher values are better, None for fewer than seven values."""
    baseline = baseline_of(values)
    if not baseline:
        return None
    centre = fmean(baseline)
    return Limits(centre, centre - XMR_FACTOR * moving_range(baseline))


def has_shifted(values: Sequence[float], centre: float, run: int) -> bool:
    """Return whether the last `run` values all lie below the centre line (the rule of runs of the Western Electric)."""
    return len(values) >= run and all(value < centre for value in values[-run:])


def has_little_room(values: Sequence[float], centre: float, limit: float, periods: float) -> bool:
    """
    Return whether a signal counts: half the room between centre line and limit is used, or the limit is near.

    Used: the median of the last three is at or below centre - (centre - limit) / 2. Near: the Theil-Sen slope of the
    last eight falls and reaches the limit within `periods` from the last value. The project's own rule.
    """
    if median(values[-3:]) <= centre - (centre - limit) / 2:
        return True
    left = periods_until(values, limit)
    return left is not None and left <= periods


def periods_until(values: Sequence[float], limit: float) -> float | None:
    """Return in how many periods the falling line of the last eight reaches the limit, None when it does not fall."""
    slope = slope_of(values[-8:])
    return (values[-1] - limit) / -slope if slope < 0 else None
