"""What tests of gates have."""

import pytest

from bot.ports import Ports
from storage.engine import Database
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.gates.board import Board


@pytest.fixture
async def board(sqlite_database: Database, ports: Ports, clock: FrozenClock) -> Board:
    """SEPSIS in intake, with everybody whom its gates need."""
    return await Board(sqlite_database, ports, clock).settle()
