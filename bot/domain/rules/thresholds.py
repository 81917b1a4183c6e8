"""The thresholds of the rules (domain.md 4); `wd` are working days, shares are 0 to 1, the rest says its unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.initiatives import RiskTier
from bot.domain.ownership import Role

LOADS = {Role.BUSINESS_SPONSOR: 4.0, Role.TECHNICAL_LEAD: 3.0, Role.OPERATIONS_LEADER: 3.0}
GATES_BEFORE_LIVE = {tier: frozenset({"G3", "G4"}) for tier in RiskTier} | {RiskTier.MINIMAL: frozenset({"G4"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipRules:
    """OWN: gaps, concentration, load and churn of the three roles."""

    gap_red_wd: int = 10
    gap_red_live_wd: int = 5
    absent_wd: int = 5
    one_person_minimal_amber: bool = False
    load_limits: Mapping[Role, float] = field(default_factory=lambda: LOADS)
    load_live: float = 0.5
    load_red_factor: float = 1.5
    last_prompts: int = 4
    delegate_answers: int = 3
    sponsor_missed: int = 2
    champion_share: float = 0.70
    champion_weeks: int = 8
    champion_acts: int = 12
    churn_changes: int = 2
    churn_weeks: int = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRules:
    """UPD, PK: updates, their freshness, and promises."""

    stale_wd: int = 7
    stale_red_wd: int = 12
    same_text: float = 0.90
    same_values: int = 3
    same_values_amber: int = 4
    usually_changes: float = 0.80
    confidence_spread: int = 4
    promise_weeks: int = 8
    promises_due: int = 5
    promises_amber: float = 0.60
    promises_info: float = 0.80
    rolled_times: int = 3
    no_promise_weeks: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestyRules:
    """WM: what was reported beside what was found."""

    ambers: int = 2
    cliff_weeks: int = 4
    parked_weeks: int = 6
    soft_red_weeks: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRules:
    """DT: slips and dates nobody can believe."""

    slips_amber: int = 2
    slips_red: int = 3
    slip_share_amber: float = 0.10
    slip_share_red: float = 0.25
    slip_days_red: int = 28
    last_minute_wd: int = 5
    overdue_wd: int = 2
    trend_days: int = 42
    trend_rate: float = 0.5
    index_items: int = 5
    index_amber: float = 0.80
    index_portfolio: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """GT: gates, their conditions and evidence."""

    overdue_red_wd: int = 10
    ageing_wd: int = 5
    ageing_red_wd: int = 10
    rush_wd: int = 2
    rush_share: float = 0.40
    condition_red_wd: int = 10
    evidence_red_wd: int = 20
    hold_red_wd: int = 10
    attempts: int = 3
    before_live: Mapping[RiskTier, frozenset[str]] = field(default_factory=lambda: GATES_BEFORE_LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotRules:
    """PL: pilots and their time-box; elapsed shares are of the planned length."""

    overrun_red_wd: int = 10
    overrun_red_share: float = 1.25
    extensions: int = 2
    perpetual_share: float = 2.0
    evidence_share: float = 0.75
    sample_share: float = 0.60
    weekly_points: int = 6
    readiness_share: float = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessRules:
    """BL, GV, IF: blockers, governance items and infrastructure."""

    blocker_wd: int = 5
    blocker_red_wd: int = 10
    ask_red_wd: int = 10
    governance_share: float = 0.50
    in_use_share: float = 0.90
    review_red_wd: int = 20
    manual_share: float = 0.50
    automated_wd: int = 10
    lead_time_wd: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRules:
    """MT: breaches and degradation with few weekly points."""

    fewest_points: int = 7
    provisional_points: int = 13
    confirmed_of: int = 3
    confirmed: int = 2
    run: int = 8
    run_points: int = 14
    limit_within_periods: float = 4.0
    missing: int = 2
    missing_red: int = 4
    pace_points: int = 4
    pace_last: int = 8
    shown_slope_last: int = 6
    psi_sample: int = 500
    business_weeks: int = 6
    goalpost_wd: int = 20
    mistyped_deviations: float = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionRules:
    """AD: use that stalls, decays or stays optional; rates in percent points."""

    stall_points: int = 6
    stall_of_target: float = 0.95
    stall_slope: float = 0.5
    stall_days: int = 182
    decay_last: int = 2
    decay_of: int = 8
    decay_points: int = 3
    decay_share: float = 0.80
    optional_days: int = 60
    acted_on_share: float = 0.50
    acted_on_key: str = "acted_on_rate"
    override_key: str = "override_rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadershipRules:
    """LL, EX, PF: lessons, sponsors, money and the portfolio as a whole."""

    lesson_wd: int = 20
    reuse_share: float = 0.30
    obstacle_initiatives: int = 3
    obstacle_weeks: int = 26
    unseen_days: int = 60
    funded_days: int = 180
    funded_red_days: int = 30
    handover_wd: int = 10
    pilots: int = 8
    pilots_per_live: float = 2.0
    conversion: float = 0.30
    dwell_factor: float = 1.5
    dwell_completed: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeRules:
    """How findings come and go: clean evaluations at cycle close that clear, and the limits of putting off."""

    amber_clears_after: int = 1
    red_clears_after: int = 2
    most_snoozes: int = 2
    snooze_wd: int = 10
    same_row_weeks: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePolicy:
    """All thresholds of the rules, by family."""

    ownership: OwnershipRules = field(default_factory=OwnershipRules)
    updates: UpdateRules = field(default_factory=UpdateRules)
    honesty: HonestyRules = field(default_factory=HonestyRules)
    dates: DateRules = field(default_factory=DateRules)
    gates: GateRules = field(default_factory=GateRules)
    pilots: PilotRules = field(default_factory=PilotRules)
    readiness: ReadinessRules = field(default_factory=ReadinessRules)
    metrics: MetricRules = field(default_factory=MetricRules)
    adoption: AdoptionRules = field(default_factory=AdoptionRules)
    leadership: LeadershipRules = field(default_factory=LeadershipRules)
    life: LifeRules = field(default_factory=LifeRules)
