"""The web edge: health, readiness and metrics beside the routes of the connected platforms."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.errors import StewardError
from bot.gauges import Measured, exposition
from bot.ports import ChatPlatform, Condition, Ports, Route

MAX_BODY_BYTES = 2 * 1024 * 1024
PATIENCE = 4.0
OK, NO_ANSWER = "ok", "no answer"


class Heart(Protocol):
    """What keeps the engine's time, as health sees it."""

    @property
    def running(self) -> bool: ...
    @property
    def idle(self) -> str:
        """Return why nothing is planned or sent although the loop runs, empty when it does its work."""
        ...

    def seconds_since_tick(self) -> float | None:
        """Return how long ago the engine last finished a round, None before the first."""
        ...


async def _fits() -> str:
    return OK


@dataclass(frozen=True, slots=True)
class Vitals:
    """
    What health is read from.

    `heart` is None in a process that only answers the web, `schema` says whether program and database fit, `loop_lag`
    by how many seconds the event loop was late at worst within the last minute, and `since` when this process started.
    """

    ports: Ports
    heart: Heart | None = None
    schema: Callable[[], Awaitable[str]] = _fits
    loop_lag: Callable[[], float] = lambda: 0.0
    since: datetime = datetime.min.replace(tzinfo=UTC)


def application(vitals: Vitals, routes: Iterable[Route]) -> web.Application:
    """Return the application with Steward's own routes and those of the platforms."""
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[VITALS] = vitals
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)
    for route in routes:
        app.router.add_route(route.method, route.path, route.handler)  # type: ignore[arg-type]
    return app


VITALS = web.AppKey("vitals", Vitals)


async def alive(_request: web.Request) -> web.Response:
    """Answer that the process lives."""
    return web.json_response({"status": OK})


async def ready(request: web.Request) -> web.Response:
    """Answer 200 when everything works, else 503; the body says which part does not."""
    vitals = request.app[VITALS]
    checks = {
        "database": _database(vitals.ports),
        "schema": vitals.schema(),
        "scheduler": _scheduler(vitals),
        "outbox": _outbox(vitals),
        **{name: _platform(platform) for name, platform in vitals.ports.platforms.items()},
    }
    states = await asyncio.gather(*(_in_time(check) for check in checks.values()))
    fine = all(state == OK for state in states)
    body = {"status": OK if fine else "not ready", **dict(zip(checks, states, strict=True))}
    return web.json_response(body, status=200 if fine else 503)


async def metrics(request: web.Request) -> web.Response:
    """Answer the Prometheus metrics, or 503 while the database cannot be asked."""
    vitals = request.app[VITALS]
    try:
        async with asyncio.timeout(PATIENCE):
            backlog = await vitals.ports.reads.backlog(vitals.ports.clock.now())
    except (StewardError, TimeoutError) as error:
        return web.Response(text=f"{str(error) or NO_ANSWER}\n", status=503)
    age = vitals.heart.seconds_since_tick() if vitals.heart else None
    measured = Measured(backlog, vitals.ports, vitals.loop_lag(), age, idle=bool(vitals.heart and vitals.heart.idle))
    return web.Response(body=exposition(measured), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _in_time(check: Awaitable[str]) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check
    except StewardError as error:
        return str(error)
    except TimeoutError:
        return NO_ANSWER


async def _database(ports: Ports) -> str:
    await ports.reads.oldest_due(ports.clock.now())
    return OK


async def _platform(platform: ChatPlatform) -> str:
    health = await platform.check()
    return OK if health.condition is Condition.OK else f"{health.condition}: {health.detail}"


async def _scheduler(vitals: Vitals) -> str:
    if vitals.heart is None:
        return OK
    if not vitals.heart.running:
        return "not running"
    if vitals.heart.idle:
        return f"nothing is planned or sent: {vitals.heart.idle}"
    age, oldest = vitals.heart.seconds_since_tick(), vitals.ports.policy.health.oldest_tick.total_seconds()
    return OK if age is None or age < oldest else f"last round {age:.0f} s ago"


async def _outbox(vitals: Vitals) -> str:
    """Say how long a message has waited for this process, where that is too long; only who sends answers for it."""
    if vitals.heart is None:
        return OK
    now, most = vitals.ports.clock.now(), vitals.ports.policy.health.oldest_due
    oldest = await vitals.ports.reads.oldest_due(now)
    if oldest is None or now - max(oldest, vitals.since) < most:
        return OK
    return f"a message has been due for {(now - oldest).total_seconds():.0f} s"
