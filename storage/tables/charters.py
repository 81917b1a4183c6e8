"""What an initiative promises before it is built, and what its production needs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.gates.charter import LiveState
from bot.domain.gates.criteria import CriterionMode, CriterionStage
from bot.domain.gates.readiness import (
    ActionState,
    CapabilityKind,
    GovernanceKind,
    IntegrationKind,
    Maturity,
    PhaseState,
)
from bot.domain.gates.templates import Weight
from bot.domain.measuring.metrics import Direction, MetricKind
from storage.tables.base import Json, Row, UTCDateTime, one_of

LOCKED = text("state = 'locked'")


class CharterRow(Row, table=True):
    """The charter of one initiative."""

    __tablename__ = "charter"
    __table_args__ = (one_of("live_state", LiveState),)
    initiative_id: str = Field(primary_key=True, foreign_key="initiative.id")
    live_state: str
    timebox_start: date | None = None
    timebox_baseline_end: date | None = None
    timebox_end: date | None = None
    timebox_approved_end: date | None = None
    stop_rule: str
    exposure: Any = Field(sa_type=Json)
    readiness: Any = Field(sa_type=Json)
    min_sample: int | None = None
    budget_build: float | None = None
    budget_infra: float | None = None
    run_cost_annual: float | None = None
    funded_until: date | None = None
    objective: str
    investment_line: str
    readiness_note: str
    asset_id: str
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    started_by: str | None = None


class SuccessCriterionRow(Row, table=True):
    """One version of a success criterion; one is locked at most of each (I-06)."""

    __tablename__ = "success_criterion"
    __table_args__ = (
        UniqueConstraint("initiative_id", "code", "version"),
        one_of("category", MetricKind),
        one_of("priority", Weight),
        one_of("mode", CriterionMode),
        one_of("direction", Direction),
        one_of("state", CriterionStage),
        Index(
            "uq_success_criterion_locked",
            "initiative_id",
            "code",
            unique=True,
            sqlite_where=LOCKED,
            postgresql_where=LOCKED,
        ),
    )
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    code: str
    statement: str
    category: str
    priority: str
    mode: str
    direction: str
    unit: str
    threshold: float
    target: float | None = None
    method: str
    measure_by: date | None = None
    owner_role: str
    metric: str
    baseline_value: float | None = None
    baseline_date: date | None = None
    baseline_source: str
    warn: float | None = None
    range_hi: float | None = None
    data_source: str
    min_sample: int | None = None
    state: str
    version: int
    proposed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    locked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    approvals: Any = Field(sa_type=Json)
    supersedes_id: str | None = None
    change_reason: str
    ends: bool


class CapabilityRow(Row, table=True):
    """One row of the infrastructure grid."""

    __tablename__ = "infrastructure_capability"
    __table_args__ = (UniqueConstraint("initiative_id", "kind"), one_of("kind", CapabilityKind))
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    kind: str
    level: int
    temporary: bool
    target_level: int
    evidence_url: str
    owner_id: str | None = None
    due: date | None = None


class GovernanceItemRow(Row, table=True):
    """One of the four governance items."""

    __tablename__ = "governance_item"
    __table_args__ = (
        UniqueConstraint("initiative_id", "kind"),
        one_of("kind", GovernanceKind),
        one_of("maturity", Maturity),
    )
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    kind: str
    maturity: str
    owner_id: str | None = None
    due: date | None = None
    approved_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    next_review: date | None = None


class IntegrationActionRow(Row, table=True):
    """One step of integration into the daily work."""

    __tablename__ = "integration_action"
    __table_args__ = (one_of("kind", IntegrationKind), one_of("state", ActionState))
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    kind: str
    text: str
    owner_id: str | None = None
    due: date | None = None
    state: str
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RolloutPhaseRow(Row, table=True):
    """One phase of a roll-out."""

    __tablename__ = "rollout_phase"
    __table_args__ = (UniqueConstraint("initiative_id", "number"), one_of("state", PhaseState))
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    number: int
    name: str
    gate_code: str
    population: int | None = None
    start_baseline: date | None = None
    start_current: date | None = None
    start_actual: date | None = None
    exit_criteria: str
    state: str
