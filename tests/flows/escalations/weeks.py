"""A small organisation with leaders, in which weeks go by: asked, reminded, closed, escalated."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import local_instant
from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.escalation import Escalation, LadderCode, Notice
from bot.domain.escalation import Ladders as Given
from bot.domain.ownership import AssignmentState, Role, RoleAssignment
from bot.flows import cycles, offers, ownership
from bot.flows.escalations.climbing import climb
from bot.messages.model import Action, Button, Message, buttons_of
from bot.playbook.ladders import load_ladders
from bot.ports import FormErrors, Reply
from tests.builders import SEPSIS, a_handle, a_person, a_portfolio, an_assignment
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.office import UNPACED, Office
from tests.flows.world import Flow, World

CHICAGO = ZoneInfo("America/Chicago")
LEE, EVE, MAX = "lee-lead", "eve-executive", "max-manager"
THURSDAY, FRIDAY, MONDAY = date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7)
"""Of the first week: 2026-W49, which closes on the Monday."""
ANA_S = {"rag_model": "Green", "blocker_tech": "none"}


class Ladders:
    """
    Ana leads the technology of SEPSIS, Dana sponsors it, Ben leads operations; Lee leads the portfolio, Eve is its
    executive, Max is Dana's manager. Time only goes forward, and everything due is done when it gets somewhere.
    """

    def __init__(self, world: World) -> None:
        names = ("ana-ortiz", "ben-vale", "cleo-ray", "dana-whitfield", LEE, EVE, MAX)
        self.slack = RecordingPlatform(directory={f"{name}@northlake.example": f"U-{name}" for name in names})
        self.office = Office(world, self.slack, paces=UNPACED)
        self.world, self.clock = world, world.clock
        self.works_by(load_ladders())
        self._read: dict[str, int] = {}

    def works_by(self, ladders: Given) -> None:
        """Let these ladders be in force."""
        self.ports = self.office.ports = self.world.ports = replace(self.office.ports, ladders=ladders)

    async def settle(self) -> "Ladders":
        """Store the leaders."""
        leaders = [a_person(name) for name in ("Lee Lead", "Eve Executive", "Max Manager")]
        dana = replace(await self.world.person("dana-whitfield"), manager_id=MAX)
        await self.world.has(*leaders, *(a_handle(each.id) for each in leaders), dana)
        await self.world.has(a_portfolio(lead_id=LEE, executive_id=EVE))
        return self

    async def until(self, day: date, at: str = "09:00") -> None:
        """Let time pass, hour by hour where anything may happen, until a local time in Chicago."""
        to = local_instant(day, time.fromisoformat(at), CHICAGO)
        while self.clock.now() < to:
            local = self.clock.now().astimezone(CHICAGO)
            self.clock.set(min(to, self._next_stop(local)))
            await self.tick()

    def _next_stop(self, local: datetime) -> datetime:
        """Return the next of the hours of a day at which anything is planned, in Chicago."""
        stops = (time(0, 5), time(8, 5), time(10, 5), time(15, 5), time(17, 0))
        for day in (local.date(), local.date() + timedelta(days=1)):
            for stop in stops:
                at = local_instant(day, stop, CHICAGO)
                if at > local:
                    return at
        raise AssertionError("a day has hours")

    async def tick(self) -> None:
        """Run the beats."""
        await cycles.close_due(self.ports)
        await cycles.open_due(self.ports)
        await climb(self.ports)
        await offers.expire_unanswered(self.ports)
        await self.office.until_idle()

    def read(self, who: str, about: str = "") -> list[Message]:
        """Return the messages to a person since they were last read, those with these words in them."""
        everything = [one.message for one in self.slack.sent if one.to.conversation == direct(f"U-{who}")]
        fresh, self._read[who] = everything[self._read.get(who, 0) :], len(everything)
        return [message for message in fresh if about in message.title]

    def escalated_to(self, *people: str) -> dict[str, int]:
        """Return how many escalation messages each person got since they were last read, those who got any."""
        found = {who: len(self.read(who, "open point")) for who in people or EVERYBODY}
        return {who: count for who, count in found.items() if count}

    async def open_ones(self, ladder: LadderCode | None = None) -> list[Escalation]:
        """Return the open escalations."""
        async with self.ports.open_unit_of_work() as uow:
            found = await uow.escalations.open_ones()
        return [one for one in found if ladder in (None, one.ladder)]

    async def the_one(self) -> Escalation:
        """Return the only open escalation."""
        (found,) = await self.open_ones()
        return found

    async def level(self) -> int | None:
        """Return the level of the only open escalation, None without one."""
        found = await self.open_ones()
        assert len(found) <= 1, found
        return found[0].level if found else None

    async def notices(self, escalation: Escalation) -> list[Notice]:
        """Return who is to hear of an escalation."""
        async with self.ports.open_unit_of_work() as uow:
            return await uow.escalations.notices_of([escalation.id])

    async def pressed(self, label: str, who: str, flow: Flow) -> Reply:
        """Let a person press a button of their newest escalation message."""
        button = self.button(label, who)
        return await self.world.act(flow, self.world.pressed(button.action, button.value, who), who)

    def button(self, label: str, who: str) -> Button:
        """Return a button of a person's newest escalation message."""
        standing = [one.message for one in self.slack.sent if one.to.conversation == direct(f"U-{who}")]
        told = [message for message in standing if "open point" in message.title]
        found = [button for button in buttons_of(told[-1]) if button.label == label]
        assert found, f"no {label!r} for {who}: {[button.label for button in buttons_of(told[-1])]}"
        return found[0]

    def labels(self, who: str) -> list[str]:
        """Return the buttons of a person's newest message."""
        standing = [one.message for one in self.slack.sent if one.to.conversation == direct(f"U-{who}")]
        return [button.label for button in buttons_of(standing[-1])]

    async def offered(
        self, who: str, role: Role = Role.TECHNICAL_LEAD, by: str = LEE, about: str = SEPSIS
    ) -> RoleAssignment:
        """Store an offer of a role to a person, and its message to them."""
        today = self.clock.now().astimezone(CHICAGO).date()
        offer = an_assignment(about, role=role, person_id=who, state=AssignmentState.PROPOSED, accepted_at=None)
        offer = replace(offer, id=f"offer-{role}-{who}", valid_from=today, assigned_by=by)
        asker = await self.world.person(by)
        async with self.ports.open_unit_of_work() as uow:
            await ownership.propose(offer, asker, uow, self.ports)
            await uow.commit()
        await self.tick()
        return offer

    async def accepted(self, offer: RoleAssignment, who: str) -> Reply:
        """Let a person accept an offer."""
        return await self.world.act(ownership.accept_role, self.world.pressed(Action.ROLE_ACCEPT, offer.id, who), who)

    async def vacated(self, role: Role = Role.OPERATIONS_LEADER, who: str = "ben-vale") -> None:
        """End a role today, with nobody to follow."""
        today = self.clock.now().astimezone(CHICAGO).date()
        held = an_assignment(role=role, person_id=who)
        await self.world.has(replace(held, state=AssignmentState.ENDED, valid_to=today))

    async def row(self, kind: DeliveryKind, *key: str) -> Delivery | None:
        """Return an outbox row."""
        return await self.world.delivery(*key, kind=kind)

    async def actions(self) -> list[str]:
        """Return what the audit log says of escalations."""
        return [link.action for link in await self.world.events() if link.action.startswith("escalation.")]


EVERYBODY = ("ana-ortiz", "ben-vale", "cleo-ray", "dana-whitfield", LEE, EVE, MAX)


def refused(reply: Reply) -> dict[str, str]:
    """Return the sentences at the fields of a form that was not taken."""
    assert isinstance(reply, FormErrors)
    return dict(reply.errors)
