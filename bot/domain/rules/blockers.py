"""BL: blockers that stay and asks nobody answers (domain.md 4.4)."""

from collections.abc import Iterator

from bot.domain.raid import Severity
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade


def bl_01(case: Case) -> Iterator[Finding]:
    """
    A blocker open for more than {readiness.blocker_wd} working days: Amber; a critical one after more than
    {readiness.blocker_red_wd}: Red.
    """
    rules = case.policy.readiness
    for one in case.facts.blockers:
        days = case.wd(one.raised_on)
        if one.closed_on is None and days > rules.blocker_wd:
            red = one.severity is Severity.CRITICAL and days > rules.blocker_red_wd
            yield Finding("BL-01", one.id, Grade.RED if red else Grade.AMBER, {"days": days, "text": one.text})


def bl_02(case: Case) -> Iterator[Finding]:
    """A decision or help that was asked for is past its day: Amber; Red after more than {readiness.ask_red_wd} wd."""
    for one in case.facts.asks:
        if one.closed_on is None and (days := case.wd(one.due)) > 0:
            grade = Grade.RED if days > case.policy.readiness.ask_red_wd else Grade.AMBER
            yield Finding("BL-02", one.id, grade, {"days": days, "text": one.text})


RULES = (
    Rule("BL-01", "Blocker ageing", bl_01, at_once=True),
    Rule("BL-02", "Unanswered ask", bl_02, at_once=True),
)
