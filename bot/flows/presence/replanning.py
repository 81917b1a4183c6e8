"""Unsent messages go to their hours anew when somebody's zone, working week or holidays change in mid-cycle."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.cadence import Cycle, PromptTimes
from bot.domain.checkins import Prompt, PromptState
from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.events import ActorKind, Event
from bot.domain.ids import PersonId
from bot.flows.checkins import refresh_message
from bot.flows.presence.moving import WAITING, excuse
from bot.flows.presence.timetable import NOT_WORKING, Asked, messages_for, planning_for, spread, timetable
from bot.ports import Ports
from bot.stores import UnitOfWork

KINDS = (DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE)
NOT_PLANNED = "no working hour"


async def check_hours(ports: Ports) -> int:
    """
    Put every unsent message back to its hours where those have changed since it was planned; return how many moved.

    Zones of people are followed at once; this finds what else changes hours: an import, the organisation's own, new
    rules of a time zone.
    """
    async with ports.open_unit_of_work() as uow:
        moved = 0
        for cycle in await uow.check_ins.unclosed_cycles():
            if ports.clock.now() < cycle.closes_at:
                moved += await _check(cycle, uow, ports)
        if moved:
            await uow.commit()
    return moved


async def _check(cycle: Cycle, uow: UnitOfWork, ports: Ports) -> int:
    rows = defaultdict[PersonId, list[Delivery]](list)
    for row in await uow.deliveries.unsent_about(cycle.key, KINDS):
        if row.person_id and not row.reason:  # one that waits for quiet hours to end or for its turn is judged anew
            rows[row.person_id].append(row)
    if not rows:
        return 0
    planning = await planning_for(cycle, uow, ports)
    asked = await timetable(rows.keys() & planning.people.keys(), planning)
    late = [each for each in sorted(asked) if any(_is_elsewhen(row, asked[each], ports) for row in rows[each])]
    times = spread(late, asked, cycle, ports)
    return sum([await _replan(each, cycle, replace(asked[each], times=times.get(each)), uow, ports) for each in late])


def _is_elsewhen(row: Delivery, asked: Asked, ports: Ports) -> bool:
    """Return whether a row is planned for another time than its hours say, however it was spread."""
    due = _due(row, asked.times) if asked.times else None
    return due is None or not due <= row.not_before <= due + ports.policy.cadence.longest_spread


def _due(row: Delivery, times: PromptTimes) -> datetime | None:
    if row.kind is DeliveryKind.CHECKIN_PROMPT:
        return times.send_at
    number = int(row.dedupe_key.rpartition(":")[2])
    return times.nudges[number - 1] if number <= len(times.nudges) else None


async def follow_hours(person_ids: Iterable[PersonId], uow: UnitOfWork, ports: Ports) -> int:
    """Put the unsent messages of people whose hours have just changed to their hours; return how many moved."""
    ids, moved = set(person_ids), 0
    for cycle in await uow.check_ins.unclosed_cycles():
        if ports.clock.now() >= cycle.closes_at:
            continue
        known = [person for person in await uow.people.all() if person.id in ids]
        if not known:
            break
        planning = await planning_for(cycle, uow, ports, known)
        asked = await timetable(planning.people, planning)
        for person_id in sorted(asked):
            moved += await _replan(person_id, cycle, asked[person_id], uow, ports)
    return moved


async def _replan(person_id: PersonId, cycle: Cycle, asked: Asked, uow: UnitOfWork, ports: Ports) -> int:
    prompts = [each for each in await uow.check_ins.prompts_of(person_id, cycle.key) if each.state in WAITING]
    if not prompts:
        return 0
    if asked.times is None:
        return await _rest(prompts, uow, ports)
    await _due_anew(prompts, asked.times, uow, ports)
    now = ports.clock.now()
    standing = {row.dedupe_key: row for row in await uow.deliveries.unsent_about(cycle.key, KINDS)}
    mine = {key: row for key, row in standing.items() if row.person_id == person_id}
    wanted = [
        row
        for row in messages_for(person_id, cycle, asked.times, now)
        if row.kind is DeliveryKind.CHECKIN_NUDGE or row.dedupe_key in mine
    ]
    moved = await uow.deliveries.replan(wanted)
    kept = {row.dedupe_key for row in wanted} | {key for key, row in mine.items() if _kept(row, asked, now)}
    moved += await uow.deliveries.withdraw(mine.keys() - kept, NOT_PLANNED)
    if moved:
        uow.events.record(
            Event(
                at=ports.clock.now(),
                action="checkins.replanned",
                entity="person",
                entity_id=person_id,
                actor_kind=ActorKind.SYSTEM,
                facts={"cycle": cycle.key, "moved": moved},
            )
        )
    return moved


async def _rest(prompts: Sequence[Prompt], uow: UnitOfWork, ports: Ports) -> int:
    """Excuse what was not asked yet of somebody who now works no hour of the cycle; what was asked stays asked."""
    unasked = [prompt for prompt in prompts if prompt.state is PromptState.SCHEDULED]
    for prompt in unasked:
        await excuse(prompt, NOT_WORKING, uow, ports)
    return len(unasked)


async def _due_anew(prompts: Sequence[Prompt], times: PromptTimes, uow: UnitOfWork, ports: Ports) -> None:
    """Let check-ins be due at the new hour, unless that is past: nobody is late for having travelled."""
    if times.due_at <= ports.clock.now():
        return
    for prompt in prompts:
        if prompt.due_at != times.due_at:
            await uow.check_ins.save_prompts([replace(prompt, due_at=times.due_at)])
            await refresh_message(prompt, f"due:{times.due_at.isoformat()}", uow, ports)


def _kept(row: Delivery, asked: Asked, now: datetime) -> bool:
    """Return whether a reminder keeps its old time: the new one is past, and the old one is a working hour ahead."""
    due = _due(row, asked.times) if asked.times else None
    is_past = row.kind is DeliveryKind.CHECKIN_NUDGE and due is not None and due <= now
    return is_past and row.not_before > now and asked.hours.allowed(row.not_before)
