"""Fault 10: the disk is full. Nothing is sent that could not be noted before, and work goes on when there is room."""

from pathlib import Path

import pytest

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.errors import Unavailable
from tests.builders import ANA, WEEK, a_person
from tests.flows.office import Office


def fill(place: Path) -> Path:
    """Take all the room there is; return the file that holds it."""
    ballast = place / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)
    except OSError:
        return ballast


async def test_nothing_is_sent_without_an_intent_and_everything_once_there_is_room(
    cramped: Office, small_disk: Path
) -> None:
    await cramped.world.asks()
    row = await cramped.plans(DeliveryKind.CHECKIN_NUDGE, WEEK, ANA, "1")
    ballast = fill(small_disk)
    for _ in range(3):
        with pytest.raises(Unavailable, match="full"):
            await cramped.deliver()
    with pytest.raises(Unavailable, match="full"):
        await cramped.world.has(a_person("Zoe New"))
    assert cramped.slack.sent == []
    assert (await cramped.row(row)).state is DeliveryState.PENDING
    ballast.unlink()
    await cramped.until_idle()
    assert len(cramped.slack.sent) == 1
    assert (await cramped.row(row)).state is DeliveryState.SENT


async def test_room_that_ends_while_a_message_is_under_way_doubles_nothing(cramped: Office, small_disk: Path) -> None:
    await cramped.world.asks()
    row = await cramped.plans(DeliveryKind.CHECKIN_NUDGE, WEEK, ANA, "1")

    async def ends() -> None:
        fill(small_disk)

    cramped.slack.fail("send", ends)
    await cramped.deliver()
    assert len(cramped.slack.sent) == 1
    assert (await cramped.row(row)).state is DeliveryState.SENDING
    (small_disk / "ballast").unlink()
    cramped.clock.advance(minutes=5)
    await cramped.until_idle()
    assert len(cramped.slack.sent) == 1
    assert (await cramped.row(row)).state in (DeliveryState.SENT, DeliveryState.UNKNOWN)
