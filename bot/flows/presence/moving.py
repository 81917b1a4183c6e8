"""Open check-ins go to whoever answers for a role now: its holder, who stands in, or nobody."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.cadence import Cycle, prompt_times
from bot.domain.checkins import Prompt, PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.events import ActorKind, Event
from bot.domain.ids import PersonId
from bot.domain.people import Person
from bot.flows.calendars import hours_of, the_organisation
from bot.flows.checkins import refresh_message
from bot.flows.presence.timetable import ABSENT, LEFT, messages_for, planning_for, stand_ins, timetable
from bot.ports import Ports
from bot.stores import UnitOfWork

WAITING = frozenset({PromptState.SCHEDULED, PromptState.SENT})


@dataclass(frozen=True, slots=True)
class Move:
    """A check-in on its way to `to`, who answers for `on_behalf_of` unless that is None."""

    prompt: Prompt
    cycle: Cycle
    to: Person
    on_behalf_of: PersonId | None = None


@dataclass(slots=True)
class Settled:
    """What became of open check-ins: how many went to whom, and how many are excused or back with their holder."""

    moved: Counter[PersonId] = field(default_factory=Counter)
    excused: int = 0
    returned: int = 0

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.moved or self.excused or self.returned)


async def hand_to(move: Move, uow: UnitOfWork, ports: Ports) -> Prompt:
    """
    Give an open check-in to somebody, who gets their one message of the cycle and the reminders still to come.

    Where that message stands already, it is changed in place: nobody is asked twice (I-17, I-19).
    """
    prompt, cycle, person, now = move.prompt, move.cycle, move.to, ports.clock.now()
    times = prompt_times(cycle, hours_of(person, await the_organisation(uow), ports.holidays), ports.policy.cadence)
    state = prompt.state
    if state in (PromptState.EXCUSED, PromptState.SENT):
        state = PromptState.SENT if await _has_message(person.id, cycle, uow) else PromptState.SCHEDULED
    moved = replace(
        prompt,
        person_id=person.id,
        on_behalf_of=move.on_behalf_of,
        snoozed=False,
        state=state,
        excused_reason="",
        due_at=times.due_at if times else prompt.due_at,
    )
    await uow.check_ins.save_prompts([moved])
    if times and now < cycle.closes_at:
        await uow.deliveries.replan(messages_for(person.id, cycle, times, now))
    await refresh_message(moved, _once(moved, now), uow, ports)
    return moved


async def _has_message(person_id: PersonId, cycle: Cycle, uow: UnitOfWork) -> bool:
    """Return whether a message that lists a person's check-ins stands in their chat."""
    keys = [f"{DeliveryKind.CHECKIN_PROMPT}:{cycle.key}:{person_id}"]
    keys += [f"{DeliveryKind.CHECKIN_NUDGE}:{cycle.key}:{person_id}:{n}" for n in (1, 2)]
    rows = [await uow.deliveries.by_key(key) for key in keys]
    return any(row and row.state is DeliveryState.SENT for row in rows)


def _once(prompt: Prompt, now: datetime) -> str:
    return f"{prompt.revision}:{prompt.person_id}:{now.isoformat()}"


async def excuse(prompt: Prompt, reason: str, uow: UnitOfWork, ports: Ports) -> None:
    """Let a check-in rest, with its holder; the message that lists it is updated."""
    await refresh_message(prompt, f"excused:{_once(prompt, ports.clock.now())}", uow, ports)
    holder = prompt.on_behalf_of or prompt.person_id
    rested = replace(
        prompt, person_id=holder, on_behalf_of=None, state=PromptState.EXCUSED, excused_reason=reason, snoozed=False
    )
    await uow.check_ins.save_prompts([rested])


async def settle(person_id: PersonId, uow: UnitOfWork, ports: Ports) -> Settled:
    """
    Put every open check-in of the roles a person holds, or stands in for, where it belongs by who is there now.

    Called after anything that changes who is there; called again it changes nothing.
    """
    settling = Settling(uow, ports)
    for cycle in await uow.check_ins.unclosed_cycles():
        if ports.clock.now() < cycle.closes_at:
            await settling.in_cycle(cycle, person_id)
    done = settling.done
    if done:
        facts = {"moved": dict(done.moved), "excused": done.excused, "returned": done.returned}
        uow.events.record(
            Event(
                at=ports.clock.now(),
                action="checkins.settled",
                entity="person",
                entity_id=person_id,
                actor_kind=ActorKind.SYSTEM,
                facts=facts,
            )
        )
    return done


class Settling:
    """Open check-ins being put where they belong; `done` counts what changed."""

    def __init__(self, uow: UnitOfWork, ports: Ports) -> None:
        self.uow, self.ports, self.done = uow, ports, Settled()

    async def in_cycle(self, cycle: Cycle, person_id: PersonId) -> None:
        """Settle the roles a person holds, and those of everybody they answer for in a cycle."""
        answers_for = [each.on_behalf_of for each in await self.uow.check_ins.prompts_of(person_id, cycle.key)]
        holders = dict.fromkeys([person_id, *(each for each in answers_for if each)])
        found = {each: await self.uow.check_ins.prompts_about_roles_of(each, cycle.key) for each in holders}
        waiting = [prompt for prompts in found.values() for prompt in prompts if _may_move(prompt)]
        if not waiting:
            return
        planning = await planning_for(cycle, self.uow, self.ports)
        held = {(prompt.initiative_id, prompt.role): _holder(prompt) for prompt in waiting}
        asked = await timetable(set(held.values()), planning)
        instead = await stand_ins(held, asked, planning)
        for prompt in waiting:
            holder = _holder(prompt)
            stand_in = instead.get((prompt.initiative_id, prompt.role))
            why_not = "" if stand_in else asked[holder].why_not
            move = Move(prompt, cycle, planning.people[stand_in or holder], holder if stand_in else None)
            await self._place(move, why_not)

    async def _place(self, move: Move, why_not: str) -> None:
        """Let one check-in be with `move.to`, or rest when that one is not there; once it is due it stays."""
        prompt, is_open = move.prompt, self.ports.clock.now() < move.prompt.due_at
        rests = prompt.state is PromptState.EXCUSED
        if why_not in (ABSENT, LEFT):
            if not rests and (is_open or why_not == LEFT):
                await excuse(prompt, why_not, self.uow, self.ports)
                self.done.excused += 1
        elif not why_not and is_open and (rests or prompt.person_id != move.to.id):
            if not rests:
                await refresh_message(prompt, f"left:{_once(prompt, self.ports.clock.now())}", self.uow, self.ports)
            await hand_to(move, self.uow, self.ports)
            if move.on_behalf_of:
                self.done.moved[move.to.id] += 1
            else:
                self.done.returned += 1


def _holder(prompt: Prompt) -> PersonId:
    return prompt.on_behalf_of or prompt.person_id


def _may_move(prompt: Prompt) -> bool:
    """Return whether who is there decides about a check-in: it waits, or rests because nobody was there."""
    return prompt.state in WAITING or (prompt.state is PromptState.EXCUSED and prompt.excused_reason in (ABSENT, LEFT))
