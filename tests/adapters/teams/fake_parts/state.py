"""What the fake Teams remembers: people, places, messages and the calls it got."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
BOT_NAME = "Steward"
BOT = "bot"
"""The author of the bot's own messages."""


class Refused(Exception):
    """The remote's way of saying no: a status, a code, and the sentence beside it."""

    def __init__(self, status: int, code: str, message: str = "", **more: object) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.more = status, code, message, more

    def as_json(self) -> Json:
        """Render the refusal as the Bot Connector does."""
        return {"error": {"code": self.code, "message": self.message or self.code, **self.more}}


class WritesBlocked(Refused):
    """The refusal that has a shape of its own: a number, and a code hidden in a sentence."""

    def __init__(self) -> None:
        super().__init__(403, "MessageWritesBlocked")

    def as_json(self) -> Json:
        """Render it as Teams does."""
        told = '{\r\n  "subCode": "MessageWritesBlocked",\r\n  "details": "Message writes are blocked"\r\n}'
        return {"errorCode": 209, "message": told}


class PersonFacts(TypedDict, total=False):
    """What may be told of a person when seeding, beside name and email."""

    object_id: str
    tenant: str
    timezone: str
    locale: str
    guest: bool
    enabled: bool
    installed: bool
    blocked: bool


@dataclass
class Person:
    """A person of a tenant; `id` is what this bot knows them by, `object_id` what everybody does."""

    object_id: str
    name: str
    email: str
    tenant: str
    timezone: str = "America/Toronto"
    locale: str = "en-US"
    guest: bool = False
    enabled: bool = True
    installed: bool = True
    blocked: bool = False

    @property
    def id(self) -> str:
        """What this bot knows them by, as no other bot does."""
        return "29:1" + self.object_id.replace("-", "")[::-1]

    @property
    def principal(self) -> str:
        """The name they sign in with, which is not always their address."""
        return self.email.replace("@", "_") + "#EXT#@guests.example" if self.guest else self.email


@dataclass
class Place:
    """A conversation: `personal`, `groupChat` or `channel`."""

    id: str
    kind: str
    tenant: str
    members: set[str]
    name: str = ""
    team: str = ""
    bot: bool = True


@dataclass
class Posted:
    """A message in a place, as it is now; `thread` is the message it stands under."""

    place: str
    id: str
    author: str
    at: datetime
    text: str = ""
    summary: str = ""
    card: Json | None = None
    thread: str = ""
    edits: list[Json] = field(default_factory=list)

    def snapshot(self) -> Posted:
        """Copy the message as it is now, to press later what has been replaced since."""
        return copy.deepcopy(self)


@dataclass
class Dialog:
    """A dialog on a person's screen: a card to fill in or to read, or one sentence."""

    title: str
    card: Json | None = None
    sentence: str = ""
    place: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass
class Call:
    """One request the fake answered; `name` is the same word that faults are queued by."""

    name: str
    method: str
    path: str
    body: Any
    at: datetime
    status: int = 0
