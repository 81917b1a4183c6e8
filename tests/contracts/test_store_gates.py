"""Gates and all that stands under them are stored, changed by one at a time and decided once, on every database."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.gates.conditions import ConditionState
from bot.domain.gates.evidence import EvidenceState
from bot.domain.gates.gates import GateState, decided, submitted
from bot.domain.gates.readiness import (
    IntegrationAction,
    IntegrationKind,
    RolloutPhase,
    first_capabilities,
    first_items,
)
from bot.stores import Gates
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import NOW, SEPSIS, a_small_world
from tests.gates import (
    a_change,
    a_charter,
    a_condition,
    a_criterion,
    a_decision,
    a_gate,
    a_signature,
    a_waiver,
    an_agreed,
    some_evidence,
)

SHELVES: dict[str, Any] = {
    "gates": a_gate(),
    "criteria": a_criterion(),
    "evidence": some_evidence(snapshot={"C1": 71.5}),
    "signatures": a_signature(on_behalf_of="dana-whitfield"),
    "waivers": a_waiver(),
    "conditions": a_condition(),
    "charters": a_charter(),
    "agreed": an_agreed(),
    "capabilities": first_capabilities(SEPSIS)[0],
    "items": first_items(SEPSIS)[0],
    "actions": IntegrationAction(
        id="a1", initiative_id=SEPSIS, kind=IntegrationKind.SOP_TRAINING, text="Step in the procedure"
    ),
    "phases": RolloutPhase(id="p1", initiative_id=SEPSIS, number=1, name="Ward 3", gate_code="G5", population=40),
}


@pytest.fixture
async def base(database: Database) -> Database:
    """SEPSIS, with one gate, its criterion and a decision about it."""
    await a_small_world(database)
    async with SqlUnitOfWork(database) as uow:
        await uow.gates.gates.save([a_gate()])
        await uow.gates.criteria.save([a_criterion()])
        await uow.gates.decisions.add_once([a_decision()])
        await uow.commit()
    return database


def shelf(gates: Gates, name: str) -> Any:  # noqa: ANN401 - one of many kinds
    return getattr(gates, name)


@pytest.mark.parametrize("name", SHELVES)
async def test_what_is_kept_comes_back_by_id_and_by_initiative(base: Database, name: str) -> None:
    record = SHELVES[name]
    key = getattr(record, "id", SEPSIS)
    async with SqlUnitOfWork(base) as uow:
        await shelf(uow.gates, name).save([record, record])
        await uow.commit()
    async with SqlUnitOfWork(base) as uow:
        kept = shelf(uow.gates, name)
        assert await kept.get(key) == record
        assert await kept.get("none") is None
        assert await kept.of(SEPSIS) == [record]
        assert await kept.of("another") == []
        assert await kept.of_many([SEPSIS, "another"]) == [record]
        assert await kept.all() == [record]
        assert await kept.add_once([record]) == 0


@pytest.mark.parametrize(("name", "record"), [("decisions", a_decision()), ("changes", a_change())])
async def test_what_was_decided_or_moved_is_added_and_stays(base: Database, name: str, record: Any) -> None:  # noqa: ANN401
    async with SqlUnitOfWork(base) as uow:
        await shelf(uow.gates, name).add_once([record])
        await shelf(uow.gates, name).add_once([record])
        await uow.commit()
    async with SqlUnitOfWork(base) as uow:
        assert await shelf(uow.gates, name).of(SEPSIS) == [record]
        assert not hasattr(shelf(uow.gates, name), "save")


async def test_of_a_gate_there_is_one_first_decision(base: Database) -> None:
    async with SqlUnitOfWork(base) as uow:
        assert await uow.gates.decisions.add_once([a_decision(id="another", number=2)]) == 0
        correction = a_decision(id="correction", number=2, supersedes_id=a_decision().id)
        assert await uow.gates.decisions.add_once([correction]) == 1


async def test_a_person_signs_once_until_the_signature_is_revoked(base: Database) -> None:
    first = a_signature()
    again = replace(first, id="again")
    async with SqlUnitOfWork(base) as uow:
        await uow.gates.signatures.save([first])
        assert await uow.gates.signatures.add_once([again]) == 0
        await uow.gates.signatures.save([replace(first, revoked_at=NOW)])
        assert await uow.gates.signatures.add_once([again]) == 1


async def test_one_version_of_a_criterion_is_locked_at_most(base: Database) -> None:
    async with SqlUnitOfWork(base) as uow:
        await uow.gates.agreed.save([an_agreed()])
        assert await uow.gates.agreed.add_once([an_agreed(id="v2", version=2)]) == 0


async def test_only_the_first_of_two_changes_of_a_gate_counts(base: Database) -> None:
    before = a_gate()
    placed = submitted(before, "dana-whitfield", NOW)
    async with SqlUnitOfWork(base) as uow:
        assert await uow.gates.change_gate(before, placed)
        assert not await uow.gates.change_gate(before, placed)
        assert await uow.gates.change_gate(placed, decided(placed, "d", NOW))
        assert not await uow.gates.change_gate(placed, decided(placed, "other", NOW))


async def test_what_waits_expires_or_is_unsettled_is_found(base: Database) -> None:
    over = some_evidence(id="over", valid_until=date(2026, 11, 25))
    async with SqlUnitOfWork(base) as uow:
        await uow.gates.gates.save([a_gate(), a_gate("G1", state=GateState.DECIDED)])
        until_today = some_evidence(id="today", valid_until=date(2026, 11, 26))
        taken_back = replace(over, id="gone", state=EvidenceState.WITHDRAWN)
        await uow.gates.evidence.save([some_evidence(), over, until_today, taken_back])
        settled = a_condition(id="met", state=ConditionState.MET)
        await uow.gates.conditions.save([a_condition(), settled])
        assert await uow.gates.waiting() == [a_gate()]
        assert await uow.gates.expiring(date(2026, 11, 26)) == [over]
        assert await uow.gates.unsettled() == [a_condition()]


async def test_whoever_holds_an_initiative_lets_others_wait(base: Database, database_url: str) -> None:
    other = Database.at(database_url)
    order: list[str] = []

    async def second() -> None:
        async with SqlUnitOfWork(other) as uow:
            await uow.gates.hold(SEPSIS)
            order.append("second")

    async with SqlUnitOfWork(base) as uow:
        assert (await uow.gates.hold(SEPSIS)) is not None
        assert await uow.gates.hold("none") is None
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0)
        await uow.gates.gates.of(SEPSIS)
        order.append("first")
        await uow.commit()
    await waiting
    await other.close()
    assert order == ["first", "second"]
