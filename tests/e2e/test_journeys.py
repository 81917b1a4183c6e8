"""A week of check-ins, on every platform: asked, reminded, answered, edited, snoozed, missed, told."""

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.harness import CHICAGO, World
from tests.e2e.people import ANA, MEI, PEOPLE, SAM, SEPSIS
from tests.e2e.recorder import Sent

THURSDAY, FRIDAY, MONDAY, NEXT_THURSDAY = (
    date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 10),
)  # fmt: skip
BERLIN, LOS_ANGELES = "Europe/Berlin", "America/Los_Angeles"
FINE = {"rag_workflow": "Green", "commit_next": "Train the night shift"}
PUMP = {**FINE, "a_active": "412/640", "a_acted": "92,5"}
NASTY = "<!channel> <@U123> *bold* <https://evil.example|click> \u202eabc \U0001f468\u200d\U0001f52c"


def local(sent: Sent, zone: str) -> str:
    """Return when a message came, as its reader's clock showed it."""
    return f"{sent.at.astimezone(ZoneInfo(zone)):%a %H:%M}"


async def everybody_is_asked(world: World) -> None:
    """Let Thursday pass until the last of the three has been asked."""
    await world.advance(THURSDAY, "10:01", BERLIN)
    world.expect_message(MEI)
    await world.advance(THURSDAY, "10:01", LOS_ANGELES)
    for person in (ANA, SAM):
        world.expect_message(person)


async def mei_is_asked(world: World) -> None:
    """Let time pass until Mei has been asked."""
    await world.advance(THURSDAY, "10:01", BERLIN)
    world.expect_message(MEI)


async def test_the_whole_week(world: World) -> None:
    await world.advance(THURSDAY, "10:01", BERLIN)
    asked = world.expect_message(MEI, "Weekly check-in 2026-W49", "2 initiatives need your answer", "SEPSIS", "PUMPS")
    assert local(asked, BERLIN) == "Thu 10:00"
    await world.advance(THURSDAY, "10:01", CHICAGO)
    asked = world.expect_message(ANA, "2 initiatives need your answer", "SEPSIS", "STROKE")
    assert local(asked, CHICAGO) == "Thu 10:00"
    await world.advance(THURSDAY, "10:01", LOS_ANGELES)
    asked = world.expect_message(SAM, "1 initiative needs your answer", "as business sponsor")
    assert local(asked, LOS_ANGELES) == "Thu 10:00"

    await world.answer(MEI, "SEPSIS", FINE)
    await world.answer(MEI, "PUMPS", PUMP)
    assert "All answered" in world.shows(MEI)

    await world.advance(FRIDAY, "10:01", LOS_ANGELES)
    assert local(world.expect_message(ANA, "Reminder 1 of 2", "SEPSIS", "STROKE"), CHICAGO) == "Fri 10:00"
    assert local(world.expect_message(SAM, "Reminder 1 of 2", "SEPSIS"), LOS_ANGELES) == "Fri 10:00"
    await world.answer(ANA, "SEPSIS", {"rag_model": "Red", "blocker_tech": "none"})

    await world.advance(FRIDAY, "15:01", LOS_ANGELES)
    assert local(world.expect_message(ANA, "Reminder 2 of 2", "STROKE"), CHICAGO) == "Fri 15:00"
    assert local(world.expect_message(SAM, "Reminder 2 of 2", "SEPSIS"), LOS_ANGELES) == "Fri 15:00"

    world.sleep_until(MONDAY, "07:50")
    await world.advance(MONDAY, "08:29")
    for person in (ANA, MEI):
        told = world.expect_message(person, "1 open point needs you", "SEPSIS", "Can you answer on their behalf?")
        assert local(told, CHICAGO) == "Mon 08:00"
    assert await world.states() == {
        ("SAM", "SEPSIS"): "missed",
        ("ANA", "SEPSIS"): "answered",
        ("ANA", "STROKE"): "missed",
        ("MEI", "SEPSIS"): "answered",
        ("MEI", "PUMPS"): "answered",
    }
    await world.advance(MONDAY, "08:35")
    card = world.expect_post("SEPSIS")
    assert local(card, CHICAGO) == "Mon 08:30"
    assert world.expect_post("SEPSIS").thread == card.ref.message


async def test_an_answer_is_edited_in_place(world: World) -> None:
    await mei_is_asked(world)
    await world.answer(MEI, "SEPSIS", FINE)
    assert "answered Green" in world.shows(MEI)
    await world.press(MEI, "Edit", "SEPSIS")
    shown = world.form(MEI)
    assert (shown.values["rag_workflow"], shown.values["commit_next"]) == ("Green", "Train the night shift")
    await world.fill(MEI, {"rag_workflow": "Amber"})
    assert "answered Amber" in world.shows(MEI)
    assert "answered Green" not in world.shows(MEI)
    assert len(world.messages_to(MEI)) == 1


