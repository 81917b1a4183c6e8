"""
How sure a proportion is.

Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
"""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

NINETY_PERCENT = 1.6448536269514722
"""The normal quantile of 0.95: 5% on either side."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both 0 to 1."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Return whether a value lies within it, so that the sample cannot tell it from the truth."""
        return self.low <= value <= self.high


def wilson(successes: float, trials: float, z: float = NINETY_PERCENT) -> Interval:
    """Return Wilson's score interval of a proportion, 90% by default; raises ValueError without any trial."""
    if trials <= 0:
        raise ValueError("a proportion needs at least one trial")
    share = successes / trials
    scale = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    half = z / scale * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def sample_needed(share: float, within: float, confidence: float = 0.95) -> int:
    """
    Return how many cases show a proportion to within `within`, one-sided: z^2 p (1 - p) / d^2, rounded up.

    For 0.90 within 0.05: 98; within 0.03: 271. Z is rounded to three places, as its tables give it.
    """
    z = round(NormalDist().inv_cdf(confidence), 3)
    return ceil(z * z * share * (1 - share) / (within * within))
