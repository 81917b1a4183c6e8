"""Decisions are verified: where they lead, and against what the audit chain tells of them."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.domain.initiatives import Stage
from bot.flows.gates.verifying import doubted
from tests.builders import store
from tests.flows.gates.board import Board


async def found(board: Board) -> list[str]:
    async with board.ports.open_unit_of_work() as uow:
        return await doubted(uow)


async def test_what_was_decided_leads_where_the_initiative_stands(board: Board) -> None:
    await board.comes_to(Stage.PILOT)
    assert await found(board) == []


async def test_a_stage_nobody_decided_is_found(board: Board) -> None:
    await board.starts()
    await store(board.database, replace(await board.initiative(), stage=Stage.SCALED))
    assert await found(board) == ["SEPSIS stands where its last decision does not lead"]


@pytest.mark.parametrize(
    "change",
    ["UPDATE gate_decision SET decided_by = 'ben-vale'", "UPDATE gate_decision SET decision = 'conditional_go'"],
)
async def test_a_decision_that_was_altered_is_found(board: Board, change: str) -> None:
    await board.starts()
    async with board.database.writer.begin() as connection:
        await connection.execute(text(change))
    (said,) = await found(board)
    assert "is not what the audit chain tells" in said


async def test_a_decision_that_is_gone_is_found(board: Board) -> None:
    await board.starts()
    async with board.database.writer.begin() as connection:
        await connection.execute(text("DELETE FROM gate_decision"))
    (said,) = await found(board)
    assert "is not what the audit chain tells" in said