async def test_a_check_in_is_snoozed_once(world: World) -> None:
    await mei_is_asked(world)
    await world.press(MEI, "Snooze", "SEPSIS")
    assert world.shows(MEI).count("snoozed until then") == 1
    with pytest.raises(AssertionError, match="no button 'Snooze'"):
        await world.press(MEI, "Snooze", "SEPSIS")
    await world.advance(FRIDAY, "10:01", BERLIN)
    world.skim_others(MEI)
    first = world.expect_message(MEI, "Reminder 1 of 2", "PUMPS")
    assert "SEPSIS" not in str(first.message)
    await world.advance(FRIDAY, "15:01", BERLIN)
    world.skim_others(MEI)
    world.expect_message(MEI, "Reminder 2 of 2", "PUMPS", "SEPSIS")


async def test_a_late_answer_is_marked_and_told_under_the_digest(world: World) -> None:
    await everybody_is_asked(world)
    await world.advance(FRIDAY, "15:01", LOS_ANGELES)
    world.skim()
    world.sleep_until(MONDAY, "07:50")
    await world.advance(MONDAY, "08:35")
    world.skim()
    card = world.messages_in(world.leaders.conversation)[0]
    await world.answer(SAM, "SEPSIS", {"rag_outcome": "Amber", "ask": "none"})
    assert "answered Amber, late" in world.shows(SAM)
    late = world.expect_post("SEPSIS", "Amber")
    assert late.thread == card.ref.message


async def test_a_closed_cycle_takes_no_answer(world: World) -> None:
    await mei_is_asked(world)
    asked = world.messages_to(MEI)[0]
    await world.pass_over(NEXT_THURSDAY, "10:01", CHICAGO)
    assert "closed" in await world.press_in(MEI, asked, "Answer", "SEPSIS")
    assert not world.has_form(MEI)
    world.skim()  # the next check-in, which has just opened


async def test_a_form_sent_after_its_cycle_closed_is_refused(world: World) -> None:
    await mei_is_asked(world)
    await world.press(MEI, "Answer", "SEPSIS")
    await world.pass_over(NEXT_THURSDAY, "10:01", CHICAGO)
    assert "closed" in await world.fill(MEI, FINE)
    world.skim()  # the next check-in, which has just opened


async def test_what_is_delivered_twice_is_stored_once(world: World) -> None:
    await mei_is_asked(world)
    await world.answer(MEI, "SEPSIS", FINE)
    await world.bench.redeliver()
    await world.settle()
    assert await world.revisions_about(SEPSIS) == [(1, MEI.id)]
    assert len(world.messages_to(MEI)) == 1


async def test_a_number_is_read_with_either_mark(world: World) -> None:
    await mei_is_asked(world)
    await world.answer(MEI, "PUMPS", PUMP)
    (answers,) = await world.answers_about(world.initiative("PUMPS"))
    assert answers["a_acted"] == 92.5
    assert answers["a_active"] == "412/640"


async def test_what_is_no_number_is_refused_and_what_was_typed_stays(world: World) -> None:
    await mei_is_asked(world)
    await world.answer(MEI, "PUMPS", {**PUMP, "a_acted": "lots"})
    shown = world.form(MEI)
    assert "“lots” is not a number" in shown.words
    assert {name: shown.values.get(name) for name in PUMP} == {**PUMP, "a_acted": "lots"}
    await world.fill(MEI, {"a_acted": "92.5"})
    assert not world.has_form(MEI)
    assert len(await world.answers_about(world.initiative("PUMPS"))) == 1


async def test_an_unlikely_number_is_taken_when_it_is_sent_again(world: World) -> None:
    await mei_is_asked(world)
    await world.answer(MEI, "PUMPS", {**PUMP, "a_acted": "140"})
    assert "140 is outside the usual 0 to 100" in world.form(MEI).words
    await world.fill(MEI, {})
    (answers,) = await world.answers_about(world.initiative("PUMPS"))
    assert answers["a_acted"] == 140


async def test_text_over_the_limit_is_not_taken_and_not_lost(world: World) -> None:
    await mei_is_asked(world)
    await world.press(MEI, "Answer", "SEPSIS")
    with suppress(AssertionError):  # a client that counts itself lets nobody type more
        await world.fill(MEI, {**FINE, "commit_next": "x" * 141})
    assert world.has_form(MEI)
    assert await world.answers_about(SEPSIS) == []
    await world.fill(MEI, FINE)
    assert len(await world.answers_about(SEPSIS)) == 1


async def test_markup_is_shown_as_typed_and_calls_nobody(world: World) -> None:
    await mei_is_asked(world)
    await world.answer(MEI, "SEPSIS", {**FINE, "commit_next": NASTY})
    told = await world.command(MEI, "/ai-status SEPSIS")
    assert NASTY in told
    await world.press(MEI, "Edit", "SEPSIS")
    assert world.form(MEI).values["commit_next"] == NASTY
    await world.pass_over(MONDAY, "08:31", CHICAGO)
    assert [one for sent in world.recorder.sent for one in world.bench.mentioned(sent.ref)] == []


async def test_nobody_is_asked_before_their_morning(world: World) -> None:
    await world.advance(THURSDAY, "09:59", BERLIN)
    assert [len(world.messages_to(person)) for person in PEOPLE] == [0] * len(PEOPLE)
    await world.advance(THURSDAY, "09:59", CHICAGO)
    world.expect_message(MEI)
