"""
The baseline: Bolt alone behind aiohttp, verifying and acknowledging a command and doing nothing else.

`python -m benchmarks.bare_bolt [PORT]` prints its address and serves until it is stopped.
"""

import asyncio
import logging
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from benchmarks.load import SECRET

PATH = "/slack/events"
ANSWER = "bare bolt"
BLOCK = {"type": "section", "text": {"type": "mrkdwn", "text": ANSWER}}


def app() -> AsyncApp:
    """Return Bolt in its fastest form: the handler runs before the response, who we are comes from memory."""

    async def authorize(team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_user_id="U0BOT", bot_id="B0BOT")

    quiet = logging.getLogger("benchmarks.bare_bolt")
    quiet.setLevel(logging.WARNING)
    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True, logger=quiet)

    async def status(ack: AsyncAck) -> None:
        await ack(text=ANSWER, blocks=[BLOCK])

    bolt.command("/ai-status")(status)
    return bolt


async def serve(port: int = 0) -> tuple[web.AppRunner, str]:
    """Return the running server, to be cleaned up by the caller, and the address for commands."""
    bolt = app()

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    served = web.Application()
    served.router.add_post(PATH, handle)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"


async def main(port: int) -> None:
    """Serve until the process is stopped."""
    _, url = await serve(port)
    print(url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
