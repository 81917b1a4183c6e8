"""Which values are taken at once, which are asked about and which refused (domain.md 4.6, input sanity)."""

import re
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from bot.domain.measuring.measurements import Figures
from bot.domain.measuring.metrics import Metric
from bot.domain.policy import MeasuringPolicy
from bot.errors import UserError

PLACES = Decimal("0.000001")
LARGEST = Decimal(10) ** 12
PERCENT = "%"
NUMBER = re.compile(r"[-+]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][-+]?[0-9]{1,3})?")


class Unusual(UserError):
    """A plausible value far from the last ones; sending it again confirms it."""


def exact(value: Decimal) -> Decimal:
    """Return a value as it is stored, to six places; raises UserError when it is no number or too large."""
    if not value.is_finite():
        raise UserError("That is not a number.")
    if abs(value) >= LARGEST:
        raise UserError("That number is too large: at most 12 digits stand before the mark.")
    return value.quantize(PLACES).normalize() + Decimal(0)


def decimal_of(text: str) -> Decimal:
    """Return the number written in a file or document, such as 0.819; raises UserError for anything else."""
    written = text.strip()
    if not NUMBER.fullmatch(written):
        raise UserError(f"“{written[:40]}” is not a number. Write one such as 0.819.")
    return exact(Decimal(written))


def rate(metric: Metric, numerator: Decimal, denominator: Decimal) -> Decimal:
    """Return two counts as the value of a metric, per cent where its unit says so; raises UserError for no pair."""
    if denominator <= 0 or numerator < 0:
        raise UserError("The first count is at least 0, the second at least 1.")
    return exact(numerator / denominator * (100 if metric.unit == PERCENT else 1))


def figures_of(
    metric: Metric, value: Decimal | None, counts: tuple[Decimal, Decimal] | None, sample: int | None
) -> Figures:
    """
    Return the figures of a value, of two counts, or of both.

    Raises UserError when there is neither, when they do not agree, or when the value is not plausible.
    """
    made = rate(metric, *counts) if counts else None
    if value is None and made is None:
        raise UserError("There is neither a value nor two counts.")
    if value is not None and made is not None and abs(value - made) > abs(made) * Decimal("0.01"):
        raise UserError(f"The value {plainly(value)} is not what the two counts make, {plainly(made)}.")
    taken = value if value is not None else made
    if taken is None:
        raise LookupError("neither a value nor counts")
    figures = Figures(
        value=exact(taken),
        numerator=exact(counts[0]) if counts else None,
        denominator=exact(counts[1]) if counts else None,
        sample_size=sample,
    )
    check_plausible(metric, figures.value)
    return figures


def check_plausible(metric: Metric, value: Decimal) -> None:
    """Raise UserError with one sentence when a value is outside what is plausible for a metric."""
    low, high = metric.plausible_min, metric.plausible_max
    if (low is not None and value < low) or (high is not None and value > high):
        raise UserError(f"{plainly(value)} cannot be: {metric.name} is {bounds(metric)}. Correct it.")


def bounds(metric: Metric) -> str:
    """Return the plausible range in words, empty when there is none."""
    low, high, unit = metric.plausible_min, metric.plausible_max, f" {metric.unit}" if metric.unit else ""
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"{plainly(high)}{unit} or less" if high is not None else f"{plainly(low or Decimal(0))}{unit} or more"
    return f"between {plainly(low)} and {plainly(high)}{unit}"


def check_usual(value: Decimal, recent: Sequence[Decimal], policy: MeasuringPolicy) -> None:
    """Raise Unusual when a value lies further from the last ones than they do from one another, by `typo_factor`."""
    if looks_mistyped(value, recent, policy):
        near = plainly(median(recent[: policy.typo_over]))
        raise Unusual(
            f"{plainly(value)} is far from the last values (about {near}). Correct it, or send it again if it is right."
        )


def looks_mistyped(value: Decimal, recent: Sequence[Decimal], policy: MeasuringPolicy) -> bool:
    """Return whether abs(value - median) of the last eight, newest first, is above six times their MAD."""
    last = recent[: policy.typo_over]
    if len(last) < policy.typo_least:
        return False
    middle = median(last)
    spread = median(abs(each - middle) for each in last)
    return abs(value - middle) > policy.typo_factor * spread


def plainly(value: Decimal) -> str:
    """Return a number with every digit it has and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
