"""What a simulation noted, told as whom it went to, about which initiatives and by which rule."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.domain.cadence import ask_rule
from bot.domain.checkins import Prompt
from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Initiative
from bot.domain.people import Person
from bot.flows.calendars import the_organisation, zone_of
from bot.messages import outbox as words
from bot.messages.foreseen import Arrival, Foreseen
from bot.ports import Ports
from bot.stores import UnitOfWork

ASKING = (DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE)


async def told(arrivals: Iterable[Arrival], ports: Ports) -> list[Foreseen]:
    """Return messages that arrived in a simulation with what is stored of them."""
    async with ports.open_unit_of_work() as uow:
        people = {person.id: person for person in await uow.people.all()}
        teller = _Teller(uow, ports, people, {one.id: one for one in await uow.initiatives.all()})
        return [await teller.tell(one) for one in arrivals]


class _Teller:
    """Looks up what messages were about; what a person is asked in a cycle is read once."""

    def __init__(
        self, uow: UnitOfWork, ports: Ports, people: dict[PersonId, Person], initiatives: dict[InitiativeId, Initiative]
    ) -> None:
        self._uow, self._ports = uow, ports
        self._people, self._initiatives = people, initiatives
        self._asked: dict[tuple[PersonId, str], list[Prompt]] = {}

    async def tell(self, one: Arrival) -> Foreseen:
        """Return a message with whom it went to and what it was about."""
        row = await self._uow.deliveries.get(one.key)
        if row is None:
            raise LookupError("a message without its outbox row")
        person = self._people.get(row.person_id or "")
        zone = zone_of(await the_organisation(self._uow), person)
        about = await self._about(row)
        return Foreseen(
            at=one.at,
            zone=zone if person else await self._zone_of_channel(row, zone),
            name=person.name if person else "",
            where=words.place(one.to.platform, "" if person else one.to.conversation),
            kind=row.kind,
            what=words.what(row),
            about=tuple(dict.fromkeys(initiative.key for initiative, _ in about)),
            why=self._why(row, about) or one.message.fallback,
        )

    async def _zone_of_channel(self, row: Delivery, otherwise: ZoneInfo) -> ZoneInfo:
        place = (row.address.platform, row.address.conversation) if row.address else None
        zones = [p.timezone for p in await self._uow.people.portfolios() if place in p.digest_channels]
        return ZoneInfo(zones[0]) if zones else otherwise

    async def _about(self, row: Delivery) -> list[tuple[Initiative, Prompt]]:
        if row.kind not in ASKING or row.person_id is None:
            return []
        place = (row.person_id, row.subject)
        if place not in self._asked:
            self._asked[place] = await self._uow.check_ins.prompts_of(*place)
        return [(self._initiatives[prompt.initiative_id], prompt) for prompt in self._asked[place]]

    def _why(self, row: Delivery, about: list[tuple[Initiative, Prompt]]) -> str:
        if row.kind is DeliveryKind.CHECKIN_NUDGE:
            return words.STILL_OPEN
        cadence = self._ports.policy.cadence
        rules = [
            (prompt.role, ask_rule(initiative.stage, initiative.lifecycle, prompt.cycle, cadence))
            for initiative, prompt in about
        ]
        return words.asked_as(rules)
