"""What other bots are known to lose, double or send at the wrong hour, played on this one."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from benchmarks.acting import Crew, asks_of, direct
from bot.app import Core, open_core
from bot.cli.simulation import staged
from bot.domain.checkins import PromptState
from bot.domain.deliveries import WAITING, DeliveryState
from bot.domain.ids import PersonId
from bot.domain.ownership import OWNER_ROLES, Role
from bot.errors import RateLimited
from bot.messages.foreseen import Arrival
from bot.messages.model import Action
from bot.ports import Ports
from bot.settings import Settings
from scheduler.clock import MovableClock
from scheduler.runner import advance
from tests.builders import a_handle, a_person, a_portfolio, an_assignment, an_initiative, an_organisation, store
from tests.fakes.recording_platform import RecordingPlatform
from tests.lengths import WEEKS

MONDAY = datetime(2026, 11, 2, 5, tzinfo=UTC)
ZONES = (
    "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai", "Africa/Cairo",
    "Europe/Berlin", "Europe/London", "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Los_Angeles",
)  # fmt: skip


class Stage:
    """An organisation in Chicago without public holidays, on a database and a clock of its own."""

    def __init__(self, core: Core, clock: MovableClock) -> None:
        self.core, self.clock, self.play = core, clock, staged(core, clock, ["slack"])

    @property
    def ports(self) -> Ports:
        """Return the ports of the simulation."""
        return self.play.ports

    async def employs(self, *zones: str, roles: tuple[Role, ...] = OWNER_ROLES) -> list[PersonId]:
        """Let an owner in each zone hold a role, three to an initiative; return who they are."""
        people = [a_person(f"Owner {n}", email=f"owner{n}@x.example", timezone=zone) for n, zone in enumerate(zones)]
        await store(self.core.database, an_organisation(country=None), a_portfolio(), *people)
        for n, person in enumerate(people):
            account = a_handle(person.id, conversation=direct(person.id))
            one = an_initiative(f"KEY{n // len(roles)}")
            role = roles[n % len(roles)]
            held = an_assignment(one.id, role, person.id, valid_from=date(2026, 1, 1))
            await store(self.core.database, account, one, held)
        return [person.id for person in people]

    async def lives(self, until: datetime, ports: Ports | None = None) -> None:
        """Let time pass with everything that is due."""
        await advance(self.clock, until, ports or self.ports)

    async def states(self, cycle: str = "") -> Counter[PromptState]:
        """Return how many check-ins are in each state."""
        async with self.ports.open_unit_of_work() as uow:
            return Counter(prompt.state for prompt, _ in await uow.check_ins.history() if cycle in ("", prompt.cycle))


@pytest.fixture
def settings(sqlite_url: str) -> Settings:
    """An empty database of one's own."""
    return Settings.model_construct(database_url=sqlite_url)


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    """Monday 2 November 2026, before anybody works."""
    clock = MovableClock(MONDAY)
    async with open_core(settings, clock, alone=True) as core:
        yield Stage(core, clock)


def local(one: Arrival, zone: str) -> str:
    """Return when a message came on its reader's clock."""
    return f"{one.at.astimezone(ZoneInfo(zone)):%a %H:%M}"


async def test_weeks_answered_at_random_times_are_one_cycle_each_without_a_miss(stage: Stage) -> None:
    await stage.employs(ZONES[0], ZONES[-1])
    chance, asked = random.Random(104), Counter[str]()

    def heard(who: PersonId, arrival: Arrival) -> None:
        for prompt in asks_of(arrival):
            asked[prompt] += 1
            if asked[prompt] == 1:  # between a minute and two days later, well before silence counts as a miss
                crew.after(timedelta(minutes=chance.uniform(1, 2880)), partial(crew.answer, who, prompt))

    crew = Crew(stage.play, chance, heard)
    arrived = await crew.live(MONDAY + timedelta(weeks=WEEKS))
    assert await stage.states() == {PromptState.ANSWERED: 2 * WEEKS}
    firsts = Counter(who for who, one in arrived if one.message.title.startswith("Weekly check-in"))
    assert set(firsts.values()) == {WEEKS}
    assert not [one for _, one in arrived if any(crew.answered.get(p, one.at) < one.at for p in asks_of(one))]


async def test_I_35_the_local_hour_is_constant_in_twelve_zones_through_both_changes(settings: Settings) -> None:  # noqa: N802
    clock = MovableClock(datetime(2026, 10, 18, 12, tzinfo=UTC))
    async with open_core(settings, clock, alone=True) as core:
        stage = Stage(core, clock)
        who = await stage.employs(*ZONES)
        await stage.lives(datetime(2026, 11, 9, tzinfo=UTC))
        asking = ("Weekly check-in", "Reminder")  # what climbs because nobody answers is another matter
        arrived = [one for one in stage.play.taken() if one.message.fallback.startswith(asking)]
    assert len(arrived) == 12 * 3 * 3
    for person, zone in zip(who, ZONES, strict=True):
        mine = [local(one, zone) for one in arrived if one.to.conversation == direct(person)]
        assert mine == ["Thu 10:00", "Fri 10:00", "Fri 15:00"] * 3, zone


