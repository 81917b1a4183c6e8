"""The kinds of values that have to do with time: days, weeks, hours, instants, zones."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice

from bot.domain.calendar import DAY as DAY_LONG
from bot.domain.calendar import days_between, is_zone, monday_of
from bot.domain.portfolio.merging import quoted
from bot.formats.kinds import Reading, Schema, Wrong, named, text_of
from bot.formats.nodes import Node

DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
ISO_WEEK = r"[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])"


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week by its first three letters; its value is 0 for Monday."""

    WORDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

    def read(self, node: Node, _: Reading) -> int:
        """Return the number of the day."""
        value = text_of(node)
        if value not in self.WORDS:
            raise Wrong(f"{quoted(value)} is none of {', '.join(self.WORDS)}")
        return self.WORDS.index(value)

    def write(self, value: int) -> str:
        """Return the word."""
        return self.WORDS[value]

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"enum": list(self.WORDS)}


@dataclass(frozen=True, slots=True)
class Day:
    """A date such as 2026-11-24."""

    def read(self, node: Node, _: Reading) -> date:
        """Return the date."""
        value = text_of(node)
        try:
            if re.fullmatch(DAY, value):
                return date.fromisoformat(value)
        except ValueError:
            raise Wrong(f"{quoted(value)} is no day of the calendar") from None
        raise Wrong(f"{quoted(value)} is not a date such as 2026-11-24")

    def write(self, value: date) -> str:
        """Return the date in ISO form."""
        return value.isoformat()

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "string", "format": "date", "pattern": f"^{DAY}$"}


@dataclass(frozen=True, slots=True)
class Days:
    """Days off: a list of dates such as 2026-11-26 and ranges of them such as 2026-12-24..2027-01-01, both included."""

    LONGEST = 366
    SHORTEST = 3

    def read(self, node: Node, reading: Reading) -> frozenset[date]:
        """Return every day named or in a range."""
        if not isinstance(node.value, list):
            raise Wrong(f"must be a list, not {named(node.value)}")
        found: set[date] = set()
        for n, each in enumerate(node.value, start=1):
            below = reading.at(f"[{n}]")
            try:
                found |= self._span(each, below)
            except Wrong as wrong:
                below.wrong(each.line, str(wrong))
        return frozenset(found)

    def _span(self, node: Node, reading: Reading) -> set[date]:
        first, dots, last = text_of(node).partition("..")
        ends = [Day().read(Node(node.line, each), reading) for each in (first, last if dots else first)]
        days = set(islice(days_between(*ends), self.LONGEST + 1))
        if not 0 < len(days) <= self.LONGEST:
            raise Wrong(f"{quoted(text_of(node))} is no range of 1 to {self.LONGEST} days")
        return days

    def write(self, value: frozenset[date]) -> list[str]:
        """Return the days in order, three and more in a row as a range."""
        found: list[list[date]] = []
        for day in sorted(value):
            if found and day == found[-1][-1] + DAY_LONG:
                found[-1].append(day)
            else:
                found.append([day])
        return [each for run in found for each in self._written(run)]

    def _written(self, run: list[date]) -> list[str]:
        if len(run) < self.SHORTEST:
            return [day.isoformat() for day in run]
        spans = [run[n : n + self.LONGEST] for n in range(0, len(run), self.LONGEST)]
        return [f"{span[0].isoformat()}..{span[-1].isoformat()}" for span in spans]

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        span = {"type": "string", "pattern": rf"^{DAY}\.\.{DAY}$"}
        return {"type": "array", "items": {"anyOf": [Day().schema(), span]}}


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A local time such as 08:30."""

    def read(self, node: Node, _: Reading) -> time:
        """Return the time."""
        value = text_of(node)
        if not re.fullmatch(CLOCK, value):
            raise Wrong(f"{quoted(value)} is not a time such as 08:30")
        return time.fromisoformat(value)

    def write(self, value: time) -> str:
        """Return hours and minutes."""
        return value.isoformat(timespec="minutes")

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": f"^{CLOCK}$"}


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant such as 2026-11-19T15:20:00Z; an offset is needed."""

    PATTERN = DAY + r"T" + CLOCK + r":[0-5][0-9](\.[0-9]{1,6})?(Z|[-+]" + CLOCK + r")"

    def read(self, node: Node, _: Reading) -> datetime:
        """Return the instant in UTC."""
        value = text_of(node)
        if not re.fullmatch(self.PATTERN, value):
            raise Wrong(f"{quoted(value)} is not an instant such as 2026-11-19T15:20:00Z")
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Wrong(f"{quoted(value)} is no day of the calendar") from None

    def write(self, value: datetime) -> str:
        """Return the instant in UTC."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "string", "format": "date-time", "pattern": f"^{self.PATTERN}$"}


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week such as 2026-W48."""

    def read(self, node: Node, _: Reading) -> str:
        """Return the week."""
        value = text_of(node)
        if not re.fullmatch(ISO_WEEK, value):
            raise Wrong(f"{quoted(value)} is not a week such as 2026-W48")
        try:
            monday_of(value)
        except ValueError:
            raise Wrong(f"{quoted(value)}: that year has no such week") from None
        return value

    def write(self, value: str) -> str:
        """Return the week."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": f"^{ISO_WEEK}$"}


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name."""

    def read(self, node: Node, _: Reading) -> str:
        """Return the name of the zone."""
        value = text_of(node)
        if not is_zone(value):
            raise Wrong(f"{quoted(value)} is no time zone, write one such as America/Chicago")
        return value

    def write(self, value: str) -> str:
        """Return the name."""
        return value

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "string", "minLength": 1, "description": "an IANA time zone such as America/Chicago"}
