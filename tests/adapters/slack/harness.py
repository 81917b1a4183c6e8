"""Slack on the bench of the contract suite: the real adapter between the fake Slack and its signed driver."""

import asyncio
import re
import time
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from adapters.after_ack import AFTER_ACK
from adapters.slack import build
from adapters.slack.inbound import Timing
from adapters.slack.interactions import values_of
from adapters.slack.settings import SlackSettings
from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle
from bot.messages.model import Button
from bot.ports import ChatPlatform, Connection, Dispatch, Interaction, Reply
from tests.adapters.slack.driver import Ack, Driver
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.fake_parts.faults import FaultFacts
from tests.adapters.slack.fake_parts.form import state_of
from tests.adapters.slack.fake_parts.state import Ephemeral, Posted, View
from tests.contracts.harness import Flows, ShownForm, Trouble, Values
from tests.fakes.frozen_clock import FrozenClock

SECRET = "0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BRISK = Timing(call=1.0, connect=1.0, patience=2.0, drain=1.0, watch=0.1)
NOT_GENUINE = (
    "unsigned", "stale", "future", "wrong_signature", "junk_timestamp", "junk_signature", "changed_body", "oversized",
    "junk_json", "json_array", "junk_payload", "get",
)  # fmt: skip
FAULTS: dict[Trouble, tuple[str, FaultFacts]] = {
    Trouble.RATE_LIMITED: ("429", {"retry_after": 7}),
    Trouble.UNAVAILABLE: ("error", {"code": "service_unavailable"}),
    Trouble.MAYBE_SENT: ("accept_then_reset", {}),
    Trouble.RECIPIENT: ("error", {"code": "channel_not_found"}),
    Trouble.REJECTED: ("error", {"code": "invalid_blocks"}),
    Trouble.NOT_AUTHORIZED: ("error", {"code": "token_revoked"}),
}


def real_time() -> datetime:
    """Return the time by which Bolt's signatures are judged."""
    return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), UTC)


async def settle() -> None:
    """Wait until nothing that follows an ack is under way."""
    while running := [task for task in asyncio.all_tasks() if task.get_name() == AFTER_ACK]:
        await asyncio.gather(*running, return_exceptions=True)


class Served:
    """A connection whose routes listen on the loopback."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Open the connection and listen."""
        app = web.Application()
        for route in self.connection.routes:
            app.router.add_route(route.method, route.path, route.handler)  # type: ignore[arg-type]  # opaque to the port
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"
        await self.connection.start()

    async def stop(self) -> None:
        """Stop listening and close the connection."""
        if self._runner:
            await self._runner.cleanup()
        await self.connection.stop()


