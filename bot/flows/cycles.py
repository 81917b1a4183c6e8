"""The rhythm: opening cycles with their prompts, reminders and outbox rows, and closing them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from bot.domain.cadence import Cycle, PromptTimes, cycle_of, expected_roles, prompt_times
from bot.domain.calendar import DAY, Hours, local_date, local_instant, week_of, weeks_after
from bot.domain.checkins import Prompt, PromptState, prompt_id
from bot.domain.deliveries import Delivery, DeliveryKind, planned, retiring
from bot.domain.events import ActorKind, Event
from bot.domain.ids import PersonId, stable_id
from bot.domain.ownership import AssignmentKind
from bot.domain.people import Absence, Organisation, Person
from bot.flows.calendars import hours_of, organisation_calendar, zone_of
from bot.flows.recipients import tell_undelivered, undelivered
from bot.ports import Ports
from bot.stores import Expected, UnitOfWork

FIRST_ZONE = timezone(timedelta(hours=14))
"""Nobody's day begins earlier than at UTC+14."""
UPDATED_WITHIN = timedelta(days=2)
"""How long the update of a message may be tried."""
ABSENT, NOT_WORKING = "absent", "not working in this cycle"


@dataclass(frozen=True, slots=True)
class Asked:
    """One person in one cycle: when they are asked, None when they work no hour of it, and their absence if any."""

    times: PromptTimes | None
    absence: Absence | None


async def open_due(ports: Ports) -> int:
    """Plan the prompts of every cycle that has begun to open anywhere; return how many are new (0 when run again)."""
    now, added = ports.clock.now(), 0
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        if organisation is None:
            return 0
        for cycle in _opening(organisation, ports, now):
            added += await _open(cycle, organisation, uow, ports)
        if added:
            await uow.commit()
    return added


def _opening(organisation: Organisation, ports: Ports, now: datetime) -> Iterable[Cycle]:
    """Return the cycles between their first opening anywhere and their due time, in the organisation's weeks."""
    zone, calendar = zone_of(organisation), organisation_calendar(organisation, ports.holidays)
    this_week = week_of(local_date(now, zone))
    for week in (this_week, weeks_after(this_week, 1)):
        cycle = cycle_of(week, calendar, zone, ports.policy.cadence)
        if cycle is None:
            continue
        earliest = datetime.combine(cycle.opens_on, time(0), FIRST_ZONE).astimezone(UTC)
        if earliest <= now < local_instant(cycle.due_on, ports.policy.cadence.due_at, zone):
            yield cycle


async def _open(cycle: Cycle, organisation: Organisation, uow: UnitOfWork, ports: Ports) -> int:
    """Plan who is not yet asked in a cycle, those who took their role after it opened included."""
    if await uow.check_ins.add_cycle_once(cycle):
        await _retire_messages(cycle, uow, ports)
    policy, now = ports.policy.cadence, ports.clock.now()
    day = max(cycle.opens_on, local_date(now, zone_of(organisation)))
    holders = await uow.check_ins.expected(cycle.key, day)
    kinds = {(one.stage, one.lifecycle) for one in holders}
    roles = {kind: expected_roles(*kind, cycle.key, policy) for kind in kinds}
    expected = [one for one in holders if one.role in roles[one.stage, one.lifecycle]]
    if not expected:
        return 0
    people = {person.id: person for person in await uow.people.all()}
    planning = Planning(organisation, uow, ports)
    asked = await _timetable({one.person_id for one in expected}, cycle, people, planning)
    delegated = {
        place: stand_in
        for place, stand_in in (await _delegates(expected, asked, uow, day)).items()
        if people[stand_in].active
    }
    asked |= await _timetable(set(delegated.values()) - set(asked), cycle, people, planning)
    prompts = [_prompt(one, asked, delegated, cycle, ports.questions.version) for one in expected]
    added = await uow.check_ins.add_prompts_once(prompts)
    await uow.deliveries.add_once(_messages(prompts, asked, cycle, now))
    ids = stable_id(*sorted(prompt.id for prompt in prompts))
    uow.events.record(
        Event(
            at=now,
            action="cycle.planned",
            entity="cycle",
            entity_id=cycle.key,
            actor_kind=ActorKind.SYSTEM,
            facts={"prompts": added, "ids": ids},
        )
    )
    return added


async def _retire_messages(following: Cycle, uow: UnitOfWork, ports: Ports) -> None:
    """Plan to take the buttons away from the messages of the cycle that can be answered until this one opens."""
    for cycle in await uow.check_ins.newest_cycles(2):
        if cycle.key < following.key:
            at = cycle.answers_until + ports.policy.delivery.retire_after
            people = await uow.check_ins.asked_in(cycle.key)
            await uow.deliveries.add_once([retiring(cycle.key, who, at, at + UPDATED_WITHIN) for who in people])


