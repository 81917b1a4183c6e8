"""What every adapter does inbound: interactions in, replies shown natively; run over each through its harness."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.deliveries import MessageRef
from bot.domain.people import Handle
from bot.messages.forms import FormName
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import (
    ActionPressed,
    Audience,
    Command,
    Done,
    FormErrors,
    FormSubmitted,
    Match,
    Matches,
    OpenForm,
    Replace,
    Reply,
    Say,
    Searched,
    WhoAreYou,
)
from tests.contracts.examples import ANSWER, CHECK_IN, EVERYTHING, LOOK_UP, SNOOZE
from tests.contracts.harness import Harness

THANKS = Message(title="", blocks=(Paragraph((Plain("Thank you, noted."),)),), fallback="Thank you, noted.")
TYPED: dict[str, str | list[str]] = {
    "status": "amber",
    "progress": "Second site is live,\nthird waits for data",
    "risks": ["data"],
}


async def sarah_of(bench: Harness) -> Handle:
    return await bench.member("sarah@northlake.example", "Sarah Chen")


async def prompted(bench: Harness) -> tuple[Handle, MessageRef]:
    """Return a person and a message with buttons in their direct conversation."""
    sarah = await sarah_of(bench)
    address = await bench.platform.open_direct(sarah)
    return sarah, await bench.platform.send(address, EVERYTHING, {}, "delivery-1")


async def with_form(bench: Harness) -> Handle:
    """Return a person with the check-in form on their screen."""
    sarah, ref = await prompted(bench)
    bench.flows.will(OpenForm(CHECK_IN))
    await bench.press(sarah, ref, ANSWER)
    return sarah


def hears(bench: Harness, who: Handle, words: str) -> bool:
    return any(words in said for said in bench.told(who))


# What arrives


async def test_a_command_arrives_with_its_words_and_its_sender(bench: Harness) -> None:
    sarah = await sarah_of(bench)
    await bench.command(sarah, "ai-status", "  claims & triage ")
    (seen,) = bench.flows.seen
    assert isinstance(seen, Command)
    assert (seen.name, seen.text) == ("ai-status", "claims & triage")
    assert (seen.sender.platform, seen.sender.tenant, seen.sender.user) == (sarah.platform, sarah.tenant, sarah.user)
    assert seen.sender.direct
    assert seen.sender.conversation == sarah.conversation
    assert seen.id


async def test_a_pressed_button_arrives_with_its_action_its_value_and_its_message(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    await bench.press(sarah, ref, SNOOZE)
    (seen,) = bench.flows.seen
    assert isinstance(seen, ActionPressed)
    assert (seen.action, seen.value, seen.sender.user) == (SNOOZE.action, SNOOZE.value, sarah.user)
    assert seen.message == ref


async def test_several_buttons_of_one_action_are_told_apart(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    block = next(block for block in EVERYTHING.blocks if ANSWER in getattr(block, "buttons", ()))
    for button in block.buttons[2:]:  # type: ignore[union-attr]  # the block with buttons
        await bench.press(sarah, ref, button)
    assert [seen.value for seen in bench.flows.seen if isinstance(seen, ActionPressed)] == ["1", "2"]


async def test_a_form_arrives_with_its_values_and_its_state(bench: Harness) -> None:
    sarah = await with_form(bench)
    await bench.submit(sarah, TYPED)
    seen = bench.flows.seen[-1]
    assert isinstance(seen, FormSubmitted)
    assert (seen.form, seen.state, seen.sender.user) == (FormName.CHECKIN, "prompt-1:3", sarah.user)
    assert seen.values == {**TYPED, "next": "2026-12-01"}


@pytest.mark.parametrize("first", [(), (WhoAreYou(),)])
async def test_letters_typed_for_an_initiative_are_answered_with_what_matches(
    bench: Harness, first: tuple[Reply, ...]
) -> None:
    sarah, ref = await prompted(bench)
    bench.flows.will(OpenForm(LOOK_UP))
    await bench.press(sarah, ref, ANSWER)
    bench.flows.will(*first, Matches((Match("SEPSIS", "Sepsis & <early> warning", "pilot"), Match("FLOOD", "x" * 300))))
    offered = await bench.suggested(sarah, "initiative", "seps")
    if offered is None:
        return
    seen = bench.flows.seen[-1]
    assert isinstance(seen, Searched)
    assert (seen.text, seen.sender.user, bool(seen.sender.profile)) == ("seps", sarah.user, bool(first))
    assert list(offered) == ["SEPSIS", "FLOOD"]
    await bench.submit(sarah, {"initiative": "SEPSIS", "note": "n"})
    sent = bench.flows.seen[-1]
    assert isinstance(sent, FormSubmitted)
    assert (sent.form, sent.values) == (FormName.LOOK_UP, {"initiative": "SEPSIS", "note": "n"})


async def test_a_search_that_cannot_be_answered_offers_nothing(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    bench.flows.will(OpenForm(LOOK_UP), Say(THANKS), RuntimeError("secret detail"))
    await bench.press(sarah, ref, ANSWER)
    assert [await bench.suggested(sarah, "initiative", typed) for typed in ("a", "b")] in ([None, None], [[], []])


async def test_two_presses_are_two_interactions(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    await bench.press(sarah, ref, SNOOZE)
    await bench.press(sarah, ref, SNOOZE)
    first, second = bench.flows.seen
    assert first.id != second.id


async def test_what_is_delivered_again_has_one_effect(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    await bench.press(sarah, ref, SNOOZE)
    await bench.redeliver()
    assert len(bench.flows.seen) == 1


async def test_requests_that_are_not_genuine_are_refused(bench: Harness) -> None:
    await sarah_of(bench)
    statuses = await bench.refused()
    assert all(400 <= status < 500 for status in statuses.values()), statuses
    assert bench.flows.seen == []


async def test_the_bot_does_not_answer_itself(bench: Harness) -> None:
    sarah, _ = await prompted(bench)
    before = list(bench.told(sarah))
    await bench.hear_itself(await bench.platform.open_direct(sarah))
    assert bench.flows.seen == []
    assert list(bench.told(sarah)) == before


# What is answered


async def test_words_in_answer_to_a_command_reach_the_asker(bench: Harness) -> None:
    sarah = await sarah_of(bench)
    bench.flows.will(Say(THANKS))
    await bench.command(sarah, "ai-status", "sepsis")
    assert hears(bench, sarah, "Thank you, noted.")


async def test_words_to_the_asker_are_not_read_by_others(bench: Harness) -> None:
    sarah = await sarah_of(bench)
    channel = await bench.channel(sarah)
    bench.flows.will(Say(THANKS), Say(THANKS, Audience.EVERYONE))
    await bench.command(sarah, "ai-status", "sepsis", channel)
    assert not any("Thank you" in words for words in bench.standing(channel))
    await bench.command(sarah, "ai-status", "sepsis", channel)
    assert any("Thank you" in words for words in bench.standing(channel)) or hears(bench, sarah, "Thank you")


async def test_words_in_answer_to_a_button_leave_its_message_alone(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    bench.flows.will(Say(THANKS))
    await bench.press(sarah, ref, SNOOZE)
    assert hears(bench, sarah, "Thank you, noted.")
    assert any("Weekly check-in" in words for words in bench.told(sarah))


async def test_a_replacement_stands_where_the_button_was(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    bench.flows.will(Replace(THANKS))
    await bench.press(sarah, ref, SNOOZE)
    assert hears(bench, sarah, "Thank you, noted.")


async def test_a_button_can_open_a_form(bench: Harness) -> None:
    sarah = await with_form(bench)
    shown = bench.form(sarah)
    assert shown
    assert shown.title == "Check-in"
    assert shown.values == {"next": "2026-12-01"}


async def test_a_form_closes_when_nothing_is_to_be_said(bench: Harness) -> None:
    sarah = await with_form(bench)
    before = list(bench.told(sarah))
    bench.flows.will(Done())
    await bench.submit(sarah, TYPED)
    assert bench.form(sarah) is None
    assert list(bench.told(sarah)) == before


async def test_words_after_a_form_are_read(bench: Harness) -> None:
    sarah = await with_form(bench)
    bench.flows.will(Say(THANKS))
    await bench.submit(sarah, TYPED)
    assert bench.form(sarah) is None
    assert hears(bench, sarah, "Thank you, noted.")


async def test_a_form_can_follow_a_form(bench: Harness) -> None:
    sarah = await with_form(bench)
    bench.flows.will(OpenForm(replace(CHECK_IN, title="Another", state="prompt-2:1")))
    await bench.submit(sarah, TYPED)
    shown = bench.form(sarah)
    assert shown
    assert shown.title == "Another"
    assert shown.values == {"next": "2026-12-01"}, "answers of one form must not slip into the next"


@pytest.mark.parametrize(
    ("state", "errors"),
    [
        ("prompt-1:3", {"progress": "Please say which site."}),
        ("prompt-1:3", {"status": "Red needs a blocker.", "elsewhere": "The cycle closes today."}),
        ("prompt-1:4", {"progress": "Ravi answered meanwhile. Send again to replace that."}),
    ],
)
async def test_errors_are_shown_and_nothing_typed_is_lost(bench: Harness, state: str, errors: dict[str, str]) -> None:
    sarah = await with_form(bench)
    form = replace(CHECK_IN, state=state, fields=prefilled())
    bench.flows.will(FormErrors(form, errors), Done())
    await bench.submit(sarah, TYPED)
    shown = bench.form(sarah)
    assert shown
    assert shown.values == {**TYPED, "next": "2026-12-01"}
    assert all(sentence in shown.words for sentence in errors.values())
    await bench.submit(sarah, {"progress": "Second site"})
    seen = bench.flows.seen[-1]
    assert isinstance(seen, FormSubmitted)
    assert seen.state == state
    assert seen.values == {**TYPED, "progress": "Second site", "next": "2026-12-01"}


def prefilled() -> tuple:  # type: ignore[type-arg]  # fields of four kinds
    """Return the fields of the check-in with what was typed, as a flow gives them back."""
    status, progress, day, helper, risks = CHECK_IN.fields
    return (
        replace(status, initial=("amber",)),  # type: ignore[arg-type]
        replace(progress, initial=TYPED["progress"]),  # type: ignore[arg-type]
        day,
        helper,
        replace(risks, initial=("data",)),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("reply", [Say(THANKS), OpenForm(CHECK_IN), Replace(THANKS)])
async def test_an_unknown_account_is_looked_up_and_answered(bench: Harness, reply: Reply) -> None:
    sarah, ref = await prompted(bench)
    bench.flows.will(WhoAreYou(), reply)
    await bench.press(sarah, ref, ANSWER)
    first, second = bench.flows.seen
    assert (first.id, first.sender.profile) == (second.id, None)
    assert second.sender.profile
    assert second.sender.profile.email == "sarah@northlake.example"
    assert not second.sender.profile.outsider
    assert bench.form(sarah) if isinstance(reply, OpenForm) else hears(bench, sarah, "Thank you, noted.")


async def test_an_unknown_account_that_sends_a_form_is_answered_in_it(bench: Harness) -> None:
    sarah = await with_form(bench)
    bench.flows.will(WhoAreYou(), Say(THANKS))
    await bench.submit(sarah, TYPED)
    assert hears(bench, sarah, "Thank you, noted.")


async def test_a_flow_that_breaks_gets_a_friendly_sentence(bench: Harness) -> None:
    sarah, ref = await prompted(bench)
    bench.flows.will(RuntimeError("secret detail"), RuntimeError("secret detail"))
    await bench.command(sarah, "ai-status", "sepsis")
    assert hears(bench, sarah, "went wrong")
    await bench.press(sarah, ref, SNOOZE)
    assert not hears(bench, sarah, "secret detail")


async def test_a_form_stays_as_typed_when_the_flow_breaks(bench: Harness) -> None:
    sarah = await with_form(bench)
    bench.flows.will(RuntimeError("secret detail"))
    await bench.submit(sarah, TYPED)
    shown = bench.form(sarah)
    assert shown
    assert shown.values == {**TYPED, "next": "2026-12-01"}
    assert "went wrong" in shown.words


async def test_people_act_at_the_same_time(bench: Harness) -> None:
    sarah, ravi = await sarah_of(bench), await bench.member("ravi@northlake.example", "Ravi Shah")
    await asyncio.gather(bench.command(sarah, "ai-status", "a"), bench.command(ravi, "ai-status", "b"))
    assert {(seen.sender.user, seen.text) for seen in bench.flows.seen if isinstance(seen, Command)} == {
        (sarah.user, "a"),
        (ravi.user, "b"),
    }
