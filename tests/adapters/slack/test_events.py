"""Events of Slack: words written to the bot, people and channels it meets, the end of an installation."""

import pytest

from bot.domain.people import Handle
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import BotAdded, Command, OpenForm, Say, WhoAreYou
from tests.adapters.slack.harness import SlackHarness, open_harness, settle
from tests.contracts.examples import CHECK_IN

THANKS = Message(title="", blocks=(Paragraph((Plain("Thank you."),)),), fallback="Thank you.")


async def sarah_of(bench: SlackHarness) -> Handle:
    return await bench.member("sarah@northlake.example", "Sarah Chen")


@pytest.mark.parametrize(
    ("written", "name", "text"),
    [
        ("status sepsis", "ai-status", "sepsis"),
        ("  Status   Sepsis &amp; Stroke ", "ai-status", "Sepsis & Stroke"),
        ("/ai-status red", "ai-status", "red"),
        ("help", "ai", "help"),
        ("checkin", "ai", "checkin"),
        ("ai checkin", "ai", "checkin"),
        ("what is <https://x.example|this>", "ai", "what is this"),
    ],
)
async def test_words_written_to_the_bot_are_commands(written: str, name: str, text: str) -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        bench.flows.will(Say(THANKS))
        await bench.driver.write(sarah.user, written)
        await settle()
        (seen,) = bench.flows.seen
        assert isinstance(seen, Command)
        assert (seen.name, seen.text, seen.sender.direct) == (name, text, True)
        assert bench.standing(await bench.platform.open_direct(sarah))[-1].count("Thank you.") == 2


async def test_a_form_asked_for_in_words_says_which_command_opens_it() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        bench.flows.will(OpenForm(CHECK_IN))
        await bench.driver.write(sarah.user, "checkin")
        await settle()
        assert any("/ai checkin" in words for words in bench.told(sarah))


async def test_an_unknown_writer_is_looked_up() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        bench.flows.will(WhoAreYou(), Say(THANKS))
        await bench.driver.write(sarah.user, "status sepsis")
        await settle()
        assert any("Thank you." in words for words in bench.told(sarah))


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "message_changed"},
        {"bot_id": "B0000OTHER"},
        {"channel_type": "channel"},
        {"text": ""},
    ],
)
async def test_edits_bots_channels_and_silence_are_not_commands(fields: dict[str, str]) -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        told = {"channel": sarah.conversation, "channel_type": "im", "text": "status sepsis", **fields}
        ack = await bench.driver.event("message", user=sarah.user, **told)
        assert ack.ok
        assert bench.flows.seen == []


async def test_a_person_is_met_once_however_often_they_look() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        for _ in range(3):
            await bench.driver.home_opened(sarah.user)
        await settle()
        (seen,) = bench.flows.seen
        assert isinstance(seen, BotAdded)
        assert (seen.sender.user, seen.sender.conversation, seen.removed) == (sarah.user, sarah.conversation, False)


async def test_an_event_that_cannot_be_handled_comes_again() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        bench.flows.will(RuntimeError("the database is away"))
        ack = await bench.driver.event("app_home_opened", user=sarah.user, channel=sarah.conversation)
        assert ack.status == 503
        assert (await bench.driver.insist(ack)).ok
        assert len(bench.flows.seen) == 2
        assert len({seen.id for seen in bench.flows.seen}) == 1


async def test_the_bot_in_a_channel_greets_whoever_brought_it_alone() -> None:
    async with open_harness() as bench:
        sarah = await sarah_of(bench)
        leaders = await bench.channel(sarah)
        bench.flows.will(Say(THANKS))
        bot = bench.fake.workspace.bot_user
        await bench.driver.event("member_joined_channel", user=bot, channel=leaders.conversation, inviter=sarah.user)
        await settle()
        assert any("Thank you." in words for words in bench.told(sarah))
        assert bench.standing(leaders) == []


@pytest.mark.parametrize(("type", "tokens"), [("app_uninstalled", {}), ("tokens_revoked", {"bot": ["U1"]})])
async def test_the_end_of_an_installation_is_reported(type: str, tokens: dict[str, list[str]]) -> None:
    async with open_harness() as bench:
        assert (await bench.driver.event(type, tokens=tokens)).ok
        (seen,) = bench.flows.seen
        assert isinstance(seen, BotAdded)
        assert seen.removed


async def test_a_revoked_token_of_somebody_else_is_nothing() -> None:
    async with open_harness() as bench:
        assert (await bench.driver.event("tokens_revoked", tokens={"oauth": ["U1"], "bot": []})).ok
        assert bench.flows.seen == []
