"""When each person is asked in a cycle, and who answers for those who are not there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.absences import away_throughout, stand_in
from bot.domain.cadence import Cycle, PromptTimes, prompt_times
from bot.domain.calendar import Hours, local_date
from bot.domain.deliveries import Delivery, DeliveryKind, planned
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.ownership import AssignmentKind, AssignmentState, Role, RoleAssignment
from bot.domain.people import Absence, Organisation, Person
from bot.domain.spreading import moved, offset, window
from bot.flows.calendars import hours_of, the_organisation, zone_of
from bot.ports import Ports
from bot.stores import UnitOfWork

ABSENT, NOT_WORKING, LEFT = "absent", "not working in this cycle", "left"
Place = tuple[InitiativeId, Role]


@dataclass(frozen=True, slots=True)
class Asked:
    """One person in one cycle: when they are asked, None when they work no hour of it; their absence; if they left."""

    hours: Hours
    times: PromptTimes | None
    absence: Absence | None = None
    left: bool = False

    @property
    def why_not(self) -> str:
        """Return why this person is not asked, empty when they are."""
        if self.left:
            return LEFT
        return ABSENT if self.absence else "" if self.times else NOT_WORKING

    @property
    def is_replaced(self) -> bool:
        """Return whether somebody else is asked in their place, where there is somebody."""
        return self.left or self.absence is not None


Timetable = Mapping[PersonId, Asked]


@dataclass(frozen=True, slots=True)
class Planning:
    """What planning one cycle works with on a day of it; `told` when an absence may have been told on that day."""

    cycle: Cycle
    organisation: Organisation
    people: Mapping[PersonId, Person]
    uow: UnitOfWork
    ports: Ports
    today: date
    told: bool = False

    @property
    def first(self) -> date:
        """Return the first day of the cycle that is still ahead."""
        return max(self.cycle.opens_on, self.today)


async def planning_for(cycle: Cycle, uow: UnitOfWork, ports: Ports, people: Iterable[Person] = ()) -> Planning:
    """Return what is needed to say who is asked in a cycle now; of everybody unless some people are given."""
    organisation = await the_organisation(uow)
    known = {person.id: person for person in people or await uow.people.all()}
    today = local_date(ports.clock.now(), zone_of(organisation))
    return Planning(cycle, organisation, known, uow, ports, today, told=True)


async def timetable(ids: Iterable[PersonId], planning: Planning) -> dict[PersonId, Asked]:
    """Return when each person is asked; people with the same hours are worked out once."""
    wanted = set(ids)
    absences = await _absences(wanted, planning)
    known: dict[tuple[object, ...], Asked] = {}
    found = {}
    for person_id in wanted:
        person = planning.people[person_id]
        kind = (person.timezone, person.country, person.subdivision, person.workdays)
        if kind not in known:
            hours = hours_of(person, planning.organisation, planning.ports.holidays)
            known[kind] = Asked(hours, prompt_times(planning.cycle, hours, planning.ports.policy.cadence))
        asked = known[kind]
        if person_id in absences:
            asked = replace(asked, absence=_away(absences[person_id], asked.hours, planning))
        found[person_id] = asked if person.active else replace(asked, left=True)
    return found


async def _absences(ids: Iterable[PersonId], planning: Planning) -> dict[PersonId, list[Absence]]:
    found = defaultdict[PersonId, list[Absence]](list)
    for absence in await planning.uow.people.absences(ids, planning.cycle.opens_on, planning.cycle.due_on):
        found[absence.person_id].append(absence)
    return found


def _away(absences: Sequence[Absence], hours: Hours, planning: Planning) -> Absence | None:
    last = planning.cycle.due_on
    told_on = planning.today if planning.told else None
    return away_throughout(planning.first, last, absences, hours.calendar, told_on=told_on)


async def stand_ins(
    held: Mapping[Place, PersonId], asked: dict[PersonId, Asked], planning: Planning
) -> dict[Place, PersonId]:
    """
    Return who answers for each role in `held` whose holder is not there, adding those asked instead to `asked`.

    A delegate who is away, has left or reviews the initiative independently (I-14) does not stand in.
    """
    empty = {place: holder for place, holder in held.items() if asked[holder].is_replaced}
    if not empty:
        return {}
    assignments = await planning.uow.ownership.of({initiative_id for initiative_id, _ in empty})
    delegates, reviewers = _delegates(assignments, planning), _reviewers(assignments)
    named = {absence.delegate_id for holder in empty.values() if (absence := asked[holder].absence)}
    candidates = {each for every in delegates.values() for each in every} | {each for each in named if each}
    known = candidates & planning.people.keys()
    asked |= await timetable(known - asked.keys(), planning)
    found = {}
    for place, holder in empty.items():
        barred = reviewers[place[0]] | {holder}
        free = {each for each in known if each not in barred and not asked[each].why_not}
        chosen = stand_in(asked[holder].absence, delegates[place], free.__contains__)
        if chosen:
            found[place] = chosen
    return found


def _delegates(assignments: Iterable[RoleAssignment], planning: Planning) -> dict[Place, list[PersonId]]:
    found = defaultdict[Place, list[PersonId]](list)
    for each in assignments:
        if each.kind is AssignmentKind.DELEGATE and each.covers(planning.first):
            found[each.initiative_id, each.role].append(each.person_id)
    return found


def _reviewers(assignments: Iterable[RoleAssignment]) -> dict[InitiativeId, set[PersonId]]:
    found = defaultdict[InitiativeId, set[PersonId]](set)
    for each in assignments:
        if each.role is Role.GOVERNANCE_REVIEWER and each.state is AssignmentState.ACTIVE:
            found[each.initiative_id].add(each.person_id)
    return found


def spread(people: Iterable[PersonId], asked: Timetable, cycle: Cycle, ports: Ports) -> dict[PersonId, PromptTimes]:
    """Return when each person is asked and reminded, many who share an instant spread over a while after it."""
    policy = ports.policy
    pace = max(policy.delivery.pace_of(name).per_workspace for name in ports.platforms or ("",))
    timed = {each: times for each in people if (times := asked[each].times)}
    at_once = Counter(times.send_at for times in timed.values())
    found = {}
    for person_id, times in timed.items():
        over = window(at_once[times.send_at], pace, policy.cadence)
        by, allowed = offset(person_id, cycle.key, over), asked[person_id].hours.allowed
        if by:
            nudges = tuple(moved(at, by, allowed) for at in times.nudges)
            found[person_id] = replace(times, send_at=moved(times.send_at, by, allowed), nudges=nudges)
        else:
            found[person_id] = times
    return found


def messages_for(person_id: PersonId, cycle: Cycle, times: PromptTimes, now: datetime) -> list[Delivery]:
    """Return the outbox rows of one person and cycle: a prompt and the reminders still to come, at most two (I-19)."""
    ends = cycle.closes_at
    prompt = planned(
        DeliveryKind.CHECKIN_PROMPT, cycle.key, person_id, to=person_id, not_before=times.send_at, expires_at=ends
    )
    until = (*times.nudges[1:], ends)
    return [prompt] + [
        planned(
            DeliveryKind.CHECKIN_NUDGE,
            cycle.key,
            person_id,
            str(n),
            to=person_id,
            not_before=at,
            expires_at=until[n - 1],
        )
        for n, at in enumerate(times.nudges, start=1)
        if at > now
    ]
