"""Being asked: one tap, a snooze, the list and its pages."""

from dataclasses import replace

import pytest

from bot.domain.checkins import PromptState, Rag, prompt_id
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import AssignmentState, Role
from bot.errors import UserError
from bot.flows import answering, checkins
from bot.messages.model import Action, buttons_of
from bot.ports import Done, OpenForm, Replace, Say
from tests.builders import ANA, SEPSIS, a_prompt, an_assignment, an_initiative
from tests.flows.world import BEN, World, the_cycle

GREEN = {"rag_model": "Green"}


def labels(reply: object) -> list[str]:
    assert isinstance(reply, Say | Replace)
    return [button.label for button in buttons_of(reply.message)]


async def many(world: World, count: int) -> None:
    """Let Ana be asked about `count` initiatives, M001 upwards."""
    await world.has(the_cycle())
    for n in range(count):
        key = f"M{n:03}"
        prompt = a_prompt(f"initiative-{key.lower()}", state=PromptState.SENT)
        await world.has(an_initiative(key), an_assignment(f"initiative-{key.lower()}"), prompt)


async def test_the_list_shows_ten_and_pages_the_rest(world: World) -> None:
    await many(world, 23)
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        first = await checkins.list_open(ana, uow, world.ports)
    assert labels(first).count("Answer") == 10
    assert labels(first)[-1] == "13 more"
    second = await world.act(checkins.turn_page, world.pressed(Action.CHECKIN_PAGE, "2026-W48:1"))
    assert labels(second)[-2:] == ["Back", "3 more"]
    third = await world.act(checkins.turn_page, world.pressed(Action.CHECKIN_PAGE, "2026-W48:2"))
    assert labels(third).count("Answer") == 3
    assert labels(third)[-1] == "Back"


@pytest.mark.parametrize("value", ["2026-W48:99", "2026-W48:-1", "2026-W48:x", "2026-W48", "2026-W48:²"])
async def test_a_forged_page_shows_one_that_there_is(world: World, value: str) -> None:
    await many(world, 11)
    assert "Answer" in labels(await world.act(checkins.turn_page, world.pressed(Action.CHECKIN_PAGE, value)))


async def test_a_page_of_a_week_in_which_nothing_was_asked_is_refused(world: World) -> None:
    with pytest.raises(UserError, match="does not exist"):
        await world.act(checkins.turn_page, world.pressed(Action.CHECKIN_PAGE, "2031-W01:0"))


async def test_snoozing_on_the_second_page_shows_the_second_page(world: World) -> None:
    await many(world, 12)
    last = prompt_id("2026-W48", "initiative-m011", Role.TECHNICAL_LEAD)
    reply = await world.act(checkins.snooze, world.pressed(Action.CHECKIN_SNOOZE, last))
    assert labels(reply).count("Answer") == 2


async def test_the_list_leaves_out_what_is_cancelled_or_excused(world: World) -> None:
    await many(world, 1)
    await world.asks(state=PromptState.CANCELLED)
    await world.asks(Role.BUSINESS_SPONSOR, ANA, state=PromptState.EXCUSED)
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        shown = await checkins.listing(ana, "2026-W48", uow, world.ports)
    assert [item.key for item in shown.items] == ["M000"]


async def test_without_open_check_ins_the_next_opening_is_named(world: World) -> None:
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        reply = await checkins.list_open(ana, uow, world.ports)
    assert isinstance(reply, Say)
    assert reply.message.fallback == "You have no open check-in. The next check-in opens Thu 3 Dec 10:00."


async def test_one_tap_is_offered_only_where_it_is_allowed(world: World) -> None:
    await world.answered_before()
    await world.asks()
    await many(world, 1)
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        shown = await checkins.listing(ana, "2026-W48", uow, world.ports)
    assert {item.key: item.may_repeat for item in shown.items} == {"M000": False, "SEPSIS": True}


