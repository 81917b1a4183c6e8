"""People on two platforms: known on both, moving from one to the other, and the cards they have there."""

from dataclasses import replace

from bot.domain.checkins import PromptState
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.domain.people import HandleStatus
from bot.messages.model import Message
from tests.builders import ANA, WEEK, a_handle
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.office import Office

PROMPT, NUDGE, UPDATE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE, DeliveryKind.CHECKIN_UPDATE
GREEN = {"rag_model": "Green"}


async def known_on_teams(office: Office, *people: str) -> None:
    for who in people:
        await office.world.has(a_handle(who, platform="teams", tenant="E1", user=f"T-{who}"))


async def prefers(office: Office, who: str, platform: str) -> None:
    await office.world.has(replace(await office.world.person(who), preferred_platform=platform))


async def loses_slack(office: Office, who: str, status: HandleStatus = HandleStatus.DEACTIVATED) -> None:
    await office.world.has(a_handle(who, status=status))


def cards(platform: RecordingPlatform, who: str) -> list[Message]:
    mine = {direct(f"U-{who}"), direct(f"T-{who}")}
    return [one.message for one in platform.sent if one.to.conversation in mine]


def is_done(message: Message) -> bool:
    return "all answered" in message.fallback or "Nothing of this" in message.fallback


async def asked_on_slack_and_reminded_on_teams(office: Office) -> None:
    """Let Ana be asked on Slack, move to Teams, and be reminded there."""
    await office.world.asks(state=PromptState.SCHEDULED)
    await office.plans(PROMPT)
    await office.until_idle()
    await known_on_teams(office, ANA)
    await prefers(office, ANA, "teams")
    await office.plans(NUDGE, WEEK, ANA, "1")
    await office.until_idle()


async def row_states(office: Office, rows: list[Delivery]) -> list[DeliveryState]:
    return [(await office.row(row)).state for row in rows]


async def states(office: Office, who: str, *kinds: DeliveryKind) -> set[DeliveryState]:
    return {row.state for row in await office.rows_to(who) if row.kind in kinds}