class SlackHarness:
    """One workspace with its bot; also used by the tests that are about Slack alone."""

    def __init__(self, timing: Timing = BRISK) -> None:
        self.clock = FrozenClock(NOON)
        self.fake = FakeSlack(self.clock.now, limits=None)
        self.flows = Flows()
        self.dispatch: Dispatch = self.flows
        self.timing = timing
        self.served: Served | None = None
        self.driver = Driver(self.fake, "", SECRET, self.clock.now, real_time)
        self._last: Ack | None = None
        self._names = 0

    @property
    def settings(self) -> SlackSettings:
        """Return the settings of an adapter in this workspace."""
        token = self.fake.workspace.token
        return SlackSettings(bot_token=token, signing_secret=SECRET, api_url=self.fake.api_url)  # type: ignore[arg-type]  # pydantic wraps secrets

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
        """Build the adapter anew over the same workspace."""
        assert self.served
        await self.served.stop()
        await self.start()

    async def member(self, email: str, name: str) -> Handle:
        """Add a person to the workspace."""
        user = self.fake.add_user(name=name, email=email, tz="America/Toronto")
        conversation = self.fake.dm_channel(user).id
        return Handle(
            person_id="", platform="slack", tenant=self.fake.workspace.id, user=user.id, conversation=conversation
        )

    async def channel(self, *members: Handle) -> Address:
        """Make a channel with the bot in it."""
        self._names += 1
        made = self.fake.add_channel(f"leaders-{self._names}", members=[each.user for each in members])
        return Address("slack", made.id, self.fake.workspace.id)

    async def command(self, who: Handle, name: str, text: str, at: Address | None = None) -> None:
        """Type a slash command."""
        place = at.conversation if at else None
        await self._did(await self.driver.command(who.user, f"/{name}", text, channel=place))

    async def press(self, who: Handle, ref: MessageRef, button: Button) -> None:
        """Press a button of a posted message."""
        posted = self.fake.message(ref.conversation, ref.message)
        assert posted, "the message is gone"
        shown = next(each for each in posted.buttons if (each.text, each.value or "") == (button.label, button.value))
        await self._did(await self.driver.press(who.user, posted, shown.action_id, value=shown.value))

    async def press_told(self, who: Handle, label: str) -> None:
        """Press a button of the newest message that only this person sees, or of one in their own chat."""
        seen: list[Posted | Ephemeral] = [*self.fake.dm(who.user), *self.fake.ephemeral_to(who.user)]
        newest = [each for each in seen if any(button.text == label for button in each.buttons)][-1]
        shown = next(each for each in newest.buttons if each.text == label)
        await self._did(await self.driver.press(who.user, newest, shown.action_id, value=shown.value))

    async def submit(self, who: Handle, values: Values) -> None:
        """Send the modal on a person's screen."""
        await self._did(await self.driver.submit(self.view(who), who.user, values))

    async def suggested(self, who: Handle, field: str, typed: str) -> Sequence[str] | None:
        """Type letters into a menu of the modal; return what it offers."""
        ack = await self.driver.options(who.user, self.view(who), field, typed)
        await self._did(ack)
        return list(ack.options)

    async def _did(self, ack: Ack) -> None:
        assert ack.ok, f"{ack.status} {ack.body}"
        self._last = ack
        await settle()

    async def redeliver(self) -> bool:
        """Send the last request again, as Slack does when the first answer was lost."""
        assert self._last
        await self._did(await self.driver.redeliver(self._last))
        return True

    async def refused(self) -> Mapping[str, int]:
        """Send every kind of request that is not Slack's."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # aiohttp's of a large body sent in one piece
            return {kind: (await self.driver.bad(kind)).status for kind in NOT_GENUINE}

    async def hear_itself(self, at: Address) -> bool:
        """Report a message of the bot's own, once as Slack does now and once without the bot's id."""
        team = self.fake.workspace
        common = {"channel": at.conversation, "channel_type": "im", "text": "status sepsis", "team": team.id}
        await self._did(await self.driver.event("message", user=team.bot_user, bot_id=team.bot_id, **common))
        await self._did(await self.driver.event("message", user=team.bot_user, **common))
        return True

    def fail(self, trouble: Trouble) -> bool:
        """Queue a fault for the next call."""
        kind, facts = FAULTS[trouble]
        self.fake.fault("*", kind, **facts)
        if trouble is Trouble.MAYBE_SENT:
            self.fake.fault("conversations.history", "error", code="missing_scope")
        return True

    def deactivate(self, who: Handle) -> bool:
        """Deactivate a member."""
        self.fake.user(who.user).deleted = True
        return True

    def standing(self, at: Address) -> Sequence[str]:
        """Return the words of the messages in a conversation."""
        return [each.readable for each in self.fake.posted(at.conversation)]

    def told(self, who: Handle) -> Sequence[str]:
        """Return ephemeral words, direct messages and the closing view on the screen."""
        said = [each.readable for each in self.fake.ephemeral_to(who.user)]
        said += [each.readable for each in self.fake.dm(who.user)]
        view = self.fake.modal(who.user)
        return [*said, view.readable] if view and view.callback_id == "closing" else said

    def view(self, who: Handle) -> View:
        """Return the modal on a person's screen."""
        view = self.fake.modal(who.user)
        assert view, "no modal is open"
        return view

    def form(self, who: Handle) -> ShownForm | None:
        """Return the modal on a person's screen as a form."""
        view = self.fake.modal(who.user)
        if view is None or view.callback_id == "closing":
            return None
        inputs = [block for block in view.blocks if block["type"] == "input"]
        state = {**state_of(view.blocks), **view.values}
        words = "\n".join([view.readable, *view.errors.values()])
        labels = tuple(block["label"]["text"] for block in inputs)
        return ShownForm(view.payload["title"]["text"], labels, values_of({"state": {"values": state}}), words)

    def posted(self, ref: MessageRef) -> Posted:
        """Return a message that stands."""
        found = self.fake.message(ref.conversation, ref.message)
        assert found, "the message is gone"
        return found

    def mentioned(self, ref: MessageRef) -> Sequence[str]:
        """Return who is notified: user elements of rich text, and marks in any text that is interpreted."""
        return list(notified(self.posted(ref).blocks))

    def fallback(self, ref: MessageRef) -> str:
        """Return the top-level text."""
        return self.posted(ref).text


def notified(node: object) -> Iterator[str]:
    """Yield every account, group or channel that a piece of Block Kit notifies."""
    if isinstance(node, list):
        yield from (found for each in node for found in notified(each))
    if not isinstance(node, dict):
        return
    if node.get("type") in ("user", "usergroup", "broadcast", "channel"):
        yield next(str(value) for name, value in node.items() if name != "type")
    if node.get("type") == "mrkdwn":
        yield from re.findall("<[!@#]([^>|]*)", node["text"])
    yield from (found for each in node.values() for found in notified(each))


@asynccontextmanager
async def open_harness(timing: Timing = BRISK) -> AsyncIterator[SlackHarness]:
    """Serve the adapter over a fresh workspace, and close everything again."""
    harness = SlackHarness(timing)
    async with harness.fake, harness.driver:
        await harness.start()
        try:
            yield harness
        finally:
            assert harness.served
            await harness.served.stop()
