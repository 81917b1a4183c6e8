"""The outbox, its pacing, what came in already, and the digests that were made."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.deliveries import DeliveryState
from storage.tables.base import Json, Row, UTCDateTime, one_of

# Written out, in the index and in the query alike: SQLite uses a partial index only where it can see that it fits.
WAITING_UPDATE = text("state = 'pending' AND kind IN ('checkin_update')")


class DeliveryRow(Row, table=True):
    """An outbox row; it holds no words, they are composed when it is sent."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_delivery_due", "state", "not_before", "id"),
        Index("ix_delivery_update", "not_before", "id", sqlite_where=WAITING_UPDATE, postgresql_where=WAITING_UPDATE),
        Index("ix_delivery_person", "person_id", "sent_at"),
        one_of("state", DeliveryState),
    )
    id: str = Field(primary_key=True)
    kind: str
    subject: str
    dedupe_key: str
    not_before: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    person_id: str | None = None
    address: Any = Field(default=None, sa_type=Json, nullable=True)
    state: str
    attempts: int
    fence: int
    lease_owner: str
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    first_attempt_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    tried: Any = Field(default=None, sa_type=Json, nullable=True)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ref: Any = Field(default=None, sa_type=Json, nullable=True)
    reason: str


class PacingRow(Row, table=True):
    """When the next message with this key may go out."""

    __tablename__ = "pacing"
    key: str = Field(primary_key=True)
    next_at: datetime = Field(sa_type=UTCDateTime)


class InboxRow(Row, table=True):
    """An interaction that has had its effect."""

    __tablename__ = "inbox"
    key: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)


class DigestRow(Row, table=True):
    """A digest, frozen."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("portfolio_id", "kind", "period"),)
    id: str = Field(primary_key=True)
    portfolio_id: str = Field(foreign_key="portfolio.id")
    kind: str
    period: str
    as_of: datetime = Field(sa_type=UTCDateTime)
    content: str
    word_count: int
