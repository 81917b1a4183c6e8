"""A chat platform in memory that keeps what it was asked to do and fails when told to."""

from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle, Handles
from bot.errors import NotKnowable, PlatformError, RecipientUnreachable
from bot.messages.model import Message
from bot.ports import Condition, Health, Profile, Sender

Fault = BaseException | Callable[[], Awaitable[None]]
"""What a scripted call does instead of succeeding: raise, or run (and then go on as usual)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it stands on the platform; `key` is the delivery it came from."""

    ref: MessageRef
    to: Address
    message: Message
    people: Handles
    key: str


class RecordingPlatform:
    """
    `bot.ports.ChatPlatform` for tests.

    `sent` and `updates` list what arrived in order. `directory` maps e-mail addresses to users; without `members` of
    it `find_person` finds nobody. `fail("send", error, ...)` scripts the next calls of a verb; `lose("send", error)`
    takes the message first and raises then, as a lost reply does. `calls` counts every verb. The users in `gone` are
    deactivated; those in `unclear` nobody can tell.
    """

    def __init__(self, name: str = "slack", tenant: str = "T1", directory: dict[str, str] | None = None) -> None:
        self._name, self.tenant = name, tenant
        self.directory = directory or {}
        self.sent: list[Sent] = []
        self.updates: list[Sent] = []
        self.reads_back = True
        self.gone: set[str] = set()
        self.unclear: set[str] = set()
        self.calls: dict[str, int] = defaultdict(int)
        self.health = Health(Condition.OK)
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._losses: dict[str, deque[BaseException]] = defaultdict(deque)

    @property
    def name(self) -> str:
        return self._name

    def fail(self, verb: str, *faults: Fault) -> None:
        """Let the next calls of `verb` raise an error each, or run a function first and then succeed."""
        self._faults[verb].extend(faults)

    def lose(self, verb: str, *errors: BaseException) -> None:
        """Let the next calls of `verb` take effect and raise all the same."""
        self._losses[verb].extend(errors)

    def sent_to(self, user: str) -> list[Message]:
        """Return the messages in the direct conversation of a user, in order."""
        return [one.message for one in self.sent if one.to.conversation == direct(user)]

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        await self._play("send")
        ref = MessageRef(self.name, to.conversation, f"m{len(self.sent) + 1}", to.tenant)
        self.sent.append(Sent(ref, to, message, dict(people), key))
        self._forget_reply("send")
        return ref

    async def find_sent(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        await self._play("find_sent")
        if not self.reads_back:
            raise NotKnowable("no read-back")
        return next((one.ref for one in self.sent if (one.to.conversation, one.key) == (to.conversation, key)), None)

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None:
        await self._play("update")
        for n, one in enumerate(self.sent):
            if one.ref == ref:
                self.sent[n] = replace(one, message=message, people=dict(people))
                self.updates.append(self.sent[n])
                self._forget_reply("update")
                return
        raise RecipientUnreachable("message_not_found")

    async def open_direct(self, handle: Handle) -> Address:
        await self._play("open_direct")
        return Address(self.name, direct(handle.user), handle.tenant)

    async def find_person(self, email: str) -> Handle | None:
        await self._play("find_person")
        user = self.directory.get(email)
        return Handle(person_id="", platform=self.name, tenant=self.tenant, user=user) if user else None

    async def profile(self, sender: Sender) -> Profile:
        await self._play("profile")
        email = next((email for email, user in self.directory.items() if user == sender.user), None)
        return Profile(email=email)

    async def still_there(self, handle: Handle) -> bool | None:
        await self._play("still_there")
        return None if handle.user in self.unclear else handle.user not in self.gone

    async def check(self) -> Health:
        return self.health

    async def _play(self, verb: str) -> None:
        self.calls[verb] += 1
        if not self._faults[verb]:
            return
        fault = self._faults[verb].popleft()
        if isinstance(fault, BaseException):
            raise fault
        await fault()

    def _forget_reply(self, verb: str) -> None:
        if self._losses[verb]:
            raise self._losses[verb].popleft()


def direct(user: str) -> str:
    """Return the direct conversation of a user."""
    return f"D-{user}"


def a_platform_error(code: str = "") -> PlatformError:
    """Return an error of no particular kind."""
    return PlatformError(code)
