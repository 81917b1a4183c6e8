"""Slack as a chat platform: the Web API behind the port's verbs."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import render
from adapters.slack.errors import answered
from adapters.slack.manifest import SCOPES
from adapters.slack.sizes import Json
from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle, Handles
from bot.errors import (
    MessageRejected,
    NotAuthorized,
    NotKnowable,
    PlatformError,
    PlatformUnavailable,
    RecipientUnreachable,
)
from bot.messages.forms import Form
from bot.messages.model import Message
from bot.ports import Condition, Health, Profile, Sender

NAME = "slack"
EVENT_TYPE = "steward_delivery"
PAGES = 10
READ_BACK: Json = {"limit": 15, "include_all_metadata": True}
QUIET: Json = {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in its workspace; `scopes` is what the token was given."""

    team: str
    user: str
    bot: str
    scopes: frozenset[str] = frozenset()


class SlackPlatform:
    """Sends, updates and looks up through one client, which never retries by itself (it would post twice)."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.linked: Callable[[], Awaitable[bool]] | None = None
        self._identity: Identity | None = None
        self._asking = asyncio.Lock()
        self._down = ""

    @property
    def name(self) -> str:
        """Return `slack`."""
        return NAME

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        """
        Post a message, marked with `key`; unfurls nothing.

        Raises a PlatformError; PlatformUnavailable.maybe_sent when it may stand there all the same.
        """
        arguments = {**render.message(message, people), **QUIET, **_marked(key)}
        thread: Json = {"thread_ts": to.thread} if to.thread else {}
        response = await self.call(self.client.chat_postMessage(channel=to.conversation, **thread, **arguments))
        return MessageRef(NAME, str(response["channel"]), str(response["ts"]), to.tenant)

    async def find_sent(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        """Return the message with this key in a conversation or thread; raises NotKnowable where too much was said."""
        where: Json = {"channel": to.conversation, "oldest": f"{since.timestamp():.6f}", **READ_BACK}
        for _ in range(PAGES):
            if to.thread:
                response = await answered(self.client.conversations_replies(ts=to.thread, **where))
            else:
                response = await answered(self.client.conversations_history(**where))
            messages: list[Json] = response.get("messages", [])
            for message in messages:
                if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return MessageRef(NAME, to.conversation, str(message["ts"]), to.tenant)
            cursor = (response.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            where = {**where, "cursor": cursor}
        raise NotKnowable("too many messages")

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None:
        """Put a message in the place of one sent before; raises a PlatformError."""
        content = render.message(message, people)
        await self.call(self.client.chat_update(channel=ref.conversation, ts=ref.message, **content))

    async def open_direct(self, handle: Handle) -> Address:
        """Return the direct conversation with an account; raises RecipientUnreachable when it is gone."""
        response = await self.call(self.client.conversations_open(users=handle.user))
        return Address(NAME, str(response["channel"]["id"]), handle.tenant)

    async def find_person(self, email: str) -> Handle | None:
        """Return the member with this address; None for nobody, guests, bots and deactivated accounts."""
        identity = await self.identity()
        try:
            response = await self.call(self.client.users_lookupByEmail(email=email))
        except RecipientUnreachable:
            return None
        user: Json = response["user"]
        if _outside(user, identity.team) or user.get("deleted"):
            return None
        return Handle(person_id="", platform=NAME, tenant=identity.team, user=str(user["id"]))

    async def profile(self, sender: Sender) -> Profile:
        """Return what Slack's directory says of who acted; an unconfirmed address counts as none."""
        identity = await self.identity()
        if sender.tenant != identity.team:
            return Profile(email=None, outsider=True)
        response = await self.call(self.client.users_info(user=sender.user, include_locale=True))
        user: Json = response["user"]
        details: Json = user.get("profile", {})
        return Profile(
            email=details.get("email") if user.get("is_email_confirmed", True) else None,
            name=str(user.get("real_name") or details.get("real_name") or ""),
            timezone=user.get("tz"),
            locale=user.get("locale"),
            outsider=_outside(user, identity.team) or bool(user.get("deleted")),
        )

    async def still_there(self, handle: Handle) -> bool | None:
        """Return whether an account is in the directory and not deactivated; None for one of another workspace."""
        identity = await self.identity()
        if handle.tenant != identity.team:
            return None
        try:
            response = await self.call(self.client.users_info(user=handle.user))
        except RecipientUnreachable as error:
            return False if error.code == "user_not_found" else None
        return not response["user"].get("deleted")

    async def check(self) -> Health:
        """Return whether Slack takes our token, with every scope of the manifest, and whether the socket stands."""
        try:
            identity = await self._ask_identity()
        except NotAuthorized as error:
            return Health(
                Condition.NOT_AUTHORIZED, f"Slack says {error.code}: install the app again and copy its token"
            )
        except PlatformError as error:
            return Health(Condition.UNREACHABLE, f"Slack did not answer ({error.code})")
        if missing := sorted(set(SCOPES) - identity.scopes):
            words = (
                f"missing scopes {', '.join(missing)}: apply `steward manifest slack` to the app and install it again"
            )
            return Health(Condition.NOT_AUTHORIZED, words)
        if self.linked and not await self.linked():
            return Health(Condition.UNREACHABLE, "the Socket Mode connection is down; it is being opened again")
        return Health(Condition.OK)

    async def refusal(self, content: Message | Form) -> str:
        """Return what Slack itself says against a message or form, empty when it takes it; needs no token."""
        made = render.form(content) if isinstance(content, Form) else render.message(content)
        kind = "view" if isinstance(content, Form) else "message"
        # In the body, because an address of this length does not pass every proxy.
        call = self.client.api_call("blocks.validate", data={kind: json.dumps(made)})
        try:
            await self.call(call)
        except MessageRejected as error:
            return error.code
        return ""

    async def identity(self) -> Identity:
        """Return who the bot is, asked once; raises a PlatformError when Slack does not say."""
        async with self._asking:
            if self._identity is None:
                return await self._ask_identity()
            return self._identity

    async def _ask_identity(self) -> Identity:
        response = await self.call(self.client.auth_test())
        headers = {name.lower(): value for name, value in response.headers.items()}
        scopes = frozenset(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(","))
        team, user, bot = (str(response.get(name) or "") for name in ("team_id", "user_id", "bot_id"))
        self._identity = Identity(team, user, bot, scopes)
        return self._identity

    async def call(self, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        """Return Slack's answer or raise a PlatformError; an outage is logged once going and once coming back."""
        try:
            response = await answered(call)
        except (NotAuthorized, PlatformUnavailable) as error:
            self._went_down(error)
            raise
        except PlatformError:
            self._came_back()
            raise
        self._came_back()
        return response

    def _went_down(self, error: PlatformError) -> None:
        if not self._down:
            log.warning("slack.unavailable", extra={"error": type(error).__name__, "code": error.code})
        self._down = error.code or type(error).__name__

    def _came_back(self) -> None:
        if self._down:
            log.warning("slack.available", extra={"was": self._down})
        self._down = ""


def _marked(key: str) -> Json:
    """Return the marks by which a message is found again: metadata, and an id that Slack may or may not honour."""
    if not key:
        return {}
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
    return {"metadata": metadata, "client_msg_id": str(uuid5(NAMESPACE_URL, f"steward:{key}"))}


def _outside(user: Json, team: str) -> bool:
    """Return whether an account is a guest, a bot, or of another workspace."""
    flags = ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_workflow_bot")
    return any(user.get(flag) for flag in flags) or user.get("team_id", team) != team
