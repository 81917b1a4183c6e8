"""What only Slack does inbound: Bolt's traps, late answers, expired triggers, events, words written to the bot."""

import asyncio
import logging
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.inbound import Inbound, bolt_app
from adapters.slack.interactions import typed
from adapters.slack.platform import SlackPlatform
from bot.domain.people import Handle
from bot.messages import hiccups
from bot.messages.model import Action, Actions, Button, Message, Paragraph, Plain
from bot.messages.words import cleaned
from bot.ports import Done, FormErrors, Interaction, OpenForm, Replace, Reply, Say, WhoAreYou
from tests.adapters.slack.harness import BRISK, SlackHarness, open_harness, settle
from tests.contracts.examples import ANSWER, CHECK_IN, EVERYTHING, SNOOZE
from tests.contracts.harness import Flows

THANKS = Message(title="", blocks=(Paragraph((Plain("Thank you."),)),), fallback="Thank you.")
MORE_NONSENSE = (b"command=%2Fai&team_id=T000000001", b"%00", b"[" * 5000, b'{"type":"event_callback","event":7}')
SLOW = replace(BRISK, patience=0.02)


async def sarah_of(bench: SlackHarness) -> Handle:
    return await bench.member("sarah@northlake.example", "Sarah Chen")


async def with_form(bench: SlackHarness) -> Handle:
    sarah = await sarah_of(bench)
    bench.flows.will(OpenForm(CHECK_IN))
    await bench.command(sarah, "ai", "checkin")
    return sarah


# Bolt


def test_bolt_does_not_poll_for_the_answer() -> None:
    inbound = Inbound(SlackPlatform(AsyncWebClient()), Flows(), BRISK)
    assert bolt_app(AsyncWebClient(), inbound).process_before_response


async def test_a_command_is_answered_in_the_acknowledgement_itself() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        bench.flows.will(Say(THANKS))
        ack = await bench.driver.command(sarah.user, "/ai-status", "sepsis")
        assert ack.body["response_type"] == "ephemeral"
        assert "Thank you." in str(ack.body["blocks"])


async def test_bad_requests_get_their_own_status_and_never_500() -> None:
    async with open_harness() as bench:
        await sarah_of(bench)
        statuses = dict(await bench.refused())
        assert statuses.pop("oversized") == 413
        assert statuses.pop("get") == 405
        assert {statuses.pop(kind) for kind in ("junk_json", "json_array", "junk_payload")} == {400}
        assert set(statuses.values()) == {401}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"payload=%5B%5D",
        b"payload=%7B%7D",
        b"payload=%7B%22type%22%3A%22block_actions%22%7D",
        b"\xff\xfe",
        b"null",
        *MORE_NONSENSE,
    ],
)
async def test_signed_nonsense_is_refused_without_a_500(body: bytes) -> None:
    async with open_harness() as bench:
        for content_type in ("application/x-www-form-urlencoded", "application/json"):
            ack = await bench.driver._send(body, content_type)
            assert ack.status in (400, 404)
        assert bench.flows.seen == []


