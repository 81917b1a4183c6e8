"""What all tables share: column types that keep UTC and JSON true on both databases, and the base row."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Text, func
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; a naive one is refused, because SQLite would drop its offset silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: give it a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Any JSON value, as text on both databases, so that what is read is what was written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401 - JSON is anything
        """Return the value's JSON text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - JSON is anything
        """Return the value of JSON text."""
        return None if value is None else json.loads(value)


class Exact(TypeDecorator[Decimal]):
    """A decimal number with six places, as a count of millionths: SQLite has no decimals, and floats are not exact."""

    impl = BigInteger
    cache_ok = True
    MILLIONTHS = 6

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return the number of millionths; what has more than six places is refused."""
        if value is None:
            return None
        millionths = value.scaleb(self.MILLIONTHS)
        if millionths != millionths.to_integral_value():
            raise ValueError("a number with more than six places cannot be stored: round it first")
        return int(millionths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the number, without zeros behind its last digit."""
        return None if value is None else Decimal(value).scaleb(-self.MILLIONTHS).normalize() + Decimal(0)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that a text column holds one of an enumeration's values."""
    # Not `IN (...)`: SQLite builds that list anew for every row, which doubled the time of a bulk insert.
    either = " OR ".join(f"{column} = '{member.value}'" for member in values)
    return CheckConstraint(either, name=f"{column}_known")


class Row(SQLModel):
    """The columns of every table: `org_id` is there for more than one organisation a database, some day."""

    org_id: str = Field(default="org", sa_column_kwargs={"server_default": "org"})
    created_at: datetime | None = Field(
        default=None, sa_type=UTCDateTime, sa_column_kwargs={"server_default": func.now()}
    )
