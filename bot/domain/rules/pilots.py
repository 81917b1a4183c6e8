"""PL: pilots beyond their time, their evidence or their cap (domain.md 4.4)."""

from collections.abc import Iterator

from bot.domain.initiatives import RiskTier, Stage
from bot.domain.rules.case import Case, Rule, fridays_between
from bot.domain.rules.dates import slips_of
from bot.domain.rules.findings import Finding, Grade, Number, graded
from bot.domain.rules.measured import Metric
from bot.domain.rules.records import TIMEBOX

READINESS_CRITERION = "G2.7"
BEFORE_LOCK = frozenset({Stage.INTAKE, Stage.PILOT_DEFINITION, Stage.PILOT})


def pl_01(case: Case) -> Iterator[Finding]:
    """
    A pilot past the last end the gatekeeper approved: Amber; Red after more than {pilots.overrun_red_wd} working days,
    or once {pilots.overrun_red_share:.0%} of the first agreed length has passed.
    """
    box, share, rules = case.facts.timebox, case.piloting, case.policy.pilots
    if box is None or share is None or case.on <= box.approved_end:
        return
    days = case.wd(box.approved_end)
    red = days > rules.overrun_red_wd or share >= rules.overrun_red_share
    yield Finding("PL-01", TIMEBOX, Grade.RED if red else Grade.AMBER, {"days": days, "share": share})


def pl_02(case: Case) -> Iterator[Finding]:
    """Pilot work has begun (a measurement, a user, or the stage) while a must criterion is not locked: Red."""
    facts = case.facts
    if facts.stage not in BEFORE_LOCK:
        return
    begun = facts.stage is Stage.PILOT or facts.first_user_on or any(one.values for one in facts.metrics)
    unlocked = sum(one.must and one.locked is False for one in facts.metrics)
    if begun and unlocked:
        yield Finding("PL-02", "criteria", Grade.RED, {"unlocked": unlocked})


def pl_03(case: Case) -> Iterator[Finding]:
    """
    A pilot extended {pilots.extensions} times or more with the gatekeeper's approval, or past
    {pilots.perpetual_share:.0%} of its first agreed length: Red; only go, rework once or kill are left.
    """
    if case.facts.stage is not Stage.PILOT:
        return
    share, rules = case.elapsed or 0.0, case.policy.pilots
    extensions = sum(one.approved for one in slips_of(case, TIMEBOX))
    if extensions >= rules.extensions or share >= rules.perpetual_share:
        yield Finding("PL-03", TIMEBOX, Grade.RED, {"extensions": extensions, "share": share})


def pl_04(case: Case) -> Iterator[Finding]:
    """
    From {pilots.evidence_share:.0%} of the time-box on, a must criterion has a sample below
    {pilots.sample_share:.0%} of what it needs, or will have fewer than {pilots.weekly_points} weekly values by the
    approved end: Amber.
    """
    box, share, rules = case.facts.timebox, case.piloting, case.policy.pilots
    if box is None or share is None or share < rules.evidence_share:
        return
    left = fridays_between(case.on, box.approved_end)
    thin = [one for one in case.facts.metrics if one.must and _is_thin(case, one, left)]
    if thin:
        least = min(thin, key=lambda one: len(one.values))
        numbers: dict[str, Number] = {
            "metric": least.name,
            "points": len(least.values),
            "expected": len(least.values) + left,
        }
        yield Finding("PL-04", "evidence", Grade.AMBER, {**numbers, "metrics": len(thin)})


def _is_thin(case: Case, metric: Metric, left: int) -> bool:
    sampled = metric.last.sample if metric.last else None
    rules = case.policy.pilots
    small = metric.min_sample and sampled is not None and sampled < rules.sample_share * metric.min_sample
    return bool(small) or len(metric.values) + left < rules.weekly_points


def pl_05(case: Case) -> Iterator[Finding]:
    """
    The numbers of production readiness (G2.7) are not set at {pilots.readiness_share:.0%} of the time-box: Amber; at
    its end: Red.
    """
    share, gates = case.piloting, case.facts.gates
    states = [one for gate in gates for one in gate.criteria or () if one.code == READINESS_CRITERION]
    if share is None or not states or states[-1].met_on:
        return
    if grade := graded(share >= case.policy.pilots.readiness_share, share >= 1):
        yield Finding("PL-05", READINESS_CRITERION, grade, {"share": share})


def pl_06(case: Case) -> Iterator[Finding]:
    """Before it is live it reaches more sites, users or decisions a week than its cap: Amber; of high risk Red."""
    cap, reach = case.facts.cap, case.facts.reach
    if case.facts.is_live:
        return
    for what in ("sites", "users", "decisions"):
        most, now = getattr(cap, what), getattr(reach, what)
        if most is not None and now is not None and now > most:
            grade = Grade.RED if case.facts.risk_tier is RiskTier.HIGH else Grade.AMBER
            yield Finding("PL-06", what, grade, {"reach": now, "cap": most})


RULES = (
    Rule("PL-01", "Time-box overrun", pl_01, at_once=True),
    Rule("PL-02", "Build before lock", pl_02, at_once=True),
    Rule("PL-03", "Perpetual pilot", pl_03, at_once=True),
    Rule("PL-04", "Evidence too thin", pl_04),
    Rule("PL-05", "Readiness numbers absent", pl_05, at_once=True),
    Rule("PL-06", "Cap exceeded", pl_06),
)