async def test_i30_closing_an_initiative_cancels_its_open_check_ins_and_updates_their_messages(world: World) -> None:
    await world.asks()
    await world.asks(Role.BUSINESS_SPONSOR, "dana-whitfield", state=PromptState.SCHEDULED)
    await world.asks(Role.OPERATIONS_LEADER, BEN, state=PromptState.ANSWERED, answered_at=world.clock.now())
    async with world.ports.open_unit_of_work() as uow:
        assert await checkins.cancel_open(SEPSIS, "stopped", uow, world.ports) == 2
        await uow.commit()
    states = [(await world.prompt(role)).state for role in (Role.TECHNICAL_LEAD, Role.BUSINESS_SPONSOR)]
    assert states == [PromptState.CANCELLED] * 2
    assert (await world.prompt(Role.OPERATIONS_LEADER)).state is PromptState.ANSWERED
    assert await world.updates(ANA) == await world.updates("dana-whitfield") == 1
    assert [link.action for link in await world.events()] == ["checkins.cancelled"]
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        assert await checkins.cancel_open(SEPSIS, "stopped", uow, world.ports) == 0
        for number in (1, 2):
            assert not (await checkins.reminder(ana, "2026-W48", number, uow, world.ports)).items


async def test_i30_a_cancelled_check_in_takes_no_answer(world: World) -> None:
    prompt = await world.asks(state=PromptState.CANCELLED)
    with pytest.raises(UserError, match="was withdrawn"):
        await world.act(checkins.show_form, world.pressed(Action.CHECKIN_ANSWER, prompt.id))


async def test_i20_an_answered_check_in_is_in_no_reminder(world: World) -> None:
    prompt = await world.asks()
    form = await world.act(checkins.show_form, world.pressed(Action.CHECKIN_ANSWER, prompt.id))
    assert isinstance(form, OpenForm)
    await world.act(answering.answer, world.sent(form, GREEN))
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        for number in (1, 2):
            assert not (await checkins.reminder(ana, "2026-W48", number, uow, world.ports)).items


async def test_on_hold_the_sponsor_is_asked_how_it_goes_on(world: World) -> None:
    await world.has(an_initiative(lifecycle=Lifecycle.ON_HOLD))
    prompt = await world.asks(Role.BUSINESS_SPONSOR, "dana-whitfield")
    form = await world.act(checkins.show_form, world.pressed(Action.CHECKIN_ANSWER, prompt.id), "dana-whitfield")
    assert isinstance(form, OpenForm)
    assert [field.name for field in form.form.fields] == ["hold_plan"]
    after = await world.act(answering.answer, world.sent(form, {"hold_plan": "extend"}), "dana-whitfield")
    assert isinstance(after, OpenForm)
    assert [field.name for field in after.form.fields] == ["hold_until"]


async def test_no_material_change_copies_the_last_answer_and_says_so(world: World) -> None:
    await world.answered_before(confidence=8, answers={"rag_model": "Green", "commit_next": "Old", "confidence": "8"})
    prompt = await world.asks()
    reply = await world.act(answering.unchanged, world.pressed(Action.CHECKIN_UNCHANGED, prompt.id))
    assert isinstance(reply, Replace)
    after, response = await world.prompt(), await world.response(prompt)
    assert (after.state, after.rag, after.confidence, after.unchanged) == (PromptState.ANSWERED, Rag.GREEN, 8, True)
    assert dict(response.answers) == {"rag_model": "Green", "confidence": "8"}
    assert response.unchanged
    assert await world.commitments() == []
    assert [link.action for link in await world.events()][-1] == "checkin.unchanged"


async def test_no_material_change_is_refused_a_third_time_in_a_row(world: World) -> None:
    await world.answered_before(weeks_ago=2, unchanged=True)
    await world.answered_before(weeks_ago=1, unchanged=True)
    prompt = await world.asks()
    with pytest.raises(UserError, match="2 times in a row"):
        await world.act(answering.unchanged, world.pressed(Action.CHECKIN_UNCHANGED, prompt.id))


