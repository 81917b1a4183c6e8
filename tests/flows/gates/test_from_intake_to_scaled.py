"""An initiative goes from intake to scaled, gate by gate, and replaying its decisions leads where it stands."""

import pytest

from bot.domain.events import ChainCheck
from bot.domain.gates.decisions import in_order
from bot.domain.gates.gates import GateState
from bot.domain.gates.readiness import Maturity
from bot.domain.gates.replay import doubts
from bot.domain.initiatives import RiskTier, Stage
from bot.ports import Ports
from storage.engine import Database
from tests.builders import SEPSIS
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.gates.board import RUTH, Board


async def test_I_09_every_gate_to_scaled_and_the_replay_leads_there(board: Board) -> None:  # noqa: N802
    await board.comes_to(Stage.SCALED)
    bench = await board.bench()
    codes = [one.gate_code or one.kind for one in in_order(bench.decisions)]
    assert codes == ["start", "G1", "G4", "G2", "G3", "G5", "G6", "G7", "G8"]
    assert doubts(bench.initiative, bench.decisions) == []
    assert {gate.state for gate in bench.gates} == {GateState.DECIDED}
    assert {item.maturity for item in bench.items} == {Maturity.APPROVED}
    assert bench.initiative.golive_on is not None
    async with board.ports.open_unit_of_work() as uow:
        links = await uow.events.links(0, 1000)
    assert ChainCheck().first_break(links) is None
    assert [one.action for one in links].count("gate.decided") == 8
    assert all(one.facts.get("initiative") == SEPSIS for one in links)


async def test_little_risk_goes_the_short_way(sqlite_database: Database, ports: Ports, clock: FrozenClock) -> None:
    board = await Board(sqlite_database, ports, clock).settle(risk_tier=RiskTier.MINIMAL)
    await board.comes_to(Stage.LAUNCH)
    assert sorted({gate.code for gate in (await board.bench()).gates}) == ["G1", "G2", "G4", "G5", "G6"]


async def test_high_risk_needs_a_second_reviewer(sqlite_database: Database, ports: Ports, clock: FrozenClock) -> None:
    board = await Board(sqlite_database, ports, clock).settle(risk_tier=RiskTier.HIGH)
    await board.starts()
    await board.shows("G4", 1)
    once = await board.signs("G4", 1, "rita-moss")
    assert once.state == "submitted"
    with pytest.raises(Exception, match="ask another governance reviewer"):
        await board.signs("G4", 1, "rita-moss")
    with pytest.raises(Exception, match="you are none of them today"):
        await board.signs("G4", 1, RUTH)
