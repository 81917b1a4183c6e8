"""Metrics, measured values, and when values were last fetched."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.measuring.measurements import MeasurementState
from bot.domain.measuring.metrics import Aggregation, Direction, Frequency, MetricKind, Source
from bot.domain.measuring.sources import Gap
from bot.domain.ownership import Role
from storage.tables.base import Exact, Json, Row, UTCDateTime, one_of

COUNTS = text("state != 'void'")


class MetricRow(Row, table=True):
    """What is measured of an initiative."""

    __tablename__ = "metric"
    __table_args__ = (
        UniqueConstraint("initiative_id", "key"),
        one_of("kind", MetricKind),
        one_of("direction", Direction),
        one_of("frequency", Frequency),
        one_of("aggregation", Aggregation),
        one_of("owner_role", Role),
        one_of("source", Source),
    )
    id: str = Field(primary_key=True)
    initiative_id: str = Field(foreign_key="initiative.id")
    key: str
    name: str
    kind: str
    unit: str
    direction: str
    frequency: str
    aggregation: str
    plausible_min: Decimal | None = Field(default=None, sa_type=Exact)
    plausible_max: Decimal | None = Field(default=None, sa_type=Exact)
    owner_role: str
    source: str
    pull: Any = Field(default=None, sa_type=Json, nullable=True)
    active: bool


class MeasurementRow(Row, table=True):
    """One value; at most one that counts per metric and period (I-33)."""

    __tablename__ = "measurement"
    __table_args__ = (
        Index(
            "uq_measurement_counts",
            "metric_id",
            "period_start",
            unique=True,
            sqlite_where=COUNTS,
            postgresql_where=COUNTS,
        ),
        one_of("source", Source),
        one_of("state", MeasurementState),
    )
    id: str = Field(primary_key=True)
    metric_id: str = Field(foreign_key="metric.id", index=True)
    initiative_id: str = Field(foreign_key="initiative.id", index=True)
    period_start: date
    period_end: date
    value: Decimal = Field(sa_type=Exact)
    source: str
    recorded_at: datetime = Field(sa_type=UTCDateTime)
    numerator: Decimal | None = Field(default=None, sa_type=Exact)
    denominator: Decimal | None = Field(default=None, sa_type=Exact)
    sample_size: int | None = None
    state: str
    corrects_id: str | None = None
    void_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    note: str
    recorded_by: str | None = None
    prompt_id: str | None = None


class AttemptRow(Row, table=True):
    """When the value of a metric was last fetched, and why it could not be had."""

    __tablename__ = "metric_attempt"
    __table_args__ = (one_of("gap", Gap),)
    metric_id: str = Field(primary_key=True, foreign_key="metric.id")
    tried_at: datetime = Field(sa_type=UTCDateTime)
    gap: str | None = None
