"""Our Teams edge alone, believing everybody, with one reply to each message: what `stock_bot` is held against."""

import asyncio
import sys

from aiohttp import web

from adapters.teams import build
from adapters.teams.settings import TeamsSettings
from bot.messages.words import sentence
from bot.ports import Interaction, Reply, Say


async def dispatch(_interaction: Interaction) -> Reply:
    """Say one thing to everything."""
    return Say(sentence("Noted."))


async def main(port: int) -> None:
    """Serve until the process is stopped."""
    connection = build(TeamsSettings(insecure_local=True), dispatch)
    app = web.Application()
    for route in connection.routes:
        app.router.add_route(route.method, route.path, route.handler)  # type: ignore[arg-type]  # opaque to the port
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await connection.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
