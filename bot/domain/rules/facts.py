"""What the rules look at in one initiative, neutral of where it is stored; every day is local to the portfolio."""

from dataclasses import dataclass
from datetime import date

from bot.domain.initiatives import LIVE, Lifecycle, RiskTier, Stage, UsageMode
from bot.domain.rules.measured import Metric
from bot.domain.rules.records import (
    Act,
    Ask,
    Asked,
    Away,
    Capability,
    DateChange,
    Declared,
    Exposure,
    Gate,
    Governance,
    HandingOver,
    Holding,
    Incident,
    Milestone,
    PathToGreen,
    Phase,
    Promised,
    Reuse,
    Rolled,
    Seen,
    Stay,
    Text,
    TimeBox,
    Trouble,
    View,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeFacts:
    """
    Everything recorded of one initiative; None, or empty, means not recorded, which is no evidence of anything.

    `stays` and `phases` are oldest first and not empty. `lessons` and `leadership_uses` are days, None when not kept at
    all; `gates_complete` when every gate it ever had is here. `eligible` counts those who could use it.
    """

    key: str
    stays: tuple[Stay, ...]
    phases: tuple[Phase, ...] = (Phase(Lifecycle.ACTIVE),)
    risk_tier: RiskTier = RiskTier.LIMITED
    usage_mode: UsageMode | None = None
    eligible: int | None = None
    golive_on: date | None = None
    first_user_on: date | None = None
    hold_review_on: date | None = None
    funded_until: date | None = None
    timebox: TimeBox | None = None
    cap: Exposure = Exposure()
    reach: Exposure = Exposure()
    reach_on: date | None = None
    deploy_lead_wd: float | None = None
    holdings: tuple[Holding, ...] = ()
    away: tuple[Away, ...] = ()
    asked: tuple[Asked, ...] = ()
    declared: tuple[Declared, ...] = ()
    views: tuple[View, ...] = ()
    texts: tuple[Text, ...] = ()
    paths: tuple[PathToGreen, ...] = ()
    seen: tuple[Seen, ...] = ()
    promised: tuple[Promised, ...] = ()
    rolled: tuple[Rolled, ...] = ()
    gates: tuple[Gate, ...] = ()
    gates_complete: bool = False
    changes: tuple[DateChange, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    blockers: tuple[Trouble, ...] = ()
    asks: tuple[Ask, ...] = ()
    governance: tuple[Governance, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    metrics: tuple[Metric, ...] = ()
    lessons: tuple[date, ...] | None = None
    reuse: Reuse | None = None
    leadership_uses: tuple[date, ...] | None = None
    handovers: tuple[HandingOver, ...] = ()
    incidents: tuple[Incident, ...] = ()
    acts: tuple[Act, ...] = ()

    @property
    def stage(self) -> Stage:
        """Return the stage it is in."""
        return self.stays[-1].stage

    @property
    def stage_entered_on(self) -> date | None:
        """Return the day it entered its stage, None when not recorded."""
        return self.stays[-1].since

    @property
    def lifecycle(self) -> Lifecycle:
        """Return whether it is worked on at all."""
        return self.phases[-1].lifecycle

    @property
    def is_live(self) -> bool:
        """Return whether people use it: launch, production or scaled."""
        return self.stage in LIVE