@dataclass(frozen=True, slots=True)
class Planning:
    """What planning one cycle works with."""

    organisation: Organisation
    uow: UnitOfWork
    ports: Ports


async def _timetable(
    ids: set[PersonId], cycle: Cycle, people: dict[PersonId, Person], planning: Planning
) -> dict[PersonId, Asked]:
    """Return when each person is asked; people with the same hours are worked out once."""
    away = await _away(ids, cycle, planning.uow)
    known: dict[tuple[object, ...], PromptTimes | None] = {}
    found = {}
    for person_id in ids:
        person = people[person_id]
        kind = (person.timezone, person.country, person.subdivision, person.workdays)
        if kind not in known:
            hours: Hours = hours_of(person, planning.organisation, planning.ports.holidays)
            known[kind] = prompt_times(cycle, hours, planning.ports.policy.cadence)
        found[person_id] = Asked(known[kind], away.get(person_id))
    return found


async def _away(ids: set[PersonId], cycle: Cycle, uow: UnitOfWork) -> dict[PersonId, Absence]:
    """Return the absence, on the due day, of everybody who is away from the opening to the due day."""
    days = [cycle.opens_on + DAY * n for n in range((cycle.due_on - cycle.opens_on).days + 1)]
    found = defaultdict[PersonId, list[Absence]](list)
    for absence in await uow.people.absences(ids, cycle.opens_on, cycle.due_on):
        found[absence.person_id].append(absence)
    return {
        person_id: next(absence for absence in absences if absence.covers(cycle.due_on))
        for person_id, absences in found.items()
        if all(any(absence.covers(day) for absence in absences) for day in days)
    }


async def _delegates(
    expected: Sequence[Expected], asked: dict[PersonId, Asked], uow: UnitOfWork, day: date
) -> dict[tuple[str, str], PersonId]:
    """Return who answers instead, by (initiative, role), where the holder is away for the whole cycle."""
    absent = [one for one in expected if asked[one.person_id].absence]
    if not absent:
        return {}
    found = {}
    for assignment in await uow.ownership.of({one.initiative_id for one in absent}):
        if assignment.kind is AssignmentKind.DELEGATE and assignment.covers(day):
            found[assignment.initiative_id, assignment.role.value] = assignment.person_id
    for one in absent:
        absence = asked[one.person_id].absence
        if absence and absence.delegate_id:
            found[one.initiative_id, one.role.value] = absence.delegate_id
    return found


def _prompt(
    one: Expected,
    asked: dict[PersonId, Asked],
    delegated: dict[tuple[str, str], PersonId],
    cycle: Cycle,
    question_set: int,
) -> Prompt:
    stand_in = delegated.get((one.initiative_id, one.role.value)) if asked[one.person_id].absence else None
    who = asked[stand_in or one.person_id]
    reason = ABSENT if who.absence else "" if who.times else NOT_WORKING
    return Prompt(
        id=prompt_id(cycle.key, one.initiative_id, one.role),
        cycle=cycle.key,
        initiative_id=one.initiative_id,
        role=one.role,
        person_id=stand_in or one.person_id,
        on_behalf_of=one.person_id if stand_in else None,
        due_at=who.times.due_at if who.times else cycle.closes_at,
        question_set=question_set,
        state=PromptState.EXCUSED if reason else PromptState.SCHEDULED,
        excused_reason=reason,
    )


def _messages(prompts: Iterable[Prompt], asked: dict[PersonId, Asked], cycle: Cycle, now: datetime) -> list[Delivery]:
    people = dict.fromkeys(prompt.person_id for prompt in prompts if prompt.state is PromptState.SCHEDULED)
    return [
        row
        for person_id in people
        if (times := asked[person_id].times)
        for row in messages_for(person_id, cycle, times, now)
    ]


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


async def close_due(ports: Ports) -> int:
    """Close every cycle whose time has come: silence becomes a miss, as do promises due; return how many closed."""
    now, closed = ports.clock.now(), 0
    async with ports.open_unit_of_work() as uow:
        for cycle in await uow.check_ins.unclosed_cycles():
            if cycle.closes_at > now:
                continue
            missed = await uow.check_ins.close_cycle(cycle.key, now)
            lost = await undelivered(cycle.key, uow, ports)
            if lost:
                await tell_undelivered(cycle.key, {prompt.initiative_id for prompt in lost}, uow, ports)
            broken = await uow.commitments.miss_due(cycle.due_on, now)
            uow.events.record(
                Event(
                    at=now,
                    action="cycle.closed",
                    entity="cycle",
                    entity_id=cycle.key,
                    facts={"missed": missed, "undelivered": len(lost), "promises_missed": broken},
                )
            )
            closed += 1
        if closed:
            await uow.commit()
    return closed