@pytest.mark.parametrize(
    ("rag", "stage", "said"), [(Rag.RED, Stage.PILOT, "was Red"), (Rag.GREEN, Stage.LAUNCH, "number is due")]
)
async def test_no_material_change_is_refused_when_the_week_needs_its_own_answer(
    world: World, rag: Rag, stage: Stage, said: str
) -> None:
    await world.has(an_initiative(stage=stage))
    await world.answered_before(role=Role.OPERATIONS_LEADER, rag=rag, person_id=BEN)
    prompt = await world.asks(Role.OPERATIONS_LEADER, BEN)
    with pytest.raises(UserError, match=said):
        await world.act(answering.unchanged, world.pressed(Action.CHECKIN_UNCHANGED, prompt.id, BEN), BEN)


async def test_an_unchanged_answer_can_be_edited_into_one_of_its_own(world: World) -> None:
    await world.answered_before()
    prompt = await world.asks()
    await world.act(answering.unchanged, world.pressed(Action.CHECKIN_UNCHANGED, prompt.id))
    assert await world.answered(prompt, {**GREEN, "commit_next": "New"}) == Done()
    after = await world.prompt()
    assert (after.unchanged, after.revision) == (False, 2)


async def test_a_snoozed_check_in_is_left_out_of_the_first_reminder_only(world: World) -> None:
    prompt = await world.asks()
    reply = await world.act(checkins.snooze, world.pressed(Action.CHECKIN_SNOOZE, prompt.id))
    assert isinstance(reply, Replace)
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        first = await checkins.reminder(ana, prompt.cycle, 1, uow, world.ports)
        second = await checkins.reminder(ana, prompt.cycle, 2, uow, world.ports)
    assert (len(first.items), len(second.items)) == (0, 1)
    assert [link.action for link in await world.events()][-1] == "checkin.snoozed"


async def test_a_check_in_is_snoozed_once_and_before_it_is_due(world: World) -> None:
    prompt = await world.asks()
    await world.act(checkins.snooze, world.pressed(Action.CHECKIN_SNOOZE, prompt.id))
    with pytest.raises(UserError, match="snoozed already"):
        await world.act(checkins.snooze, world.pressed(Action.CHECKIN_SNOOZE, prompt.id))
    await world.has(replace(prompt, snoozed=False))
    world.clock.set(prompt.due_at)
    with pytest.raises(UserError, match="due already"):
        await world.act(checkins.snooze, world.pressed(Action.CHECKIN_SNOOZE, prompt.id))
    await world.has(replace(prompt, state=PromptState.ANSWERED))
    with pytest.raises(UserError, match="answered already"):
        await world.act(checkins.snooze, world.pressed(Action.CHECKIN_SNOOZE, prompt.id))


async def test_update_now_opens_the_form_that_is_still_unanswered(world: World) -> None:
    await world.has(an_assignment(role=Role.OPERATIONS_LEADER, person_id=BEN, state=AssignmentState.ENDED))
    await world.has(an_assignment(role=Role.OPERATIONS_LEADER, person_id=ANA))
    await world.asks(Role.OPERATIONS_LEADER, ANA, state=PromptState.ANSWERED, answered_at=world.clock.now())
    prompt = await world.asks()
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        reply = await checkins.form_for(SEPSIS, ana, uow, world.ports)
    assert isinstance(reply, OpenForm)
    assert prompt.id in reply.form.state


async def test_update_now_without_an_open_check_in_says_when_the_next_one_opens(world: World) -> None:
    ana = await world.person(ANA)
    world.clock.advance(days=4)
    async with world.ports.open_unit_of_work() as uow:
        with pytest.raises(UserError, match=r"no open check-in\. The next check-in opens Thu 3 Dec 10:00"):
            await checkins.form_for(SEPSIS, ana, uow, world.ports)


async def test_at_the_hour_of_opening_the_next_one_is_named(world: World) -> None:
    ana = await world.person(ANA)
    async with world.ports.open_unit_of_work() as uow:
        world.clock.advance(seconds=-1)
        with pytest.raises(UserError, match="opens Thu 26 Nov 10:00"):
            await checkins.form_for(SEPSIS, ana, uow, world.ports)
        world.clock.advance(seconds=1)
        with pytest.raises(UserError, match="opens Thu 3 Dec 10:00"):
            await checkins.form_for(SEPSIS, ana, uow, world.ports)
