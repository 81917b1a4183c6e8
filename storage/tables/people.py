"""The organisation, its people with their accounts and absences, and its portfolios."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.domain.people import HandleStatus
from storage.tables.base import Json, Row, UTCDateTime, one_of


class OrganisationRow(Row, table=True):
    """The one organisation of this database."""

    __tablename__ = "organisation"
    id: int = Field(default=1, primary_key=True)
    name: str
    timezone: str
    workdays: Any = Field(sa_type=Json)
    country: str | None = None
    subdivision: str | None = None
    holidays: Any = Field(sa_type=Json)
    quiet_start: time
    quiet_end: time
    locale: str
    currency: str
    data_retention_days: int


class PersonRow(Row, table=True):
    """A person."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("email"),)
    id: str = Field(primary_key=True)
    name: str
    email: str | None = None
    timezone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    workdays: Any = Field(default=None, sa_type=Json, nullable=True)
    locale: str | None = None
    org_unit: str | None = None
    manager_id: str | None = None
    active: bool
    deactivated_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    preferred_platform: str | None = None
    unreachable_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    org_roles: Any = Field(sa_type=Json)


class HandleRow(Row, table=True):
    """An account on a platform."""

    __tablename__ = "handle"
    __table_args__ = (one_of("status", HandleStatus),)
    platform: str = Field(primary_key=True)
    tenant: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    conversation: str | None = None
    status: str
    timezone: str | None = None
    checked_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)


class LinkCodeRow(Row, table=True):
    """A code that links one more account to a person, by its hash."""

    __tablename__ = "link_code"
    hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class AbsenceRow(Row, table=True):
    """Days away."""

    __tablename__ = "absence"
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    first: date
    last: date
    source: str
    delegate_id: str | None = None


class PortfolioRow(Row, table=True):
    """A portfolio."""

    __tablename__ = "portfolio"
    __table_args__ = (UniqueConstraint("key"),)
    id: str = Field(primary_key=True)
    key: str
    name: str
    timezone: str
    executive_id: str | None = None
    lead_id: str | None = None
    gatekeeper_ids: Any = Field(sa_type=Json)
    digest_channels: Any = Field(sa_type=Json)
    digest_weekday: int
    digest_time: time
    wip_limit_pilots: int
