"""
Teams played by a process of its own: it writes messages to a bot and waits for the reply to each, and times that.

`python -m benchmarks.teams_load PORT` serves tokens, keys and the Bot Connector there; each line on stdin is a `Load`,
each line on stdout its `Figures`.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks.load import Figures
from scheduler.clock import SystemClock
from tests.adapters.teams.fake_parts import keys

TENANT = "0b5b6b4e-5b0a-4c58-9d2e-6a3f7f1f0001"
APP = "0b5b6b4e-5b0a-4c58-9d2e-6a3f7f1f0002"
USER = "0b5b6b4e-5b0a-4c58-9d2e-6a3f7f1f0003"
EMAIL = "ada@bench.example"
PATIENCE = 20.0


@dataclass(frozen=True)
class Load:
    """What to write to whom: by `connections` at once (closed loop) or `rate` a second (open loop), signed or not."""

    url: str
    texts: tuple[str, ...]
    seconds: float
    connections: int = 16
    rate: float = 0.0
    signed: bool = False


class Teams:
    """The remote: what it was posted, by conversation, wakes who waits for it."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.waiting: dict[str, asyncio.Future[None]] = {}
        self.app = web.Application()
        self.app.router.add_get("/metadata", self._metadata)
        self.app.router.add_get("/keys", self._keys)
        self.app.router.add_post("/token", self._token)
        self.app.router.add_get("/v3/conversations/{place}/members/{user}", self._member)
        self.app.router.add_post("/v3/conversations/{place}/activities", self._posted)
        self.app.router.add_post("/v3/conversations/{place}/activities/{activity}", self._posted)
        self._signing = keys.Keys()
        self.token = keys.signed(keys.claims(APP, self.base, SystemClock().now()), "first")

    async def _metadata(self, _request: web.Request) -> web.Response:
        return web.json_response({"jwks_uri": f"{self.base}/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response(self._signing.as_json())

    async def _token(self, _request: web.Request) -> web.Response:
        return web.json_response({"access_token": "none", "expires_in": 3600})

    async def _member(self, _request: web.Request) -> web.Response:
        return web.json_response({"aadObjectId": USER, "email": EMAIL, "tenantId": TENANT, "name": "Ada Lind"})

    async def _posted(self, request: web.Request) -> web.Response:
        await request.read()
        waiting = self.waiting.pop(request.match_info["place"], None)
        if waiting and not waiting.done():
            waiting.set_result(None)
        return web.json_response({"id": "1"}, status=201)


def activity(base: str, place: str, text: str) -> dict[str, Any]:
    """Return a message as Teams sends it."""
    return {
        "type": "message", "id": place, "timestamp": "2026-11-23T12:00:00.000Z", "channelId": "msteams",
        "serviceUrl": base, "from": {"id": f"29:{USER}", "name": "Ada Lind", "aadObjectId": USER},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": place},
        "recipient": {"id": f"28:{APP}", "name": "Steward"}, "text": text, "textFormat": "plain", "locale": "en-US",
        "localTimezone": "Europe/Berlin", "channelData": {"tenant": {"id": TENANT}},
        "entities": [{"type": "clientInfo", "locale": "en-US", "country": "US", "platform": "Web"}],
    }  # fmt: skip


class Run:
    """One run of a load."""

    def __init__(self, teams: Teams, load: Load) -> None:
        self.teams, self.load = teams, load
        self.latencies, self.wrong, self.sent = list[float](), 0, 0
        self.headers = {"Authorization": f"Bearer {teams.token}"} if load.signed else {}

    async def write(self, session: aiohttp.ClientSession, due: float | None = None) -> None:
        """Write one message and wait for its reply, from when it was due."""
        self.sent += 1
        place = f"a:{id(self)}-{self.sent}"
        replied = self.teams.waiting[place] = asyncio.get_running_loop().create_future()
        begun = due if due is not None else time.perf_counter()
        body = activity(self.teams.base, place, self.load.texts[self.sent % len(self.load.texts)])
        async with session.post(self.load.url, json=body, headers=self.headers) as answer:
            self.wrong += answer.status not in (200, 201, 202)
        try:
            await asyncio.wait_for(replied, PATIENCE)
        except TimeoutError:
            self.wrong += 1
        self.latencies.append((time.perf_counter() - begun) * 1000)

    async def closed(self, session: aiohttp.ClientSession) -> None:
        """Keep `connections` messages under way until time is up."""
        end = time.perf_counter() + self.load.seconds

        async def one() -> None:
            while time.perf_counter() < end:
                await self.write(session)

        await asyncio.gather(*(one() for _ in range(self.load.connections)))

    async def open(self, session: aiohttp.ClientSession) -> None:
        """Write at `rate` a second, evenly, never waiting for replies."""
        due, end, tasks = time.perf_counter(), time.perf_counter() + self.load.seconds, []
        while due < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(self.write(session, due)))
            due += 1 / self.load.rate
        await asyncio.gather(*tasks)

    async def figures(self) -> Figures:
        """Run and return what was seen."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            begun = time.perf_counter()
            await (self.open(session) if self.load.rate else self.closed(session))
            took = time.perf_counter() - begun
        ordered = sorted(self.latencies)
        p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99))
        return Figures(len(ordered), self.wrong, len(ordered) / took, p50, p99)


async def main(port: int) -> None:
    """Serve, and run each load that comes in."""
    teams = Teams(port)
    runner = web.AppRunner(teams.app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        given = json.loads(line)
        figures = await Run(teams, Load(**{**given, "texts": tuple(given["texts"])})).figures()
        print(json.dumps(asdict(figures)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
