"""The gate of the clock: while the time cannot be trusted nothing is planned and nothing is sent (delivery.md 3)."""

import logging
from collections.abc import Callable
from datetime import timedelta

from bot.domain.operating.clocks import Reading, doubt, stepped
from bot.errors import StewardError
from bot.ports import Ports
from scheduler.clock import time_up

log = logging.getLogger(__name__)


class ClockGate:
    """
    Compares this machine's clock with the database's and with how long the machine has been up, once a round.

    On SQLite, which has no clock of its own, only with the latter. `trouble` says why it is shut, empty while open; it
    opens by itself when the clock is right again, and for a step forward that is meant, by a restart.
    """

    def __init__(self, ports: Ports, up: Callable[[], timedelta] = time_up) -> None:
        self._ports, self._up = ports, up
        self._trusted: Reading | None = None
        self._last: Reading | None = None
        self.trouble = ""

    def ahead(self) -> timedelta:
        """Return how far the database's clock was ahead of ours at the last look, zero where it has none."""
        last = self._last
        return last.database - last.now if last and last.database else timedelta(0)

    async def check(self) -> str:
        """Read the clocks; return why the time cannot be trusted, empty when it can."""
        policy, reading = self._ports.policy.clock, await self._read()
        self._note_step(reading)
        trouble = doubt(self._trusted, reading, policy)
        if trouble and trouble != self.trouble:
            log.error("clock.not_trusted", extra={"why": trouble})
        elif self.trouble and not trouble:
            log.warning("clock.trusted_again")
        if not trouble:
            self._trusted = reading
        self._last, self.trouble = reading, trouble
        return trouble

    async def _read(self) -> Reading:
        """Return what the clocks say; one that cannot be asked just now says nothing."""
        try:
            database = await self._ports.reads.database_time()
        except StewardError:
            database = None
        return Reading(self._ports.clock.now(), self._up(), database)

    def _note_step(self, reading: Reading) -> None:
        by = stepped(self._last, reading) if self._last else timedelta(0)
        if abs(by) > self._ports.policy.clock.noticed:
            log.warning("clock.stepped", extra={"seconds": round(by.total_seconds())})
