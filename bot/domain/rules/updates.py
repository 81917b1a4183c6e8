"""UPD and PK: whether owners speak, whether it is fresh, and whether promises are kept (domain.md 4.2)."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from bot.domain.calendar import week_of, weeks_after
from bot.domain.checkins import Rag
from bot.domain.initiatives import Stage
from bot.domain.ownership import OWNER_ROLES
from bot.domain.rules.case import STAGES, Case, Rule
from bot.domain.rules.findings import Finding, Grade
from bot.domain.rules.measured import Metric
from bot.domain.rules.ownership import expected, holder
from bot.domain.rules.records import Promised

PROMISING = STAGES[STAGES.index(Stage.PILOT) : STAGES.index(Stage.LAUNCH) + 1]


def upd_01(case: Case) -> Iterator[Finding]:
    """An expected check-in of the last cycle is unanswered: info."""
    for role in OWNER_ROLES:
        missed = [one for one in expected(case, role) if week_of(one.on) == case.cycle and not one.answered_on]
        if missed:
            yield Finding("UPD-01", role, Grade.INFO, {"week": case.cycle})


def upd_02(case: Case) -> Iterator[Finding]:
    """
    No answer from any owner for more than {updates.stale_wd} working days: Amber; Red after {updates.stale_red_wd}. Of
    a single role: info. An answer known only by its cycle is dated the Friday of that week.
    """
    rules = case.policy.updates
    answers = {one.role: one.answered_on for one in case.facts.asked if one.answered_on}
    last = [
        max(one.answered_on for one in case.facts.asked if one.role is role and one.answered_on) for role in answers
    ]
    if last and (days := case.wd(max(last))) > rules.stale_wd:
        grade = Grade.RED if days > rules.stale_red_wd else Grade.AMBER
        yield Finding("UPD-02", "owners", grade, {"days": days, "since": str(max(last))})
        return
    for role, on in zip(answers, last, strict=True):
        if holder(case, role) and (days := case.wd(on)) > rules.stale_wd:
            yield Finding("UPD-02", role, Grade.INFO, {"days": days, "since": str(on)})


def upd_03(case: Case) -> Iterator[Finding]:
    """
    An update whose words are {updates.same_text:.0%} or more the same as each of the two before: info. The same value
    in {updates.same_values} or more weeks running, the latest included, of a metric that used to change in more than
    {updates.usually_changes:.0%} of weeks: info; Amber from {updates.same_values_amber} values on.
    """
    rules = case.policy.updates
    for role in OWNER_ROLES:
        texts = [_normal(one.text) for one in case.facts.texts if one.role is role][-3:]
        if len(texts) == 3 and all(_same(texts[2], one) >= rules.same_text for one in texts[:2]):
            yield Finding("UPD-03", role, Grade.INFO, {"updates": len(texts)})
    for metric in case.facts.metrics:
        same = _same_values(metric, rules.usually_changes)
        if same >= rules.same_values:
            grade = Grade.AMBER if same >= rules.same_values_amber else Grade.INFO
            yield Finding("UPD-03", metric.key, grade, {"metric": metric.name, "weeks": same})


def _normal(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _same(text: str, other: str) -> float:
    return SequenceMatcher(None, text, other).ratio()


def _same_values(metric: Metric, usually: float) -> int:
    """Return how many of the latest weeks have one and the same value, 0 for a metric that often stays as it is."""
    latest: list[float] = []
    for each in reversed(metric.readings):
        if each.value is None or (latest and each.value != latest[0]):
            break
        latest.append(each.value)
    before = metric.values[: len(metric.values) - len(latest) + 1]
    changes = [old != new for old, new in pairwise(before)]
    return len(latest) if changes and sum(changes) / len(changes) > usually else 0


def upd_04(case: Case) -> Iterator[Finding]:
    """
    In the last cycle one owner said Green and another Red, or their confidence is {updates.confidence_spread} or more
    of 10 apart, or the sponsor would stop while any owner says Green: Amber.
    """
    said = [one for one in case.facts.views if week_of(one.on) == case.cycle]
    rags = {one.rag for one in said}
    sure = [one.confidence for one in said if one.confidence is not None]
    spread = max(sure) - min(sure) if sure else 0
    stop = any(one.stop for one in said) and Rag.GREEN in rags
    if {Rag.GREEN, Rag.RED} <= rags or spread >= case.policy.updates.confidence_spread or stop:
        yield Finding("UPD-04", "owners", Grade.AMBER, {"spread": spread, "stop": stop})


def pk_01(case: Case) -> Iterator[Finding]:
    """
    Of the promises due in the last {updates.promise_weeks} cycles, {updates.promises_due} or more, fewer than
    {updates.promises_amber:.0%} were kept in time: Amber; fewer than {updates.promises_info:.0%}: info. All of them,
    with one a week at most and one in every week: info.
    """
    rules = case.policy.updates
    weeks = last_weeks(case, rules.promise_weeks)
    due, kept = sum(one.due for one in weeks), sum(one.kept for one in weeks)
    numbers = {"kept": kept, "due": due, "weeks": rules.promise_weeks}
    if due < rules.promises_due:
        return
    if kept / due < rules.promises_info:
        yield Finding("PK-01", "promises", Grade.AMBER if kept / due < rules.promises_amber else Grade.INFO, numbers)
    elif kept == due and len(weeks) == rules.promise_weeks and all(one.due == 1 for one in weeks):
        yield Finding("PK-01", "promises", Grade.INFO, {**numbers, "few": True})


def last_weeks(case: Case, weeks: int) -> list[Promised]:
    """Return what was promised in the last closed cycles."""
    first = weeks_after(case.cycle, 1 - weeks)
    return [one for one in case.facts.promised if first <= week_of(one.on) <= case.cycle]


def pk_02(case: Case) -> Iterator[Finding]:
    """The same promise was put off {updates.rolled_times} times or more: Amber, to be made a blocker."""
    for one in case.facts.rolled:
        if one.times >= case.policy.updates.rolled_times:
            yield Finding("PK-02", one.id, Grade.AMBER, {"text": one.text, "times": one.times})


def pk_03(case: Case) -> Iterator[Finding]:
    """
    Pilot to launch, and no promise due or made in the last {updates.no_promise_weeks} cycles, in each of which an owner
    answered: Amber.
    """
    weeks = case.policy.updates.no_promise_weeks
    if case.facts.stage not in PROMISING or any(one.due or one.made for one in last_weeks(case, weeks)):
        return
    answered = {week_of(one.on) for one in case.facts.asked if one.answered_on}
    if all(weeks_after(case.cycle, -n) in answered for n in range(weeks)):
        yield Finding("PK-03", "promises", Grade.AMBER, {"weeks": weeks})


RULES: Sequence[Rule] = (
    Rule("UPD-01", "Missed update", upd_01, at_once=True),
    Rule("UPD-02", "Stale", upd_02, at_once=True),
    Rule("UPD-03", "Recycled update", upd_03),
    Rule("UPD-04", "Owners disagree", upd_04),
    Rule("PK-01", "Promises kept", pk_01),
    Rule("PK-02", "Rolling promise", pk_02),
    Rule("PK-03", "No promises", pk_03, at_once=True),
)
