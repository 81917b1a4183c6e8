"""SQLite on the thread that asks: for a process that does nothing else meanwhile and is spared a thread's hops."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiosqlite

Result = TypeVar("Result")
FETCHED_AT_ONCE = 64


class InlineConnection(aiosqlite.Connection):
    """aiosqlite's connection, whose thread only opens and closes it."""

    async def _execute(self, fn: Callable[..., Result], *args: object, **kwargs: object) -> Result:
        """Run a call of the driver here and now."""
        return fn(*args, **kwargs)


def connecting_to(path: str) -> Callable[[], Awaitable[InlineConnection]]:
    """Return what opens one more such connection to a file."""

    async def connect() -> InlineConnection:
        connection = InlineConnection(lambda: sqlite3.connect(path, check_same_thread=False), FETCHED_AT_ONCE)
        await connection
        return connection

    return connect
