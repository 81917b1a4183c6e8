"""The engine loop: every beat comes, none stops the others, and nothing is cut off that can be finished."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.deliveries import DeliveryKind
from bot.errors import Outdated, Unavailable
from bot.ports import Ports
from bot.stores import UnitOfWork
from scheduler import runner
from scheduler.beats import BEATS, DISPATCH, Beat
from scheduler.runner import Runner
from storage.engine import Database
from tests.builders import ANA, WEEK, a_delivery, a_small_world
from tests.fakes.frozen_clock import FrozenClock

PATIENCE = 5.0


class Counted:
    """A beat that counts its runs and tells when it has run `target` times."""

    def __init__(self, name: str, seconds: int = 3600, target: int = 1) -> None:
        self.runs, self.target = 0, target
        self.begun, self.reached = asyncio.Event(), asyncio.Event()
        self.beat = Beat(name, seconds, self.flow)

    async def flow(self, _ports: Ports) -> int:
        self.runs += 1
        self.begun.set()
        if self.runs >= self.target:
            self.reached.set()
        return 0

    async def wait(self) -> None:
        await asyncio.wait_for(self.reached.wait(), PATIENCE)


def a_beat(name: str, flow: Callable[[Ports], Awaitable[int]]) -> Beat:
    return Beat(name, 3600, flow)


def test_every_beat_has_its_own_name_and_the_messages_go_last() -> None:
    names = [beat.name for beat in BEATS]
    assert len(set(names)) == len(names)
    assert BEATS[-1] is DISPATCH
    wanted = {"plan", "close", "escalate", "digest", "read_audit", "offers", "retention", "audit", "dispatch"}
    assert wanted <= set(names)
    assert [beat.name for beat in BEATS if beat.any_time] == ["read_audit"]


async def test_a_beat_that_fails_is_logged_and_the_others_go_on(ports: Ports, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_ports: Ports) -> int:
        raise RuntimeError("no such table")

    after, wake = Counted("after", target=2), asyncio.Event()
    engine = Runner(ports, wake, (Beat("broken", 1, broken), replace(after.beat, seconds=1)))
    await engine.start()
    await after.wait()
    assert engine.running
    await engine.stop(PATIENCE)
    assert "scheduler.beat_failed" in caplog.messages


async def test_every_beat_runs_at_the_start_and_the_health_knows_of_the_round(ports: Ports) -> None:
    beats = [Counted(name) for name in ("one", "two")]
    engine = Runner(ports, asyncio.Event(), [each.beat for each in beats])
    assert (engine.running, engine.seconds_since_tick()) == (False, None)
    await engine.start()
    for each in beats:
        await each.wait()
    running = engine.running
    await engine.stop(PATIENCE)
    assert (running, engine.running) == (True, False)
    age = engine.seconds_since_tick()
    assert age is not None
    assert 0 <= age < PATIENCE


async def test_whoever_plans_a_message_wakes_the_dispatch(ports: Ports) -> None:
    wake, dispatch = asyncio.Event(), Counted("dispatch", target=2)
    engine = Runner(ports, wake, [dispatch.beat])
    await engine.start()
    await dispatch.begun.wait()
    wake.set()
    await dispatch.wait()
    await engine.stop(PATIENCE)


async def test_a_stalled_scheduler_costs_one_poll(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.01)
    slow, dispatch = Counted("slow", seconds=0, target=3), Counted("dispatch", seconds=0, target=3)
    engine = Runner(ports, asyncio.Event(), [slow.beat, dispatch.beat])
    monkeypatch.setattr(engine._scheduler, "add_job", lambda *_args, **_rest: None)
    await engine.start()
    await slow.wait()
    await dispatch.wait()
    await engine.stop(PATIENCE)


async def test_the_database_going_away_does_not_end_the_loop(
    ports: Ports, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> UnitOfWork:
        raise Unavailable("The database cannot be used just now.")

    monkeypatch.setattr(runner, "POLL_SECONDS", 0.01)
    dispatch = Counted("dispatch", seconds=1, target=3)
    engine = Runner(replace(ports, open_unit_of_work=away), asyncio.Event(), [dispatch.beat])
    await engine.start()
    await dispatch.wait()
    await engine.stop(PATIENCE)
    assert "scheduler.blind" in caplog.messages


async def test_stopping_waits_for_what_is_under_way_and_begins_nothing_new(ports: Ports) -> None:
    begun, may_end, finished = asyncio.Event(), asyncio.Event(), []

    async def working(_ports: Ports) -> int:
        begun.set()
        await may_end.wait()
        finished.append(1)
        return 0

    never = Counted("never")
    engine = Runner(ports, asyncio.Event(), [a_beat("working", working), never.beat])
    await engine.start()
    await begun.wait()
    stopping = asyncio.create_task(engine.stop(PATIENCE))
    await asyncio.sleep(0)
    assert not stopping.done()
    may_end.set()
    await stopping
    assert (finished, never.runs, engine.running) == ([1], 0, False)


async def test_what_takes_too_long_is_cut_off(ports: Ports, caplog: pytest.LogCaptureFixture) -> None:
    begun, cut = asyncio.Event(), []

    async def hanging(_ports: Ports) -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut.append(1)
            raise
        return 0

    engine = Runner(ports, asyncio.Event(), [a_beat("hanging", hanging)])
    await engine.start()
    await begun.wait()
    await engine.stop(0.01)
    assert (cut, engine.running) == ([1], False)
    assert "scheduler.cut_off" in caplog.messages


async def test_stopping_what_was_never_started_is_no_error(ports: Ports) -> None:
    await Runner(ports, asyncio.Event()).stop(PATIENCE)


async def test_the_loop_sleeps_until_the_next_message_is_due(
    ports: Ports, sqlite_database: Database, clock: FrozenClock
) -> None:
    await a_small_world(sqlite_database)
    engine = Runner(ports, asyncio.Event(), [])
    assert await engine._patience(0) == runner.POLL_SECONDS
    row = a_delivery(WEEK, ANA, kind=DeliveryKind.CHECKIN_PROMPT, not_before=clock.now() + timedelta(seconds=3))
    async with ports.open_unit_of_work() as uow:
        await uow.deliveries.add_once([row])
        await uow.commit()
    assert await engine._patience(0) == 3
    clock.advance(seconds=3)
    assert await engine._patience(1) == runner.WAIT_AFTER_WORK
    assert await engine._patience(0) == runner.WAIT_AFTER_NOTHING


async def test_on_another_schema_the_engine_idles_says_so_once_and_catches_up_afterwards(
    ports: Ports, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.01)
    upgraded, refused = asyncio.Event(), asyncio.Event()
    calls: list[int] = []

    async def writes(_ports: Ports) -> int:
        if upgraded.is_set():
            return 0
        calls.append(1)
        if len(calls) >= 3:
            refused.set()
        raise Outdated("The database was made by a newer Steward: upgrade the program.")

    after = Counted("after", seconds=0)
    engine = Runner(ports, asyncio.Event(), (Beat("writes", 0, writes), after.beat))
    await engine.start()
    await asyncio.wait_for(refused.wait(), PATIENCE)
    assert engine.idle.startswith("The database was made by a newer")
    assert (after.runs, caplog.messages.count("scheduler.idle")) == (0, 1)
    upgraded.set()
    await after.wait()
    assert (engine.idle, caplog.messages.count("scheduler.back")) == ("", 1)
    await engine.stop(PATIENCE)
    assert "scheduler.beat_failed" not in caplog.messages
