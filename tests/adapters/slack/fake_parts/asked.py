"""One Web API request as a method sees it, and the table entry of a method."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.adapters.slack.fake_parts.state import Channel, Json, Refused, User, Workspace, invalid
from tests.adapters.slack.fake_parts.world import World

T = TypeVar("T")
_YES = {"1", "true", "True", "TRUE"}
ANY_KIND = ("channels", "groups", "mpim", "im")


@dataclass
class Asked:
    """The arguments of one call, with the readers that Slack's own looseness calls for."""

    method: str
    args: Json
    team: Workspace

    def need(self, name: str) -> str:
        """Return a required argument as text."""
        value = self.args.get(name)
        if value is None or value == "":
            raise invalid("invalid_arguments", [f"[ERROR] missing required field: {name} [json-pointer:/{name}]"])
        return str(value)

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean argument, however it was written."""
        return default if name not in self.args else str(self.args[name]) in _YES

    def whole(self, name: str, default: int, high: int) -> int:
        """Return a count between 1 and `high`."""
        try:
            value = int(str(self.args.get(name, default)))
        except ValueError as error:
            raise Refused("invalid_limit") from error
        if not 1 <= value <= high:
            raise Refused("invalid_limit")
        return value

    def parsed(self, name: str, code: str) -> object:
        """Return a JSON argument, whether it came as JSON or as JSON in a string; None when left out."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise Refused(code) from error

    def object(self, name: str, code: str) -> Json | None:
        """Return a JSON object argument."""
        value = self.parsed(name, code)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Refused(code)
        return value

    def require(self, scope: str) -> None:
        """Refuse unless the token holds this scope, or one of several written with commas."""
        if not self.team.scopes.intersection(scope.split(",")):
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(self.team.scopes)))


Handler = Callable[[World, Asked], Json]


@dataclass(frozen=True)
class Method:
    """What the table says of a method: who may call it, how often, with what."""

    handle: Handler
    tier: int
    arguments: frozenset[str]
    scope: str | None = None
    json_body: bool = True
    open_to_all: bool = field(default=False)


def names(words: str) -> frozenset[str]:
    """Split a line of argument names."""
    return frozenset(words.split())


def find_channel(world: World, asked: Asked, id: str) -> Channel:
    """Find a channel the bot can see, by id only."""
    channel = world.channels.get(id)
    if channel is None or channel.team != asked.team.id:
        raise Refused("channel_not_found")
    if channel.kind != "channels" and asked.team.bot_user not in channel.members:
        raise Refused("channel_not_found")
    return channel


def find_user(world: World, asked: Asked, id: str, code: str = "user_not_found") -> User:
    """Find a person of the token's workspace."""
    user = world.users.get(id)
    if user is None or user.team != asked.team.id:
        raise Refused(code)
    return user


def page_of(items: list[T], asked: Asked, default: int, high: int) -> tuple[list[T], str]:
    """Cut one page by `limit` and `cursor`; the second part is the next cursor."""
    limit, cursor = asked.whole("limit", default, high), asked.text("cursor")
    if cursor and not cursor.startswith("next:"):
        raise Refused("invalid_cursor")
    start = int(cursor[5:]) if cursor else 0
    more = f"next:{start + limit}" if start + limit < len(items) else ""
    return items[start : start + limit], more
