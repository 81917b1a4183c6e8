"""Silent stops: what should have happened and did not, and what to do about it the first and the second time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SILENCE = "silence"
"""What the subject of a notice about a silent stop begins with."""


class Silence(StrEnum):
    """What has not happened although it was due."""

    UNCLAIMED = "unclaimed"
    NOT_OPENED = "not_opened"
    NOT_ASKED = "not_asked"
    NO_DIGEST = "no_digest"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One silent stop.

    `about` names it among its kind (a day, a cycle, a portfolio and week), so that it is told once; `count` is how many
    messages, people or channels it concerns.
    """

    what: Silence
    about: str
    count: int = 1

    @property
    def key(self) -> str:
        """Return the one name of this stop."""
        return f"{self.what}:{self.about}"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look brought: stops seen for the first time, stops that outlasted the push they got, and those over."""

    fresh: tuple[Finding, ...] = ()
    stubborn: tuple[Finding, ...] = ()
    over: tuple[str, ...] = ()


@dataclass(slots=True)
class Watch:
    """
    What the auditor of one process remembers.

    Since when it sees each stop, which have outlasted their push, and the digests that have nothing to say (`empty`).
    """

    since: dict[str, datetime] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    present: tuple[Finding, ...] = ()
    empty: set[str] = field(default_factory=set)

    def look(self, findings: Iterable[Finding], now: datetime, patience: timedelta) -> Looked:
        """Return what is new and what is still there `patience` after it was first seen, each of them once."""
        self.present = tuple(findings)
        keys = {finding.key for finding in self.present}
        over = tuple(key for key in self.since if key not in keys)
        for key in over:
            self.since.pop(key)
            self.told.discard(key)
        fresh = tuple(finding for finding in self.present if finding.key not in self.since)
        self.since |= {finding.key: now for finding in fresh}
        stubborn = tuple(f for f in self.present if f.key not in self.told and now - self.since[f.key] >= patience)
        self.told |= {finding.key for finding in stubborn}
        return Looked(fresh, stubborn, over)

    @property
    def alarmed(self) -> bool:
        """Return whether something stands still that a push did not help."""
        return bool(self.told)
