"""Escalations are stored, changed by one at a time, and found by what calls for one, on every database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.escalation import (
    Escalation,
    EscalationState,
    LadderCode,
    Notice,
    Party,
    Resolution,
    acknowledged,
    notice_id,
    resolved,
    risen,
)
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import AssignmentState, Role
from bot.domain.standing import Cause, Standing
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import (
    ANA,
    NOW,
    SEPSIS,
    WEEK,
    a_cycle,
    a_delivery,
    a_person,
    a_prompt,
    a_small_world,
    an_assignment,
    an_initiative,
    store,
)

CHK, OWN = LadderCode.CHK, LadderCode.OWN
SPONSOR, TECHNICAL, OPERATIONS = Role.BUSINESS_SPONSOR, Role.TECHNICAL_LEAD, Role.OPERATIONS_LEADER
DAY = date(2026, 12, 1)
VACANT = Standing(cause=Cause.VACANT, since=DAY)


def an_escalation(ladder: LadderCode = CHK, id: str = "e1", **changes: object) -> Escalation:
    base = Escalation(
        id=id,
        ladder=ladder,
        initiative_id=SEPSIS,
        role=TECHNICAL,
        cause=Cause.UNANSWERED if ladder is CHK else Cause.VACANT,
        raised_at=NOW,
        level=1,
        level_at=NOW,
        person_id=ANA,
        through=WEEK,
        missed=1,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def a_notice(level: int = 1, person_id: str = ANA, escalation: str = "e1", **changes: object) -> Notice:
    base = Notice(
        id=notice_id(escalation, level, person_id),
        escalation_id=escalation,
        level=level,
        person_id=person_id,
        party=Party.CO_OWNERS,
        planned_at=NOW,
        carrier="escalation:2026-12-01:ana-ortiz",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.fixture
async def base(database: Database) -> Database:
    """Ana leads the technology of SEPSIS, which has missed a check-in."""
    await a_small_world(database)
    await store(database, a_cycle(), a_prompt(state=PromptState.MISSED))
    return database


async def added(base: Database, *escalations: Escalation) -> list[bool]:
    async with SqlUnitOfWork(base) as uow:
        found = [await uow.escalations.add_once(each) for each in escalations]
        await uow.commit()
    return found


async def test_an_escalation_comes_back_with_everything_known_of_it(base: Database) -> None:
    full = acknowledged(an_escalation(started_on=DAY), ANA, "Cleo takes over", DAY, NOW)
    await added(base, full)
    async with SqlUnitOfWork(base) as uow:
        assert await uow.escalations.get("e1") == full
        assert await uow.escalations.get("none") is None
        assert await uow.escalations.many(["e1", "none"]) == {"e1": full}


async def test_of_a_ladder_and_role_one_is_open_at_most(base: Database) -> None:
    assert await added(base, an_escalation()) == [True]
    assert await added(base, an_escalation(id="e2")) == [False]
    assert await added(base, an_escalation(OWN, "e3"), an_escalation(id="e4", role=SPONSOR)) == [True, True]
    async with SqlUnitOfWork(base) as uow:
        one = await uow.escalations.get("e1")
        assert one
        assert await uow.escalations.change(one, resolved(one, Resolution.ANSWERED, NOW))
        await uow.commit()
    assert await added(base, an_escalation(id="e2")) == [True]


async def test_only_the_first_of_two_changes_counts(base: Database) -> None:
    before = an_escalation()
    await added(base, before)
    async with SqlUnitOfWork(base) as uow:
        assert await uow.escalations.change(before, risen(before, 2, VACANT, NOW))
        assert not await uow.escalations.change(before, risen(before, 2, VACANT, NOW))
        await uow.commit()
    async with SqlUnitOfWork(base) as uow:
        assert not await uow.escalations.change(before, resolved(before, Resolution.ANSWERED, NOW))


async def test_what_is_open_is_found_and_what_has_ended_is_found_apart(base: Database) -> None:
    over = resolved(an_escalation(id="e0"), Resolution.ANSWERED, NOW, WEEK)
    await added(base, over, an_escalation(), an_escalation(OWN, "e2"))
    async with SqlUnitOfWork(base) as uow:
        assert [each.id for each in await uow.escalations.open_ones()] == ["e1", "e2"]
        assert [each.id for each in await uow.escalations.open_about(SEPSIS)] == ["e1", "e2"]
        assert await uow.escalations.open_about("another") == []
        assert await uow.escalations.ended_about([SEPSIS], CHK) == [over]
        assert await uow.escalations.ended_about([SEPSIS], OWN) == []


async def test_who_is_told_is_noted_once_and_so_is_when(base: Database) -> None:
    await added(base, an_escalation())
    later = NOW + timedelta(hours=1)
    async with SqlUnitOfWork(base) as uow:
        assert await uow.escalations.add_notices_once([a_notice(), a_notice(2)]) == 2
        assert await uow.escalations.add_notices_once([a_notice()]) == 0
        await uow.escalations.mark_told([a_notice().id], NOW)
        await uow.escalations.mark_told([a_notice().id, a_notice(2).id], later)
        await uow.commit()
    async with SqlUnitOfWork(base) as uow:
        told = [a_notice(told_at=NOW), a_notice(2, told_at=later)]
        assert await uow.escalations.notices_of(["e1"]) == told
        assert sorted(await uow.escalations.carried_by(a_notice().carrier), key=lambda n: n.level) == told
        assert await uow.escalations.told(ANA, NOW) == {(SEPSIS, TECHNICAL)}
        assert await uow.escalations.told(ANA, later + timedelta(seconds=1)) == set()


async def test_a_notice_is_moved_to_another_row(base: Database) -> None:
    await added(base, an_escalation())
    moved = a_notice(carrier="escalation:2026-12-02:ana-ortiz", failed=True)
    async with SqlUnitOfWork(base) as uow:
        await uow.escalations.add_notices_once([a_notice()])
        await uow.escalations.save_notices([moved])
        assert await uow.escalations.notices_of(["e1"]) == [moved]
        await uow.escalations.save_notices([])
        assert await uow.escalations.add_notices_once([]) == 0


async def test_a_missed_check_in_calls_for_an_escalation_until_it_is_counted(base: Database) -> None:
    async def places() -> list[tuple[str, Role]]:
        async with SqlUnitOfWork(base) as uow:
            return await uow.escalations.unanswered([WEEK])

    assert await places() == [(SEPSIS, TECHNICAL)]
    await added(base, an_escalation())
    assert await places() == []
    async with SqlUnitOfWork(base) as uow:
        await uow.escalations.change(an_escalation(), resolved(an_escalation(), Resolution.EXCUSED, NOW))
        await uow.commit()
    assert await places() == []
    await store(base, a_cycle("2026-W49"), a_prompt(cycle="2026-W49", state=PromptState.MISSED))
    async with SqlUnitOfWork(base) as uow:
        assert await uow.escalations.unanswered(["2026-W49", WEEK]) == [(SEPSIS, TECHNICAL)]


@pytest.mark.parametrize("changes", [{"lifecycle": Lifecycle.ON_HOLD}, {"stage": Stage.INTAKE}])
async def test_what_is_not_worked_on_calls_for_nothing(base: Database, changes: dict[str, object]) -> None:
    await store(base, replace(an_initiative(), **changes))  # type: ignore[arg-type]
    async with SqlUnitOfWork(base) as uow:
        assert await uow.escalations.unanswered([WEEK]) == []
        assert await uow.escalations.unowned(DAY) == []


async def test_roles_nobody_can_answer_for_are_found(base: Database) -> None:
    mei = a_person("Mei Chen")
    await store(base, mei, an_initiative("SCRIBE"), an_assignment(role=SPONSOR, person_id=mei.id))
    await store(base, an_assignment(role=OPERATIONS, person_id=mei.id, state=AssignmentState.PROPOSED))

    async def unowned(day: date = DAY) -> list[tuple[str, Role]]:
        async with SqlUnitOfWork(base) as uow:
            return await uow.escalations.unowned(day)

    assert await unowned() == [(SEPSIS, OPERATIONS)]
    assert await unowned(date(2026, 10, 1)) == [(SEPSIS, role) for role in (SPONSOR, TECHNICAL, OPERATIONS)]
    await store(base, replace(mei, unreachable_since=NOW))
    assert await unowned() == [(SEPSIS, SPONSOR), (SEPSIS, OPERATIONS)]
    await store(base, replace(mei, active=False))
    assert await unowned() == [(SEPSIS, SPONSOR), (SEPSIS, OPERATIONS)]


async def test_the_latest_prompts_of_a_role_come_newest_first(base: Database) -> None:
    for week in ("2026-W49", "2026-W50"):
        await store(base, a_cycle(week), a_prompt(cycle=week), a_prompt(role=SPONSOR, cycle=week))
    async with SqlUnitOfWork(base) as uow:
        found = await uow.check_ins.latest_of([SEPSIS, "another"], 2)
    assert [p.cycle for p in found if p.role is TECHNICAL] == ["2026-W50", "2026-W49"]
    assert [p.cycle for p in found if p.role is SPONSOR] == ["2026-W50", "2026-W49"]


async def test_rows_are_found_by_their_keys(base: Database) -> None:
    row = a_delivery()
    await store(base, row)
    async with SqlUnitOfWork(base) as uow:
        assert await uow.deliveries.by_keys([row.dedupe_key, "none"]) == {row.dedupe_key: row}
        assert await uow.deliveries.by_keys([]) == {}


async def test_the_words_of_a_plan_are_erased_after_their_time(base: Database) -> None:
    planned = acknowledged(an_escalation(), ANA, "Cleo takes over", DAY, NOW)
    await added(base, planned)
    async with SqlUnitOfWork(base) as uow:
        await uow.escalations.change(planned, resolved(planned, Resolution.ANSWERED, NOW))
        assert await uow.escalations.erase_words(NOW) == 0
        assert await uow.escalations.erase_words(NOW + timedelta(days=1)) == 1
        kept = await uow.escalations.get("e1")
    assert kept
    assert (kept.plan, kept.state) == ("", EscalationState.RESOLVED)
