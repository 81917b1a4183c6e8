"""IF: infrastructure that lags behind, and deployment by hand (domain.md 4.4)."""

from collections.abc import Iterator

from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade
from bot.domain.rules.records import Gate

DEPLOYMENT = "deployment_automation"
MANUAL, AUTOMATED, MONITORED = 1, 2, 3


def if_01(case: Case) -> Iterator[Finding]:
    """
    A capability is below level 1 at {readiness.manual_share:.0%} of the pilot's time-box, below 2 from
    {readiness.automated_wd} working days before G3 is due, or below 3 as long before G8; or still temporary after G3:
    Amber.
    """
    needed = _needed(case)
    g3_passed = any(gate.code == "G3" and gate.passed for gate in case.facts.gates)
    for one in case.facts.capabilities:
        if one.level < needed or (one.temporary and g3_passed):
            numbers = {"level": one.level, "needed": needed, "temporary": one.temporary and g3_passed}
            yield Finding("IF-01", one.kind, Grade.AMBER, numbers)


def _needed(case: Case) -> int:
    needed = 0
    if (case.piloting or 0.0) >= case.policy.readiness.manual_share:
        needed = MANUAL
    for code, level in (("G3", AUTOMATED), ("G8", MONITORED)):
        if any(gate.code == code and _is_near(case, gate) for gate in case.facts.gates):
            needed = max(needed, level)
    return needed


def _is_near(case: Case, gate: Gate) -> bool:
    return gate.decision is None and case.on >= case.calendar.shift(gate.due, -case.policy.readiness.automated_wd)


def if_02(case: Case) -> Iterator[Finding]:
    """
    Live, and deployment is not automated (below level 2), or takes more than {readiness.lead_time_wd} working days in
    the median: Amber.
    """
    if not case.facts.is_live:
        return
    level = next((one.level for one in case.facts.capabilities if one.kind == DEPLOYMENT), None)
    lead = case.facts.deploy_lead_wd
    manual = level is not None and level < AUTOMATED
    if manual or (lead is not None and lead > case.policy.readiness.lead_time_wd):
        yield Finding("IF-02", DEPLOYMENT, Grade.AMBER, {"manual": manual, "days": lead or 0})


RULES = (
    Rule("IF-01", "Infrastructure lag", if_01, at_once=True),
    Rule("IF-02", "Manual deployment", if_02, at_once=True),
)
