"""After a downtime one message makes up for what was missed; what it replaces is recorded; clocks run from then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.deliveries import DeliveryKind, DeliveryState, later
from bot.flows import cycles
from tests.builders import ANA, WEEK
from tests.flows.office import Office
from tests.flows.world import World

PROMPT, NUDGE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE
ASKED = "Weekly check-in: 1 initiative needs your answer, due Fri 27 Nov 15:00."
FIRST, SECOND = ASKED.replace("Weekly check-in", "Reminder 1 of 2"), ASKED.replace("Weekly check-in", "Reminder 2 of 2")


def chicago(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=6)


async def rows_of(world: World) -> list[tuple[str, str]]:
    found = [await world.delivery(WEEK, ANA, kind=PROMPT)]
    found += [await world.delivery(WEEK, ANA, str(n), kind=NUDGE) for n in (1, 2)]
    return [(row.state.value, row.reason) for row in found if row]


@pytest.fixture
async def planned(earnest: Office) -> Office:
    """Everybody's week is planned on Thursday at nine; nothing has been sent."""
    earnest.clock.set(chicago(26, 9))
    await cycles.open_due(earnest.ports)
    return earnest


async def test_an_ordinary_week_is_one_question_and_two_reminders(planned: Office) -> None:
    for at in (chicago(26, 10), chicago(27, 10), chicago(27, 15)):
        planned.clock.set(at)
        await planned.until_idle()
    assert planned.read_by(ANA) == [ASKED, FIRST, SECOND]


@pytest.mark.parametrize(
    ("back_at", "read", "rows"),
    [
        (chicago(26, 11), [ASKED], ["sent", "pending", "pending"]),
        (chicago(27, 9, 30), [ASKED], ["sent", "superseded", "pending"]),
        (chicago(27, 10, 30), [ASKED], ["sent", "superseded", "pending"]),
        (chicago(27, 15, 30), [ASKED], ["sent", "superseded", "superseded"]),
        (chicago(27, 20), [], ["superseded", "superseded", "superseded"]),
        (chicago(30, 9), [], ["superseded", "superseded", "superseded"]),
    ],
)
async def test_a_downtime_over_the_opening_is_made_up_for_by_one_message(
    planned: Office, back_at: datetime, read: list[str], rows: list[str]
) -> None:
    planned.clock.set(back_at)
    await planned.until_idle()
    planned.clock.advance(minutes=31)
    await planned.until_idle()
    assert planned.read_by(ANA) == read
    assert [state for state, _ in await rows_of(planned.world)] == rows


async def test_each_step_left_out_says_why(planned: Office) -> None:
    planned.clock.set(chicago(27, 15, 30))
    await planned.until_idle()
    assert await rows_of(planned.world) == [
        ("sent", ""),
        ("superseded", "expired"),
        ("superseded", "asked a short while ago"),
    ]


async def test_a_downtime_over_both_reminders_sends_the_second_alone(planned: Office) -> None:
    planned.clock.set(chicago(26, 10))
    await planned.until_idle()
    planned.clock.set(chicago(27, 16))
    await planned.until_idle()
    assert planned.read_by(ANA) == [ASKED, SECOND]


@pytest.mark.parametrize(("early", "reminded"), [(timedelta(hours=2, minutes=59), False), (timedelta(hours=3), True)])
async def test_a_reminder_comes_no_sooner_than_three_hours_after_the_question(
    planned: Office, early: timedelta, reminded: bool
) -> None:
    await asked_at(planned, chicago(27, 10) - early)
    planned.clock.set(chicago(27, 10))
    await planned.until_idle()
    assert planned.read_by(ANA) == ([FIRST] if reminded else [])


async def asked_at(office: Office, at: datetime, state: DeliveryState = DeliveryState.SENT) -> None:
    """Let Ana have been asked at an instant, with this outcome."""
    async with office.ports.open_unit_of_work() as uow:
        row = await uow.deliveries.by_key(f"{PROMPT}:{WEEK}:{ANA}")
        assert row
        claimed = await uow.deliveries.claim(row.not_before, "test", timedelta(minutes=1), 1000)
        for each in claimed:
            tried = replace(each, state=state, attempts=1, first_attempt_at=at, sent_at=at, lease_until=None)
            await uow.deliveries.save_claimed(each, tried if each.id == row.id else later(each, each.not_before, ""))
        await uow.commit()


async def test_a_question_that_still_waits_is_not_overtaken_by_its_reminder(planned: Office) -> None:
    row = await planned.world.delivery(WEEK, ANA, kind=PROMPT)
    assert row
    async with planned.ports.open_unit_of_work() as uow:
        await uow.deliveries.replan([replace(row, not_before=chicago(27, 11))])
        await uow.commit()
    planned.clock.set(chicago(27, 10))
    await planned.until_idle()
    assert planned.read_by(ANA) == []
    planned.clock.set(chicago(27, 11))
    await planned.until_idle()
    assert planned.read_by(ANA) == [ASKED]


async def test_a_question_that_may_have_arrived_is_followed_by_the_reminder_that_carries_it(planned: Office) -> None:
    await asked_at(planned, chicago(26, 10), DeliveryState.UNKNOWN)
    planned.clock.set(chicago(27, 10))
    await planned.until_idle()
    assert planned.read_by(ANA) == [FIRST]
