"""A signed inbound driver that behaves towards the app's POST /slack/events as Slack does."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self, TypedDict, Unpack
from urllib.parse import urlencode

import aiohttp

from tests.adapters.slack.fake_parts import payloads
from tests.adapters.slack.fake_parts.answers import AppMistake, apply_submission, show_command_answer, suggestions
from tests.adapters.slack.fake_parts.blocks import elements_of
from tests.adapters.slack.fake_parts.form import UNTOUCHED, ClientRefused, Field, entered, fill
from tests.adapters.slack.fake_parts.payloads import Source
from tests.adapters.slack.fake_parts.state import Ephemeral, Json, Posted, User, View
from tests.adapters.slack.fake_parts.world import World

__all__ = ["Ack", "AppMistake", "ClientRefused", "Driver"]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
DEADLINE = timedelta(seconds=3)
RETRIES = 3
OVERSIZED = 2 * 1024**2
_PLAIN_KINDS = ("button", "workflow_button", "feedback_buttons", "icon_button")


@dataclass(frozen=True)
class Sent:
    """One request to the app, kept so that it can be sent again."""

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"


@dataclass
class Ack:
    """The app's answer to one request."""

    status: int
    body: Any
    headers: Mapping[str, str]
    took: float
    sent: Sent
    shown: Posted | Ephemeral | None = None
    options: dict[str, Json] = field(default_factory=dict)

    @property
    def late(self) -> bool:
        """Tell whether the three seconds were over."""
        return self.took > DEADLINE.total_seconds()

    @property
    def ok(self) -> bool:
        """Tell whether Slack takes the answer: 200 in time."""
        return self.status == 200 and not self.late

    @property
    def action(self) -> str | None:
        """The `response_action` of an answer to view_submission."""
        return self.body.get("response_action") if isinstance(self.body, dict) else None

    @property
    def errors(self) -> dict[str, str]:
        """The field errors of an answer to view_submission."""
        return dict(self.body.get("errors", {})) if isinstance(self.body, dict) else {}


class Choice(TypedDict, total=False):
    """Which of several: a button's value, its number, or the option chosen in a menu."""

    value: str | None
    index: int
    selected: object


