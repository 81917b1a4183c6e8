"""Each platform keeps its own pace, and Teams one message at a time in a conversation."""

import asyncio
import itertools
from datetime import datetime, timedelta

from bot.domain.deliveries import DeliveryState
from bot.domain.ownership import Role
from bot.flows.delivery import deliver_due
from tests.builders import ANA, WEEK, a_prompt
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.office import Office
from tests.flows.platforms.moving import (
    NUDGE,
    PROMPT,
    known_on_teams,
    prefers,
    row_states,
)
from tests.flows.world import BEN, CLEO, DANA, World

# Pacing


async def paced(office: Office, platform: RecordingPlatform, step: timedelta, most: int) -> list[datetime]:
    """Return when each message was sent, the clock moved in steps."""
    times: list[datetime] = []
    for _ in range(1000):
        if len(platform.sent) == most:
            break
        await office.until_idle()
        times += [office.clock.now()] * (len(platform.sent) - len(times))
        office.clock.advance(seconds=step.total_seconds())
    return times


async def test_each_platform_keeps_its_own_pace(
    world: World, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    office = Office(world, slack, teams)
    await known_on_teams(office, ANA, BEN, CLEO, DANA)
    roles = ((ANA, Role.TECHNICAL_LEAD), (BEN, Role.OPERATIONS_LEADER), (DANA, Role.BUSINESS_SPONSOR))
    for who, role in roles:
        await prefers(office, who, "teams")
        await office.world.has(a_prompt(role=role, person_id=who))
        await office.plans(NUDGE, WEEK, who, "1", to=who)
        await office.plans(NUDGE, WEEK, who, "2", to=who)
    times = await paced(office, teams, timedelta(milliseconds=10), 6)
    assert all(later - earlier >= timedelta(milliseconds=40) for earlier, later in itertools.pairwise(times))
    assert times[-1] - times[0] <= timedelta(seconds=1)
    mine = [at for at, one in zip(times, teams.sent, strict=True) if one.to.conversation == direct(f"T-{ANA}")]
    assert mine[1] - mine[0] >= timedelta(milliseconds=200)


async def test_a_teams_conversation_has_one_message_in_flight_also_of_two_workers(
    world: World, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    office = Office(world, slack, teams)
    await known_on_teams(office, ANA)
    await prefers(office, ANA, "teams")
    await office.world.asks()
    rows = [await office.plans(PROMPT)]
    sending, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        sending.set()
        await go_on.wait()

    teams.fail("send", slowly)
    first = asyncio.create_task(deliver_due(office.ports, "w1"))
    await sending.wait()
    office.clock.advance(seconds=1)
    rows.append(await office.plans(NUDGE, WEEK, ANA, "1"))
    await deliver_due(office.ports, "w2")
    assert await row_states(office, rows) == [DeliveryState.SENDING, DeliveryState.PENDING]
    assert teams.calls["send"] == 1
    go_on.set()
    await first
    office.clock.advance(seconds=10)
    await office.until_idle()
    assert await row_states(office, rows) == [DeliveryState.SENT, DeliveryState.SENT]


async def test_a_slow_lane_on_one_platform_does_not_slow_the_other(
    world: World, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    office = Office(world, slack, teams)
    async with office.ports.open_unit_of_work() as uow:
        await uow.deliveries.pause("slack:posts", office.clock.now() + timedelta(seconds=30))
        await uow.commit()
    await known_on_teams(office, BEN)
    await prefers(office, BEN, "teams")
    await office.world.asks()
    await office.world.has(a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN))
    waiting, going = await office.plans(PROMPT), await office.plans(PROMPT, to=BEN)
    await office.until_idle()
    assert (await office.row(going)).state is DeliveryState.SENT
    stored = await office.row(waiting)
    assert (stored.state, stored.reason) == (DeliveryState.PENDING, "paced")
