"""What comes twice, at once or later, is answered alike and done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.people import Handle
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import Done, FormErrors, Interaction, OpenForm, Reply, Say
from tests.adapters.teams.fake_parts.shown import buttons
from tests.adapters.teams.harness import TeamsHarness, open_harness, settle
from tests.contracts.examples import ANSWER, CHECK_IN, EVERYTHING, SNOOZE
from tests.contracts.test_inbound import TYPED

THANKS = Message(title="", blocks=(Paragraph((Plain("Thank you."),)),), fallback="Thank you.")
NEXT = replace(CHECK_IN, title="Another")


@pytest.fixture
async def bench() -> AsyncIterator[TeamsHarness]:
    async with open_harness() as made:
        yield made


@pytest.fixture
async def sarah(bench: TeamsHarness) -> Handle:
    return await bench.member("sarah@northlake.example", "Sarah Chen")


async def with_form(bench: TeamsHarness, sarah: Handle) -> None:
    bench.flows.will(OpenForm(CHECK_IN))
    await bench.command(sarah, "ai", "checkin")


@pytest.mark.parametrize("knows_execute", [True, False])
@pytest.mark.parametrize(
    ("reply", "words"), [(OpenForm(NEXT), "Another"), (Say(THANKS), "Thank you."), (Done(), "done")]
)
async def test_a_form_in_the_chat_that_comes_again_leaves_the_answer_standing(
    bench: TeamsHarness, sarah: Handle, knows_execute: bool, reply: Reply, words: str
) -> None:
    bench.driver.knows_execute = knows_execute
    await with_form(bench, sarah)
    bench.flows.will(reply)
    await bench.submit(sarah, TYPED)
    before = list(bench.told(sarah))
    await bench.redeliver()
    assert list(bench.told(sarah)) == before
    assert words in before[-1]


async def test_a_dialog_that_is_sent_again_shows_what_followed_it(bench: TeamsHarness, sarah: Handle) -> None:
    ref = await bench.platform.send(await bench.platform.open_direct(sarah), EVERYTHING, {}, "d1")
    bench.flows.will(OpenForm(CHECK_IN), OpenForm(NEXT))
    await bench.press(sarah, ref, ANSWER)
    await bench.submit(sarah, TYPED)
    ack = await bench.driver.redeliver(bench.driver.acks[-1])
    assert ack.body["task"]["value"]["title"] == "Another"


async def test_a_form_with_errors_sent_again_unchanged_is_looked_at_again(bench: TeamsHarness, sarah: Handle) -> None:
    await with_form(bench, sarah)
    bench.flows.will(FormErrors(CHECK_IN, {"progress": "Which site?"}), Say(THANKS))
    await bench.submit(sarah, TYPED)
    await bench.redeliver()
    assert "Thank you." in bench.told(sarah)[-1]


async def test_a_command_and_a_button_that_come_again_say_nothing_twice(bench: TeamsHarness, sarah: Handle) -> None:
    bench.flows.will(Say(THANKS), Say(THANKS))
    await bench.command(sarah, "ai-status", "sepsis")
    await bench.redeliver()
    assert len(bench.told(sarah)) == 1
    ref = await bench.platform.send(await bench.platform.open_direct(sarah), EVERYTHING, {}, "d1")
    await bench.press(sarah, ref, SNOOZE)
    await bench.redeliver()
    assert len(bench.told(sarah)) == 3


async def test_two_clicks_at_once_are_one(bench: TeamsHarness, sarah: Handle) -> None:
    await with_form(bench, sarah)
    come, go, seen = asyncio.Event(), asyncio.Event(), []

    async def slowly(interaction: Interaction) -> Reply:
        seen.append(interaction)
        come.set()
        await go.wait()
        return Say(THANKS)

    bench.dispatch = slowly
    (card,) = bench.fake.by_the_bot(bench.fake.personal(bench.person(sarah)))
    before = card.snapshot()
    (button,) = buttons(card.card)
    clicks = [asyncio.create_task(bench.driver.press(bench.person(sarah), before, button, TYPED)) for _ in range(2)]
    await come.wait()
    go.set()
    await asyncio.gather(*clicks)
    await settle()
    assert len(seen) == 1
    assert ["Thank you." in words for words in bench.told(sarah)] == [True]


async def test_an_answer_in_the_chat_and_for_everybody_is_one_card(bench: TeamsHarness, sarah: Handle) -> None:
    await with_form(bench, sarah)
    bench.flows.will(FormErrors(CHECK_IN, {"progress": "Which site?"}))
    await bench.submit(sarah, TYPED)
    (posted,) = bench.fake.by_the_bot(bench.fake.personal(bench.person(sarah)))
    assert bench.driver.acks[-1].body["value"] == posted.card
