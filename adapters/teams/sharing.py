"""One piece of work for everybody who wants it at the same time: a token, the signing keys."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Found = TypeVar("Found")


class Shared(Generic[Found]):
    """
    Does `work` once for all who ask while it is under way; they share what it finds, or how it fails.

    So an outage costs everybody one wait, and not each the waits of all before. Who gives up does not stop it.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, Found]]) -> None:
        self._work = work
        self._running: asyncio.Task[Found] | None = None

    async def __call__(self) -> Found:
        """Return what the work finds, or raise what it raises."""
        if self._running is None:
            self._running = asyncio.create_task(self._work())
            self._running.add_done_callback(self._ended)
        return await asyncio.shield(self._running)

    def _ended(self, task: asyncio.Task[Found]) -> None:
        self._running = None
        if not task.cancelled():
            task.exception()  # so that asyncio does not complain when everybody gave up waiting
