"""What an administrator does in chat, on every platform."""

from dataclasses import replace

from bot.domain.deliveries import DeliveryState
from bot.domain.people import OrgRole
from tests.builders import a_delivery, store
from tests.e2e.harness import World
from tests.e2e.people import ANA, RUTH
from tests.e2e.test_journeys_of_people import ana_is_asked


async def test_a_message_that_was_given_up_is_tried_again(world: World) -> None:
    await ana_is_asked(world)
    dead = a_delivery("2026-W49", RUTH.id, "1", to=RUTH.id, state=DeliveryState.DEAD, reason="user_disabled")
    admin = replace(ANA, org_roles=frozenset({OrgRole.ADMIN}))
    await store(world.database, admin, dead)
    assert "Only administrators" in await world.command(RUTH, "/ai undelivered")
    told = await world.command(ANA, "/ai undelivered")
    assert "1 message not delivered" in told
    assert RUTH.name in told
    assert f"The message for {RUTH.name} is given up." in await world.press_told(ANA, "Discard")
    assert "Everything that was due has been delivered" in await world.command(ANA, "/ai undelivered")
