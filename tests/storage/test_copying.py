"""A copy holds what decisions rest on, from either database, and the original is only read."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.copying import LEFT_OUT, copy_rows
from storage.engine import Database
from storage.tables.base import metadata
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import (
    ANA,
    a_commitment,
    a_cycle,
    a_delivery,
    a_digest,
    a_handle,
    a_prompt,
    a_response,
    a_small_world,
    an_absence,
    an_event,
    store,
)


@pytest.fixture
async def copy(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated, empty SQLite database that this process has to itself."""
    path = shutil.copy(sqlite_template, tmp_path / "copy.db")
    opened = Database.at(f"sqlite:///{path}", alone=True)
    yield opened
    await opened.close()


async def counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has."""
    async with database.reading() as connection:
        return {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


async def test_everything_is_copied_but_the_record_of_the_past(database: Database, copy: Database) -> None:
    await a_small_world(database)
    records = (a_handle(), an_absence(), a_cycle(), a_prompt(), a_response(), a_commitment(), a_delivery(), a_digest())
    await store(database, *records, an_event())
    before = await counts(database)
    assert await copy_rows(database, copy) == sum(n for name, n in before.items() if name not in LEFT_OUT)
    assert await counts(copy) == {name: 0 if name in LEFT_OUT else n for name, n in before.items()}
    assert await counts(database) == before
    async with SqlUnitOfWork(database) as here, SqlUnitOfWork(copy) as there:
        assert await there.deliveries.history_of(ANA, a_delivery().not_before) == [a_delivery()]
        assert await there.check_ins.prompts_of(ANA, a_prompt().cycle) == [a_prompt()]
        assert await there.people.all() == await here.people.all()


async def test_a_copy_can_be_written_to_and_the_original_does_not_change(database: Database, copy: Database) -> None:
    await a_small_world(database)
    await copy_rows(database, copy)
    before = await counts(database)
    await store(copy, a_handle(), an_event())
    assert await counts(database) == before
