"""Standing in for somebody away: who is asked reads for whom and when, and may decline."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind
from bot.domain.ownership import AssignmentKind
from bot.errors import UserError
from bot.flows import checkins
from bot.flows.presence.moving import settle
from bot.messages.model import buttons_of
from tests.builders import ANA, SEPSIS, WEEK, an_assignment, an_initiative
from tests.flows.office import Office
from tests.flows.timing.absent import away, back, declined, message_of, opened, place
from tests.flows.world import BEN, CLEO, World

TODAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)
LAST = date(2026, 12, 4)
ASKED, DECLINED = DeliveryKind.STAND_IN_ASKED, DeliveryKind.STAND_IN_DECLINED


async def test_a_delegate_reads_for_whom_when_and_for_what(office: Office) -> None:
    await office.world.has(an_initiative("SCRIBE"), an_assignment("initiative-scribe"))
    await away(office.world, "today..4 Dec Cleo Ray")
    await office.until_idle()
    (message,) = office.slack.sent_to("U-cleo-ray")
    assert message.fallback == ("Ana Ortiz is away from 26 Nov 2026 to 4 Dec 2026 and named you to answer for them.")
    assert "SCRIBE" in str(message)
    assert "technical lead" in str(message)
    assert [button.label for button in buttons_of(message)] == ["Decline"]


async def test_a_delegate_who_declines_is_out_of_it_and_the_absent_one_is_told(office: Office) -> None:
    world = office.world
    await world.asks()
    await away(world, "tomorrow..4 Dec Cleo Ray")
    reply = await declined(world)
    assert message_of(reply).fallback == "You do not stand in for Ana Ortiz. They are told."
    assert place(await world.prompt()) == (ANA, None, PromptState.EXCUSED)
    await office.until_idle()
    assert office.read_by(CLEO) == []
    assert "Cleo Ray cannot answer for you from 27 Nov 2026 to 4 Dec 2026." in office.read_by(ANA)


async def test_after_a_refusal_the_delegate_of_the_role_is_next(world: World) -> None:
    await world.has(an_assignment(person_id=BEN, kind=AssignmentKind.DELEGATE))
    await world.asks()
    await away(world, "today..4 Dec Cleo Ray")
    await declined(world)
    assert place(await world.prompt())[:2] == (BEN, ANA)


async def test_only_who_is_asked_may_decline_and_only_while_it_lasts(world: World) -> None:
    await away(world, "today..4 Dec Cleo Ray")
    with pytest.raises(UserError, match="not asked to stand in"):
        await declined(world, BEN)
    await declined(world)
    with pytest.raises(UserError, match="not asked to stand in"):
        await declined(world)


async def test_a_delegate_who_goes_away_passes_it_on(world: World) -> None:
    await world.has(an_assignment(person_id=BEN, kind=AssignmentKind.DELEGATE))
    await world.asks()
    await away(world, "today..4 Dec Cleo Ray")
    await away(world, "today..4 Dec", CLEO)
    assert place(await world.prompt())[:2] == (BEN, ANA)
    await back(world, CLEO)
    assert place(await world.prompt())[:2] == (BEN, ANA)


@pytest.mark.parametrize("ended", ["back", "replaced", "over"])
async def test_a_delegate_who_is_not_needed_any_more_is_not_told(office: Office, ended: str) -> None:
    office.clock.set(datetime(2026, 11, 27, 1, tzinfo=UTC))  # Thursday evening: it waits for the morning
    await away(office.world, "tomorrow..4 Dec Cleo Ray")
    await office.until_idle()
    if ended == "over":
        office.clock.set(datetime(2026, 12, 7, 16, tzinfo=UTC))
    else:
        await (back(office.world) if ended == "back" else away(office.world, "tomorrow..4 Dec Ben Vale"))
        office.clock.set(datetime(2026, 11, 27, 16, tzinfo=UTC))
    await office.until_idle()
    assert office.read_by(CLEO) == []


async def test_a_delegate_with_check_ins_of_their_own_gets_them_in_one_message(office: Office) -> None:
    world = office.world
    await opened(world)
    await office.until_idle()
    await away(world, "today..4 Dec Ben Vale")
    await office.until_idle()
    asked = [words for words in office.read_by(BEN) if words.startswith("Weekly check-in")]
    assert asked == ["Weekly check-in: 2 initiatives need your answer, due Fri 27 Nov 15:00."]
    assert place(await world.prompt()) == (BEN, ANA, PromptState.SENT)


async def test_settling_again_changes_nothing(world: World) -> None:
    await world.asks()
    await away(world, "today..4 Dec Cleo Ray")
    before, events = await world.prompt(), len(await world.events())
    async with world.ports.open_unit_of_work() as uow:
        for who in (ANA, CLEO, BEN):
            assert not await settle(who, uow, world.ports)
        await uow.commit()
    assert await world.prompt() == before
    assert len(await world.events()) == events


async def test_the_list_of_the_absent_shows_nothing_of_it(world: World) -> None:
    await world.asks()
    await away(world, "today..4 Dec Cleo Ray")
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        shown: Any = await checkins.listing(ana, WEEK, uow, world.ports)
    assert shown.items == ()
    assert (await world.prompt()).initiative_id == SEPSIS
