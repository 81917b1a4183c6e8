"""Asking `/ai-status` in a `World`, and reading the answer."""

from bot.domain.people import Visibility
from bot.flows import status
from bot.messages.model import Action, Message
from bot.ports import Command, Profile, Replace, Reply, Say
from tests.builders import ANA, an_initiative
from tests.flows.world import World
from tests.messages.test_status import lines_of

MERGER = an_initiative("MERGER", name="Merger target screening", visibility=Visibility.RESTRICTED)


async def ask(world: World, text: str, who: str = ANA, profile: Profile | None = None) -> Reply:
    command = Command(sender=world.sender(who, profile), name="ai-status", text=text, id="c")
    return await status.show(command, world.ports)


async def press(world: World, action: Action, value: str, who: str = ANA) -> Reply:
    return await status.press(world.pressed(action, value, who), world.ports)


def message_of(reply: Reply) -> Message:
    assert isinstance(reply, Say | Replace)
    return reply.message


def text_of(reply: Reply) -> str:
    return "\n".join(lines_of(message_of(reply)))
