"""The web edge: health, readiness and metrics beside the routes of the connected platforms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from bot.errors import StewardError
from bot.ports import ChatPlatform, Condition, Reads, Route

MAX_BODY_BYTES = 2 * 1024 * 1024


class Heart(Protocol):
    """What keeps the engine's time, as health sees it."""

    @property
    def running(self) -> bool: ...
    @property
    def clock_trouble(self) -> str:
        """Return why the clock is not trusted and nothing is planned or sent, empty while all is well."""
        ...

    def seconds_since_tick(self) -> float | None:
        """Return how long ago the engine last finished a round, None before the first."""
        ...


@dataclass(frozen=True, slots=True)
class Vitals:
    """What health is read from; `heart` is None in a process that only answers the web."""

    reads: Reads
    platforms: Mapping[str, ChatPlatform]
    heart: Heart | None = None
    oldest_tick: float = 60.0


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
    return web.json_response({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Answer 200 when everything works, else 503; the body says which part does not."""
    vitals = request.app[VITALS]
    parts = {"database": await _database(vitals.reads), "scheduler": _scheduler(vitals)}
    for name, platform in vitals.platforms.items():
        health = await platform.check()
        parts[name] = "ok" if health.condition is Condition.OK else f"{health.condition}: {health.detail}"
    fine = all(state == "ok" for state in parts.values())
    return web.json_response({"status": "ok" if fine else "not ready", **parts}, status=200 if fine else 503)


async def metrics(request: web.Request) -> web.Response:
    """Answer the Prometheus metrics, or 503: outbox rows by state and the age of the engine's last round."""
    vitals = request.app[VITALS]
    try:
        counts = await vitals.reads.delivery_counts()
    except StewardError as error:
        return web.Response(text=f"{error}\n", status=503)
    registry = CollectorRegistry()
    rows = Gauge("steward_deliveries", "Outbox rows by state", ["state"], registry=registry)
    for state, count in counts.items():
        rows.labels(state).set(count)
    if vitals.heart and (age := vitals.heart.seconds_since_tick()) is not None:
        Gauge("steward_tick_age_seconds", "Seconds since the engine last finished a round", registry=registry).set(age)
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _database(reads: Reads) -> str:
    try:
        await reads.delivery_counts()
    except StewardError as error:
        return str(error)
    return "ok"


def _scheduler(vitals: Vitals) -> str:
    if vitals.heart is None:
        return "ok"
    age = vitals.heart.seconds_since_tick()
    if not vitals.heart.running:
        return "not running"
    if vitals.heart.clock_trouble:
        return f"nothing is planned or sent: {vitals.heart.clock_trouble}"
    return "ok" if age is None or age < vitals.oldest_tick else f"last round {age:.0f} s ago"
