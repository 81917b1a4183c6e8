"""Health, readiness and metrics over HTTP, beside the routes of the platforms."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.domain.deliveries import DeliveryState, MessageRef, dead, later, sent
from bot.domain.operating.health import Backlog
from bot.domain.operating.silence import Finding, Silence
from bot.errors import Unavailable
from bot.gauges import METRICS
from bot.ports import ChatPlatform, Condition, Health, Ports, Route
from bot.web import MAX_BODY_BYTES, Vitals, application
from storage.engine import Database
from tests.builders import a_delivery, a_small_world, store
from tests.fakes.frozen_clock import FrozenClock
from tests.fakes.recording_platform import RecordingPlatform
from tests.house.tree import ROOT

OPERATIONS = ROOT / "docs" / "operations.md"


class Pulse:
    """The engine as health sees it."""

    def __init__(self, age: float | None = 1.0, *, running: bool = True, idle: str = "") -> None:
        self.age, self.running, self.idle = age, running, idle

    def seconds_since_tick(self) -> float | None:
        return self.age


class NoDatabase:
    """Reads whose database has gone."""

    async def backlog(self, now: datetime) -> Backlog:
        raise Unavailable("The database does not answer.")

    async def oldest_due(self, now: datetime) -> datetime | None:
        raise Unavailable("The database does not answer.")


def without_database(ports: Ports, platforms: dict[str, ChatPlatform]) -> Ports:
    """Return ports whose database has gone."""
    return replace(ports, reads=NoDatabase(), platforms=platforms)  # type: ignore[arg-type]  # the reads of health only


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


async def test_a_process_lives_even_when_nothing_works(ports: Ports) -> None:
    broken = RecordingPlatform()
    broken.health = Health(Condition.UNREACHABLE, "no answer")
    vitals = Vitals(without_database(ports, {"slack": broken}), Pulse(running=False))
    async with served(vitals) as client, client.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_everything_that_works_is_ready(ports: Ports) -> None:
    status, body = await readiness(Vitals(ports.with_platforms({"slack": RecordingPlatform()}), Pulse()))
    assert status == 200
    assert body == dict.fromkeys(("status", "database", "schema", "scheduler", "outbox", "slack"), "ok")


async def test_a_process_for_the_web_alone_needs_no_scheduler(ports: Ports) -> None:
    assert (await readiness(Vitals(ports)))[0] == 200


async def test_a_scheduler_that_has_just_started_is_ready(ports: Ports) -> None:
    assert (await readiness(Vitals(ports, Pulse(None))))[0] == 200


async def test_the_part_that_does_not_work_is_named(ports: Ports) -> None:
    gone = RecordingPlatform()
    gone.health = Health(Condition.NOT_AUTHORIZED, "install the app again")
    status, body = await readiness(Vitals(ports.with_platforms({"slack": gone}), Pulse()))
    assert (status, body["status"]) == (503, "not ready")
    assert body["slack"] == "not authorized: install the app again"


async def test_a_database_that_has_gone_is_named(ports: Ports) -> None:
    status, body = await readiness(Vitals(without_database(ports, {}), Pulse()))
    assert (status, body["database"]) == (503, "The database does not answer.")


async def test_a_scheduler_that_stands_still_is_named(ports: Ports) -> None:
    late = await readiness(Vitals(ports, Pulse(61)))
    dead = await readiness(Vitals(ports, Pulse(running=False)))
    assert (late[0], late[1]["scheduler"]) == (503, "last round 61 s ago")
    assert (dead[0], dead[1]["scheduler"]) == (503, "not running")


async def test_a_clock_that_is_not_trusted_is_an_alarm(ports: Ports) -> None:
    jumped = await readiness(Vitals(ports, Pulse(idle="the clock jumped forward by 25200 s")))
    assert jumped[0] == 503
    assert jumped[1]["scheduler"] == "nothing is planned or sent: the clock jumped forward by 25200 s"


async def test_a_message_that_is_due_for_five_minutes_is_named_by_who_sends(
    ports: Ports, sqlite_database: Database, clock: FrozenClock
) -> None:
    await a_small_world(sqlite_database)
    await store(sqlite_database, a_delivery())
    clock.advance(minutes=4, seconds=59)
    assert (await readiness(Vitals(ports, Pulse())))[0] == 200
    clock.advance(seconds=1)
    status, body = await readiness(Vitals(ports, Pulse()))
    assert (status, body["outbox"]) == (503, "a message has been due for 300 s")
    assert (await readiness(Vitals(ports, Pulse(), since=clock.now())))[0] == 200  # it has only just started
    assert (await readiness(Vitals(ports)))[0] == 200  # this process sends nothing, so others take no harm from it


async def test_a_schema_of_another_program_is_named(ports: Ports) -> None:
    async def newer() -> str:
        return "The database was made by a newer Steward."

    status, body = await readiness(Vitals(ports, Pulse(), newer))
    assert (status, body["schema"]) == (503, "The database was made by a newer Steward.")


async def test_a_platform_that_does_not_answer_in_time_is_named(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(RecordingPlatform):
        async def check(self) -> Health:
            await asyncio.Event().wait()
            return self.health

    monkeypatch.setattr("bot.web.PATIENCE", 0.01)
    status, body = await readiness(Vitals(ports.with_platforms({"slack": Hanging()}), Pulse()))
    assert (status, body["slack"]) == (503, "no answer")


async def metrics_of(vitals: Vitals) -> dict[str, float]:
    """Return the samples of /metrics."""
    async with served(vitals) as client, client.get("/metrics") as answer:
        text = await answer.text()
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_metrics_tell_what_this_process_did_and_what_the_auditor_sees(ports: Ports, clock: FrozenClock) -> None:
    row = replace(a_delivery(), state=DeliveryState.SENDING)
    there = MessageRef("slack", "D1", "1")
    ports.tally.note(row, sent(row, there, clock.now()))
    ports.tally.note(row, sent(row, there, clock.now() + timedelta(minutes=6)))
    ports.tally.note(row, later(row, clock.now(), "timeout"))
    ports.tally.note(replace(row, state=DeliveryState.LEASED), later(row, clock.now(), "paced"))
    ports.tally.note(row, dead(row, "no such channel"))
    ports.watch.look([Finding(Silence.NOT_OPENED, "2026-W48", 7)], clock.now(), timedelta(0))
    found = await metrics_of(Vitals(ports, Pulse(), loop_lag=lambda: 0.25))
    assert found['steward_sent_total{kind="checkin_prompt",platform="slack"}'] == 2
    assert found['steward_late_total{kind="checkin_prompt",platform="slack"}'] == 1
    assert found['steward_retried_total{kind="checkin_prompt",platform=""}'] == 1
    assert found['steward_dead_total{kind="checkin_prompt",platform=""}'] == 1
    assert found['steward_silences{what="not_opened"}'] == 7
    assert found['steward_silences{what="unclaimed"}'] == 0
    assert (found["steward_loop_lag_seconds"], found["steward_idle"]) == (0.25, 0)


async def test_every_metric_is_documented_and_every_documented_metric_exists(ports: Ports) -> None:
    async with served(Vitals(ports, Pulse())) as client, client.get("/metrics") as answer:
        shown = set(re.findall(r"^# HELP (\w+) ", await answer.text(), re.M))
    documented = dict(re.findall(r"^\| `(steward_\w+)` \| ([^|]+) \|", OPERATIONS.read_text(encoding="utf-8"), re.M))
    assert documented == METRICS
    assert shown == set(METRICS) - {"steward_clock_error_seconds"}  # which PostgreSQL alone can tell


async def test_metrics_count_outbox_rows_by_state(ports: Ports, sqlite_database: Database) -> None:
    await a_small_world(sqlite_database)
    await store(sqlite_database, a_delivery())
    async with served(Vitals(ports, Pulse(2.5))) as client, client.get("/metrics") as answer:
        text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'steward_deliveries{kind="checkin_prompt",state="pending"} 1.0' in text
    assert "steward_tick_age_seconds 2.5" in text


async def test_metrics_without_a_database_are_refused_not_broken(ports: Ports) -> None:
    vitals = Vitals(without_database(ports, {}))
    async with served(vitals) as client, client.get("/metrics") as answer:
        assert answer.status == 503


async def test_routes_of_platforms_are_served_up_to_a_size(ports: Ports) -> None:
    async def take(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    route = Route("POST", "/slack/events", take)
    async with served(Vitals(ports), route) as client:
        async with client.post("/slack/events", data=b"x" * 10) as answer:
            assert await answer.text() == "10"
        async with client.post("/slack/events", data=io.BytesIO(b"x" * (MAX_BODY_BYTES + 1))) as answer:
            assert answer.status == 413
        async with client.get("/slack/events") as answer:
            assert answer.status == 405
        async with client.get("/nowhere") as answer:
            assert answer.status == 404
