"""A metric: what is measured of an initiative, how often, who answers for it, and where its values come from."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from bot.domain.ids import InitiativeId, stable_id
from bot.domain.measuring.sources import Pull
from bot.domain.ownership import Role

MetricId: TypeAlias = str
KEY_PATTERN = "[a-z][a-z0-9_]{0,37}"


class MetricKind(StrEnum):
    """What a metric says something about."""

    ACCURACY = "accuracy"
    DRIFT = "drift"
    ADOPTION = "adoption"
    EFFICIENCY = "efficiency"
    REVENUE = "revenue"
    COST = "cost"
    RELIABILITY = "reliability"
    FAIRNESS = "fairness"
    SAFETY = "safety"
    VOLUME = "volume"


class Direction(StrEnum):
    """Which way is better; `range` is between two limits."""

    UP = "up"
    DOWN = "down"
    RANGE = "range"


class Frequency(StrEnum):
    """How often a value is expected."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Aggregation(StrEnum):
    """What of a period the one value stands for."""

    LAST = "last"
    MEAN = "mean"
    MEDIAN = "median"
    SUM = "sum"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


class Source(StrEnum):
    """Where values come from: typed, sent to the endpoint, a file, or fetched from another system (`api`)."""

    MANUAL = "manual"
    WEBHOOK = "webhook"
    CSV = "csv"
    API = "api"


FED = frozenset({Source.WEBHOOK, Source.API})
"""Sources of metrics that nobody is asked for in a check-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """
    What is measured. Limits are not here: they belong to the success criteria that name a metric.

    Values outside `plausible_min` to `plausible_max` are refused; `pull` says where to fetch values of source `api`.
    A unit of `%` means that a pair of counts typed as `n/N` becomes a percentage; without it, a share of one.
    """

    id: MetricId
    initiative_id: InitiativeId
    key: str
    name: str
    kind: MetricKind
    unit: str = ""
    direction: Direction = Direction.UP
    frequency: Frequency = Frequency.WEEKLY
    aggregation: Aggregation = Aggregation.LAST
    plausible_min: Decimal | None = None
    plausible_max: Decimal | None = None
    owner_role: Role = Role.TECHNICAL_LEAD
    source: Source = Source.MANUAL
    pull: Pull | None = None
    active: bool = True


def metric_id(initiative_id: InitiativeId, key: str) -> MetricId:
    """Return the id of the metric called `key` of an initiative: the same wherever it is made."""
    return stable_id("metric", initiative_id, key)
