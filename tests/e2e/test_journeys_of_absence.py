"""Going away and coming back, on every platform: who stands in is asked, told, and may decline."""

from datetime import date

import pytest

from tests.e2e.harness import CHICAGO, World
from tests.e2e.people import ANA, BEN, RUTH, SEPSIS
from tests.e2e.test_journeys import FRIDAY, MONDAY, THURSDAY
from tests.e2e.test_journeys_of_people import GOOD, ana_is_asked

TUESDAY = date(2026, 12, 8)
AWAY = "/ai away 3 Dec..9 Dec"


async def test_an_absence_hands_what_is_open_to_who_was_named(world: World) -> None:
    await ana_is_asked(world)
    told = await world.command(ANA, f"{AWAY} Ben Okafor")
    assert "You are away from 3 Dec 2026 to 9 Dec 2026" in told
    assert "2 open check-ins go to Ben Okafor" in told
    assert len(world.messages_to(BEN)) == 2
    assert "Ana Ortiz is away from 3 Dec 2026 to 9 Dec 2026" in world.shows(BEN)
    assert "2 initiatives need your answer" in world.shows(BEN)
    assert "as delegate of the technical lead of SEPSIS" in world.shows(BEN)
    world.skim()
    assert "Nothing of this check-in is yours to answer any more" in world.shows(ANA)
    await world.answer(BEN, "SEPSIS", GOOD)
    assert await world.revisions_about(SEPSIS) == [(1, BEN.id)]
    await world.advance(FRIDAY, "10:01", CHICAGO)
    world.expect_message(BEN, "Reminder 1 of 2", "STROKE")
    world.skim()
    assert len(world.messages_to(ANA)) == 1


async def test_who_is_named_may_decline(world: World) -> None:
    await ana_is_asked(world)
    await world.command(ANA, f"{AWAY} Ben Okafor")
    world.skim()
    assert "You do not stand in for Ana Ortiz" in await world.press(BEN, "Decline") + world.shows(BEN)
    assert (await world.states())["ANA", "SEPSIS"] == "excused"
    await world.pass_over(MONDAY, "08:35", CHICAGO)
    assert not [each for each in world.messages_to(BEN) if "Reminder" in str(each.message)]


async def test_nobody_named_is_nobody_asked_and_nobody_missed(world: World) -> None:
    await ana_is_asked(world)
    assert "2 open check-ins are excused" in await world.command(ANA, AWAY)
    await world.advance(FRIDAY, "10:01", CHICAGO)
    world.skim()
    await world.pass_over(MONDAY, "08:35", CHICAGO)
    assert len(world.messages_to(ANA)) == 1
    assert {state for (who, _), state in (await world.states()).items() if who == "ANA"} == {"excused"}


async def test_back_early_everything_still_open_comes_back(world: World) -> None:
    await ana_is_asked(world)
    await world.command(ANA, f"{AWAY} Ben Okafor")
    world.skim()
    assert "2 open check-ins are yours again" in await world.command(ANA, "/ai back")
    assert "2 initiatives need your answer" in world.shows(ANA)
    await world.answer(ANA, "SEPSIS", GOOD)
    await world.advance(FRIDAY, "10:01", CHICAGO)
    world.skim_others(ANA)
    world.expect_message(ANA, "Reminder 1 of 2", "STROKE", "If you are away: /ai away FROM..TO")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/ai away", "You have not said that you are away"),
        ("/ai away soon", "Those days were not understood"),
        ("/ai away tomorrow..Fri Zoe Nobody", "Nobody of that name"),
        ("/ai back", "You have not said that you are away"),
    ],
)
async def test_what_will_not_do_is_said_with_what_will(world: World, words: str, answer: str) -> None:
    told = await world.command(RUTH, words)
    assert answer in told or "/ai away 1 Dec..5 Dec" in told
    assert THURSDAY < TUESDAY
