"""The words about metrics: the question for a value, what is known of it, the form, and what is missing."""

from collections.abc import Sequence

from bot.domain.measuring.measurements import Measurement
from bot.domain.measuring.metrics import Metric
from bot.domain.measuring.periods import Period
from bot.domain.measuring.sanity import PERCENT, bounds, plainly
from bot.domain.questions import Purpose, Question, QuestionKind, metric_key
from bot.messages.forms import LONGEST_FIELD_LABEL
from bot.messages.model import clip

LONGEST_NAME = 120
SAME_MOMENT = "Somebody recorded a value at the same moment. Open the form again to see it."


def question(metric: Metric, period: Period, before: Sequence[Measurement]) -> Question:
    """Return the question for the value of a period; its hint shows the last value of those `before`, newest first."""
    return Question(
        key=metric_key(metric),
        purpose=Purpose.VALUE,
        kind=QuestionKind.MEASURE,
        text=label(metric, period),
        role=metric.owner_role,
        hint=clip(hint(metric, before), LONGEST_FIELD_LABEL),
        metric=metric,
        recent=tuple(each.value for each in before),
    )


def label(metric: Metric, period: Period) -> str:
    """Return how a value is asked for, such as `Alert PPV (%), 2026-W47`."""
    unit = f" ({clip(metric.unit, 20)})" if metric.unit else ""
    return f"{clip(metric.name, LONGEST_NAME)}{unit}, {period.key}"


def hint(metric: Metric, before: Sequence[Measurement]) -> str:
    """Return the last value, what is plausible and how counts are written."""
    parts = [f"last {shown(metric, before[0])} in {before[0].period.key}" if before else "no value yet"]
    if limits := bounds(metric):
        parts.append(limits)
    if metric.unit == PERCENT:
        parts.append("or counts such as 412/640")
    return "; ".join(parts)


def shown(metric: Metric, value: Measurement) -> str:
    """Return a value with its unit, and the counts it was made from."""
    unit = metric.unit if metric.unit == PERCENT else f" {metric.unit}" if metric.unit else ""
    counts = ""
    if value.numerator is not None and value.denominator is not None:
        counts = f" ({plainly(value.numerator)} of {plainly(value.denominator)})"
    return f"{plainly(round(value.value, 4))}{unit}{counts}"
