"""In the middle of a cycle people travel and calendars change: what is not sent yet follows, nobody is asked twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.ownership import Role
from bot.flows import cycles
from bot.flows.people import identify
from bot.flows.presence import replanning
from tests.builders import ANA, WEEK, a_handle, a_person, an_organisation
from tests.flows.office import Office
from tests.flows.world import World

CHICAGO, BERLIN, TOKYO, HONOLULU = "America/Chicago", "Europe/Berlin", "Asia/Tokyo", "Pacific/Honolulu"
BEFORE = datetime(2026, 11, 25, 12, tzinfo=UTC)
PROMPT, NUDGE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


async def planned_for(world: World) -> dict[str, datetime]:
    """Return when Ana's messages that wait are to be sent."""
    async with world.ports.open_unit_of_work() as uow:
        rows = [row for row in await uow.deliveries.unsent_about(WEEK, (PROMPT, NUDGE)) if row.person_id == ANA]
    return {row.dedupe_key.removeprefix("checkin_").replace(f":{WEEK}:{ANA}", ""): row.not_before for row in rows}


async def travels(world: World, zone: str) -> None:
    """Let Ana's account act in another zone."""
    async with world.ports.open_unit_of_work() as uow:
        await identify(replace(world.sender(), timezone=zone), uow, world.ports)
        await uow.commit()


@pytest.fixture
async def asked_soon(world: World) -> World:
    """Everybody is planned to be asked on Thursday, and Ana's zone is what her account told."""
    await world.has(a_handle(timezone=CHICAGO), a_person(timezone=CHICAGO))
    world.clock.set(BEFORE)
    await cycles.open_due(world.ports)
    return world


async def test_what_is_not_sent_yet_follows_somebody_to_another_zone(asked_soon: World) -> None:
    assert await planned_for(asked_soon) == {"prompt": utc(26, 16), "nudge:1": utc(27, 16), "nudge:2": utc(27, 21)}
    await travels(asked_soon, BERLIN)
    assert await planned_for(asked_soon) == {"prompt": utc(26, 9), "nudge:1": utc(27, 9), "nudge:2": utc(27, 14)}
    assert (await asked_soon.prompt()).due_at == utc(27, 14)
    assert [link.action for link in await asked_soon.events()][-2:] == ["person.learned", "checkins.replanned"]


async def test_travelling_there_and_back_leaves_everything_as_it_was(asked_soon: World) -> None:
    before = await planned_for(asked_soon)
    await travels(asked_soon, TOKYO)
    await travels(asked_soon, CHICAGO)
    assert await planned_for(asked_soon) == before
    assert (await asked_soon.prompt()).due_at == utc(27, 21)


async def test_who_was_asked_at_home_is_not_asked_again_abroad(office: Office) -> None:
    world = office.world
    await world.has(a_handle(timezone=CHICAGO), a_person(timezone=CHICAGO))
    await cycles.open_due(world.ports)
    await office.until_idle()
    await travels(world, HONOLULU)
    for hours in range(1, 24):
        office.clock.set(utc(26, 16) + timedelta(hours=hours))
        await office.until_idle()
    assert len(office.read_by(ANA)) == 1
    assert await planned_for(world) == {"nudge:1": utc(27, 20), "nudge:2": utc(28, 1)}


async def test_a_reminder_whose_new_hour_has_passed_keeps_the_old_one_by_day(asked_soon: World) -> None:
    asked_soon.clock.set(utc(27, 15, 30))
    await travels(asked_soon, BERLIN)  # where it is half past four on Friday
    assert await planned_for(asked_soon) == {"prompt": utc(26, 9), "nudge:1": utc(27, 16)}
    assert (await asked_soon.prompt()).due_at == utc(27, 21)


async def test_nobody_is_woken_by_a_message_planned_for_another_zone(office: Office) -> None:
    world = office.world
    await cycles.open_due(world.ports)
    await world.has(a_person(timezone=TOKYO))  # changed by something that does not replan
    await office.until_idle()
    assert office.read_by(ANA) == []
    office.clock.set(utc(26, 23))
    await office.until_idle()
    assert len(office.read_by(ANA)) == 1


async def test_the_hourly_look_finds_what_nobody_told(asked_soon: World) -> None:
    await asked_soon.has(an_organisation(quiet_end=time(11)))
    assert await replanning.check_hours(asked_soon.ports) > 0
    assert (await planned_for(asked_soon))["prompt"] == utc(26, 17)
    assert await replanning.check_hours(asked_soon.ports) == 0


async def test_the_hourly_look_leaves_alone_what_is_in_place(asked_soon: World) -> None:
    before = await planned_for(asked_soon)
    assert await replanning.check_hours(asked_soon.ports) == 0
    assert await planned_for(asked_soon) == before


async def test_a_holiday_declared_in_mid_cycle_moves_the_question_and_drops_the_reminders(asked_soon: World) -> None:
    friday = frozenset({date(2026, 11, 27)})
    await asked_soon.has(an_organisation(holidays=friday))
    await replanning.check_hours(asked_soon.ports)
    assert await planned_for(asked_soon) == {"prompt": utc(26, 16)}


async def test_who_now_works_no_hour_of_the_week_is_excused_before_being_asked(asked_soon: World) -> None:
    await asked_soon.has(a_person(timezone=CHICAGO, workdays=frozenset({0, 1})))
    assert await replanning.check_hours(asked_soon.ports) == 1
    prompt = await asked_soon.prompt()
    assert (prompt.state, prompt.excused_reason) == (PromptState.EXCUSED, "not working in this cycle")


async def test_what_was_tried_or_sent_stays_where_it_is(asked_soon: World) -> None:
    async with asked_soon.ports.open_unit_of_work() as uow:
        (row,) = [row for row in await uow.deliveries.unsent_about(WEEK, [PROMPT]) if row.person_id == ANA]
        asked_soon.clock.set(utc(26, 16))
        claimed = await uow.deliveries.claim(utc(26, 16), "w1", timedelta(minutes=1), 10)
        mine = next(each for each in claimed if each.id == row.id)
        await uow.deliveries.save_claimed(
            mine, replace(mine, state=DeliveryState.SENT, sent_at=utc(26, 16), attempts=1)
        )
        await uow.commit()
    await travels(asked_soon, HONOLULU)
    assert (await planned_for(asked_soon)).keys() == {"nudge:1", "nudge:2"}
    stored = await asked_soon.delivery(WEEK, ANA, kind=PROMPT)
    assert stored
    assert (stored.state, stored.not_before) == (DeliveryState.SENT, utc(26, 16))


async def test_only_who_has_something_open_is_replanned(asked_soon: World) -> None:
    prompt = await asked_soon.prompt()
    await asked_soon.has(replace(prompt, state=PromptState.ANSWERED))
    before = await planned_for(asked_soon)
    await travels(asked_soon, BERLIN)
    assert await planned_for(asked_soon) == before
    assert (await asked_soon.prompt(Role.BUSINESS_SPONSOR)).due_at == utc(27, 21)
