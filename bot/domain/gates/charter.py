"""The pilot charter: what an initiative promises before it is built, and what it may not exceed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.calendar import DAY
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import LIVE, Stage


class LiveState(StrEnum):
    """Whether it is in use: not yet, in a part, everywhere, or taken out again."""

    NOT_LIVE = "not_live"
    LIMITED = "limited"
    LIVE = "live"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The cap of a pilot: where, for whom and how often it may take part in deciding, and what happens without it."""

    sites: int | None = None
    users: int | None = None
    decisions_per_week: int | None = None
    decision_type: str = ""
    fallback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessNumbers:
    """The production-readiness numbers of G2.7: a floor, a capacity, the share trained in percent, support hours."""

    performance_floor: str = ""
    capacity: str = ""
    training_percent: float | None = None
    support_hours: str = ""
    support_owner: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Return which numbers are not set."""
        return tuple(name for name in self.__slots__ if getattr(self, name) in ("", None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """
    The charter of one initiative; every part may be missing until G1 is decided.

    `timebox_end` is the end in force, `timebox_baseline_end` the first one promised, `timebox_approved_end` the last
    one a gatekeeper agreed to. Money is in the organisation's currency.
    """

    initiative_id: InitiativeId
    live_state: LiveState = LiveState.NOT_LIVE
    timebox_start: date | None = None
    timebox_baseline_end: date | None = None
    timebox_end: date | None = None
    timebox_approved_end: date | None = None
    stop_rule: str = ""
    exposure: Exposure = field(default_factory=Exposure)
    readiness: ReadinessNumbers = field(default_factory=ReadinessNumbers)
    min_sample: int | None = None
    budget_build: float | None = None
    budget_infra: float | None = None
    run_cost_annual: float | None = None
    funded_until: date | None = None
    objective: str = ""
    investment_line: str = ""
    readiness_note: str = ""
    asset_id: str = ""
    started_at: datetime | None = None
    started_by: PersonId | None = None

    def elapsed(self, today: date) -> float | None:
        """Return the share of the time-box that is over on a day, 1.0 at its baseline end (PL-01); None without one."""
        if self.timebox_start is None or self.timebox_baseline_end is None:
            return None
        length = (self.timebox_baseline_end - self.timebox_start) / DAY
        return (today - self.timebox_start) / DAY / length if length > 0 else None


def live_state_at(stage: Stage) -> LiveState:
    """Return whether an initiative that enters a stage is in use."""
    if stage is Stage.LAUNCH:
        return LiveState.LIMITED
    return LiveState.LIVE if stage in LIVE else LiveState.NOT_LIVE
