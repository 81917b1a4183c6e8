"""The second form, and what becomes of promises."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import Commitment, CommitmentState, DropReason, PromptState, Rag
from bot.domain.ownership import AssignmentKind
from bot.flows import answering
from bot.messages.model import Quote
from bot.ports import Done, FormErrors, OpenForm, Reply, Say
from tests.builders import ANA, a_commitment, an_assignment
from tests.flows.world import CLEO, World

GREEN = {"rag_model": "Green"}
DUE_NOW, DUE_NEXT = date(2026, 11, 27), date(2026, 12, 4)


def names(reply: Reply) -> list[str]:
    assert isinstance(reply, OpenForm | FormErrors)
    return [field.name for field in reply.form.fields]


def initial(reply: Reply, name: str) -> object:
    assert isinstance(reply, OpenForm | FormErrors)
    return next(field.initial for field in reply.form.fields if field.name == name)


async def by_text(world: World) -> dict[tuple[str, date], Commitment]:
    return {(each.text, each.due): each for each in await world.commitments()}


# Promises


async def test_a_promise_is_due_on_the_next_cycles_due_day(world: World) -> None:
    prompt = await world.asks()
    await world.answered(prompt, {**GREEN, "commit_next": "Retrain"})
    (promise,) = await world.commitments()
    assert (promise.text, promise.due, promise.person_id, promise.prompt_id) == ("Retrain", DUE_NEXT, ANA, prompt.id)


async def test_a_ticked_promise_is_kept_and_after_its_day_late(world: World) -> None:
    kept = a_commitment("Kept", due=DUE_NOW)
    late = a_commitment("Late", due=date(2026, 11, 25))
    await world.has(kept, late)
    prompt = await world.asks()
    assert await world.answered(prompt, {**GREEN, "commit_prev": [kept.id, late.id]}) == Done()
    assert {each.text: each.state for each in await world.commitments()} == {
        "Kept": CommitmentState.KEPT,
        "Late": CommitmentState.LATE,
    }


async def test_a_promise_due_now_and_not_ticked_is_asked_about_and_one_due_later_is_not(world: World) -> None:
    due, later = a_commitment("Due", due=DUE_NOW), a_commitment("Later", due=DUE_NEXT)
    await world.has(due, later)
    form = await world.answered(await world.asks(), GREEN)
    assert names(form) == [f"promise_{due.id}"]
    assert (await world.prompt()).state is PromptState.PARTIALLY_ANSWERED


async def test_still_doing_it_leaves_the_old_promise_missed_and_makes_a_new_one(world: World) -> None:
    old = a_commitment("Tune", due=DUE_NOW)
    await world.has(old)
    form = await world.answered(await world.asks(), GREEN)
    assert await world.completed(form, {f"promise_{old.id}": "still"}) == Done()
    found = await by_text(world)
    again = found["Tune", DUE_NEXT]
    assert found["Tune", DUE_NOW].state is CommitmentState.MISSED
    assert (again.state, again.rolled_from_id, again.roll_count) == (CommitmentState.OPEN, old.id, 1)
    assert (await world.prompt()).state is PromptState.ANSWERED


async def test_a_promise_is_dropped_with_a_reason(world: World) -> None:
    old = a_commitment("Tune", due=DUE_NOW)
    await world.has(old)
    form = await world.answered(await world.asks(), GREEN)
    await world.completed(form, {f"promise_{old.id}": "priority changed"})
    (dropped,) = await world.commitments()
    assert (dropped.state, dropped.drop_reason) == (CommitmentState.DROPPED, DropReason.PRIORITY)


async def test_ticking_in_an_edit_withdraws_the_promise_that_was_rolled_over(world: World) -> None:
    old = a_commitment("Tune", due=DUE_NOW)
    await world.has(old)
    prompt = await world.asks()
    form = await world.answered(prompt, GREEN)
    await world.completed(form, {f"promise_{old.id}": "still"})
    edit = await world.form_of(prompt)
    assert "commit_prev" in names(edit)
    await world.act(answering.answer, world.sent(edit, {**GREEN, "commit_prev": [old.id]}))
    found = await by_text(world)
    assert found["Tune", DUE_NOW].state is CommitmentState.KEPT
    assert found["Tune", DUE_NEXT].state is CommitmentState.DROPPED


async def test_an_edit_that_changes_its_mind_rolls_no_promise_twice(world: World) -> None:
    old = a_commitment("Tune", due=DUE_NOW)
    await world.has(old)
    prompt = await world.asks()
    for choice in ("still", "under-estimated", "still"):
        form = await world.answered(prompt, GREEN)
        await world.completed(form, {f"promise_{old.id}": choice})
    found = await by_text(world)
    assert len(found) == 2
    assert found["Tune", DUE_NOW].state is CommitmentState.MISSED
    assert found["Tune", DUE_NEXT].state is CommitmentState.OPEN


async def test_an_edit_may_take_a_tick_back(world: World) -> None:
    old = a_commitment("Tune", due=DUE_NOW)
    await world.has(old)
    prompt = await world.asks()
    await world.answered(prompt, {**GREEN, "commit_prev": [old.id]})
    assert initial(await world.form_of(prompt), "commit_prev") == (old.id,)
    form = await world.answered(prompt, GREEN)
    assert names(form) == [f"promise_{old.id}"]
    assert (await world.commitments())[0].state is CommitmentState.OPEN


async def test_emptying_the_promise_in_an_edit_withdraws_it_and_writing_it_again_brings_it_back(world: World) -> None:
    prompt = await world.asks()
    states = []
    for text in ("Tune", "", "Tune again"):
        await world.answered(prompt, {**GREEN, "commit_next": text})
        states += [each.state for each in await world.commitments()]
    assert states == [CommitmentState.OPEN, CommitmentState.DROPPED, CommitmentState.OPEN]
    (promise,) = await world.commitments()
    assert (promise.text, promise.closed_at, promise.drop_reason) == ("Tune again", None, None)


async def test_a_choice_that_is_none_is_refused_at_its_field(world: World) -> None:
    old = a_commitment("Tune", due=DUE_NOW)
    await world.has(old)
    form = await world.answered(await world.asks(), GREEN)
    reply = await world.completed(form, {f"promise_{old.id}": "whatever"})
    assert isinstance(reply, FormErrors)
    assert reply.errors == {f"promise_{old.id}": "Choose one of the options."}


# The way back to Green


async def test_a_worse_colour_asks_for_the_way_back_and_a_date(world: World) -> None:
    await world.answered_before()
    form = await world.answered(await world.asks(), {"rag_model": "Amber"})
    assert names(form) == ["path", "path_by"]
    assert (await world.prompt()).rag is Rag.AMBER
    assert await world.completed(form, {"path": "Clean the feed", "path_by": "2026-12-11"}) == Done()
    answers = (await world.response(await world.prompt())).answers
    assert (answers["path"], answers["path_by"], answers["rag_model"]) == ("Clean the feed", "2026-12-11", "Amber")


@pytest.mark.parametrize(("before", "now"), [(Rag.AMBER, "Amber"), (Rag.RED, "Amber"), (Rag.GREEN, "Green")])
async def test_a_colour_that_is_not_worse_asks_for_nothing(world: World, before: Rag, now: str) -> None:
    await world.answered_before(rag=before)
    assert await world.answered(await world.asks(), {"rag_model": now}) == Done()


async def test_the_first_answer_of_a_role_is_worse_than_nothing(world: World) -> None:
    assert await world.answered(await world.asks(), {"rag_model": "Red"}) == Done()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"path_by": "2026-12-11"}, "path", "This one is needed."),
        ({"path": "x" * 281, "path_by": "2026-12-11"}, "path", "That is 281 characters; at most 280 fit."),
        ({"path": "Clean"}, "path_by", "This one is needed."),
        ({"path": "Clean", "path_by": "soon"}, "path_by", "“soon” is not a day"),
        ({"path": "Clean", "path_by": "2026-11-25"}, "path_by", "That day is past"),
        ({"path": "Clean", "path_by": "9999-12-31"}, "path_by", "31 Dec 9999 is years ahead. Is the year right?"),
    ],
)
async def test_what_is_wrong_in_the_second_form_is_said_at_its_field(
    world: World, typed: dict[str, str], field: str, said: str
) -> None:
    await world.answered_before()
    form = await world.answered(await world.asks(), {"rag_model": "Amber"})
    reply = await world.completed(form, typed)
    assert isinstance(reply, FormErrors)
    assert list(reply.errors) == [field]
    assert said in reply.errors[field]
    assert initial(reply, "path") == typed.get("path", "")
    assert (await world.prompt()).revision == 1


async def test_an_edit_begins_the_second_form_with_what_was_said_in_it(world: World) -> None:
    await world.answered_before()
    prompt = await world.asks()
    form = await world.answered(prompt, {"rag_model": "Amber"})
    await world.completed(form, {"path": "Clean the feed", "path_by": "2026-12-11"})
    again = await world.answered(prompt, {"rag_model": "Red"})
    assert (await world.prompt()).state is PromptState.ANSWERED
    assert (initial(again, "path"), initial(again, "path_by")) == ("Clean the feed", date(2026, 12, 11))


async def test_details_of_an_answer_that_was_replaced_meanwhile_are_asked_again(world: World) -> None:
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    await world.answered_before()
    prompt = await world.asks()
    form = await world.answered(prompt, {"rag_model": "Amber"})
    await world.answered(prompt, {"rag_model": "Red"}, CLEO)
    typed = {"path": "Clean the feed", "path_by": "2026-12-11"}
    reply = await world.completed(form, typed)
    assert isinstance(reply, FormErrors)
    assert "Cleo Ray answered" in reply.errors["path"]
    assert initial(reply, "path") == "Clean the feed"
    assert await world.completed(reply, typed) == Done()
    assert (await world.prompt()).rag is Rag.RED


async def test_details_nobody_asks_for_any_more_are_given_back(world: World) -> None:
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    await world.answered_before()
    prompt = await world.asks()
    form = await world.answered(prompt, {"rag_model": "Amber"})
    await world.answered(prompt, GREEN, CLEO)
    reply = await world.completed(form, {"path": "Clean the feed", "path_by": "2026-12-11"})
    assert isinstance(reply, Say)
    assert Quote("Clean the feed") in reply.message.blocks


async def test_the_second_form_after_the_cycle_closed_is_refused_and_its_words_are_given_back(world: World) -> None:
    await world.answered_before()
    form = await world.answered(await world.asks(), {"rag_model": "Amber"})
    world.clock.set(datetime(2026, 12, 3, 16, tzinfo=UTC))
    reply = await world.completed(form, {"path": "Clean the feed", "path_by": "2026-12-11"})
    assert isinstance(reply, Say)
    assert Quote("Clean the feed") in reply.message.blocks


async def test_a_partial_answer_counts_as_answered_until_its_details_come(world: World) -> None:
    await world.answered_before()
    await world.answered(await world.asks(), {"rag_model": "Amber"})
    prompt = await world.prompt()
    assert (prompt.state, prompt.rag, prompt.revision) == (PromptState.PARTIALLY_ANSWERED, Rag.AMBER, 1)
    assert await world.updates(ANA) == 1
