"""Whether the time can be trusted: one clock against the database's, and against how long the machine has been up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.policy import ClockPolicy


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clocks say at one moment; `up` never jumps, `database` is None where the database has no clock."""

    now: datetime
    up: timedelta
    database: datetime | None = None


def stepped(before: Reading, reading: Reading) -> timedelta:
    """Return by how much the clock has moved more than time has passed since another reading."""
    return (reading.now - before.now) - (reading.up - before.up)


def doubt(before: Reading | None, reading: Reading, policy: ClockPolicy) -> str:
    """Return why the time cannot be trusted, empty when it can; `before` is the last reading that could be."""
    if reading.database is not None:
        apart = reading.now - reading.database
        if abs(apart) > policy.most_apart:
            return f"this machine's clock is {_seconds(abs(apart))} {_way(apart)} the database's"
    if before is not None and (jump := stepped(before, reading)) > policy.longest_step:
        return f"the clock jumped forward by {_seconds(jump)} while the machine was up"
    return ""


def _way(apart: timedelta) -> str:
    return "ahead of" if apart > timedelta(0) else "behind"


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} s"
