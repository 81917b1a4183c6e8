"""What composing an outbox row yields: a message to post, messages to change, or why nothing goes out now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.deliveries import Delivery, MessageRef
from bot.domain.ids import PromptId
from bot.messages.model import Message
from bot.ports import Ports
from bot.stores import UnitOfWork

UPDATED_WITHIN = timedelta(days=2)
"""How long the update of a message may be tried."""


@dataclass(frozen=True, slots=True)
class Post:
    """A new message, under `thread` if given; once it has arrived `prompts` count as sent and `notices` as told."""

    message: Message
    thread: str = ""
    prompts: tuple[PromptId, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edits:
    """Messages to put in the place of those that stand on the platform."""

    changes: tuple[tuple[MessageRef, Message], ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Nothing to say any more, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not yet: compose again at `at` (UTC)."""

    at: datetime
    reason: str


Composed = Post | Edits | Drop | Later
Composer = Callable[[Delivery, UnitOfWork, Ports], Awaitable[Composed]]
