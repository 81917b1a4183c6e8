"""Teams as a chat platform: the Bot Connector behind the port's verbs."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

import jwt

from adapters.teams import render
from adapters.teams.connector import Connector
from adapters.teams.interactions import NAME
from adapters.teams.places import THREAD, is_channel, parts, place, url
from adapters.teams.settings import TeamsSettings
from adapters.teams.sizes import Json
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
from bot.messages.model import Message
from bot.ports import Condition, Health, Profile, Sender

Answer = TypeVar("Answer")
NOBODY_THERE = "a:0"
OUTSIDERS = frozenset({"guest", "anonymous", "bot", "skill"})
NO_MEMBER = "membernotfoundinconversation"
MOST_IDS = 10_000
log = logging.getLogger(__name__)


class TeamsPlatform:
    """Sends, updates and looks up, at the newest service URL that Teams has called from."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.service_url = connector.settings.service_url
        self._ids: OrderedDict[str, str] = OrderedDict()
        self._down = ""

    def heard(self, raw: Json) -> None:
        """Keep what an activity tells of ways back: the service it came from, and Teams' own id of who acted."""
        who: Json = raw.get("from") or {}
        self.service_url = str(raw["serviceUrl"])
        if who.get("aadObjectId") and who.get("id"):
            self._ids[str(who["aadObjectId"])] = str(who["id"])
            if len(self._ids) > MOST_IDS:
                self._ids.popitem(last=False)

    def _known_as(self, user: str) -> str:
        """Return Teams' own id of an account where it was heard: not every service takes the directory's."""
        return self._ids.get(user, user)

    @property
    def name(self) -> str:
        """Return `teams`."""
        return NAME

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        """
        Post a message as one card. Teams keeps no key with it, so what is in doubt cannot be looked up.

        Raises a PlatformError; PlatformUnavailable.maybe_sent when it may stand there all the same.
        """
        return await self.post(to, render.message(message, people))

    async def post(self, to: Address, activity: Json) -> MessageRef:
        """Post an activity: in a channel as a new thread, or under `to.thread`; elsewhere as the newest message."""
        if is_channel(to.conversation) and not to.thread:
            made = await self.call(self.connector.post(self._conversations(to), _thread(to, activity), to.conversation))
            id = str(made.get("activityId") or str(made.get("id", "")).partition(THREAD)[2])
        else:
            address = url(to.conversation, "activities", thread=to.thread, default=self.service_url)
            id = str((await self.call(self.connector.post(address, activity, to.conversation))).get("id", ""))
        if not id:
            raise PlatformUnavailable("no id", maybe_sent=True)
        return MessageRef(NAME, to.conversation, id, to.tenant)

    def _conversations(self, to: Address) -> str:
        return f"{parts(to.conversation, self.service_url)[0]}/v3/conversations"

    async def find_sent(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        """Raise NotKnowable: without Microsoft Graph a bot cannot read back what stands in a conversation."""
        raise NotKnowable("no read-back")

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None:
        """Put a message in the place of one sent before; raises a PlatformError."""
        await self.change(ref, render.message(message, people))

    async def change(self, ref: MessageRef, activity: Json) -> None:
        """Put an activity in the place of one sent before; raises a PlatformError."""
        address = url(ref.conversation, "activities", ref.message, default=self.service_url)
        await self.call(self.connector.put(address, {**activity, "id": ref.message}, ref.conversation))

    async def open_direct(self, handle: Handle) -> Address:
        """Return the chat with an account; raises RecipientUnreachable where the app is not installed."""
        body: Json = {
            "isGroup": False,
            "bot": {"id": f"28:{self.connector.settings.app_id}"},
            "members": [{"id": self._known_as(handle.user)}],
            "tenantId": handle.tenant,
            "channelData": {"tenant": {"id": handle.tenant}},
        }
        base = parts(handle.conversation or "", self.service_url)[0]
        made = await self.call(self.connector.open(f"{base}/v3/conversations", body))
        return Address(NAME, place(base, _id_in(made)), handle.tenant)

    async def find_person(self, email: str) -> Handle | None:
        """Return the member of the tenant with this address where the directory may be asked; None for all others."""
        user = await self.call(self.connector.directory(email))
        if user is None or user.get("userType") == "Guest" or user.get("accountEnabled") is False:
            return None
        return Handle(person_id="", platform=NAME, tenant=self.connector.settings.tenant_id, user=_id_in(user))

    async def profile(self, sender: Sender) -> Profile:
        """Return what the roster of the conversation says of who acted, with the zone their client told."""
        tenant = self.connector.settings.tenant_id
        if tenant and sender.tenant.casefold() != tenant.casefold():
            return Profile(email=None, outsider=True)
        address = url(sender.conversation, "members", self._known_as(sender.user), default=self.service_url)
        member = await self.call(self.connector.get(address))
        return Profile(
            email=member.get("email") or member.get("userPrincipalName"),
            name=str(member.get("name") or ""),
            timezone=sender.timezone,
            locale=sender.locale,
            outsider=str(member.get("userRole")).casefold() in OUTSIDERS or _is_foreign(member, sender.tenant),
        )

    async def still_there(self, handle: Handle) -> bool | None:
        """
        Return whether an account is in the directory and enabled; None for one of another tenant.

        Where the directory may not be asked, only that it is no member of its own chat any more tells that it is gone.
        """
        tenant = self.connector.settings.tenant_id
        if tenant and handle.tenant.casefold() != tenant.casefold():
            return None
        there = await self.call(self.connector.is_enabled(handle.user))
        if there is not None or not handle.conversation:
            return there
        known_as = self._ids.get(handle.user, handle.user)
        address = url(handle.conversation, "members", known_as, default=self.service_url)
        try:
            await self.call(self.connector.get(address))
        except RecipientUnreachable as error:
            return False if error.code.casefold() == NO_MEMBER else None
        return None

    async def check(self) -> Health:
        """Return whether we get a token for our app and tenant, and whether the Bot Connector knows the bot by it."""
        try:
            if wrong := _wrong_token(await self.connector.token(), self.connector.settings):
                return Health(Condition.NOT_AUTHORIZED, wrong)
            await self._knock()
        except NotAuthorized as error:
            return Health(
                Condition.NOT_AUTHORIZED,
                f"Microsoft says {error.code}: check STEWARD_TEAMS_APP_ID, _APP_SECRET and _TENANT_ID, and that the "
                "Azure Bot has the Teams channel",
            )
        except PlatformError as error:
            return Health(Condition.UNREACHABLE, f"Teams did not answer ({error.code})")
        return Health(Condition.OK)

    async def _knock(self) -> None:
        """Ask for the members of a conversation that does not exist: whose token counts is told there is none."""
        address = url(f"{self.service_url} {NOBODY_THERE}", "members", "nobody", default=self.service_url)
        try:
            await self.connector.get(address)
        except (RecipientUnreachable, MessageRejected):
            log.debug("teams.known")

    async def call(self, call: Awaitable[Answer]) -> Answer:
        """Return an answer or raise a PlatformError; an outage is logged once going and once coming back."""
        try:
            answer = await call
        except (NotAuthorized, PlatformUnavailable) as error:
            if not self._down:
                log.warning("teams.unavailable", extra={"error": type(error).__name__, "code": error.code})
            self._down = error.code or type(error).__name__
            raise
        except PlatformError:
            self._came_back()
            raise
        self._came_back()
        return answer

    def _came_back(self) -> None:
        if self._down:
            log.warning("teams.available", extra={"was": self._down})
        self._down = ""


def _thread(to: Address, activity: Json) -> Json:
    """Return the request that begins a thread in a channel."""
    channel = parts(to.conversation)[1]
    data: Json = {"channel": {"id": channel}} | ({"tenant": {"id": to.tenant}} if to.tenant else {})
    return {"isGroup": True, "channelData": data, "activity": activity}


def _id_in(told: Json) -> str:
    """Return the id in an answer; asking for it has posted nothing, so it may be asked for again."""
    if not told.get("id"):
        raise PlatformUnavailable("no id in the answer")
    return str(told["id"])


def _is_foreign(member: Json, tenant: str) -> bool:
    return bool(member.get("tenantId")) and str(member["tenantId"]).casefold() != tenant.casefold()


def _wrong_token(token: str, settings: TeamsSettings) -> str:
    """Return what is wrong with whom a token was given to; its signature is Microsoft's matter."""
    if not token:
        return ""
    try:
        told = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return ""
    app, tenant = told.get("appid") or told.get("azp"), told.get("tid")
    if app and app.casefold() != settings.app_id.casefold():
        return f"the token is another app's ({app}): check STEWARD_TEAMS_APP_ID"
    if tenant and tenant.casefold() != settings.tenant_id.casefold():
        return f"the token is another tenant's ({tenant}): check STEWARD_TEAMS_TENANT_ID"
    return ""
