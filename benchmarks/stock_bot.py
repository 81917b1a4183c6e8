"""The baseline: the SDK's own CloudAdapter, believing everybody, with one reply to each message."""

import asyncio
import sys

from aiohttp import web
from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication


class Settings:
    """The least the SDK asks for; without an app id it checks no tokens."""

    APP_ID = ""
    APP_PASSWORD = ""
    APP_TYPE = "MultiTenant"
    APP_TENANTID = ""


class Echo(ActivityHandler):  # type: ignore[misc]  # the SDK carries no types
    """Says one thing to every message."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Reply."""
        await turn_context.send_activity("Noted.")


async def main(port: int) -> None:
    """Serve until the process is stopped."""
    adapter, bot = CloudAdapter(ConfigurationBotFrameworkAuthentication(Settings())), Echo()

    async def handle(request: web.Request) -> web.Response:
        return await adapter.process(request, bot) or web.Response(status=200)

    app = web.Application()
    app.router.add_post("/api/messages", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
