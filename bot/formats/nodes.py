"""A YAML or JSON text as a tree that knows the line of everything in it."""

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from bot.domain.portfolio.content import Problem
from bot.formats.json_text import JsonEvents, NotJson

DEEPEST = 20
ROOT = "file"

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """A scalar, a list of nodes, or a mapping of them; `line` is where it begins, counted from 1."""

    line: int
    value: "Scalar | list[Node] | dict[str, Node]"
    key_lines: dict[str, int] = field(default_factory=dict)

    def plain(self) -> Any:  # noqa: ANN401 - JSON data
        """Return the same as JSON data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value


class Unreadable(Exception):
    """The text is no YAML or JSON, or uses something of it that is not taken here."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.problem = Problem(line, ROOT, reason)


def parse(text: str, *, is_json: bool) -> tuple[Node, list[Problem]]:
    """Return the tree of a text and the keys it has twice; raises Unreadable."""
    builder = Builder()
    if is_json:
        _feed_json(text, builder)
    else:
        _feed_yaml(text, builder)
    if builder.root is None:
        raise Unreadable(1, "is empty")
    return builder.root, builder.problems


class Builder:
    """Puts a tree together from what a parser reports, one thing after the other."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[Node] = []
        self._keys: list[str | None] = []

    def begin(self, line: int, value: "list[Node] | dict[str, Node]") -> None:
        """Open a list or a mapping."""
        if len(self._open) >= DEEPEST:
            raise Unreadable(line, "is nested too deeply")
        node = Node(line, value)
        self._put(node)
        self._open.append(node)
        self._keys.append(None)

    def end(self) -> None:
        """Close the innermost list or mapping."""
        self._open.pop()
        self._keys.pop()

    def scalar(self, line: int, value: Scalar, written: str) -> None:
        """Take a scalar: a key, where a mapping waits for one."""
        if self._open and isinstance(self._open[-1].value, dict) and self._keys[-1] is None:
            self._key(line, written)
        else:
            self._put(Node(line, value))

    def _key(self, line: int, key: str) -> None:
        self._keys[-1] = key
        lines = self._open[-1].key_lines
        if key in lines:
            self.problems.append(Problem(line, key, f"is written twice, first on line {lines[key]}"))
        lines.setdefault(key, line)

    def _put(self, node: Node) -> None:
        if not self._open:
            if self.root is not None:
                raise Unreadable(node.line, "has more than one document")
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
            return
        key = self._keys[-1]
        if key is None:
            raise Unreadable(node.line, "has a key that is not a word")
        if isinstance(parent.value, dict):
            parent.value.setdefault(key, node)
        self._keys[-1] = None


def _feed_json(text: str, builder: Builder) -> None:
    try:
        for what, line, value in JsonEvents(text):
            if what == "begin":
                builder.begin(line, value)
            elif what == "end":
                builder.end()
            else:
                builder.scalar(line, value, str(value))
    except NotJson as error:
        raise Unreadable(error.line, f"is not JSON here: {error}") from None


def _feed_yaml(text: str, builder: Builder) -> None:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            _take(event, builder)
    except yaml.YAMLError as error:
        raise _not_yaml(text, error) from None


def _take(event: Any, builder: Builder) -> None:  # noqa: ANN401 - the types of yaml's events leave their fields out
    if isinstance(event, yaml.CollectionEndEvent):
        builder.end()
    if not isinstance(event, yaml.NodeEvent) or event.start_mark is None:
        return
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise Unreadable(line, "uses an anchor (& or *): write the text out instead")
    tag = getattr(event, "tag", None)
    if tag is not None and tag != "!":
        raise Unreadable(line, f"uses a tag ({tag}): leave it out")
    if isinstance(event, yaml.SequenceStartEvent):
        builder.begin(line, [])
    elif isinstance(event, yaml.MappingStartEvent):
        builder.begin(line, {})
    else:
        _scalar(event, line, builder)


def _scalar(event: Any, line: int, builder: Builder) -> None:  # noqa: ANN401 - as above
    plain = event.style in (None, "") and event.implicit[0]
    builder.scalar(line, resolved(event.value) if plain else event.value, event.value)


def _not_yaml(text: str, error: yaml.YAMLError) -> Unreadable:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        return Unreadable(mark.line + 1 if mark else 1, f"is not YAML here: {problem}")
    position = getattr(error, "position", 0) or 0
    return Unreadable(text.count("\n", 0, position) + 1, "has a character that is not allowed in YAML")


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
WHOLE = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
LONGEST_NUMBER = 30


def resolved(written: str) -> Scalar:
    """Return what an unquoted YAML word means in YAML 1.2: `no` and `10:30` are text, as they are in JSON."""
    if written in WORDS:
        return WORDS[written]
    if len(written) > LONGEST_NUMBER:
        return written
    if WHOLE.fullmatch(written):
        return int(written)
    return float(written) if NUMBER.fullmatch(written) else written
