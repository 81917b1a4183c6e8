"""The processes of Steward's that use this database."""

from datetime import datetime

from sqlmodel import Field

from storage.tables.base import Row, UTCDateTime


class ReplicaRow(Row, table=True):
    """A process, as it last showed itself."""

    __tablename__ = "replica"
    name: str = Field(primary_key=True)
    host: str
    role: str
    version: str
    started_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
