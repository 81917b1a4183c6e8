"""Saying that one is away or back, and looking at what became of it."""

from datetime import date

from bot.domain.checkins import Prompt, PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.people import Absence
from bot.flows import cycles
from bot.flows.presence import absences
from bot.messages.model import Action, Message
from bot.ports import Command, Replace, Reply, Say
from tests.builders import ANA, WEEK
from tests.flows.world import CLEO, World


def message_of(reply: Reply) -> Message:
    assert isinstance(reply, Say | Replace)
    return reply.message


async def away(world: World, words: str, who: str = ANA) -> str:
    command = Command(sender=world.sender(who), name="ai", text=f"away {words}", id="c")
    return message_of(await world.act(absences.away, command, who)).fallback


async def back(world: World, who: str = ANA) -> str:
    command = Command(sender=world.sender(who), name="ai", text="back", id="c")
    return message_of(await world.act(absences.back, command, who)).fallback


async def declined(world: World, who: str = CLEO) -> Reply:
    (absence,) = await stored(world)
    return await world.act(absences.decline, world.pressed(Action.STAND_IN_DECLINE, absence.id, who), who)


async def stored(world: World, who: str = ANA) -> list[Absence]:
    async with world.ports.open_unit_of_work() as uow:
        return await uow.people.absences([who], date(2020, 1, 1), date(2030, 1, 1))


def place(prompt: Prompt) -> tuple[str, str | None, PromptState]:
    return prompt.person_id, prompt.on_behalf_of, prompt.state


async def prompt_row(world: World, who: str) -> DeliveryState | None:
    row = await world.delivery(WEEK, who, kind=DeliveryKind.CHECKIN_PROMPT)
    return row.state if row else None


async def opened(world: World) -> None:
    """Plan the week on its Thursday at ten, before anything is sent."""
    await cycles.open_due(world.ports)
