"""The kinds of values a portfolio file holds: each reads a node, writes a value, and has a JSON Schema."""

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.portfolio.content import Problem
from bot.domain.portfolio.merging import quoted
from bot.formats.nodes import Node

Schema = dict[str, Any]
NAMES = {str: "text", bool: "true or false", int: "a number", float: "a number", dict: "a mapping", list: "a list"}


class Wrong(Exception):
    """Why a value is not of its kind, as the end of a sentence."""


class Noted(Exception):
    """A value cannot be used, and why is noted already."""


class Kind(Protocol):
    """What a kind of value can do."""

    def read(self, node: Node, reading: "Reading") -> Any:  # noqa: ANN401 - typed by the kind
        """Return the value of a node; raises Wrong, or Noted when what is wrong deeper down is in `reading` already."""
        ...

    def write(self, value: Any) -> Any:  # noqa: ANN401 - typed by the kind
        """Return a value as JSON data."""
        ...

    def schema(self) -> Schema:
        """Return the JSON Schema of the kind."""
        ...


@dataclass(slots=True)
class Reading:
    """Where in a file the reader is, and what it found wrong so far."""

    path: str = ""
    problems: list[Problem] = field(default_factory=list)

    def at(self, part: str) -> "Reading":
        """Return the reading of something below, that notes problems in the same list."""
        joined = self.path + part if part.startswith("[") else ".".join(filter(None, (self.path, part)))
        return Reading(joined, self.problems)

    def wrong(self, line: int, reason: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(line, self.path, reason))


def text_of(node: Node) -> str:
    """Return the text of a node; raises Wrong when it is anything else."""
    value = node.value
    if not isinstance(value, str):
        hint = ", put it in quotes" if isinstance(value, int | float) else ""
        raise Wrong(f"must be text, not {named(value)}{hint}")
    for character in value:
        if (character < " " and character not in "\n\t\r") or character == "\x7f" or "\ud800" <= character <= "\udfff":
            raise Wrong("has a control character in it")
    return value


def named(value: object) -> str:
    """Return what a value of a file is, in words."""
    return "empty" if value is None else NAMES[type(value)]


@dataclass(frozen=True, slots=True)
class Text:
    """Text of a length, optionally of a pattern; `like` is shown as an example."""

    longest: int = 300
    shortest: int = 1
    pattern: str = ""
    like: str = ""
    barred: frozenset[str] = frozenset()

    def read(self, node: Node, _: Reading) -> str:
        """Return the text."""
        value = text_of(node)
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise Wrong(f"{quoted(value)} is not {self.like}")
        if len(value) > self.longest:
            raise Wrong(f"has {len(value)} characters, at most {self.longest} are taken")
        if len(value) < self.shortest:
            raise Wrong("must not be empty")
        if value in self.barred:
            raise Wrong(f"{value} is reserved, it is a word of /ai-status")
        return value

    def write(self, value: str) -> str:
        """Return the text."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        found: Schema = {"type": "string", "maxLength": self.longest}
        if self.shortest:
            found["minLength"] = self.shortest
        if self.pattern:
            found["pattern"] = f"^(?:{self.pattern})$"
        return found | ({"not": {"enum": sorted(self.barred)}} if self.barred else {})


EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s.]+"


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address, in lower case whatever its case in the file."""

    _text: Text = Text(longest=254, pattern=EMAIL, like="an e-mail address")

    def read(self, node: Node, reading: Reading) -> str:
        """Return the address."""
        return self._text.read(node, reading).lower()

    def write(self, value: str) -> str:
        """Return the address."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return self._text.schema()


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range."""

    least: int = 0
    most: int = 10**12

    def read(self, node: Node, _: Reading) -> int:
        """Return the number."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise Wrong(f"must be a whole number, not {quoted(str(value)) if value is not None else 'empty'}")
        if not self.least <= value <= self.most:
            only = f"must be {self.least}, not {value:g}"
            raise Wrong(only if self.least == self.most else f"{value:g} is not between {self.least} and {self.most}")
        return int(value)

    def write(self, value: int) -> int:
        """Return the number."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    def read(self, node: Node, _: Reading) -> float:
        """Return the number."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
            raise Wrong(f"must be a number, not {quoted(str(value)) if value is not None else 'empty'}")
        return float(value)

    def write(self, value: float) -> float:
        """Return the number."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def read(self, node: Node, _: Reading) -> bool:
        """Return the truth."""
        if not isinstance(node.value, bool):
            raise Wrong(f"must be true or false, not {named(node.value)}")
        return node.value

    def write(self, value: bool) -> bool:
        """Return the truth."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the words of an enumeration."""

    of: type[StrEnum]
    but: frozenset[StrEnum] = frozenset()

    def read(self, node: Node, _: Reading) -> StrEnum:
        """Return the member."""
        value = text_of(node)
        if value not in self._words():
            raise Wrong(f"{quoted(value)} is none of {', '.join(self._words())}")
        return self.of(value)

    def write(self, value: StrEnum) -> str:
        """Return the word."""
        return value.value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"enum": self._words()}

    def _words(self) -> list[str]:
        return [member.value for member in self.of if member not in self.but]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question: text, a number, true or false, a list of texts, or nothing."""

    def read(self, node: Node, _: Reading) -> Any:  # noqa: ANN401 - an AnswerValue
        """Return the answer."""
        value = node.value
        if isinstance(value, list):
            return [text_of(each) for each in value]
        if isinstance(value, str):
            return text_of(node)
        if isinstance(value, dict) or (isinstance(value, float) and not math.isfinite(value)):
            raise Wrong("must be text, a number, true or false, or a list of texts")
        return value

    def write(self, value: Any) -> Any:  # noqa: ANN401 - an AnswerValue
        """Return the answer."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        texts = {"type": "array", "items": {"type": "string"}}
        return {"anyOf": [{"type": ["string", "number", "boolean", "null"]}, texts]}
