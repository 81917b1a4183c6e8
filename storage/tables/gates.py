"""Gates, their criteria and what stands under them: evidence, signatures, waivers, decisions, conditions, dates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.gates.conditions import Before, ConditionState
from bot.domain.gates.dates import DateReason, DateSubject
from bot.domain.gates.decisions import Decision, DecisionKind
from bot.domain.gates.evidence import EvidenceKind, EvidenceState
from bot.domain.gates.gates import CriterionState, GateState
from bot.domain.gates.signing import SignVerdict
from bot.domain.gates.templates import CriterionDomain, Evaluation, Weight
from bot.domain.initiatives import Lifecycle, Stage
from storage.tables.base import Json, Row, UTCDateTime, one_of

STANDING = text("revoked_at IS NULL")
FIRST_WORD = text("kind = 'gate' AND supersedes_id IS NULL")


class GateRow(Row, table=True):
    """One attempt at a gate."""

    __tablename__ = "gate"
    __table_args__ = (UniqueConstraint("initiative_id", "code", "wave", "attempt"), one_of("state", GateState))
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    code: str
    line: str
    baseline_due: date
    current_due: date
    template_version: int
    attempt: int
    wave: int
    state: str = Field(index=True)
    opened_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    submitted_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    decision_id: str | None = None
    retro: bool


class GateCriterionRow(Row, table=True):
    """One criterion of one attempt."""

    __tablename__ = "gate_criterion"
    __table_args__ = (
        UniqueConstraint("gate_id", "number"),
        one_of("weight", Weight),
        one_of("domain", CriterionDomain),
        one_of("evaluation", Evaluation),
        one_of("state", CriterionState),
    )
    id: str = Field(primary_key=True)
    gate_id: str = Field(foreign_key="gate.id")
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    number: int
    text: str
    weight: str
    domain: str
    evaluation: str
    signers: Any = Field(sa_type=Json)
    due: date
    evidence: str
    check: str | None = None
    state: str
    submitted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    changed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    set_aside_by: str | None = None
    set_aside_why: str
    reopened_why: str


class EvidenceRow(Row, table=True):
    """Something shown for a criterion."""

    __tablename__ = "evidence"
    __table_args__ = (one_of("kind", EvidenceKind), one_of("state", EvidenceState))
    id: str = Field(primary_key=True)
    criterion_id: str = Field(foreign_key="gate_criterion.id")
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    kind: str
    title: str
    submitted_by: str
    submitted_at: datetime = Field(sa_type=UTCDateTime)
    url: str
    snapshot: Any = Field(sa_type=Json)
    sha256: str
    valid_until: date | None = Field(default=None, index=True)
    state: str
    ended_why: str


class SignOffRow(Row, table=True):
    """One signature; a person signs a criterion once in a role."""

    __tablename__ = "sign_off"
    __table_args__ = (
        one_of("verdict", SignVerdict),
        Index(
            "uq_sign_off_standing",
            "criterion_id",
            "role",
            "person_id",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )
    id: str = Field(primary_key=True)
    criterion_id: str = Field(foreign_key="gate_criterion.id")
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    role: str
    person_id: str
    verdict: str
    signed_at: datetime = Field(sa_type=UTCDateTime)
    on_behalf_of: str | None = None
    comment: str
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WaiverRow(Row, table=True):
    """That the risk of an unmet criterion is accepted until a day."""

    __tablename__ = "waiver"
    id: str = Field(primary_key=True)
    criterion_id: str = Field(foreign_key="gate_criterion.id")
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    reason: str
    control: str
    accepted_by: str
    accepted_at: datetime = Field(sa_type=UTCDateTime)
    expires_on: date


class GateDecisionRow(Row, table=True):
    """One decision, never changed; of a gate there is one that supersedes none (I-10)."""

    __tablename__ = "gate_decision"
    __table_args__ = (
        UniqueConstraint("initiative_id", "number"),
        one_of("kind", DecisionKind),
        one_of("decision", Decision),
        one_of("stage_to", Stage),
        one_of("lifecycle_to", Lifecycle),
        Index("uq_gate_decision_once", "gate_id", unique=True, sqlite_where=FIRST_WORD, postgresql_where=FIRST_WORD),
    )
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    number: int
    kind: str
    decision: str
    decided_by: str
    decided_at: datetime = Field(sa_type=UTCDateTime)
    rationale: str
    stage_from: str
    stage_to: str
    lifecycle_from: str
    lifecycle_to: str
    gate_id: str | None = Field(default=None, foreign_key="gate.id")
    gate_code: str
    cosigners: Any = Field(sa_type=Json)
    snapshot: Any = Field(sa_type=Json)
    supersedes_id: str | None = None
    review_on: date | None = None
    redo: Any = Field(sa_type=Json)
    new_due: date | None = None
    kill_reason: str | None = None
    lesson_due: date | None = None
    early_reason: str
    imported: bool


class GateConditionRow(Row, table=True):
    """What a conditional go asks for afterwards."""

    __tablename__ = "gate_condition"
    __table_args__ = (one_of("before", Before), one_of("state", ConditionState))
    id: str = Field(primary_key=True)
    decision_id: str = Field(foreign_key="gate_decision.id")
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    text: str
    owner_id: str
    due: date
    before: str
    state: str
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    closed_by: str | None = None


class DateChangeRow(Row, table=True):
    """One move of a date, never changed (I-22)."""

    __tablename__ = "date_change"
    __table_args__ = (one_of("subject", DateSubject), one_of("reason", DateReason))
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    subject: str
    subject_id: str
    before: date
    after: date
    reason: str
    changed_by: str
    changed_at: datetime = Field(sa_type=UTCDateTime)
    comment: str
    approved_by: str | None = None
    rebaselines: bool
