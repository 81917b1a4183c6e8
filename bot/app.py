"""The composition root: settings to database, ports, platforms, web application and engine."""

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

from aiohttp import web

import adapters
from bot.api import measurement_routes
from bot.dispatch import build_dispatch
from bot.domain.operating.tally import Tally
from bot.domain.policy import Policy
from bot.errors import ConfigError
from bot.playbook.gates import load_gates
from bot.playbook.ladders import load_ladders
from bot.playbook.load import load_questions
from bot.playbook.public_holidays import public_holidays
from bot.ports import Clock, Connection, Dispatch, Fetch, Ports
from bot.pulse import Heartbeat, LoopLag, signs_of_life
from bot.settings import Role, Settings
from bot.web import Vitals, application
from scheduler.clock import SystemClock, time_up
from scheduler.gate import ClockGate
from scheduler.runner import Runner
from storage.engine import Database, driver_url
from storage.queries import SqlReads
from storage.unit_of_work import SqlUnitOfWork

DRAIN_SECONDS = 20.0
GARBAGE = (50_000, 20, 50)
log = logging.getLogger("steward")


@dataclass(frozen=True, slots=True)
class Core:
    """The product without platforms: what the command line works with, and what a process is built around."""

    database: Database
    ports: Ports
    wake: asyncio.Event

    @property
    def dispatch(self) -> Dispatch:
        """Return the function that answers interactions."""
        return build_dispatch(self.ports)


@contextlib.asynccontextmanager
async def open_core(
    settings: Settings, clock: Clock | None = None, *, create: bool = False, alone: bool = False, idle: bool = False
) -> AsyncIterator[Core]:
    """
    Give the product on the database of the settings, its time from `clock`.

    `create` makes the tables of an empty database first; for `alone` see `Database.at`. Raises ConfigError when the
    schema is not the program's own; with `idle` a program that is older than its database gets it all the same, and
    waits without writing.
    """
    database = Database.at(settings.database_url, alone=alone)
    try:
        if create and await database.revision() is None:
            from storage.migrating import upgrade  # noqa: PLC0415 - alembic takes memory that serving has no use for

            await upgrade(driver_url(settings.database_url))
        await database.check_schema(newer_too=idle)
        wake = asyncio.Event()
        reads, policy = SqlReads(database), Policy()
        ports = Ports(
            open_unit_of_work=lambda: SqlUnitOfWork(database),
            reads=reads,
            clock=clock or SystemClock(),
            policy=policy,
            questions=load_questions(),
            ladders=load_ladders(),
            gates=load_gates(),
            holidays=public_holidays,
            wake=wake.set,
            tally=Tally(policy.health.late_after),
            worker=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
        )
        try:
            yield Core(database, ports, wake)
        finally:
            await reads.close()
    finally:
        await database.close()


def connect_platforms(names: tuple[str, ...], dispatch: Dispatch) -> dict[str, Connection]:
    """Return the connections of the platforms named; raises ConfigError for one that does not exist."""
    known = adapters.available()
    for name in names:
        if name not in known:
            raise ConfigError(f"STEWARD_PLATFORMS: there is no platform {name}; known are {', '.join(known)}.")
    return {name: adapters.load(name).connect(dispatch) for name in names}


async def serve(settings: Settings, role: Role) -> None:
    """Run the bot until SIGTERM or SIGINT, then drain; `role` says whether it answers the web, works, or both."""
    if not settings.platform_names:
        raise ConfigError("STEWARD_PLATFORMS is not set: name the platforms to connect, for example slack.")
    async with open_core(settings, idle=True) as core:
        connections = connect_platforms(settings.platform_names, core.dispatch)
        ports = core.ports.with_platforms({name: each.platform for name, each in connections.items()})
        gate = ClockGate(ports)
        ports = replace(ports, time_up=time_up, database_ahead=gate.ahead, fetch=fetch_from(settings, ports.policy))
        runner = Runner(ports, core.wake, gate=gate) if role != "web" else None
        lag = LoopLag()
        vitals = Vitals(ports, runner, core.database.schema_state, lag.worst, ports.clock.now())
        routes = [route for each in connections.values() for route in each.routes] if role != "worker" else []
        routes += measurement_routes(ports, settings.token_of_the_endpoint) if role != "worker" else []
        url = settings.heartbeat_url
        heartbeat = Heartbeat(url.get_secret_value(), runner, ports) if url and runner else None
        life = signs_of_life(role, ports, lag, heartbeat)
        async with _serving(application(vitals, routes), settings), _connected(connections), life:
            await _until_stopped(runner)


def fetch_from(settings: Settings, policy: Policy) -> Fetch | None:
    """Return what fetches values of metrics, None where no host is listed; raises ConfigError for one that is none."""
    if not settings.hosts_to_fetch_from:
        return None
    from bot.sources import fetcher  # noqa: PLC0415 - httpx takes memory that most have no use for

    return fetcher(settings.hosts_to_fetch_from, policy.measuring, os.environ)


@contextlib.asynccontextmanager
async def _serving(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    server = web.AppRunner(app, access_log=None, handle_signals=False)
    await server.setup()
    try:
        try:
            await web.TCPSite(server, settings.host, settings.port).start()
        except OSError as error:
            raise ConfigError(f"STEWARD_PORT: cannot listen on {settings.host}:{settings.port}: {error}.") from None
        log.info("listening on http://%s:%s", settings.host, settings.port)
        yield
    finally:
        await server.cleanup()


@contextlib.asynccontextmanager
async def _connected(connections: Mapping[str, Connection]) -> AsyncIterator[None]:
    started: list[Connection] = []
    try:
        for name, connection in connections.items():
            await connection.start()
            started.append(connection)
            log.info("started %s", name)
        yield
    finally:
        for connection in reversed(started):
            await connection.stop()


async def _until_stopped(runner: Runner | None) -> None:
    stop, hurry = asyncio.Event(), asyncio.Event()

    def asked() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    if runner:
        await runner.start()
    _spare_the_garbage()
    log.info("ready")
    await stop.wait()
    log.info("stopping")
    if runner:
        await _drained(runner, hurry)


async def _drained(runner: Runner, hurry: asyncio.Event) -> None:
    """Wait for what is under way, at most until somebody asks a second time."""
    waiting = [asyncio.create_task(runner.stop(DRAIN_SECONDS)), asyncio.create_task(hurry.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if hurry.is_set():
        await runner.stop(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


def _spare_the_garbage() -> None:
    """Look for garbage less often and not among what stays: each look holds up every answer by tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
