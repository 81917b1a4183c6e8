"""Signs of life: the heartbeat stops when something stands still, lag is measured, processes know of each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot.domain.operating.health import Replica
from bot.domain.operating.silence import Finding, Silence
from bot.flows.operating import presence
from bot.ports import Ports
from bot.pulse import Heartbeat, LoopLag, signs_of_life
from storage.engine import Database
from tests.builders import NOW, make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.test_web import Pulse

SECRET_PATH = "/ping/very-secret"


class Watchdog:
    """Somebody outside who counts the calls."""

    def __init__(self) -> None:
        self.calls, self.status, self.url = 0, 200, ""
        self.called = asyncio.Event()

    async def take(self, _request: web.Request) -> web.Response:
        self.calls += 1
        self.called.set()
        return web.Response(status=self.status)


@pytest.fixture
async def watchdog() -> AsyncIterator[Watchdog]:
    """A watchdog that listens."""
    dog, app = Watchdog(), web.Application()
    app.router.add_get(SECRET_PATH, dog.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    dog.url = f"http://127.0.0.1:{runner.addresses[0][1]}{SECRET_PATH}"
    yield dog
    await runner.cleanup()


async def test_the_watchdog_is_called_while_all_is_well(ports: Ports, watchdog: Watchdog) -> None:
    assert await Heartbeat(watchdog.url, Pulse(), ports).call()
    assert watchdog.calls == 1


@pytest.mark.parametrize("heart", [Pulse(61), Pulse(None), Pulse(running=False)])
async def test_it_is_not_called_when_the_loop_stands_still(ports: Ports, watchdog: Watchdog, heart: Pulse) -> None:
    assert not await Heartbeat(watchdog.url, heart, ports).call()
    assert watchdog.calls == 0


async def test_it_is_not_called_while_this_process_idles_or_the_auditor_is_alarmed(
    ports: Ports, watchdog: Watchdog
) -> None:
    idle = Pulse()
    idle.idle = "The database was made by a newer Steward."
    assert not await Heartbeat(watchdog.url, idle, ports).call()
    stop, patience = [Finding(Silence.UNCLAIMED, "2026-11-26")], timedelta(minutes=2)
    ports.watch.look(stop, NOW, patience)
    assert await Heartbeat(watchdog.url, Pulse(), ports).call()  # the push may still help
    ports.watch.look(stop, NOW + patience, patience)
    assert not await Heartbeat(watchdog.url, Pulse(), ports).call()
    ports.watch.look([], NOW + 2 * patience, patience)
    assert await Heartbeat(watchdog.url, Pulse(), ports).call()


async def test_a_watchdog_that_is_away_or_refuses_is_no_error_and_its_address_is_kept_secret(
    ports: Ports, watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    watchdog.status = 404
    assert not await Heartbeat(watchdog.url, Pulse(), ports).call()
    assert not await Heartbeat(f"http://127.0.0.1:1{SECRET_PATH}", Pulse(), ports).call()
    assert [m for m in caplog.messages if m.startswith("heartbeat")] == ["heartbeat.refused", "heartbeat.failed"]
    assert "very-secret" not in "".join(str(vars(record)) for record in caplog.records if "heartbeat" in record.message)


def test_the_worst_lag_of_the_last_minute_counts() -> None:
    lag = LoopLag()
    assert lag.worst() == 0
    for at, late in ((0.0, 5.0), (30.0, 0.2), (59.0, -0.1)):
        lag.note(at, late)
    assert lag.worst() == 5.0
    lag.note(61.0, 0.1)
    assert lag.worst() == 0.2


# Processes that know of each other


@asynccontextmanager
async def living(ports: Ports, role: str, heartbeat: Heartbeat | None = None) -> AsyncIterator[None]:
    """Let a process live until it has shown itself."""
    async with signs_of_life(role, ports, LoopLag(), heartbeat):
        async with asyncio.timeout(10):
            while not await presence.present(ports):  # noqa: ASYNC110 - whoever shows itself there tells nobody here
                await asyncio.sleep(0.02)
        yield


async def test_a_process_shows_itself_calls_the_watchdog_and_leaves(ports: Ports, watchdog: Watchdog) -> None:
    async with living(ports, "all", Heartbeat(watchdog.url, Pulse(), ports)):
        assert [each.role for each in await presence.present(ports)] == ["all"]
        await asyncio.wait_for(watchdog.called.wait(), 10)
    assert await presence.present(ports) == []


async def test_who_has_not_shown_itself_for_two_minutes_is_not_there(database: Database, clock: FrozenClock) -> None:
    first, second = (make_ports(database, clock, worker=name) for name in ("one", "two"))
    one = Replica(name="one", host="a", role="all", version="1", started_at=NOW, seen_at=NOW)
    two = replace(one, name="two", host="b", role="web")
    assert await presence.show(one, first) == []
    clock.advance(seconds=119)
    assert [each.name for each in await presence.show(two, second)] == ["one"]
    assert presence.sharing(await presence.present(first)) == (
        "2 processes share a SQLite file (all on a, web on b): use PostgreSQL for more than one"
    )
    clock.advance(seconds=1)
    assert [each.name for each in await presence.present(first)] == ["two"]
    assert presence.sharing(await presence.present(first)) == ""
    clock.advance(days=1)
    await presence.show(two, second)
    async with first.open_unit_of_work() as uow:
        assert [each.name for each in await uow.replicas.all()] == ["two"]
    for each in (first, second):
        await each.reads.close()  # type: ignore[attr-defined]  # SqlReads, which the port need not close
