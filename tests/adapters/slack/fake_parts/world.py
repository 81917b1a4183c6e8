"""The state of the fake Slack and the acts that change it, without HTTP."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Unpack

from tests.adapters.slack.fake_parts.blocks import elements_of
from tests.adapters.slack.fake_parts.state import (
    LIVES_MINUTES,
    USES,
    Call,
    Channel,
    ChannelFacts,
    Ephemeral,
    Json,
    Posted,
    Refused,
    ResponsePost,
    ResponseUrl,
    Trigger,
    User,
    UserFacts,
    View,
    Workspace,
)

_ID = re.compile(r"[A-Z][A-Z0-9]{8,}")
TRIGGER_SECONDS = 3


class World:
    """All that is in Slack; tests read it and seed it directly."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty; time is what `now` says."""
        self.now = now
        self.workspaces: dict[str, Workspace] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Posted] = []
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, View] = {}
        self.homes: dict[tuple[str, str], View] = {}
        self.calls: list[Call] = []
        self.counts: Counter[str] = Counter()
        self.limited: Counter[str] = Counter()
        self.responses: list[ResponsePost] = []
        self.unknown_arguments: list[tuple[str, str]] = []
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.honour_client_msg_id = False
        self.posts_to_deactivated = False
        self.base_url = ""
        self._numbers = count(1)
        self._last_second = 0
        self._dms: dict[str, Channel] = {}
        self._by_channel: dict[str, list[Posted]] = {}
        self._by_ts: dict[tuple[str, str], Posted] = {}

    # -- seeding ------------------------------------------------------------------------------------------------

    def add_workspace(
        self, id: str | None = None, *, name: str = "Northlake", token: str | None = None, scopes: Iterable[str] = ()
    ) -> Workspace:
        """Install the bot in one more workspace."""
        number = next(self._numbers)
        team = Workspace(
            _checked(id or f"T{number:09d}", "T"),
            name,
            token or f"xoxb-fake-{number}",
            f"U{number:06d}BOT",
            f"B{number:06d}BOT",
        )
        if scopes:
            team.scopes = set(scopes)
        self.workspaces[team.id] = team
        self.add_user(team.bot_user, name="steward", team=team.id, is_bot=True)
        return team

    def add_user(
        self,
        id: str | None = None,
        *,
        name: str,
        email: str | None = None,
        team: str | None = None,
        **facts: Unpack[UserFacts],
    ) -> User:
        """Seed a person."""
        user_id = _checked(id or f"U{next(self._numbers):09d}", "UW")
        user = User(user_id, name, email, team or self.workspace.id, **facts)
        self.users[user.id] = user
        return user

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        bot: bool = True,
        team: str | None = None,
        **facts: Unpack[ChannelFacts],
    ) -> Channel:
        """Seed a channel; the bot is a member unless `bot=False`."""
        workspace = self.workspaces[team] if team else self.workspace
        facts["id"] = _checked(facts.get("id") or f"C{next(self._numbers):09d}", "CG")
        channel = Channel(name=name, team=workspace.id, members=set(members), created=self._second(), **facts)
        if bot:
            channel.members.add(workspace.bot_user)
        self.channels[channel.id] = channel
        return channel

    # -- looking ------------------------------------------------------------------------------------------------

    @property
    def workspace(self) -> Workspace:
        """The first workspace, made on first use."""
        return next(iter(self.workspaces.values()), None) or self.add_workspace()

    def user(self, who: str | User) -> User:
        """Return a person by id, or the person given."""
        return self.users[who] if isinstance(who, str) else who

    def dm_channel(self, who: str | User) -> Channel:
        """Return the bot's direct message with this person, opened if need be."""
        user = self.user(who)
        if user.id in self._dms:
            return self._dms[user.id]
        bot = self.workspaces[user.team].bot_user
        channel = Channel(f"D{next(self._numbers):09d}", "directmessage", user.team, {user.id, bot}, user=user.id)
        self.channels[channel.id] = self._dms[user.id] = channel
        return channel

    def has_dm(self, who: str | User) -> bool:
        """Tell whether a direct message with this person has been opened."""
        return self.user(who).id in self._dms

    def dm(self, who: str | User) -> list[Posted]:
        """List the messages now in the bot's direct message with this person."""
        user = self.user(who)
        return self.posted(self._dms[user.id]) if user.id in self._dms else []

    def channel(self, id: str) -> Channel:
        """Return a channel by id."""
        return self.channels[id]

    def posted(self, channel: str | Channel) -> list[Posted]:
        """List the messages now in a channel, oldest first."""
        return list(self._by_channel.get(channel if isinstance(channel, str) else channel.id, ()))

    def message(self, channel: str, ts: str) -> Posted | None:
        """Return one message, or nothing."""
        return self._by_ts.get((channel, ts))

    def ephemeral_to(self, who: str | User) -> list[Ephemeral]:
        """List what only this person sees."""
        return [each for each in self.ephemerals if each.user == self.user(who).id]

    def modal(self, who: str | User) -> View | None:
        """Return the modal on top of this person's screen."""
        own = [view for view in self.views.values() if view.user == self.user(who).id and view.type == "modal"]
        return own[-1] if own else None

    def home(self, who: str | User) -> View | None:
        """Return this person's published App Home."""
        user = self.user(who)
        return self.homes.get((user.team, user.id))

    def calls_of(self, method: str) -> list[Call]:
        """List the calls of one method."""
        return [call for call in self.calls if call.method == method]

    # -- acts ---------------------------------------------------------------------------------------------------

    def next_ts(self) -> str:
        """Make a message timestamp: unique, growing, and true to the clock's second."""
        return f"{self._second()}.{next(self._numbers) % 1_000_000:06d}"

    def new_hash(self) -> str:
        """Make a view hash."""
        return f"{self._second()}.{next(self._numbers):08x}"

    def new_view_id(self) -> str:
        """Make a view id."""
        return f"V{next(self._numbers):09d}"

    def new_trigger(self, who: str | User, view: View | None = None) -> str:
        """Make a trigger id for this person; `view` when the interaction came from a view."""
        user = self.user(who)
        number = next(self._numbers)
        key = f"{number}.{self._second()}.{number * 2654435761 % 2**32:08x}"
        self.triggers[key] = Trigger(key, user.id, user.team, self.now(), view.id if view else None)
        return key

    def new_response_url(self, channel: str, who: str | User, message_ts: str | None = None) -> str:
        """Make a response URL; `message_ts` is the message it came from."""
        user = self.user(who)
        key = f"{user.team}/{next(self._numbers)}"
        until = self.now() + timedelta(minutes=LIVES_MINUTES)
        self.response_urls[key] = ResponseUrl(key, channel, user.id, user.team, until, message_ts)
        return f"{self.base_url}/response/{key}"

    def use_response_url(self, key: str) -> ResponseUrl:
        """Count one use of a response URL, or refuse."""
        known = self.response_urls.get(key)
        if known is None or self.now() > known.until:
            raise Refused("expired_url")
        if known.uses >= USES:
            raise Refused("used_url")
        known.uses += 1
        return known

    def use_trigger(self, id: object, team: str) -> Trigger:
        """Spend a trigger id, or refuse."""
        trigger = self.triggers.get(str(id))
        if trigger is None or trigger.team != team:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.now() - trigger.at > timedelta(seconds=TRIGGER_SECONDS):
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def store(self, message: Posted) -> Posted:
        """Put a message into its channel."""
        self.messages.append(message)
        self._by_channel.setdefault(message.channel, []).append(message)
        self._by_ts[message.channel, message.ts] = message
        return message

    def remove(self, message: Posted) -> None:
        """Take a message out of its channel."""
        self.messages.remove(message)
        self._by_channel[message.channel].remove(message)
        del self._by_ts[message.channel, message.ts]

    def say(self, who: str | User, text: str, channel: str | None = None, thread_ts: str | None = None) -> Posted:
        """Let a person write a message, in the bot's direct message by default; no event is sent."""
        user = self.user(who)
        place = channel or self.dm_channel(user).id
        written = Posted(place, self.next_ts(), user.id, text, [], user.team, self.now(), thread_ts)
        return self.store(written)

    def named(self, blocks: list[Json]) -> list[Json]:
        """Copy blocks and give each block and element the identifier Slack adds when it is left out."""
        copied = copy.deepcopy(blocks)
        for block in copied:
            block.setdefault("block_id", f"fake{next(self._numbers)}")
        for block, element in elements_of(copied):
            block.setdefault("block_id", f"fake{next(self._numbers)}")
            element.setdefault("action_id", f"fake{next(self._numbers)}")
        return copied

    def close_view(self, view: View, whole_stack: bool = False) -> None:
        """Take a modal, or its whole stack, off the screen."""
        for other in list(self.views.values()):
            if other.id == view.id or (whole_stack and other.root_id == view.root_id):
                del self.views[other.id]

    def _second(self) -> int:
        self._last_second = max(self._last_second, int(self.now().timestamp()))
        return self._last_second


def _checked(id: str, letters: str) -> str:
    if not _ID.fullmatch(id) or id[0] not in letters:
        raise ValueError(f"{id} is not a Slack id: {' or '.join(letters)}, then at least 8 capitals or digits")
    return id
