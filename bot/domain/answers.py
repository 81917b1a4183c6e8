"""What a person typed, as the answer to a question: numbers with either decimal mark, ratios, colours, days."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.domain.checkins import RAG_WORDS, AnswerValue
from bot.domain.measuring.measurements import Figures
from bot.domain.measuring.metrics import Metric
from bot.domain.measuring.sanity import Unusual, check_usual, figures_of
from bot.domain.measuring.sanity import plainly as exactly
from bot.domain.policy import MeasuringPolicy
from bot.domain.questions import Question, QuestionKind
from bot.errors import UserError

Raw = Mapping[str, str | list[str]]
LONGEST_NUMBER = 40
AS_SHIPPED = MeasuringPolicy()
NEEDED = "This one is needed."
SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})
GROUP_AND_MARK = ((",", "."), (".", ","), (" ", "."), (" ", ","), ("'", "."), ("'", ","))


def _form(group: str, mark: str) -> re.Pattern[str]:
    group, mark = re.escape(group), re.escape(mark)
    grouped = rf"[1-9]\d{{0,2}}(?:{group}\d{{2,3}})*{group}\d{{3}}"
    return re.compile(rf"(?:(?:\d{{1,15}}|{grouped})(?:{mark}\d{{0,10}})?|{mark}\d{{1,10}})")


FORMS = tuple((group, mark, _form(group, mark)) for group, mark in GROUP_AND_MARK)


class Implausible(UserError):
    """A number outside its plausible range; sending it again confirms it."""


def clean(text: str) -> str:
    """Return a person's text trimmed and without the control characters and half characters no database keeps."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def readings(text: str) -> tuple[float, ...]:
    """
    Return the numbers a person may have typed: none when it is no number, two when a mark can be read in two ways.

    `92,5`, `92.5`, `1 234,5`, `1,234.5`, `1'234.5`, `85 %` and a typographic minus have one reading each; `1,234` has
    two, `0,819` one.
    """
    bare = text.translate(SIGNS).strip().removesuffix("%").rstrip()
    sign = -1 if bare.startswith("-") else 1
    digits = bare.removeprefix("-" if sign < 0 else "+").lstrip()
    if len(digits) > LONGEST_NUMBER:
        return ()
    found = [
        sign * float(digits.replace(group, "").replace(mark, "."))
        for group, mark, form in FORMS
        if form.fullmatch(digits)
    ]
    return tuple(dict.fromkeys(found))


def number(text: str) -> float:
    """Return the number a person typed; raises UserError when it is none, or could be two."""
    return _one(text, readings(text))


def _one(text: str, found: Sequence[float]) -> float:
    typed = shorten(text)
    if not found:
        raise UserError(f"“{typed}” is not a number. Write one such as 92.5 or 92,5.")
    if len(found) > 1:
        low, high = sorted(found, key=abs)
        raise UserError(f"“{typed}” can be read two ways. Write {plainly(high)}, or {plainly(low)}0.")
    return found[0]


def plainly(value: float) -> str:
    """Return a number with every digit it has, without an exponent and without a trailing `.0`."""
    return str(int(value)) if value.is_integer() else repr(value)


def shorten(text: str) -> str:
    """Return the beginning of what was typed, to quote it in a sentence."""
    text = clean(text)
    return text if len(text) <= LONGEST_NUMBER else text[: LONGEST_NUMBER - 1] + "…"


def ratio(text: str) -> str:
    """Return `n/N` from two counts with a stroke between; raises UserError otherwise."""
    counts = [[value for value in readings(part) if value.is_integer()] for part in text.split("/")]
    if len(counts) != 2 or not all(counts):
        raise UserError(f"“{shorten(text)}” is not a pair of counts. Write it such as 412/640.")
    first, second = (int(found[0]) for found in counts)
    if first < 0 or second <= 0:
        raise UserError(f"“{shorten(text)}” cannot be: the first count is at least 0, the second at least 1.")
    return f"{first}/{second}"


def value_of(question: Question, raw: str | list[str]) -> AnswerValue:
    """Return the answer in `raw`; raises UserError with the sentence to show at the field, Implausible to confirm."""
    if question.kind is QuestionKind.DONE_LIST:
        return list(raw) if isinstance(raw, list) else [raw]
    return _READERS[question.kind](question, typed_in(raw))


def typed_in(raw: str | list[str]) -> str:
    """Return the one text of a field, cleaned; a list holds the one choice that was made."""
    return clean(raw if isinstance(raw, str) else "".join(raw[:1]))


def _number(question: Question, text: str) -> float:
    found = readings(text)
    plausible = [value for value in found if _is_plausible(question, value)]
    if len(plausible) == 1:
        return plausible[0]
    value = _one(text, found)
    if not plausible:
        raise Implausible(
            f"{plainly(value)} is outside the usual {_range(question)}. Correct it, or send it again if it is right."
        )
    return value


