"""
The way in: one request of Teams' becomes one turn of the Bot Framework SDK, or a refusal.

The SDK's own HTTP edge answers half of what Teams sends with a 500, so only its parts are used: the schema, the rules
for tokens, the turn. Its key cache, which blocks and does not survive a change of keys, is replaced through its seam.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import web
from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ResourceResponse
from botframework.connector.auth import ChannelValidation, JwtTokenExtractor, SimpleCredentialProvider
from jwt import PyJWTError
from jwt.algorithms import RSAAlgorithm

from adapters.teams.connector import Connector
from adapters.teams.settings import TeamsSettings
from adapters.teams.sharing import Shared
from adapters.teams.sizes import Json
from bot.errors import PlatformUnavailable

CHANNEL = "msteams"
LARGEST_BODY, SLOWEST_BODY = 256 * 1024, 15.0
KEYS_LAST, COOL_DOWN = 24 * 3600.0, 300.0
OBJECTS = ("from", "conversation", "recipient", "channelData")
log = logging.getLogger(__name__)
Answer = Callable[[Json], Awaitable["InvokeAnswer | None"]]
InvokeAnswer = tuple[int, Any]


class Refused(Exception):
    """This request is not served; `status` says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class SigningKey:
    """A key as the SDK wants it: what verifies a token, and for which channels it may sign."""

    def __init__(self, given: Json) -> None:
        self.public_key = RSAAlgorithm.from_jwk(json.dumps(given))
        self.endorsements = given.get("endorsements", [])


class SigningKeys:
    """
    The keys Teams signs with, in the place of the SDK's blocking cache.

    Fetched once for all who wait, again after a day and for a key not seen before, but not within `COOL_DOWN` seconds.
    What was fetched serves on while it cannot be fetched again.
    """

    def __init__(self, url: str, connector: Connector, now: Callable[[], float] = time.monotonic) -> None:
        self._url, self._connector, self._now = url, connector, now
        self._keys: dict[str, SigningKey] = {}
        self._fetched, self._tried = 0.0, -COOL_DOWN
        self._refreshed = Shared(self._refresh)

    async def get(self, key_id: str | None) -> SigningKey:
        """Return a key; raises PermissionError when there is none of this id, PlatformUnavailable without any keys."""
        if self._is_due(key_id):
            await self._refreshed()
        if key_id not in self._keys:
            raise PermissionError("unknown signing key")
        return self._keys[key_id]

    def _is_due(self, key_id: str | None) -> bool:
        if not self._keys:
            return True
        now = self._now()
        wanted = key_id not in self._keys or now - self._fetched > KEYS_LAST
        return wanted and now - self._tried > COOL_DOWN

    async def _refresh(self) -> None:
        if self._keys:
            self._tried = self._now()
        try:
            self._keys = _usable((await self._read((await self._read(self._url))["jwks_uri"]))["keys"])
            self._fetched = self._now()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, LookupError, TypeError) as error:
            log.warning("teams.keys_not_fetched", extra={"error": type(error).__name__, "known": len(self._keys)})
            if not self._keys:
                raise PlatformUnavailable("no signing keys") from error

    async def _read(self, url: str) -> Any:  # noqa: ANN401 - JSON
        if self._connector.session is None:
            raise PlatformUnavailable("not started")
        async with self._connector.session.get(url) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)


def _usable(given: list[Json]) -> dict[str, SigningKey]:
    """Return the keys of a key set by their id; raises ValueError where none is of any use."""
    keys = {}
    for each in given:
        try:
            keys[str(each["kid"])] = SigningKey(each)
        except (PyJWTError, ValueError, LookupError):
            log.info("teams.key_not_used", extra={"kind": str(each.get("kty"))})
    if not keys:
        raise ValueError("no keys")
    return keys


