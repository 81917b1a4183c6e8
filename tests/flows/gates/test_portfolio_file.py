"""Gates go out in the portfolio file and come back the same, here and elsewhere."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.domain.gates.dates import DateReason
from bot.domain.gates.decisions import Decision
from bot.domain.gates.replay import doubts
from bot.domain.initiatives import Stage
from bot.domain.portfolio.collect import content_of
from bot.flows.gates import dates
from bot.flows.gates.verifying import doubted
from bot.flows.portfolio_file import Applied, apply_content, collect
from bot.formats import portfolio
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import SEPSIS, make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.gates.board import Board
from tests.gates import GINA, PACK

DEFERRED = date(2027, 3, 26)


async def exported(board: Board) -> str:
    """Return the portfolio file of everything stored."""
    return portfolio.write(content_of(await collect(board.ports)))


async def taken_in(board: Board, text: str) -> Applied:
    """Import a portfolio file."""
    return await apply_content(*portfolio.read(text), board.ports)


@pytest.fixture
async def piloted(board: Board) -> Board:
    """SEPSIS in its pilot with a history: a hold, a rework, a time-box that moved, a waiver that nobody needs."""
    await board.comes_to(Stage.PILOT)
    moved = dates.Move(due=DEFERRED, reason=DateReason.DATA, comment="More data")
    await board.act(dates.move_timebox, SEPSIS, moved, who=GINA)
    await board.meets("G2", but=(1, 3, 8))
    await board.submits("G2")
    await board.decides("G2", Decision.REWORK, redo=(1,), new_due=DEFERRED)
    return board


async def test_importing_an_export_of_gates_changes_nothing(piloted: Board) -> None:
    text = await exported(piloted)
    applied = await taken_in(piloted, text)
    assert (applied.problems, applied.facts) == ((), 0)


async def test_an_export_of_gates_gives_the_same_elsewhere(
    piloted: Board, sqlite_template: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    text = await exported(piloted)
    shutil.copy(sqlite_template, tmp_path / "elsewhere.db")
    database = Database.at(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    reads = SqlReads(database)
    elsewhere = Board(database, make_ports(database, clock, reads=reads, gates=PACK), clock)
    applied = await taken_in(elsewhere, text)
    assert applied.problems == ()
    assert await exported(elsewhere) == text
    async with elsewhere.ports.open_unit_of_work() as uow:
        (initiative,) = await uow.initiatives.all()
        assert doubts(initiative, await uow.gates.decisions.all()) == []
        assert await doubted(uow) == []
    await reads.close()
    await database.close()


@pytest.mark.parametrize(
    ("before", "after"), [("decision: rework", "decision: go"), ("threshold: 70.0", "threshold: 60.0")]
)
async def test_what_was_decided_or_locked_is_not_changed_by_a_file(piloted: Board, before: str, after: str) -> None:
    text = await exported(piloted)
    assert before in text
    applied = await taken_in(piloted, text.replace(before, after))
    assert "never changed" in str(applied.problems[0])