class Driver:
    """Slack's side towards the app; see the package docstring for its use."""

    def __init__(
        self,
        fake: World,
        url: str,
        signing_secret: str,
        now: Callable[[], datetime],
        signing_now: Callable[[], datetime] | None = None,
    ) -> None:
        """Drive the app at `url`; `signing_now` is the time of the signature where it is not `now`."""
        self.fake, self.url, self.now = fake, url, now
        self.signing_secret = signing_secret
        self.signing_now = signing_now or now
        self.acks: list[Ack] = []
        self.suggested: dict[str, Json] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Nothing to do before the first request."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Let go of the connections."""
        await self.stop()

    async def stop(self) -> None:
        """Let go of the connections."""
        if self._session:
            await self._session.close()
        self._session = None

    # -- what people do -----------------------------------------------------------------------------------------

    async def command(self, user: str | User, command: str, text: str = "", *, channel: str | None = None) -> Ack:
        """Type a slash command, in the direct message with the bot by default."""
        who = self._person(user)
        place = self.fake.channels[channel] if channel else self.fake.dm_channel(who)
        form = payloads.command(self.fake, who, (command, text), place)
        ack = await self._send(urlencode(form).encode(), FORM)
        if ack.ok:
            url = self.fake.response_urls[form["response_url"].partition("/response/")[2]]
            ack.shown = show_command_answer(self.fake, url, ack.body)
        return ack

    async def press(self, user: str | User, source: Source, action_id: str, **choice: Unpack[Choice]) -> Ack:
        """Press a button, or choose `selected` in a menu, on a message, an App Home or a modal."""
        who = self._person(user)
        self._sees(who, source)
        block, element = _element(source, action_id, choice.get("value"), choice.get("index", 0))
        told: Json = {name: element[name] for name in ("type", "text", "value", "style") if name in element}
        if element["type"] not in _PLAIN_KINDS:
            kept = Field(block["block_id"], element, required=False)
            told = entered(kept, choice.get("selected", UNTOUCHED), self.suggested)
            if isinstance(source, View) and element["type"] != "overflow":
                source.values.setdefault(block["block_id"], {})[action_id] = told
        action = {**told, "action_id": action_id, "block_id": block["block_id"]}
        return await self._payload(payloads.block_actions(self.fake, who, source, action))

    async def submit(
        self, view: View, user: str | User, values: Mapping[str, object] | None = None, hash: str | None = None
    ) -> Ack:
        """Fill in a modal and submit it; the answer is applied to the screen."""
        who = self._person(user)
        self._sees(who, view)
        if "submit" not in view.payload and not any(block["type"] == "input" for block in view.blocks):
            raise ClientRefused("the view has no submit button")
        view.values = fill(view.blocks, view.values, values or {}, self.suggested)
        view.errors = {}
        ack = await self._payload(payloads.view_submission(self.fake, who, view, hash or view.hash))
        if ack.ok:
            apply_submission(self.fake, view, ack.body)
        return ack

    async def close(self, view: View) -> Ack | None:
        """Close a modal; Slack tells the app only if it asked for that."""
        who = self._person(view.user)
        self._sees(who, view)
        payload = payloads.view_closed(self.fake, who, view)
        self.fake.close_view(view)
        return await self._payload(payload) if view.payload.get("notify_on_close") else None

    async def options(self, user: str | User, source: Source, action_id: str, typed: str = "") -> Ack:
        """Type in an external select; the options offered can be chosen afterwards."""
        who = self._person(user)
        self._sees(who, source)
        block, element = _element(source, action_id, None, 0)
        if not element["type"].endswith("external_select"):
            raise ClientRefused(f"{action_id} is no external select")
        if len(typed) < element.get("min_query_length", 3):
            raise ClientRefused(f"{action_id} asks only from {element.get('min_query_length', 3)} characters on")
        asked = (block["block_id"], action_id, typed)
        ack = await self._payload(payloads.block_suggestion(self.fake, who, source, asked))
        if ack.ok:
            ack.options = suggestions(ack.body)
            self.suggested |= ack.options
        return ack

    async def shortcut(self, user: str | User, callback_id: str) -> Ack:
        """Use a global shortcut."""
        return await self._payload(payloads.shortcut(self.fake, self._person(user), callback_id))

    async def message_shortcut(self, user: str | User, callback_id: str, message: Posted) -> Ack:
        """Use a message shortcut."""
        who = self._person(user)
        self._sees(who, message)
        return await self._payload(payloads.message_action(self.fake, who, callback_id, message))

    async def home_opened(self, user: str | User, tab: str = "home") -> Ack:
        """Open the App Home."""
        who = self._person(user)
        home = self.fake.home(who)
        more: Json = {"view": home.as_json()} if home and tab == "home" else {}
        return await self.event("app_home_opened", user=who, channel=self.fake.dm_channel(who).id, tab=tab, **more)

    async def write(self, user: str | User, text: str, channel: str | None = None) -> Ack:
        """Write a message, in the direct message with the bot by default, and tell the app."""
        said = self.fake.say(self._person(user), text, channel)
        kind = {"channels": "channel", "groups": "group"}.get(self.fake.channels[said.channel].kind, "im")
        more: Json = {"channel": said.channel, "channel_type": kind, "text": text, "ts": said.ts, "event_ts": said.ts}
        return await self.event("message", user=said.user, **more)

    async def event(
        self,
        type: str,
        *,
        user: str | User | None = None,
        team: str | None = None,
        event_id: str | None = None,
        **fields: object,
    ) -> Ack:
        """Send an event."""
        who = self.fake.user(user) if user is not None else None
        inner = {"type": type, **({"user": who.id} if who else {}), **fields}
        place = team or (who.team if who else self.fake.workspace.id)
        envelope = payloads.event(self.fake, place, event_id, inner)
        return await self._send(json.dumps(envelope).encode(), JSON)

    # -- what the wire does -------------------------------------------------------------------------------------

    async def redeliver(self, ack: Ack, num: int = 1, reason: str = "http_timeout") -> Ack:
        """Send the same body again as Slack's retry, freshly signed."""
        more = {"X-Slack-Retry-Num": str(num), "X-Slack-Retry-Reason": reason}
        return await self._send(ack.sent.body, ack.sent.headers["Content-Type"], more)

    async def insist(self, ack: Ack) -> Ack:
        """Send an event again while it is not taken, up to three times, as Slack does over six minutes."""
        for num in range(1, RETRIES + 1):
            if ack.ok or ack.headers.get("X-Slack-No-Retry") == "1":
                break
            ack = await self.redeliver(ack, num, "http_timeout" if ack.late else "http_error")
        return ack

    async def replay(self, ack: Ack) -> Ack:
        """Send exactly the same request again."""
        return await self._request(ack.sent)

    async def verify_url(self) -> Ack:
        """Ask for the challenge, as Slack does when the URL is set."""
        body = {"token": payloads.VERIFICATION_TOKEN, "challenge": "fake-challenge", "type": "url_verification"}
        return await self._send(json.dumps(body).encode(), JSON)

    async def bad(self, kind: str) -> Ack:
        """Send a request that must be refused."""
        return await self._request(self._broken(kind))

    def signed(self, body: bytes, content_type: str, at: datetime | None = None) -> dict[str, str]:
        """Give the headers of a signed request."""
        timestamp = str(int((at or self.signing_now()).timestamp()))
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.signing_secret, timestamp, body),
        }

    # -- inside -------------------------------------------------------------------------------------------------

    def _broken(self, kind: str) -> Sent:
        who = next(user for user in self.fake.users.values() if not user.is_bot)
        form = payloads.command(self.fake, who, ("/ai-status", ""), self.fake.dm_channel(who))
        body, now = urlencode(form).encode(), self.signing_now()
        good = self.signed(body, FORM)
        bodies = {
            "oversized": (body + b"&pad=" + b"x" * OVERSIZED, FORM),
            "junk_json": (b'{"type": ', JSON),
            "json_array": (b"[]", JSON),
            "junk_payload": (b"payload=%7Bgarbage", FORM),
            "payload_array": (b"payload=%5B%5D", FORM),
            "empty": (b"", FORM),
        }
        if kind in bodies:
            junk, content_type = bodies[kind]
            return Sent(junk, self.signed(junk, content_type))
        headers: dict[str, Mapping[str, str]] = {
            "unsigned": {"Content-Type": FORM},
            "stale": self.signed(body, FORM, now - timedelta(seconds=301)),
            "future": self.signed(body, FORM, now + timedelta(seconds=360)),
            "wrong_signature": {**good, "X-Slack-Signature": sign("another secret", "1", body)},
            "junk_timestamp": {**good, "X-Slack-Request-Timestamp": "abc"},
            "junk_signature": {**good, "X-Slack-Signature": "v0=ü" + "é" * 62},
            "changed_body": self.signed(body + b"x", FORM),
            "get": good,
        }
        if kind not in headers:
            raise ValueError(f"no such bad request: {kind}; there are {sorted({*headers, *bodies})}")
        return Sent(body, headers[kind], "GET" if kind == "get" else "POST")

    def _person(self, user: str | User) -> User:
        who = self.fake.user(user)
        if who.deleted or who.is_bot:
            raise ClientRefused(f"{who.name} cannot act in Slack")
        return who

    def _sees(self, user: User, source: Source) -> None:
        if isinstance(source, View):
            there = self.fake.modal(user) if source.type == "modal" else self.fake.home(user)
            seen = there is source
        elif isinstance(source, Ephemeral):
            seen = source.user == user.id
        else:
            channel = self.fake.channels[source.channel]
            seen = user.id in channel.members or (channel.kind == "channels" and channel.team == user.team)
        if not seen:
            raise ClientRefused(f"{user.name} does not have this on the screen: {source.readable[:80]!r}")

    async def _payload(self, payload: Json) -> Ack:
        return await self._send(urlencode({"payload": json.dumps(payload)}).encode(), FORM)

    async def _send(self, body: bytes, content_type: str, more: Mapping[str, str] | None = None) -> Ack:
        return await self._request(Sent(body, {**self.signed(body, content_type), **(more or {})}))

    async def _request(self, sent: Sent) -> Ack:
        self._session = self._session or aiohttp.ClientSession()
        started = self.now()
        async with self._session.request(sent.method, self.url, data=sent.body, headers=sent.headers) as response:
            text = await response.text()
            took = (self.now() - started).total_seconds()
            ack = Ack(response.status, _parsed(text), response.headers, took, sent)
        self.acks.append(ack)
        return ack


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a request body as Slack does."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _parsed(text: str) -> object:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _element(source: Source, action_id: str, value: str | None, index: int) -> tuple[Json, Json]:
    hits = [
        (block, element)
        for block, element in elements_of(source.blocks)
        if element.get("action_id") == action_id and value in (None, element.get("value"))
    ]
    if index >= len(hits):
        there = [(element.get("action_id"), element.get("value")) for _, element in elements_of(source.blocks)]
        raise ClientRefused(f"no {action_id} number {index} with value {value!r}; there are: {there}")
    return hits[index]