async def test_a_restart_with_sixty_reminders_pending_keeps_them_all(settings: Settings) -> None:
    clock = MovableClock(MONDAY)
    async with open_core(settings, clock, alone=True) as core:
        first = Stage(core, clock)
        await first.employs(*["Europe/Berlin"] * 60)
        await first.lives(datetime(2026, 11, 5, 12, tzinfo=UTC))  # asked on Thursday; the reminders wait
        assert len(first.play.taken()) == 60
    async with open_core(settings, clock, alone=True) as core:
        again = Stage(core, clock)
        await again.lives(datetime(2026, 11, 6, 12, tzinfo=UTC))
        reminded = Counter(one.to.conversation for one in again.play.taken())
    assert len(reminded) == 60
    assert set(reminded.values()) == {1}


async def test_down_in_the_due_hour_it_is_sent_once_on_return(stage: Stage) -> None:
    await stage.employs("America/Chicago", roles=(Role.TECHNICAL_LEAD,))
    await stage.lives(datetime(2026, 11, 5, 15, tzinfo=UTC))  # Thursday 09:00 in Chicago
    stage.clock.move_to(datetime(2026, 11, 5, 20, tzinfo=UTC))  # nothing ran from 09:00 to 14:00
    await stage.lives(datetime(2026, 11, 6, 14, tzinfo=UTC))
    assert [local(one, "America/Chicago") for one in stage.play.taken()] == ["Thu 14:00"]


async def test_down_past_the_whole_cycle_it_is_recorded_as_not_delivered_and_nobody_is_blamed(stage: Stage) -> None:
    [ana] = await stage.employs("America/Chicago", roles=(Role.TECHNICAL_LEAD,))
    await stage.lives(datetime(2026, 11, 5, 15, tzinfo=UTC))
    stage.clock.move_to(datetime(2026, 11, 10, 15, tzinfo=UTC))  # Tuesday: the cycle has closed
    await stage.lives(datetime(2026, 11, 10, 16, tzinfo=UTC))
    assert stage.play.taken() == []
    assert await stage.states() == {PromptState.FAILED: 1}
    async with stage.ports.open_unit_of_work() as uow:
        rows = await uow.deliveries.history_of(ana, MONDAY)
    assert {(row.state, row.reason) for row in rows} == {(DeliveryState.SUPERSEDED, "expired")}


async def test_one_429_delays_a_message_and_loses_none(stage: Stage) -> None:
    await stage.employs("America/Chicago", "America/Chicago", "America/Chicago")
    slack = RecordingPlatform()
    slack.fail("send", RateLimited(30))
    ports = stage.core.ports.with_platforms({"slack": slack})
    await stage.lives(datetime(2026, 11, 5, 17, tzinfo=UTC), ports)
    assert sorted(one.to.conversation for one in slack.sent) == [direct(f"owner-{n}") for n in range(3)]
    assert slack.calls["send"] == 4
    async with ports.open_unit_of_work() as uow:
        waiting = [row for n in range(3) for row in await uow.deliveries.of_person(f"owner-{n}", MONDAY)]
    assert not [row for row in waiting if row.state in WAITING and row.not_before <= stage.clock.now()]


async def test_a_check_in_is_put_off_once_and_that_is_on_record(stage: Stage) -> None:
    [ana] = await stage.employs("America/Chicago", roles=(Role.TECHNICAL_LEAD,))
    said: list[str] = []

    def heard(who: PersonId, arrival: Arrival) -> None:
        said.append(f"{local(arrival, 'America/Chicago')} {arrival.message.title.partition(' 2026')[0]}")
        for prompt in asks_of(arrival):
            crew.after(timedelta(minutes=5), partial(put_off, who, prompt))

    async def put_off(who: PersonId, prompt: str) -> None:
        await crew.press(who, Action.CHECKIN_SNOOZE, prompt)

    crew = Crew(stage.play, random.Random(1), heard)
    await crew.live(datetime(2026, 11, 9, tzinfo=UTC))
    assert said == ["Thu 10:00 Weekly check-in", "Fri 15:00 Reminder 2 of 2: check-in"]
    async with stage.ports.open_unit_of_work() as uow:
        links = await uow.events.links(0, 1000)
        [prompt] = await uow.check_ins.prompts_of(ana, "2026-W45")
    assert [link.actor_id for link in links if link.action == "checkin.snoozed"] == [ana]
    assert prompt.snoozed
