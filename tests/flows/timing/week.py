"""One person's week as Hypothesis plays it: they answer, snooze, hand over, go away, travel, and the clock is wrong."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.domain.calendar import local_date, local_instant
from bot.domain.checkins import OPEN, Prompt
from bot.domain.deliveries import Address, DeliveryKind, MessageRef, planned
from bot.domain.ids import new_id
from bot.domain.ownership import AssignmentState
from bot.domain.people import Handles
from bot.domain.policy import Policy
from bot.errors import PlatformUnavailable, UserError
from bot.flows import checkins, cycles, ownership
from bot.flows.calendars import hours_of
from bot.flows.delivery import deliver_due
from bot.flows.people import identify
from bot.flows.presence import absences, replanning
from bot.messages.model import Action, Message, buttons_of
from bot.ports import Command, OpenForm
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import ANA, a_handle, a_person, an_assignment, an_initiative, make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import UNPACED
from tests.flows.world import CLEO, World

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
ZONES = ("America/Chicago", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Honolulu", "Europe/London")
GOOD = {"rag_model": "Green", "blocker_tech": "none"}
MOST_A_DAY = 3
STEP = timedelta(hours=8)
LAST = MONDAY + timedelta(days=12)
"""The end of the play: the cycle of the next week has come by then."""
Value = TypeVar("Value")


@dataclass(frozen=True)
class Read:
    """A message as it reached somebody: when, and of which cycle the number, 0 for the one that asks."""

    at: datetime
    message: Message
    number: int | None
    cycle: str


class Watched(RecordingPlatform):
    """A platform that shows the week every message that arrives, those whose answer is lost too."""

    def __init__(self, name: str, week: "Week") -> None:
        super().__init__(name)
        self._week = week

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        before = len(self.sent)
        try:
            return await super().send(to, message, people, key)
        finally:
            if len(self.sent) > before:
                await self._week.arrives(to.conversation.partition("U-")[2], message, key)


class Week(RuleBasedStateMachine):
    """
    Ana leads two initiatives and is on two platforms; `template` is a migrated SQLite file, `most_a_day` the budget.

    What a message breaks is kept in `broken`, because the engine takes an error while sending as the platform's.
    """

    template: Path
    most_a_day = MOST_A_DAY

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        self._database: Database | None = None
        self.read: dict[str, list[Read]] = {}
        self.broken: list[str] = []
        self.keys: set[str] = set()
        self.clock = FrozenClock(MONDAY)

    def teardown(self) -> None:
        """Give everything back."""
        if self._database:
            self._runner.run(self.world.ports.reads.close())  # type: ignore[attr-defined]  # SqlReads has it
            self._runner.run(self._database.close())
        self._runner.close()
        self._folder.cleanup()

    def _do(self, act: Coroutine[Any, Any, Value]) -> Value:
        done = self._runner.run(act)
        assert not self.broken, "; ".join(self.broken)
        return done

    @initialize()
    def begin(self) -> None:
        """Settle the small organisation, its people on two platforms."""
        path = shutil.copy(self.template, Path(self._folder.name) / "steward.db")
        self._do(self._begin(f"sqlite:///{path}"))

    async def _begin(self, url: str) -> None:
        self._database = Database.at(url)
        ports = make_ports(self._database, self.clock, reads=SqlReads(self._database))
        self.world = await World(self._database, ports, self.clock).settle()
        await self.world.has(a_person(timezone="America/Chicago"), a_handle(timezone="America/Chicago"))
        await self.world.has(a_handle(platform="teams"), a_handle(CLEO, platform="teams"))
        await self.world.has(an_initiative("SCRIBE"), an_assignment("initiative-scribe"))
        delivery = replace(Policy().delivery, paces=UNPACED, messages_per_person_and_day=self.most_a_day)
        self.platforms = {name: Watched(name, self) for name in ("slack", "teams")}
        self.world.ports = replace(
            self.world.ports, platforms=self.platforms, policy=replace(Policy(), delivery=delivery)
        )

    # What holds of every message

    async def arrives(self, who: str, message: Message, key: str) -> None:
        """Note what a message breaks that reaches somebody; one sent again in doubt is the same message."""
        if key in self.keys:
            return
        self.keys.add(key)
        person, now = await self.world.person(who), self.clock.now()
        async with self.world.ports.open_unit_of_work() as uow:
            organisation = await uow.people.organisation()
            assert organisation
            hours = hours_of(person, organisation, self.world.ports.holidays)
            away = await uow.people.absences([who], *2 * (local_date(now, hours.zone),))
            answering = [button.value for button in buttons_of(message) if button.label == "Answer"]
            prompts = [prompt for each in answering if (prompt := await uow.check_ins.prompt(each))]
        self._expect(hours.allowed(now), f"I-18: {who} is written to at {now.astimezone(hours.zone)}")
        self._expect(not away, f"I-18: {who} is away at {now.astimezone(hours.zone)}")
        arrived = Read(now, message, _number(message), prompts[0].cycle if prompts else "")
        before = self.read.setdefault(who, [])
        midnight = local_instant(local_date(now, hours.zone), time(0), hours.zone)
        today = [each for each in before if each.at >= midnight]
        self._expect(len(today) < MOST_A_DAY, f"I-19: message {len(today) + 1} of a day to {who}")
        if arrived.number is not None:
            self._check_asking(who, arrived, prompts)
        before.append(arrived)

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.broken.append(otherwise)

    def _check_asking(self, who: str, arrived: Read, prompts: list[Prompt]) -> None:
        kind = (arrived.cycle, arrived.number)
        again = any((each.cycle, each.number) == kind for each in self.read[who])
        self._expect(not again, f"I-19: {who} gets message {arrived.number} of {arrived.cycle} again")
        self._expect(bool(prompts), f"I-20: {who} is asked although nothing is open")
        for prompt in prompts:
            waits = prompt.state in OPEN and prompt.person_id == who
            self._expect(waits, f"I-20: {who} is asked what is {prompt.state} of {prompt.person_id}")
            snoozed = prompt.snoozed and arrived.number == 1
            self._expect(not snoozed, f"I-20: {who} is reminded of what is snoozed")

    # What happens

    @rule(minutes=st.sampled_from([1, 7, 60, 60, 180, 420]))
    def time_passes(self, minutes: int) -> None:
        """Let time pass with the engine running, a round at least every hour."""
        self._do(self._pass(timedelta(minutes=minutes)))

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        """Let days pass with the engine running."""
        self._do(self._pass(timedelta(days=days)))

    async def _pass(self, span: timedelta) -> None:
        until = min(self.clock.now() + span, LAST)
        while self.clock.now() < until:
            async with self.world.ports.open_unit_of_work() as uow:
                due = await uow.deliveries.next_due() or until
            now = self.clock.now()
            self.clock.set(min(until, now + STEP, max(due, now + timedelta(minutes=1))))
            await self._round()

    async def _round(self) -> None:
        for beat in (cycles.close_due, cycles.open_due, replanning.check_hours):
            await beat(self.world.ports)
        while await deliver_due(self.world.ports, "w1"):
            continue

    @rule(hours=st.sampled_from([1, 5, 20, 50]))
    def the_engine_is_down(self, hours: int) -> None:
        """Let time pass with nothing running, then go on."""
        self.clock.set(max(self.clock.now(), min(LAST, self.clock.now() + timedelta(hours=hours))))
        self._do(self._round())

    @rule(minutes=st.sampled_from([-600, -90, -1, 90, 300]))
    def the_clock_is_set(self, minutes: int) -> None:
        """Set the clock wrong, or right again."""
        self.clock.set(max(MONDAY, self.clock.now() + timedelta(minutes=minutes)))

    @rule(zone=st.sampled_from(ZONES))
    def ana_travels(self, zone: str) -> None:
        """Let Ana's account tell another zone."""
        self._do(self._travel(zone))

    async def _travel(self, zone: str) -> None:
        async with self.world.ports.open_unit_of_work() as uow:
            await identify(replace(self.world.sender(), timezone=zone), uow, self.world.ports)
            await uow.commit()

    @rule(zone=st.sampled_from(ZONES))
    def ana_is_moved(self, zone: str) -> None:
        """Let her zone change where nobody replans: an import by another program."""
        self._do(self._move(zone))

    async def _move(self, zone: str) -> None:
        await self.world.has(replace(await self.world.person(ANA), timezone=zone))

    @rule(which=st.integers(0, 3), who=st.sampled_from([ANA, CLEO]))
    def somebody_answers(self, which: int, who: str) -> None:
        """Let somebody answer what is open of theirs, if anything is."""
        self._do(self._act(which, who, Action.CHECKIN_ANSWER))

    @rule(which=st.integers(0, 3), who=st.sampled_from([ANA, CLEO]))
    def somebody_snoozes(self, which: int, who: str) -> None:
        """Let somebody put off what is open of theirs."""
        self._do(self._act(which, who, Action.CHECKIN_SNOOZE))

    async def _act(self, which: int, who: str, what: Action) -> None:
        mine = await self._open_of(who)
        if not mine:
            return
        prompt = mine[which % len(mine)]
        with suppress(UserError):
            if what is Action.CHECKIN_ANSWER:
                await self.world.answered(prompt, GOOD, who)
                assert (await self._stored(prompt)).state not in OPEN
            else:
                await self.world.act(checkins.snooze, self.world.pressed(what, prompt.id, who), who)
                assert (await self._stored(prompt)).snoozed
        await self._round()

    async def _open_of(self, who: str) -> list[Prompt]:
        async with self.world.ports.open_unit_of_work() as uow:
            asked = [await uow.check_ins.prompts_of(who, each.key) for each in await uow.check_ins.newest_cycles(1)]
            return [prompt for prompts in asked for prompt in prompts if prompt.state in OPEN]

    async def _stored(self, prompt: Prompt) -> Prompt:
        async with self.world.ports.open_unit_of_work() as uow:
            found = await uow.check_ins.prompt(prompt.id)
        assert found
        return found

    @rule(which=st.integers(0, 3), giver=st.sampled_from([ANA, CLEO]))
    def a_role_changes_hands(self, which: int, giver: str) -> None:
        """Let Ana or Cleo hand a role over to the other, who accepts it."""
        self._do(self._hand_over(which, giver, CLEO if giver == ANA else ANA))

    async def _hand_over(self, which: int, giver: str, taker: str) -> None:
        mine = await self._open_of(giver)
        if not mine:
            return
        with suppress(UserError):
            pressed = self.world.pressed(Action.CHECKIN_NOT_MINE, mine[which % len(mine)].id, giver)
            form = await self.world.act(ownership.not_mine, pressed, giver)
            assert isinstance(form, OpenForm)
            sent = self.world.sent(form, {"to": f"{taker}@northlake.example", "reason": "overload"}, giver)
            await self.world.act(ownership.hand_over, sent, giver)
            await self._accept(taker)
        await self._round()

    async def _accept(self, who: str) -> None:
        async with self.world.ports.open_unit_of_work() as uow:
            held = await uow.ownership.held_by(who)
        for each in held:
            if each.state is AssignmentState.PROPOSED:
                await self.world.act(ownership.accept_role, self.world.pressed(Action.ROLE_ACCEPT, each.id, who), who)

    @rule(first=st.integers(0, 3), length=st.integers(0, 5), delegate=st.sampled_from(["", "Cleo Ray", "Ben Vale"]))
    def ana_is_away(self, first: int, length: int, delegate: str) -> None:
        """Let Ana say that she is away."""
        self._do(self._say_away(first, length, delegate))

    async def _say_away(self, first: int, length: int, delegate: str) -> None:
        person = await self.world.person(ANA)
        begins = local_date(self.clock.now(), ZoneInfo(person.timezone or "UTC")) + timedelta(days=first)
        await self._say(absences.away, f"away {begins}..{begins + timedelta(days=length)} {delegate}")

    @rule()
    def ana_is_back(self) -> None:
        """Let Ana say that she is back."""
        self._do(self._say(absences.back, "back"))

    async def _say(self, flow: Any, text: str) -> None:  # noqa: ANN401 - a flow
        with suppress(UserError):
            await self.world.act(flow, Command(sender=self.world.sender(), name="ai", text=text, id=text))
        await self._round()

    @rule(count=st.integers(1, 3), who=st.sampled_from([ANA, CLEO]))
    def something_else_is_to_be_told(self, count: int, who: str) -> None:
        """Plan notices that nothing bundles, which take places of the day."""
        self._do(self._tell(count, who))

    async def _tell(self, count: int, who: str) -> None:
        now = self.clock.now()
        for _ in range(count):
            subject = f"workspace:elsewhere:{new_id(now)}"
            until = now + timedelta(days=3)
            await self.world.has(
                planned(DeliveryKind.ADMIN_NOTICE, subject, who, to=who, not_before=now, expires_at=until)
            )
        await self._round()

    @rule(platform=st.sampled_from(["slack", "teams"]), lost=st.booleans())
    def the_platform_stumbles(self, platform: str, lost: bool) -> None:
        """Let the next message be refused, or taken with the answer lost."""
        if lost:
            self.platforms[platform].lose("send", PlatformUnavailable("reset", maybe_sent=True))
        else:
            self.platforms[platform].fail("send", PlatformUnavailable("refused"))

    @rule(platform=st.sampled_from(["slack", "teams", None]))
    def ana_prefers_a_platform(self, platform: str | None) -> None:
        """Let Ana be written to somewhere else."""
        self._do(self._prefer(platform))

    async def _prefer(self, platform: str | None) -> None:
        await self.world.has(replace(await self.world.person(ANA), preferred_platform=platform))


def _number(message: Message) -> int | None:
    """Return which message of the cycle this is, 0 for the one that asks; None for one about something else."""
    if message.title.startswith("Weekly check-in"):
        return 0
    return int(message.title.split()[1]) if message.title.startswith("Reminder") else None
