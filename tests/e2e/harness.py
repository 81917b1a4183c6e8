"""One world for each platform: the product on a real database, a clock that is moved, and people who act in chat."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.app import Core, open_core
from bot.dispatch import build_dispatch
from bot.domain.calendar import local_instant
from bot.domain.checkins import AnswerValue, Response
from bot.domain.deliveries import Address
from bot.domain.initiatives import Initiative
from bot.domain.people import Handle, Person
from bot.messages.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Divider,
    Facts,
    Message,
    Note,
    Paragraph,
    Quote,
    plain,
)
from bot.ports import ActionPressed, Interaction, Replace, Reply
from bot.settings import Settings
from scheduler.clock import MovableClock
from scheduler.runner import advance
from tests.contracts.harness import Harness, ShownForm, Values, open_harness
from tests.e2e.people import INITIATIVES, PEOPLE, settle_in
from tests.e2e.recorder import Recorder, Sent

SETTLING = timedelta(seconds=5)
CHICAGO = "America/Chicago"


class World:
    """What a journey does and sees; a message that comes and is not expected makes the journey fail."""

    def __init__(self, core: Core, clock: MovableClock, bench: Harness) -> None:
        self.clock, self.bench = clock, bench
        self.database = core.database
        self.recorder = Recorder(bench.platform, clock)
        self.ports = core.ports.with_platforms({bench.platform.name: self.recorder})
        self.handles: dict[str, Handle] = {}
        self.leaders = Address(bench.platform.name, "")
        self._dispatch = build_dispatch(self.ports)
        bench.dispatch = self._dispatched

    async def _dispatched(self, interaction: Interaction) -> Reply:
        reply = await self._dispatch(interaction)
        if isinstance(reply, Replace) and isinstance(interaction, ActionPressed) and interaction.message:
            self.recorder.changed(interaction.message, reply.message)
        return reply

    # Time

    async def advance(self, day: date, at: str, zone: str = CHICAGO) -> None:
        """Let time pass until a local time of a day; nothing may be waiting to be expected."""
        self.nothing_unexpected()
        await self._until(local_instant(day, time.fromisoformat(at), ZoneInfo(zone)))

    async def pass_over(self, day: date, at: str, zone: str) -> None:
        """Let time pass as `advance` does, whatever comes meanwhile; the engine was off until then."""
        self.clock.move_to(local_instant(day, time.fromisoformat(at), ZoneInfo(zone)))
        await self.settle()
        self.skim()

    def sleep_until(self, day: date, at: str) -> None:
        """Let a weekend pass with the engine off, until a local time in Chicago; nothing is sent."""
        self.clock.move_to(local_instant(day, time.fromisoformat(at), ZoneInfo(CHICAGO)))

    async def settle(self) -> None:
        """Let what is due now be sent."""
        await self._until(self.clock.now() + SETTLING)

    async def _until(self, to: datetime) -> None:
        await advance(self.clock, to, self.ports)
        self.bench.tell_time(self.clock.now())

    # What people do

    async def command(self, person: Person, text: str, at: Address | None = None) -> str:
        """Let a person write a command; return what they are told."""
        name, _, rest = text.lstrip("/").partition(" ")
        before = self._told(person)
        await self.bench.command(self.handles[person.id], name, rest, at)
        return await self._heard(person, before)

    async def press(self, person: Person, label: str, about: str = "") -> str:
        """Let a person press a button of their newest message that has it, beside the words `about`."""
        return await self.press_in(person, self._with_button(person, label, about), label, about)

    async def press_in(self, person: Person, sent: Sent, label: str, about: str = "") -> str:
        """Let a person press a button of a message."""
        button = button_of(sent.message, label, about)
        assert button, f"no {label!r} about {about!r}"
        before = self._told(person)
        await self.bench.press(self.handles[person.id], sent.ref, button)
        return await self._heard(person, before)

    async def fill(self, person: Person, values: Values) -> str:
        """Let a person fill in the form on their screen and send it; return what they are told."""
        before = self._told(person)
        await self.bench.submit(self.handles[person.id], values)
        return await self._heard(person, before)

    async def press_told(self, person: Person, label: str) -> str:
        """Let a person press a button of the answer they were given last."""
        before = self._told(person)
        await self.bench.press_told(self.handles[person.id], label)
        return await self._heard(person, before)

    async def answer(self, person: Person, about: str, values: Values) -> str:
        """Let a person press Answer and send the form."""
        await self.press(person, "Answer", about)
        return await self.fill(person, values)

    # What people see

    def form(self, person: Person) -> ShownForm:
        """Return the form on a person's screen."""
        shown = self.bench.form(self.handles[person.id])
        assert shown, "no form is open"
        return shown

    def has_form(self, person: Person) -> bool:
        """Return whether a form is on a person's screen."""
        return self.bench.form(self.handles[person.id]) is not None

    def messages_to(self, person: Person) -> list[Sent]:
        """Return the messages Steward has sent to a person by itself, as they stand, oldest first."""
        return self.messages_in(self.handles[person.id].conversation or "")

    def messages_in(self, conversation: str) -> list[Sent]:
        """Return the messages Steward has sent to a conversation by itself, as they stand, oldest first."""
        return [each for each in self.recorder.sent if each.ref.conversation == conversation]

    def shows(self, person: Person) -> str:
        """Return every word that stands in a person's direct conversation."""
        return "\n".join(self.bench.standing(self._direct(person)))

    def expect_message(self, person: Person, *containing: str) -> Sent:
        """Take the oldest message to a person that nobody has expected yet; it holds these words, as displayed."""
        return self._expected(self._direct(person), containing)

    def expect_post(self, *containing: str) -> Sent:
        """Take the oldest message in the leaders' channel that nobody has expected yet."""
        return self._expected(self.leaders, containing)

    def _expected(self, at: Address, containing: tuple[str, ...]) -> Sent:
        waiting = [each for each in self.recorder.unexpected if each.ref.conversation == at.conversation]
        assert waiting, f"no new message in {at.conversation}, but {self._unexpected()}"
        self.recorder.unexpected.remove(waiting[0])
        standing = self.bench.standing(at)
        for words in containing:
            assert words in words_of(waiting[0].message), f"{words!r} not in {words_of(waiting[0].message)!r}"
            assert any(words in each for each in standing), f"{words!r} is not displayed: {standing}"
        return waiting[0]

    def skim(self) -> None:
        """Take every message that has come as expected, where a journey is about something else."""
        self.recorder.unexpected.clear()

    def skim_others(self, person: Person) -> None:
        """Take what has come to everybody but one person as expected."""
        mine = self._direct(person).conversation
        self.recorder.unexpected[:] = [each for each in self.recorder.unexpected if each.ref.conversation == mine]

    # What is stored

    def initiative(self, key: str) -> Initiative:
        """Return an initiative by its key."""
        return next(each for each in INITIATIVES if each.key == key)

    async def answers_about(self, initiative: Initiative) -> list[Mapping[str, AnswerValue]]:
        """Return the answers that stand about an initiative, oldest first."""
        return [response.answers for response in await self._responses(initiative)]

    async def revisions_about(self, initiative: Initiative) -> list[tuple[int, str]]:
        """Return revision and author of the answers that stand about an initiative; revisions count from 1."""
        return [(response.revision, response.responder_id) for response in await self._responses(initiative)]

    async def states(self) -> dict[tuple[str, str], str]:
        """Return how each check-in of the first cycle stands, by the first name of who is asked and initiative."""
        async with self.ports.open_unit_of_work() as uow:
            prompts = [prompt for prompt, _ in await uow.check_ins.history()]
            keys = {each.id: each.key for each in await uow.initiatives.all()}
        return {(p.person_id.split("-")[0].upper(), keys[p.initiative_id]): p.state.value for p in prompts}

    async def _responses(self, initiative: Initiative) -> list[Response]:
        async with self.ports.open_unit_of_work() as uow:
            history = await uow.check_ins.history()
        found = [response for prompt, response in history if response and prompt.initiative_id == initiative.id]
        return sorted(found, key=lambda response: response.submitted_at)

    def nothing_unexpected(self) -> None:
        """Fail when a message has come that nobody has expected."""
        assert not self._unexpected()

    def _unexpected(self) -> list[str]:
        return [f"{each.at} {each.ref.conversation}: {words_of(each.message)}" for each in self.recorder.unexpected]

    def _direct(self, person: Person) -> Address:
        handle = self.handles[person.id]
        return Address(handle.platform, handle.conversation or "", handle.tenant)

    def _told(self, person: Person) -> Counter[str]:
        return Counter(self.bench.told(self.handles[person.id]))

    async def _heard(self, person: Person, before: Counter[str]) -> str:
        heard = "\n".join((self._told(person) - before).elements())
        await self.settle()
        return heard

    def _with_button(self, person: Person, label: str, about: str) -> Sent:
        found = [each for each in self.messages_to(person) if button_of(each.message, label, about)]
        assert found, f"{person.name} has no button {label!r} about {about!r}: {self.shows(person)}"
        return found[-1]


