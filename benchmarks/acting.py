"""People in a simulation: they get messages on a platform that only notes them, and press, fill in and send in time."""

import heapq
import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cli.simulation import Play
from bot.dispatch import build_dispatch
from bot.domain.calendar import local_instant
from bot.domain.ids import PersonId, PromptId
from bot.flows.cycles import FIRST_ZONE
from bot.messages.foreseen import Arrival
from bot.messages.forms import ChoiceField, DateField, Field, Form, PersonField, TextField
from bot.messages.model import Action, buttons_of
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Reply, Sender
from scheduler.beats import BEATS, DISPATCH
from scheduler.runner import next_due, run_due_once

TENANT = "T1"
DAY = timedelta(days=1)
RHYTHM = tuple(beat for beat in BEATS if beat.name in ("close", "plan", "dispatch"))
NUMBER = "92"
"""What is typed where words or a number are wanted: it is both."""
Act = Callable[[], Awaitable[None]]


def direct(person_id: PersonId) -> str:
    """Return somebody's conversation with the bot."""
    return f"D-{person_id}"


def asks_of(arrival: Arrival) -> list[PromptId]:
    """Return the check-ins a message asks for an answer to."""
    return [b.value for b in buttons_of(arrival.message) if (b.action, b.label) == (Action.CHECKIN_ANSWER, "Answer")]


def offers_of(arrival: Arrival) -> list[str]:
    """Return the roles a message offers."""
    return [button.value for button in buttons_of(arrival.message) if button.action is Action.ROLE_ACCEPT]


@dataclass
class Crew:
    """
    Everybody who acts: `answered` tells when each check-in got its first answer, `refused` counts acts that came to
    nothing. `heard` is called with every message to a person and may plan acts.
    """

    play: Play
    chance: random.Random
    heard: Callable[[PersonId, Arrival], None]
    answered: dict[PromptId, datetime] = field(default_factory=dict)
    refused: int = 0
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    def after(self, delay: timedelta, act: Act) -> None:
        """Plan an act some time from now."""
        heapq.heappush(self._acts, (self.play.clock.now() + delay, next(self._count), act))

    async def live(self, until: datetime) -> list[tuple[PersonId, Arrival]]:
        """
        Let time pass with everything that is due and planned; return the messages to people, in order.

        The clock stops where a message is due or somebody acts, and daily where cycles are planned and closed; once a
        day all beats run, else those of the rhythm.
        """
        clock, ports, arrived = self.play.clock, self.play.ports, list[tuple[PersonId, Arrival]]()
        organisation = await ports.reads.organisation()
        daily = ((FIRST_ZONE, time(0)), (ZoneInfo(organisation.timezone), ports.policy.cadence.closes_at))
        while (now := clock.now()) < until:
            days = [(now.astimezone(zone).date() + n * DAY, at, zone) for zone, at in daily for n in range(2)]
            due = await next_due(ports)
            stops = [
                *(local_instant(*day) for day in days),
                *([due] if due else []),
                *(act[0] for act in self._acts[:1]),
            ]
            clock.move_to(min([at for at in stops if at > now] + [until]))
            await run_due_once(ports, RHYTHM if clock.now().date() == now.date() else BEATS)
            arrived += self._taken()
            if await self._act():
                await run_due_once(ports, (DISPATCH,))
        return arrived

    async def _act(self) -> int:
        """Do what is planned for now; return how much that was."""
        count = 0
        while self._acts and self._acts[0][0] <= self.play.clock.now():
            await heapq.heappop(self._acts)[2]()
            count += 1
        return count

    def _taken(self) -> list[tuple[PersonId, Arrival]]:
        taken = [one for one in self.play.taken() if one.to.conversation.startswith("D-")]
        found = [(one.to.conversation.removeprefix("D-"), one) for one in taken]
        for person_id, arrival in found:
            self.heard(person_id, arrival)
        return found

    async def press(self, who: PersonId, action: Action, value: str, to: PersonId = "") -> Reply:
        """Press a button and fill in whatever form comes of it, for a colleague `to` where it asks for one."""
        dispatch, sender = build_dispatch(self.play.ports), _sender(who)
        reply = await dispatch(ActionPressed(sender=sender, action=action, value=value, id=self._id()))
        while isinstance(reply, OpenForm):
            form = reply.form
            values = {item.name: filled for item in form.fields if (filled := self._filled(item, form, to))}
            sent = FormSubmitted(sender=sender, form=form.name, state=form.state, values=values, id=self._id())
            reply = await dispatch(sent)
        if isinstance(reply, FormErrors):
            self.refused += 1
        return reply

    async def answer(self, who: PersonId, prompt: PromptId) -> None:
        """Answer a check-in, as far as that is still possible."""
        await self.press(who, Action.CHECKIN_ANSWER, prompt)
        async with self.play.ports.open_unit_of_work() as uow:
            stored = await uow.check_ins.prompt(prompt)
        if stored and stored.answered_at:
            self.answered.setdefault(prompt, stored.answered_at)
        else:
            self.refused += 1

    def _filled(self, item: Field, form: Form, to: PersonId) -> str | list[str]:
        match item:
            case ChoiceField(multiple=True, options=options):
                return [value for value, _ in options if self.chance.random() < 0.7]
            case ChoiceField(options=options, initial=initial, optional=optional):
                colour = item.name.startswith("rag")
                keep = initial[0] if initial else "" if optional else options[0][0]
                return self.chance.choice(options)[0] if colour else keep
            case TextField(initial=initial, optional=optional):
                return initial or ("" if optional else NUMBER)
            case DateField(optional=optional):
                return "" if optional else (self.play.clock.now() + timedelta(days=7)).date().isoformat()
            case PersonField(optional=optional):
                return "" if optional and not to else f"{to}@quarter.example"
            case _:
                raise LookupError(f"nobody knows how to fill in {form.name}")

    def _id(self) -> str:
        return f"act-{next(self._count)}"


def _sender(who: PersonId) -> Sender:
    return Sender(platform="slack", tenant=TENANT, user=f"U-{who}", direct=True, conversation=direct(who))
