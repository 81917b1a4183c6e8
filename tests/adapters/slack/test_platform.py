"""What only Slack's Web API does: no second post, codes as errors, scopes, directory, outages said once."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.slack.errors import RECIPIENT, WORKSPACE, of_code, retry_after
from adapters.slack.platform import SlackPlatform
from bot.domain.deliveries import Address
from bot.domain.people import Handle
from bot.errors import (
    MessageRejected,
    NotAuthorized,
    NotKnowable,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
)
from bot.messages.forms import Form
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import Condition, Sender
from tests.adapters.slack.fake_parts.state import MINIMAL_SCOPES
from tests.adapters.slack.harness import BRISK, SlackHarness, open_harness
from tests.contracts.examples import forms, messages

SHORT = Message(title="", blocks=(Paragraph((Plain("A few words."),)),), fallback="A few words.")
HASTY = replace(BRISK, call=0.3)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LOST_ANSWERS = ("accept_then_reset", "accept_then_500", "fatal_error_after_commit", "bad_json", "accept_then_hang")


async def test_who_is_gone_hidden_or_of_another_workspace_is_told_apart() -> None:
    async with open_harness() as bench:
        sarah, _ = await sarah_and_address(bench)
        assert await slack(bench).still_there(replace(sarah, user="U0000NOBODY")) is False
        assert await slack(bench).still_there(replace(sarah, tenant="T0000OTHER")) is None


async def sarah_and_address(bench: SlackHarness) -> tuple[Handle, Address]:
    sarah = await bench.member("sarah@northlake.example", "Sarah Chen")
    return sarah, await bench.platform.open_direct(sarah)


def slack(bench: SlackHarness) -> SlackPlatform:
    assert isinstance(bench.platform, SlackPlatform)
    return bench.platform


async def lost(bench: SlackHarness, address: Address, fault: str, key: str = "delivery-1") -> None:
    """Send a message and lose its answer."""
    bench.fake.fault("chat.postMessage", fault)
    with pytest.raises(PlatformUnavailable) as caught:
        await bench.platform.send(address, SHORT, {}, key)
    assert caught.value.maybe_sent


@pytest.mark.parametrize("fault", LOST_ANSWERS)
async def test_after_a_lost_answer_the_message_is_found_by_its_mark(fault: str) -> None:
    async with open_harness(HASTY) as bench:
        _, address = await sarah_and_address(bench)
        await lost(bench, address, fault)
        ref = await bench.platform.find_sent(address, "delivery-1", LONG_AGO)
        assert ref
        assert [each.ts for each in bench.fake.posted(address.conversation)] == [ref.message]
        assert len(bench.fake.calls_of("chat.postMessage")) == 1


async def test_a_lost_answer_in_a_thread_is_looked_up_there() -> None:
    async with open_harness(HASTY) as bench:
        _, address = await sarah_and_address(bench)
        card = await bench.platform.send(address, SHORT, {}, "delivery-1")
        below = replace(address, thread=card.message)
        await lost(bench, below, "accept_then_reset", "delivery-2")
        reply = await bench.platform.find_sent(below, "delivery-2", LONG_AGO)
        assert reply
        assert [each.ts for each in bench.fake.posted(address.conversation)] == [card.message, reply.message]
        assert await bench.platform.find_sent(address, "delivery-2", LONG_AGO) is None


@pytest.mark.parametrize("fault", ["refuse_500", "html_503", "reset"])
async def test_what_was_refused_is_certainly_not_there(fault: str) -> None:
    async with open_harness(HASTY) as bench:
        _, address = await sarah_and_address(bench)
        await lost(bench, address, fault)
        assert await bench.platform.find_sent(address, "delivery-1", LONG_AGO) is None
        assert len(bench.fake.calls_of("chat.postMessage")) == 1


async def test_a_message_far_back_is_found_page_by_page_and_too_far_back_nobody_knows() -> None:
    async with open_harness(HASTY) as bench:
        _, address = await sarah_and_address(bench)
        first = await bench.platform.send(address, SHORT, {}, "delivery-0")
        for n in range(1, 40):
            await bench.platform.send(address, SHORT, {}, f"delivery-{n}")
        assert await bench.platform.find_sent(address, "delivery-0", LONG_AGO) == first
        assert len(bench.fake.calls_of("conversations.history")) == 3
        for n in range(40, 160):
            await bench.platform.send(address, SHORT, {}, f"delivery-{n}")
        with pytest.raises(NotKnowable):
            await bench.platform.find_sent(address, "delivery-0", LONG_AGO)


async def test_without_the_right_to_read_nobody_knows() -> None:
    async with open_harness(HASTY) as bench:
        _, address = await sarah_and_address(bench)
        bench.fake.workspace.scopes = set(MINIMAL_SCOPES)
        await lost(bench, address, "accept_then_reset")
        with pytest.raises(NotAuthorized):
            await bench.platform.find_sent(address, "delivery-1", LONG_AGO)
        await bench.platform.send(address, SHORT, {}, "delivery-2")


async def test_nothing_was_sent_when_nobody_listens() -> None:
    async with open_harness(HASTY) as bench:
        _, address = await sarah_and_address(bench)
        slack(bench).client.base_url = "http://127.0.0.1:9/api/"
        with pytest.raises(PlatformUnavailable) as caught:
            await bench.platform.send(address, SHORT, {}, "delivery-1")
        assert not caught.value.maybe_sent


async def test_a_message_carries_its_delivery_and_unfurls_nothing() -> None:
    async with open_harness() as bench:
        _, address = await sarah_and_address(bench)
        ref = await bench.platform.send(address, SHORT, {}, "delivery-1")
        assert bench.posted(ref).metadata == {"event_type": "steward_delivery", "event_payload": {"key": "delivery-1"}}
        (call,) = bench.fake.calls_of("chat.postMessage")
        assert str(call.args["unfurl_links"]) in ("False", "0", "false")
        await bench.platform.update(ref, SHORT, {})
        assert bench.posted(ref).metadata
        assert bench.fake.unknown_arguments == []


async def test_the_bot_asks_who_it_is_once_and_keeps_its_connections() -> None:
    async with open_harness() as bench:
        sarah, address = await sarah_and_address(bench)
        session = slack(bench).client.session
        for number in range(20):
            await bench.command(sarah, "ai-status", "sepsis")
            await bench.platform.send(address, SHORT, {}, f"delivery-{number}")
        assert bench.fake.counts["auth.test"] == 1
        assert slack(bench).client.session is session
        assert session
        assert not session.closed
        assert slack(bench).client.retry_handlers == []


@pytest.mark.parametrize(
    ("given", "seconds"), [("7", 7), ("1.5", 1.5), ("0", 1), ("soon", 30), ("", 30), ("1e9", 3600)]
)
def test_the_time_to_wait_is_read_whatever_it_looks_like(given: str, seconds: float) -> None:
    assert retry_after({"Retry-After": given}) == seconds


async def test_a_fraction_of_a_second_to_wait_is_understood() -> None:
    async with open_harness() as bench:
        _, address = await sarah_and_address(bench)
        bench.fake.fault("chat.postMessage", "429", retry_after="2.5")
        with pytest.raises(RateLimited) as caught:
            await bench.platform.send(address, SHORT, {}, "delivery-1")
        assert caught.value.retry_after == 2.5


def test_codes_are_sorted_by_who_can_act() -> None:
    assert {type(of_code(code)) for code in RECIPIENT} == {RecipientUnreachable}
    assert {type(of_code(code)) for code in WORKSPACE} == {NotAuthorized}
    assert isinstance(of_code("invalid_blocks"), MessageRejected)
    assert isinstance(of_code("a code of next year"), MessageRejected)
    assert not RECIPIENT & WORKSPACE


async def test_what_the_workspace_refuses_is_seen_in_the_right_error() -> None:
    async with open_harness() as bench:
        sarah, address = await sarah_and_address(bench)
        bench.fake.users[sarah.user].deleted = True
        with pytest.raises(RecipientUnreachable):
            await bench.platform.send(address, SHORT, {}, "delivery-1")
        with pytest.raises(RecipientUnreachable):
            await bench.platform.open_direct(sarah)
        bench.fake.workspace.revoked = True
        with pytest.raises(NotAuthorized):
            await bench.platform.send(address, SHORT, {}, "delivery-1")


async def test_guests_bots_and_people_who_left_are_not_found() -> None:
    async with open_harness() as bench:
        team = bench.fake.workspace.id
        bench.fake.add_user(name="Guest", email="guest@x.example", is_restricted=True)
        bench.fake.add_user(name="Bot", email="bot@x.example", is_bot=True)
        bench.fake.add_user(name="Gone", email="gone@x.example", deleted=True)
        for email in ("guest@x.example", "bot@x.example", "gone@x.example", "nobody@x.example"):
            assert await bench.platform.find_person(email) is None
        guest = next(user for user in bench.fake.users.values() if user.name == "Guest")
        profile = await bench.platform.profile(Sender(platform="slack", tenant=team, user=guest.id))
        assert profile.outsider


async def test_a_profile_has_zone_and_locale_and_a_stranger_has_none() -> None:
    async with open_harness() as bench:
        sarah, _ = await sarah_and_address(bench)
        profile = await bench.platform.profile(Sender(platform="slack", tenant=sarah.tenant, user=sarah.user))
        assert (profile.name, profile.timezone, profile.locale) == ("Sarah Chen", "America/Toronto", "en-US")
        stranger = await bench.platform.profile(Sender(platform="slack", tenant="T0000OTHER", user=sarah.user))
        assert (stranger.email, stranger.outsider) == (None, True)


async def test_check_names_the_scope_that_is_missing() -> None:
    async with open_harness() as bench:
        bench.fake.workspace.scopes.remove("im:write")
        health = await bench.platform.check()
        assert health.condition is Condition.NOT_AUTHORIZED
        assert "im:write" in health.detail


async def test_an_outage_is_logged_once_going_and_once_coming_back(caplog: pytest.LogCaptureFixture) -> None:
    async with open_harness() as bench:
        _, address = await sarah_and_address(bench)
        bench.fake.fault("chat.postMessage", "error", code="service_unavailable", times=3)
        with caplog.at_level(logging.INFO, logger="adapters.slack"):
            for _ in range(3):
                with pytest.raises(PlatformUnavailable):
                    await bench.platform.send(address, SHORT, {}, "delivery-1")
            await bench.platform.send(address, SHORT, {}, "delivery-1")
            await bench.platform.send(address, SHORT, {}, "delivery-2")
        assert [record.message for record in caplog.records] == ["slack.unavailable", "slack.available"]


async def test_slack_itself_can_be_asked_about_every_message_and_form() -> None:
    async with open_harness() as bench:
        examples: list[Message | Form] = [*messages().values(), *forms().values()]
        for content in examples:
            assert await slack(bench).refusal(content) == ""
        bench.fake.fault("blocks.validate", "error", code="invalid_blocks")
        assert await slack(bench).refusal(SHORT) == "invalid_blocks"
