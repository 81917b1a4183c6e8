"""Small checks that combine into the fake's own table of Slack's Block Kit rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

TYPE = "type"


@dataclass
class Found:
    """What the checks found in one payload, in the words and places that Slack's answers use."""

    surface: str
    problems: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    focused: int = 0

    def add(self, words: str, path: str) -> None:
        """Note one fault at a JSON pointer."""
        self.problems.append(f"[ERROR] {words} [json-pointer:{path}]")


Check = Callable[[object, str, Found], None]
Fields = Mapping[str, Check]


def anything(value: object, path: str, found: Found) -> None:
    """Accept whatever is there."""


def string(low: int, high: int) -> Check:
    """Build the check of a string of `low` to `high` characters."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, str):
            found.add("must be a string", path)
        elif len(value) < low:
            found.add(f"must be more than {low - 1} characters", path)
        elif len(value) > high:
            found.add(f"must be less than {high + 1} characters", path)

    return check


def matching(pattern: str, words: str) -> Check:
    """Build the check of a string of one form, such as a date."""
    compiled = re.compile(pattern)

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            found.add(words, path)

    return check


def boolean(value: object, path: str, found: Found) -> None:
    """Check a JSON boolean."""
    if not isinstance(value, bool):
        found.add("must be a boolean", path)


def focus(value: object, path: str, found: Found) -> None:
    """Check `focus_on_load`, of which a view may have one."""
    boolean(value, path, found)
    found.focused += value is True
    if value is True and found.focused > 1:
        found.add("only one element can have focus_on_load", path)


def whole(low: int, high: int | None = None) -> Check:
    """Build the check of a whole number."""

    def check(value: object, path: str, found: Found) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            found.add("must be an integer", path)
        elif value < low or (high is not None and value > high):
            found.add(f"must be between {low} and {high}", path)

    return check


def number(above: float | None = None) -> Check:
    """Build the check of any JSON number, greater than `above` when given."""

    def check(value: object, path: str, found: Found) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            found.add("must be a number", path)
        elif above is not None and value <= above:
            found.add(f"must be greater than {above:g}", path)

    return check


def one_of(*values: str) -> Check:
    """Build the check of a word from a list."""

    def check(value: object, path: str, found: Found) -> None:
        if value not in values:
            found.add(f"must be one of: {', '.join(values)}", path)

    return check


def array(item: Check, low: int, high: int) -> Check:
    """Build the check of an array of `low` to `high` items."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, list):
            found.add("must be an array", path)
            return
        if len(value) < low:
            found.add(f"no fewer than {low} items allowed", path)
        if len(value) > high:
            found.add(f"no more than {high} items allowed", path)
        for index, each in enumerate(value):
            item(each, f"{path}/{index}", found)

    return check


def _unknown(value: object, path: str, found: Found) -> None:
    place, _, name = path.rpartition("/")
    found.add(f"invalid additional property: {name}", place)


def shape(required: Fields, optional: Fields | None = None, *also: Check) -> Check:
    """Build the check of an object: required keys, optional keys, no others, then the extra checks."""
    known = {TYPE: anything, **required, **(optional or {})}

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.add("must be an object", path)
            return
        for name in required:
            if name not in value:
                found.add(f"missing required field: {name}", path)
        for name, each in value.items():
            known.get(name, _unknown)(each, f"{path}/{name}", found)
        for more in also:
            more(value, path, found)

    return check


def by_type(table: Mapping[str, Check]) -> Check:
    """Build the check that chooses its rules by the object's `type`."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.add("must be an object", path)
        elif TYPE not in value:
            found.add("missing required field: type", path)
        elif value[TYPE] not in table:
            found.add(f"unsupported type: {value[TYPE]}", f"{path}/type")
        else:
            table[value[TYPE]](value, path, found)

    return check


def exactly_one(*names: str) -> Check:
    """Build the extra check that one of these keys is there and only one."""

    def check(value: object, path: str, found: Found) -> None:
        there = [name for name in names if isinstance(value, dict) and name in value]
        if len(there) != 1:
            found.add(f"must provide exactly one of: {', '.join(names)}", path)

    return check


def at_least_one(*names: str) -> Check:
    """Build the extra check that one of these keys is there."""

    def check(value: object, path: str, found: Found) -> None:
        if not any(isinstance(value, dict) and value.get(name) for name in names):
            found.add(f"must provide one of: {', '.join(names)}", path)

    return check
