"""The question file as a QuestionSet; what is wrong in it stops the start with one sentence that names the line."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.domain.initiatives import Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.questions import NONE, Option, Purpose, Question, QuestionKind, QuestionSet
from bot.domain.raid import ASK_CATEGORIES, RaidCategory
from bot.messages.checkins import RESERVED_KEYS
from bot.messages.forms import (
    LONGEST_FIELD_LABEL,
    LONGEST_INPUT,
    LONGEST_OPTION,
    LONGEST_OPTION_VALUE,
    MOST_OPTIONS,
)
from bot.messages.model import weight
from bot.playbook.lines import LINE, Wrong, one_of, read

SHIPPED = Path(__file__).with_name("questions.yaml")
TYPES: dict[str, tuple[type, ...]] = {
    "key": (str,), "text": (str,), "unit": (str,), "hint": (str,),
    "on_hold": (bool,), "monthly": (bool,), "optional": (bool,),
    "least": (int, float), "most": (int, float), "longest": (int,),
}  # fmt: skip
KNOWN = {*TYPES, "purpose", "kind", "role", "stages", "options", LINE}
NEEDED = ("key", "purpose", "kind", "text")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MANY = frozenset({Purpose.VALUE, Purpose.REMARK})
"""Purposes of which a role may be asked several questions at one stage."""
KINDS = {
    Purpose.RAG: QuestionKind.RAG,
    Purpose.COMMITMENTS: QuestionKind.DONE_LIST,
    Purpose.NEXT_COMMITMENT: QuestionKind.TEXT,
    Purpose.CONFIDENCE: QuestionKind.CHOICE,
    Purpose.ASK: QuestionKind.CHOICE,
    Purpose.BLOCKER: QuestionKind.CHOICE,
}
OPTIONS = {
    Purpose.CONFIDENCE: frozenset(map(str, range(11))),
    Purpose.ASK: frozenset({NONE, *ASK_CATEGORIES}),
    Purpose.BLOCKER: frozenset({NONE, *RaidCategory}),
}


def load_questions(path: Path = SHIPPED) -> QuestionSet:
    """Return the questions of a file; raises ConfigError that names the file, the line and what is wrong."""
    return read(path, _questions)


def _questions(content: Any) -> QuestionSet:  # noqa: ANN401 - YAML is anything
    entries = _entries(content)
    questions = [_question(entry) for entry in entries]
    _check_slots(questions, [entry[LINE] for entry in entries])
    return QuestionSet(version=content["version"], questions=tuple(questions))


def _entries(content: object) -> list[dict[str, Any]]:
    if not isinstance(content, dict) or not isinstance(content.get("version"), int):
        raise Wrong(1, "it needs `version`, a whole number, and `questions`, a list")
    entries = content.get("questions")
    if not isinstance(entries, list) or not entries:
        raise Wrong(content[LINE], "`questions` needs to be a list of questions")
    for entry in entries:
        if not isinstance(entry, dict):
            raise Wrong(content[LINE], f"“{entry}” is no question: one has key, purpose, kind and text")
    return entries


def _question(entry: Mapping[str, Any]) -> Question:
    line = entry[LINE]
    for name in NEEDED:
        if name not in entry:
            raise Wrong(line, f"a question needs `{name}`")
    for name, value in entry.items():
        if name not in KNOWN:
            raise Wrong(line, f"`{name}` is nothing a question has")
        if name in TYPES and (
            isinstance(value, bool) is not (TYPES[name] == (bool,)) or not isinstance(value, TYPES[name])
        ):
            raise Wrong(line, f"`{name}` cannot be “{value}”")
    role = one_of(Role, entry["role"], line) if "role" in entry else None
    question = Question(
        purpose=one_of(Purpose, entry["purpose"], line),
        kind=one_of(QuestionKind, entry["kind"], line),
        role=role,
        stages=frozenset(one_of(Stage, stage, line) for stage in entry.get("stages", ())),
        options=tuple(Option(option, option) for option in _texts(entry.get("options", ()), line)),
        **{name: entry[name] for name in TYPES if name in entry},
    )
    for what, is_wrong in _faults(question).items():
        if is_wrong:
            raise Wrong(line, f"question {question.key}: {what}")
    return question


def _texts(options: object, line: int) -> Sequence[str]:
    if not isinstance(options, list | tuple):
        raise Wrong(line, "`options` needs to be a list")
    for option in options:
        if not isinstance(option, str):
            raise Wrong(line, f"the option “{option}” needs quotes around it")
    return options


def _faults(question: Question) -> dict[str, bool]:
    labels = [option.label for option in question.options]
    bounds = (question.least, question.most)
    return {
        "the key may have small letters, digits and _ only": not KEY.fullmatch(question.key),
        "the key is one the second form uses": question.key in RESERVED_KEYS,
        "the text is empty or too long": not 0 < weight(question.text) <= LONGEST_FIELD_LABEL,
        "the hint is too long": weight(question.hint) > LONGEST_FIELD_LABEL,
        f"this purpose needs the kind {KINDS.get(question.purpose)}": KINDS.get(question.purpose, question.kind)
        is not question.kind,
        "a choice needs options, and nothing else has them": (question.kind is QuestionKind.CHOICE) != bool(labels),
        "there are too many options": len(labels) > MOST_OPTIONS,
        "an option is there twice": len(set(labels)) < len(labels),
        "an option is empty or too long": any(
            not 0 < weight(label) <= LONGEST_OPTION or len(label) > LONGEST_OPTION_VALUE for label in labels
        ),
        "an option is not one that can be counted": not OPTIONS.get(question.purpose, set(labels)) >= set(labels),
        f"longest is between 1 and {LONGEST_INPUT}": not 1 <= question.longest <= LONGEST_INPUT,
        "least is above most": bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1],
    }


def _check_slots(questions: Sequence[Question], lines: Sequence[int]) -> None:
    """Raise when a key is used twice, or a role is asked two questions of one purpose at one stage."""
    seen: dict[str, int] = {}
    for question, line in zip(questions, lines, strict=True):
        for slot in [f"the key {question.key}", *_slots(question)]:
            if slot in seen:
                raise Wrong(line, f"{slot} is on line {seen[slot]} already")
            seen[slot] = line


def _slots(question: Question) -> Iterator[str]:
    if question.purpose in MANY:
        return
    moments: Iterable[str] = ["on hold"] if question.on_hold else question.stages or Stage
    for role in [question.role] if question.role else OWNER_ROLES:
        for moment in moments:
            yield f"the {question.purpose} question of the {role} at {moment}"
