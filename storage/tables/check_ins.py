"""Cycles, prompts, answers, promises, blockers and asks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.checkins import CommitmentState, PromptState
from bot.domain.ownership import Role
from bot.domain.raid import RaidCategory, RaidKind, RaidState, Severity
from storage.tables.base import Json, Row, UTCDateTime, one_of


class CycleRow(Row, table=True):
    """A check-in round; `closed_at` once silence has been counted."""

    __tablename__ = "check_in_cycle"
    key: str = Field(primary_key=True)
    opens_on: date
    due_on: date
    closes_at: datetime = Field(sa_type=UTCDateTime)
    answers_until: datetime = Field(sa_type=UTCDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class PromptRow(Row, table=True):
    """What one role of one initiative is asked in one cycle (I-17)."""

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("cycle", "initiative_id", "role"),
        Index("ix_prompt_person", "person_id", "cycle"),
        Index("ix_prompt_history", "initiative_id", "role", "cycle"),
        one_of("role", Role),
        one_of("state", PromptState),
    )
    id: str = Field(primary_key=True)
    cycle: str
    initiative_id: str = Field(foreign_key="initiative.id")
    role: str
    person_id: str = Field(foreign_key="person.id")
    due_at: datetime = Field(sa_type=UTCDateTime)
    question_set: int
    state: str
    on_behalf_of: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    snoozed: bool
    excused_reason: str
    revision: int
    rag: str | None = None
    confidence: int | None = None
    unchanged: bool


class ResponseRow(Row, table=True):
    """One revision of the answers to a prompt."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("prompt_id", "revision"),)
    id: str = Field(primary_key=True)
    prompt_id: str = Field(foreign_key="prompt.id")
    revision: int
    responder_id: str
    submitted_at: datetime = Field(sa_type=UTCDateTime)
    answers: Any = Field(sa_type=Json)
    asked: Any = Field(sa_type=Json)
    on_behalf_of: str | None = None
    late: bool
    unchanged: bool


class CommitmentRow(Row, table=True):
    """A promise."""

    __tablename__ = "commitment"
    __table_args__ = (
        Index("ix_commitment_initiative", "initiative_id", "role", "state"),
        Index("ix_commitment_due", "state", "due"),
        one_of("role", Role),
        one_of("state", CommitmentState),
    )
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    role: str
    person_id: str = Field(foreign_key="person.id")
    text: str
    due: date
    made_at: datetime = Field(sa_type=UTCDateTime)
    prompt_id: str | None = Field(default=None, index=True)
    state: str
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    drop_reason: str | None = None
    rolled_from_id: str | None = None
    roll_count: int


class RaidRow(Row, table=True):
    """A blocker or an ask."""

    __tablename__ = "raid"
    __table_args__ = (
        Index("ix_raid_initiative", "initiative_id", "state"),
        one_of("kind", RaidKind),
        one_of("category", RaidCategory),
        one_of("severity", Severity),
        one_of("state", RaidState),
    )
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    kind: str
    title: str
    category: str
    owner_id: str = Field(foreign_key="person.id")
    raised_at: datetime = Field(sa_type=UTCDateTime)
    severity: str
    needs_from_id: str | None = None
    due: date | None = None
    state: str
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    prompt_id: str | None = Field(default=None, index=True)
