"""What is shown for a criterion, and what lets it be passed without: evidence with its end, waivers with theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId


class EvidenceKind(StrEnum):
    """What sort of evidence it is."""

    LINK = "link"
    DOCUMENT = "document"
    METRIC_SNAPSHOT = "metric_snapshot"
    TEST_REPORT = "test_report"
    ATTESTATION = "attestation"
    DECISION_RECORD = "decision_record"


class EvidenceState(StrEnum):
    """Whether evidence still counts."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    Something shown for a criterion: words, and a link that only people open, or a snapshot of values.

    It counts up to and including `valid_until` (the organisation's date); without one it does not end.
    """

    id: str
    criterion_id: str
    initiative_id: InitiativeId
    kind: EvidenceKind
    title: str
    submitted_by: PersonId
    submitted_at: datetime
    url: str = ""
    snapshot: Mapping[str, object] = field(default_factory=dict)
    sha256: str = ""
    valid_until: date | None = None
    state: EvidenceState = EvidenceState.VALID
    ended_why: str = ""

    def counts(self, today: date) -> bool:
        """Return whether it stands on a day."""
        return self.state is EvidenceState.VALID and not self.is_over(today)

    def is_over(self, today: date) -> bool:
        """Return whether its time is up on a day."""
        return self.valid_until is not None and self.valid_until < today


def expired(evidence: Evidence) -> Evidence:
    """Return evidence whose time is up."""
    return replace(evidence, state=EvidenceState.EXPIRED)


def taken_back(evidence: Evidence, why: str) -> Evidence:
    """Return evidence that somebody withdrew, with their reason."""
    return replace(evidence, state=EvidenceState.WITHDRAWN, ended_why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """That a gatekeeper accepts the risk of an unmet criterion up to and including a day, and what guards meanwhile."""

    id: str
    criterion_id: str
    initiative_id: InitiativeId
    reason: str
    control: str
    accepted_by: PersonId
    accepted_at: datetime
    expires_on: date

    def holds(self, today: date) -> bool:
        """Return whether it has not expired on a day (I-11)."""
        return today <= self.expires_on
