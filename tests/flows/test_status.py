"""`/ai-status` as people ask it: names, lists, buttons, rights, outages, and what is recorded of the reading."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import PromptState, Rag
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import Role
from bot.domain.people import OPERATOR
from bot.flows import lookups, status
from bot.messages import status as words
from bot.messages.model import Action, buttons_of
from bot.ports import Audience, Replace, Say
from tests.builders import SEPSIS, a_handle, a_portfolio, a_raid, an_initiative
from tests.flows.asking import MERGER, ask, message_of, press, text_of
from tests.flows.world import CLEO, DANA, World, the_cycle
from tests.messages.test_status import lines_of


@pytest.mark.parametrize(
    "typed",
    ["SEPSIS", " sepsis ", "\u201csepsis early warning\u201d", '"SEPSIS"', "sepsis\n", "Sepsis early warnin"],
)
async def test_a_name_however_typed_shows_the_initiative(typed: str, world: World) -> None:
    reply = await ask(world, typed)
    assert message_of(reply).title == "SEPSIS  Sepsis early warning"
    assert isinstance(reply, Say)
    assert reply.to is Audience.ASKER


async def test_what_slack_escaped_is_read_as_typed(world: World) -> None:
    await world.has(an_initiative("RND", name="R&D <search>"))
    assert message_of(await ask(world, "r&amp;d &lt;search&gt;")).title == "RND  R&D <search>"


async def test_a_name_given_after_the_first_answer_is_found_at_once(world: World) -> None:
    await ask(world, "SEPSIS")
    await world.has(an_initiative(name="Fever watch"))
    assert message_of(await ask(world, "fever watch")).title == "SEPSIS  Fever watch"


async def test_several_are_offered_with_their_colour_and_sponsor(world: World) -> None:
    await world.has(an_initiative("FLOOD", name="Flood alerts"), an_initiative("PRICE", name="Price alerts"))
    reply = await ask(world, "alerts")
    assert lines_of(message_of(reply)) == [
        "“alerts” matches 2 initiatives. Pick one:",
        "FLOOD Flood alerts, pilot, no answer yet, sponsor vacant",
        "PRICE Price alerts, pilot, no answer yet, sponsor vacant",
        "[FLOOD] [PRICE]",
    ]
    picked = next(buttons_of(message_of(reply)))
    assert message_of(await press(world, picked.action, picked.value)).title == "FLOOD  Flood alerts"


async def test_a_slip_of_the_pen_is_suggested_not_accepted(world: World) -> None:
    assert lines_of(message_of(await ask(world, "sepsys alerts"))) == [
        "No initiative named “sepsys alerts”. Closest:",
        "SEPSIS Sepsis early warning, pilot",
        "[SEPSIS]",
        "[Show all I can see] [Register a new initiative]",
    ]


async def test_nothing_near_offers_the_ways_out(world: World) -> None:
    reply = await ask(world, "<!channel> zzzz")
    assert lines_of(message_of(reply)) == [
        "No initiative named “<!channel> zzzz”.",
        "[Show all I can see] [Register a new initiative]",
    ]


@pytest.mark.parametrize("typed", ["SEPSIS history", "sepsis HISTORY", "sepsis early warning history"])
async def test_history_after_a_name(typed: str, world: World) -> None:
    await world.answered_before(1)
    await world.answered_before(3, rag=Rag.RED)
    assert "reported ---------R-G" in text_of(await ask(world, typed))
    assert await press(world, Action.STATUS_HISTORY, "SEPSIS") == await ask(world, typed)


@pytest.mark.parametrize("typed", ["SEPSIS gate G3", "sepsis gate"])
async def test_gates_are_not_tracked_yet(typed: str, world: World) -> None:
    assert text_of(await ask(world, typed)) == words.NO_GATES


async def test_a_name_that_ends_like_a_question_is_still_a_name(world: World) -> None:
    await world.has(an_initiative("TOLL", name="Toll gate"), an_initiative("MEDHX", name="Medication history"))
    assert message_of(await ask(world, "toll gate")).title == "TOLL  Toll gate"
    assert message_of(await ask(world, "medication history")).title == "MEDHX  Medication history"
    assert "one letter a week" in text_of(await ask(world, "medication history history"))


async def test_gates_of_a_name_nobody_has_read_like_the_name(world: World) -> None:
    assert text_of(await ask(world, "SEPSIS gate G1")) == words.NO_GATES
    assert text_of(await ask(world, "NOPE gate G1")) == text_of(await ask(world, "NOPE"))


async def test_help_lists_what_can_follow(world: World) -> None:
    assert "/ai-status NAME history  its last twelve weeks" in text_of(await ask(world, "help"))


# Lists


async def test_alone_it_lists_the_askers_initiatives_else_the_portfolio(world: World) -> None:
    await world.has(an_initiative("FLOOD", name="Flood alerts"))
    assert lines_of(message_of(await ask(world, "")))[0] == "My initiatives (1)"
    assert lines_of(message_of(await ask(world, "", CLEO)))[0] == "Portfolio (2)"


async def test_mine_red_due_and_portfolio(world: World) -> None:
    await world.has(an_initiative("FLOOD", name="Flood alerts"))
    assert text_of(await ask(world, "red")) == "Reported Red: none."
    assert text_of(await ask(world, "due")) == "Check-ins open: none."
    assert text_of(await ask(world, "mine", CLEO)) == "My initiatives: none."
    await world.answered_before(1, rag=Rag.RED)
    await world.asks()
    assert "SEPSIS Sepsis early warning, pilot, owners reported Red (2026-W47)" in text_of(await ask(world, "RED"))
    assert lines_of(message_of(await ask(world, "due")))[0] == "Check-ins open (1)"
    assert text_of(await ask(world, "due", CLEO)) == "Check-ins open: none."
    assert lines_of(message_of(await ask(world, "portfolio")))[0] == "Portfolio (2)"


async def test_the_red_list_tells_an_owner_nothing_that_the_line_hides_from_them(world: World) -> None:
    await world.answered_before(1, rag=Rag.GREEN)
    await world.answered_before(0, rag=Rag.RED)
    await world.asks(Role.BUSINESS_SPONSOR, DANA)
    assert text_of(await ask(world, "red", DANA)) == "Reported Red: none."
    seen = text_of(await ask(world, "red", CLEO))
    assert "SEPSIS Sepsis early warning, pilot, owners reported Red (2026-W48)" in seen


async def test_the_red_list_keeps_what_an_owner_saw_before_though_a_hidden_answer_changes_it(world: World) -> None:
    await world.answered_before(1, rag=Rag.RED)
    await world.answered_before(0, rag=Rag.GREEN)
    await world.asks(Role.BUSINESS_SPONSOR, DANA)
    assert "owners reported Red (2026-W47)" in text_of(await ask(world, "red", DANA))
    assert text_of(await ask(world, "red", CLEO)) == "Reported Red: none."


async def test_a_portfolio_lead_sees_everybodys_open_check_ins(world: World) -> None:
    await world.has(a_portfolio(lead_id=CLEO))
    await world.asks()
    assert lines_of(message_of(await ask(world, "due", CLEO)))[0] == "Check-ins open (1)"


async def test_what_was_stopped_is_not_on_the_portfolio_list_but_is_found(world: World) -> None:
    await world.has(an_initiative(lifecycle=Lifecycle.STOPPED, closed_by=CLEO, closing_note="threshold missed"))
    assert text_of(await ask(world, "portfolio")) == "Portfolio: none."
    assert "Stopped by Cleo Ray: threshold missed" in text_of(await ask(world, "SEPSIS"))


async def test_a_long_list_is_paged_in_place(world: World) -> None:
    await world.has(*(an_initiative(f"K{n:02}", name=f"Number {n}") for n in range(29)))
    first = message_of(await ask(world, "portfolio"))
    assert (first.title, len(lines_of(first))) == ("Portfolio (30)", 15)
    following = next(button for button in buttons_of(first) if button.action is Action.STATUS_LIST)
    second = await press(world, following.action, following.value)
    assert isinstance(second, Replace)
    assert lines_of(second.message)[1].startswith("K12")
    assert lines_of(message_of(await ask(world, "portfolio 3")))[-1].startswith("SEPSIS")
    assert await ask(world, "portfolio 99") == await ask(world, "portfolio 3")


# The operator, and back in time


async def test_the_operator_reads_everything_as_it_was(world: World) -> None:
    await world.has(MERGER)
    red, green = await world.answered_before(2, rag=Rag.RED), await world.answered_before(1)
    await world.has(replace(red, answered_at=datetime(2026, 11, 13, 12, tzinfo=UTC)))
    await world.has(replace(green, answered_at=datetime(2026, 11, 20, 12, tzinfo=UTC)))
    question = lookups.Question(text="SEPSIS", viewer=OPERATOR, now=world.clock.now())
    assert "owners reported Green (2026-W47)" in "\n".join(lines_of(await status.describe(question, world.ports)))
    earlier = replace(question, as_of=datetime(2026, 11, 16, 15, tzinfo=UTC))
    assert "owners reported Red (2026-W46)" in "\n".join(lines_of(await status.describe(earlier, world.ports)))
    restricted = await status.describe(replace(question, text="MERGER"), world.ports)
    assert restricted.title == "MERGER  Merger target screening"


async def test_before_anything_was_known_of_it_an_initiative_was_not_registered(world: World) -> None:
    asked = lookups.Question(text="SEPSIS", viewer=OPERATOR, now=world.clock.now())
    early = replace(asked, as_of=datetime(2020, 1, 1, 12, tzinfo=UTC))
    said = "\n".join(lines_of(await status.describe(early, world.ports)))
    assert said == "SEPSIS was not registered yet on Wed 1 Jan 2020 06:00 (America/Chicago)."
    assert (await status.describe(replace(early, text="portfolio"), world.ports)).fallback == "Portfolio: none."


async def test_what_was_stopped_later_was_active_then(world: World) -> None:
    await world.has(an_initiative(lifecycle=Lifecycle.STOPPED, closed_on=date(2026, 11, 25)))
    asked = lookups.Question(text="SEPSIS", viewer=OPERATOR, now=world.clock.now())
    assert "Stopped on 25 Nov 2026" in "\n".join(lines_of(await status.describe(asked, world.ports)))
    earlier = replace(asked, as_of=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert "topped" not in "\n".join(lines_of(await status.describe(earlier, world.ports)))


async def test_update_now_is_there_while_an_owner_has_something_to_answer(world: World) -> None:
    assert "Update now" not in text_of(await ask(world, "SEPSIS"))
    await world.asks()
    assert "Update now" in text_of(await ask(world, "SEPSIS"))
    assert "Update now" not in text_of(await ask(world, "SEPSIS", DANA))
    world.clock.set(the_cycle().answers_until)
    assert "Update now" not in text_of(await ask(world, "SEPSIS"))


async def test_I_25_what_an_owner_declared_stands_as_given(world: World) -> None:  # noqa: N802
    await world.answered_before(1, rag=Rag.GREEN, state=PromptState.ANSWERED_LATE)
    await world.has(a_raid("Everything is on fire"), the_cycle())
    assert "owners reported Green (2026-W47)" in text_of(await ask(world, "SEPSIS"))


async def test_one_just_registered_says_what_comes_next(world: World) -> None:
    await world.has(an_initiative("FRESH", name="Fresh idea", stage=Stage.INTAKE), a_handle("ana-ortiz"))
    assert "It is in intake" in text_of(await ask(world, "fresh"))
    assert "No check-in yet; the first is open, due Fri 27 Nov 15:00." in text_of(await ask(world, SEPSIS[-6:]))
