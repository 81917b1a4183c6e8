"""A chat platform in its own verbs, and how one is connected."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle, Handles
from bot.messages.forms import Form
from bot.messages.model import Message
from bot.ports.talking import Profile, Sender


class Condition(StrEnum):
    """How a platform connection is."""

    OK = "ok"
    NOT_AUTHORIZED = "not authorized"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found; `detail` says what to do."""

    condition: Condition
    detail: str = ""


class ChatPlatform(Protocol):
    """A chat platform, in its own verbs; every call may raise a PlatformError. `still_there` is None where unknown."""

    @property
    def name(self) -> str: ...
    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        """Post a message, under `to.thread` if given; `key` is the opaque delivery id kept with it where possible."""
        ...

    async def find_sent(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        """
        Return the message sent to `to` with this key since an instant (UTC), None when it is certainly not there.

        Raises NotKnowable, or another PlatformError, when it cannot be told.
        """
        ...

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None: ...
    async def open_direct(self, handle: Handle) -> Address: ...
    async def find_person(self, email: str) -> Handle | None:
        """Return the account with this verified directory address, with an empty `person_id`, or None."""
        ...

    async def profile(self, sender: Sender) -> Profile: ...
    async def still_there(self, handle: Handle) -> bool | None: ...
    async def check(self) -> Health: ...


@runtime_checkable
class Validator(Protocol):
    """A platform that says of a message or form whether it would take it, without posting it."""

    async def refusal(self, content: Message | Form) -> str:
        """Return what the platform says against it, empty when it takes it; raises a PlatformError."""
        ...


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP route an adapter wants served; `handler` is an aiohttp handler, opaque to the core."""

    method: str
    path: str
    handler: Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform as an adapter's `build` returns it: the port, its routes, and its start and stop."""

    platform: ChatPlatform
    start: Callable[[], Awaitable[None]]
    stop: Callable[[], Awaitable[None]]
    routes: tuple[Route, ...] = ()
