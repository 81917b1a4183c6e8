"""Opening and closing cycles: who is asked, when, once; and what silence becomes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.cadence import Cycle
from bot.domain.checkins import CommitmentState, Prompt, PromptState
from bot.domain.deliveries import DeliveryKind
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import AssignmentKind, AssignmentState, Role
from bot.domain.policy import CadencePolicy, Policy
from bot.flows import cycles
from bot.ports import Ports
from tests.builders import ANA, WEEK, a_commitment, a_person, an_absence, an_assignment, an_initiative, an_organisation
from tests.flows.world import BEN, CLEO, DANA, World, the_cycle

ROLES = (Role.TECHNICAL_LEAD, Role.BUSINESS_SPONSOR, Role.OPERATIONS_LEADER)
EARLIEST = datetime(2026, 11, 25, 10, tzinfo=UTC)
"""Midnight of Thursday 26 Nov at UTC+14."""


async def cycle_in(world: World, week: str = WEEK) -> Cycle | None:
    async with world.ports.open_unit_of_work() as uow:
        return await uow.check_ins.cycle(week)


async def times_of(world: World, who: str) -> list[datetime | None]:
    rows = [await world.delivery(WEEK, who, kind=DeliveryKind.CHECKIN_PROMPT)]
    rows += [await world.delivery(WEEK, who, str(n), kind=DeliveryKind.CHECKIN_NUDGE) for n in (1, 2)]
    return [row.not_before if row else None for row in rows]


async def opened(world: World, at: datetime = EARLIEST) -> int:
    world.clock.set(at)
    return await cycles.open_due(world.ports)


async def test_nothing_is_planned_before_the_day_has_begun_anywhere(world: World) -> None:
    assert await opened(world, EARLIEST - timedelta(seconds=1)) == 0
    assert await cycle_in(world) is None
    assert await opened(world) == 3
    assert await cycle_in(world) == the_cycle()


async def test_i17_planning_again_adds_nothing(world: World) -> None:
    assert await opened(world) == 3
    events = len(await world.events())
    for _ in range(3):
        world.clock.advance(minutes=1)
        assert await cycles.open_due(world.ports) == 0
    assert len(await world.events()) == events


async def test_i19_everyone_gets_one_prompt_and_two_reminders_at_their_own_hours(world: World) -> None:
    await world.has(replace(await world.person(BEN), timezone="Asia/Kolkata"))
    await opened(world)
    assert await times_of(world, ANA) == [
        datetime(2026, 11, 26, 16, tzinfo=UTC),
        datetime(2026, 11, 27, 16, tzinfo=UTC),
        datetime(2026, 11, 27, 21, tzinfo=UTC),
    ]
    assert await times_of(world, BEN) == [
        datetime(2026, 11, 26, 4, 30, tzinfo=UTC),
        datetime(2026, 11, 27, 4, 30, tzinfo=UTC),
        datetime(2026, 11, 27, 9, 30, tzinfo=UTC),
    ]
    assert (await world.prompt(Role.OPERATIONS_LEADER)).due_at == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


async def test_i19_several_initiatives_make_one_message(world: World) -> None:
    for key in ("SCRIBE", "NOSHOW"):
        await world.has(an_initiative(key), an_assignment(f"initiative-{key.lower()}"))
    assert await opened(world) == 5
    async with world.ports.open_unit_of_work() as uow:
        mine = await uow.check_ins.prompts_of(ANA, WEEK)
    assert len(mine) == 3
    assert len(await times_of(world, ANA)) == 3


async def test_one_event_tells_of_a_batch_with_its_count(world: World) -> None:
    await opened(world)
    (event,) = await world.events()
    assert (event.action, event.entity_id, event.facts["prompts"]) == ("cycle.planned", WEEK, 3)
    assert len(str(event.facts["ids"])) == 26


async def test_who_takes_a_role_after_the_opening_is_asked_until_it_is_due(world: World) -> None:
    await opened(world)
    await world.has(an_initiative("SCRIBE"))
    world.clock.set(datetime(2026, 11, 27, 15, tzinfo=UTC))
    await world.has(an_assignment("initiative-scribe", person_id=CLEO, valid_from=date(2026, 11, 27)))
    assert await cycles.open_due(world.ports) == 1
    assert await times_of(world, CLEO) == [
        datetime(2026, 11, 26, 16, tzinfo=UTC),
        datetime(2026, 11, 27, 16, tzinfo=UTC),
        datetime(2026, 11, 27, 21, tzinfo=UTC),
    ]


async def test_a_reminder_whose_time_has_passed_is_not_planned(world: World) -> None:
    await opened(world, datetime(2026, 11, 27, 17, tzinfo=UTC))
    assert await times_of(world, ANA) == [
        datetime(2026, 11, 26, 16, tzinfo=UTC),
        None,
        datetime(2026, 11, 27, 21, tzinfo=UTC),
    ]


async def test_after_the_due_time_nobody_is_asked_any_more(world: World) -> None:
    assert await opened(world, datetime(2026, 11, 27, 21, tzinfo=UTC)) == 0


async def test_a_short_week_is_asked_earlier_and_a_week_off_not_at_all(world: World) -> None:
    thanksgiving = frozenset({date(2026, 11, 26), date(2026, 11, 27)})
    await world.has(an_organisation(holidays=thanksgiving))
    assert await opened(world, datetime(2026, 11, 23, 10, tzinfo=UTC)) == 3
    assert (await times_of(world, ANA))[0] == datetime(2026, 11, 24, 16, tzinfo=UTC)
    all_week = frozenset(date(2026, 11, 30) + timedelta(days=n) for n in range(4))
    await world.has(an_organisation(holidays=thanksgiving | all_week))
    world.clock.set(datetime(2026, 12, 3, 18, tzinfo=UTC))
    assert await cycles.open_due(world.ports) == 0
    assert await cycle_in(world, "2026-W49") is None


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"stage": Stage.INTAKE}, 0),
        ({"stage": Stage.PRODUCTION}, 2),
        ({"lifecycle": Lifecycle.ON_HOLD}, 0),
        ({"lifecycle": Lifecycle.STOPPED}, 0),
        ({"lifecycle": Lifecycle.RETIRED}, 0),
    ],
)
async def test_only_those_expected_at_a_stage_are_asked(world: World, changes: dict[str, Any], count: int) -> None:
    await world.has(an_initiative(**changes))
    assert await opened(world) == count


async def test_sponsors_in_production_are_asked_weekly_where_the_policy_says_so(world: World) -> None:
    await world.has(an_initiative(stage=Stage.PRODUCTION))
    world.ports = replace(world.ports, policy=Policy(cadence=CadencePolicy(sponsor_monthly_when_live=False)))
    assert await opened(world) == 3


async def test_proposed_and_ended_roles_are_not_asked(world: World) -> None:
    await world.has(an_assignment(state=AssignmentState.ENDED, valid_to=date(2026, 11, 20)))
    await world.has(an_assignment(person_id=CLEO, state=AssignmentState.PROPOSED, accepted_at=None))
    assert await opened(world) == 2


async def test_i20_the_absent_are_excused_and_get_no_message(world: World) -> None:
    await world.has(an_absence())
    await opened(world)
    prompt = await world.prompt()
    assert (prompt.state, prompt.excused_reason) == (PromptState.EXCUSED, "absent")
    assert await times_of(world, ANA) == [None, None, None]


async def test_two_absences_that_meet_excuse_like_one(world: World) -> None:
    thursday = an_absence(id="a", last=date(2026, 11, 26))
    friday = an_absence(id="b", first=date(2026, 11, 27))
    await world.has(thursday, friday)
    await opened(world)
    assert (await world.prompt()).state is PromptState.EXCUSED


async def test_somebody_away_for_a_part_of_it_is_asked(world: World) -> None:
    await world.has(an_absence(last=date(2026, 11, 26)))
    await opened(world)
    assert (await world.prompt()).state is PromptState.SCHEDULED


@pytest.mark.parametrize("named_by", ["absence", "assignment"])
async def test_i03_a_delegate_is_asked_instead_of_the_absent(world: World, named_by: str) -> None:
    if named_by == "assignment":
        await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE), an_absence())
    else:
        await world.has(an_absence(delegate_id=CLEO))
    await opened(world)
    prompt = await world.prompt()
    assert (prompt.person_id, prompt.on_behalf_of, prompt.state) == (CLEO, ANA, PromptState.SCHEDULED)
    assert (await times_of(world, CLEO))[0] is not None
    assert await times_of(world, ANA) == [None, None, None]


async def test_a_delegate_who_is_away_too_leaves_it_excused(world: World) -> None:
    await world.has(an_absence(delegate_id=CLEO), an_absence(CLEO))
    await opened(world)
    assert (await world.prompt()).state is PromptState.EXCUSED


async def test_a_delegate_who_has_left_is_not_asked(world: World) -> None:
    await world.has(replace(await world.person(CLEO), active=False), an_absence(delegate_id=CLEO))
    await opened(world)
    assert (await world.prompt()).state is PromptState.EXCUSED


async def test_who_works_no_hour_of_a_cycle_is_excused(world: World) -> None:
    await world.has(a_person(workdays=frozenset({0, 1})))
    await opened(world)
    prompt = await world.prompt()
    assert (prompt.state, prompt.excused_reason) == (PromptState.EXCUSED, "not working in this cycle")


async def test_an_unknown_time_zone_counts_as_the_organisations(world: World) -> None:
    await world.has(a_person(timezone="Mars/Olympus"))
    await opened(world)
    assert (await times_of(world, ANA))[0] == datetime(2026, 11, 26, 16, tzinfo=UTC)


async def test_before_there_is_an_organisation_nothing_happens(ports: Ports) -> None:
    assert await cycles.open_due(ports) == 0
    assert await cycles.close_due(ports) == 0


# Closing


async def closed(world: World) -> int:
    world.clock.set(datetime(2026, 11, 30, 14, tzinfo=UTC))
    return await cycles.close_due(world.ports)


async def states(world: World) -> dict[Role, PromptState]:
    return {role: (await world.prompt(role)).state for role in ROLES}


async def test_silence_becomes_a_miss_and_what_was_never_delivered_does_not(world: World) -> None:
    await opened(world)
    prompts: list[Prompt] = [await world.prompt(role) for role in ROLES]
    await world.has(replace(prompts[0], state=PromptState.SENT), replace(prompts[1], state=PromptState.ANSWERED))
    assert await closed(world) == 1
    assert await states(world) == {
        Role.TECHNICAL_LEAD: PromptState.MISSED,
        Role.BUSINESS_SPONSOR: PromptState.ANSWERED,
        Role.OPERATIONS_LEADER: PromptState.FAILED,
    }


async def test_a_cycle_closes_once_at_its_hour(world: World) -> None:
    await opened(world)
    world.clock.set(datetime(2026, 11, 30, 13, 59, 59, tzinfo=UTC))
    assert await cycles.close_due(world.ports) == 0
    assert await closed(world) == 1
    assert await closed(world) == 0
    event = (await world.events())[-1]
    assert (event.action, event.facts) == ("cycle.closed", {"missed": 0, "undelivered": 3, "promises_missed": 0})


async def test_excused_and_cancelled_check_ins_stay_what_they_are(world: World) -> None:
    await world.asks(state=PromptState.EXCUSED)
    await world.asks(Role.BUSINESS_SPONSOR, DANA, state=PromptState.CANCELLED)
    await world.asks(Role.OPERATIONS_LEADER, BEN, state=PromptState.PARTIALLY_ANSWERED)
    await closed(world)
    assert list((await states(world)).values()) == [
        PromptState.EXCUSED,
        PromptState.CANCELLED,
        PromptState.PARTIALLY_ANSWERED,
    ]


async def test_promises_due_by_then_and_still_open_are_missed(world: World) -> None:
    await world.asks()
    await world.has(a_commitment("Due"), a_commitment("Later", due=date(2026, 12, 4)))
    await world.has(a_commitment("Done", state=CommitmentState.KEPT))
    await closed(world)
    assert {each.text: each.state for each in await world.commitments()} == {
        "Due": CommitmentState.MISSED,
        "Later": CommitmentState.OPEN,
        "Done": CommitmentState.KEPT,
    }
