"""
Trends that one wild value does not make: the Theil-Sen line and the Mann-Kendall test.

Sources: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968); M. G. Kendall, Rank
Correlation Methods (exact distribution of S for small n: P(S >= 20) = .0071 for n = 8, P(S >= 17) = .0054 for n = 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

CRITICAL = {7: 17, 8: 20}
"""The smallest S that counts as a trend, by number of values; fewer than 7 have none, more are judged by the last 8."""


def slope_of(values: Sequence[float]) -> float:
    """Return the Theil-Sen slope: the median of the slopes of all pairs, per period; 0.0 for fewer than two values."""
    n = len(values)
    slopes = [(values[j] - values[i]) / (j - i) for i in range(n) for j in range(i + 1, n)]
    return median(slopes) if slopes else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through values at 0, 1, 2, ...: value = intercept + slope x period."""

    intercept: float
    slope: float

    def at(self, period: float) -> float:
        """Return the line's value at a period."""
        return self.intercept + self.slope * period


def line_of(values: Sequence[float]) -> Line:
    """Return the Theil-Sen line; its intercept is the median of y - slope x. Raises ValueError without any value."""
    slope = slope_of(values)
    return Line(median(value - slope * n for n, value in enumerate(values)), slope)


def mann_kendall(values: Sequence[float]) -> int:
    """Return S: pairs that rise minus pairs that fall; ties count 0."""
    n = len(values)
    pairs = ((values[i], values[j]) for i in range(n) for j in range(i + 1, n))
    return sum((later > earlier) - (later < earlier) for earlier, later in pairs)


def is_falling(values: Sequence[float]) -> bool:
    """Return whether the last eight values (all seven of seven) fall by the Mann-Kendall test."""
    n = min(len(values), 8)
    return n in CRITICAL and mann_kendall(values[-n:]) <= -CRITICAL[n]
