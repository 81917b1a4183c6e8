"""Prompts and offers that never arrive: a reminder carries them, and lead and admin hear of it once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.ownership import AssignmentState, Role
from bot.domain.people import OrgRole
from bot.errors import MessageRejected, PlatformUnavailable, RecipientUnreachable
from bot.flows import cycles, ownership
from tests.builders import ANA, WEEK, a_portfolio, a_prompt, an_assignment
from tests.flows.office import Office
from tests.flows.world import BEN, CLEO, DANA

PROMPT, NUDGE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE
UNASKED = PromptState.SCHEDULED


async def leading(office: Office) -> None:
    """Let Cleo be the administrator and Dana lead the portfolio."""
    await office.world.has(replace(await office.world.person(CLEO), org_roles=frozenset({OrgRole.ADMIN})))
    await office.world.has(a_portfolio(lead_id=DANA))


async def test_a_reminder_carries_a_prompt_that_never_arrived_and_counts_as_asking(office: Office) -> None:
    prompt = await office.world.asks(state=UNASKED)
    row = await office.plans(PROMPT)
    office.slack.fail("send", MessageRejected("invalid_blocks"))
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.DEAD
    await office.plans(NUDGE, WEEK, ANA, "1")
    await office.until_idle()
    asked = await office.world.prompt()
    assert (asked.id, asked.state, asked.sent_at) == (prompt.id, PromptState.SENT, office.clock.now())


async def test_a_prompt_that_a_reminder_overtook_is_not_sent_behind_it(office: Office) -> None:
    await office.world.asks(state=UNASKED)
    row = await office.plans(PROMPT)
    office.slack.fail("send", PlatformUnavailable("connect"))
    await office.until_idle()
    async with office.ports.open_unit_of_work() as uow:
        await uow.deliveries.pause("slack:posts", office.clock.now() + timedelta(minutes=1))
        await uow.commit()
    office.clock.advance(minutes=1)
    await office.plans(NUDGE, WEEK, ANA, "1", not_before=office.clock.now() - timedelta(hours=1))
    await office.until_idle()
    assert ((await office.row(row)).reason, len(office.slack.sent)) == ("asked by a reminder", 1)


async def test_lead_and_admin_hear_once_of_check_ins_that_did_not_arrive(office: Office) -> None:
    await leading(office)
    await office.world.asks(state=UNASKED)
    await office.world.has(a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN))
    office.slack.fail("send", MessageRejected("invalid_blocks"), MessageRejected("invalid_blocks"))
    await office.plans(PROMPT)
    await office.plans(PROMPT, to=BEN)
    await office.until_idle()
    told = "2 check-ins of 2026-W48 did not reach 2 people: Ana Ortiz, Ben Vale."
    assert [told in text for text in office.read_by(CLEO)] == [True]
    assert [told in text for text in office.read_by(DANA)] == [True]


async def test_an_outage_until_the_end_of_the_cycle_is_told_when_it_is_over(office: Office) -> None:
    await leading(office)
    await office.world.asks(state=UNASKED)
    row = await office.plans(PROMPT)
    office.slack.fail("send", PlatformUnavailable("connect"))
    await office.until_idle()
    office.clock.set(datetime(2026, 11, 30, 15, tzinfo=UTC))
    await cycles.close_due(office.ports)
    await office.until_idle()
    assert (await office.row(row)).state is DeliveryState.DEAD
    assert ["1 check-in of 2026-W48 did not reach 1 person: Ana Ortiz." in t for t in office.read_by(CLEO)] == [True]


async def test_a_cycle_whose_messages_never_had_their_turn_is_told_at_its_close(office: Office) -> None:
    await leading(office)
    await office.world.asks(state=UNASKED)
    office.clock.set(datetime(2026, 11, 30, 15, tzinfo=UTC))
    await cycles.close_due(office.ports)
    await office.until_idle()
    assert len(office.read_by(CLEO)) == len(office.read_by(DANA)) == 1
    assert "It is closed, but /ai checkin still takes answers" in office.read_by(DANA)[0]


async def test_somebody_out_of_reach_is_told_of_as_that_and_not_again(office: Office) -> None:
    await leading(office)
    await office.world.asks(state=UNASKED)
    await office.plans(PROMPT)
    office.slack.fail("send", RecipientUnreachable("user_disabled"))
    await office.until_idle()
    office.clock.set(datetime(2026, 11, 30, 15, tzinfo=UTC))
    await cycles.close_due(office.ports)
    await office.until_idle()
    assert [("do not arrive" in text) for text in office.read_by(CLEO)] == [True]


async def test_an_offer_that_did_not_arrive_is_told_and_survives_an_outage(office: Office) -> None:
    await leading(office)
    offered = an_assignment(role=Role.FINANCE_PARTNER, person_id=BEN, state=AssignmentState.PROPOSED, accepted_at=None)
    await office.world.has(offered)
    async with office.ports.open_unit_of_work() as uow:
        await ownership.offer(offered, uow, office.ports)
        await uow.commit()
    office.slack.fail("send", *[PlatformUnavailable("connect")] * 12, MessageRejected("invalid_blocks"))
    for _ in range(13):
        await office.until_idle()
        office.clock.advance(minutes=15)
    await office.until_idle()
    assert ["finance partner of SEPSIS did not reach Ben Vale" in text for text in office.read_by(CLEO)] == [True]
    assert len(office.read_by(DANA)) == 1
