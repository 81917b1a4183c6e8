"""Blockers and asks raised in an answer, and what else its second form asks."""

from datetime import date

import pytest

from bot.domain.checkins import PromptState
from bot.domain.initiatives import Lifecycle
from bot.domain.ownership import AssignmentKind, Role
from bot.domain.raid import RaidCategory, RaidKind, RaidState
from bot.messages.forms import PersonField, TextField
from bot.ports import Done, FormErrors, OpenForm, Reply
from tests.builders import ANA, a_commitment, a_prompt, a_raid, an_assignment, an_initiative
from tests.flows.world import BEN, CLEO, DANA, World

GREEN = {"rag_model": "Green"}
DUE_NOW = date(2026, 11, 27)


def names(reply: Reply) -> list[str]:
    assert isinstance(reply, OpenForm | FormErrors)
    return [field.name for field in reply.form.fields]


def initial(reply: Reply, name: str) -> object:
    assert isinstance(reply, OpenForm | FormErrors)
    return next(field.initial for field in reply.form.fields if field.name == name)


async def test_a_blocker_is_raised_and_described(world: World) -> None:
    form = await world.answered(await world.asks(), {**GREEN, "blocker_tech": "data"})
    assert names(form) == ["needs_what", "needs_from"]
    await world.completed(form, {"needs_what": "No lab feed", "needs_from": f"U-{DANA}"})
    (raid,) = await world.raids()
    assert (raid.kind, raid.category, raid.title) == (RaidKind.BLOCKER, RaidCategory.DATA, "No lab feed")
    assert (raid.owner_id, raid.needs_from_id, raid.state) == (ANA, DANA, RaidState.OPEN)


async def test_an_ask_names_who_and_by_when(world: World) -> None:
    prompt = await world.asks(Role.BUSINESS_SPONSOR, DANA)
    form = await world.answered(prompt, {"rag_outcome": "Green", "ask": "money"}, DANA)
    assert names(form) == ["needs_what", "needs_from", "needs_by"]
    typed = {"needs_what": "Approve 40k", "needs_from": "cleo ray", "needs_by": "2026-12-11"}
    assert await world.completed(form, typed, DANA) == Done()
    (raid,) = await world.raids()
    assert (raid.kind, raid.category, raid.due) == (RaidKind.DECISION_NEEDED, RaidCategory.BUDGET, date(2026, 12, 11))
    assert raid.needs_from_id == CLEO


async def test_an_edit_changes_a_blocker_instead_of_raising_a_second_one(world: World) -> None:
    prompt = await world.asks()
    form = await world.answered(prompt, {**GREEN, "blocker_tech": "data"})
    await world.completed(form, {"needs_what": "No lab feed", "needs_from": f"U-{DANA}"})
    same = await world.answered(prompt, {**GREEN, "blocker_tech": "data"})
    assert initial(same, "needs_what") == "No lab feed"
    assert [field.initial for field in shown(same) if isinstance(field, PersonField)] == [DANA]
    await world.completed(same, {"needs_what": "Still no lab feed"})
    (raid,) = await world.raids()
    assert (raid.title, raid.needs_from_id) == ("Still no lab feed", None)
    await world.answered(prompt, {**GREEN, "blocker_tech": "people"})
    states = {raid.category: raid.state for raid in await world.raids()}
    assert states == {RaidCategory.DATA: RaidState.RESOLVED, RaidCategory.PEOPLE: RaidState.OPEN}
    await world.answered(prompt, GREEN)
    assert {raid.state for raid in await world.raids()} == {RaidState.RESOLVED}


def shown(reply: Reply) -> tuple[object, ...]:
    assert isinstance(reply, OpenForm | FormErrors)
    return reply.form.fields


async def test_a_blocker_stays_open_until_it_is_said_to_be_gone(world: World) -> None:
    earlier = await world.answered_before()
    raid = a_raid("No lab feed", category=RaidCategory.DATA, prompt_id=earlier.id)
    await world.has(raid)
    prompt = await world.asks()
    await world.answered(prompt, GREEN)
    assert (await world.raids())[0].state is RaidState.OPEN
    form = await world.answered(prompt, {**GREEN, "blocker_tech": "data"})
    assert initial(form, "needs_what") == "No lab feed"
    await world.completed(form, {"needs_what": "No lab feed"})
    assert [each.id for each in await world.raids()] == [raid.id]
    await world.answered(prompt, {**GREEN, "blocker_tech": "none"})
    assert (await world.raids())[0].state is RaidState.RESOLVED


async def test_a_person_in_two_roles_clears_only_the_blocker_of_the_role_that_answers(world: World) -> None:
    tech = await world.asks()
    ops = a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN, state=PromptState.SENT)
    await world.has(ops, an_assignment(role=Role.OPERATIONS_LEADER, person_id=ANA, kind=AssignmentKind.DELEGATE))
    await world.answered(tech, {**GREEN, "blocker_tech": "data"})
    await world.answered(ops, {"rag_workflow": "Green", "blocker_ops": "none"}, ANA)
    assert [raid.state for raid in await world.raids()] == [RaidState.OPEN]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nobody at all", "Nobody of that name"),
        ("ben@elsewhere.example", "Nobody of that name"),
    ],
)
async def test_somebody_unknown_is_refused_at_the_field_and_what_was_typed_stays(
    world: World, typed: str, said: str
) -> None:
    form = await world.answered(await world.asks(), {**GREEN, "blocker_tech": "data"})
    reply = await world.completed(form, {"needs_what": "No lab feed", "needs_from": typed})
    assert isinstance(reply, FormErrors)
    assert said in reply.errors["needs_from"]
    assert [f.initial for f in reply.form.fields if isinstance(f, TextField)] == ["No lab feed"]


async def test_an_upstream_change_is_described_in_the_second_form(world: World) -> None:
    asked = {"rag_model": True, "data_change": False}
    await world.answered_before(asked=asked)
    form = await world.answered(await world.asks(), {**GREEN, "data_change": "planned"})
    assert names(form) == ["change"]
    assert await world.completed(form, {"change": "New lab interface on 7 Dec"}) == Done()
    assert (await world.response(await world.prompt())).answers["change"] == "New lab interface on 7 Dec"


async def test_the_second_form_has_at_most_five_inputs(world: World) -> None:
    await world.answered_before(role=Role.BUSINESS_SPONSOR, person_id=DANA)
    promises = [a_commitment(f"P{n}", role=Role.BUSINESS_SPONSOR, person_id=DANA, due=DUE_NOW) for n in range(3)]
    await world.has(*promises)
    prompt = await world.asks(Role.BUSINESS_SPONSOR, DANA)
    form = await world.answered(prompt, {"rag_outcome": "Red", "ask": "money"}, DANA)
    assert len(names(form)) == 5


async def test_stopping_an_initiative_on_hold_is_dated(world: World) -> None:
    await world.has(an_initiative(lifecycle=Lifecycle.ON_HOLD))
    prompt = await world.asks(Role.BUSINESS_SPONSOR, DANA)
    form = await world.answered(prompt, {"hold_plan": "resume"}, DANA)
    assert await world.completed(form, {"hold_until": "2027-01-15"}, DANA) == Done()
    assert (await world.response(prompt)).answers == {"hold_plan": "resume", "hold_until": "2027-01-15"}
