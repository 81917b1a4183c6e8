"""Whether a value looks mistyped: far from what the same metric said of late, by the median absolute deviation."""

from collections.abc import Sequence
from statistics import median

LOOKS_BACK = 8
FEWEST_POINTS = 3


def looks_mistyped(value: float, before: Sequence[float], deviations: float = 6.0) -> bool:
    """
    Return whether a value is more than `deviations` median absolute deviations from the median of the last eight.

    Never for fewer than three earlier values, nor where they hardly vary (the deviation is 0): there is no measure
    then of what would be far.
    """
    recent = before[-LOOKS_BACK:]
    if len(recent) < FEWEST_POINTS:
        return False
    middle = median(recent)
    spread = median(abs(each - middle) for each in recent)
    return spread > 0 and abs(value - middle) > deviations * spread
