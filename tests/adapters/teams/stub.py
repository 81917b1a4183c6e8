"""A bot that believes nobody without checking and answers what it was told, to try the driver and the page with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from jwt.algorithms import RSAAlgorithm

from tests.adapters.teams.driver import Driver
from tests.adapters.teams.fake import FakeTeams, Posted
from tests.adapters.teams.fake_parts.main import Desk
from tests.adapters.teams.fake_parts.state import BOT, CARD, Json
from tests.fakes.frozen_clock import FrozenClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LARGEST = 256 * 1024


class Stub:
    """One tenant, its driver, and the bot between them."""

    def __init__(self) -> None:
        self.clock = FrozenClock(NOON)
        self.fake = FakeTeams(self.clock.now, limits=None)
        self.driver = Driver(self.fake, "", self.clock.now)
        self.heard: list[Json] = []
        self.answers: list[tuple[int, Any]] = []
        self.sarah = self.fake.add_person("Sarah Chen", "sarah@northlake.example")

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one activity."""
        if not request.content_type.startswith("application/json") or "Content-Type" not in request.headers:
            return web.Response(status=415)
        body = await request.read()
        if len(body) > LARGEST:
            return web.Response(status=413)
        try:
            activity = json.loads(body)
            sound = isinstance(activity["type"], str) and all(
                isinstance(each, str)
                for each in (activity["conversation"]["id"], activity["channelData"]["tenant"]["id"])
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            sound, activity = False, {}
        if not sound:
            return web.Response(status=400)
        if not self.believes(request.headers.get("Authorization", ""), activity):
            return web.Response(status=401)
        self.heard.append(activity)
        status, answer = self.answers.pop(0) if self.answers else (200, None)
        return web.json_response(answer, status=status) if answer is not None else web.Response(status=status)

    def believes(self, header: str, activity: Json) -> bool:
        """Return whether a request is Teams'."""
        scheme, _, token = header.partition(" ")
        try:
            kid = jwt.get_unverified_header(token)["kid"]
            found = next(each for each in self.fake.keys.as_json()["keys"] if each["kid"] == kid)
            key: Any = RSAAlgorithm.from_jwk(found)
            options: Any = {"verify_exp": False, "verify_nbf": False}
            said = jwt.decode(
                token, key, ["RS256"], options, audience=self.fake.app_id, issuer="https://api.botframework.com"
            )
        except (jwt.PyJWTError, KeyError, StopIteration):
            return False
        now = self.clock.now().timestamp()
        return (
            scheme == "Bearer"
            and said["nbf"] - 300 <= now <= said["exp"] + 300
            and activity.get("channelId") == "msteams" in found["endorsements"]
            and said["serviceurl"] == activity["serviceUrl"] == self.fake.service_url
            and activity["channelData"]["tenant"]["id"] == self.fake.tenant
        )

    def post(self, card: Json) -> Posted:
        """Let the bot have posted a card in Sarah's chat."""
        posted = self.fake.put(self.fake.personal(self.sarah), BOT)
        self.fake.write(posted, {"summary": "x", "attachments": [{"contentType": CARD, "content": card}]})
        return posted

    def will(self, answer: object, status: int = 200) -> None:
        """Answer this next."""
        self.answers.append((status, answer))


@asynccontextmanager
async def open_stub() -> AsyncIterator[Stub]:
    """Serve the bot, and the page on the fake's own server."""
    stub = Stub()
    Desk(stub.fake, stub.driver)
    app = web.Application(client_max_size=4 * 1024**2)
    app.router.add_post("/api/messages", stub.handle)
    async with TestServer(app) as server, stub.fake, stub.driver:
        stub.driver.url = str(server.make_url("/api/messages"))
        yield stub
