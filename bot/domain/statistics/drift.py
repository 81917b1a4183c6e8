"""
The population stability index, and when its sample is too small to say anything.

Sources: N. Siddiqi, Credit Risk Scorecards (2006) for the index and its bands; B. Yurdakul, Statistical Properties of
the Population Stability Index (2018) for its expectation without any drift, (bins - 1)(1/n + 1/m).
"""

from collections.abc import Sequence
from math import log

EMPTY_BIN = 0.5
"""A bin without cases is counted as half a case, so that the index stays finite."""


def psi(expected: Sequence[float], actual: Sequence[float]) -> float:
    """Return the index of two counts over the same bins: the sum of (a - e) ln(a / e) over their shares."""
    before, after = _shares(expected), _shares(actual)
    return sum((a - e) * log(a / e) for e, a in zip(before, after, strict=True))


def _shares(counts: Sequence[float]) -> list[float]:
    filled = [count or EMPTY_BIN for count in counts]
    total = sum(filled)
    return [count / total for count in filled]


def expected_psi(bins: int, n: int, m: int) -> float:
    """Return what the index is on average when nothing has drifted, for samples of n and m."""
    return (bins - 1) * (1 / n + 1 / m)


def is_sample_too_small(n: int | None, m: int | None, fewest: int) -> bool:
    """Return whether either sample is smaller than `fewest`; a size that is not known counts for nothing."""
    return any(size is not None and size < fewest for size in (n, m))
