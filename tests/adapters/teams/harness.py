"""Teams on the bench of the contract suite: the real adapter between the fake Teams and its signed driver."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from adapters.after_ack import AFTER_ACK
from adapters.teams import build
from adapters.teams.inbound import Timing
from adapters.teams.platform import TeamsPlatform
from adapters.teams.settings import TeamsSettings
from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle
from bot.messages.model import Button
from bot.ports import ChatPlatform, Connection, Dispatch, Interaction, Reply
from tests.adapters.teams.driver import NOT_GENUINE, Ack, Driver
from tests.adapters.teams.fake import FakeTeams, Person, Place, Posted
from tests.adapters.teams.fake_parts.cards import mentions
from tests.adapters.teams.fake_parts.faults import FaultFacts
from tests.adapters.teams.fake_parts.filling import plain, started
from tests.adapters.teams.fake_parts.shown import Button as Shown
from tests.adapters.teams.fake_parts.shown import buttons, inputs, words_of
from tests.adapters.teams.fake_parts.state import Dialog, Json
from tests.contracts.harness import Flows, ShownForm, Trouble, Values
from tests.fakes.frozen_clock import FrozenClock

NAME = "teams"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BRISK = Timing(call=2.0, connect=2.0, patience=2.0, drain=1.0)
FAULTS: dict[Trouble, tuple[str, str, FaultFacts]] = {
    Trouble.RATE_LIMITED: ("connector", "429", {"retry_after": 7}),
    Trouble.UNAVAILABLE: ("token", "status", {"status": 503}),
    Trouble.MAYBE_SENT: ("connector", "accept_then_reset", {}),
    Trouble.RECIPIENT: ("connector", "status", {"status": 403, "code": "ConversationBlockedByUser"}),
    Trouble.REJECTED: ("connector", "status", {"status": 413}),
    Trouble.NOT_AUTHORIZED: ("connector", "status", {"status": 401}),
}


def real_time() -> datetime:
    """Return the time by which the library judges tokens."""
    return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), UTC)


async def settle() -> None:
    """Wait until nothing that follows an answer is under way."""
    while running := [task for task in asyncio.all_tasks() if task.get_name() == AFTER_ACK]:
        await asyncio.gather(*running, return_exceptions=True)


class Served:
    """A connection whose routes listen on the loopback."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Open the connection and listen."""
        app = web.Application()
        for route in self.connection.routes:
            app.router.add_route(route.method, route.path, route.handler)  # type: ignore[arg-type]  # opaque to the port
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/messages"
        await self.connection.start()

    async def stop(self) -> None:
        """Stop listening and close the connection."""
        if self._runner:
            await self._runner.cleanup()
        await self.connection.stop()


