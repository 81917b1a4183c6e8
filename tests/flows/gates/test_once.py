"""A gate is decided once, even when two gatekeepers press at the same moment in two processes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.gates.decisions import Decision, KillReason
from bot.domain.gates.gates import GateState
from bot.domain.gates.replay import doubts
from bot.errors import UserError
from bot.flows.gates import deciding, submitting
from bot.flows.gates.desk import Refused
from bot.ports import Ports
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import a_handle, a_person, a_portfolio, make_ports, store
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.gates.board import Board
from tests.gates import GINA, LENA, PACK, an_intent

SECOND = "omar-haddad"
STOP = an_intent(Decision.KILL, kill_reason=KillReason.COST)
GONE = "This gate no longer waits for anything: /ai gate shows where the initiative stands now."


@pytest.fixture
async def processes(database: Database, database_url: str, clock: FrozenClock) -> AsyncIterator[list[Board]]:
    """The board, and two processes that share its database; SEPSIS has two gatekeepers and a submitted G1."""
    opened = [Database.at(database_url) for _ in range(2)]
    made: list[Ports] = [make_ports(each, clock, reads=SqlReads(each), gates=PACK) for each in opened]
    first = await Board(database, made[0], clock).settle()
    await store(database, a_person("Omar Haddad"), a_handle(SECOND))
    await store(database, a_portfolio(lead_id=LENA, gatekeeper_ids=(GINA, SECOND)))
    await first.starts()
    await first.submits("G1")
    yield [Board(each, ports, clock) for each, ports in zip(opened, made, strict=True)]
    for ports, each in zip(made, opened, strict=True):
        await ports.reads.close()  # type: ignore[attr-defined]  # of SqlReads
        await each.close()


async def pressed(board: Board, gate_id: str, who: str) -> str:
    """Let somebody stop SEPSIS; return what they decided or why they could not."""
    try:
        effects = await board.act(deciding.decide, gate_id, STOP, who=who)
    except Refused as refused:
        return str(refused)
    return str(effects.decision.id)


async def test_two_processes_decide_a_gate_at_once_and_there_is_one_decision(processes: list[Board]) -> None:
    one, other = processes
    gate = await one.gate("G1")
    said = await asyncio.gather(pressed(one, gate.id, GINA), pressed(other, gate.id, SECOND))
    bench = await one.bench()
    made = [each for each in bench.decisions if each.gate_id == gate.id]
    assert len(made) == 1
    assert made[0].id in said
    assert sum("decided already: kill" in each for each in said) == 1
    assert (await one.gate("G1")).state is GateState.DECIDED
    assert doubts(bench.initiative, bench.decisions) == []


async def test_a_withdrawal_and_a_decision_at_once_leave_one_of_them(processes: list[Board]) -> None:
    one, other = processes
    gate = await one.gate("G1")

    async def withdrawn() -> str:
        try:
            await other.act(submitting.withdraw, gate.id, "One more week")
        except UserError as error:
            return str(error)
        return "withdrawn"

    said = await asyncio.gather(pressed(one, gate.id, GINA), withdrawn())
    after = await one.gate("G1")
    assert after.state is GateState.DECIDED  # either it was decided first, or what was open again was stopped
    assert said[1] in ("withdrawn", GONE)
