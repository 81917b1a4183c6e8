"""Servers on the loopback that answer well, badly, slowly, or with lies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from aiohttp import web

from bot.domain.measuring.sources import Gap, Pull, PullKind
from bot.domain.policy import MeasuringPolicy
from bot.sources import fetcher
from bot.sources.addresses import Resolve, resolved

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
POLICY = replace(MeasuringPolicy(), pull_within=timedelta(seconds=2), pull_bytes=100_000)
HASTY = replace(POLICY, pull_within=timedelta(milliseconds=300))
LOOPBACK = ("127.0.0.1",)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def http(handler: Handler) -> AsyncIterator[str]:
    """Serve one handler for every path; give the address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw(answer: bytes, *, hold: bool = False, endless: bool = False) -> AsyncIterator[str]:
    """Answer every connection with these bytes, then close it, hold it open, or go on without end."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]  # within a task there is one
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            while endless:
                writer.write(b" " * 10_000)
                await writer.drain()
            if hold:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def fetched(
    url: str,
    query: str = "value",
    hosts: tuple[str, ...] = LOOPBACK,
    policy: MeasuringPolicy = POLICY,
    resolve: Resolve = resolved,
) -> Decimal | Gap:
    """Fetch the value at a path of a JSON document."""
    fetch = fetcher(hosts, policy, {}, resolve)
    return await fetch(Pull(kind=PullKind.JSON, url=url, query=query), AT)