def _is_plausible(question: Question, value: float) -> bool:
    low, high = question.least, question.most
    return (low is None or value >= low) and (high is None or value <= high)


def _range(question: Question) -> str:
    low, high = question.least, question.most
    if low is None or high is None:
        bound, word = (high, "or less") if low is None else (low, "or more")
        return f"{plainly(float(bound or 0))} {word}"
    return f"{plainly(float(low))} to {plainly(float(high))}"


def _ratio(_question: Question, text: str) -> str:
    pair = ratio(text)
    first, second = map(int, pair.split("/"))
    if first > second:
        raise Implausible(f"{pair} is more than all of them. Correct it, or send it again if it is right.")
    return pair


def measured(metric: Metric, text: str) -> Figures:
    """
    Return the figures of what a person typed as the value of a metric: a number, or two counts such as 412/640.

    Raises UserError with one sentence when it is neither, or not plausible for the metric.
    """
    if "/" in text:
        first, second = (Decimal(count) for count in ratio(text).split("/"))
        return figures_of(metric, None, (first, second), int(second))
    found = readings(text)
    low, high = metric.plausible_min, metric.plausible_max
    plausible = [value for value in found if (low is None or value >= low) and (high is None or value <= high)]
    value = plausible[0] if len(plausible) == 1 else _one(text, found)
    return figures_of(metric, Decimal(repr(value)), None, None)


def as_typed(figures: Figures) -> str:
    """Return figures as a person would type them, so that reading them again gives the same figures."""
    if figures.numerator is not None and figures.denominator is not None:
        return f"{exactly(figures.numerator)}/{exactly(figures.denominator)}"
    return exactly(figures.value)


def _measure(question: Question, text: str) -> str:
    if question.metric is None:
        raise LookupError(f"the question {question.key} is about no metric")
    return as_typed(measured(question.metric, text))


def _rag(_question: Question, text: str) -> str:
    rag = RAG_WORDS.get(" ".join(text.casefold().replace("-", " ").split()))
    if rag is None:
        raise UserError("Choose Green, Amber or Red.")
    return rag.value


def _choice(question: Question, text: str) -> str:
    for option in question.options:
        if text.casefold() in (option.value.casefold(), option.label.casefold()):
            return option.value
    raise UserError("Choose one of the options.")


def _text(question: Question, text: str) -> str:
    if len(text) > question.longest:
        raise UserError(f"That is {len(text)} characters; at most {question.longest} fit.")
    return text


def day(text: str) -> date:
    """Return the day in `2026-11-30`; raises UserError otherwise."""
    try:
        return date.fromisoformat(clean(text))
    except ValueError:
        raise UserError(f"“{shorten(text)}” is not a day. Write it such as 2026-11-30.") from None


def _day(_question: Question, text: str) -> str:
    return day(text).isoformat()


_READERS: dict[QuestionKind, Callable[[Question, str], AnswerValue]] = {
    QuestionKind.NUMBER: _number,
    QuestionKind.RATIO: _ratio,
    QuestionKind.RAG: _rag,
    QuestionKind.CHOICE: _choice,
    QuestionKind.TEXT: _text,
    QuestionKind.DATE: _day,
    QuestionKind.MEASURE: _measure,
}


def read(
    questions: Sequence[Question], raw: Raw, confirmed: Mapping[str, str], policy: MeasuringPolicy = AS_SHIPPED
) -> tuple[dict[str, AnswerValue], dict[str, str], dict[str, str]]:
    """
    Return the answers, the sentences to show by question key, and the values that wait to be confirmed.

    A value in `confirmed` that is typed again unchanged is taken although it is unusual; a metric stays plausible.
    """
    answers: dict[str, AnswerValue] = {}
    errors: dict[str, str] = {}
    waiting: dict[str, str] = {}
    for question in questions:
        raw_value = raw.get(question.key, "")
        typed = typed_in(raw_value)
        if not typed:
            if not question.optional:
                errors[question.key] = NEEDED
            continue
        try:
            value = value_of(question, raw_value)
            if question.metric:
                check_usual(measured(question.metric, str(value)).value, question.recent, policy)
            answers[question.key] = value
        except (Implausible, Unusual) as error:
            if confirmed.get(question.key) == typed:
                answers[question.key] = _unchecked(question, typed)
            else:
                errors[question.key], waiting[question.key] = str(error), typed
        except UserError as error:
            errors[question.key] = str(error)
    return answers, errors, waiting


def _unchecked(question: Question, text: str) -> AnswerValue:
    return _measure(question, text) if question.metric else _taken[question.kind](text)


_taken: dict[QuestionKind, Callable[[str], AnswerValue]] = {QuestionKind.NUMBER: number, QuestionKind.RATIO: ratio}
