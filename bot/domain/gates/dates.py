"""Dates that were promised and moved: every change is kept, and the slip is their sum (I-22, I-23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.calendar import Calendar
from bot.domain.ids import InitiativeId, PersonId


class DateSubject(StrEnum):
    """What a date belongs to."""

    GATE = "gate"
    TIMEBOX = "timebox"
    GOLIVE = "golive"
    PHASE = "phase"


class DateReason(StrEnum):
    """Why a date moved."""

    SCOPE = "scope"
    RESOURCE = "resource"
    DATA = "data"
    VENDOR = "vendor"
    GOVERNANCE = "governance"
    DECISION_WAIT = "decision_wait"
    TECHNICAL = "technical"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChange:
    """
    One move of a date; `subject_id` is a gate's line, an initiative, or a phase.

    `approved_by` is the gatekeeper who agreed; `rebaselines` makes the new date the one slips are counted from.
    """

    id: str
    initiative_id: InitiativeId
    subject: DateSubject
    subject_id: str
    before: date
    after: date
    reason: DateReason
    changed_by: PersonId
    changed_at: datetime
    comment: str = ""
    approved_by: PersonId | None = None
    rebaselines: bool = False


def since_baseline(changes: Sequence[DateChange]) -> list[DateChange]:
    """Return the changes of one subject made since its baseline was set, oldest first."""
    ordered = sorted(changes, key=lambda change: (change.changed_at, change.id))
    last = max((n for n, change in enumerate(ordered) if change.rebaselines), default=-1)
    return ordered[last + 1 :]


def slip_days(changes: Sequence[DateChange]) -> int:
    """Return by how many days one subject's date has moved since its baseline; negative when it came forward."""
    return sum((change.after - change.before).days for change in since_baseline(changes))


def extensions(changes: Sequence[DateChange]) -> int:
    """
    Return how often a time-box was extended with the gatekeeper's approval (PL-03).

    An approval that comes after the move is a change from the end to the same end.
    """
    return sum(1 for change in changes if change.approved_by and change.after >= change.before)


def working(day: date, calendar: Calendar) -> date:
    """Return a day, or the next working day when it is none."""
    return day if calendar.is_working(day) else calendar.shift(day, 1)
