"""Two years of weeks answered at random times: each asked once, and nobody is told of what was answered."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.calendar import local_instant, week_of
from bot.domain.checkins import Prompt, PromptState
from bot.domain.escalation import LadderCode
from bot.domain.ownership import AssignmentState, Role
from tests.builders import ANA, SEPSIS, an_assignment
from tests.flows.escalations.weeks import ANA_S, CHICAGO, THURSDAY, Ladders
from tests.flows.world import BEN, DANA
from tests.lengths import WEEKS

SEED = 20261203
ANA_GREEN = {**ANA_S, "data_change": "no"}
Pick = Callable[[random.Random, date], datetime]


def at(day: date, hour: int, minute: int = 5) -> datetime:
    return local_instant(day, time(hour, minute), CHICAGO)


def in_time(chance: random.Random, thursday: date) -> datetime:
    """Return a moment between the opening and the close of a week, nights and the weekend included."""
    opens, closes = at(thursday, 10, 6), at(thursday + timedelta(days=4), 7, 55)
    return opens + chance.random() * (closes - opens)


def at_any_time(chance: random.Random, thursday: date) -> datetime:
    """Return a moment up to the opening of the next week, so that every third answer or so is late."""
    opens, ends = at(thursday, 10, 6), at(thursday + timedelta(days=7), 9, 55)
    return opens + chance.random() * (ends - opens)


@pytest.fixture
async def alone(ladders: Ladders) -> Ladders:
    """Ana alone owns a part of SEPSIS, and only unanswered check-ins are escalated."""
    given = ladders.ports.ladders
    ladders.works_by(replace(given, ladders=tuple(each for each in given.ladders if each.code is LadderCode.CHK)))
    for role, who in ((Role.BUSINESS_SPONSOR, DANA), (Role.OPERATIONS_LEADER, BEN)):
        over = an_assignment(role=role, person_id=who, state=AssignmentState.ENDED, valid_to=date(2026, 11, 29))
        await ladders.world.has(over)
    return ladders


async def lived(ladders: Ladders, weeks: int, pick: Pick) -> None:
    """Let weeks go by, each answered at a random moment; what is due is done at the moments at which anything is."""
    chance = random.Random(SEED)
    for n in range(weeks):
        thursday = THURSDAY + timedelta(weeks=n)
        friday, monday = thursday + timedelta(days=1), thursday + timedelta(days=4)
        answers_at = pick(chance, thursday)
        beats = [at(thursday, 10), at(friday, 10), at(friday, 15), at(monday, 8), at(monday, 10)]
        for moment in sorted([*beats, answers_at]):
            ladders.clock.set(moment)
            if moment == answers_at:
                await ladders.world.answered(await ladders.world.prompt(week=week_of(thursday)), ANA_GREEN, ANA)
            await ladders.tick()


async def asked(ladders: Ladders) -> list[Prompt]:
    async with ladders.ports.open_unit_of_work() as uow:
        return await uow.check_ins.latest_of([SEPSIS], 2 * WEEKS)


async def test_two_years_answered_at_random_times_cause_no_false_escalation(alone: Ladders) -> None:
    await lived(alone, WEEKS, in_time)
    prompts = await asked(alone)
    assert len({prompt.cycle for prompt in prompts}) == len(prompts) == WEEKS
    assert {prompt.state for prompt in prompts} == {PromptState.ANSWERED}
    assert await alone.actions() == []
    assert alone.escalated_to() == {}


async def test_late_answers_are_heard_of_by_nobody_above(alone: Ladders) -> None:
    await lived(alone, WEEKS // 4, at_any_time)
    late = [prompt for prompt in await asked(alone) if prompt.state is PromptState.ANSWERED_LATE]
    assert late
    actions = await alone.actions()
    assert "escalation.risen" not in actions
    assert actions.count("escalation.raised") == actions.count("escalation.resolved") > 0
    assert await alone.open_ones() == []
    assert alone.escalated_to() == {}  # Ana owns it alone: there is nobody to ask
