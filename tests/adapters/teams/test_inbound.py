"""Answers that are late, or that Teams does not take at once; mentions that are spelled oddly; ids made up."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.teams import interactions
from adapters.teams.inbound import Timing
from adapters.teams.platform import TeamsPlatform
from bot.domain.people import Handle
from bot.messages import hiccups
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import Command, Done, FormErrors, Interaction, Matches, OpenForm, Replace, Reply, Say, WhoAreYou
from tests.adapters.teams.fake_parts import payloads
from tests.adapters.teams.fake_parts.state import Json
from tests.adapters.teams.harness import TeamsHarness, open_harness, settle
from tests.contracts.examples import ANSWER, CHECK_IN, EVERYTHING, SNOOZE
from tests.contracts.test_inbound import TYPED

THANKS = Message(title="", blocks=(Paragraph((Plain("Thank you."),)),), fallback="Thank you.")
IMPATIENT = Timing(call=1.0, connect=1.0, wait=1.0, patience=0.02, drain=1.0)


class Slow:
    """In the place of the product: answers when it is told to."""

    def __init__(self, reply: Reply) -> None:
        self.reply, self.go = reply, asyncio.Event()

    async def __call__(self, _interaction: Interaction) -> Reply:
        await self.go.wait()
        return self.reply


@pytest.fixture
async def bench() -> AsyncIterator[TeamsHarness]:
    async with open_harness() as made:
        yield made


@pytest.fixture
async def sarah(bench: TeamsHarness) -> Handle:
    return await bench.member("sarah@northlake.example", "Sarah Chen")


async def impatient(bench: TeamsHarness) -> None:
    bench.timing = IMPATIENT
    await bench.restart()


def pauses_of(bench: TeamsHarness, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []

    async def pause(seconds: float) -> None:
        taken.append(seconds)

    assert isinstance(bench.platform, TeamsPlatform)
    monkeypatch.setattr(bench.platform.connector, "_pause", pause)
    return taken


# Late answers


async def with_dialog(bench: TeamsHarness, sarah: Handle) -> None:
    ref = await bench.platform.send(await bench.platform.open_direct(sarah), EVERYTHING, {}, "d1")
    bench.flows.will(OpenForm(CHECK_IN))
    await bench.press(sarah, ref, ANSWER)


async def sent_slowly(bench: TeamsHarness, sarah: Handle, reply: Reply) -> list[str]:
    """Send the dialog to a product that takes its time; return what came in the chat afterwards."""
    slow = Slow(reply)
    bench.dispatch = slow
    before = len(bench.standing(await bench.platform.open_direct(sarah)))
    await bench.driver.submit(bench.person(sarah), {"status": "green", "progress": "Fine"})
    dialog = bench.dialog(sarah)
    assert dialog
    assert hiccups.ONE_MOMENT in bench.told(sarah)[-1]
    bench.driver.close(bench.person(sarah))
    slow.go.set()
    await settle()
    return list(bench.standing(await bench.platform.open_direct(sarah)))[before:]


@pytest.mark.parametrize(("reply", "words"), [
    (Say(THANKS), ["Thank you."]), (Done(), []), (FormErrors(CHECK_IN, {"progress": "Which site?"}), ["Which site?"]),
    (OpenForm(CHECK_IN), [CHECK_IN.title]),
])  # fmt: skip
async def test_a_dialog_does_not_wait_for_ever_and_the_answer_follows_in_the_chat(
    bench: TeamsHarness, sarah: Handle, reply: Reply, words: list[str]
) -> None:
    await impatient(bench)
    await with_dialog(bench, sarah)
    said = await sent_slowly(bench, sarah, reply)
    assert len(said) == len(words)
    assert all(word in each for word, each in zip(words, said, strict=True))


async def test_a_form_refused_late_comes_back_with_what_was_typed(bench: TeamsHarness, sarah: Handle) -> None:
    await impatient(bench)
    await with_dialog(bench, sarah)
    await sent_slowly(bench, sarah, FormErrors(CHECK_IN, {"progress": "Which site?"}))
    shown = bench.form(sarah)
    assert shown
    assert (shown.values["status"], shown.values["progress"]) == ("green", "Fine")


async def test_a_form_that_opens_too_late_in_a_channel_is_not_shown_to_all(bench: TeamsHarness, sarah: Handle) -> None:
    await impatient(bench)
    channel = await bench.channel(sarah)
    ref = await bench.platform.send(channel, EVERYTHING, {}, "d1")
    slow = Slow(OpenForm(CHECK_IN))
    bench.dispatch = slow
    posted, who = bench.posted(ref), bench.person(sarah)
    button = bench.driver.button(who, posted, ANSWER.label, action=str(ANSWER.action), value=ANSWER.value)
    await bench.driver.press(who, posted, button)
    slow.go.set()
    await settle()
    assert len(bench.standing(channel)) == 1
    assert hiccups.TRY_AGAIN in "\n".join(bench.told(sarah))


async def test_a_button_asks_for_patience_and_the_message_changes_when_it_can(
    bench: TeamsHarness, sarah: Handle
) -> None:
    await impatient(bench)
    ref = await bench.platform.send(await bench.platform.open_direct(sarah), EVERYTHING, {}, "d1")
    slow = Slow(Replace(THANKS))
    bench.dispatch = slow
    posted, who = bench.posted(ref), bench.person(sarah)
    button = bench.driver.button(who, posted, SNOOZE.label, action=str(SNOOZE.action), value=SNOOZE.value)
    await bench.driver.press(who, posted, button)
    assert (sarah.user, hiccups.ONE_MOMENT) in bench.fake.toasts
    slow.go.set()
    await settle()
    assert "Thank you." in bench.fake.read(bench.posted(ref))


async def test_what_matches_is_not_waited_for(bench: TeamsHarness, sarah: Handle) -> None:
    await impatient(bench)
    slow = Slow(Matches(()))
    bench.dispatch = slow
    assert await bench.driver.suggest(bench.person(sarah), "sep") == []
    assert await bench.driver.search(bench.person(sarah), "sep") == []
    slow.go.set()
    await settle()


# Answers that Teams does not take at once


async def test_an_answer_waits_as_long_as_teams_asks(
    bench: TeamsHarness, sarah: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = pauses_of(bench, monkeypatch)
    bench.fake.fault("post", "429", retry_after=3)
    bench.flows.will(Say(THANKS))
    await bench.command(sarah, "ai-status", "sepsis")
    assert [words.strip() for words in bench.told(sarah)] == ["Thank you."]
    assert len(taken) == 1
    assert 2 <= taken[0] <= 4


async def test_an_answer_that_was_not_sent_is_sent_again_and_one_in_doubt_is_not(
    bench: TeamsHarness, sarah: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses_of(bench, monkeypatch)
    assert isinstance(bench.platform, TeamsPlatform)
    bench.platform.connector.forget_token()
    bench.fake.fault("token", "status", status=503)
    bench.flows.will(Say(THANKS), Say(THANKS))
    await bench.command(sarah, "ai-status", "sepsis")
    assert len(bench.told(sarah)) == 1
    bench.fake.fault("post", "accept_then_reset")
    await bench.command(sarah, "ai-status", "stroke")
    assert len(bench.told(sarah)) == 2


async def test_a_limit_that_outlasts_patience_is_not_waited_for(
    bench: TeamsHarness, sarah: Handle, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken = pauses_of(bench, monkeypatch)
    bench.fake.fault("post", "429", retry_after=600)
    bench.flows.will(Say(THANKS))
    await bench.command(sarah, "ai-status", "sepsis")
    assert (bench.told(sarah), taken) == ([], [])
    assert "teams.reply_lost" in caplog.messages


async def test_who_cannot_be_looked_up_is_told_so(
    bench: TeamsHarness, sarah: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses_of(bench, monkeypatch)
    bench.fake.fault("member", "status", status=503, times=3)
    bench.flows.will(WhoAreYou())
    await bench.command(sarah, "ai-status", "sepsis")
    assert hiccups.WENT_WRONG in bench.told(sarah)[-1]


# Ids made up


async def test_what_one_person_was_answered_is_not_for_another_with_the_same_id(
    bench: TeamsHarness, sarah: Handle
) -> None:
    ravi = await bench.member("ravi@northlake.example", "Ravi Shah")
    bench.flows.will(OpenForm(CHECK_IN), OpenForm(CHECK_IN))
    await bench.command(sarah, "ai", "checkin")
    bench.flows.will(Say(THANKS))
    (card,) = bench.fake.by_the_bot(bench.fake.personal(bench.person(sarah)))
    copied = bench.fake.put(bench.fake.personal(bench.person(ravi)), "bot")
    copied.card = card.card
    await bench.submit(sarah, TYPED)
    button = bench.driver.button(bench.person(ravi), copied, CHECK_IN.submit)
    ack = await bench.driver.press(bench.person(ravi), copied, button, TYPED)
    assert "Thank you." not in str(ack.body)


# Mentions


def heard(bench: TeamsHarness, sarah: Handle, text: str, *mentions: str) -> str | None:
    """Return what the bot hears of a message in a group chat."""
    who = bench.person(sarah)
    made = payloads.envelope(bench.fake, who, bench.fake.personal(who), "message")
    conversation = {**made["conversation"], "conversationType": "groupChat", "isGroup": True}
    entities: list[Json] = [
        {"type": "mention", "mentioned": {"id": bench.fake.bot_id}, "text": mention} for mention in mentions
    ]
    meant = interactions.command({**made, "conversation": conversation, "text": text, "entities": entities})
    return f"{meant.name}|{meant.text}" if isinstance(meant, Command) else None


@pytest.mark.parametrize(("text", "mentions"), [
    ("<at>Steward</at> ai-status sepsis", ["<at>Steward</at>"]), ("ai-status sepsis", [""]),
    ('<at id="0">Steward</at>&nbsp;/ai-status sepsis\r\n', ["<at>Steward</at>"]),
    ("ai-status <at>Steward</at> sepsis", ["<at>Steward</at>"]),
    ("<at>Steward</at> <at>Steward</at>\xa0ai-status sepsis", ["<at>Steward</at>", "<at>Steward</at>"]),
])  # fmt: skip
def test_a_mention_is_taken_out_however_it_is_spelled(
    bench: TeamsHarness, sarah: Handle, text: str, mentions: list[str]
) -> None:
    words = heard(bench, sarah, text, *mentions)
    assert words
    assert " ".join(words.split()) == "ai-status|sepsis"


def test_without_a_mention_nothing_is_heard_and_a_mention_alone_says_nothing(
    bench: TeamsHarness, sarah: Handle
) -> None:
    assert heard(bench, sarah, "ai-status sepsis") is None
    assert heard(bench, sarah, "<at>Steward</at> ", "<at>Steward</at>") is None
