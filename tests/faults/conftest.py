"""What tests of faults have: a small world on a database that can be hurt."""

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.ports import Ports
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import NOW, make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import Office
from tests.flows.world import World


@pytest.fixture
async def office(sqlite_database: Database, ports: Ports, clock: FrozenClock) -> Office:
    """Northlake on Thursday morning of 2026-W48, with Slack."""
    return Office(await World(sqlite_database, ports, clock).settle(), RecordingPlatform())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes; skips where one cannot be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place))
    mounted = subprocess.run(command, check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
async def cramped(small_disk: Path, sqlite_template: Path) -> AsyncIterator[Office]:
    """Northlake on the small disk, Thursday at ten in Chicago, with Slack."""
    file = small_disk / "steward.db"
    shutil.copy(sqlite_template, file)
    database, clock = Database.at(f"sqlite:///{file}"), FrozenClock(NOW)
    ports: Ports = make_ports(database, clock, reads=SqlReads(database))
    world = await World(database, ports, clock).settle()
    yield Office(world, RecordingPlatform())
    await ports.reads.close()  # type: ignore[attr-defined]  # of SqlReads
    await database.close()
