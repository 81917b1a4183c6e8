"""What the outbox and the processes look like from outside: the facts behind readiness, metrics and `doctor`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """
    The outbox at an instant: rows by (state, kind), those of them that are due and those whose time is to come by kind.

    `oldest_due` is since when the longest waiting message is due, None when none is. `database_at` is the time by the
    database's own clock, None where that is this machine's. `log_bytes` is the size of SQLite's write-ahead log.
    """

    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    due: Mapping[str, int] = field(default_factory=dict)
    planned: Mapping[str, int] = field(default_factory=dict)
    oldest_due: datetime | None = None
    database_at: datetime | None = None
    log_bytes: int | None = None

    def waits(self, now: datetime) -> timedelta:
        """Return how long the longest waiting message has been due."""
        return max(now - self.oldest_due, timedelta(0)) if self.oldest_due else timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """A process of Steward's as it last showed itself in the database; `name` is that of the worker."""

    name: str
    host: str
    role: str
    version: str
    started_at: datetime
    seen_at: datetime


def alive(replicas: Iterable[Replica], now: datetime, within: timedelta) -> list[Replica]:
    """Return the processes that have shown themselves lately."""
    return [replica for replica in replicas if now - replica.seen_at < within]


def clock_error(now: datetime, database_at: datetime | None, most: timedelta) -> timedelta | None:
    """Return by how much this machine's clock differs from the database's, None when that is no more than `most`."""
    if database_at is None or abs(now - database_at) <= most:
        return None
    return now - database_at
