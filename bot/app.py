"""The composition root: settings to database, ports, platforms, web application and engine."""

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import structlog
from aiohttp import web

import adapters
from bot.dispatch import build_dispatch
from bot.domain.policy import Policy
from bot.errors import ConfigError
from bot.playbook.load import load_questions
from bot.playbook.public_holidays import public_holidays
from bot.ports import Clock, Connection, Dispatch, Ports
from bot.settings import Role, Settings
from bot.web import Vitals, application
from scheduler.clock import SystemClock
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
async def open_core(settings: Settings, clock: Clock | None = None, *, create: bool = False) -> AsyncIterator[Core]:
    """
    Give the product on the database of the settings, its time from `clock`.

    `create` makes the tables of an empty database first. Raises ConfigError when the schema is not the program's own.
    """
    database = Database.at(settings.database_url)
    try:
        if create and await database.revision() is None:
            from storage.migrating import upgrade  # noqa: PLC0415 - alembic takes memory that serving has no use for

            await upgrade(driver_url(settings.database_url))
        await database.check_schema()
        wake = asyncio.Event()
        reads = SqlReads(database)
        ports = Ports(
            open_unit_of_work=lambda: SqlUnitOfWork(database),
            reads=reads,
            clock=clock or SystemClock(),
            policy=Policy(),
            questions=load_questions(),
            holidays=public_holidays,
            wake=wake.set,
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
    async with open_core(settings) as core:
        connections = connect_platforms(settings.platform_names, core.dispatch)
        ports = core.ports.with_platforms({name: each.platform for name, each in connections.items()})
        runner = Runner(ports, core.wake) if role != "web" else None
        vitals = Vitals(ports.reads, ports.platforms, runner)
        routes = [route for each in connections.values() for route in each.routes] if role != "worker" else []
        async with _serving(application(vitals, routes), settings), _connected(connections):
            await _until_stopped(runner)


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
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if runner:
        await runner.start()
    _spare_the_garbage()
    log.info("ready")
    await stop.wait()
    log.info("stopping")
    if runner:
        await runner.stop(DRAIN_SECONDS)


def _spare_the_garbage() -> None:
    """Look for garbage less often and not among what stays: each look holds up every answer by tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def configure_logging(settings: Settings) -> None:
    """Send every log line to stderr, as text for people or JSON for machines."""
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
