"""What the fake Slack remembers: workspaces, people, channels, messages, views and the calls it got."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from tests.adapters.slack.fake_parts.blocks import blocks_of
from tests.adapters.slack.fake_parts.shown import Button, Shown, buttons, words_of

Json = dict[str, Any]
MINIMAL_SCOPES = frozenset(
    {"chat:write", "commands", "im:write"}
    | {"users:read", "users:read.email", "channels:read", "groups:read", "team:read"}
)
HISTORY_SCOPES = frozenset({"im:history", "channels:history", "groups:history"})
_LEFT_OUT: Json = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "close": None,
    "submit": None,
    "clear_on_close": False,
    "notify_on_close": False,
}
APP_ID = "A0FAKESTEW"
LIVES_MINUTES = 30
USES = 5


class Refused(Exception):
    """Slack's way of saying no: a code, and sometimes more."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


def invalid(code: str, problems: list[str]) -> Refused:
    """Build the refusal that carries its details as Slack does."""
    return Refused(code, errors=problems, response_metadata={"messages": problems})


@dataclass
class Workspace:
    """One Slack workspace in which the bot is installed under one token."""

    id: str
    name: str
    token: str
    bot_user: str
    bot_id: str
    scopes: set[str] = field(default_factory=lambda: {*MINIMAL_SCOPES, *HISTORY_SCOPES})
    messages_tab: bool = True
    home_tab: bool = True
    revoked: bool = False
    installed: bool = True

    @property
    def domain(self) -> str:
        """The name that stands before .slack.com."""
        return "".join(letter for letter in self.name.lower() if letter.isalnum()) or "team"


class UserFacts(TypedDict, total=False):
    """What may be told of a person when seeding, beside id, name, email and team."""

    tz: str
    deleted: bool
    is_bot: bool
    is_restricted: bool
    is_ultra_restricted: bool
    locale: str


class ChannelFacts(TypedDict, total=False):
    """What may be told of a channel when seeding, beside its name and members."""

    id: str
    private: bool
    archived: bool


@dataclass
class User:
    """A person (or bot) of one workspace."""

    id: str
    name: str
    email: str | None
    team: str
    tz: str = "Etc/UTC"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    locale: str = "en-US"


@dataclass
class Channel:
    """A channel, a private channel (`private`), a direct message (`user`) or a group direct message (`is_mpim`)."""

    id: str
    name: str
    team: str
    members: set[str] = field(default_factory=set)
    private: bool = False
    archived: bool = False
    user: str | None = None
    is_mpim: bool = False
    created: int = 0

    @property
    def is_im(self) -> bool:
        """Tell whether this is the bot's direct message with one person."""
        return self.user is not None

    @property
    def kind(self) -> str:
        """The family of scopes that reads this channel."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "groups" if self.private else "channels"


@dataclass(frozen=True)
class Earlier:
    """What a message said before an edit."""

    text: str
    blocks: list[Json]


@dataclass
class Posted(Shown):
    """A message in a channel, as it is now."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json]
    team: str
    at: datetime
    thread_ts: str | None = None
    metadata: Json | None = None
    edits: list[Earlier] = field(default_factory=list)
    client_msg_id: str | None = None
    broadcast: bool = False
    bot_id: str | None = None

    def snapshot(self) -> Posted:
        """Copy the message as it is now, to press later what has been replaced since."""
        return copy.deepcopy(self)

    def as_json(self, with_metadata: bool = True) -> Json:
        """Render the message as the Web API and payloads show it."""
        told: Json = {"type": "message", "user": self.user, "ts": self.ts, "team": self.team, "text": self.text}
        if self.bot_id:
            told |= {"bot_id": self.bot_id, "app_id": APP_ID}
        if self.blocks:
            told["blocks"] = self.blocks
        if self.thread_ts:
            told["thread_ts"] = self.thread_ts
        if self.edits and not self.blocks:
            told["edited"] = {"user": self.user, "ts": self.ts}
        if self.metadata and with_metadata:
            told["metadata"] = self.metadata
        return told


@dataclass
class Ephemeral(Shown):
    """A message that one person sees and that no method reads back."""

    channel: str
    user: str
    text: str
    blocks: list[Json]
    ts: str
    via: str
    at: datetime
    team: str
    thread_ts: str | None = None


@dataclass
class View:
    """A modal on a person's screen, or their App Home."""

    id: str
    user: str
    team: str
    payload: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """Modal or home."""
        return str(self.payload["type"])

    @property
    def callback_id(self) -> str:
        """The name the app gave the view."""
        return str(self.payload.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """The app's own note on the view."""
        return str(self.payload.get("private_metadata", ""))

    @property
    def blocks(self) -> list[Json]:
        """The blocks, with the identifiers Slack adds."""
        return blocks_of(self.payload)

    @property
    def readable(self) -> str:
        """All the words a person sees, a line a piece."""
        return words_of([*(self.payload.get(name) for name in ("title", "submit", "close")), *self.blocks])

    @property
    def buttons(self) -> list[Button]:
        """The buttons in reading order."""
        return buttons(self.blocks)

    def as_json(self) -> Json:
        """Render the view as the Web API and payloads show it."""
        return {
            **_LEFT_OUT,
            **copy.deepcopy(self.payload),
            "id": self.id,
            "team_id": self.team,
            "state": {"values": copy.deepcopy(self.values)},
            "hash": self.hash,
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": APP_ID,
            "app_installed_team_id": self.team,
        }


@dataclass
class Call:
    """One Web API request the fake answered."""

    method: str
    args: Json
    team: str
    at: datetime
    error: str | None = None


@dataclass
class ResponsePost:
    """One post to a response URL."""

    url: str
    body: Json
    at: datetime
    error: str | None = None


@dataclass
class ResponseUrl:
    """A response URL: five uses in thirty minutes."""

    key: str
    channel: str
    user: str
    team: str
    until: datetime
    source_ts: str | None = None
    uses: int = 0


@dataclass
class Trigger:
    """A trigger id: three seconds, once."""

    id: str
    user: str
    team: str
    at: datetime
    view_id: str | None = None
    used: bool = False
