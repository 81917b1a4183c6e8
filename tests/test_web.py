"""Health, readiness and metrics over HTTP, beside the routes of the platforms."""

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bot.errors import Unavailable
from bot.ports import Condition, Health, Ports, Route
from bot.web import MAX_BODY_BYTES, Vitals, application
from storage.engine import Database
from tests.builders import a_delivery, a_small_world, store
from tests.fakes.recording_platform import RecordingPlatform


class Pulse:
    """The engine as health sees it."""

    def __init__(self, age: float | None = 1.0, *, running: bool = True, clock_trouble: str = "") -> None:
        self.age, self.running, self.clock_trouble = age, running, clock_trouble

    def seconds_since_tick(self) -> float | None:
        return self.age


class NoDatabase:
    """Reads whose database has gone."""

    async def delivery_counts(self) -> Mapping[str, int]:
        raise Unavailable("The database does not answer.")


@asynccontextmanager
async def served(vitals: Vitals, *routes: Route) -> AsyncIterator[aiohttp.ClientSession]:
    """Serve the application on the loopback and give a client of it."""
    runner = web.AppRunner(application(vitals, routes), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(base) as client:
            yield client
    finally:
        await runner.cleanup()


async def readiness(vitals: Vitals) -> tuple[int, dict[str, str]]:
    """Return the answer of /readyz."""
    async with served(vitals) as client, client.get("/readyz") as answer:
        return answer.status, await answer.json()


async def test_a_process_lives_even_when_nothing_works() -> None:
    broken = RecordingPlatform()
    broken.health = Health(Condition.UNREACHABLE, "no answer")
    vitals = Vitals(NoDatabase(), {"slack": broken}, Pulse(running=False))  # type: ignore[arg-type]  # one read only
    async with served(vitals) as client, client.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_everything_that_works_is_ready(ports: Ports) -> None:
    status, body = await readiness(Vitals(ports.reads, {"slack": RecordingPlatform()}, Pulse()))
    assert status == 200
    assert body == {"status": "ok", "database": "ok", "scheduler": "ok", "slack": "ok"}


async def test_a_process_for_the_web_alone_needs_no_scheduler(ports: Ports) -> None:
    assert (await readiness(Vitals(ports.reads, {})))[0] == 200


async def test_a_scheduler_that_has_just_started_is_ready(ports: Ports) -> None:
    assert (await readiness(Vitals(ports.reads, {}, Pulse(None))))[0] == 200


async def test_the_part_that_does_not_work_is_named(ports: Ports) -> None:
    gone = RecordingPlatform()
    gone.health = Health(Condition.NOT_AUTHORIZED, "install the app again")
    status, body = await readiness(Vitals(ports.reads, {"slack": gone}, Pulse()))
    assert (status, body["status"]) == (503, "not ready")
    assert body["slack"] == "not authorized: install the app again"


async def test_a_database_that_has_gone_is_named() -> None:
    status, body = await readiness(Vitals(NoDatabase(), {}, Pulse()))  # type: ignore[arg-type]  # one read only
    assert (status, body["database"]) == (503, "The database does not answer.")


async def test_a_scheduler_that_stands_still_is_named(ports: Ports) -> None:
    late = await readiness(Vitals(ports.reads, {}, Pulse(61)))
    dead = await readiness(Vitals(ports.reads, {}, Pulse(running=False)))
    assert (late[0], late[1]["scheduler"]) == (503, "last round 61 s ago")
    assert (dead[0], dead[1]["scheduler"]) == (503, "not running")


async def test_a_clock_that_is_not_trusted_is_an_alarm(ports: Ports) -> None:
    jumped = await readiness(Vitals(ports.reads, {}, Pulse(clock_trouble="the clock jumped forward by 25200 s")))
    assert jumped[0] == 503
    assert jumped[1]["scheduler"] == "nothing is planned or sent: the clock jumped forward by 25200 s"


async def test_metrics_count_outbox_rows_by_state(ports: Ports, sqlite_database: Database) -> None:
    await a_small_world(sqlite_database)
    await store(sqlite_database, a_delivery())
    async with served(Vitals(ports.reads, {}, Pulse(2.5))) as client, client.get("/metrics") as answer:
        text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'steward_deliveries{state="pending"} 1.0' in text
    assert "steward_tick_age_seconds 2.5" in text


async def test_metrics_without_a_database_are_refused_not_broken() -> None:
    vitals = Vitals(NoDatabase(), {})  # type: ignore[arg-type]  # one read only
    async with served(vitals) as client, client.get("/metrics") as answer:
        assert answer.status == 503


async def test_routes_of_platforms_are_served_up_to_a_size(ports: Ports) -> None:
    async def take(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    route = Route("POST", "/slack/events", take)
    async with served(Vitals(ports.reads, {}), route) as client:
        async with client.post("/slack/events", data=b"x" * 10) as answer:
            assert await answer.text() == "10"
        async with client.post("/slack/events", data=io.BytesIO(b"x" * (MAX_BODY_BYTES + 1))) as answer:
            assert answer.status == 413
        async with client.get("/slack/events") as answer:
            assert answer.status == 405
        async with client.get("/nowhere") as answer:
            assert answer.status == 404
