"""Signs of life of a process: it shows itself in the database, measures its loop, and calls a watchdog outside."""

import asyncio
import contextlib
import logging
import socket
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.metadata import version

import aiohttp

from bot.domain.operating.health import Replica
from bot.errors import StewardError
from bot.flows.operating import presence
from bot.ports import Ports
from bot.web import Heart

SHOW_EVERY, MEASURE_EVERY, CALL_EVERY = 30.0, 0.5, 60.0
REMEMBERED = 60.0
CALL_TIMEOUT = aiohttp.ClientTimeout(total=10)
log = logging.getLogger("steward.pulse")


class LoopLag:
    """By how much the event loop comes back late: whatever holds it up holds up every answer."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def note(self, at: float, late: float) -> None:
        """Remember one measurement; both in seconds of the loop's own clock."""
        while self._seen and self._seen[0][0] < at - REMEMBERED:
            self._seen.popleft()
        self._seen.append((at, max(0.0, late)))

    def worst(self) -> float:
        """Return the worst of the last minute."""
        return max((late for _, late in self._seen), default=0.0)

    async def measure(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(MEASURE_EVERY)
            self.note(loop.time(), loop.time() - before - MEASURE_EVERY)


class Heartbeat:
    """Calls an address outside while all is well, so that somebody notices when the calls stop."""

    def __init__(self, url: str, heart: Heart, ports: Ports) -> None:
        self._url, self._heart, self._ports = url, heart, ports

    def all_is_well(self) -> bool:
        """Return whether the engine does its rounds and the auditor sees nothing that a push did not help."""
        age, oldest = self._heart.seconds_since_tick(), self._ports.policy.health.oldest_tick.total_seconds()
        works = self._heart.running and not self._heart.idle and age is not None and age < oldest
        return works and not self._ports.watch.alarmed

    async def call(self) -> bool:
        """Call once if all is well; return whether that arrived. The address may hold a secret and is not logged."""
        if not self.all_is_well():
            just_started = self._heart.seconds_since_tick() is None
            log.log(logging.DEBUG if just_started else logging.WARNING, "heartbeat.withheld")
            return False
        try:
            async with aiohttp.ClientSession(timeout=CALL_TIMEOUT) as client, client.get(self._url) as answer:
                if answer.status >= 400:
                    log.warning("heartbeat.refused", extra={"status": answer.status})
                return answer.status < 400
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("heartbeat.failed", extra={"error": type(error).__name__})
            return False


@contextlib.asynccontextmanager
async def signs_of_life(role: str, ports: Ports, lag: LoopLag, heartbeat: Heartbeat | None) -> AsyncIterator[None]:
    """Give signs of life while the block lasts."""
    me = _replica(role, ports)

    async def shown() -> None:
        await presence.show(me, ports)

    works: list[Awaitable[None]] = [lag.measure(), _every(SHOW_EVERY, shown)]
    if heartbeat:
        works.append(_every(CALL_EVERY, heartbeat.call))
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(StewardError):  # it is forgotten in a while anyway
            await presence.leave(me, ports)


def _replica(role: str, ports: Ports) -> Replica:
    now = ports.clock.now()
    return Replica(
        name=ports.worker,
        host=socket.gethostname(),
        role=role,
        version=version("steward-bot"),
        started_at=now,
        seen_at=now,
    )


async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await work()
        except StewardError as error:  # the database is away, or not ours any more; readiness says so
            log.debug("pulse.missed", extra={"why": str(error)})
        await asyncio.sleep(seconds)
