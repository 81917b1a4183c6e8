"""One escalation as one reader sees it: what is asked of them, what they may do about it, who hears next and when."""

from dataclasses import replace
from datetime import date

from bot.domain.cadence import Cycle, cycle_of, expected_roles
from bot.domain.calendar import weeks_after
from bot.domain.checkins import OPEN
from bot.domain.escalation import Escalation, LadderCode, Measure, Notice, Party, may_pause, rises_on
from bot.domain.ids import PersonId
from bot.domain.ownership import OWNER_ROLES, Role, accountable, delegates
from bot.domain.standing import Standing
from bot.flows.calendars import zone_of
from bot.flows.escalations.audience import audience
from bot.flows.escalations.cases import Case, Desk
from bot.flows.escalations.telling import heard_on
from bot.messages import escalations as words
from bot.messages.escalations import Item, Next
from bot.messages.words import ROLE_WORDS

WEEKS_AHEAD = 10
PROPOSES_FROM = 2
"""The level from which a role that somebody holds may be offered to somebody else: not by its peers."""


async def item(notice: Notice, case: Case, escalation: Escalation, desk: Desk) -> Item:
    """Return an escalation for the reader of a notice; one that is settled or paused has nothing to press."""
    own, about = own_role(notice.person_id, case, desk), desk.people.get(escalation.person_id or "")
    plain = Item(
        escalation=escalation,
        key=case.initiative.key,
        name=case.initiative.name,
        party=notice.party,
        own_role=own,
        about=about.name if about else "",
        cycle=escalation.through,
    )
    standing = case.standing
    if not escalation.is_open or standing is None:
        return plain
    if desk.rules.is_paused(escalation) and escalation.plan_due:
        acked_by = desk.people.get(escalation.acked_by or "")
        until = desk.rules.resumes_on(escalation.plan_due)
        return replace(plain, resumes_on=until, acked_by=acked_by.name if acked_by else "")
    nominee = desk.people.get(standing.nominee_id or "")
    return replace(
        plain,
        since=standing.since,
        days=desk.rules.calendar.count(standing.since, desk.rules.today),
        cycle=standing.through,
        nominee=nominee.name if nominee else "",
        answer=await _answerable(notice.person_id, case, standing, desk),
        may_propose=may_propose(notice, case),
        may_plan=may_pause(escalation, desk.rules.policy),
        next=await _next(notice.person_id, case, standing, desk),
    )


def own_role(person_id: PersonId, case: Case, desk: Desk) -> Role | None:
    """Return the role a reader is accountable for in the initiative, None for those who are none of its owners."""
    for role in OWNER_ROLES:
        held = accountable(case.facts.assignments, role, desk.rules.today)
        if held and held.person_id == person_id:
            return role
    return None


def may_propose(notice: Notice, case: Case) -> bool:
    """Return whether a reader may name somebody for the role: for one that is held, not its peers."""
    if notice.party is Party.NOMINEE:
        return False
    return case.ladder.code is LadderCode.OWN or notice.level >= PROPOSES_FROM


async def _answerable(person_id: PersonId, case: Case, standing: Standing, desk: Desk) -> str:
    """Return the missed check-in that a delegate or co-owner may still answer on behalf of the role's holder."""
    stands_in = person_id in delegates(case.facts.assignments, case.role, desk.rules.today)
    if not standing.missed or not (stands_in or own_role(person_id, case, desk)):
        return ""
    cycle = await desk.uow.check_ins.cycle(standing.through)
    newest = standing.missed[0]
    return newest.id if cycle and newest.state in OPEN and desk.now < cycle.answers_until else ""


async def _next(reader: PersonId, case: Case, standing: Standing, desk: Desk) -> Next | None:
    """Return who hears next and when, None at the top of the ladder."""
    escalation = case.escalation
    step = case.ladder.step(escalation.level + 1) if escalation else None
    if step is None or escalation is None:
        return None
    told = await audience(step, case, desk)
    if not told:
        above = case.ladder.step(step.level + 1)
        told = await audience(above, case, desk) if above else []
    on = rises_on(escalation, standing, heard_on(escalation, case.notices, desk), desk.rules)
    missed = ""
    if case.ladder.measure is Measure.MISSED:
        cycle = _next_cycle(case, desk)
        on, missed = _sooner(on, cycle, desk)
    names = tuple("you" if person_id == reader else desk.people[person_id].name for person_id, _ in told)
    return Next(names=names, part=_part(told[0], case, desk), on=on, if_missed=missed) if told else None


def _part(told: tuple[PersonId, Party], case: Case, desk: Desk) -> str:
    own = own_role(told[0], case, desk)
    return ROLE_WORDS[own] if own else words.PARTY_WORDS[told[1]]


def _next_cycle(case: Case, desk: Desk) -> Cycle | None:
    """Return the next check-in of the role that has not closed yet."""
    zone, cadence = zone_of(desk.organisation), desk.ports.policy.cadence
    week = desk.newest_closed
    for n in range(1, WEEKS_AHEAD):
        ahead = weeks_after(week, n) if week else ""
        cycle = cycle_of(ahead, desk.rules.calendar, zone, cadence) if ahead else None
        asked = expected_roles(case.initiative.stage, case.initiative.lifecycle, ahead, cadence) if ahead else ()
        if cycle and case.role in asked and cycle.closes_at > desk.now:
            return cycle
    return None


def _sooner(on: date | None, cycle: Cycle | None, desk: Desk) -> tuple[date | None, str]:
    """Return whichever comes first, the close of the next check-in, which is then named, or the day of the silence."""
    if cycle is None:
        return on, ""
    closes_on = desk.day_of(cycle.closes_at)
    return (on, "") if on and on < closes_on else (closes_on, cycle.key)