class Turns(ActivityHandler):  # type: ignore[misc]  # the SDK carries no types
    """Hands every activity to `answer`, whatever its type or name: what is unknown is taken and ignored."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """Answer an invoke."""
        status, body = await self._answer(turn_context.activity.raw) or (200, None)
        return InvokeResponse(status=status, body=body)

    async def _heard(self, turn_context: TurnContext) -> None:
        await self._answer(turn_context.activity.raw)

    on_message_activity = _heard
    on_conversation_update_activity = _heard
    on_installation_update = _heard


class Edge(BotAdapter):  # type: ignore[misc]  # the SDK carries no types
    """Serves POST /api/messages; what is said in answer goes through the Connector, never through the SDK."""

    def __init__(self, settings: TeamsSettings, connector: Connector, answer: Answer) -> None:
        super().__init__(on_turn_error=self._broken)
        self._settings, self._connector = settings, connector
        self._turns = Turns(answer)
        self._credentials = SimpleCredentialProvider(settings.app_id, "")
        self.ready: Callable[[], bool] = lambda: connector.session is not None
        ChannelValidation.open_id_metadata_endpoint = settings.openid_metadata_url
        JwtTokenExtractor.metadataCache[settings.openid_metadata_url] = SigningKeys(
            settings.openid_metadata_url, connector
        )

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request; never with a 500 for what is wrong with it."""
        try:
            raw = await _activity_of(request)
            if not self.ready():
                raise Refused(503, "not ready")
            await self._authenticate(raw, request.headers.get("Authorization", ""))
            activity = _parsed(raw)
        except Refused as refusal:
            log.warning("teams.refused", extra={"status": refusal.status, "why": str(refusal)})
            return web.Response(status=refusal.status)
        context = TurnContext(self, activity)
        await self.run_pipeline(context, self._turns.on_turn)
        return _response(context.turn_state.get(self._INVOKE_RESPONSE_KEY))

    async def _authenticate(self, raw: Json, header: str) -> None:
        """Raise Refused unless this comes from Teams, for this bot, from its tenant and from a service we trust."""
        service_url = raw.get("serviceUrl")
        if not isinstance(service_url, str) or not self._connector.trusts(service_url):
            raise Refused(401, "untrusted service URL")
        if self._settings.insecure_local:
            return
        if raw.get("channelId") != CHANNEL:  # without one the SDK does not ask for what a key may sign
            raise Refused(401, "another channel")
        try:
            await ChannelValidation.authenticate_channel_token_with_service_url(
                header, self._credentials, service_url, raw.get("channelId")
            )
        except PlatformUnavailable as error:
            raise Refused(503, error.code) from error
        except Exception as error:  # the SDK says no in many types, bare Exception among them
            raise Refused(401, type(error).__name__) from error
        if tenants_of(raw) != {self._settings.tenant_id.casefold()}:
            raise Refused(401, "another tenant")

    async def _broken(self, context: TurnContext, error: Exception) -> None:
        """Answer an invoke whose turn broke, so that the client keeps what was typed; Teams does not repeat it."""
        log.error("teams.turn_failed", exc_info=error)
        if context.activity.type == "invoke":
            value = InvokeResponse(status=500, body={"error": {"code": "InternalError", "message": "Try again."}})
            context.turn_state[self._INVOKE_RESPONSE_KEY] = Activity(type="invokeResponse", value=value)

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Keep the answer to an invoke; nothing else is said this way."""
        for activity in activities:
            if activity.type == "invokeResponse":
                context.turn_state[self._INVOKE_RESPONSE_KEY] = activity
        return [ResourceResponse(id="") for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """Do nothing: messages are changed through the Connector."""

    async def delete_activity(self, context: TurnContext, reference: object) -> None:
        """Do nothing: Steward deletes no message."""


def tenants_of(raw: Json) -> set[str]:
    """Return the tenants an activity names: one, unless somebody made it up."""
    data, conversation = raw.get("channelData") or {}, raw.get("conversation") or {}
    tenant = data.get("tenant")
    told = (tenant.get("id") if isinstance(tenant, Mapping) else tenant, conversation.get("tenantId"))
    return {str(each).casefold() for each in told if each}


async def _activity_of(request: web.Request) -> Json:
    """Return the activity in a request; raises Refused for what is none."""
    if request.content_type != "application/json" or "Content-Type" not in request.headers:
        raise Refused(415, "no JSON")
    body = await _body_of(request)
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "malformed JSON") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise Refused(400, "no activity")
    if any(not isinstance(raw.get(name) or {}, Mapping) for name in OBJECTS):
        raise Refused(400, "wrong types")
    return raw


async def _body_of(request: web.Request) -> str:
    """Return the text of a request; raises Refused when it is too large or takes too long to come."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise Refused(413, "too large")
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise Refused(413, "too large")
        return body.decode()
    except TimeoutError as error:
        raise Refused(408, "too slow") from error
    except UnicodeDecodeError as error:
        raise Refused(400, "no UTF-8") from error


def _parsed(raw: Json) -> Activity:
    """Return an activity in the SDK's schema, which loses some of it: `raw` stays beside it."""
    try:
        activity = Activity().deserialize(raw)
    except Exception as error:  # msrest says no in many types
        raise Refused(400, type(error).__name__) from error
    if activity is None or not isinstance(raw.get("conversation"), Mapping):
        raise Refused(400, "no conversation")
    activity.raw = raw
    return activity


def _response(answered: Activity | None) -> web.Response:
    if answered is None:
        return web.Response(status=200)
    body, status = answered.value.body, int(answered.value.status)
    return web.Response(status=status) if body is None else web.json_response(body, status=status)
