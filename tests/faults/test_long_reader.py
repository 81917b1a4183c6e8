"""Fault 21: somebody reads on and on. The log of SQLite grows, is told of, and shrinks when they have ended."""

import logging
import sqlite3
from dataclasses import replace

import pytest

from bot.domain.policy import Policy
from bot.flows.operating.auditing import audit
from bot.ports import Ports
from storage.engine import Database
from tests.builders import a_person, store

MEGABYTE = 1024 * 1024
LIMIT = 64 * MEGABYTE


async def write(database: Database, bulk: int) -> None:
    """Write so many megabytes and delete them again."""
    for _ in range(bulk):
        async with database.writer.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE bulk (data BLOB)")
            await connection.exec_driver_sql("INSERT INTO bulk VALUES (randomblob(1048576))")
            await connection.exec_driver_sql("DROP TABLE bulk")


async def test_the_log_stays_small_while_the_product_reads(sqlite_database: Database, ports: Ports) -> None:
    await store(sqlite_database, a_person("Ana Ortiz"))
    for _ in range(20):
        await ports.reads.viewer("ana-ortiz")
        await ports.reads.oldest_due(ports.clock.now())
        await write(sqlite_database, 1)
    assert (sqlite_database.log_bytes() or 0) < 10 * MEGABYTE


async def test_a_reader_that_does_not_end_is_told_of_and_afterwards_the_log_is_bounded(
    sqlite_database: Database, sqlite_url: str, ports: Ports, caplog: pytest.LogCaptureFixture
) -> None:
    reader = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM person").fetchall()
    await write(sqlite_database, 70)
    assert (sqlite_database.log_bytes() or 0) > LIMIT
    strict = replace(Policy(), health=replace(Policy().health, most_log_bytes=LIMIT))
    with caplog.at_level(logging.WARNING):
        await audit(replace(ports, policy=strict))
    assert [record.message for record in caplog.records].count("database.log_is_large") == 1
    reader.execute("ROLLBACK")
    reader.close()
    await write(sqlite_database, 2)
    assert (sqlite_database.log_bytes() or 0) <= LIMIT
