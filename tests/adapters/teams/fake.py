"""A strict fake of what a Teams bot talks to, over HTTP on the loopback; run alone it also serves a page to try it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import repeat
from typing import Any, Self, Unpack

from aiohttp import web

from tests.adapters.teams.fake_parts.connector import CALLS, Asked
from tests.adapters.teams.fake_parts.faults import (
    BEFORE,
    CONNECTOR,
    Fault,
    FaultFacts,
    Faults,
    Policy,
    answer_after,
    answer_before,
    throttled,
)
from tests.adapters.teams.fake_parts.limits import Counted, Limits, Windows
from tests.adapters.teams.fake_parts.state import Call, Dialog, Json, Person, Place, Posted, Refused
from tests.adapters.teams.fake_parts.world import World, made_up

__all__ = ["Call", "Dialog", "FakeTeams", "Fault", "Limits", "Person", "Place", "Posted", "made_up"]
BOT_SCOPE = "https://api.botframework.com/.default"
_BODY_BYTES = 4 * 1024**2
_TEAMS_OWN = Limits()
_ROUTES = (
    ("POST", "/{region}/v3/conversations", "create"),
    ("POST", "/{region}/v3/conversations/{place}/activities", "post"),
    ("POST", "/{region}/v3/conversations/{place}/activities/{item}", "post"),
    ("PUT", "/{region}/v3/conversations/{place}/activities/{item}", "update"),
    ("GET", "/{region}/v3/conversations/{place}/members/{item}", "member"),
    ("GET", "/{region}/v3/conversations/{place}/pagedmembers", "members"),
    ("GET", "/graph/v1.0/users/{item}", "graph"),
)


class FakeTeams(World):
    """The remote that the product talks to in tests; see the package docstring for its use."""

    def __init__(self, now: Callable[[], datetime], limits: Limits | None = _TEAMS_OWN, *, secure: bool = True) -> None:
        """Make an empty tenant; `limits=None` switches rate limits off, `secure=False` the tokens."""
        super().__init__(now)
        self.limits, self.secure = limits, secure
        self.faults = Faults()
        self.hanging = asyncio.Event()
        self.app = web.Application(client_max_size=_BODY_BYTES)
        self._add_routes()
        self._counted = Counted()
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def _add_routes(self) -> None:
        self.app.router.add_get("/v1/.well-known/openidconfiguration", self._metadata)
        self.app.router.add_get("/v1/.well-known/keys", self._keys)
        self.app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        for method, path, name in _ROUTES:
            self.app.router.add_route(method, path, self._answering(name))

    # -- life ---------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback, the keys made: making one takes longer than a request may."""
        self.keys.as_json()
        self._runner = web.AppRunner(self.app, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
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

    # -- faults -------------------------------------------------------------------------------------------------

    @property
    def fault_policy(self) -> Policy | None:
        """Asked for a fault when no queued one fits."""
        return self.faults.policy

    @fault_policy.setter
    def fault_policy(self, policy: Policy | None) -> None:
        self.faults.policy = policy

    def fault(self, name: str, kind: str, *, times: int = 1, **facts: Unpack[FaultFacts]) -> None:
        """Queue a fault for the next `times` requests of a name ("connector" or "*" for any)."""
        self.faults.queues[name].extend(repeat(Fault(kind, **facts), times))

    def release(self) -> None:
        """Let every request that hangs now answer."""
        self._released.set()
        self._released = asyncio.Event()
        self.hanging.clear()

    async def _hang(self) -> None:
        released = self._released
        self.hanging.set()
        await released.wait()

    async def _with_faults(
        self, request: web.Request, call: Call, place: str, work: Callable[[], tuple[int, Json]]
    ) -> web.Response:
        """Answer a request, with the fault that it meets in the way of it."""
        fault = self.faults.next(call.name, place)
        if fault and fault.kind in BEFORE:
            if fault.kind == "hang":
                await self._hang()
            return _noted(call, answer_before(fault, request))
        try:
            status, answer = work()
        except Refused as refused:
            return _noted(call, web.json_response(refused.as_json(), status=refused.status))
        if fault and fault.kind == "accept_then_hang":
            await self._hang()
        if fault:
            return _noted(call, answer_after(fault, request, answer))
        return _noted(call, web.json_response(answer, status=status))

    def _called(self, name: str, request: web.Request, body: object = None) -> Call:
        call = Call(name, request.method, request.path_qs, body, self.now())
        self.calls.append(call)
        self.counts[name] += 1
        return call

    # -- keys and tokens ----------------------------------------------------------------------------------------

    async def _metadata(self, request: web.Request) -> web.Response:
        told: Json = {
            "issuer": "https://api.botframework.com",
            "jwks_uri": f"{self.base_url}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return await self._with_faults(request, self._called("metadata", request), "", lambda: (200, told))

    async def _keys(self, request: web.Request) -> web.Response:
        return await self._with_faults(request, self._called("keys", request), "", lambda: (200, self.keys.as_json()))

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        told = {**form, "client_secret": "***"}
        call = self._called("token", request, told)
        tenant = request.match_info["tenant"]
        return await self._with_faults(request, call, "", lambda: self._issued(form, tenant))

    def _issued(self, form: dict[str, str], tenant: str) -> tuple[int, Json]:
        if wrong := self._token_refusal(form, tenant):
            status, error, description = wrong
            return status, {"error": error, "error_description": description}
        token = f"fake-token-{next(self._numbers)}"
        self.tokens[token] = form["scope"]
        lives = {"expires_in": self.lives, "ext_expires_in": self.lives}
        return 200, {"token_type": "Bearer", **lives, "access_token": token}

    def _token_refusal(self, form: dict[str, str], tenant: str) -> tuple[int, str, str] | None:
        if tenant not in (self.tenant, "botframework.com"):
            return 400, "invalid_request", f"AADSTS90002: Tenant '{tenant}' not found."
        if form.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type."
        if form.get("client_id") != self.app_id:
            return 400, "unauthorized_client", "AADSTS700016: Application was not found in the directory."
        if form.get("client_secret") != self.secret:
            return 401, "invalid_client", "AADSTS7000215: Invalid client secret provided."
        if form.get("scope") not in (BOT_SCOPE, f"{self.graph_url}/.default"):
            return 400, "invalid_scope", "AADSTS70011: The provided value for the input parameter 'scope' is not valid."
        return None

    def revoke_tokens(self) -> None:
        """Take back every token given out."""
        self.tokens.clear()

    # -- the connector and the directory ------------------------------------------------------------------------

    def _answering(self, name: str) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.Response:
            body, wrong = await _body(request)
            place = request.match_info.get("place", "")
            asked = Asked(place, request.match_info.get("item", ""), body, request.query)
            call = self._called(name, request, body)

            def work() -> tuple[int, Json]:
                if wrong:
                    raise wrong
                self._authorize(request, name)
                return CALLS[name](self, asked)

            if wait := self._wait(name, place, body):
                self.limited += 1
                return _noted(call, throttled(wait))
            return await self._with_faults(request, call, place.partition(";")[0], work)

        return answer

    def _authorize(self, request: web.Request, name: str) -> None:
        if not self.secure:
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        wanted = f"{self.graph_url}/.default" if name == "graph" else BOT_SCOPE
        if scheme != "Bearer" or self.tokens.get(token) != wanted:
            raise Refused(401, "Unauthorized", "Authorization has been denied for this request.")

    def _wait(self, name: str, place: str, body: Json) -> int:
        """Return how many seconds this request is too early."""
        if self.limits is None or name not in CONNECTOR:
            return 0
        own = self.limits.looks if name in ("member", "members") else self.limits.sends
        target = place.partition(";")[0] or _target_of(body)
        wanted: dict[str, Windows] = {"tenant": self.limits.tenant, f"{name in ('member', 'members')}:{target}": own}
        return self._counted.take(wanted, self.now().timestamp())


def _target_of(body: Json) -> str:
    """Return which conversation a new one is about."""
    return json.dumps([body.get("members"), (body.get("channelData") or {}).get("channel")])


async def _body(request: web.Request) -> tuple[Json, Refused | None]:
    if request.method == "GET":
        return {}, None
    if request.content_type != "application/json":
        return {}, Refused(415, "UnsupportedMediaType", "The request must be application/json")
    try:
        body = json.loads(await request.text())
    except ValueError:
        body = None
    return (body, None) if isinstance(body, dict) else ({}, Refused(400, "BadSyntax", "The body is no JSON object"))


def _noted(call: Call, response: web.Response) -> web.Response:
    call.status = response.status
    return response


if __name__ == "__main__":
    from tests.adapters.teams.fake_parts.main import main

    sys.exit(main())
