"""Moving the clock: a week happens in order, each thing at its time, however far the clock is moved at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import Address, MessageRef
from bot.domain.ownership import Role
from bot.domain.people import Handles
from bot.messages.model import Message
from bot.ports import Ports
from scheduler.clock import MovableClock
from scheduler.runner import advance, run_due_once
from storage.engine import Database
from tests.builders import ANA, SEPSIS, WEEK, a_handle, a_portfolio, a_small_world, store
from tests.fakes.recording_platform import RecordingPlatform, Sent

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
NEXT_MONDAY = MONDAY + timedelta(days=7)


class Timed(RecordingPlatform):
    """Notes when each message arrived."""

    def __init__(self, clock: MovableClock) -> None:
        super().__init__()
        self._clock = clock
        self.at: list[datetime] = []

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        ref = await super().send(to, message, people, key)
        self.at.append(self._clock.now())
        return ref

    def story(self) -> list[str]:
        """Return what arrived when, to the minute, in Chicago."""
        return [f"{at.astimezone(CHICAGO):%a %H:%M} {title(one)}" for one, at in zip(self.sent, self.at, strict=True)]


def title(one: Sent) -> str:
    return one.message.title.split(" |")[0]


class Stage:
    def __init__(self, ports: Ports) -> None:
        self.clock = MovableClock(MONDAY)
        self.slack = Timed(self.clock)
        self.ports = replace(ports, clock=self.clock, platforms={"slack": self.slack})

    async def to(self, *instants: datetime) -> list[str]:
        for at in instants:
            await advance(self.clock, at, self.ports)
        return self.slack.story()


@pytest.fixture
async def stage(ports: Ports, sqlite_database: Database) -> Stage:
    await a_small_world(sqlite_database)
    await store(sqlite_database, a_handle(ANA), a_portfolio(digest_channels=(("slack", "C1"),)))
    return Stage(ports)


WEEK_STORY = [
    "Thu 10:00 Weekly check-in 2026-W48",
    "Fri 10:00 Reminder 1 of 2: check-in",
    "Fri 15:00 Reminder 2 of 2: check-in",
    "Mon 08:30 AI PORTFOLIO",
    "Mon 08:30 Details of week 48 (1 of 1)",
]


async def test_a_week_in_one_leap(stage: Stage) -> None:
    assert await stage.to(NEXT_MONDAY) == WEEK_STORY
    async with stage.ports.open_unit_of_work() as uow:
        [prompt] = await uow.check_ins.prompts_of(ANA, WEEK)
    assert (prompt.state, prompt.role, prompt.initiative_id) == (PromptState.MISSED, Role.TECHNICAL_LEAD, SEPSIS)


def every(step: timedelta) -> Iterable[datetime]:
    return (MONDAY + step * n for n in range(1, 7 * 24 * 60) if MONDAY + step * n <= NEXT_MONDAY)


async def test_a_week_in_small_steps_is_the_same_week(stage: Stage) -> None:
    assert await stage.to(*every(timedelta(hours=3)), NEXT_MONDAY) == WEEK_STORY


async def test_running_every_beat_again_changes_nothing(stage: Stage) -> None:
    await stage.to(NEXT_MONDAY)
    before = len(stage.slack.sent)
    async with stage.ports.open_unit_of_work() as uow:
        links = await uow.events.links(0, 1000)
    for _ in range(3):
        await run_due_once(stage.ports)
    async with stage.ports.open_unit_of_work() as uow:
        assert await uow.events.links(0, 1000) == links
    assert len(stage.slack.sent) == before


async def test_a_downtime_of_two_days_is_made_up_for_without_a_storm(stage: Stage) -> None:
    stage.clock.move_to(datetime(2026, 11, 27, 21, 30, tzinfo=UTC))  # Friday 15:30: nothing ran since Monday
    await stage.to(NEXT_MONDAY)
    asked = [line for line in stage.slack.story() if "Mon" not in line]
    assert len(asked) <= 1
