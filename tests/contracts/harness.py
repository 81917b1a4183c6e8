"""
What the contract suite needs of a platform to try it out; each adapter brings one in tests/adapters/<name>/harness.py.

Such a module has `open_harness() -> AsyncContextManager[Harness]`: the real adapter against a fake of its remote, with
a dispatch that notes each interaction and gives the replies it was told. Every method returns only when the adapter has
finished, work after an ack included.
"""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import ModuleType
from typing import Protocol, cast

import adapters
from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle
from bot.messages.model import Button
from bot.ports import ChatPlatform, Dispatch, Done, FormErrors, Interaction, Reply, WhoAreYou

Values = Mapping[str, str | list[str]]


class Trouble(StrEnum):
    """A way in which the remote fails the next call."""

    RATE_LIMITED = "rate limited, wait 7 seconds"
    UNAVAILABLE = "out of reach before the call"
    MAYBE_SENT = "lost the answer after the work was done"
    RECIPIENT = "this recipient cannot be reached"
    REJECTED = "the message is malformed"
    NOT_AUTHORIZED = "the credentials are revoked"


@dataclass(frozen=True)
class ShownForm:
    """A form as it stands on a person's screen; `words` is everything readable on it, errors included."""

    title: str
    labels: tuple[str, ...]
    values: Mapping[str, str | list[str]]
    words: str


@dataclass
class Flows:
    """In the place of the product: notes what arrives and answers what it was told, then Done."""

    seen: list[Interaction] = field(default_factory=list)
    replies: list[Reply | Exception] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def will(self, *replies: Reply | Exception) -> None:
        """Give these replies next; an exception is raised."""
        self.replies.extend(replies)

    async def __call__(self, interaction: Interaction) -> Reply:
        """Be the adapter's `dispatch`: a repeated id has no effect, as the inbox sees to in the product."""
        if interaction.id in self.done:
            return Done()
        self.seen.append(interaction)
        reply = self.replies.pop(0) if self.replies else Done()
        if isinstance(reply, Exception):
            raise reply
        if not isinstance(reply, FormErrors | WhoAreYou):  # these roll back, so the same may come again
            self.done.add(interaction.id)
        return reply


class Harness(Protocol):
    """One platform on the bench."""

    platform: ChatPlatform
    flows: Flows
    dispatch: Dispatch
    """What interactions go to: `flows`, unless a journey puts the product there."""

    def tell_time(self, now: datetime) -> None:
        """Let the remote's clock, if it has one, stand at an instant."""
        ...

    async def member(self, email: str, name: str) -> Handle:
        """Return the account of a new person in the remote's directory, its direct conversation opened."""
        ...

    async def channel(self, *members: Handle) -> Address:
        """Return a new conversation of the bot and several people."""
        ...

    async def command(self, who: Handle, name: str, text: str, at: Address | None = None) -> None:
        """Let a person give a command, in their direct conversation unless told otherwise."""
        ...

    async def press(self, who: Handle, ref: MessageRef, button: Button) -> None:
        """Let a person press a button of a message."""
        ...

    async def press_told(self, who: Handle, label: str) -> None:
        """Let a person press a button, by its label, of the newest answer only they were shown."""
        ...

    async def submit(self, who: Handle, values: Values) -> None:
        """Let a person fill in the form on their screen and send it."""
        ...

    async def suggested(self, who: Handle, field: str, typed: str) -> Sequence[str] | None:
        """Let a person type letters into a field of their form; return the keys offered, None where none ever are."""
        ...

    async def redeliver(self) -> bool:
        """Deliver what a person did last once more; False where the platform never does that."""
        ...

    async def refused(self) -> Mapping[str, int]:
        """Return the HTTP status of each kind of request that is not genuine; none where there is no HTTP."""
        ...

    async def hear_itself(self, at: Address) -> bool:
        """Let the platform report the bot's own message in a conversation; False where it never does."""
        ...

    async def restart(self) -> None:
        """Stop the adapter and build a new one over the same remote; `platform` is the new one afterwards."""
        ...

    def fail(self, trouble: Trouble) -> bool:
        """Let the remote fail the next call in this way; False where it cannot."""
        ...

    def deactivate(self, who: Handle) -> bool:
        """Let an account be deactivated in the remote's directory; False where that cannot happen."""
        ...

    def standing(self, at: Address) -> Sequence[str]:
        """Return the words of each message that stands in a conversation, for everyone there to read, oldest first."""
        ...

    def told(self, who: Handle) -> Sequence[str]:
        """Return the words only this person was shown, oldest first: answers, and messages in their conversation."""
        ...

    def form(self, who: Handle) -> ShownForm | None:
        """Return the form on a person's screen."""
        ...

    def mentioned(self, ref: MessageRef) -> Sequence[str]:
        """Return the platform accounts that a message notifies."""
        ...

    def fallback(self, ref: MessageRef) -> str:
        """Return the sentence that notifications and screen readers get of a message."""
        ...


def with_harness() -> list[str]:
    """Return the adapters that can be put on the bench."""
    return [name for name in adapters.available() if importlib.util.find_spec(f"tests.adapters.{name}") and _has(name)]


def open_harness(name: str) -> AbstractAsyncContextManager[Harness]:
    """Return the harness of an adapter, to be entered."""
    return cast("AbstractAsyncContextManager[Harness]", _module(name).open_harness())


def _has(name: str) -> bool:
    return importlib.util.find_spec(f"tests.adapters.{name}.harness") is not None


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"tests.adapters.{name}.harness")
