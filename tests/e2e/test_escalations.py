"""A check-in nobody answers climbs from week to week, on every platform, and ends with an answer."""

from datetime import date, timedelta

import pytest

from bot.domain.calendar import DAY
from tests.contracts.harness import with_harness
from tests.e2e.harness import World, words_of
from tests.e2e.people import ANA, MEI, RUTH, SAM
from tests.e2e.recorder import Sent
from tests.e2e.test_journeys import MONDAY, THURSDAY
from tests.lengths import LONG

GOOD = {"rag_model": "Green"}
WEEK = timedelta(weeks=1)
STOPS = ("05:00", "07:50", "09:00", "12:05", "17:05")


async def live_until(world: World, day: date, at: str) -> None:
    """Let days pass, whatever comes meanwhile."""
    while (now := world.clock.now().date()) < day:
        for stop in STOPS:
            world.skim()
            await world.advance(now + DAY, stop)
    world.skim()
    await world.advance(day, at)


async def ana_misses_sepsis(world: World, week: int) -> None:
    """Let everything but Ana's check-in about SEPSIS be answered in a week, until Monday morning."""
    await live_until(world, THURSDAY + week * WEEK, "12:05")
    world.skim()
    await world.answer(MEI, "SEPSIS", {"rag_workflow": "Green"})
    await world.answer(MEI, "PUMPS", {"rag_workflow": "Green"})
    await world.answer(SAM, "SEPSIS", {"rag_outcome": "Green"})
    await world.answer(ANA, "STROKE", GOOD)
    await live_until(world, MONDAY + week * WEEK - DAY, "12:05")
    world.skim()
    await world.advance(MONDAY + week * WEEK, "12:05")


def escalated(world: World) -> dict[str, Sent]:
    """Return the escalation messages that nobody has expected yet, by whom they went to, and take all as expected."""
    found = {}
    for person in (ANA, MEI, SAM, RUTH):
        conversation = world.handles[person.id].conversation
        for sent in world.recorder.unexpected:
            if sent.ref.conversation == conversation and "open point" in sent.message.title:
                assert person.name not in found
                found[person.name] = sent
    world.skim()
    return found


WEEKS_LONG = pytest.mark.parametrize("world", with_harness() if LONG else with_harness()[:1], indirect=True)
"""Weeks go by in it: on one platform in `make test`, on all of them in `make faults`."""


@WEEKS_LONG
async def test_a_check_in_missed_for_weeks_climbs_and_ends_with_an_answer(world: World) -> None:
    told = []
    for week in range(4):
        await ana_misses_sepsis(world, week)
        told.append(escalated(world))
    assert [sorted(each) for each in told] == [
        ["Mei Chen", "Sam Reed"], ["Sam Reed"], ["Ruth Adeyemi"], ["Ruth Adeyemi"]
    ]  # fmt: skip
    words = words_of(told[3]["Ruth Adeyemi"].message)
    assert "4 check-ins in a row of the technical lead (Ana Ortiz) unanswered" in words
    assert "rule CHK, level 4" in words
    assert any("4 check-ins in a row" in each for each in world.bench.standing(world._direct(RUTH)))
    assert "Escalated" in await world.command(RUTH, "/ai-status SEPSIS")

    await world.answer(ANA, "SEPSIS", GOOD)
    world.skim()  # the reply under the digest
    assert "SEPSIS technical lead: settled, answered." in world.shows(RUTH)
    assert "SEPSIS technical lead: settled, answered." in world.shows(SAM)
    assert "Escalated" not in await world.command(RUTH, "/ai-status SEPSIS")


async def test_a_co_owner_answers_on_behalf(world: World) -> None:
    await ana_misses_sepsis(world, 0)
    escalated(world)
    await world.press(MEI, "Answer on behalf", "SEPSIS")
    await world.fill(MEI, {**GOOD, "rag_model": "Amber"})
    world.skim()  # the reply under the digest
    assert (1, MEI.id) in await world.revisions_about(world.initiative("SEPSIS"))
    assert "Nothing needs you any more" in world.shows(MEI)
    assert "answered Amber, late" in world.shows(ANA)


@WEEKS_LONG
async def test_a_plan_with_a_date_pauses_it(world: World) -> None:
    await ana_misses_sepsis(world, 0)
    escalated(world)
    await world.press(SAM, "I have a plan", "SEPSIS")
    told = await world.fill(SAM, {"plan": "Ben takes over", "due": "2026-12-18"})
    assert "SEPSIS pauses until 21 Dec 2026" in told
    assert "plan “Ben takes over” (Sam Reed)" in world.shows(MEI)
    await ana_misses_sepsis(world, 1)
    assert escalated(world) == {}
    await ana_misses_sepsis(world, 2)
    assert sorted(escalated(world)) == ["Sam Reed"]
