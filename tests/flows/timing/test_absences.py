"""`/ai away` and `/ai back`: open check-ins follow at once, who stands in is told and may decline."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.ownership import AssignmentKind, Role
from bot.errors import UserError
from tests.builders import ANA, an_absence, an_assignment
from tests.flows.office import Office
from tests.flows.timing.absent import away, back, opened, place, prompt_row, stored
from tests.flows.world import BEN, CLEO, DANA, World

TODAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)
LAST = date(2026, 12, 4)
ASKED, DECLINED = DeliveryKind.STAND_IN_ASKED, DeliveryKind.STAND_IN_DECLINED


# Saying it


async def test_somebody_away_with_a_delegate_hands_open_check_ins_over_at_once(world: World) -> None:
    await world.asks(snoozed=True)
    said = await away(world, "today..4 Dec Cleo Ray")
    assert said == (
        "You are away from 26 Nov 2026 to 4 Dec 2026. Cleo Ray answers for you meanwhile; they are told and may "
        "decline. 1 open check-in goes to Cleo Ray."
    )
    moved = await world.prompt()
    assert place(moved) == (CLEO, ANA, PromptState.SCHEDULED)
    assert not moved.snoozed
    assert await world.updates(ANA) == 1
    assert await prompt_row(world, CLEO) is DeliveryState.PENDING
    (absence,) = await stored(world)
    assert (absence.first, absence.last, absence.source, absence.delegate_id) == (TODAY, LAST, "self", CLEO)
    assert await world.delivery(absence.id, CLEO, kind=ASKED) is not None
    assert [link.action for link in await world.events()] == ["absence.told", "checkins.settled"]


async def test_who_stands_in_answers_for_the_one_who_stays_accountable(world: World) -> None:
    prompt = await world.asks()
    await away(world, "today..4 Dec Cleo")
    await world.answered(prompt, {"rag_model": "Green", "blocker_tech": "none"}, CLEO)
    response = await world.response(prompt)
    assert (response.responder_id, response.on_behalf_of) == (CLEO, ANA)


async def test_somebody_away_without_a_delegate_is_excused_at_once(world: World) -> None:
    await world.asks()
    said = await away(world, "tomorrow")
    assert said.endswith("else your check-ins are excused. 1 open check-in is excused.")
    assert place(await world.prompt()) == (ANA, None, PromptState.EXCUSED)
    assert await world.updates(ANA) == 1


async def test_a_delegate_of_the_role_answers_where_nobody_is_named(world: World) -> None:
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    await world.asks()
    assert "1 open check-in goes to Cleo Ray" in await away(world, "today..Fri")
    assert place(await world.prompt())[:2] == (CLEO, ANA)


async def test_a_delegate_who_is_away_too_does_not_stand_in(world: World) -> None:
    await world.has(an_absence(CLEO), an_assignment(person_id=BEN, kind=AssignmentKind.DELEGATE))
    await world.asks()
    await away(world, "today..4 Dec Cleo Ray")
    assert place(await world.prompt())[:2] == (BEN, ANA)


async def test_i14_the_independent_reviewer_does_not_stand_in_for_an_owner(world: World) -> None:
    await world.has(an_assignment(role=Role.GOVERNANCE_REVIEWER, person_id=CLEO))
    await world.asks()
    await away(world, "today..4 Dec Cleo Ray")
    assert (await world.prompt()).state is PromptState.EXCUSED


@pytest.mark.parametrize("words", ["today", "Mon..Fri", "tomorrow..Fri"])
async def test_what_is_answered_stays_and_what_can_still_be_answered_waits(world: World, words: str) -> None:
    await world.asks(Role.BUSINESS_SPONSOR, ANA, state=PromptState.ANSWERED)
    await world.asks()
    await away(world, words)
    is_away = words == "tomorrow..Fri"
    assert (await world.prompt()).state is (PromptState.EXCUSED if is_away else PromptState.SENT)
    assert (await world.prompt(Role.BUSINESS_SPONSOR)).state is PromptState.ANSWERED


async def test_once_it_is_due_an_absence_excuses_nothing_any_more(world: World) -> None:
    await world.asks()
    world.clock.set(datetime(2026, 11, 27, 21, tzinfo=UTC))
    await away(world, "today..4 Dec")
    assert (await world.prompt()).state is PromptState.SENT


async def test_an_absence_told_before_the_week_opens_counts_when_it_opens(world: World) -> None:
    world.clock.set(datetime(2026, 11, 23, 16, tzinfo=UTC))
    await away(world, "26 Nov..27 Nov Cleo Ray")
    world.clock.set(datetime(2026, 11, 26, 10, tzinfo=UTC))
    await opened(world)
    assert place(await world.prompt()) == (CLEO, ANA, PromptState.SCHEDULED)


async def test_saying_it_anew_takes_the_place_of_what_was_said(world: World) -> None:
    await world.asks()
    await away(world, "today..4 Dec Cleo Ray")
    await away(world, "today..11 Dec Ben Vale")
    (absence,) = await stored(world)
    assert (absence.last, absence.delegate_id) == (date(2026, 12, 11), BEN)
    assert place(await world.prompt())[:2] == (BEN, ANA)
    assert await world.updates(CLEO) >= 1


async def test_what_others_have_entered_stays_beside_what_somebody_says(world: World) -> None:
    await world.has(an_absence(source="hr"))
    await away(world, "today..4 Dec")
    assert sorted(each.source for each in await stored(world)) == ["hr", "self"]


async def test_nobody_for_longer_than_a_week_is_pointed_out(world: World) -> None:
    assert "7 working days without anybody" in await away(world, "today..4 Dec")
    assert "without anybody" not in await away(world, "today..Wed")
    assert "without anybody" not in await away(world, "today..4 Dec Cleo Ray")
    assert "without anybody" not in await away(world, "today..4 Dec", CLEO)
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    assert "without anybody" not in await away(world, "today..4 Dec")


@pytest.mark.parametrize("typed", ["Cleo Ray", "cleo", "cleo-ray@northlake.example", "U-cleo-ray", "@U-cleo-ray"])
async def test_a_delegate_is_named_by_name_address_or_account(world: World, typed: str) -> None:
    await away(world, f"tomorrow..Fri {typed}")
    (absence,) = await stored(world)
    assert absence.delegate_id == CLEO


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("whenever", "Those days were not understood."),
        ("2026-01-05..2026-01-09", "9 Jan 2026 is past"),
        ("today..2028-01-01", "at most 366 days"),
        ("2029-01-01..2029-01-02", "more than 366 days from now"),
    ],
)
async def test_days_that_will_not_do_are_refused_with_how_to_say_it(world: World, words: str, refusal: str) -> None:
    assert refusal in await away(world, words)
    assert await stored(world) == []


@pytest.mark.parametrize(
    ("words", "refusal"),
    [("Ana Ortiz", "answer for yourself"), ("Zoe Nobody", "Nobody of that name"), ("Dana Whitfield", "has left")],
)
async def test_a_delegate_who_cannot_answer_is_refused(world: World, words: str, refusal: str) -> None:
    await world.has(replace(await world.person(DANA), active=False))
    with pytest.raises(UserError, match=refusal):
        await away(world, f"today..4 Dec {words}")
    assert await stored(world) == []


async def test_two_people_do_not_stand_in_for_one_another_while_both_are_away(world: World) -> None:
    await world.has(an_absence(CLEO, delegate_id=ANA))
    with pytest.raises(UserError, match="Cleo Ray is away then too and named you"):
        await away(world, "today..4 Dec Cleo Ray")
    assert await away(world, "1 Dec..4 Dec Cleo Ray")


async def test_without_days_it_says_how_and_what_was_said(world: World) -> None:
    assert await away(world, "") == "You have not said that you are away."
    await away(world, "tomorrow..4 Dec")
    assert await away(world, "") == "You are away from 27 Nov 2026 to 4 Dec 2026."


# Being back


async def test_what_is_still_open_comes_back_and_is_not_asked_again(office: Office) -> None:
    world = office.world
    await world.asks(state=PromptState.SCHEDULED)
    await opened(world)
    await office.until_idle()
    await away(world, "today..4 Dec Cleo Ray")
    await office.until_idle()
    assert "1 open check-in is yours again" in await back(world)
    await office.until_idle()
    assert place(await world.prompt()) == (ANA, None, PromptState.SENT)
    assert await stored(world) == []
    asked = [words for words in office.read_by(ANA) if "check-in" in words]
    assert asked == ["Weekly check-in: 1 initiative needs your answer, due Fri 27 Nov 15:00."]


async def test_who_was_excused_before_being_asked_is_asked_when_back(office: Office) -> None:
    world = office.world
    world.clock.set(datetime(2026, 11, 25, 16, tzinfo=UTC))
    await opened(world)
    await away(world, "today..4 Dec")
    world.clock.set(datetime(2026, 11, 26, 16, tzinfo=UTC))
    await office.until_idle()
    assert await prompt_row(world, ANA) is DeliveryState.SUPERSEDED
    assert office.read_by(ANA) == []
    world.clock.advance(hours=2)
    await back(world)
    await office.until_idle()
    assert (await world.prompt()).state is PromptState.SENT
    assert len(office.read_by(ANA)) == 1


async def test_who_is_back_was_away_until_yesterday(world: World) -> None:
    await away(world, "today..4 Dec")
    world.clock.advance(days=4)
    assert await back(world) == "Welcome back; your absence from 26 Nov 2026 to 4 Dec 2026 is over."
    (absence,) = await stored(world)
    assert (absence.first, absence.last) == (TODAY, date(2026, 11, 29))


async def test_an_absence_that_lies_ahead_is_called_off(world: World) -> None:
    await away(world, "2026-12-07..2026-12-08")
    assert await back(world) == "Your absence from 7 Dec 2026 to 8 Dec 2026 is called off."
    with pytest.raises(UserError, match="not said that you are away"):
        await back(world)


async def test_somebody_marked_away_by_others_is_back_when_they_say_so(world: World) -> None:
    await world.has(an_absence(source="hr"))
    await world.asks(state=PromptState.EXCUSED, excused_reason="absent")
    await back(world)
    assert (await world.prompt()).state is PromptState.SCHEDULED


async def test_what_was_excused_for_another_reason_does_not_come_back(world: World) -> None:
    await world.has(an_absence())
    await world.asks(state=PromptState.EXCUSED, excused_reason="not working in this cycle")
    await back(world)
    assert (await world.prompt()).state is PromptState.EXCUSED
