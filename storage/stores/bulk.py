"""
Many rows in one statement, column by column, without a parameter object for each.

SQLite runs one prepared statement over tuples; PostgreSQL takes one array a column, which is one round trip and counts
right. Measured with 30,000 prompts against SQLAlchemy's executemany: twice as fast on SQLite, thrice on PostgreSQL.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Table
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from storage.tables.base import UTCDateTime

Columns = Mapping[str, list[Any]]
"""Values by column name, all lists equally long."""


class Prepared(NamedTuple):
    """The text of an insert, and what makes the values of each column ready for the driver."""

    sql: str
    processors: tuple[Callable[[Any], Any] | None, ...]


async def add(connection: AsyncConnection, table: Table, columns: Columns) -> int:
    """Insert rows, passing over those a unique key already has; return how many were new."""
    return await _run(connection, table, columns, "DO NOTHING")


async def put(connection: AsyncConnection, table: Table, columns: Columns) -> None:
    """Insert rows or replace their values by primary key; of rows with the same key the last one counts."""
    keys = [column.name for column in table.primary_key]
    quoted = connection.dialect.identifier_preparer.quote
    changed = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in columns if name not in keys)
    target = ", ".join(map(quoted, keys))
    await _run(connection, table, _last_of_each(columns, keys), f"({target}) DO UPDATE SET {changed}")


def _last_of_each(columns: Columns, keys: list[str]) -> Columns:
    positions = {key: n for n, key in enumerate(zip(*(columns[name] for name in keys), strict=True))}
    if len(positions) == len(columns[keys[0]]):
        return columns
    kept = sorted(positions.values())
    return {name: [values[n] for n in kept] for name, values in columns.items()}


async def _run(connection: AsyncConnection, table: Table, columns: Columns, conflict: str) -> int:
    prepared = _prepared(table, tuple(columns), conflict, connection.dialect)
    values = [
        given if process is None else [process(value) for value in given]
        for given, process in zip(columns.values(), prepared.processors, strict=True)
    ]
    arrays = connection.dialect.name == "postgresql"
    parameters: Any = tuple(values) if arrays else list(zip(*values, strict=True))
    return (await connection.exec_driver_sql(prepared.sql, parameters)).rowcount


@cache
def _prepared(table: Table, names: tuple[str, ...], conflict: str, dialect: Dialect) -> Prepared:
    """Return the insert of these columns; its text holds names of our own tables and columns only."""
    quoted = dialect.identifier_preparer.quote
    types = [table.c[name].type.dialect_impl(dialect) for name in names]
    if dialect.name == "postgresql":
        source = f"SELECT * FROM unnest({', '.join(f'%s::{each.compile(dialect)}[]' for each in types)})"  # noqa: S608
    else:
        source = f"VALUES ({', '.join('?' for _ in names)})"
    target = f"{quoted(table.name)} ({', '.join(map(quoted, names))})"
    processors = tuple(_processor(each, dialect) for each in types)
    return Prepared(f"INSERT INTO {target} {source} ON CONFLICT {conflict}", processors)


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what prepares a value; instants are remembered, as they are slow to write and planned rows share a few."""
    process = kind.bind_processor(dialect)
    return lru_cache(1024)(process) if process and isinstance(kind, UTCDateTime) else process
