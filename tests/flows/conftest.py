"""What tests of flows have."""

import pytest

from bot.ports import Ports
from storage.engine import Database
from tests.fakes.frozen_clock import FrozenClock
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import UNPACED, Office
from tests.flows.world import World


@pytest.fixture
async def world(sqlite_database: Database, ports: Ports, clock: FrozenClock) -> World:
    """A small organisation on SQLite, on Thursday morning of 2026-W48."""
    return await World(sqlite_database, ports, clock).settle()


@pytest.fixture
def slack() -> RecordingPlatform:
    """Slack in memory, with a directory of everybody."""
    names = ("ana-ortiz", "ben-vale", "cleo-ray", "dana-whitfield")
    return RecordingPlatform(directory={f"{name}@northlake.example": f"U-{name}" for name in names})


@pytest.fixture
def office(world: World, slack: RecordingPlatform) -> Office:
    """The small organisation with Slack and a worker that is not paced."""
    return Office(world, slack, paces=UNPACED)
