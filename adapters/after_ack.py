"""Work that goes on after a platform has had its answer; both platforms want that answer within seconds."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

AFTER_ACK = "after_ack"


@dataclass
class Tasks:
    """Work that goes on after an ack, none of it forgotten."""

    running: set[asyncio.Task[Any]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin some work and keep hold of it until it is done."""
        task = asyncio.create_task(work, name=AFTER_ACK)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait for all work, and cancel what is not done in time."""
        if self.running:
            _, late = await asyncio.wait(self.running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
