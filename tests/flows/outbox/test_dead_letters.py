"""`/ai undelivered`: dead letters and those in doubt are listed, tried again or given up, by administrators only."""

from dataclasses import replace

import pytest

from bot.dispatch import build_dispatch
from bot.domain.checkins import PromptState
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.domain.people import OrgRole
from bot.errors import MessageRejected
from bot.messages.model import Action, buttons_of
from bot.ports import Command, Replace, Reply, Say
from tests.builders import ANA, WEEK
from tests.flows.asking import text_of
from tests.flows.office import Office
from tests.flows.world import CLEO, DANA

PROMPT = DeliveryKind.CHECKIN_PROMPT


@pytest.fixture
async def lost(office: Office) -> Delivery:
    """Cleo administers Steward; Ana's check-in was refused by the platform."""
    await office.world.has(replace(await office.world.person(CLEO), org_roles=frozenset({OrgRole.ADMIN})))
    await office.world.asks(state=PromptState.SCHEDULED)
    row = await office.plans(PROMPT)
    office.slack.fail("send", MessageRejected("invalid_blocks"))
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.DEAD
    office.slack.sent.clear()
    return row


async def listed(office: Office, who: str = CLEO) -> Reply:
    command = Command(
        sender=office.world.sender(who), name="ai", text="undelivered", id=f"c-{who}-{office.clock.now()}"
    )
    return await build_dispatch(office.ports)(command)


async def pressed(office: Office, action: Action, row: Delivery, who: str = CLEO) -> str:
    reply = await build_dispatch(office.ports)(office.world.pressed(action, row.id, who))
    assert isinstance(reply, Replace | Say)
    return reply.message.fallback


async def test_a_dead_letter_is_listed_with_whom_why_and_when(office: Office, lost: Delivery) -> None:
    reply = await listed(office)
    assert isinstance(reply, Say)
    said = text_of(reply)
    assert "1 message not delivered" in said
    assert "Ana Ortiz" in said
    assert "given up after 1 attempt, because “invalid_blocks”" in said
    assert [button.label for button in buttons_of(reply.message)] == ["Try again", "Discard"]
    assert lost.id in {button.value for button in buttons_of(reply.message)}


async def test_tried_again_it_arrives_once(office: Office, lost: Delivery) -> None:
    assert "tried again now for Ana Ortiz" in await pressed(office, Action.UNDELIVERED_RETRY, lost)
    assert "Somebody has seen to this" in await pressed(office, Action.UNDELIVERED_RETRY, lost)
    await office.until_idle()
    assert len(office.slack.sent_to("U-ana-ortiz")) == 1
    assert (await office.row(lost)).state is DeliveryState.SENT
    assert (await office.world.prompt()).state is PromptState.SENT
    assert "delivery.retried" in [event.action for event in await office.world.events()]


async def test_what_is_not_needed_any_more_is_not_sent_after_all(office: Office, lost: Delivery) -> None:
    await office.world.answered(await office.world.prompt(), {"rag_model": "Green", "blocker_tech": "none"})
    await pressed(office, Action.UNDELIVERED_RETRY, lost)
    await office.until_idle()
    assert office.slack.sent_to("U-ana-ortiz") == []
    assert (await office.row(lost)).state is DeliveryState.SUPERSEDED


async def test_given_up_it_is_listed_no_more(office: Office, lost: Delivery) -> None:
    assert "given up" in await pressed(office, Action.UNDELIVERED_DISCARD, lost)
    stored = await office.row(lost)
    assert (stored.state, stored.reason) == (DeliveryState.SUPERSEDED, "discarded")
    assert "Everything that was due has been delivered" in text_of(await listed(office))
    assert "delivery.discarded" in [event.action for event in await office.world.events()]


@pytest.mark.parametrize("action", [Action.UNDELIVERED_RETRY, Action.UNDELIVERED_DISCARD])
async def test_nobody_else_sees_or_changes_it(office: Office, lost: Delivery, action: Action) -> None:
    before = await office.row(lost)
    assert "Only administrators" in text_of(await listed(office, DANA))
    assert "Only administrators" in await pressed(office, action, lost, DANA)
    assert await office.row(lost) == before


async def test_what_was_sent_is_not_sent_again_by_an_old_button(office: Office, lost: Delivery) -> None:
    sent = await office.plans(DeliveryKind.CHECKIN_NUDGE, WEEK, ANA, "1", state=DeliveryState.SENT)
    assert "Somebody has seen to this" in await pressed(office, Action.UNDELIVERED_RETRY, sent)
    assert (await office.row(sent)).state is DeliveryState.SENT
    assert (await office.row(lost)).state is DeliveryState.DEAD


async def test_what_is_in_doubt_is_listed_with_a_warning(office: Office, lost: Delivery) -> None:
    await office.plans(DeliveryKind.CHECKIN_NUDGE, WEEK, ANA, "1", state=DeliveryState.UNKNOWN, reason="timeout")
    said = text_of(await listed(office))
    assert "2 messages not delivered" in said
    assert "may be there twice" in said
    assert lost.id
