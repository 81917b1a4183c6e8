"""Sending when workers die, freeze or crowd: a message leaves at most once, and at a pace the platform bears."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.domain.ownership import Role
from bot.errors import PlatformUnavailable, RateLimited
from tests.builders import ANA, WEEK, a_prompt
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import Killed, Office
from tests.flows.world import BEN, DANA, World

PROMPT, NUDGE, UPDATE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE, DeliveryKind.CHECKIN_UPDATE


async def killed(office: Office) -> Delivery:
    """Let a worker die while it sends a check-in, and its lease run out; return the row."""
    row = await office.plans(PROMPT)
    with pytest.raises(Killed):
        await office.deliver("w1")
    assert (await office.row(row)).state is DeliveryState.SENDING
    assert await office.deliver("w2") == 0  # the lease still runs
    office.clock.advance(seconds=61)
    return row


async def test_a_worker_killed_after_the_message_left_is_found_out_and_never_posts_twice(office: Office) -> None:
    await office.world.asks(state=PromptState.SCHEDULED)
    office.slack.lose("send", Killed())
    row = await killed(office)
    await office.deliver("w2")
    stored = await office.row(row)
    assert (stored.state, stored.ref) == (DeliveryState.SENT, office.slack.sent[0].ref)
    assert len(office.slack.sent) == 1
    assert (await office.world.prompt()).state is PromptState.SENT


async def test_a_worker_killed_before_the_message_left_loses_nothing(office: Office) -> None:
    await office.world.asks()
    office.slack.fail("send", Killed())
    row = await killed(office)
    await office.deliver("w2")
    assert (await office.row(row)).state is DeliveryState.SENT
    assert len(office.slack.sent) == 1


@pytest.mark.parametrize("arrived", [True, False])
async def test_where_the_platform_cannot_tell_nothing_is_repeated(office: Office, arrived: bool) -> None:
    await office.world.asks()
    office.slack.reads_back = False
    (office.slack.lose if arrived else office.slack.fail)("send", Killed())
    row = await killed(office)
    await office.deliver("w2")
    office.clock.advance(hours=1)
    await office.until_idle()
    stored = await office.row(row)
    assert (stored.state, len(office.slack.sent)) == (DeliveryState.UNKNOWN, int(arrived))


async def test_a_look_up_that_fails_is_made_another_time(office: Office) -> None:
    await office.world.asks()
    office.slack.lose("send", Killed())
    office.slack.fail("find_sent", PlatformUnavailable("down"), RateLimited(30))
    row = await killed(office)
    for _ in range(20):
        await office.deliver("w2")
        office.clock.advance(seconds=30)
    assert (await office.row(row)).state is DeliveryState.SENT
    assert office.slack.calls["find_sent"] == 3
    assert office.slack.calls["send"] == 1


async def test_look_ups_are_rationed(world: World, slack: RecordingPlatform) -> None:
    office = Office(world, slack)
    for who, role in ((BEN, Role.OPERATIONS_LEADER), (DANA, Role.BUSINESS_SPONSOR)):
        await office.world.has(a_prompt(role=role, person_id=who))
        await office.plans(NUDGE, WEEK, who, "1", to=who)
    slack.lose("send", *[PlatformUnavailable("reset", maybe_sent=True)] * 2)
    await office.until_idle()
    office.clock.advance(seconds=2)
    await office.until_idle()
    office.clock.advance(seconds=5)
    await office.until_idle()
    assert slack.calls["find_sent"] == 1
    office.clock.advance(seconds=2)
    await office.until_idle()
    assert (slack.calls["find_sent"], slack.calls["send"]) == (2, 2)


async def test_what_is_found_too_late_is_still_noted_and_what_is_not_there_is_a_dead_letter(office: Office) -> None:
    await office.world.asks()
    office.slack.fail("send", Killed())
    row = await killed(office)
    office.clock.set(row.expires_at)
    await office.deliver("w2")
    assert (await office.row(row)).state is DeliveryState.DEAD
    assert office.slack.sent == []


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
    assert (await office.row(row)).state is DeliveryState.SENT
    assert "delivery.lease_lost" in caplog.messages


async def test_a_call_that_the_lease_does_not_cover_any_more_is_not_begun(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    up = [timedelta(0)]
    office.ports = replace(office.ports, time_up=lambda: up[0])

    async def stalls() -> None:
        up[0] += timedelta(seconds=50)

    office.slack.fail("open_direct", stalls)
    await office.deliver()
    stored = await office.row(row)
    assert (stored.state, stored.attempts, stored.reason) == (DeliveryState.PENDING, 0, "lease too short")
    assert office.slack.sent == []
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.SENT
    assert len(office.slack.sent) == 1


async def test_one_conversation_gets_one_message_a_second_and_a_workspace_three(
    world: World, slack: RecordingPlatform
) -> None:
    office = Office(world, slack)
    await office.world.asks()
    for who, role in ((BEN, Role.OPERATIONS_LEADER), (DANA, Role.BUSINESS_SPONSOR)):
        await office.world.has(a_prompt(role=role, person_id=who))
    for who in (ANA, BEN, DANA):
        await office.plans(NUDGE, WEEK, who, "1", to=who)
        await office.plans(NUDGE, WEEK, who, "2", to=who)
    times: list[datetime] = []
    for _ in range(1000):
        if len(slack.sent) == 6:
            break
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
