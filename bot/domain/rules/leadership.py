"""LL and EX: lessons, sponsorship, money and transitions (domain.md 4.5); they colour none of the four dimensions."""

from collections.abc import Iterator
from datetime import date

from bot.domain.initiatives import Lifecycle
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade


def ll_01(case: Case) -> Iterator[Finding]:
    """
    {leadership.lesson_wd} working days after go-live, G7 or a stop no lesson was published since: Amber; of a closed
    initiative info, for the portfolio lead.
    """
    facts = case.facts
    if facts.lessons is None:
        return
    for event, on in _events(case):
        if case.wd(on) >= case.policy.leadership.lesson_wd and not any(lesson >= on for lesson in facts.lessons):
            grade = Grade.AMBER if facts.lifecycle is Lifecycle.ACTIVE else Grade.INFO
            yield Finding("LL-01", event, grade, {"days": case.wd(on), "since": str(on)})


def _events(case: Case) -> Iterator[tuple[str, date]]:
    if case.facts.golive_on:
        yield "go-live", case.facts.golive_on
    for gate in case.facts.gates:
        if gate.code == "G7" and gate.decided_on:
            yield "G7", gate.decided_on
    ended = case.facts.phases[-1]
    if ended.lifecycle is Lifecycle.STOPPED and ended.since:
        yield "stop", ended.since


def ll_02(case: Case) -> Iterator[Finding]:
    """G1 was passed with less than {leadership.reuse_share:.0%} of an adopted playbook of its kind taken over: info."""
    reuse = case.facts.reuse
    if reuse and reuse.total and reuse.reused / reuse.total < case.policy.leadership.reuse_share:
        yield Finding("LL-02", "playbook", Grade.INFO, {"reused": reuse.reused, "total": reuse.total})


def ex_01(case: Case) -> Iterator[Finding]:
    """Live, and for {leadership.unseen_days} days no leadership forum used its output: Amber."""
    uses, golive = case.facts.leadership_uses, case.facts.golive_on
    if not case.facts.is_live or uses is None:
        return
    seen = max(uses, default=golive)
    if seen and (days := (case.on - seen).days) >= case.policy.leadership.unseen_days:
        yield Finding("EX-01", "leadership", Grade.AMBER, {"days": days})


def ex_02(case: Case) -> Iterator[Finding]:
    """
    Live, and funded for less than {leadership.funded_days} more days: Amber; less than {leadership.funded_red_days}:
    Red.
    """
    until, rules = case.facts.funded_until, case.policy.leadership
    if case.facts.is_live and until and (days := (until - case.on).days) < rules.funded_days:
        grade = Grade.RED if days < rules.funded_red_days else Grade.AMBER
        yield Finding("EX-02", "funding", grade, {"days": days, "until": str(until)})


def ex_03(case: Case) -> Iterator[Finding]:
    """
    The sponsor or the portfolio's executive changed, and after more than {leadership.handover_wd} working days the
    hand-over pack is not accepted: Amber.
    """
    for one in case.facts.handovers:
        days = case.wd(one.since)
        if one.accepted_on is None and days > case.policy.leadership.handover_wd:
            yield Finding("EX-03", one.role, Grade.AMBER, {"days": days})


RULES = (
    Rule("LL-01", "Lesson missing", ll_01, at_once=True),
    Rule("LL-02", "Reinvention", ll_02),
    Rule("EX-01", "Lost visibility", ex_01, at_once=True),
    Rule("EX-02", "Unfunded", ex_02, at_once=True),
    Rule("EX-03", "Leadership transition", ex_03, at_once=True),
)
