"""Escalations and who has heard of them."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.escalation import EscalationState
from bot.domain.ownership import Role
from storage.tables.base import Row, UTCDateTime, one_of

OPEN_ONES = text("resolved_at IS NULL")


class EscalationRow(Row, table=True):
    """One role of one initiative on a ladder; of each ladder and role one is open at most."""

    __tablename__ = "escalation"
    __table_args__ = (
        one_of("role", Role),
        one_of("state", EscalationState),
        Index(
            "uq_escalation_open",
            "ladder",
            "initiative_id",
            "role",
            unique=True,
            sqlite_where=OPEN_ONES,
            postgresql_where=OPEN_ONES,
        ),
        Index("ix_escalation_about", "initiative_id", "role", "ladder"),
    )
    id: str = Field(primary_key=True)
    ladder: str
    initiative_id: str = Field(foreign_key="initiative.id")
    role: str
    cause: str
    raised_at: datetime = Field(sa_type=UTCDateTime)
    level: int
    level_at: datetime = Field(sa_type=UTCDateTime)
    person_id: str | None = None
    started_on: date | None = None
    through: str
    missed: int
    state: str
    policy_version: int
    ladder_version: int
    acked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    acked_by: str | None = None
    plan: str
    plan_due: date | None = None
    pauses: int
    resolved_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    resolution: str | None = None


class NoticeRow(Row, table=True):
    """That one person hears of an escalation at one level."""

    __tablename__ = "escalation_notice"
    __table_args__ = (
        UniqueConstraint("escalation_id", "level", "person_id"),
        Index("ix_escalation_notice_carrier", "carrier"),
    )
    id: str = Field(primary_key=True)
    escalation_id: str = Field(foreign_key="escalation.id")
    level: int
    person_id: str = Field(foreign_key="person.id")
    party: str
    planned_at: datetime = Field(sa_type=UTCDateTime)
    carrier: str
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    failed: bool