class TeamsHarness:
    """One tenant with its bot; also used by the tests that are about Teams alone."""

    def __init__(self, timing: Timing = BRISK) -> None:
        self.clock = FrozenClock(NOON)
        self.fake = FakeTeams(self.clock.now, limits=None)
        self.flows = Flows()
        self.dispatch: Dispatch = self.flows
        self.timing = timing
        self.served: Served | None = None
        self.driver = Driver(self.fake, "", real_time)
        self._last: Ack | None = None
        self._names = 0

    @property
    def settings(self) -> TeamsSettings:
        """Return the settings of an adapter in this tenant."""
        return TeamsSettings(
            app_id=self.fake.app_id,
            app_secret=self.fake.secret,  # type: ignore[arg-type]  # pydantic wraps secrets
            tenant_id=self.fake.tenant,
            openid_metadata_url=self.fake.metadata_url,
            token_url=self.fake.token_url,
            graph_url=self.fake.graph_url,
            service_url=self.fake.service_url,
            trusted_hosts="127.0.0.1",
        )

    @property
    def platform(self) -> ChatPlatform:
        """Return the adapter now in use."""
        assert self.served
        return self.served.connection.platform

    async def start(self) -> None:
        """Build the adapter and serve it."""
        self.served = Served(build(self.settings, self._dispatched, self.timing))
        await self.served.start()
        self.driver.url = self.served.url

    async def _dispatched(self, interaction: Interaction) -> Reply:
        return await self.dispatch(interaction)

    def tell_time(self, now: datetime) -> None:
        """Put the fake's clock to an instant."""
        self.clock.set(now)

    async def restart(self) -> None:
        """Build the adapter anew over the same tenant."""
        assert self.served
        await self.served.stop()
        await self.start()

    # -- people and places --------------------------------------------------------------------------------------

    def person(self, who: Handle) -> Person:
        """Return the person behind a handle."""
        return self.fake.people[who.user]

    def place(self, reference: str) -> Place:
        """Return the place that the product names so."""
        place = self.fake.place(reference.rpartition(" ")[2])
        assert place, f"no such conversation: {reference}"
        return place

    async def member(self, email: str, name: str) -> Handle:
        """Add a person with the app installed."""
        who = self.fake.add_person(name, email)
        conversation = self.fake.reference(self.fake.personal(who))
        return Handle(person_id="", platform=NAME, tenant=who.tenant, user=who.object_id, conversation=conversation)

    async def channel(self, *members: Handle) -> Address:
        """Make a channel with the bot in its team."""
        self._names += 1
        made = self.fake.add_channel(f"leaders-{self._names}", [each.user for each in members])
        return Address(NAME, self.fake.reference(made), self.fake.tenant)

    # -- what people do -----------------------------------------------------------------------------------------

    async def command(self, who: Handle, name: str, text: str, at: Address | None = None) -> None:
        """Write a command: with its slash in the own chat, after a mention and without it elsewhere."""
        place = self.place(at.conversation) if at else None
        words = f"{name} {text}" if place else f"/{name} {text}"
        await self._did(await self.driver.write(self.person(who), words, place))

    async def press(self, who: Handle, ref: MessageRef, button: Button) -> None:
        """Press a button of a posted message."""
        person, posted = self.person(who), self.posted(ref)
        shown = self.driver.button(person, posted, button.label, action=str(button.action), value=button.value)
        await self._did(await self.driver.press(person, posted, shown))

    async def press_told(self, who: Handle, label: str) -> None:
        """Press a button of the newest message that only this person sees."""
        person = self.person(who)
        found = [each for each in reversed(self._chat(who)) if self._labelled(person, each, label)]
        assert found, f"no button {label!r}"
        await self._did(await self.driver.press(person, found[0], self._labelled(person, found[0], label)[0]))

    def _labelled(self, who: Person, posted: Posted, label: str) -> list[Shown]:
        return [each for each in buttons(self.fake.card_for(who, posted)) if each.title == label]

    async def submit(self, who: Handle, values: Values) -> None:
        """Send the form on a person's screen: the dialog, else the newest card that asks."""
        person = self.person(who)
        typed = {name: self._typed(value) for name, value in values.items()}
        if self.dialog(who):
            await self._did(await self.driver.submit(person, typed), failing=True)
            return
        asking = self._asking(who)
        assert asking, "no form is open"
        (button,) = buttons(self.fake.card_for(person, asking))
        await self._did(await self.driver.press(person, asking, button, typed))

    def _typed(self, value: str | list[str]) -> str | list[str]:
        """Return what a person types: nobody knows another's object id, everybody their address."""
        known = self.fake.people.get(value) if isinstance(value, str) else None
        return known.email if known else value

    async def _did(self, ack: Ack, *, failing: bool = False) -> None:
        assert ack.ok or (failing and ack.status == 500), f"{ack.status} {ack.body}"
        self._last = ack
        await settle()

    async def suggested(self, who: Handle, field: str, typed: str) -> Sequence[str] | None:
        """Type letters into a filtered choice of the form; return what it offers."""
        offered = await self.driver.suggest(self.person(who), typed)
        await settle()
        return [value for _, value in offered]

    async def redeliver(self) -> bool:
        """Send the last activity again, as Teams does when the first answer was lost."""
        assert self._last
        await self._did(await self.driver.redeliver(self._last))
        return True

    async def refused(self) -> Mapping[str, int]:
        """Send every kind of request that is not Teams'."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # aiohttp's of a large body sent in one piece
            return {kind: (await self.driver.bad(kind)).status for kind in NOT_GENUINE}

    async def hear_itself(self, at: Address) -> bool:
        """Report a message of the bot's own, and one of another bot's."""
        place = self.place(at.conversation)
        await self._did(await self.driver.echo(place, "status sepsis"))
        await self._did(await self.driver.echo(place, "status sepsis", "28:another-bot"))
        return True

    def fail(self, trouble: Trouble) -> bool:
        """Queue a fault for the next call."""
        name, kind, facts = FAULTS[trouble]
        self.fake.fault(name, kind, **facts)
        if name == "token":
            assert isinstance(self.platform, TeamsPlatform)
            self.platform.connector.forget_token()
        return True

    # -- what people see ----------------------------------------------------------------------------------------

    def _chat(self, who: Handle) -> list[Posted]:
        return self.fake.by_the_bot(self.fake.personal(self.person(who)))

    def deactivate(self, who: Handle) -> bool:
        """Disable an account of the tenant."""
        self.person(who).enabled = False
        return True

    def standing(self, at: Address) -> Sequence[str]:
        """Return the words of the bot's messages in a conversation."""
        return [self.fake.read(each) for each in self.fake.by_the_bot(self.place(at.conversation))]

    def told(self, who: Handle) -> Sequence[str]:
        """Return the messages in a person's chat as they see them, what was flashed, and a dialog that only says."""
        person = self.person(who)
        said = [self.fake.read(each, person) for each in self._chat(who)]
        said += [words for user, words in self.fake.toasts if user == who.user]
        dialog = self.dialog(who)
        return [*said, _words(dialog, person)] if dialog and not inputs(dialog.card) else said

    def dialog(self, who: Handle) -> Dialog | None:
        """Return the dialog on a person's screen."""
        return self.fake.dialogs.get(who.user)

    def _asking(self, who: Handle) -> Posted | None:
        """Return the newest message of a person's chat that has inputs."""
        person = self.person(who)
        return next((each for each in reversed(self._chat(who)) if inputs(self.fake.card_for(person, each))), None)

    def form(self, who: Handle) -> ShownForm | None:
        """Return the form on a person's screen: a dialog, or a card in the chat."""
        person, dialog, asking = self.person(who), self.dialog(who), self._asking(who)
        if dialog:
            if not inputs(dialog.card):
                return None
            return _form(dialog.title, dialog.card, dialog.typed, _words(dialog, person))
        if asking is None:
            return None
        card = self.fake.card_for(person, asking)
        words = self.fake.read(asking, person)
        return _form(words.partition("\n")[0], card, started(card), words)

    def posted(self, ref: MessageRef) -> Posted:
        """Return a message that stands."""
        found = self.fake.message(self.place(ref.conversation), ref.message)
        assert found, "the message is gone"
        return found

    def mentioned(self, ref: MessageRef) -> Sequence[str]:
        """Return the accounts named in the card."""
        return [str(each["mentioned"]["id"]) for each in mentions(self.posted(ref).card or {})]

    def fallback(self, ref: MessageRef) -> str:
        """Return the summary."""
        return self.posted(ref).summary


def _words(dialog: Dialog, who: Person) -> str:
    said = (dialog.title, dialog.sentence, dialog.error, words_of(dialog.card, who.timezone))
    return "\n".join(each for each in said if each)


def _form(title: str, card: Json | None, typed: Mapping[str, str], words: str) -> ShownForm:
    labels = tuple(str(each["label"]) for each in inputs(card))
    return ShownForm(title, labels, plain(card, typed), words)


@asynccontextmanager
async def open_harness(timing: Timing = BRISK) -> AsyncIterator[TeamsHarness]:
    """Serve the adapter over a fresh tenant, and close everything again."""
    harness = TeamsHarness(timing)
    async with harness.fake, harness.driver:
        await harness.start()
        try:
            yield harness
        finally:
            assert harness.served
            await harness.served.stop()