@pytest.mark.parametrize("body", [b"", b" ", b"payload=", b"payload=null", b"payload=%5B%5D", b"{", b"[1]"])
async def test_a_malformed_body_is_logged_in_one_line(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with open_harness() as bench:
        await sarah_of(bench)
        for content_type in ("application/x-www-form-urlencoded", "application/json"):
            status = (await bench.driver._send(body, content_type)).status
            assert status == 400 or (body.strip() and status == 404)
    assert [record.message for record in caplog.records if record.exc_info] == []


async def test_the_address_is_verified_as_slack_asks() -> None:
    async with open_harness() as bench:
        ack = await bench.driver.verify_url()
        assert ack.status == 200
        assert "fake-challenge" in str(ack.body)


async def test_a_person_of_another_workspace_is_refused() -> None:
    async with open_harness() as bench:
        other = bench.fake.add_workspace("T0000OTHER", name="Elsewhere")
        stranger = bench.fake.add_user(name="Stranger", email="x@other.example", team=other.id)
        ack = await bench.driver.command(stranger.id, "/ai-status", "sepsis")
        assert ack.body["text"] == hiccups.ELSEWHERE
        await bench.driver.write(stranger.id, "status sepsis")
        assert bench.flows.seen == []


async def test_a_guest_of_a_shared_channel_keeps_their_own_workspace() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        ref = await bench.platform.send(await bench.platform.open_direct(sarah), EVERYTHING, {}, "d1")
        bench.fake.users[sarah.user].team = "T0000OTHER"
        bench.fake.workspaces["T0000OTHER"] = bench.fake.workspace
        await bench.press(sarah, ref, SNOOZE)
        assert [seen.sender.tenant for seen in bench.flows.seen] == ["T0000OTHER"]


# Late answers and lost triggers


class Slowly:
    """A flow that answers only when told to."""

    def __init__(self, reply: Reply) -> None:
        self.reply, self.go = reply, asyncio.Event()

    async def __call__(self, interaction: Interaction) -> Reply:
        await self.go.wait()
        return self.reply


async def test_a_slow_command_is_acknowledged_and_answered_later() -> None:
    async with open_harness(SLOW) as bench:
        sarah = await sarah_of(bench)
        bench.dispatch = flow = Slowly(Say(THANKS))
        ack = await bench.driver.command(sarah.user, "/ai-status", "sepsis")
        assert ack.body["text"] == hiccups.ONE_MOMENT
        flow.go.set()
        await settle()
        assert any("Thank you." in words for words in bench.told(sarah))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Say(THANKS), "Thank you."),
        (Done(), hiccups.FINISHED),
        (FormErrors(CHECK_IN, {"progress": "Which site?"}), "Which site?"),
        (OpenForm(replace(CHECK_IN, title="Next one")), "Next one"),
    ],
)
async def test_a_slow_form_keeps_what_was_typed_until_it_is_answered(reply: Reply, words: str) -> None:
    async with open_harness(SLOW) as bench:
        sarah = await with_form(bench)
        bench.dispatch = flow = Slowly(reply)
        ack = await bench.driver.submit(bench.view(sarah), sarah.user, {"status": "red", "progress": "Stuck"})
        assert list(ack.errors.values()) == [hiccups.STILL_SAVING]
        shown = bench.form(sarah)
        assert shown
        assert shown.values["progress"] == "Stuck"
        flow.go.set()
        await settle()
        assert words in bench.view(sarah).readable


async def test_a_slow_form_that_breaks_stays_as_typed() -> None:
    async with open_harness(SLOW) as bench:
        sarah = await with_form(bench)
        bench.flows.will(WhoAreYou(), RuntimeError("secret"))
        await bench.submit(sarah, {"status": "red", "progress": "Stuck"})
        shown = bench.form(sarah)
        assert shown
        assert shown.values["progress"] == "Stuck"
        assert hiccups.KEPT in shown.words


@pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id", "service_unavailable"])
async def test_a_form_that_cannot_open_in_time_asks_to_try_again(code: str) -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        ref = await bench.platform.send(await bench.platform.open_direct(sarah), EVERYTHING, {}, "d1")
        bench.fake.fault("views.open", "error", code=code, times=2)
        bench.flows.will(OpenForm(CHECK_IN), OpenForm(CHECK_IN))
        await bench.press(sarah, ref, ANSWER)
        await bench.command(sarah, "ai", "checkin")
        assert [hiccups.TRY_AGAIN in words for words in bench.told(sarah)].count(True) == 2
        assert bench.fake.counts["views.open"] == 2


async def test_an_account_that_cannot_be_looked_up_is_told_so() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        bench.fake.fault("users.info", "error", code="service_unavailable")
        bench.flows.will(WhoAreYou())
        await bench.command(sarah, "ai-status", "sepsis")
        assert any(hiccups.WENT_WRONG in words for words in bench.told(sarah))


