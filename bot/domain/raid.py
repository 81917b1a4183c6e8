"""Blockers, risks and asks: what an owner cannot solve alone."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId


class RaidKind(StrEnum):
    """What kind of trouble it is."""

    RISK = "risk"
    ISSUE = "issue"
    BLOCKER = "blocker"
    DECISION_NEEDED = "decision_needed"
    DEPENDENCY = "dependency"


class RaidCategory(StrEnum):
    """Where the trouble comes from."""

    DATA = "data"
    INFRASTRUCTURE = "infrastructure"
    GOVERNANCE = "governance"
    WORKFLOW = "workflow"
    PEOPLE = "people"
    BUDGET = "budget"
    VENDOR = "vendor"
    LEADERSHIP = "leadership"
    MODEL = "model"


class Severity(StrEnum):
    """How much it endangers the outcome."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class RaidState(StrEnum):
    """How far it has been dealt with."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    MITIGATING = "mitigating"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"


ASK_CATEGORIES = {
    "decision": RaidCategory.LEADERSHIP,
    "people": RaidCategory.PEOPLE,
    "money": RaidCategory.BUDGET,
    "data": RaidCategory.DATA,
}
"""What an owner may ask for in a check-in."""
OPEN_STATES = frozenset({RaidState.OPEN, RaidState.ACKNOWLEDGED, RaidState.MITIGATING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Raid:
    """One blocker or ask; `needs_from_id` is who can remove it, `prompt_id` the check-in it was raised in."""

    id: str
    initiative_id: InitiativeId
    kind: RaidKind
    title: str
    category: RaidCategory
    owner_id: PersonId
    raised_at: datetime
    severity: Severity = Severity.MAJOR
    needs_from_id: PersonId | None = None
    due: date | None = None
    state: RaidState = RaidState.OPEN
    closed_at: datetime | None = None
    prompt_id: str | None = None
