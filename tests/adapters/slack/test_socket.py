"""Socket Mode: the same adapter over a connection of its own, which is replaced when it is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp import WSMsgType, web

from adapters.slack import build
from adapters.slack.manifest import SCOPES
from adapters.slack.settings import SlackSettings
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import ChatPlatform, Command, Condition, Say
from tests.adapters.slack.harness import BRISK
from tests.contracts.harness import Flows

THANKS = Message(title="", blocks=(Paragraph((Plain("Thank you."),)),), fallback="Thank you.")
WHO = {"ok": True, "team_id": "T0000NORTH", "user_id": "U0000STEWB", "bot_id": "B0000STEWB"}


class SocketServer:
    """The little of Slack that Socket Mode needs: auth.test, apps.connections.open and the socket itself."""

    def __init__(self) -> None:
        self.app = web.Application()
        self.app.router.add_post("/api/auth.test", self._who)
        self.app.router.add_post("/api/apps.connections.open", self._open)
        self.app.router.add_get("/link", self._link)
        self.links: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.refusing = False
        self.asked = asyncio.Event()
        self.url = ""

    async def _who(self, request: web.Request) -> web.Response:
        return web.json_response(WHO, headers={"x-oauth-scopes": ",".join(SCOPES)})

    async def _open(self, request: web.Request) -> web.Response:
        self.asked.set()
        if self.refusing:
            return web.json_response({"ok": False, "error": "internal_error"})
        assert request.headers["Authorization"] == "Bearer xapp-1"
        return web.json_response({"ok": True, "url": self.url.replace("http", "ws") + "/link"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        await link.send_json({"type": "hello"})
        self.links.put_nowait(link)
        async for message in link:
            if message.type is WSMsgType.TEXT:
                self.answers.put_nowait(message.json())
        return link


def command(number: int) -> dict[str, Any]:
    """Return the envelope of a slash command."""
    payload = {
        "command": "/ai-status", "text": "sepsis", "team_id": "T0000NORTH", "user_id": "U0000SARAH",
        "channel_id": "D0000SARAH", "trigger_id": f"{number}.1", "response_url": "http://127.0.0.1:9/",
    }  # fmt: skip
    return {"type": "slash_commands", "envelope_id": f"e{number}", "payload": payload, "accepts_response_payload": True}


@asynccontextmanager
async def linked() -> AsyncIterator[tuple[SocketServer, Flows, ChatPlatform]]:
    """Run the adapter in Socket Mode against a server."""
    server, flows = SocketServer(), Flows()
    runner = web.AppRunner(server.app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    settings = SlackSettings(bot_token="xoxb-1", app_token="xapp-1", api_url=f"{server.url}/api/")  # type: ignore[arg-type]
    connection = build(settings, flows, replace(BRISK, watch=0.1))
    await connection.start()
    try:
        yield server, flows, connection.platform
    finally:
        await connection.stop()
        await runner.cleanup()


async def test_a_command_comes_and_is_answered_over_the_socket() -> None:
    async with linked() as (server, flows, platform), asyncio.timeout(10):
        link = await server.links.get()
        flows.will(Say(THANKS))
        await link.send_json(command(1))
        answer = await server.answers.get()
        assert answer["envelope_id"] == "e1"
        assert "Thank you." in str(answer["payload"])
        (seen,) = flows.seen
        assert isinstance(seen, Command)
        assert seen.sender.user == "U0000SARAH"
        assert (await platform.check()).condition is Condition.OK


async def test_a_lost_connection_is_replaced_and_works_again() -> None:
    async with linked() as (server, flows, _), asyncio.timeout(20):
        for number in range(3):
            link = await server.links.get()
            await link.send_json(command(number))
            assert (await server.answers.get())["envelope_id"] == f"e{number}"
            await link.close()
        assert len(flows.seen) == 3


async def test_a_connection_that_does_not_come_back_is_reported_and_made_anew() -> None:
    async with linked() as (server, _, platform), asyncio.timeout(20):
        link = await server.links.get()
        server.refusing = True
        server.asked.clear()
        await link.close()
        await server.asked.wait()
        assert (await platform.check()).condition is Condition.UNREACHABLE
        server.refusing = False
        link = await server.links.get()
        await link.send_json(command(7))
        assert (await server.answers.get())["envelope_id"] == "e7"
        assert (await platform.check()).condition is Condition.OK


async def test_nothing_is_left_running_after_the_end() -> None:
    before = asyncio.all_tasks()
    async with linked() as (server, _, _), asyncio.timeout(10):
        await server.links.get()
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()
