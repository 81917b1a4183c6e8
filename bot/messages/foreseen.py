"""The words of `steward simulate`: a line for every message to come, and how many each person gets in each week."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.calendar import local_date, week_of
from bot.domain.deliveries import Address, DeliveryKind
from bot.messages.model import Message, clip
from bot.messages.words import counted, day_words, instant_words

LONGEST = 60
HEADINGS = ("when", "to", "where", "what", "about", "why")
NOBODY_ANSWERS = "It is assumed that nobody answers, puts off or hands over anything, and that every call arrives."


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as a platform took it: when, where and what; `key` is its delivery."""

    at: datetime
    to: Address
    message: Message
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """
    A message to come: when and in whose zone, who gets it where, what it is, about which initiatives and why.

    `name` is empty where it goes to a channel.
    """

    at: datetime
    zone: ZoneInfo
    name: str
    where: str
    kind: DeliveryKind
    what: str
    about: tuple[str, ...]
    why: str

    @property
    def to(self) -> str:
        """Return who reads it."""
        return self.name or "channel"

    @property
    def week(self) -> str:
        """Return the ISO week in which it arrives, on its reader's calendar."""
        return week_of(local_date(self.at, self.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Every message from `first` up to `until`; `zone` is the organisation's, `policy` the version in force."""

    first: datetime
    until: datetime
    zone: ZoneInfo
    policy: int
    messages: tuple[Foreseen, ...]


def table(forecast: Forecast) -> str:
    """Return a forecast for a terminal: a line a message, then the totals by person and week."""
    rows = [HEADINGS, *map(_row, forecast.messages)]
    totals = list(_totals(forecast))
    return "\n".join([_headline(forecast), NOBODY_ANSWERS, "", *_aligned(rows), "", *_aligned(totals)])


def _headline(forecast: Forecast) -> str:
    first, until = (instant_words(at, forecast.zone) for at in (forecast.first, forecast.until))
    people = len({one.name for one in forecast.messages if one.name})
    return (
        f"{counted(len(forecast.messages), 'message')} to {counted(people, 'person', 'people')} from {first} to "
        f"{until} ({forecast.zone.key}), policy {forecast.policy}. Each time is in its reader's own zone."
    )


def _row(one: Foreseen) -> tuple[str, ...]:
    local = one.at.astimezone(one.zone)
    when = f"{day_words(local.date(), year=False)} {local.year} {local.hour:02}:{local.minute:02} {one.zone.key}"
    return (when, clip(one.to, LONGEST), one.where, one.what, clip(", ".join(one.about), LONGEST), one.why)


def _totals(forecast: Forecast) -> Iterator[tuple[str, ...]]:
    weeks = sorted({one.week for one in forecast.messages})
    counts = Counter((one.to, one.week) for one in forecast.messages)
    names = sorted({one.to for one in forecast.messages})
    yield ("messages a week", *weeks, "total")
    for name in [*names, ""]:
        row = [_sum(counts, name, week) for week in weeks]
        yield (clip(name, LONGEST) or "all", *(str(n) for n in row), str(sum(row)))


def _sum(counts: Counter[tuple[str, str]], name: str, week: str) -> int:
    return sum(n for (who, when), n in counts.items() if when == week and name in ("", who))


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def document(forecast: Forecast) -> dict[str, Any]:
    """Return a forecast as what `--json` prints."""
    weeks = Counter((one.to, one.week) for one in forecast.messages)
    return {
        "from": forecast.first.isoformat(),
        "until": forecast.until.isoformat(),
        "policy": forecast.policy,
        "assumes": NOBODY_ANSWERS,
        "messages": [_fields(one) for one in forecast.messages],
        "totals": [{"to": to, "week": week, "messages": n} for (to, week), n in sorted(weeks.items())],
    }


def _fields(one: Foreseen) -> dict[str, Any]:
    return {
        "at": one.at.isoformat(),
        "local": one.at.astimezone(one.zone).isoformat(),
        "zone": one.zone.key,
        "to": one.to,
        "where": one.where,
        "kind": one.kind.value,
        "what": one.what,
        "about": list(one.about),
        "why": one.why,
    }
