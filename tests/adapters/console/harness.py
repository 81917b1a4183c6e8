"""The console on the bench of the contract suite: the real sessions, one terminal for each person."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from adapters.console import render
from adapters.console.platform import NAME, TENANT, ConsolePlatform, Posted
from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle
from bot.messages.model import Button
from bot.ports import ChatPlatform, Dispatch, Interaction, Reply
from tests.adapters.console.terminals import Terminal
from tests.contracts.harness import Flows, ShownForm, Trouble, Values


class ConsoleHarness:
    """A room of terminals over one platform."""

    def __init__(self) -> None:
        self.flows = Flows()
        self.dispatch: Dispatch = self.flows
        self.console = ConsolePlatform()
        self.terminals: dict[str, Terminal] = {}
        self._names = 0

    @property
    def platform(self) -> ChatPlatform:
        """Return the adapter now in use."""
        return self.console

    async def member(self, email: str, name: str) -> Handle:
        """Put a terminal up for a person."""
        self._put_up(email)
        return Handle(person_id="", platform=NAME, tenant=TENANT, user=email, conversation=email)

    def _put_up(self, user: str) -> None:
        self.terminals[user] = Terminal(self._dispatched, self.console, user)
        self.console.watch = self._arrived

    async def _dispatched(self, interaction: Interaction) -> Reply:
        return await self.dispatch(interaction)

    def tell_time(self, now: datetime) -> None:
        """Do nothing: a terminal has no clock."""

    def _arrived(self, posted: Posted) -> None:
        for terminal in self.terminals.values():
            terminal.session.arrived(posted)

    async def channel(self, *members: Handle) -> Address:
        """Name a new channel."""
        self._names += 1
        return Address(NAME, f"leaders-{self._names}", TENANT)

    async def command(self, who: Handle, name: str, text: str, at: Address | None = None) -> None:
        """Type a command, in a channel after going there."""
        terminal = self.terminals[who.user]
        await terminal.leave()
        await terminal.type(f"in {at.conversation}" if at else "in")
        await terminal.type(f"/{name} {text}")

    async def press(self, who: Handle, ref: MessageRef, button: Button) -> None:
        """Press a button of a message by its number."""
        await self.terminals[who.user].press(self._posted(ref), button)

    async def press_told(self, who: Handle, label: str) -> None:
        """Press a button of what was printed last."""
        await self.terminals[who.user].press_last(label)

    async def submit(self, who: Handle, values: Values) -> None:
        """Answer the fields being asked."""
        await self.terminals[who.user].fill(values)

    async def suggested(self, who: Handle, field: str, typed: str) -> Sequence[str] | None:
        """Tell that a terminal offers nothing while one types."""
        return None

    async def redeliver(self) -> bool:
        """Tell that a terminal hands over each line once."""
        return False

    async def refused(self) -> Mapping[str, int]:
        """Return nothing: there is no HTTP."""
        return {}

    async def hear_itself(self, at: Address) -> bool:
        """Tell that what is printed is never read again."""
        return False

    async def restart(self) -> None:
        """Build the platform anew over the same conversations."""
        self.console = ConsolePlatform(self.console.conversations)
        for user in list(self.terminals):
            self._put_up(user)

    def fail(self, trouble: Trouble) -> bool:
        """Tell that there is no remote that could fail; a terminal that has gone has a test of its own."""
        return False

    def deactivate(self, who: Handle) -> bool:
        """Say that nobody leaves a terminal."""
        return False

    def standing(self, at: Address) -> Sequence[str]:
        """Return the messages of a conversation as they are printed."""
        return [render.message(each.message) for each in self.console.conversations[at.conversation]]

    def told(self, who: Handle) -> Sequence[str]:
        """Return what was printed at a person's terminal and what their inbox holds."""
        inbox = [render.message(each.message) for each in self.console.conversations[who.user]]
        return [*self.terminals[who.user].answers, *inbox]

    def form(self, who: Handle) -> ShownForm | None:
        """Return the form whose fields are being asked."""
        return self.terminals[who.user].shown()

    def _posted(self, ref: MessageRef) -> Posted:
        return next(each for each in self.console.conversations[ref.conversation] if each.ref == ref)

    def mentioned(self, ref: MessageRef) -> Sequence[str]:
        """Return nobody: a terminal notifies by printing only."""
        return []

    def fallback(self, ref: MessageRef) -> str:
        """Return the sentence kept with the message, which a terminal shows nowhere."""
        return self._posted(ref).message.fallback


@asynccontextmanager
async def open_harness() -> AsyncIterator[ConsoleHarness]:
    """Give a room without terminals."""
    harness = ConsoleHarness()
    yield harness
    for terminal in harness.terminals.values():
        await terminal.close()
