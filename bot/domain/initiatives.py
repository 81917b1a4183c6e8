"""An AI initiative from intake to scale: its stage, its lifecycle and its names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId, PortfolioId
from bot.domain.people import Visibility


class Stage(StrEnum):
    """How far an initiative has come; it moves only by a decision."""

    INTAKE = "intake"
    PILOT_DEFINITION = "pilot_definition"
    PILOT = "pilot"
    PRODUCTION_READINESS = "production_readiness"
    LAUNCH = "launch"
    PRODUCTION = "production"
    SCALED = "scaled"


LIVE = frozenset({Stage.LAUNCH, Stage.PRODUCTION, Stage.SCALED})


class Lifecycle(StrEnum):
    """Whether an initiative is being worked on at all."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    STOPPED = "stopped"
    RETIRED = "retired"


class UsageMode(StrEnum):
    """How binding its use is in the daily work."""

    OPTIONAL = "optional"
    DEFAULT = "default"
    EMBEDDED = "embedded"


class RiskTier(StrEnum):
    """How much harm it could do."""

    MINIMAL = "minimal"
    LIMITED = "limited"
    HIGH = "high"
    PROHIBITED = "prohibited"


RESERVED_KEYS = frozenset({"RED", "DUE", "MINE", "PORTFOLIO", "HISTORY", "GATE", "HELP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative:
    """One AI initiative; `key` is 2-12 of A-Z0-9, unique and immutable; `source` is the row it was imported from."""

    id: InitiativeId
    key: str
    name: str
    portfolio_id: PortfolioId
    stage: Stage = Stage.INTAKE
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    aliases: tuple[str, ...] = ()
    use_case: str = ""
    problem: str = ""
    user_group: str = ""
    user_group_size: int | None = None
    usage_mode: UsageMode = UsageMode.OPTIONAL
    risk_tier: RiskTier = RiskTier.LIMITED
    visibility: Visibility = Visibility.ORG
    stage_entered_on: date | None = None
    golive_on: date | None = None
    hold_review_on: date | None = None
    closed_on: date | None = None
    closed_by: PersonId | None = None
    closing_note: str = ""
    imported: bool = False
    source: Mapping[str, str] = field(default_factory=dict)


def lifecycle_on(day: date, lifecycle: Lifecycle, closed_on: date | None) -> Lifecycle:
    """Return the lifecycle on a day as far as that is stored: what was put on hold or closed later was active then."""
    return Lifecycle.ACTIVE if closed_on and closed_on > day else lifecycle


@dataclass(frozen=True, slots=True)
class Closing:
    """A stop or retirement as leaders read it: what was closed, when and why."""

    initiative_id: InitiativeId
    key: str
    lifecycle: Lifecycle
    on: date
    note: str
