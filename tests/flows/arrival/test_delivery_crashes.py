"""Sending when workers die, freeze or crowd: a message leaves at most once, and at a pace the platform bears."""

import itertools
from datetime import datetime, timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.ownership import Role
from tests.builders import ANA, WEEK, a_prompt
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import Killed, Office
from tests.flows.world import BEN, DANA, World

PROMPT, NUDGE, UPDATE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE, DeliveryKind.CHECKIN_UPDATE


async def test_a_worker_killed_after_the_message_left_never_posts_twice(office: Office) -> None:
    await office.world.asks(state=PromptState.SCHEDULED)
    row = await office.plans(PROMPT)
    office.slack.lose("send", Killed())
    with pytest.raises(Killed):
        await office.deliver("w1")
    assert (await office.row(row)).state is DeliveryState.SENDING

    assert await office.deliver("w2") == 0  # the lease still runs
    office.clock.advance(seconds=61)
    await office.deliver("w2")

    stored = await office.row(row)
    assert (stored.state, stored.reason) == (DeliveryState.UNKNOWN, "interrupted")
    assert len(office.slack.sent) == 1
    assert (await office.world.prompt()).state is PromptState.SCHEDULED


async def test_a_worker_killed_before_the_message_left_is_no_different_for_who_comes_next(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.slack.fail("send", Killed())
    with pytest.raises(Killed):
        await office.deliver()
    office.clock.advance(seconds=61)
    await office.deliver("w2")
    assert (await office.row(row)).state is DeliveryState.UNKNOWN


async def test_a_row_only_leased_by_a_dead_worker_is_simply_sent(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    async with office.ports.open_unit_of_work() as uow:
        await uow.deliveries.claim(office.clock.now(), "dead", timedelta(minutes=1), 10)
        await uow.commit()
    office.clock.advance(seconds=61)
    await office.deliver("w2")
    assert (await office.row(row)).state is DeliveryState.SENT


async def test_a_change_is_repeated_when_its_worker_was_killed(office: Office) -> None:
    prompt = await office.world.asks()
    await office.plans(PROMPT)
    await office.deliver()
    update = await office.plans(UPDATE, WEEK, ANA, prompt.id, "r1")
    office.slack.lose("update", Killed())
    with pytest.raises(Killed):
        await office.deliver()
    office.clock.advance(seconds=61)
    await office.deliver("w2")
    assert (await office.row(update)).state is DeliveryState.SENT


async def test_a_worker_that_slept_past_its_lease_changes_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)

    async def another_takes_over() -> None:
        office.clock.advance(seconds=61)
        await office.deliver("w2")

    office.slack.fail("send", another_takes_over)
    await office.deliver("w1")
    assert (await office.row(row)).state is DeliveryState.UNKNOWN
    assert len(office.slack.sent) == 1
    assert "delivery.lease_lost" in caplog.messages


async def test_one_conversation_gets_one_message_a_second_and_a_workspace_three(
    world: World, slack: RecordingPlatform
) -> None:
    office = Office(world, slack)
    await office.world.asks()
    for who, role in ((BEN, Role.OPERATIONS_LEADER), (DANA, Role.BUSINESS_SPONSOR)):
        await office.world.has(a_prompt(role=role, person_id=who))
    for who in (ANA, BEN, DANA):
        await office.plans(PROMPT, to=who)
        await office.plans(NUDGE, WEEK, who, "1", to=who)
    times: list[datetime] = []
    while len(slack.sent) < 6:
        await office.until_idle()
        times += [office.clock.now()] * (len(slack.sent) - len(times))
        office.clock.advance(milliseconds=111)
    assert all(later - earlier >= timedelta(milliseconds=333) for earlier, later in itertools.pairwise(times))
    by_chat: dict[str, list[datetime]] = {}
    for one, at in zip(slack.sent, times, strict=True):
        by_chat.setdefault(one.to.conversation, []).append(at)
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in by_chat.values())


async def test_an_interactive_change_does_not_queue_behind_a_flood_of_prompts(
    world: World, slack: RecordingPlatform
) -> None:
    office = Office(world, slack)
    prompt = await office.world.asks()
    await office.plans(PROMPT)
    await office.until_idle()
    office.clock.advance(seconds=5)
    await office.plans(PROMPT, to=BEN)
    await office.plans(PROMPT, to=DANA)
    await office.world.has(a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN))
    update = await office.plans(UPDATE, WEEK, ANA, prompt.id, "r1")
    await office.deliver()
    assert (await office.row(update)).state is DeliveryState.SENT
