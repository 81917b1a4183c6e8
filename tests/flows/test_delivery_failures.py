"""Sending when things go wrong: nothing twice, nothing lost silently, and nobody else held up."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.deliveries import Address, DeliveryKind, DeliveryState, planned
from bot.domain.ownership import Role
from bot.domain.people import HandleStatus, OrgRole
from bot.errors import (
    MessageRejected,
    NotAuthorized,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
)
from bot.flows.delivery import deliver_due
from tests.builders import ANA, WEEK, a_digest, a_portfolio, a_prompt
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import Office
from tests.flows.world import BEN, CLEO, DANA, World

PROMPT, NUDGE, UPDATE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE, DeliveryKind.CHECKIN_UPDATE
NOTICE = DeliveryKind.ADMIN_NOTICE


async def make_admin(office: Office, who: str) -> None:
    await office.world.has(replace(await office.world.person(who), org_roles=frozenset({OrgRole.ADMIN})))


async def test_retry_after_is_honoured_and_other_conversations_go_on(office: Office) -> None:
    await office.world.asks()
    await office.world.has(a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN))
    limited = await office.plans(NUDGE, WEEK, ANA, "1")
    same_chat = await office.plans(NUDGE, WEEK, ANA, "2")
    office.slack.fail("send", RateLimited(30))
    await office.until_idle()
    other = await office.plans(PROMPT, to=BEN)
    await office.until_idle()

    until = office.clock.now() + timedelta(seconds=30)
    stored = await office.row(limited)
    assert (stored.state, stored.not_before, stored.attempts) == (DeliveryState.PENDING, until, 0)
    assert (await office.row(same_chat)).not_before == until
    assert (await office.row(other)).state is DeliveryState.SENT
    office.clock.advance(seconds=29)
    await office.until_idle()
    assert office.slack.calls["send"] == 2
    office.clock.advance(seconds=1)
    await office.until_idle()
    assert len(office.slack.sent) == 3


async def test_an_outage_of_hours_costs_no_prompt(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.slack.fail("send", *[PlatformUnavailable("connect")] * 28)
    for _ in range(29):
        await office.until_idle()
        office.clock.advance(minutes=15)
    stored = await office.row(row)
    assert (stored.state, stored.attempts) == (DeliveryState.SENT, 1)


async def test_while_a_platform_refuses_connections_the_rows_behind_wait_with_the_first(office: Office) -> None:
    await office.world.asks()
    await office.world.has(a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN))
    await office.plans(PROMPT)
    office.slack.fail("send", PlatformUnavailable("connect"))
    await office.until_idle()
    other = await office.plans(PROMPT, to=BEN)
    await office.until_idle()
    assert (office.slack.calls["send"], (await office.row(other)).state) == (1, DeliveryState.PENDING)
    office.clock.advance(seconds=10)
    await office.until_idle()
    assert (await office.row(other)).state is DeliveryState.SENT


async def test_an_odd_failure_is_repeated_only_so_often(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    most = office.ports.policy.delivery.most_attempts
    office.slack.fail("send", *[PlatformError("odd")] * (most + 3))
    for _ in range(most):
        await office.deliver()
        office.clock.advance(minutes=15)
    stored = await office.row(row)
    assert (stored.state, stored.attempts, stored.reason) == (DeliveryState.DEAD, most, "odd")
    assert office.slack.calls["send"] == most


async def test_a_message_that_may_have_arrived_is_not_sent_again(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.slack.lose("send", PlatformUnavailable("timeout", maybe_sent=True))
    await office.deliver()
    office.clock.advance(minutes=20)
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.SENT
    assert office.slack.calls["send"] == 1


async def test_a_call_that_hangs_is_cut_off(world: World, slack: RecordingPlatform) -> None:
    office = Office(world, slack, call_timeout=timedelta(milliseconds=20))
    await office.world.asks()
    row = await office.plans(PROMPT)

    async def hang() -> None:
        await asyncio.Event().wait()

    slack.fail("send", hang)
    await office.deliver()
    stored = await office.row(row)
    assert (stored.state, stored.reason, stored.lease_owner) == (DeliveryState.SENDING, "timeout", "")


async def test_a_notice_is_repeated_in_doubt(office: Office) -> None:
    row = await office.plans(NOTICE, f"unreachable:{CLEO}", to=ANA, not_before=office.clock.now())
    async with office.ports.open_unit_of_work() as uow:
        handle = (await uow.people.handles([CLEO]))[0]
        await uow.people.save_handle(replace(handle, status=HandleStatus.BLOCKED))
        await uow.commit()
    office.slack.fail("send", PlatformUnavailable("reset", maybe_sent=True))
    await office.deliver()
    office.clock.advance(minutes=15)
    await office.deliver()
    assert (await office.row(row)).state is DeliveryState.SENT


async def test_somebody_out_of_reach_is_a_dead_letter_and_the_admin_hears_of_it_once(office: Office) -> None:
    await make_admin(office, DANA)
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.slack.fail("send", RecipientUnreachable("user_disabled"))
    await office.until_idle()
    nudge = await office.plans(NUDGE, WEEK, ANA, "1")
    await office.until_idle()

    assert (await office.row(row)).state is DeliveryState.DEAD
    assert (await office.row(nudge)).reason == "no account found"
    async with office.ports.open_unit_of_work() as uow:
        assert [handle.status for handle in await uow.people.handles([ANA])] == [HandleStatus.BLOCKED]
    assert len(office.read_by(DANA)) == 1
    assert "Ana Ortiz (ana-ortiz@northlake.example) do not arrive" in office.read_by(DANA)[0]


async def test_nobody_with_that_address_is_a_dead_letter_and_is_looked_for_again_next_time(office: Office) -> None:
    await make_admin(office, DANA)
    eve = replace(await office.world.person(CLEO), id="eve", name="Eve Stone", email="eve@northlake.example")
    await office.world.has(eve)
    await office.world.asks(person_id="eve")
    row = await office.plans(PROMPT, to="eve")
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.DEAD
    assert "Eve Stone" in office.read_by(DANA)[0]
    office.slack.directory["eve@northlake.example"] = "U-eve"
    await office.plans(NUDGE, WEEK, "eve", "1", to="eve")
    await office.until_idle()
    assert len(office.read_by("eve")) == 1


async def test_an_account_of_somebody_else_is_not_taken_over(office: Office) -> None:
    eve = replace(await office.world.person(CLEO), id="eve", name="Eve Stone", email="eve@northlake.example")
    await office.world.has(eve)
    office.slack.directory["eve@northlake.example"] = f"U-{CLEO}"
    await office.world.asks(person_id="eve")
    row = await office.plans(PROMPT, to="eve")
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.DEAD
    assert office.slack.sent == []


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (PlatformUnavailable("down", maybe_sent=True), DeliveryState.PENDING),
        (RateLimited(60), DeliveryState.PENDING),
        (NotAuthorized("token_revoked"), DeliveryState.PENDING),
        (RecipientUnreachable("cannot_dm_user"), DeliveryState.DEAD),
        (MessageRejected("invalid_arguments"), DeliveryState.DEAD),
        (PlatformError("odd"), DeliveryState.PENDING),
    ],
)
async def test_a_failed_look_up_is_never_in_doubt(office: Office, error: PlatformError, state: DeliveryState) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.slack.fail("open_direct", error)
    await office.deliver()
    assert (await office.row(row)).state is state
    if state is DeliveryState.PENDING:
        office.clock.advance(minutes=15)
        await office.until_idle()
        assert (await office.row(row)).state is DeliveryState.SENT


async def test_a_revoked_token_pauses_the_workspace_and_tells_the_admins_once(office: Office) -> None:
    await make_admin(office, DANA)
    await office.world.asks()
    await office.world.has(a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN))
    first = await office.plans(PROMPT)
    office.slack.fail("send", NotAuthorized("token_revoked"))
    await office.until_idle()
    rows = [first, await office.plans(PROMPT, to=BEN)]
    await office.until_idle()
    office.clock.advance(minutes=9)
    await office.until_idle()
    assert office.slack.calls["send"] == 1
    office.clock.advance(minutes=2)
    await office.until_idle()
    assert [(await office.row(row)).state for row in rows] == [DeliveryState.SENT] * 2
    assert [text for text in office.read_by(DANA) if "credentials" in text] == office.read_by(DANA)
    assert len(office.read_by(DANA)) == 1


async def test_a_rejected_message_is_a_dead_letter_and_our_bug(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.slack.fail("send", MessageRejected("invalid_blocks"))
    await office.deliver()
    assert (await office.row(row)).reason == "invalid_blocks"
    record = next(record for record in caplog.records if record.message == "delivery.dead")
    assert (record.levelno, vars(record)["delivery"], vars(record)["kind"]) == (logging.ERROR, row.id, "checkin_prompt")


async def test_a_row_that_cannot_be_composed_does_not_stop_its_neighbours(office: Office) -> None:
    await office.world.asks()
    poison = await office.plans(NUDGE, WEEK, BEN, "not a number", to=BEN)
    good = await office.plans(PROMPT)
    await office.deliver()
    assert (await office.row(good)).state is DeliveryState.SENT
    assert (await office.row(poison)).state is DeliveryState.PENDING
    for _ in range(office.ports.policy.delivery.most_attempts):
        office.clock.advance(minutes=15)
        await office.deliver()
    assert (await office.row(poison)).state is DeliveryState.DEAD


async def test_a_message_that_cannot_be_rendered_is_given_up_at_once(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.slack.fail("send", ValueError("too many blocks"))
    await office.deliver()
    stored = await office.row(row)
    assert (stored.state, stored.reason) == (DeliveryState.DEAD, "not rendered")


async def test_a_lost_digest_channel_is_told_to_the_portfolio_s_lead(office: Office) -> None:
    channel = Address("slack", "C1")
    await office.world.has(a_portfolio(lead_id=DANA, digest_channels=(("slack", "C1"),)))
    content = '{"card": {"title": "AI PORTFOLIO", "sections": []}, "replies": []}'
    await office.world.has(a_digest(content=content))
    now = office.clock.now()
    row = planned(
        DeliveryKind.DIGEST,
        "digest-2026-W47",
        "slack",
        "C1",
        to=channel,
        not_before=now,
        expires_at=now + timedelta(hours=12),
    )
    await office.world.has(row)
    office.slack.fail("send", RecipientUnreachable("not_in_channel"))
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.DEAD
    assert "As lead of Care portfolio" in office.read_by(DANA)[0]


async def test_a_row_for_a_platform_that_is_not_connected_waits(office: Office) -> None:
    now = office.clock.now()
    await office.world.has(a_digest(content='{"card": {"title": "AI", "sections": []}, "replies": []}'))
    to = Address("teams", "19:x@thread.v2")
    row = planned(
        DeliveryKind.DIGEST, "digest-2026-W47", "teams", to.conversation, to=to, not_before=now,
        expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    await office.world.has(row)
    await office.until_idle()
    assert (await office.row(row)).reason == "platform not connected"


async def test_what_expired_while_nobody_worked_is_not_sent_any_more(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    office.clock.set(datetime(2026, 12, 15, 16, tzinfo=UTC))
    await deliver_due(office.ports, "w1")
    stored = await office.row(row)
    assert (stored.state, stored.reason, office.slack.sent) == (DeliveryState.SUPERSEDED, "expired", [])
