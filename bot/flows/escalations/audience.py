"""Who hears at a step: by their part, in the house, not the one it is about, not away, and allowed to see it."""

from collections.abc import Iterable, Sequence

from bot.domain.escalation import Party, Step
from bot.domain.ids import PersonId
from bot.domain.ownership import OWNER_ROLES, Role, accountable, delegates
from bot.domain.people import Access, Data, OrgRole, readable
from bot.flows.escalations.cases import Case, Desk

Told = tuple[PersonId, Party]


async def audience(step: Step, case: Case, desk: Desk) -> list[Told]:
    """Return who hears at a step; of a single person who cannot, the next in line takes the place."""
    found: dict[PersonId, Party] = {}
    for party in step.to:
        if party in (Party.DELEGATE, Party.CO_OWNERS):
            for person_id in await _who_can(_peers(party, case, desk), case, desk):
                found.setdefault(person_id, party)
        elif party is Party.NOMINEE:
            if case.standing and case.standing.nominee_id:
                found.setdefault(case.standing.nominee_id, party)
        else:
            for person_id, as_party in await _first(_in_line(party, case, desk), case, desk):
                found.setdefault(person_id, as_party)
    return list(found.items())


def _peers(party: Party, case: Case, desk: Desk) -> list[PersonId]:
    day, assignments = desk.rules.today, case.facts.assignments
    if party is Party.DELEGATE:
        return list(delegates(assignments, case.role, day))
    held = [accountable(assignments, role, day) for role in OWNER_ROLES if role is not case.role]
    return [each.person_id for each in held if each]


def _in_line(party: Party, case: Case, desk: Desk) -> list[list[Told]]:
    """Return who hears as one party, and who instead where they cannot: each is a choice, the first that can is it."""
    portfolio = desk.portfolios.get(case.initiative.portfolio_id)
    lead = _told(Party.LEAD, portfolio.lead_id if portfolio else None)
    executive = _told(Party.EXECUTIVE, portfolio.executive_id if portfolio else None)
    admins = [(p.id, Party.LEAD) for p in desk.people.values() if OrgRole.ADMIN in p.org_roles]
    if party is Party.SPONSOR:
        return [_told(Party.SPONSOR, _sponsor(case, desk)), lead, admins]
    return [lead, executive, admins] if party is Party.LEAD else [executive, lead, admins]


def _told(party: Party, person_id: PersonId | None) -> list[Told]:
    return [(person_id, party)] if person_id else []


def _sponsor(case: Case, desk: Desk) -> PersonId | None:
    """Return the sponsor of the initiative; where it is about the sponsor, that person's manager."""
    held = accountable(case.facts.assignments, Role.BUSINESS_SPONSOR, desk.rules.today)
    if held and case.role is not Role.BUSINESS_SPONSOR and held.person_id != case.subject:
        return held.person_id
    return desk.people[held.person_id].manager_id if held else None


async def _first(choices: Sequence[list[Told]], case: Case, desk: Desk) -> list[Told]:
    """Return the first choice of which anybody can hear."""
    for choice in choices:
        able = await _who_can([person_id for person_id, _ in choice], case, desk)
        if able:
            return [(person_id, party) for person_id, party in choice if person_id in able]
    return []


async def _who_can(person_ids: Iterable[PersonId], case: Case, desk: Desk) -> list[PersonId]:
    """Return those who are in the house, reachable, not the subject, not away for days, and may see the initiative."""
    present = [
        person_id
        for person_id in dict.fromkeys(person_ids)
        if (person := desk.people.get(person_id))
        and person.active
        and not person.unreachable_since
        and person_id != case.subject
    ]
    away = await _away(present, desk)
    return [each for each in present if each not in away and await _may_see(each, case, desk)]


async def _away(person_ids: Sequence[PersonId], desk: Desk) -> set[PersonId]:
    """Return those who are away on each of the next working days, today included."""
    if not person_ids:
        return set()
    calendar, today = desk.rules.calendar, desk.rules.today
    first = today if calendar.is_working(today) else calendar.shift(today, 1)
    days = [calendar.shift(first, n) for n in range(desk.rules.policy.away_working_days)]
    absences = await desk.uow.people.absences(person_ids, days[0], days[-1])
    return {
        person_id
        for person_id in person_ids
        if all(any(one.covers(day) for one in absences if one.person_id == person_id) for day in days)
    }


async def _may_see(person_id: PersonId, case: Case, desk: Desk) -> bool:
    viewer = await desk.ports.reads.viewer(person_id)
    roles: dict[PersonId, frozenset[str]] = {}
    for one in case.facts.assignments:
        if one.covers(desk.rules.today):
            roles[one.person_id] = roles.get(one.person_id, frozenset()) | {one.role.value}
    access = Access(
        initiative_id=case.initiative.id,
        portfolio_id=case.initiative.portfolio_id,
        visibility=case.initiative.visibility,
        roles=roles,
    )
    return viewer is not None and Data.SUMMARY in readable(viewer, access)
