"""A strict fake of Slack's Web API over HTTP on the loopback; run alone it also serves a page for a person to try."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import repeat
from typing import Self, Unpack

from aiohttp import web

from tests.adapters.slack.fake_parts import chat, conversations, people, views
from tests.adapters.slack.fake_parts.asked import Asked, Method
from tests.adapters.slack.fake_parts.faults import (
    BEFORE,
    Fault,
    FaultFacts,
    Faults,
    Policy,
    answer_after,
    answer_before,
    rate_limited,
)
from tests.adapters.slack.fake_parts.limits import POST, Buckets, Limits, wanted
from tests.adapters.slack.fake_parts.state import (
    HISTORY_SCOPES,
    MINIMAL_SCOPES,
    Call,
    Channel,
    Ephemeral,
    Json,
    Posted,
    Refused,
    ResponsePost,
    User,
    View,
    Workspace,
)
from tests.adapters.slack.fake_parts.world import World

__all__ = [
    "HISTORY_SCOPES",
    "MINIMAL_SCOPES",
    "Call",
    "Channel",
    "Ephemeral",
    "FakeSlack",
    "Fault",
    "Limits",
    "Posted",
    "ResponsePost",
    "User",
    "View",
    "Workspace",
]
METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **people.METHODS,
    **views.METHODS,
}
_BODY_BYTES = 4 * 1024**2
_JSON = "application/json"
_SLACKS_OWN = Limits()


class FakeSlack(World):
    """The remote that the product talks to in tests; see the package docstring for its use."""

    def __init__(self, now: Callable[[], datetime], limits: Limits | None = _SLACKS_OWN) -> None:
        """Make an empty Slack; `limits=None` switches rate limits off."""
        super().__init__(now)
        self.limits = limits
        self.faults = Faults()
        self.app = web.Application(client_max_size=_BODY_BYTES)
        self.app.router.add_route("*", "/api/{method}", self._api)
        self.app.router.add_post("/response/{key:.+}", self._response)
        self._buckets = Buckets()
        self._released = asyncio.Event()
        self.hanging = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """The base URL for a Slack client, with its last slash."""
        return f"{self.base_url}/api/"

    @property
    def fault_policy(self) -> Policy | None:
        """Asked for a fault when no queued one fits."""
        return self.faults.policy

    @fault_policy.setter
    def fault_policy(self, policy: Policy | None) -> None:
        self.faults.policy = policy

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback."""
        _ = self.workspace
        self._runner = web.AppRunner(self.app, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop listening; requests that hang are answered first."""
        self._released.set()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop."""
        await self.close()

    def fault(self, method: str, kind: str, *, times: int = 1, **facts: Unpack[FaultFacts]) -> None:
        """Queue a fault for the next `times` requests of a method ("*" for any, "response_url" for response URLs)."""
        self.faults.queues[method].extend(repeat(Fault(kind, **facts), times))

    def release(self) -> None:
        """Let every request that hangs now answer."""
        self._released.set()
        self._released = asyncio.Event()
        self.hanging.clear()

    async def _hang(self) -> None:
        released = self._released
        self.hanging.set()
        await released.wait()

    # -- the Web API --------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        method = METHODS.get(name)
        args = await read_arguments(request, json_body=method is None or method.json_body)
        self.counts[name] += 1
        call = Call(name, {key: value for key, value in args.items() if key != "token"}, "", self.now())
        self.calls.append(call)
        try:
            if method is None:
                raise Refused("unknown_method", req_method=name)
            team = self._team(request, args, method)
            call.team = team.id
            asked = Asked(name, call.args, team)
            return await self._answer(request, method, asked, call)
        except Refused as refused:
            call.error = refused.code
            return web.json_response(_no(refused))

    async def _answer(self, request: web.Request, method: Method, asked: Asked, call: Call) -> web.Response:
        self.unknown_arguments += [(asked.method, name) for name in sorted(set(asked.args) - method.arguments)]
        limited = self._limit(method, asked)
        if limited:
            call.error = "ratelimited"
            return rate_limited(limited)
        fault = self.faults.next(asked.method, asked.args)
        if fault and fault.kind in BEFORE:
            call.error = fault.name
            return answer_before(fault, request)
        try:
            answer = self._handle(method, asked)
        except Refused as refused:
            call.error, answer = refused.code, _no(refused)
        if fault:
            call.error = fault.name
            if fault.kind == "accept_then_hang":
                await self._hang()
            return answer_after(fault, request, answer)
        return web.json_response(answer, headers=_scope_headers(method, asked))

    def _handle(self, method: Method, asked: Asked) -> Json:
        if method.scope:
            asked.require(method.scope)
        return {"ok": True, **method.handle(self, asked)}

    def _team(self, request: web.Request, args: Json, method: Method) -> Workspace:
        if method.open_to_all:
            return self.workspace
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = "" if request.content_type == _JSON else str(args.get("token", ""))
        if not token:
            raise Refused("not_authed")
        team = next((each for each in self.workspaces.values() if each.token == token), None)
        if team is None:
            raise Refused("invalid_auth")
        if team.revoked:
            raise Refused("token_revoked")
        if not team.installed:
            raise Refused("account_inactive")
        return team

    def _limit(self, method: Method, asked: Asked) -> int | None:
        if self.limits is None:
            return None
        target = asked.text("channel")
        if method.tier == POST and target in self.users:
            target = self.dm_channel(target).id
        keys = wanted(self.limits, asked.method, method.tier, asked.team.id, target)
        refused = self._buckets.take(keys, self.now().timestamp())
        if refused is None:
            return None
        self.limited[refused[0]] += 1
        return refused[1]

    # -- response URLs ------------------------------------------------------------------------------------------

    async def _response(self, request: web.Request) -> web.Response:
        body = await read_arguments(request, json_body=True)
        post = ResponsePost(str(request.url), body, self.now())
        self.responses.append(post)
        self.counts["response_url"] += 1
        fault = self.faults.next("response_url", body)
        if fault and fault.kind in BEFORE:
            post.error = fault.name
            return answer_before(fault, request)
        try:
            chat.respond(self, self.use_response_url(request.match_info["key"]), body)
        except Refused as refused:
            post.error = refused.code
            status = 404 if refused.code in ("expired_url", "used_url") else 400
            return web.json_response(_no(refused), status=status)
        if fault:
            post.error = fault.name
            if fault.kind == "accept_then_hang":
                await self._hang()
            return answer_after(fault, request, {"ok": True})
        return web.Response(text="ok")


async def read_arguments(request: web.Request, *, json_body: bool) -> Json:
    """Merge the query with a form or, where the method takes one, a JSON body; the body wins."""
    args: Json = dict(request.query)
    if request.method != "POST":
        return args
    if request.content_type == _JSON:
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = None
        return args | body if isinstance(body, dict) and json_body else args
    return args | {key: value for key, value in (await request.post()).items() if isinstance(value, str)}


def _no(refused: Refused) -> Json:
    return {"ok": False, "error": refused.code, **refused.more}


def _scope_headers(method: Method, asked: Asked) -> dict[str, str]:
    return {"x-oauth-scopes": ",".join(sorted(asked.team.scopes)), "x-accepted-oauth-scopes": method.scope or ""}


if __name__ == "__main__":
    from tests.adapters.slack.fake_parts.main import main

    sys.exit(main())
