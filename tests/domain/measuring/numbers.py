"""Metrics and measurements to test with."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bot.domain.measuring.measurements import Measurement
from bot.domain.measuring.metrics import Frequency, Metric, MetricKind, Source, metric_id
from bot.domain.measuring.periods import period_of
from tests.builders import SEPSIS

AT = datetime(2026, 11, 19, 15, tzinfo=UTC)


def a_metric(key: str = "auroc", **given: object) -> Metric:
    values: dict[str, Any] = {
        "id": metric_id(SEPSIS, key),
        "initiative_id": SEPSIS,
        "key": key,
        "name": "AUROC",
        "kind": MetricKind.ACCURACY,
        "plausible_min": Decimal(0),
        "plausible_max": Decimal(1),
    }
    return Metric(**(values | given))


def a_value(value: str = "0.82", *, at: datetime = AT, day: date = date(2026, 11, 18), **given: object) -> Measurement:
    period = period_of(day, Frequency.WEEKLY)
    values: dict[str, Any] = {
        "id": f"m-{value}-{at.isoformat()}-{day}",
        "metric_id": a_metric().id,
        "initiative_id": SEPSIS,
        "period_start": period.start,
        "period_end": period.end,
        "value": Decimal(value),
        "source": Source.MANUAL,
        "recorded_at": at,
    }
    return Measurement(**(values | given))
