"""The words about metrics: the question for a value, what is known of it, the form, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.answers import LONGEST_NUMBER
from bot.domain.measuring.measurements import Measurement, MeasurementState, Recorded
from bot.domain.measuring.metrics import Metric, Source
from bot.domain.measuring.periods import Period
from bot.domain.measuring.sanity import PERCENT, bounds, plainly
from bot.domain.measuring.sources import Gap
from bot.domain.questions import Purpose, Question, QuestionKind, metric_key
from bot.messages.forms import LONGEST_FIELD_LABEL, LONGEST_OPTION, ChoiceField, Form, FormName, TextField
from bot.messages.model import Action, Actions, Block, Bold, Button, Message, Paragraph, Plain, Text, clip
from bot.messages.words import ROLE_WORDS, counted

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


PER_PAGE = 10
SHOWN_BEFORE = 5
LONGEST_NOTE = 140
PERIOD, VALUE, NOTE = "period", "value", "note"
NAME_NEEDED = "Name an initiative: /ai metric NAME."
UNKNOWN = "This metric does not exist any more. /ai metric NAME shows those there are."
NOT_YOURS = "Values of this metric are entered by the {role} of {key}, or who stands in for them."
NOT_SHOWN = "The metrics of {key} are shown to those who have a part in its portfolio."
NO_SUCH_PERIOD = "Choose one of the periods."
NEEDED = "This one is needed: the value."
GAPS = {
    Gap.NOT_ALLOWED: "its host or address is not one of those Steward may ask",
    Gap.NO_SECRET: "its token is not set",
    Gap.UNREACHABLE: "the source cannot be reached",
    Gap.TOO_SLOW: "the source did not answer in time",
    Gap.TOO_LARGE: "the source answered too much",
    Gap.REFUSED: "the source refused to answer",
    Gap.REDIRECTED: "the source points to another address, which is not followed",
    Gap.NOT_UNDERSTOOD: "the answer of the source is not understood",
    Gap.NO_VALUE: "the source has no value",
    Gap.SEVERAL_VALUES: "the source has several values",
    Gap.NOT_A_NUMBER: "what the source says is no number",
    Gap.IMPLAUSIBLE: "the value of the source is not plausible",
}
SOURCES = {
    Source.MANUAL: "asked for in check-ins",
    Source.WEBHOOK: "sent in by another system",
    Source.CSV: "from files, or asked for in check-ins",
    Source.API: "fetched from another system",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A metric as it is shown: its values, newest first, the period that is due, and why a fetched one is missing."""

    metric: Metric
    values: tuple[Measurement, ...]
    due: Period
    gap: Gap | None = None
    may_enter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The metrics of an initiative on one page (from 0), as seen on a day."""

    initiative_id: str
    key: str
    name: str
    lines: tuple[Line, ...]
    total: int
    today: date
    page: int = 0


def listing(shown_: Listing) -> Message:
    """Return the metrics of an initiative with their last values and how old those are."""
    title = f"Metrics of {shown_.key}"
    heading: Text = (Bold(f"{shown_.key} "), Plain(clip(shown_.name, LONGEST_NAME)))
    if not shown_.total:
        return Message(title, (Paragraph(heading), Paragraph((Plain(NONE_YET),))), f"{title}: none yet.")
    blocks: list[Block] = [Paragraph(heading)]
    for line in shown_.lines:
        blocks.append(Paragraph(_line(line, shown_.today)))
        if line.may_enter:
            blocks.append(Actions((Button("Enter or correct", Action.METRIC_ENTER, line.metric.id, opens_form=True),)))
    return Message(title, (*blocks, *_paging(shown_)), f"{title}: {counted(shown_.total, 'metric')}.")


NONE_YET = "Nothing is measured yet. Metrics come with a portfolio file; your Steward administrator can add them."


def _line(line: Line, today: date) -> Text:
    metric, values = line.metric, line.values
    text: Text = (Bold(clip(metric.name, LONGEST_NAME)),)
    if values:
        text += (Plain(f" {shown(metric, values[0])} in {values[0].period.key}, {age(values[0], today)}"),)
    if not values or values[0].period_start < line.due.start:
        why = f": {GAPS[line.gap]}" if line.gap else ""
        text += (Plain("\n"), Bold(f"missing for {line.due.key}"), Plain(why))
    earlier = ", ".join(plainly(round(each.value, 4)) for each in values[1 : SHOWN_BEFORE + 1])
    before = f"before {earlier} · " if earlier else ""
    return (
        *text,
        Plain(f"\n{before}{metric.frequency.value}, {ROLE_WORDS[metric.owner_role]}, {SOURCES[metric.source]}"),
    )


def age(value: Measurement, today: date) -> str:
    """Return how old a value is by the end of its period, and whether it is provisional or was corrected."""
    days = (today - value.period_end).days
    old = f"{counted(days, 'day')} old" if days > 0 else "of now"
    state = f", {value.state.value}" if value.state is not MeasurementState.CONFIRMED else ""
    return old + state


def _paging(shown_: Listing) -> list[Block]:
    left = shown_.total - (shown_.page + 1) * PER_PAGE
    buttons = []
    if shown_.page:
        buttons.append(Button("Back", Action.METRIC_PAGE, f"{shown_.initiative_id}:{shown_.page - 1}"))
    if left > 0:
        buttons.append(Button(f"{left} more", Action.METRIC_PAGE, f"{shown_.initiative_id}:{shown_.page + 1}"))
    return [Actions(tuple(buttons))] if buttons else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """What the form for a value is made from: the periods with their values, newest first, and what was typed."""

    metric: Metric
    key: str
    periods: tuple[tuple[Period, Measurement | None], ...]
    state: str
    typed: Mapping[str, str] = field(default_factory=dict)


def value_form(entering: Entering) -> Form:
    """Return the form to enter or correct the value of a period."""
    metric, typed = entering.metric, entering.typed
    options = tuple((period.key, _period(metric, period, value)) for period, value in entering.periods)
    missing = next((p.key for p, value in entering.periods[1:] if value is None), entering.periods[0][0].key)
    known = [value for _, value in entering.periods if value]
    return Form(
        name=FormName.METRIC_VALUE,
        title="Enter a value",
        state=entering.state,
        intro=(Bold(f"{entering.key} "), Plain(clip(metric.name, LONGEST_NAME))),
        fields=(
            ChoiceField(name=PERIOD, label="Of which period?", options=options, initial=(typed.get(PERIOD, missing),)),
            TextField(
                name=VALUE,
                label=f"Value ({clip(metric.unit, 20)})" if metric.unit else "Value",
                hint=clip(hint(metric, known), LONGEST_FIELD_LABEL),
                initial=typed.get(VALUE, ""),
                longest=LONGEST_NUMBER,
            ),
            TextField(
                name=NOTE,
                label="Anything to know about it?",
                hint="such as why it is corrected",
                initial=typed.get(NOTE, ""),
                optional=True,
                longest=LONGEST_NOTE,
            ),
        ),
    )


def _period(metric: Metric, period: Period, value: Measurement | None) -> str:
    return clip(f"{period.key}: {shown(metric, value) if value else 'no value'}", LONGEST_OPTION)


def recorded(metric: Metric, key: str, done: Recorded) -> str:
    """Return the sentence after a value was entered."""
    if done.fresh is None:
        return f"{clip(metric.name, LONGEST_NAME)} of {key} has this value already; nothing has changed."
    said = f"{clip(metric.name, LONGEST_NAME)} of {key} is {shown(metric, done.fresh)} in {done.fresh.period.key}."
    return f"{said} It was {shown(metric, done.void)}; both are kept." if done.void else said


def not_yours(metric: Metric, key: str) -> str:
    """Return the refusal for who may not enter values of a metric."""
    return NOT_YOURS.format(role=ROLE_WORDS[metric.owner_role], key=key)
