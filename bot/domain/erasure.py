"""Taking a person out of stored words: what is theirs goes, what others said stays without their name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.checkins import AnswerValue
from bot.domain.ownership import Role
from bot.domain.people import Person
from bot.domain.questions import QuestionKind, QuestionSet

SURE = 12
"""So many characters at the beginning of somebody's text are enough to know it where it was cut short."""
CUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What names a person, and what they wrote; both are looked for in what others can read."""

    names: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was or would be erased of whom: `counts` by what it is, and what they still answer for."""

    person: Person
    roles: tuple[tuple[str, Role], ...]
    portfolios: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def holds_something(self) -> bool:
        """Return whether something would be left without anybody who answers for it."""
        return bool(self.roles or self.portfolios)


def is_free(key: str, questions: QuestionSet) -> bool:
    """Return whether the answer to a question is in people's own words; what is not known is taken to be."""
    question = questions.get(key)
    return question is None or question.kind is QuestionKind.TEXT


def without_words(answers: Mapping[str, AnswerValue], questions: QuestionSet, word: str) -> dict[str, AnswerValue]:
    """Return answers with `word` in the place of everything in people's own words; numbers and choices stay."""
    return {
        key: word if isinstance(value, str) and value and is_free(key, questions) else value
        for key, value in answers.items()
    }


def own_words(answers: Mapping[str, AnswerValue], questions: QuestionSet) -> list[str]:
    """Return what in these answers is in people's own words."""
    return [value for key, value in answers.items() if isinstance(value, str) and value and is_free(key, questions)]


def scrubbed(value: Any, traces: Traces, former: str, erased: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value with a person's names and texts, cut short or not, replaced in every string of it."""
    if isinstance(value, list):
        return [scrubbed(each, traces, former, erased) for each in value]
    if isinstance(value, dict):
        return {key: scrubbed(each, traces, former, erased) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    for text in sorted(traces.texts, key=len, reverse=True):
        value = _without(value, text, erased)
    for name in traces.names:
        value = value.replace(name, former)
    return value


def _without(said: str, text: str, erased: str) -> str:
    """Return a sentence without a text of somebody's; of one that may have been cut short, its beginning is enough."""
    if len(text) < SURE:
        return erased if said == text else said
    begin = 0
    while (at := said.find(text[:SURE], begin)) >= 0:
        same = _common(said[at:], text)
        rest = said[at + same :]
        if same < len(text) and not rest.startswith(CUT):
            begin = at + same
            continue
        said, begin = said[:at] + erased + rest.removeprefix(CUT), at + len(erased)
    return said


def _common(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def names_of(person: Person, accounts: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what names a person, the longest first, so that none is left as a part of another."""
    names = {person.name, person.email or "", *accounts} - {""}
    return tuple(sorted(names, key=len, reverse=True))
