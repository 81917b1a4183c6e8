"""The database: one writer connection on SQLite, a pool on PostgreSQL; what is wrong is one sentence."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import event, inspect, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigError, Outdated, StewardError
from storage.failures import translated
from storage.inline import connecting_to
from storage.revisions import head_revision, known_revisions

EMPTY = "The database has no tables yet: run `steward init` or `steward migrate`."
OLDER = "The database is of an older Steward: run `steward migrate`."
NEWER = "The database was made by a newer Steward: upgrade the program."
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA journal_size_limit=67108864",  # 64 MiB: after a long reader the log shrinks to this again
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten, not only let go of
)
# Errors are logged, and the values of a statement are people's words.
NO_VALUES: dict[str, Any] = {"hide_parameters": True}
POSTGRES: dict[str, Any] = {"connect_args": {"prepare_threshold": None}, **NO_VALUES}


def driver_url(url: str) -> str:
    """Return a settings address with the driver the program uses: aiosqlite or psycopg."""
    return url.replace("sqlite://", "sqlite+aiosqlite://", 1).replace("postgresql://", "postgresql+psycopg://", 1)


class Database:
    """Where everything is stored; open it with `Database.at(url)` and close it when done."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, file: Path | None = None) -> None:
        self.writer, self.reader, self._file = writer, reader, file

    @classmethod
    def at(cls, url: str, *, alone: bool = False) -> "Database":
        """
        Return the database at a settings address; raises ConfigError when its folder cannot be used.

        `alone` says that this process does nothing else meanwhile, so that SQLite may hold up its event loop.
        """
        address = driver_url(url)
        if not address.startswith("sqlite"):
            pooled = create_async_engine(address, pool_pre_ping=True, pool_recycle=1800, **POSTGRES)
            return cls(pooled, pooled)
        place = make_url(address).database or ""
        file = _check_place(place)
        how: dict[str, Any] = {"async_creator": connecting_to(place)} if alone else {}
        # One writer connection, because SQLite has one writer anyway: others wait their turn here, not in a busy loop.
        writer = create_async_engine(address, pool_size=1, max_overflow=0, pool_timeout=30, **NO_VALUES, **how)
        reader = create_async_engine(address, pool_size=4, **NO_VALUES, **how)
        tune(writer, "BEGIN IMMEDIATE")
        tune(reader, "BEGIN DEFERRED", "PRAGMA query_only=ON")
        return cls(writer, reader, file)

    @property
    def is_sqlite(self) -> bool:
        """Return whether this is SQLite."""
        return self.writer.dialect.name == "sqlite"

    async def revision(self) -> str | None:
        """Return the schema revision the database is at, None when it is empty or not there (and stays so)."""
        if self._is_missing():
            return None
        with translated():
            async with self.reader.connect() as connection:
                return await connection.run_sync(_revision_of)

    async def check_schema(self, *, newer_too: bool = False) -> None:
        """Raise ConfigError unless the database is at the program's own schema, or a newer one where that may be."""
        wrong = mismatch(await self.revision())
        if not wrong or (newer_too and wrong == NEWER):
            return
        if wrong != NEWER and self._is_missing():
            remedy = "run `steward init` or `steward migrate`, go to the folder it is in, or set STEWARD_DATABASE_URL"
            raise ConfigError(f"There is no database {self._file}: {remedy}.")
        raise ConfigError(wrong)

    def _is_missing(self) -> bool:
        return self._file is not None and not self._file.exists()

    async def check_not_newer(self) -> None:
        """Raise ConfigError when the database has a schema this program does not know."""
        if mismatch(await self.revision()) == NEWER:
            raise ConfigError(NEWER)

    async def schema_state(self) -> str:
        """Return `ok` when program and database have the same schema, else what keeps this program from writing."""
        try:
            return mismatch(await self.revision()) or "ok"
        except StewardError as error:
            return str(error)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for reading only."""
        with translated():
            async with self.reader.connect() as connection:
                yield connection

    async def copy_to(self, file: str) -> None:
        """Write a whole copy to a new file while others go on working; for SQLite, PostgreSQL has its own programs."""
        with translated():
            async with self.writer.connect() as connection:
                free = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await free.exec_driver_sql("VACUUM INTO ?", (file,))

    def log_bytes(self) -> int | None:
        """Return the size of SQLite's write-ahead log, which grows while a reader does not end; None without one."""
        log = self._file.with_name(f"{self._file.name}-wal") if self._file else None
        return log.stat().st_size if log and log.exists() else None

    async def let_go(self) -> None:
        """Overwrite what was deleted where this can be done: SQLite's log; PostgreSQL does so in its own time."""
        if self.is_sqlite:
            with translated():
                async with self.writer.connect() as connection:
                    free = await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await free.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Let go of every connection."""
        await self.reader.dispose()
        await self.writer.dispose()


def mismatch(present: str | None) -> str:
    """Return what is wrong with a schema revision of a database, empty when it is the program's own."""
    if present == head_revision():
        return ""
    if present is not None and present not in known_revisions():
        return NEWER
    return EMPTY if present is None else OLDER


async def hold_schema(connection: AsyncConnection) -> None:
    """
    Keep the schema as it is until the transaction ends; raises Outdated when it is not the program's own.

    Reading this table takes a lock of it that migrations wait for, and who comes while one is under way waits for it
    and then sees the new revision. On SQLite the transaction itself is the lock.
    """
    if wrong := mismatch((await connection.exec_driver_sql("SELECT version_num FROM alembic_version")).scalar()):
        raise Outdated(wrong)


async def take_schema(connection: AsyncConnection) -> None:
    """Let those who write on PostgreSQL finish; who comes from now on waits until they can see the new revision."""
    if await connection.run_sync(_revision_of) is not None:
        await connection.exec_driver_sql("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")


def _check_place(name: str) -> Path | None:
    """Return the file of a database, None in memory; raises ConfigError when it cannot be used."""
    if name in ("", ":memory:"):
        return None
    path = Path(name.removeprefix("file:")).resolve()
    folder = path.parent
    if not folder.is_dir():
        raise ConfigError(f"The database folder {folder} does not exist: create it or set STEWARD_DATABASE_URL.")
    if path.is_dir():
        raise ConfigError(f"The database {path} is a folder: name a file in it in STEWARD_DATABASE_URL.")
    # SQLite keeps its log beside the file, so the folder has to be writable as well.
    closed = [str(place) for place in (folder, path) if place.exists() and not os.access(place, os.R_OK | os.W_OK)]
    if closed:
        raise ConfigError(f"The database needs {' and '.join(closed)} readable and writable for this user.")
    return path


def tune(engine: AsyncEngine, begin: str, *more: str) -> None:
    """Let every SQLite connection of an engine begin its transactions with `begin` and have our settings and `more`."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*SQLITE_PRAGMAS, *more):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        # SQLAlchemy calls this in autocommit too, where a transaction would freeze what a held reader sees.
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(begin)


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found
