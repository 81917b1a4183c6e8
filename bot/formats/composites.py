"""The kinds that hold others: lists, tables of words, objects with named fields, and a choice between two kinds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bot.domain.portfolio.content import Entry
from bot.formats.kinds import Kind, Noted, Reading, Schema, Wrong, named, text_of
from bot.formats.nodes import Node


def read_field(kind: Kind, node: Node, reading: Reading) -> tuple[bool, Any]:
    """Return whether a node gives a value of its kind, and the value; what is wrong goes to `reading`."""
    try:
        return True, kind.read(node, reading)
    except Wrong as wrong:
        reading.wrong(node.line, str(wrong))
    except Noted:
        pass
    return False, None


def unknown(name: str, known: Iterable[str]) -> str:
    """Return the reason against a field that does not exist, with the one that was probably meant."""
    if close := get_close_matches(name, known, n=1):
        return f"is not known here, did you mean {close[0]}?"
    return f"is not known here, there is {', '.join(known)}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of one kind; `into` is what it becomes."""

    of: Kind
    into: Callable[[Iterable[Any]], Any] = tuple
    least: int = 0

    def read(self, node: Node, reading: Reading) -> Any:  # noqa: ANN401 - typed by `into`
        """Return what the list holds; an item that is wrong is left out and noted."""
        if not isinstance(node.value, list):
            raise Wrong(f"must be a list, not {named(node.value)}")
        if len(node.value) < self.least:
            raise Wrong("must not be empty")
        read = [read_field(self.of, each, reading.at(f"[{n}]")) for n, each in enumerate(node.value, start=1)]
        return self.into(value for good, value in read if good)

    def write(self, value: Any) -> list[Any]:  # noqa: ANN401 - typed by `into`
        """Return the list."""
        return [self.of.write(each) for each in (value if isinstance(value, tuple) else sorted(value))]

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "array", "items": self.of.schema()} | ({"minItems": self.least} if self.least else {})


@dataclass(frozen=True, slots=True)
class Pair:
    """An object of two texts that becomes a pair, such as a platform and an address."""

    first: str
    second: str
    longest: int = 300

    def read(self, node: Node, _: Reading) -> tuple[str, str]:
        """Return the pair."""
        if not isinstance(node.value, dict) or set(node.value) != {self.first, self.second}:
            raise Wrong(f"must have {self.first} and {self.second}, and nothing else")
        first, second = (text_of(node.value[name]) for name in (self.first, self.second))
        if not 0 < len(first) <= self.longest or not 0 < len(second) <= self.longest:
            raise Wrong(f"{self.first} and {self.second} have 1 to {self.longest} characters")
        return first, second

    def write(self, value: tuple[str, str]) -> dict[str, str]:
        """Return the object."""
        return dict(zip((self.first, self.second), value, strict=True))

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        text = {"type": "string", "minLength": 1, "maxLength": self.longest}
        names = [self.first, self.second]
        return {
            "type": "object",
            "properties": dict.fromkeys(names, text),
            "required": names,
            "additionalProperties": False,
        }


@dataclass(frozen=True, slots=True)
class Words:
    """A table from words to values of one kind; `keys` says which words there may be, None is any."""

    of: Kind
    keys: Callable[[str], Any] | None = None
    known: tuple[str, ...] = ()
    nullable: bool = False

    def read(self, node: Node, reading: Reading) -> dict[Any, Any]:
        """Return the table."""
        if not isinstance(node.value, dict):
            raise Wrong(f"must be a mapping, not {named(node.value)}")
        found: dict[Any, Any] = {}
        for name, each in node.value.items():
            below = reading.at(name)
            if self.known and name not in self.known:
                below.wrong(node.key_lines[name], unknown(name, self.known))
                continue
            text_of(Node(node.key_lines[name], name))
            if self.nullable and each.value is None:
                found[self.keys(name) if self.keys else name] = None
                continue
            good, value = read_field(self.of, each, below)
            if good:
                found[self.keys(name) if self.keys else name] = value
        return found

    def write(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        """Return the table."""
        return {str(name): None if each is None else self.of.write(each) for name, each in value.items()}

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        each = self.of.schema()
        if self.nullable:
            each = {"anyOf": [each, {"type": "null"}]}
        found: Schema = {"type": "object", "additionalProperties": each}
        return found | ({"propertyNames": {"enum": list(self.known)}} if self.known else {})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object; `empty` says that it may be given as empty."""

    kind: Kind
    needed: bool = False
    empty: bool = False
    says: str = ""

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        found = self.kind.schema()
        if self.empty:
            found = {"anyOf": [found, {"type": "null"}]}
        return found | ({"description": self.says} if self.says else {})


@dataclass(frozen=True, slots=True)
class Record:
    """An object with named fields; `short` is the one field a bare text stands for."""

    fields: Mapping[str, Field]
    short: str = ""

    def read(self, node: Node, reading: Reading) -> Entry:
        """Return what the object gives; raises Noted when a field it cannot do without is missing or wrong."""
        if self.short and isinstance(node.value, str):
            node = Node(node.line, {self.short: node}, {self.short: node.line})
        if not isinstance(node.value, dict):
            raise Wrong(f"must be a mapping{' or a text' if self.short else ''}, not {named(node.value)}")
        given = {}
        for name, each in node.value.items():
            good, value = self._read_one(name, each, reading.at(name), node.key_lines[name])
            if good:
                given[name] = value
        for name, field in self.fields.items():
            if field.needed and name not in node.value:
                reading.at(name).wrong(node.line, "is missing")
        if any(field.needed and name not in given for name, field in self.fields.items()):
            raise Noted
        return Entry(node.line, reading.path, given, dict(node.key_lines))

    def _read_one(self, name: str, node: Node, reading: Reading, line: int) -> tuple[bool, Any]:
        field = self.fields.get(name)
        if field is None:
            reading.wrong(line, unknown(name, self.fields))
            return False, None
        if node.value is None:
            if not field.empty:
                reading.wrong(line, "must not be empty")
            return field.empty, None
        return read_field(field.kind, node, reading)

    def write(self, value: Entry) -> dict[str, Any]:
        """Return the object, its fields in the order of the format."""
        return {
            name: None if value.given[name] is None else field.kind.write(value.given[name])
            for name, field in self.fields.items()
            if name in value.given
        }

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        found: Schema = {
            "type": "object",
            "properties": {name: field.schema() for name, field in self.fields.items()},
            "additionalProperties": False,
        }
        if needed := [name for name, field in self.fields.items() if field.needed]:
            found["required"] = needed
        return {"anyOf": [self.fields[self.short].kind.schema(), found]} if self.short else found


@dataclass(frozen=True, slots=True)
class Either:
    """One of two kinds: the first when the value is a `when`, else the second; `expected` names both."""

    when: type
    first: Kind
    second: Kind
    expected: str

    def read(self, node: Node, reading: Reading) -> Any:  # noqa: ANN401 - typed by the kinds
        """Return the value by the kind it is of."""
        kind = self.first if isinstance(node.value, self.when) else self.second
        try:
            return kind.read(node, reading)
        except Wrong:
            raise Wrong(f"must be {self.expected}") from None

    def write(self, value: Any) -> Any:  # noqa: ANN401 - typed by the kinds
        """Return the value by the kind it is of."""
        return self.first.write(value) if isinstance(value, self.when) else self.second.write(value)

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"anyOf": [self.first.schema(), self.second.schema()]}
