"""Cycles, prompts, answers and promises are kept once and found by who is asked and what about."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.checkins import Commitment, CommitmentState, DropReason, PromptState, Rag, prompt_id
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, AssignmentKind, AssignmentState, Role
from bot.stores import Expected
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import (
    ANA,
    NOW,
    SEPSIS,
    WEEK,
    a_commitment,
    a_cycle,
    a_person,
    a_prompt,
    a_response,
    a_small_world,
    an_assignment,
    an_initiative,
    store,
)

SPONSOR, LEAD, OPERATIONS = OWNER_ROLES
DAY = date(2026, 11, 25)

# Cycles


async def test_a_cycle_is_added_once_and_stays_as_it_was_planned(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.add_cycle_once(a_cycle())
        assert not await uow.check_ins.add_cycle_once(a_cycle(due_on=date(2026, 11, 28)))
        assert await uow.check_ins.cycle(WEEK) == a_cycle()
        assert await uow.check_ins.cycle("2026-W49") is None


async def test_closing_a_cycle_turns_silence_into_misses_and_undelivered_into_failed_once(database: Database) -> None:
    await a_small_world(database)
    sent = a_prompt(state=PromptState.SENT)
    undelivered, answered = a_prompt(role=SPONSOR), a_prompt(role=OPERATIONS, state=PromptState.ANSWERED)
    next_week = a_prompt(cycle="2026-W49", state=PromptState.SENT)
    await store(database, a_cycle(), a_cycle("2026-W49"), sent, undelivered, answered, next_week)
    async with SqlUnitOfWork(database) as uow:
        assert [each.key for each in await uow.check_ins.unclosed_cycles()] == [WEEK, "2026-W49"]
        assert await uow.check_ins.close_cycle(WEEK, NOW) == 1
        assert await uow.check_ins.close_cycle(WEEK, NOW) == 0
        states = {each.role: each.state for each in await uow.check_ins.prompts_of(ANA, WEEK)}
        assert states == {LEAD: PromptState.MISSED, SPONSOR: PromptState.FAILED, OPERATIONS: PromptState.ANSWERED}
        assert await uow.check_ins.prompts_of(ANA, "2026-W49") == [next_week]
        assert [each.key for each in await uow.check_ins.unclosed_cycles()] == ["2026-W49"]
        assert [each.key for each in await uow.check_ins.newest_cycles(1)] == ["2026-W49"]


# Who is expected


async def test_a_holder_without_a_prompt_is_expected_until_there_is_one(database: Database) -> None:
    await a_small_world(database)
    async with SqlUnitOfWork(database) as uow:
        expected = [Expected(SEPSIS, LEAD, ANA, Stage.PILOT, Lifecycle.ACTIVE)]
        assert await uow.check_ins.expected(WEEK, DAY) == expected
        await uow.check_ins.add_prompts_once([a_prompt()])
        assert await uow.check_ins.expected(WEEK, DAY) == []
        assert await uow.check_ins.expected("2026-W49", DAY) == expected


@pytest.mark.parametrize(
    ("initiative", "assignment"),
    [
        ({"lifecycle": Lifecycle.STOPPED}, {}),
        ({"lifecycle": Lifecycle.RETIRED}, {}),
        ({}, {"state": AssignmentState.PROPOSED}),
        ({}, {"state": AssignmentState.ENDED, "valid_to": date(2026, 11, 20)}),
        ({}, {"kind": AssignmentKind.DELEGATE}),
        ({}, {"role": Role.GATEKEEPER}),
        ({}, {"valid_from": date(2026, 11, 26)}),
        ({}, {"valid_to": DAY}),
    ],
)
async def test_nobody_is_expected_who_holds_nothing(
    initiative: dict[str, object], assignment: dict[str, object], database: Database
) -> None:
    await a_small_world(database)
    await store(database, an_initiative(**initiative), replace(an_assignment(), **assignment))  # type: ignore[arg-type]
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.expected(WEEK, DAY) == []


async def test_an_initiative_on_hold_is_still_expected_so_that_the_month_can_decide(database: Database) -> None:
    await a_small_world(database)
    await store(database, an_initiative(lifecycle=Lifecycle.ON_HOLD))
    async with SqlUnitOfWork(database) as uow:
        assert [each.lifecycle for each in await uow.check_ins.expected(WEEK, DAY)] == [Lifecycle.ON_HOLD]


# Prompts

PLANS = st.lists(
    st.tuples(st.sampled_from([WEEK, "2026-W49"]), st.sampled_from(["SEPSIS", "ARIA"]), st.sampled_from(OWNER_ROLES)),
    max_size=20,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plans=st.lists(PLANS, min_size=1, max_size=3))
async def test_I_17_planning_again_never_makes_a_second_prompt(  # noqa: N802
    plans: list[list[tuple[str, str, Role]]], database: Database
) -> None:
    await a_small_world(database)
    await store(database, an_initiative("ARIA"))
    async with SqlUnitOfWork(database) as uow:
        added = 0
        for plan in plans:
            keys = [(cycle, f"initiative-{key.lower()}", role) for cycle, key, role in plan]
            added += await uow.check_ins.add_prompts_once([a_prompt(about, role, cycle) for cycle, about, role in keys])
        stored = [prompt for prompt, _ in await uow.check_ins.history()]
    assert added == len(stored)
    unique = {(each.cycle, each.initiative_id, each.role) for each in stored}
    assert len(unique) == len(stored)
    assert unique == {(cycle, f"initiative-{key.lower()}", role) for plan in plans for cycle, key, role in plan}


async def test_I_17_a_prompt_is_one_by_cycle_initiative_and_role_whatever_its_id(  # noqa: N802
    database: Database,
) -> None:
    await a_small_world(database)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.add_prompts_once([a_prompt(), a_prompt(id="another")]) == 1
        assert await uow.check_ins.prompt(prompt_id(WEEK, SEPSIS, LEAD)) == a_prompt()


async def test_I_17_two_planners_at_once_make_each_prompt_once(database_url: str) -> None:  # noqa: N802
    one, other = Database.at(database_url), Database.at(database_url)
    await a_small_world(one)
    prompts = [a_prompt(cycle=f"2026-W{week}") for week in range(10, 50)]

    async def plan(database: Database) -> int:
        async with SqlUnitOfWork(database) as uow:
            added = await uow.check_ins.add_prompts_once(prompts)
            await uow.commit()
            return added

    added = await asyncio.gather(plan(one), plan(other), plan(one), plan(other))
    await one.close()
    await other.close()
    assert sum(added) == 40


async def test_a_prompt_comes_back_as_it_was_saved(database: Database) -> None:
    await a_small_world(database)
    answered = a_prompt(
        state=PromptState.ANSWERED,
        on_behalf_of="bo",
        sent_at=NOW,
        answered_at=NOW,
        snoozed=True,
        revision=3,
        rag=Rag.AMBER,
        confidence=4,
        unchanged=True,
    )
    await store(database, a_prompt(), answered)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.prompt(answered.id) == answered
        assert await uow.check_ins.prompt("nothing") is None


async def test_a_persons_prompts_come_in_the_order_of_the_initiatives_keys(database: Database) -> None:
    await a_small_world(database)
    mine = [a_prompt("initiative-aria", LEAD), a_prompt(role=SPONSOR), a_prompt(role=LEAD)]
    foreign = a_prompt("initiative-aria", SPONSOR, person_id="bo-lindqvist")
    await store(database, an_initiative("ARIA"), a_person("Bo Lindqvist"), foreign, *reversed(mine))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.prompts_of(ANA, WEEK) == mine


async def test_open_prompts_about_an_initiative_are_those_still_answerable(database: Database) -> None:
    await a_small_world(database)
    kept = [a_prompt(cycle="2026-W49"), a_prompt(state=PromptState.SENT)]
    over = [a_prompt(role=SPONSOR, state=PromptState.ANSWERED), a_prompt(role=OPERATIONS, state=PromptState.EXCUSED)]
    await store(database, a_cycle(), a_cycle("2026-W49"), *kept, *over)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.open_prompts_about(SEPSIS) == kept
        assert len(await uow.check_ins.newest_prompts_about(SEPSIS)) == 4


async def test_marking_as_sent_leaves_an_answer_given_meanwhile_alone(database: Database) -> None:
    await a_small_world(database)
    answered = a_prompt(role=SPONSOR, state=PromptState.ANSWERED, answered_at=NOW)
    await store(database, a_prompt(), answered)
    async with SqlUnitOfWork(database) as uow:
        await uow.check_ins.mark_sent([a_prompt().id, answered.id], NOW)
        assert await uow.check_ins.prompt(a_prompt().id) == a_prompt(state=PromptState.SENT, sent_at=NOW)
        assert await uow.check_ins.prompt(answered.id) == answered


# Answers


async def test_a_revision_of_an_answer_is_stored_once_and_the_newest_is_read(database: Database) -> None:
    await a_small_world(database)
    first, second = a_response(), a_response(revision=2, late=True, answers={"remark": "*5* <!channel> ünïcode"})
    await store(database, a_prompt(revision=2))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.response(a_prompt().id) is None
        assert await uow.check_ins.add_response(first)
        assert await uow.check_ins.response(a_prompt().id) == first
        assert await uow.check_ins.add_response(second)
        assert not await uow.check_ins.add_response(a_response(revision=2, id="a-double-click"))
        assert await uow.check_ins.response(a_prompt().id) == second
        assert await uow.check_ins.history() == [(a_prompt(revision=2), second)]


async def test_earlier_answers_of_a_role_come_newest_first(database: Database) -> None:
    await a_small_world(database)
    past = [a_prompt(cycle=f"2026-W{week}", state=PromptState.ANSWERED, revision=1) for week in (44, 45, 46)]
    missed = a_prompt(cycle="2026-W47", state=PromptState.MISSED)
    await store(database, *past, missed, *map(a_response, past))
    async with SqlUnitOfWork(database) as uow:
        found = await uow.check_ins.answers_before(SEPSIS, LEAD, "2026-W48", 2)
        assert found == [(past[2], a_response(past[2])), (past[1], a_response(past[1]))]
        assert await uow.check_ins.answers_before(SEPSIS, LEAD, "2026-W44", 2) == []
        assert await uow.check_ins.answers_before(SEPSIS, SPONSOR, "2026-W48", 2) == []


async def test_the_history_has_the_unanswered_too(database: Database) -> None:
    await a_small_world(database)
    await store(database, a_prompt())
    async with SqlUnitOfWork(database) as uow:
        assert await uow.check_ins.history() == [(a_prompt(), None)]


# Promises


async def test_a_promise_comes_back_and_is_found_while_it_is_open(database: Database) -> None:
    await a_small_world(database)
    dropped = a_commitment(
        "Buy sensors",
        state=CommitmentState.DROPPED,
        closed_at=NOW,
        drop_reason=DropReason.PRIORITY,
        prompt_id=a_prompt().id,
        rolled_from_id="earlier",
        roll_count=2,
    )
    sooner = a_commitment("Sooner", due=date(2026, 11, 26))
    await store(database, a_prompt(), dropped, a_commitment(), sooner, a_commitment("Not mine", role=SPONSOR))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.commitments.get(dropped.id) == dropped
        assert await uow.commitments.open_of(SEPSIS, LEAD) == [sooner, a_commitment()]
        assert await uow.commitments.made_in(a_prompt().id) == [dropped]
        assert len(await uow.commitments.all()) == 4


async def test_open_promises_are_missed_when_their_day_is_over(database: Database) -> None:
    await a_small_world(database)
    kept = a_commitment("Kept", state=CommitmentState.KEPT, closed_at=NOW)
    later = a_commitment("Later", due=date(2026, 11, 28))
    await store(database, a_commitment("Due"), kept, later)
    async with SqlUnitOfWork(database) as uow:
        until, at = date(2026, 11, 27), NOW + timedelta(days=3)
        assert await uow.commitments.miss_due(until, at) == 1
        assert await uow.commitments.miss_due(until, at) == 0
        found: dict[str, Commitment] = {each.text: each for each in await uow.commitments.all()}
    assert found == {
        "Due": a_commitment("Due", state=CommitmentState.MISSED, closed_at=at),
        "Kept": kept,
        "Later": later,
    }
