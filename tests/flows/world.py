"""A small organisation on a real database, for tests of flows: people act in it as `dispatch` would let them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cadence import Cycle, cycle_of
from bot.domain.calendar import Calendar
from bot.domain.checkins import Commitment, Prompt, PromptState, Rag, Response, prompt_id
from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.events import Link
from bot.domain.ownership import Role
from bot.domain.people import Person
from bot.domain.policy import CadencePolicy
from bot.domain.raid import Raid
from bot.flows import answering, checkins
from bot.messages.model import Action
from bot.playbook.load import load_questions
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Profile, Reply, Sender
from bot.stores import UnitOfWork
from storage.engine import Database
from tests.builders import (
    ANA,
    SEPSIS,
    WEEK,
    a_handle,
    a_person,
    a_portfolio,
    a_prompt,
    a_response,
    an_assignment,
    an_initiative,
    an_organisation,
    store,
)
from tests.fakes.frozen_clock import FrozenClock

BEN, CLEO, DANA = "ben-vale", "cleo-ray", "dana-whitfield"
QUESTIONS = load_questions()
Values = Mapping[str, str | list[str]]
Flow = Callable[..., Awaitable[Reply]]


def the_cycle(week: str = WEEK) -> Cycle:
    """Return the cycle of a week without holidays in Chicago: W48 opens Thu 26 Nov and is due Fri 27 Nov."""
    cycle = cycle_of(week, Calendar(frozenset(range(5))), ZoneInfo("America/Chicago"), CadencePolicy())
    assert cycle is not None
    return cycle


class World:
    """
    Northlake: Ana is technical lead of SEPSIS, Dana its sponsor, Ben its operations leader; Cleo owns nothing yet.

    `ports` and `clock` (Thursday 26 Nov 2026, 10:00 in Chicago) are those the flows get.
    """

    def __init__(self, database: Database, ports: Ports, clock: FrozenClock) -> None:
        self.database, self.clock = database, clock
        self.ports = replace(ports, questions=QUESTIONS)
        self._acts = 0

    async def settle(self) -> "World":
        """Store who and what there is."""
        people = [a_person(name) for name in ("Ana Ortiz", "Ben Vale", "Cleo Ray", "Dana Whitfield")]
        await store(self.database, an_organisation(), *people, a_portfolio(), an_initiative())
        await store(self.database, *(a_handle(person.id) for person in people))
        roles = {ANA: Role.TECHNICAL_LEAD, DANA: Role.BUSINESS_SPONSOR, BEN: Role.OPERATIONS_LEADER}
        await store(self.database, *(an_assignment(role=role, person_id=who) for who, role in roles.items()))
        return self

    async def has(self, *records: object) -> None:
        """Store records."""
        await store(self.database, *records)

    async def asks(self, role: Role = Role.TECHNICAL_LEAD, person_id: str = ANA, **changes: object) -> Prompt:
        """Store this week's cycle and a prompt that was sent; return it."""
        await store(self.database, the_cycle())
        due_at = datetime(2026, 11, 27, 21, tzinfo=UTC)
        base = a_prompt(role=role, person_id=person_id, state=PromptState.SENT, due_at=due_at)
        prompt = replace(base, **changes)  # type: ignore[arg-type]
        await store(self.database, prompt)
        return prompt

    async def answered_before(self, weeks_ago: int = 1, role: Role = Role.TECHNICAL_LEAD, **changes: object) -> Prompt:
        """Store an answered prompt of an earlier week, Green unless told otherwise."""
        week = f"2026-W{48 - weeks_ago}"
        answers = changes.pop("answers", {"rag_model": "Green"})
        asked = changes.pop("asked", {"rag_model": True})
        base = a_prompt(role=role, cycle=week, state=PromptState.ANSWERED, rag=Rag.GREEN, revision=1)
        prompt = replace(base, answered_at=self.clock.now(), **changes)  # type: ignore[arg-type]
        await store(self.database, the_cycle(week), prompt)
        await store(self.database, a_response(prompt, answers=answers, asked=asked, unchanged=prompt.unchanged))
        return prompt

    async def act(self, flow: Flow, interaction: object, who: str = ANA) -> Reply:
        """Run a flow for a person in one transaction, committed unless it shows a form's errors."""
        async with self.ports.open_unit_of_work() as uow:
            asker = await uow.people.get(who)
            reply = await flow(interaction, asker, uow, self.ports)
            if not isinstance(reply, FormErrors):
                await uow.commit()
        return reply

    async def form_of(self, prompt: Prompt, who: str = ANA) -> OpenForm:
        """Return the form a person sees when they press Answer."""
        reply = await self.act(checkins.show_form, self.pressed(Action.CHECKIN_ANSWER, prompt.id, who), who)
        assert isinstance(reply, OpenForm)
        return reply

    async def answered(self, prompt: Prompt, values: Values, who: str = ANA) -> Reply:
        """Let a person open the form of a check-in and send it."""
        form = await self.form_of(prompt, who)
        return await self.act(answering.answer, self.sent(form, values, who), who)

    async def completed(self, form: Reply, values: Values, who: str = ANA) -> Reply:
        """Let a person send the second form."""
        assert isinstance(form, OpenForm | FormErrors)
        return await self.act(answering.follow_up, self.sent(form, values, who), who)

    def sender(self, who: str = ANA, profile: Profile | None = None) -> Sender:
        """Return the Slack account of a person in their direct chat."""
        return Sender(platform="slack", tenant="T1", user=f"U-{who}", direct=True, profile=profile)

    def pressed(self, action: Action, value: str, who: str = ANA) -> ActionPressed:
        """Return a button pressed."""
        self._acts += 1
        return ActionPressed(sender=self.sender(who), action=action, value=value, id=f"act-{self._acts}")

    def sent(self, form: OpenForm | FormErrors, values: Values, who: str = ANA) -> FormSubmitted:
        """Return a form that was shown, filled in with `values`."""
        self._acts += 1
        shown = form.form
        return FormSubmitted(
            sender=self.sender(who), form=shown.name, state=shown.state, values=values, id=f"act-{self._acts}"
        )

    async def person(self, who: str) -> Person:
        """Return a person as stored."""
        async with self.ports.open_unit_of_work() as uow:
            found = await uow.people.get(who)
        assert found is not None
        return found

    async def prompt(self, role: Role = Role.TECHNICAL_LEAD, week: str = WEEK, about: str = SEPSIS) -> Prompt:
        """Return a prompt as stored."""
        async with self.ports.open_unit_of_work() as uow:
            found = await uow.check_ins.prompt(prompt_id(week, about, role))
        assert found is not None
        return found

    async def response(self, prompt: Prompt) -> Response:
        """Return the newest answers to a prompt."""
        async with self.ports.open_unit_of_work() as uow:
            found = await uow.check_ins.response(prompt.id)
        assert found is not None
        return found

    async def commitments(self) -> list[Commitment]:
        """Return every promise."""
        async with self.ports.open_unit_of_work() as uow:
            return await uow.commitments.all()

    async def raids(self) -> list[Raid]:
        """Return every blocker and ask."""
        async with self.ports.open_unit_of_work() as uow:
            return await uow.raids.all()

    async def delivery(self, *key: str, kind: DeliveryKind) -> Delivery | None:
        """Return an outbox row by kind and key."""
        async with self.ports.open_unit_of_work() as uow:
            return await uow.deliveries.by_key(":".join((kind, *key)))

    async def updates(self, who: str, week: str = WEEK) -> int:
        """Return how many updates of a person's list wait to be sent."""
        async with self.ports.open_unit_of_work() as uow:
            rows = await waiting(uow, self.clock.now())
        mine = [row for row in rows if row.kind is DeliveryKind.CHECKIN_UPDATE and row.subject == week]
        return len([row for row in mine if row.person_id == who])

    async def events(self) -> list[Link]:
        """Return the audit chain."""
        async with self.ports.open_unit_of_work() as uow:
            return await uow.events.links(0, 1000)


async def waiting(uow: UnitOfWork, now: datetime) -> list[Delivery]:
    """Return the outbox rows that are due, by claiming them in a unit of work that is not committed."""
    return await uow.deliveries.claim(now, "test", timedelta(minutes=1), 1000)