async def test_a_reply_that_cannot_be_given_is_logged_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        ref = await bench.platform.send(await bench.platform.open_direct(sarah), EVERYTHING, {}, "d1")
        bench.fake.fault("response_url", "refuse_500")
        bench.flows.will(Say(THANKS))
        with caplog.at_level(logging.WARNING, logger="adapters.slack"):
            await bench.press(sarah, ref, SNOOZE)
        assert "slack.reply_lost" in [record.message for record in caplog.records]


async def test_stopping_waits_for_what_follows_an_ack() -> None:
    async with open_harness(SLOW) as bench:
        sarah = await sarah_of(bench)
        bench.dispatch = flow = Slowly(Say(THANKS))
        await bench.driver.command(sarah.user, "/ai-status", "sepsis")
        asyncio.get_running_loop().call_soon(flow.go.set)
        await bench.restart()
        assert any("Thank you." in words for words in bench.told(sarah))


async def test_nothing_is_taken_in_before_the_start_and_after_the_end() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        assert bench.served
        connection = bench.served.connection
        await connection.stop()
        assert (await bench.driver.command(sarah.user, "/ai-status", "sepsis")).status == 503
        assert bench.flows.seen == []


# Messages, modals


async def test_an_answer_to_a_button_in_a_thread_stays_in_the_thread() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        leaders = await bench.channel(sarah)
        card = await bench.platform.send(leaders, THANKS, {}, "d1")
        page = await bench.platform.send(replace(leaders, thread=card.message), EVERYTHING, {}, "d2")
        bench.flows.will(Say(THANKS))
        await bench.press(sarah, page, SNOOZE)
        assert bench.fake.responses[-1].body["thread_ts"] == card.message


async def test_a_replacement_changes_an_ephemeral_answer_too() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        leaders = await bench.channel(sarah)
        bench.flows.will(Say(EVERYTHING), Replace(THANKS))
        await bench.command(sarah, "ai-status", "sepsis", leaders)
        (answer,) = bench.fake.ephemeral_to(sarah.user)
        await bench.driver.press(sarah.user, answer, "checkin_snooze")
        await settle()
        assert "Thank you." in bench.fake.ephemeral_to(sarah.user)[0].readable
        assert bench.standing(leaders) == []


async def test_a_button_in_a_closing_modal_changes_that_modal() -> None:
    async with open_harness() as bench:
        sarah = await with_form(bench)
        again = Message(
            title="", blocks=(Actions((Button("Next", Action.CHECKIN_ANSWER, "p2"),)),), fallback="One more waits."
        )
        bench.flows.will(Say(again), OpenForm(replace(CHECK_IN, title="Second")), Say(THANKS))
        await bench.submit(sarah, {"status": "red", "progress": "Stuck"})
        await bench.driver.press(sarah.user, bench.view(sarah), "checkin_answer")
        await settle()
        shown = bench.form(sarah)
        assert shown
        assert shown.title == "Second"


async def test_a_button_of_an_older_version_says_so() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        address = await bench.platform.open_direct(sarah)
        ref = await bench.platform.send(address, EVERYTHING, {}, "d1")
        posted = bench.posted(ref)
        button = next(each for block in posted.blocks for each in block.get("elements", ()) if "action_id" in each)
        button["action_id"] = "gone_long_ago"
        await bench.driver.press(sarah.user, posted, "gone_long_ago")
        await settle()
        assert bench.flows.seen == []
        assert any(hiccups.OLD_BUTTON in words for words in bench.told(sarah))


# Words


def test_commands_are_understood_however_a_phone_writes_them() -> None:
    assert typed(" “claims” &amp; it’s ") == '"claims" & it\'s'
    assert cleaned("a\x00b\ud83d") == "ab�"
    assert cleaned("🧭 \u202e") == "🧭 \u202e"
