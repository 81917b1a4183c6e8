"""GV and serious incidents: governance that comes late or lapses (domain.md 4.3, 4.4)."""

from collections.abc import Iterator

from bot.domain.gates.readiness import Maturity
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade


def gv_01(case: Case) -> Iterator[Finding]:
    """
    A governance item of a pilot has maturity none at {readiness.governance_share:.0%} of the time-box, or is below in
    use at {readiness.in_use_share:.0%}: Amber; below in use once G2 is submitted or due: Red.
    """
    share, rules = case.piloting, case.policy.readiness
    if share is None:
        return
    at_g2 = any(
        gate.code == "G2" and gate.decision is None and (gate.submitted_on or case.on >= gate.due)
        for gate in case.facts.gates
    )
    for item in case.facts.governance:
        is_below = item.maturity.rank < Maturity.IN_USE.rank
        late = is_below and share >= rules.in_use_share
        absent = item.maturity is Maturity.NONE and share >= rules.governance_share
        if late or absent or (is_below and at_g2):
            grade = Grade.RED if at_g2 else Grade.AMBER
            yield Finding("GV-01", item.kind, grade, {"maturity": item.maturity, "share": share})


def gv_02(case: Case) -> Iterator[Finding]:
    """Live, and a governance item is past its next review: Amber; Red after more than {readiness.review_red_wd} wd."""
    for item in case.facts.governance:
        if case.facts.is_live and item.next_review and item.next_review < case.on:
            days = case.wd(item.next_review)
            grade = Grade.RED if days > case.policy.readiness.review_red_wd else Grade.AMBER
            yield Finding("GV-02", item.kind, grade, {"days": days})


def inc_01(case: Case) -> Iterator[Finding]:
    """A serious or very serious incident is open: Red. It has no number in section 4, which names it in 4.3."""
    for one in case.facts.incidents:
        if one.serious and one.closed_on is None:
            yield Finding("INC-01", one.id, Grade.RED, {"days": case.wd(one.on), "since": str(one.on)})


RULES = (
    Rule("GV-01", "Governance delayed", gv_01, at_once=True),
    Rule("GV-02", "Re-review due", gv_02, at_once=True),
    Rule("INC-01", "Serious incident", inc_01, at_once=True),
)
