"""Sending: what is due goes out once, at a time its reader allows, composed from the present state."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.ownership import AssignmentState, Role
from bot.domain.people import HandleStatus
from bot.flows.delivery import deliver_due
from bot.flows.people import identify
from tests.builders import ANA, WEEK, a_prompt, an_absence, an_assignment, an_initiative
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.office import UNPACED, Office
from tests.flows.world import BEN, CLEO, DANA, World

PROMPT, NUDGE, UPDATE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE, DeliveryKind.CHECKIN_UPDATE
PROPOSED, ANSWERED = DeliveryKind.ROLE_PROPOSED, DeliveryKind.ROLE_ANSWERED


async def test_a_prompt_arrives_once_and_its_check_ins_count_as_sent(office: Office) -> None:
    await office.world.asks(state=PromptState.SCHEDULED)
    row = await office.plans(PROMPT)

    assert await office.deliver() == 1
    assert await office.deliver() == 0

    stored = await office.row(row)
    assert (stored.state, stored.lease_owner, stored.attempts) == (DeliveryState.SENT, "", 1)
    assert stored.ref
    assert stored.ref.conversation == direct("U-ana-ortiz")
    assert len(office.slack.sent) == 1
    assert office.slack.sent[0].key == row.id
    prompt = await office.world.prompt()
    assert (prompt.state, prompt.sent_at) == (PromptState.SENT, office.clock.now())
    assert [link.action for link in await office.world.events()] == ["delivery.sent"]


async def test_the_direct_conversation_is_opened_once_and_remembered(office: Office) -> None:
    await office.world.asks()
    await office.plans(PROMPT)
    await office.deliver()
    await office.plans(NUDGE, WEEK, ANA, "1")
    await office.deliver()
    assert (len(office.slack.sent), office.slack.calls["open_direct"]) == (2, 1)


async def test_without_a_platform_nothing_is_taken(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    assert await deliver_due(replace(office.ports, platforms={}), "w1") == 0
    assert (await office.row(row)).state is DeliveryState.PENDING


async def test_nothing_open_means_nothing_sent(office: Office) -> None:
    await office.world.asks(state=PromptState.ANSWERED)
    row = await office.plans(PROMPT)
    await office.deliver()
    stored = await office.row(row)
    assert (stored.state, stored.reason, office.slack.sent) == (DeliveryState.SUPERSEDED, "nothing open", [])


async def test_I_20_no_nudge_follows_an_answer_within_one_tick(office: Office) -> None:  # noqa: N802
    prompt = await office.world.asks()
    await office.plans(PROMPT)
    await office.deliver()
    nudge = await office.plans(NUDGE, WEEK, ANA, "1")
    await office.world.has(replace(prompt, state=PromptState.ANSWERED, answered_at=office.clock.now()))
    await office.deliver()
    assert (await office.row(nudge)).reason == "answered"
    assert len(office.slack.sent) == 1


@pytest.mark.parametrize("state", [PromptState.EXCUSED, PromptState.CANCELLED, PromptState.ANSWERED])
async def test_I_20_no_nudge_is_sent_for_an_excused_cancelled_or_answered_prompt(  # noqa: N802
    office: Office, state: PromptState
) -> None:
    await office.world.asks(state=state)
    nudge = await office.plans(NUDGE, WEEK, ANA, "2")
    await office.deliver()
    assert (await office.row(nudge)).state is DeliveryState.SUPERSEDED
    assert office.slack.sent == []


async def test_a_snoozed_check_in_is_left_out_of_the_first_reminder_only(office: Office) -> None:
    await office.world.asks(snoozed=True)
    first = await office.plans(NUDGE, WEEK, ANA, "1")
    second = await office.plans(NUDGE, WEEK, ANA, "2")
    await office.until_idle()
    assert (await office.row(first)).state is DeliveryState.SUPERSEDED
    assert (await office.row(second)).state is DeliveryState.SENT


SATURDAY = 5


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 26, 13, 59, tzinfo=UTC), datetime(2026, 11, 26, 14, 0, tzinfo=UTC)),  # Thursday 07:59
        (datetime(2026, 11, 27, 0, 0, tzinfo=UTC), datetime(2026, 11, 27, 14, 0, tzinfo=UTC)),  # Thursday 18:00
        (datetime(2026, 11, 28, 16, 0, tzinfo=UTC), datetime(2026, 11, 30, 14, 0, tzinfo=UTC)),  # Saturday
    ],
)
async def test_I_18_nobody_is_written_to_in_quiet_hours_or_on_a_day_off(  # noqa: N802
    office: Office, now: datetime, expected: datetime
) -> None:
    await office.world.asks()
    office.clock.set(now)
    row = await office.plans(PROMPT, expires_at=expected + timedelta(hours=1))
    await office.deliver()
    stored = await office.row(row)
    why = "not a working day" if now.weekday() == SATURDAY else "quiet hours"
    assert (stored.state, stored.not_before, stored.reason) == (DeliveryState.PENDING, expected, why)
    office.clock.set(expected)
    await office.deliver()
    assert len(office.slack.sent) == 1


async def test_I_18_a_day_of_absence_is_a_day_off(office: Office) -> None:  # noqa: N802
    await office.world.asks()
    today = office.clock.now().date()
    await office.world.has(an_absence(first=today, last=today))
    row = await office.plans(PROMPT)
    await office.deliver()
    assert (await office.row(row)).not_before == datetime(2026, 11, 27, 14, tzinfo=UTC)


async def test_a_message_that_would_be_too_late_after_the_night_is_not_sent(office: Office) -> None:
    await office.world.asks()
    office.clock.set(datetime(2026, 11, 27, 0, 0, tzinfo=UTC))
    row = await office.plans(NUDGE, WEEK, ANA, "1", expires_at=datetime(2026, 11, 27, 3, tzinfo=UTC))
    await office.deliver()
    assert (await office.row(row)).state is DeliveryState.SUPERSEDED


async def test_I_19_at_most_three_messages_a_day_and_the_check_in_before_findings(office: Office) -> None:  # noqa: N802
    await office.world.asks()
    roles = [an_assignment(initiative_id=f"initiative-x{n}", person_id=CLEO, id=f"a{n}") for n in range(4)]
    initiatives = [an_initiative(key=f"X{n}") for n in range(4)]
    await office.world.has(*initiatives, *roles)
    findings = [await office.plans(ANSWERED, f"a{n}") for n in range(4)]
    prompt = await office.plans(PROMPT)
    await office.until_idle()
    states = [(await office.row(row)).state for row in findings]
    assert (await office.row(prompt)).state is DeliveryState.SENT
    assert sorted(states) == [DeliveryState.PENDING] * 2 + [DeliveryState.SENT] * 2
    later = [await office.row(row) for row in findings]
    assert {row.not_before for row in later if row.state is DeliveryState.PENDING} == {
        datetime(2026, 11, 27, 14, tzinfo=UTC)
    }
    office.clock.set(datetime(2026, 11, 27, 14, tzinfo=UTC))
    await office.until_idle()
    assert len(office.read_by(ANA)) == 5


async def test_I_19_room_is_kept_for_a_reminder_due_later_the_same_day(office: Office) -> None:  # noqa: N802
    await office.world.asks()
    await office.world.has(an_assignment(role=Role.OPERATIONS_LEADER, person_id=CLEO, state=AssignmentState.DECLINED))
    for n in ("1", "2"):
        await office.plans(NUDGE, WEEK, ANA, n, not_before=office.clock.now() + timedelta(hours=int(n)))
    await office.plans(PROMPT)
    finding = await office.plans(ANSWERED, f"initiative-sepsis:{Role.OPERATIONS_LEADER}:{CLEO}")
    await office.until_idle()
    assert (await office.row(finding)).reason == "enough for today"
    office.clock.advance(hours=3)
    await office.until_idle()
    assert len(office.slack.sent) == 3


async def test_changing_a_message_needs_no_hour_and_no_budget(office: Office) -> None:
    prompt = await office.world.asks()
    await office.plans(PROMPT)
    await office.deliver()
    await office.world.has(replace(prompt, state=PromptState.ANSWERED, answered_at=office.clock.now()))
    office.clock.set(datetime(2026, 11, 28, 3, tzinfo=UTC))
    update = await office.plans(UPDATE, WEEK, ANA, prompt.id, "r1", expires_at=office.clock.now() + timedelta(days=1))
    await office.deliver()
    assert (await office.row(update)).state is DeliveryState.SENT
    assert (len(office.slack.sent), len(office.slack.updates)) == (1, 1)
    assert "all answered" in office.slack.sent[0].message.fallback


async def test_a_burst_of_changes_is_shown_once_in_every_message(office: Office) -> None:
    prompt = await office.world.asks()
    await office.plans(PROMPT)
    await office.until_idle()
    await office.plans(NUDGE, WEEK, ANA, "1")
    await office.until_idle()
    for n in range(5):
        await office.plans(UPDATE, WEEK, ANA, prompt.id, f"r{n}")
    await office.until_idle()
    assert office.slack.calls["update"] == 2


async def test_a_change_waits_for_a_message_that_is_just_being_sent(office: Office) -> None:
    prompt = await office.world.asks()
    row = await office.plans(PROMPT, state=DeliveryState.SENDING, lease_owner="w0", fence=1)
    async with office.ports.open_unit_of_work() as uow:
        held = replace(row, lease_until=office.clock.now() + timedelta(minutes=1))
        assert await uow.deliveries.save_claimed(row, held)
        await uow.commit()
    update = await office.plans(UPDATE, WEEK, ANA, prompt.id, "r1")
    await office.deliver()
    stored = await office.row(update)
    assert (stored.state, stored.reason) == (DeliveryState.PENDING, "the message is on its way")


async def test_a_change_of_a_deleted_message_sends_nothing(office: Office) -> None:
    prompt = await office.world.asks()
    await office.plans(PROMPT)
    await office.deliver()
    office.slack.sent.clear()
    update = await office.plans(UPDATE, WEEK, ANA, prompt.id, "r1")
    await office.deliver()
    assert (await office.row(update)).state is DeliveryState.SUPERSEDED
    assert office.slack.sent == []


async def test_I_30_nothing_is_said_about_a_cancelled_check_in(office: Office) -> None:  # noqa: N802
    prompt = await office.world.asks()
    await office.plans(PROMPT)
    await office.deliver()
    await office.world.has(replace(prompt, state=PromptState.CANCELLED))
    await office.plans(UPDATE, WEEK, ANA, prompt.id, "stopped")
    nudge = await office.plans(NUDGE, WEEK, ANA, "1")
    await office.until_idle()
    assert (await office.row(nudge)).state is DeliveryState.SUPERSEDED
    assert "SEPSIS" not in str(office.slack.sent[0].message)


async def test_roles_proposed_together_are_offered_in_one_message(office: Office) -> None:
    initiatives = [an_initiative(key=f"X{n}") for n in range(3)]
    offered = [
        an_assignment(initiative_id=one.id, person_id=CLEO, id=f"a-{one.key}", state=AssignmentState.PROPOSED)
        for one in initiatives
    ]
    await office.world.has(*initiatives, *offered)
    rows = [await office.plans(PROPOSED, one.id, to=CLEO) for one in offered]
    await office.until_idle()
    assert len(office.read_by(CLEO)) == 1
    assert "3 roles" in office.read_by(CLEO)[0]
    states = sorted([(await office.row(row)).state for row in rows])
    assert states == [DeliveryState.SENT, DeliveryState.SUPERSEDED, DeliveryState.SUPERSEDED]


async def test_somebody_who_has_left_gets_nothing(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    await office.world.has(replace(await office.world.person(ANA), active=False))
    await office.deliver()
    assert (await office.row(row)).reason == "left"


async def test_an_account_is_found_by_e_mail_and_linked(office: Office) -> None:
    eve = replace(await office.world.person(CLEO), id="eve", name="Eve Stone", email="eve@northlake.example")
    await office.world.has(eve)
    office.slack.directory["eve@northlake.example"] = "U-eve"
    await office.world.asks(person_id="eve")
    await office.plans(PROMPT, to="eve")
    await office.deliver()
    assert len(office.read_by("eve")) == 1
    async with office.ports.open_unit_of_work() as uow:
        handles = await uow.people.handles(["eve"])
    assert [(h.user, h.conversation, h.status) for h in handles] == [("U-eve", direct("U-eve"), HandleStatus.ACTIVE)]
    assert "person.linked" in [link.action for link in await office.world.events()]


async def test_a_learnt_zone_moves_what_is_still_to_be_sent_into_its_working_hours(office: Office) -> None:
    await office.world.asks()
    row = await office.plans(PROMPT)
    async with office.ports.open_unit_of_work() as uow:
        await identify(replace(office.world.sender(ANA), timezone="Asia/Tokyo"), uow, office.ports)
        await uow.commit()
    await office.until_idle()
    stored = await office.row(row)
    assert (stored.reason, stored.not_before) == ("quiet hours", datetime(2026, 11, 26, 23, tzinfo=UTC))
    assert office.slack.sent == []


async def test_the_preferred_platform_comes_first(office: Office) -> None:
    teams = RecordingPlatform("teams", directory={"dana-whitfield@northlake.example": "U-dana-whitfield"})
    both = replace(office.ports, platforms={"slack": office.slack, "teams": teams})
    await office.world.has(replace(await office.world.person(DANA), preferred_platform="teams"))
    async with office.ports.open_unit_of_work() as uow:
        slack_handle = (await uow.people.handles([DANA]))[0]
        await uow.people.save_handle(replace(slack_handle, platform="teams", user="29:dana"))
        await uow.commit()
    await office.world.asks(Role.BUSINESS_SPONSOR, DANA)
    await office.plans(PROMPT, to=DANA)
    await deliver_due(both, "w1")
    assert (len(teams.sent), len(office.slack.sent)) == (1, 0)


async def test_two_workers_take_different_rows(world: World, slack: RecordingPlatform) -> None:
    office = Office(world, slack, paces=UNPACED, batch=2)
    for who, role in ((ANA, Role.TECHNICAL_LEAD), (BEN, Role.OPERATIONS_LEADER), (DANA, Role.BUSINESS_SPONSOR)):
        await office.world.has(a_prompt(role=role, person_id=who))
        await office.plans(PROMPT, to=who)
    await asyncio.gather(*(office.deliver(worker) for worker in ("w1", "w2", "w3")))
    assert sorted(one.to.conversation for one in slack.sent) == [direct(f"U-{who}") for who in (ANA, BEN, DANA)]
