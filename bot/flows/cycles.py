"""The rhythm: opening cycles with their prompts, reminders and outbox rows, and closing them."""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone

from bot.domain.cadence import Cycle, cycle_of, expected_roles
from bot.domain.calendar import local_date, local_instant, week_of, weeks_after
from bot.domain.checkins import Prompt, PromptState, prompt_id
from bot.domain.deliveries import Delivery, retiring
from bot.domain.events import ActorKind, Event
from bot.domain.ids import PersonId, stable_id
from bot.domain.people import Organisation
from bot.flows.calendars import organisation_calendar, zone_of
from bot.flows.outgoing import UPDATED_WITHIN
from bot.flows.presence.timetable import (
    Place,
    Planning,
    Timetable,
    messages_for,
    spread,
    stand_ins,
    timetable,
)
from bot.flows.recipients import tell_undelivered, undelivered
from bot.ports import Ports
from bot.stores import Expected, UnitOfWork

log = logging.getLogger(__name__)
FIRST_ZONE = timezone(timedelta(hours=14))
"""Nobody's day begins earlier than at UTC+14."""


async def open_due(ports: Ports) -> int:
    """Plan the prompts of every cycle that has begun to open anywhere; return how many are new (0 when run again)."""
    now = ports.clock.now()
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        if organisation is None:
            return 0
        planned_now = {
            cycle.key: await _open(cycle, organisation, uow, ports) for cycle in opening(organisation, ports, now)
        }
        added = sum(planned_now.values())
        if added:
            await uow.commit()
    for key, count in planned_now.items():
        if count:
            log.info("cycle.planned", extra={"cycle": key, "prompts": count})
    return added


def opening(organisation: Organisation, ports: Ports, now: datetime) -> Iterable[Cycle]:
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
    now = ports.clock.now()
    prompts, rows = await to_ask(cycle, organisation, uow, ports)
    if not prompts:
        return 0
    added = await uow.check_ins.add_prompts_once(prompts)
    await uow.deliveries.add_once(rows)
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


async def to_ask(
    cycle: Cycle, organisation: Organisation, uow: UnitOfWork, ports: Ports
) -> tuple[list[Prompt], list[Delivery]]:
    """Return who is to be asked in a cycle and has not been, with the messages that does; stores nothing."""
    day = max(cycle.opens_on, local_date(ports.clock.now(), zone_of(organisation)))
    expected = await still_expected(cycle, day, uow, ports)
    if not expected:
        return [], []
    people = {person.id: person for person in await uow.people.all()}
    planning = Planning(cycle, organisation, people, uow, ports, day)
    asked = await timetable((one.person_id for one in expected), planning)
    delegated = await stand_ins({(one.initiative_id, one.role): one.person_id for one in expected}, asked, planning)
    prompts = [_prompt(one, asked, delegated, planning) for one in expected]
    return prompts, _messages(prompts, asked, cycle, ports)


async def still_expected(cycle: Cycle, day: date, uow: UnitOfWork, ports: Ports) -> list[Expected]:
    """Return the roles whose holders on `day` should be asked in a cycle and are not yet."""
    holders = await uow.check_ins.expected(cycle.key, day)
    kinds = {(one.stage, one.lifecycle) for one in holders}
    roles = {kind: expected_roles(*kind, cycle.key, ports.policy.cadence) for kind in kinds}
    return [one for one in holders if one.role in roles[one.stage, one.lifecycle]]


def _prompt(one: Expected, asked: Timetable, delegated: Mapping[Place, PersonId], planning: Planning) -> Prompt:
    stand_in = delegated.get((one.initiative_id, one.role))
    who, cycle = asked[stand_in or one.person_id], planning.cycle
    return Prompt(
        id=prompt_id(cycle.key, one.initiative_id, one.role),
        cycle=cycle.key,
        initiative_id=one.initiative_id,
        role=one.role,
        person_id=stand_in or one.person_id,
        on_behalf_of=one.person_id if stand_in else None,
        due_at=who.times.due_at if who.times else cycle.closes_at,
        question_set=planning.ports.questions.version,
        state=PromptState.EXCUSED if who.why_not else PromptState.SCHEDULED,
        excused_reason=who.why_not,
    )


def _messages(prompts: Iterable[Prompt], asked: Timetable, cycle: Cycle, ports: Ports) -> list[Delivery]:
    people = dict.fromkeys(prompt.person_id for prompt in prompts if prompt.state is PromptState.SCHEDULED)
    times = spread(people, asked, cycle, ports)
    return [row for person_id in times for row in messages_for(person_id, cycle, times[person_id], ports.clock.now())]


async def close_due(ports: Ports) -> int:
    """Close every cycle whose time has come: silence becomes a miss, as do promises due; return how many closed."""
    now, closed = ports.clock.now(), list[str]()
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
            closed.append(cycle.key)
        if closed:
            await uow.commit()
    for key in closed:
        log.info("cycle.closed", extra={"cycle": key})
    return len(closed)
