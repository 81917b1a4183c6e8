"""Checks to build the rules of a JSON object from: each notes what is wrong where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Found:
    """What a check has found so far."""

    dialog: bool = False
    problems: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    marked: list[str] = field(default_factory=list)

    def add(self, what: str, path: str) -> None:
        """Note a problem."""
        self.problems.append(f"{path or '/'}: {what}")


Check = Callable[[object, str, Found], None]
Fields = Mapping[str, Check]


def text(value: object, path: str, found: Found) -> None:
    """Check a string that every client can encode."""
    if not isinstance(value, str):
        found.add("must be a string", path)
        return
    try:
        value.encode()
    except UnicodeEncodeError:
        found.add("holds half a character", path)


def words(value: object, path: str, found: Found) -> None:
    """Check a string with something in it."""
    text(value, path, found)
    if isinstance(value, str) and not value.strip():
        found.add("must not be empty", path)


def flag(value: object, path: str, found: Found) -> None:
    """Check a boolean."""
    if not isinstance(value, bool):
        found.add("must be a boolean", path)


def number(value: object, path: str, found: Found) -> None:
    """Check any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        found.add("must be a number", path)


def size(value: object, path: str, found: Found) -> None:
    """Check a length."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        found.add("must be a whole number above 0", path)


def one_of(*values: str) -> Check:
    """Build the check of a word from a list, written in any case."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, str) or value.casefold() not in {each.casefold() for each in values}:
            found.add(f"must be one of: {', '.join(values)}", path)

    return check


def shaped(pattern: str, what: str) -> Check:
    """Build the check of a string of a pattern."""
    compiled = re.compile(pattern)

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            found.add(f"must be {what}", path)

    return check


def pattern(value: object, path: str, found: Found) -> None:
    """Check a regular expression."""
    text(value, path, found)
    try:
        re.compile(str(value))
    except re.error as error:
        found.add(f"is no regular expression: {error}", path)


def array(item: Check, low: int = 0, high: int = 1000) -> Check:
    """Build the check of an array of `low` to `high` items."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, list):
            found.add("must be an array", path)
            return
        if not low <= len(value) <= high:
            found.add(f"must hold {low} to {high} items", path)
        for index, each in enumerate(value):
            item(each, f"{path}/{index}", found)

    return check


def shape(required: Fields, optional: Fields | None = None, *also: Check) -> Check:
    """Build the check of an object: required keys, optional keys, no others, then the extra checks."""
    known = {**required, **(optional or {})}

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.add("must be an object", path)
            return
        for name in required:
            if name not in value:
                found.add(f"{name} is missing", path)
        for name, each in value.items():
            if name in known:
                known[name](each, f"{path}/{name}", found)
            else:
                found.add(f"{name} is no property of this", path)
        for more in also:
            more(value, path, found)

    return check


def anything(value: object, path: str, found: Found) -> None:
    """Take any value."""


def by_type(table: Callable[[], Mapping[str, Check]], what: str) -> Check:
    """Build the check that chooses its rules by the object's `type`; an unknown one needs a fallback that is known."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.add(f"must be an {what}", path)
            return
        kind, fallback = value.get("type"), value.get("fallback")
        if isinstance(kind, str) and kind in table():
            table()[kind](value, path, found)
        elif fallback is None:
            found.add(f"{kind!r} is no {what} of schema 1.5, and has no fallback", path)
        elif fallback != "drop":
            check(fallback, f"{path}/fallback", found)

    return check
