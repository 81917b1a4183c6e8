"""WM: what owners reported, held against what was found (domain.md 4.3); it colours nothing itself."""

from collections.abc import Iterator

from bot.domain.calendar import weeks_after
from bot.domain.checkins import Rag
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Dimension, Finding, Grade, graded

NOT_AGAINST_GREEN = frozenset({"OWN-06", "PK-01"})


def wm_01(case: Case) -> Iterator[Finding]:
    """
    Reported Green in the last cycle while there is a Red finding (Red) or {honesty.ambers} Amber ones (Amber), ignoring
    OWN-06, PK-01 and info. Runs after all other rules and after suppression.
    """
    if case.colour_of(case.cycle) is not Rag.GREEN:
        return
    against = [
        one for one in case.found if one.rule not in NOT_AGAINST_GREEN and one.dimension is not Dimension.INTEGRITY
    ]
    reds = sum(one.grade is Grade.RED for one in against)
    ambers = sum(one.grade is Grade.AMBER for one in against)
    if grade := graded(ambers >= case.policy.honesty.ambers, reds > 0):
        yield Finding("WM-01", "status", grade, {"reds": reds, "ambers": ambers})


def wm_02(case: Case) -> Iterator[Finding]:
    """Reported Green, a cycle later Red, and never Amber in the {honesty.cliff_weeks} cycles before: info."""
    before = [case.colour_of(weeks_after(case.cycle, -n)) for n in range(1, case.policy.honesty.cliff_weeks + 1)]
    if case.colour_of(case.cycle) is Rag.RED and before[0] is Rag.GREEN and Rag.AMBER not in before:
        yield Finding("WM-02", "status", Grade.INFO, {"week": case.cycle})


def wm_03(case: Case) -> Iterator[Finding]:
    """
    Reported Amber for {honesty.parked_weeks} cycles or more, and the question for the way back to Green was answered
    without a day: Amber. Not when that answer is not recorded.
    """
    weeks = 0
    while case.colour_of(weeks_after(case.cycle, -weeks)) is Rag.AMBER:
        weeks += 1
    since = case.since_weeks(weeks)
    told = [one for one in case.facts.paths if one.on >= since]
    if weeks >= case.policy.honesty.parked_weeks and told and all(one.by is None for one in told):
        yield Finding("WM-03", "status", Grade.AMBER, {"weeks": weeks})


def wm_04(case: Case) -> Iterator[Finding]:
    """
    Reported Amber and computed Red in {honesty.soft_red_weeks} or more of the latest stored status snapshots in a row:
    Amber.
    """
    weeks = 0
    for one in reversed(case.facts.seen):
        if one.declared is not Rag.AMBER or one.computed is not Rag.RED:
            break
        weeks += 1
    if weeks >= case.policy.honesty.soft_red_weeks:
        yield Finding("WM-04", "status", Grade.AMBER, {"weeks": weeks})


RULES = (
    Rule("WM-01", "Watermelon", wm_01, at_once=True, last=True),
    Rule("WM-02", "Cliff", wm_02),
    Rule("WM-03", "Parked Amber", wm_03, at_once=True),
    Rule("WM-04", "Soft Red", wm_04),
)
