"""What the stores of one unit of work share: the connection, the SQL both databases take, the initiatives touched."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable
from sqlmodel import SQLModel

from storage.mapping import from_row, to_columns
from storage.stores import bulk

Record = TypeVar("Record")
VARIABLES = 30_000
"""SQLite takes 32,766 variables a statement; PostgreSQL 65,535."""


def table_of(row: type[SQLModel]) -> Table:
    """Return the Core table of a row class."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


class Unit:
    """One transaction as the stores see it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.touched: set[str] = set()
        self.catalogue_changed = False

    @property
    def is_sqlite(self) -> bool:
        """Return whether the connection is SQLite's."""
        return self.connection.dialect.name == "sqlite"

    async def execute(self, statement: Executable) -> CursorResult[Any]:
        """Run a statement."""
        return await self.connection.execute(statement)

    async def one(self, kind: type[Record], statement: Select[Any]) -> Record | None:
        """Return the one record a statement finds, or None."""
        row = (await self.connection.execute(statement)).mappings().first()
        return from_row(kind, row) if row else None

    async def every(self, kind: type[Record], statement: Select[Any]) -> list[Record]:
        """Return the records a statement finds."""
        rows = (await self.connection.execute(statement)).mappings()
        return [from_row(kind, row) for row in rows]

    async def every_in(
        self, kind: type[Record], table: Table, column: ColumnElement[str], values: Iterable[str]
    ) -> list[Record]:
        """Return the records whose `column` is one of `values`, however many those are."""
        found: list[Record] = []
        for part in chunked(list(values), VARIABLES):
            found += await self.every(kind, select(table).where(column.in_(part)))
        return found

    async def upsert(self, table: Table, records: Iterable[object]) -> None:
        """Store records by primary key, new or not."""
        if given := list(records):
            await bulk.put(self.connection, table, to_columns(given))

    async def upsert_rows(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows of column values by primary key, new or not."""
        if rows:
            await bulk.put(self.connection, table, _columns(rows))

    async def add_records_once(self, table: Table, records: Sequence[object]) -> int:
        """Insert records, passing over those a unique key already has; return how many were new."""
        return await bulk.add(self.connection, table, to_columns(records)) if records else 0

    async def add_once(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert rows, passing over those a unique key already has; return how many were new."""
        return await bulk.add(self.connection, table, _columns(rows)) if rows else 0

    async def change(self, table: Table, where: ColumnElement[bool], **values: object) -> int:
        """Update rows; return how many."""
        return (await self.connection.execute(update(table).where(where).values(**values))).rowcount


def _columns(rows: Sequence[Mapping[str, Any]]) -> bulk.Columns:
    return {name: [row[name] for row in rows] for name in rows[0]}


Item = TypeVar("Item")


def chunked(items: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    """Yield the items in runs of at most `size`."""
    return (items[n : n + size] for n in range(0, len(items), size))
