"""OWN: who is accountable, whether they are there, and whether it hangs on one person (domain.md 4.2)."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.calendar import week_of
from bot.domain.initiatives import RiskTier, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade
from bot.domain.rules.records import Asked, Holding


def holder(case: Case, role: Role) -> Holding | None:
    """Return who holds a role on the day, None when nobody has accepted it."""
    held = [one for one in case.facts.holdings if one.role is role and one.until is None]
    return held[-1] if held else None


def gap(case: Case, role: Role) -> Finding | None:
    """Return the gap in a role, None while it is covered."""
    since = _gap_start(case, role)
    if since is None:
        return None
    days, rules = case.wd(since), case.policy.ownership
    red = days > rules.gap_red_wd or (case.facts.is_live and days > rules.gap_red_live_wd)
    reason = "absent" if holder(case, role) else "vacant"
    return Finding(
        "OWN-01", role, Grade.RED if red else Grade.AMBER, {"days": days, "since": str(since), "why": reason}
    )


def _gap_start(case: Case, role: Role) -> date | None:
    """Return the day from which nobody answers for a role, None while somebody does or nothing is recorded."""
    if holder(case, role) is None:
        ends = [one.until for one in case.facts.holdings if one.role is role and one.until]
        return max(ends) if ends else case.facts.stage_entered_on
    for away in case.facts.away:
        is_away = away.role is role and away.first <= case.on <= away.last
        first_away = away.first - timedelta(days=1)
        if is_away and not away.covered and case.wd(first_away) > case.policy.ownership.absent_wd:
            return first_away
    return None


def own_01(case: Case) -> Iterator[Finding]:
    """
    A role of the three without an accepted, active person, or whose holder is away for more than
    {ownership.absent_wd} working days without a delegate: Amber; Red after more than {ownership.gap_red_wd} working
    days since the last cover ended (else since the stage was entered), {ownership.gap_red_live_wd} when live.
    """
    for role in OWNER_ROLES:
        if found := gap(case, role):
            yield found


def own_02(case: Case) -> Iterator[Finding]:
    """
    All three roles filled by fewer than three people: two Amber; one Red from pilot definition on (Amber in intake, and
    for minimal risk before the pilot where the policy allows it).
    """
    held = [holder(case, role) for role in OWNER_ROLES]
    names = {one.person for one in held if one and one.person}
    if not all(one and one.person for one in held) or len(names) == 3:
        return
    spared = case.policy.ownership.one_person_minimal_amber and case.facts.risk_tier is RiskTier.MINIMAL
    early = not case.has_reached(Stage.PILOT_DEFINITION) or (spared and not case.has_reached(Stage.PILOT))
    grade = Grade.RED if len(names) == 1 and not early else Grade.AMBER
    yield Finding("OWN-02", "roles", grade, {"people": len(names), "names": ", ".join(sorted(names))})


def own_04(case: Case) -> Iterator[Finding]:
    """
    A delegate answered {ownership.delegate_answers} or more of the last {ownership.last_prompts} answered check-ins of
    a role: Amber.
    """
    rules = case.policy.ownership
    for role in OWNER_ROLES:
        answered = [one for one in case.facts.asked if one.role is role and one.answered_on]
        by_delegate = sum(one.by_delegate for one in answered[-rules.last_prompts :])
        if by_delegate >= rules.delegate_answers:
            yield Finding("OWN-04", role, Grade.AMBER, {"answers": by_delegate, "of": rules.last_prompts})


def own_05(case: Case) -> Iterator[Finding]:
    """
    One person did {ownership.champion_share:.0%} or more of the answers, sign-offs and promises of
    {ownership.champion_weeks} weeks (of {ownership.champion_acts} or more), or it is live and a role has no delegate:
    Amber.
    """
    rules = case.policy.ownership
    since = case.on - timedelta(weeks=rules.champion_weeks)
    acts = Counter(one.person for one in case.facts.acts if one.on > since)
    if acts.total() >= rules.champion_acts:
        person, most = max(acts.items(), key=lambda one: (one[1], one[0]))
        if most / acts.total() >= rules.champion_share:
            yield Finding("OWN-05", "acts", Grade.AMBER, {"person": person, "acts": most, "of": acts.total()})
    alone = [role for role in OWNER_ROLES if (one := holder(case, role)) and one.has_delegate is False]
    if case.facts.is_live and alone:
        yield Finding("OWN-05", "delegates", Grade.AMBER, {"roles": ", ".join(alone)})


def expected(case: Case, role: Role) -> list[Asked]:
    """Return a role's expected check-ins up to the last closed cycle, from the first week any owner answered."""
    answered = [week_of(one.on) for one in case.facts.asked if one.answered_on]
    if not answered:
        return []
    first = min(answered)
    return [one for one in case.facts.asked if one.role is role and first <= week_of(one.on) <= case.cycle]


def own_06(case: Case) -> Iterator[Finding]:
    """
    The sponsor left {ownership.sponsor_missed} or more of the last {ownership.last_prompts} expected check-ins
    unanswered: Amber, never Red. Weeks before any owner answered, excused and undelivered ones and those of a vacant
    role are not expected.
    """
    rules = case.policy.ownership
    last = expected(case, Role.BUSINESS_SPONSOR)[-rules.last_prompts :]
    missed = sum(one.answered_on is None for one in last)
    if missed >= rules.sponsor_missed:
        yield Finding("OWN-06", Role.BUSINESS_SPONSOR, Grade.AMBER, {"missed": missed, "of": len(last)})


def own_07(case: Case) -> Iterator[Finding]:
    """{ownership.churn_changes} or more changes of the same role within {ownership.churn_weeks} weeks: Amber."""
    rules = case.policy.ownership
    since = case.on - timedelta(weeks=rules.churn_weeks)
    for role in OWNER_ROLES:
        holdings = [one for one in case.facts.holdings if one.role is role]
        changes = sum(one.since is not None and one.since > since for one in holdings[1:])
        if changes >= rules.churn_changes:
            yield Finding("OWN-07", role, Grade.AMBER, {"changes": changes, "weeks": rules.churn_weeks})


def own_08(case: Case) -> Iterator[Finding]:
    """The sponsor and the operations leader both belong to a technical unit: Amber."""
    held = [holder(case, role) for role in (Role.BUSINESS_SPONSOR, Role.OPERATIONS_LEADER)]
    if all(one and one.unit == "technical" for one in held):
        yield Finding("OWN-08", "units", Grade.AMBER)


RULES = (
    Rule("OWN-01", "Ownership gap", own_01, at_once=True),
    Rule("OWN-02", "Concentrated ownership", own_02, at_once=True),
    Rule("OWN-04", "Absentee owner", own_04),
    Rule("OWN-05", "Single-champion dependence", own_05),
    Rule("OWN-06", "Disengaged sponsor", own_06, at_once=True),
    Rule("OWN-07", "Owner churn", own_07),
    Rule("OWN-08", "Silo", own_08, at_once=True),
)
