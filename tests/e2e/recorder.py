"""A chat platform that passes everything on and remembers what was sent, where, when, and how it stands now."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle, Handles
from bot.messages.model import Message
from bot.ports import ChatPlatform, Clock, Health, Profile, Sender


@dataclass(frozen=True)
class Sent:
    """A message as it stands; `at` is when it came."""

    ref: MessageRef
    thread: str
    message: Message
    at: datetime


class Recorder:
    """Stands between the engine and an adapter."""

    def __init__(self, inner: ChatPlatform, clock: Clock) -> None:
        self._inner, self._clock = inner, clock
        self.sent: list[Sent] = []
        self.unexpected: list[Sent] = []

    @property
    def name(self) -> str:
        """Return the adapter's name."""
        return self._inner.name

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        """Pass a message on and remember it as not expected yet."""
        ref = await self._inner.send(to, message, people, key)
        one = Sent(ref, to.thread, message, self._clock.now())
        self.sent.append(one)
        self.unexpected.append(one)
        return ref

    async def find_sent(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        """Pass a look-up on."""
        return await self._inner.find_sent(to, key, since)

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None:
        """Pass an update on and remember how the message stands."""
        await self._inner.update(ref, message, people)
        self.changed(ref, message)

    def changed(self, ref: MessageRef, message: Message) -> None:
        """Remember that a message now reads differently."""
        for messages in (self.sent, self.unexpected):
            messages[:] = [replace(each, message=message) if each.ref == ref else each for each in messages]

    async def open_direct(self, handle: Handle) -> Address:
        """Pass it on."""
        return await self._inner.open_direct(handle)

    async def find_person(self, email: str) -> Handle | None:
        """Pass it on."""
        return await self._inner.find_person(email)

    async def profile(self, sender: Sender) -> Profile:
        """Pass it on."""
        return await self._inner.profile(sender)

    async def still_there(self, handle: Handle) -> bool | None:
        """Pass it on."""
        return await self._inner.still_there(handle)

    async def check(self) -> Health:
        """Pass it on."""
        return await self._inner.check()
