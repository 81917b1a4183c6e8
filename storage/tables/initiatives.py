"""Initiatives, who holds which role in them, and the one row per initiative that status is read from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.initiatives import Lifecycle, RiskTier, Stage, UsageMode
from bot.domain.ownership import AssignmentKind, AssignmentState, Role
from bot.domain.people import Visibility
from storage.tables.base import Json, Row, UTCDateTime, one_of


class InitiativeRow(Row, table=True):
    """An initiative."""

    __tablename__ = "initiative"
    __table_args__ = (
        UniqueConstraint("key"),
        one_of("stage", Stage),
        one_of("lifecycle", Lifecycle),
        one_of("usage_mode", UsageMode),
        one_of("risk_tier", RiskTier),
        one_of("visibility", Visibility),
    )
    id: str = Field(primary_key=True)
    key: str
    name: str
    portfolio_id: str = Field(foreign_key="portfolio.id", index=True)
    stage: str
    lifecycle: str
    aliases: Any = Field(sa_type=Json)
    use_case: str
    problem: str
    user_group: str
    user_group_size: int | None = None
    usage_mode: str
    risk_tier: str
    visibility: str
    stage_entered_on: date | None = None
    golive_on: date | None = None
    hold_review_on: date | None = None
    closed_on: date | None = None
    closed_by: str | None = None
    closing_note: str
    imported: bool
    source: Any = Field(sa_type=Json)


class RoleAssignmentRow(Row, table=True):
    """A person in a role; one active primary holder per initiative and role (I-01)."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        one_of("role", Role),
        one_of("kind", AssignmentKind),
        one_of("state", AssignmentState),
        Index(
            "uq_role_assignment_holder",
            "initiative_id",
            "role",
            unique=True,
            sqlite_where=text("kind = 'primary' AND state = 'active'"),
            postgresql_where=text("kind = 'primary' AND state = 'active'"),
        ),
    )
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    role: str
    person_id: str = Field(foreign_key="person.id", index=True)
    kind: str
    state: str
    valid_from: date
    valid_to: date | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    assigned_by: str | None = None
    handover_from: str | None = None
    handover_reason: str | None = None


class InitiativeStatusRow(Row, table=True):
    """What `/ai-status` shows of an initiative, kept in the writer's transaction; `facts` is JSON."""

    __tablename__ = "initiative_status"
    initiative_id: str = Field(primary_key=True)
    portfolio_id: str = Field(index=True)
    key: str
    visibility: str
    reported: str = Field(index=True)
    facts: str


class CatalogueRow(Row, table=True):
    """A number that rises whenever a name, stage, role or visibility changes, so that caches know they are stale."""

    __tablename__ = "catalogue"
    id: int = Field(default=1, primary_key=True)
    version: int
