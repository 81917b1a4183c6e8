"""Gates of initiatives that came to their stage elsewhere, and what a change of the risk tier asks anew."""

from pathlib import Path

import pytest

from bot.domain.gates.gates import CriterionState, GateState
from bot.domain.gates.inventory import state_of
from bot.domain.gates.opening import afterwards
from bot.domain.initiatives import RiskTier, Stage
from bot.flows.gates import charter, opening
from bot.flows.gates.desk import Refused
from bot.formats.files import import_file
from bot.ports import Ports
from storage.engine import Database
from tests.builders import SEPSIS
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.gates.board import Board
from tests.gates import LENA, RITA


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("", "not_started"), ("No", "not_started"), ("[]", "not_started"), ("In-progress", "in_progress"),
        ("Training In-progress", "in_progress"), ("Yes", "submitted"), ("CAIO Review", "submitted"),
        ("Training Established", "submitted"), ("Not Applicable", "not_applicable"),
        ("Appeal Precluded by Law", "not_applicable"), ("CAIO Waived", "waived"), ("['a', 'b']", "in_progress"),
    ],
)  # fmt: skip
def test_what_the_inventory_says_has_its_state(said: str, state: str) -> None:
    assert state_of(said) == state


async def test_high_impact_rows_bring_a_governance_gate_with_them(board: Board, tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    file.write_text(
        "agency,id,use_case_name,agency_bureau,development_stage,is_high_impact,operational_date,"
        "hi_testing_conducted,hi_independent_review,hi_appeal_process\n"
        "DOX,1,Fraud flags,B,Deployed,High-impact,1/2/2024,Yes,CAIO Waived,Not Applicable\n"
        "DOX,2,Chat help,B,Pilot,High-impact,,In-progress,,\n"
        "DOX,3,Spell check,B,Deployed,Not High-impact,1/2/2024,,,\n",
        encoding="utf-8",
    )
    report = await import_file(file, "federal-inventory", board.ports)
    assert "Governance of 2 initiatives taken in as gate G4 with 28 criteria." in report.summary
    async with board.ports.open_unit_of_work() as uow:
        gates = {gate.initiative_id: gate for gate in await uow.gates.gates.all()}
        live = next(one for one in gates.values() if one.retro)
        states = {one.number: one.state for one in await uow.gates.criteria.of(live.initiative_id)}
        assert (states[7], states[9], states[13]) == ("submitted", "waived", "not_applicable")
        assert len(await uow.gates.evidence.of(live.initiative_id)) == 1
        assert len(await uow.gates.waivers.of(live.initiative_id)) == 1
    assert sorted((gate.state, gate.retro) for gate in gates.values()) == [("open", False), ("planned", True)]
    assert (await import_file(file, "federal-inventory", board.ports)).new == {}


async def test_what_is_live_without_gates_is_offered_them_afterwards(
    sqlite_database: Database, ports: Ports, clock: FrozenClock
) -> None:
    board = await Board(sqlite_database, ports, clock).settle(Stage.PRODUCTION, imported=True)
    assert [gate.code for gate in afterwards(await board.bench())] == ["G3", "G4"]
    assert await board.act(opening.open_gates, SEPSIS, who=LENA) == ("G3", "G4")
    assert await board.act(opening.open_gates, SEPSIS, who=LENA) == ()
    await board.meets("G4")
    await board.submits("G4")
    await board.decides("G4")
    bench = await board.bench()
    assert bench.initiative.stage is Stage.PRODUCTION
    assert [gate.code for gate in afterwards(bench)] == ["G3"]


async def test_an_imported_pilot_gets_the_gates_of_its_stage(
    sqlite_database: Database, ports: Ports, clock: FrozenClock
) -> None:
    board = await Board(sqlite_database, ports, clock).settle(Stage.PILOT, imported=True)
    assert await board.act(opening.open_gates, SEPSIS, who=LENA) == ("G2", "G4")
    assert all(gate.state is GateState.OPEN for gate in (await board.bench()).gates)


async def test_in_intake_there_are_no_gates(board: Board) -> None:
    with pytest.raises(Refused, match="is in intake, so its gates wait"):
        await board.act(opening.open_gates, SEPSIS, who=LENA)


async def test_another_risk_tier_asks_more_or_less_at_open_gates(board: Board) -> None:
    await board.starts()
    high = charter.Written(values={"risk_tier": RiskTier.HIGH})
    await board.act(charter.write, SEPSIS, high)
    assert len((await board.bench()).of_gate(await board.gate("G4"))) == 14
    assert len((await board.criterion("G4", 1)).signers) == 2
    await board.act(charter.write, SEPSIS, charter.Written(values={"risk_tier": RiskTier.MINIMAL}))
    asked = (await board.bench()).of_gate(await board.gate("G4"))
    assert [one.number for one in asked if one.state is not CriterionState.NOT_APPLICABLE] == [3, 4]
    await board.act(charter.write, SEPSIS, high)
    assert (await board.criterion("G4", 5)).state is CriterionState.NOT_STARTED


async def test_what_the_reviewer_found_by_another_tier_is_looked_at_again(board: Board) -> None:
    await board.starts()
    await board.shows("G1", 8)
    assert (await board.signs("G1", 8, RITA)).state is CriterionState.MET
    await board.shows("G4", 1)
    assert (await board.signs("G4", 1, RITA)).state is CriterionState.MET
    await board.act(charter.write, SEPSIS, charter.Written(values={"risk_tier": RiskTier.HIGH}))
    again = await board.criterion("G4", 1)
    assert (again.state, len(again.signers)) == (CriterionState.IN_PROGRESS, 2)
    assert (await board.criterion("G1", 8)).reopened_why == "tier_changed"


async def test_after_the_definition_only_the_reviewer_changes_the_tier(board: Board) -> None:
    await board.comes_to(Stage.PILOT)
    high = charter.Written(values={"risk_tier": RiskTier.HIGH})
    with pytest.raises(Refused, match="Rita Moss"):
        await board.act(charter.write, SEPSIS, high)
    one, _ = await board.act(charter.write, SEPSIS, high, who=RITA)
    assert one.risk_tier is RiskTier.HIGH
