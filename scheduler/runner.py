"""The engine loop: APScheduler sets flags, the loop runs the beats they name, with a poll of its own as fallback."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.calendar import DAY, local_instant
from bot.errors import Outdated, StewardError
from bot.flows import cycles
from bot.flows.outbox.handing_back import hand_back
from bot.ports import Ports
from scheduler.beats import BEATS, DISPATCH, Beat
from scheduler.clock import MovableClock
from scheduler.gate import ClockGate

POLL_SECONDS = 15.0
DISPATCH_SECONDS = 1.0
WAIT_AFTER_WORK, WAIT_AFTER_NOTHING = 0.05, 1.0
SELDOM = 900
"""Beats as seldom as this are not run again at every stop while time is moved."""
WITHIN_A_DAY = tuple(beat for beat in BEATS if beat.seconds < DAY.total_seconds())
DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
log = logging.getLogger("steward.scheduler")


class Runner:
    """
    Runs the beats until it is stopped; `wake` is set by whoever has just planned something to send.

    While `gate`, if there is one, does not trust the clock, only beats that need none are run.
    """

    def __init__(
        self, ports: Ports, wake: asyncio.Event, beats: Sequence[Beat] = BEATS, gate: ClockGate | None = None
    ) -> None:
        self._ports = replace(ports, stopping=lambda: self._stopping)
        self._wake, self._beats, self._gate = wake, beats, gate
        self._flagged = {beat.name for beat in beats}
        self._ran: dict[str, float] = {}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=DEFAULTS)
        self._loop_task: asyncio.Task[None] | None = None
        self._aside: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._last_tick: float | None = None
        self._idle = ""

    @property
    def idle(self) -> str:
        """Return why nothing is planned or sent although the loop runs, empty when it does its work."""
        return self._idle

    @property
    def running(self) -> bool:
        """Return whether the loop is alive."""
        return self._loop_task is not None and not self._loop_task.done()

    def seconds_since_tick(self) -> float | None:
        """Return how long ago a round was finished, None before the first."""
        return None if self._last_tick is None else time.monotonic() - self._last_tick

    async def start(self) -> None:
        """Begin to keep time."""
        for beat in self._beats:
            self._scheduler.add_job(self._flag, "interval", seconds=beat.seconds, args=[beat.name], id=beat.name)
        self._scheduler.start()
        self._loop_task = asyncio.create_task(self._run(), name="engine")

    async def stop(self, patience: float) -> None:
        """Begin nothing new, wait up to `patience` seconds for what is under way, hand the rest back, then end."""
        self._stopping = True
        self._wake.set()
        if self._loop_task is not None:
            _, unfinished = await asyncio.wait([self._loop_task, *self._aside.values()], timeout=patience)
            for task in unfinished:
                log.warning("scheduler.cut_off", extra={"seconds": patience})
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
            try:
                await hand_back(self._ports)
            except StewardError as error:
                log.warning("scheduler.not_handed_back", extra={"error": str(error)})
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _flag(self, name: str) -> None:
        self._flagged.add(name)
        self._wake.set()

    async def _run(self) -> None:
        while not self._stopping:
            taken, shut = 0, await self._gate.check() if self._gate else ""
            try:
                for beat in [beat for beat in self._due() if beat.any_time or not shut]:
                    if not self._stopping:
                        taken = await self._beat(beat)
                self._stand(by=shut)
            except Outdated as error:
                self._stand(by=str(error))
            self._last_tick = time.monotonic()
            await self._rest(taken)

    def _stand(self, *, by: str) -> None:
        """Note whether this process waits, and why: it is an old replica on a schema that it does not know."""
        if by and not self._idle:
            log.warning("scheduler.idle", extra={"why": by})
        if self._idle and not by:
            log.warning("scheduler.back")
            self._flagged.update(beat.name for beat in self._beats)
        self._idle = by

    def _due(self) -> list[Beat]:
        """Return the beats that were flagged, and those a flag has not come for: the scheduler may have stalled."""
        flagged, self._flagged = self._flagged, set()
        now = time.monotonic()
        return [
            beat
            for beat in self._beats
            if beat.name in flagged or now - self._ran.get(beat.name, now) > beat.seconds + POLL_SECONDS
        ]

    async def _beat(self, beat: Beat) -> int:
        """Run a beat; the dispatch again while there is work, but not for so long that the others wait."""
        began = self._ran[beat.name] = time.monotonic()
        if beat.aside:
            self._begin_aside(beat)
            return 0
        taken = await run(beat, self._ports)
        while beat is DISPATCH and taken and not self._stopping and time.monotonic() - began < DISPATCH_SECONDS:
            taken = await run(beat, self._ports)
        return taken

    def _begin_aside(self, beat: Beat) -> None:
        """Run a beat beside the loop, unless it still runs from the last time."""
        running = self._aside.get(beat.name)
        if running is None or running.done():
            self._aside[beat.name] = asyncio.create_task(self._run_aside(beat), name=beat.name)

    async def _run_aside(self, beat: Beat) -> None:
        try:
            await run(beat, self._ports)
        except Outdated as error:  # the loop finds out for itself, and waits
            log.warning("scheduler.aside_outdated", extra={"beat": beat.name, "error": str(error)})

    async def _rest(self, taken: int) -> None:
        """Wait until woken, until the next message is due, or for the poll that makes both dispensable."""
        patience = await self._patience(taken)
        try:
            await asyncio.wait_for(self._wake.wait(), patience)
        except TimeoutError:
            log.debug("scheduler.poll")
        self._wake.clear()
        self._flagged.add(DISPATCH.name)

    async def _patience(self, taken: int) -> float:
        """Return the seconds until the next message is due: pacing makes it due before the next beat."""
        if self._idle:
            return POLL_SECONDS
        try:
            due = await next_due(self._ports)
        except Exception as error:  # the loop outlives whatever happens to the database
            log.warning("scheduler.blind", extra={"error": type(error).__name__})
            return POLL_SECONDS
        if due is None:
            return POLL_SECONDS
        least = WAIT_AFTER_WORK if taken else WAIT_AFTER_NOTHING
        ahead = (due - self._ports.clock.now()).total_seconds()
        return min(POLL_SECONDS, ahead if ahead > 0 else least)


async def run(beat: Beat, ports: Ports) -> int:
    """Run one beat; a failure is logged and leaves the others alone. Raises Outdated, which concerns all of them."""
    try:
        return await beat.flow(ports)
    except Outdated:
        raise
    except Exception:
        log.exception("scheduler.beat_failed", extra={"beat": beat.name})
        return 0


async def run_due_once(ports: Ports, beats: Sequence[Beat] = BEATS) -> None:
    """Run every beat once, in order, and the dispatch until nothing is left that is due now."""
    for beat in beats:
        while await beat.flow(ports) and beat is DISPATCH:
            continue


async def advance(clock: MovableClock, to: datetime, ports: Ports) -> None:
    """
    Move the clock to an instant, running every beat due in between, in order.

    It stops whenever a message is due, and where cycles open, cycles close and digests are made.
    """
    await run_due_once(ports)
    ran = dict.fromkeys((beat.name for beat in BEATS), clock.now())
    while (before := clock.now()) < to:
        clock.move_to(min([at for at in await _coming(before, ports) if at > before] + [to]))
        now = clock.now()
        beats = [
            beat
            for beat in (BEATS if now.date() > before.date() else WITHIN_A_DAY)
            if beat.seconds < SELDOM or (now - ran[beat.name]).total_seconds() >= beat.seconds
        ]
        ran |= dict.fromkeys((beat.name for beat in beats), now)
        await run_due_once(ports, beats)


async def _coming(now: datetime, ports: Ports) -> list[datetime]:
    """Return the instants ahead at which a beat may find something to do."""
    async with ports.open_unit_of_work() as uow:
        due = await uow.deliveries.next_due()
        organisation = await uow.people.organisation()
        portfolios = await uow.people.portfolios()
    found = [] if due is None else [due]
    times: list[tuple[tzinfo, clock_time]] = [(cycles.FIRST_ZONE, clock_time(0))]
    times += [(ZoneInfo(portfolio.timezone), portfolio.digest_time) for portfolio in portfolios]
    if organisation is not None:
        times.append((ZoneInfo(organisation.timezone), ports.policy.cadence.closes_at))
    for zone, at in times:
        today = now.astimezone(zone).date()
        found += [local_instant(today + DAY * n, at, zone) for n in range(2)]
    return found


async def next_due(ports: Ports) -> datetime | None:
    """Return when the next message that waits is due."""
    async with ports.open_unit_of_work() as uow:
        return await uow.deliveries.next_due()
