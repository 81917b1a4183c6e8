"""Reader connections held open for the life of the process: few, never waited for in the pool, replaced when dead."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.engine import Dialect, RowMapping
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import Compiled

from storage.engine import Database
from storage.failures import is_transient, translated

MOST_HELD = 4
Value = TypeVar("Value")
Found = Mapping[str, Any]


class Prepared:
    """A Core statement compiled once, because compiling it takes longer than running it; it takes and gives text."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._columns = tuple(column.name for column in statement.selected_columns)
        self._compiled: Compiled | None = None
        self._fixed: dict[str, Any] = {}

    def on(self, dialect: Dialect, values: Mapping[str, str]) -> tuple[str, Any]:
        """Return the SQL for a dialect, and the parameters as its driver takes them."""
        if self._compiled is None or self._compiled.dialect.name != dialect.name:
            # With the values in place that SQLAlchemy would otherwise put into the SQL at each execution.
            self._compiled = self._statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
            self._fixed = dict(self._compiled.params)
        given = {**self._fixed, **values}
        order = getattr(self._compiled, "positiontup", None)
        return str(self._compiled), tuple(given[name] for name in order) if order else given

    async def rows(self, connection: AsyncConnection, values: Mapping[str, str]) -> list[Found]:
        """Return what the statement finds."""
        sql, parameters = self.on(connection.dialect, values)
        result = await connection.exec_driver_sql(sql, parameters)
        return [dict(zip(self._columns, row, strict=True)) for row in result]

    def rows_at_once(self, file: sqlite3.Connection, dialect: Dialect, values: Mapping[str, str]) -> list[Found]:
        """Return what the statement finds in a file of SQLite; raises sqlite3.Error."""
        sql, parameters = self.on(dialect, values)
        return [dict(zip(self._columns, row, strict=True)) for row in file.execute(sql, parameters)]


class HeldReaders:
    """A few connections that only read; who comes while all are busy waits for the next one to be free."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: list[AsyncConnection] = []
        self._places = asyncio.Semaphore(MOST_HELD)
        self._file: sqlite3.Connection | None = None

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is SQLite."""
        return self._database.is_sqlite

    def log_bytes(self) -> int | None:
        """Return how large SQLite's write-ahead log is, None without one."""
        return self._database.log_bytes()

    async def close(self) -> None:
        """Give the held connections back."""
        if self._file is not None:
            self._file.close()
            self._file = None
        while self._held:
            await self._held.pop().close()

    async def rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        """Run a statement."""

        async def found(connection: AsyncConnection) -> Sequence[RowMapping]:
            rows: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
            return rows

        return await self._run(found)

    async def prepared(self, statement: Prepared, values: Mapping[str, str]) -> list[Found]:
        """
        Run a statement compiled before, one that looks up single rows.

        On SQLite that is 30 microseconds of work, and the way to a connection's thread and back costs twenty times as
        much: it is done here. This connection waits for no lock; what it cannot do at once goes the other way.
        """
        if self._database.is_sqlite:
            with contextlib.suppress(sqlite3.Error):
                self._file = self._file or _opened(self._database.reader.url.database or "")
                return statement.rows_at_once(self._file, self._database.reader.dialect, values)
        return await self._run(lambda connection: statement.rows(connection, values))

    async def _run(self, work: Callable[[AsyncConnection], Awaitable[Value]]) -> Value:
        """Do some reading, once more on a new connection when the server has gone and come back."""
        try:
            async with self._connection() as connection:
                return await work(connection)
        except DBAPIError as error:
            if not is_transient(error):
                raise
        with translated():
            await self.close()
            async with self._connection() as connection:
                return await work(connection)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        async with self._places:
            with translated():
                held = self._held.pop() if self._held else await self._connect()
            try:
                yield held
            except BaseException:
                await held.close()
                raise
            self._held.append(held)

    async def _connect(self) -> AsyncConnection:
        # Autocommit, so that every statement sees the newest state without the cost of a transaction around it.
        connection = await self._database.reader.connect()
        return await connection.execution_options(isolation_level="AUTOCOMMIT")


def _opened(name: str) -> sqlite3.Connection:
    """Return a file of SQLite for reading only; raises sqlite3.Error when there is none."""
    path = Path(name.removeprefix("file:").partition("?")[0]).resolve()
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None)
