"""The audit chain, and people's own words beside it where they can be erased."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from storage.tables.base import Json, Row, UTCDateTime


class AuditRow(Row, table=True):
    """One link of the chain (I-32)."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    action: str
    entity: str
    entity_id: str = Field(index=True)
    actor_kind: str
    actor_id: str
    facts: Any = Field(sa_type=Json)
    personal_hash: str
    request_id: str
    prev_hash: str
    hash: str


class AuditPersonalRow(Row, table=True):
    """The words and the salt behind a link's personal hash; deleting the row leaves the chain whole."""

    __tablename__ = "audit_personal"
    seq: int = Field(primary_key=True)
    salt: str
    words: Any = Field(sa_type=Json)
