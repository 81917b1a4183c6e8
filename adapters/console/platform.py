"""The console as a chat platform: every person has an inbox in memory, shown when it is theirs or when asked for."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from adapters.console import render
from adapters.console.errors import translated
from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle, Handles
from bot.errors import NotKnowable, RecipientUnreachable
from bot.messages.model import Message
from bot.ports import Condition, Health, Profile, Sender

NAME = "console"
TENANT = "local"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in a conversation, as it stands now; `thread` is the message it replies to."""

    ref: MessageRef
    message: Message
    thread: str = ""
    key: str = ""


Conversations = dict[str, list[Posted]]


class ConsolePlatform:
    """Keeps every conversation in memory and tells `watch` of each message that is new or has changed."""

    def __init__(self, conversations: Conversations | None = None) -> None:
        self.watch: Callable[[Posted], None] = lambda _: None
        self.conversations = defaultdict(list) if conversations is None else conversations

    @property
    def name(self) -> str:
        """Return `console`."""
        return NAME

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        """Put a message into a conversation; a key sent before returns the message it made then."""
        if not to.conversation:
            raise RecipientUnreachable("no_conversation")
        for posted in self.conversations[to.conversation]:
            if key and posted.key == key:
                return posted.ref
        # Unlike a count, this names no message of an earlier process that shared the database.
        posted = Posted(MessageRef(NAME, to.conversation, uuid4().hex, TENANT), message, to.thread, key)
        self._show(posted)
        self.conversations[to.conversation].append(posted)
        return posted.ref

    async def find_sent(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        """Return the message with this key in a conversation; raises NotKnowable for one of an earlier process."""
        for posted in self.conversations[to.conversation]:
            if posted.key == key:
                return posted.ref
        raise NotKnowable("terminals forget")

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None:
        """Put a message in the place of one sent before."""
        inbox = self.conversations[ref.conversation]
        for n, posted in enumerate(inbox):
            if posted.ref == ref:
                changed = replace(posted, message=message)
                self._show(changed)
                inbox[n] = changed
                return
        raise RecipientUnreachable("message_not_found")

    async def open_direct(self, handle: Handle) -> Address:
        """Return the inbox of an account."""
        return Address(NAME, handle.user, TENANT)

    async def find_person(self, email: str) -> Handle | None:
        """Return the account of an e-mail address: at a terminal everybody has one."""
        return Handle(person_id="", platform=NAME, tenant=TENANT, user=email.casefold(), conversation=email.casefold())

    async def profile(self, sender: Sender) -> Profile:
        """Return the profile of an account, which is its e-mail address."""
        return Profile(email=sender.user)

    async def still_there(self, handle: Handle) -> bool | None:
        """Return that everybody keeps their place at a terminal."""
        return True

    async def check(self) -> Health:
        """Return that a terminal is always there."""
        return Health(Condition.OK)

    def _show(self, posted: Posted) -> None:
        with translated():
            self.watch(posted)


def transcript(posted: Posted) -> str:
    """Return a posted message as text, a reply indented under its thread."""
    text = render.message(posted.message)
    return "\n".join("    " + part for part in text.split("\n")) if posted.thread else text
