"""The sections about gates in the portfolio file, their fields by the records they become."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from dataclasses import Field as DataField
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.domain.portfolio.gating import APPROVALS, KINDS, LEFT_OUT, MANY_PEOPLE, PEOPLE, SNAPSHOT
from bot.formats.composites import Field, Listed, Record, Words
from bot.formats.kinds import Choice, Flag, Kind, Number, Text, Whole
from bot.formats.times import Day, Moment

ID = Text(longest=100)
WORDING = Text(longest=20_000, shortest=0)
PERSON = Text(longest=300)
WHO = "an e-mail address, a name nobody else has, an id of `people`, or `import`"
SAYS = {
    SNAPSHOT: "a JSON object as text",
    APPROVALS: "by role, who approved",
    "line": "the id of the first attempt",
    "subject_id": "a gate's line, a phase, or the key of the initiative for its time-box",
}
PLAIN: Mapping[type, Kind] = {bool: Flag(), int: Whole(0), float: Number(), date: Day(), datetime: Moment()}


def gates_record(initiative: Kind) -> Record:
    """Return the part of the file that holds gates; `initiative` is the kind of an initiative's key."""
    about = Field(initiative, needed=True)
    return Record({
        name: Field(Listed(Record({"initiative": about, **_fields(kind)}))) for name, kind in KINDS.items()
    })  # fmt: skip


def _fields(kind: type[Any]) -> dict[str, Field]:
    hints = get_type_hints(kind)
    return {each.name: _field(each, hints[each.name]) for each in fields(kind) if each.name not in LEFT_OUT}


def _field(each: DataField[Any], hint: Any) -> Field:  # noqa: ANN401 - a type expression
    needed = each.default is MISSING and each.default_factory is MISSING
    inner, empty = _without_none(hint)
    if each.name in PEOPLE:
        return Field(PERSON, needed=needed, empty=empty, says=WHO)
    return Field(_kind(each.name, inner), needed=needed, empty=empty, says=SAYS.get(each.name, ""))


def _kind(name: str, hint: Any) -> Kind:  # noqa: ANN401 - a type expression
    if name == SNAPSHOT:
        return WORDING
    if name == APPROVALS:
        return Words(PERSON)
    if get_origin(hint) is tuple:
        return Listed(PERSON if name == MANY_PEOPLE else _kind("", get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Choice(hint)
    if is_dataclass(hint):
        return Record(_fields(hint))  # type: ignore[arg-type]  # a class here
    return PLAIN.get(hint, ID if name in ("id", "line") or name.endswith("_id") else WORDING)


def _without_none(hint: Any) -> tuple[Any, bool]:  # noqa: ANN401 - a type expression
    if get_origin(hint) not in (Union, types.UnionType):
        return hint, False
    kept = [arg for arg in get_args(hint) if arg is not type(None)]
    return kept[0], True