def button_of(message: Message, label: str, about: str) -> Button | None:
    """Return the button with a label in the row under the paragraph that holds the words `about`."""
    for above, row in itertools.pairwise((Paragraph(()), *message.blocks)):
        if isinstance(row, Actions) and about in "\n".join(_lines(above)):
            found = [button for button in row.buttons if button.label == label]
            if found:
                return found[0]
    return None


def words_of(message: Message) -> str:
    """Return the words of a message, a line for each part."""
    return "\n".join([message.title, *(line for block in message.blocks for line in _lines(block))])


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text) | Note(text):
            yield plain(text)
        case Quote(words):
            yield words
        case Bullets(items):
            yield from map(plain, items)
        case Facts(pairs):
            yield from (f"{label} {plain(value)}" for label, value in pairs)
        case Actions(buttons):
            yield " ".join(f"[{button.label}]" for button in buttons)
        case Divider():
            pass


@asynccontextmanager
async def open_world(platform: str, database: str, start: datetime) -> AsyncIterator[World]:
    """Give a world on a platform that begins at an instant, with everybody's account there."""
    clock = MovableClock(start.astimezone(UTC))
    settings = Settings(database_url=database)
    async with open_harness(platform) as bench, open_core(settings, clock) as core:
        bench.tell_time(start)
        world = World(core, clock, bench)
        for person in PEOPLE:
            world.handles[person.id] = await bench.member(person.email or "", person.name)
        world.leaders = await bench.channel(*world.handles.values())
        await settle_in(core.database, ((platform, world.leaders.conversation),))
        yield world
        world.nothing_unexpected()
