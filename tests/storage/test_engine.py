"""The database tells what is wrong with it in a sentence, and comes back by itself when it was away."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.errors import ConfigError, Unavailable
from storage.engine import Database, driver_url
from storage.failures import is_transient
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import NOW, a_delivery, a_person, store
from tests.postgres import Postgres


async def refused(url: str) -> str:
    """What is said when the database at this address is asked for its schema."""
    database = Database.at(url)
    try:
        with pytest.raises((ConfigError, Unavailable)) as error:
            await database.check_schema()
    finally:
        await database.close()
    return f"{type(error.value).__name__}: {error.value}"


async def stamp(database: Database, revision: str) -> None:
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


# What is wrong, in a sentence


def test_an_address_names_no_driver() -> None:
    assert driver_url("sqlite:///steward.db") == "sqlite+aiosqlite:///steward.db"
    assert driver_url("postgresql://u@h/db") == "postgresql+psycopg://u@h/db"


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"folder {tmp_path}/missing does not exist"):
        Database.at(f"sqlite:///{tmp_path}/missing/steward.db")


async def test_a_database_without_tables_asks_for_migrate(tmp_path: Path) -> None:
    (tmp_path / "steward.db").touch()
    said = await refused(f"sqlite:///{tmp_path}/steward.db")
    assert said == "ConfigError: The database has no tables yet: run `steward init` or `steward migrate`."


async def test_a_database_of_a_newer_program_asks_for_an_upgrade_of_the_program(database_url: str) -> None:
    database = Database.at(database_url)
    await database.check_schema()
    head = await database.revision()
    await stamp(database, "9999")
    said = await refused(database_url)
    await stamp(database, str(head))
    await database.close()
    assert said == "ConfigError: The database was made by a newer Steward: upgrade the program."


async def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "steward.db").write_text("This is a note, not a database. " * 40, encoding="utf-8")
    assert "ConfigError: The database cannot be read: file is not a database" in await refused(
        f"sqlite:///{tmp_path}/steward.db"
    )


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"The database {tmp_path} is a folder"):
        Database.at(f"sqlite:///{tmp_path}")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_place_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match=f"needs {tmp_path} readable and writable"):
        Database.at(f"sqlite:///{tmp_path}/steward.db")


async def test_a_read_only_database_can_be_read_and_says_so_when_written_to(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    database = Database.at(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(Unavailable, match="cannot be used just now: attempt to write a readonly database"):
        await store(database, a_person())
    await database.close()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    assert (await refused("postgresql://nobody@127.0.0.1:1/steward")).startswith("Unavailable: The database cannot")


async def test_a_database_somebody_else_keeps_locked_is_unavailable_and_the_loop_goes_on(sqlite_url: str) -> None:
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    database = Database.at(f"{sqlite_url}?timeout=0.1")
    await database.check_schema()
    async with database.writer.connect() as connection:
        await connection.execute(text("PRAGMA busy_timeout=50"))
        await connection.rollback()
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="database is locked"):
        await store(database, a_person())
    holder.execute("ROLLBACK")
    holder.close()
    await store(database, a_person())
    await database.close()


def test_errors_that_may_pass_are_told_from_those_that_will_not() -> None:
    locked = OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))
    assert is_transient(locked)
    assert is_transient(DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True))
    assert not is_transient(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")))
    assert not is_transient(ValueError())


# SQLite as we need it


async def test_sqlite_is_set_up_for_one_writer_and_many_readers(sqlite_database: Database) -> None:
    async with sqlite_database.writer.connect() as writer, sqlite_database.reader.connect() as reader:
        for connection, query_only in ((writer, 0), (reader, 1)):
            settings = {
                name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
            }
            assert settings == {
                "journal_mode": "wal",
                "synchronous": 1,
                "foreign_keys": 1,
                "busy_timeout": 5000,
                "query_only": query_only,
            }


async def test_a_reader_cannot_write(sqlite_database: Database) -> None:
    with pytest.raises(Unavailable, match="readonly"):
        async with sqlite_database.reading() as connection:
            await connection.execute(text("DELETE FROM person"))


async def test_a_new_sqlite_file_can_be_opened_by_two_processes_at_once(sqlite_url: str) -> None:
    databases = [Database.at(sqlite_url) for _ in range(4)]
    await asyncio.gather(*(store(each, a_person(f"Person {n}")) for n, each in enumerate(databases)))
    for each in databases:
        await each.close()


# PostgreSQL comes and goes


async def test_a_unit_that_loses_the_server_says_unavailable_and_the_next_one_works(
    postgres: Postgres, postgres_url: str
) -> None:
    database = Database.at(postgres_url)
    await store(database, a_person())

    async def lose_the_server() -> None:
        async with SqlUnitOfWork(database) as uow:
            await uow.people.all()
            postgres.kill()
            await uow.people.all()

    with pytest.raises(Unavailable, match="cannot be used just now"):
        await lose_the_server()
    with pytest.raises(Unavailable):
        await store(database, a_person("Bo"))
    postgres.start()
    await store(database, a_person("Cy"))
    await database.close()


async def test_rows_another_transaction_is_claiming_are_passed_over_not_waited_for(postgres_url: str) -> None:
    one, other = Database.at(postgres_url), Database.at(postgres_url)
    await store(one, a_delivery("1"), a_delivery("2"), a_delivery("3"))
    async with SqlUnitOfWork(one) as first, SqlUnitOfWork(other) as second:
        mine = await first.deliveries.claim(NOW, "one", NOW - NOW.replace(hour=15), 2)
        theirs = await second.deliveries.claim(NOW, "other", NOW - NOW.replace(hour=15), 2)
        await first.commit()
        await second.commit()
    await one.close()
    await other.close()
    assert (len(mine), len(theirs)) == (2, 1)
    assert not {each.id for each in mine} & {each.id for each in theirs}
