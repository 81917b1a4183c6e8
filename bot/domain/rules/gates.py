"""GT: gates that wait, rush, lapse or are missing (domain.md 4.4); the governance gate colours governance."""

from collections.abc import Iterator

from bot.domain.initiatives import Lifecycle
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade, graded
from bot.domain.rules.records import Gate


def waiting(case: Case) -> list[Gate]:
    """Return the gates without a decision."""
    return [gate for gate in case.facts.gates if gate.decision is None]


def gt_01(case: Case) -> Iterator[Finding]:
    """
    A gate past its date without a decision, in working days: Amber; Red after more than {gates.overdue_red_wd}. Says so
    when no new date was set (DT-03).
    """
    for gate in waiting(case):
        if (days := case.wd(gate.due)) > 0:
            grade = Grade.RED if days > case.policy.gates.overdue_red_wd else Grade.AMBER
            yield Finding("GT-01", gate.code, grade, {"days": days, "met": gate.met, "total": gate.total})


def gt_02(case: Case) -> Iterator[Finding]:
    """
    A gate waits for its decision since it was submitted, not counting spans in which it was withdrawn: Amber after more
    than {gates.ageing_wd} working days; Red after more than {gates.ageing_red_wd}.
    """
    rules = case.policy.gates
    for gate in waiting(case):
        if gate.submitted_on is None:
            continue
        away = sum(case.calendar.count(first, last) for first, last in gate.withdrawn if first >= gate.submitted_on)
        days = case.wd(gate.submitted_on) - away
        if grade := graded(days > rules.ageing_wd, days > rules.ageing_red_wd):
            yield Finding("GT-02", gate.code, grade, {"days": days, "since": str(gate.submitted_on)})


def gt_03(case: Case) -> Iterator[Finding]:
    """
    From {gates.rush_wd} working days before a gate's date on, more than {gates.rush_share:.0%} of its must criteria are
    not submitted: info; more than that share were submitted in those last days: Amber.
    """
    rules = case.policy.gates
    for gate in waiting(case):
        musts = [one for one in gate.criteria or () if one.must]
        rush = case.calendar.shift(gate.due, -rules.rush_wd)
        if not musts or case.on < rush:
            continue
        open_ = sum(one.submitted_on is None for one in musts)
        late = sum(one.submitted_on is not None and one.submitted_on > rush for one in musts)
        if max(open_, late) / len(musts) > rules.rush_share:
            grade = Grade.AMBER if late / len(musts) > rules.rush_share else Grade.INFO
            yield Finding("GT-03", gate.code, grade, {"open": open_, "late": late, "musts": len(musts)})


def gt_04(case: Case) -> Iterator[Finding]:
    """A condition of a decision is open past its date: Amber; Red after more than {gates.condition_red_wd} wd."""
    for gate in case.facts.gates:
        for number, one in enumerate(gate.conditions, 1):
            if one.closed_on is None and (days := case.wd(one.due)) > 0:
                grade = Grade.RED if days > case.policy.gates.condition_red_wd else Grade.AMBER
                yield Finding("GT-04", f"{gate.code} condition {number}", grade, {"days": days, "text": one.text})


def gt_05(case: Case) -> Iterator[Finding]:
    """
    Live, and evidence of a must criterion of a passed gate is no longer valid: Amber; of governance Red after more than
    {gates.evidence_red_wd} working days.
    """
    if not case.facts.is_live:
        return
    for gate in case.facts.gates:
        for proof in gate.proofs if gate.passed else ():
            if proof.valid_until < case.on:
                days = case.wd(proof.valid_until)
                red = proof.governance and days > case.policy.gates.evidence_red_wd
                grade = Grade.RED if red else Grade.AMBER
                yield Finding("GT-05", f"{gate.code} {proof.criterion}", grade, {"days": days})


def gt_06(case: Case) -> Iterator[Finding]:
    """
    Live, and its complete gate record lacks a passed G3 or G4 (of minimal risk only G4 is needed): Red, offering the
    gate in retrospect.
    """
    facts = case.facts
    if not facts.is_live or not facts.gates_complete:
        return
    passed = {gate.code for gate in facts.gates if gate.passed}
    if lacking := sorted(case.policy.gates.before_live[facts.risk_tier] - passed):
        yield Finding("GT-06", "gates", Grade.RED, {"gates": ", ".join(lacking)})


def gt_07(case: Case) -> Iterator[Finding]:
    """On hold past the day of its review: Amber; Red after more than {gates.hold_red_wd} working days."""
    review = case.facts.hold_review_on
    if case.facts.lifecycle is Lifecycle.ON_HOLD and review and case.on > review:
        days = case.wd(review)
        grade = Grade.RED if days > case.policy.gates.hold_red_wd else Grade.AMBER
        yield Finding("GT-07", "hold review", grade, {"days": days, "since": str(review)})


def gt_08(case: Case) -> Iterator[Finding]:
    """Attempt {gates.attempts} or later at the same gate, not passed: Red."""
    latest = {gate.code: gate for gate in sorted(case.facts.gates, key=lambda gate: gate.attempt)}
    for gate in latest.values():
        if gate.attempt >= case.policy.gates.attempts and not gate.passed:
            yield Finding("GT-08", gate.code, Grade.RED, {"attempt": gate.attempt})


RULES = (
    Rule("GT-01", "Gate overdue", gt_01, at_once=True),
    Rule("GT-02", "Gate ageing", gt_02, at_once=True),
    Rule("GT-03", "Rush", gt_03),
    Rule("GT-04", "Condition overdue", gt_04, at_once=True),
    Rule("GT-05", "Evidence expired", gt_05, at_once=True),
    Rule("GT-06", "Live without gate", gt_06, at_once=True),
    Rule("GT-07", "Hold review overdue", gt_07, at_once=True),
    Rule("GT-08", "Rework loop", gt_08, at_once=True),
)
