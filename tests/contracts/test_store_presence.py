"""What absences, moving check-ins and looking for accounts need stored, on every database."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, dropped, later, sent
from bot.domain.ownership import Role
from bot.domain.people import Handle, HandleStatus
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import (
    ANA,
    NOW,
    WEEK,
    a_cycle,
    a_delivery,
    a_handle,
    a_person,
    a_prompt,
    a_small_world,
    an_absence,
    an_initiative,
    store,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = NOW + HOUR
PROMPT, NUDGE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE
BO = a_person("Bo Lindqvist")


async def stored(database: Database, row: Delivery) -> Delivery:
    async with SqlUnitOfWork(database) as uow:
        found = await uow.deliveries.get(row.id)
    assert found is not None
    return found


async def replanned(database: Database, *rows: Delivery) -> int:
    async with SqlUnitOfWork(database) as uow:
        count = await uow.deliveries.replan(rows)
        await uow.commit()
    return count


async def finished(database: Database, row: Delivery, after: Delivery) -> None:
    """Let a worker claim a row and store what became of it."""
    async with SqlUnitOfWork(database) as uow:
        (claimed,) = await uow.deliveries.claim(NOW, "w1", timedelta(minutes=1), 10)
        saved = replace(after, lease_owner="", lease_until=None, fence=claimed.fence)
        assert await uow.deliveries.save_claimed(claimed, saved)
        await uow.commit()


# Absences


async def test_an_absence_is_found_by_its_id_until_it_is_removed(database: Database) -> None:
    await store(database, a_person(), an_absence(), an_absence(id="other"))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.absence(f"absence-{ANA}") == an_absence()
        await uow.people.remove_absences([f"absence-{ANA}"])
        await uow.people.remove_absences([])
        assert await uow.people.absence(f"absence-{ANA}") is None
        assert [each.id for each in await uow.people.absences([ANA], date.min, date.max)] == ["other"]


# Prompts


async def test_what_is_asked_about_somebodys_roles_is_found_whoever_answers(database: Database) -> None:
    await a_small_world(database)
    await store(database, BO, an_initiative("SCRIBE"), an_initiative("PUMPS"), a_cycle(), a_cycle("2026-W47"))
    own, instead = a_prompt(), a_prompt("initiative-scribe", person_id=BO.id, on_behalf_of=ANA)
    for_another = a_prompt("initiative-pumps", on_behalf_of=BO.id)
    others = a_prompt("initiative-pumps", Role.BUSINESS_SPONSOR, person_id=BO.id)
    await store(database, own, instead, for_another, others, a_prompt(cycle="2026-W47", state=PromptState.MISSED))
    async with SqlUnitOfWork(database) as uow:
        found = await uow.check_ins.prompts_about_roles_of(ANA, WEEK)
        assert {each.id for each in found} == {own.id, instead.id}
        found = await uow.check_ins.prompts_about_roles_of(BO.id, WEEK)
        assert {each.id for each in found} == {for_another.id, others.id}


# Planning anew


async def test_a_row_that_waits_goes_to_its_new_time(database: Database) -> None:
    await a_small_world(database)
    row = a_delivery()
    await store(database, row)
    assert await replanned(database, replace(row, not_before=LATER, expires_at=LATER + DAY)) == 1
    found = await stored(database, row)
    assert (found.not_before, found.expires_at, found.state) == (LATER, LATER + DAY, DeliveryState.PENDING)
    assert await replanned(database, replace(row, not_before=LATER, expires_at=LATER + DAY)) == 0


async def test_a_row_that_was_never_planned_is_planned(database: Database) -> None:
    await a_small_world(database)
    assert await replanned(database, a_delivery()) == 1
    assert (await stored(database, a_delivery())).not_before == NOW


async def test_a_row_dropped_unsent_is_needed_again(database: Database) -> None:
    await a_small_world(database)
    row = a_delivery()
    await store(database, row)
    await finished(database, row, dropped(row, "nothing open"))
    assert await replanned(database, replace(row, not_before=LATER)) == 1
    found = await stored(database, row)
    assert (found.state, found.not_before, found.reason) == (DeliveryState.PENDING, LATER, "")


@pytest.mark.parametrize("outcome", ["sent", "tried", "claimed"])
async def test_what_was_tried_or_sent_or_is_under_way_stays_as_it_is(database: Database, outcome: str) -> None:
    await a_small_world(database)
    row = a_delivery()
    await store(database, row)
    if outcome == "claimed":
        async with SqlUnitOfWork(database) as uow:
            await uow.deliveries.claim(NOW, "w1", timedelta(minutes=1), 10)
            await uow.commit()
    else:
        tried = replace(row, attempts=1, first_attempt_at=NOW)
        await finished(database, row, sent(tried, None, NOW) if outcome == "sent" else later(tried, NOW, "timeout"))
    before = await stored(database, row)
    assert await replanned(database, replace(row, not_before=LATER)) == 0
    assert await stored(database, row) == before


async def test_what_waits_untried_about_a_cycle_is_found_by_kind(database: Database) -> None:
    await a_small_world(database)
    asks, reminds = a_delivery(), a_delivery(WEEK, ANA, "1", kind=NUDGE)
    elsewhere, other = a_delivery("2026-W49", ANA), a_delivery(WEEK, ANA, "x", kind=DeliveryKind.CHECKIN_UPDATE)
    tried = replace(a_delivery(WEEK, "bo"), attempts=1)
    await store(database, asks, reminds, elsewhere, other, tried)
    async with SqlUnitOfWork(database) as uow:
        assert {each.id for each in await uow.deliveries.unsent_about(WEEK, [PROMPT, NUDGE])} == {asks.id, reminds.id}
        assert [each.id for each in await uow.deliveries.unsent_about(WEEK, [NUDGE])] == [reminds.id]


# Accounts


async def taken(
    database: Database, at: datetime, limit: int = 10, *, platforms: tuple[str, ...] = ("slack",)
) -> list[Handle]:
    async with SqlUnitOfWork(database) as uow:
        found = await uow.people.take_unchecked(platforms, at - DAY, at, limit)
        await uow.commit()
    return found


async def test_every_account_has_its_turn_once_longest_ago_first(database: Database) -> None:
    people = [a_person(f"Person {n}") for n in range(5)]
    checked = [None, NOW - 3 * DAY, NOW - HOUR, NOW - 2 * DAY, NOW - DAY]
    await store(database, *people)
    await store(database, *(a_handle(p.id, checked_at=at) for p, at in zip(people, checked, strict=True)))
    assert [each.person_id for each in await taken(database, NOW, 2)] == ["person-0", "person-1"]
    assert [each.person_id for each in await taken(database, NOW)] == ["person-3"]
    assert await taken(database, NOW) == []
    assert len(await taken(database, NOW + DAY + HOUR)) == 5
    async with SqlUnitOfWork(database) as uow:
        (handle,) = await uow.people.handles(["person-0"])
        assert handle.checked_at == NOW + DAY + HOUR
        assert await uow.people.count_handles(["slack", "teams"]) == 5
        assert await uow.people.count_handles(["teams"]) == await uow.people.count_handles([]) == 0


async def test_accounts_of_who_has_left_are_looked_for_only_where_they_may_come_back(database: Database) -> None:
    await store(database, a_person(active=False), replace(BO, active=False))
    await store(database, a_handle(status=HandleStatus.DEACTIVATED), a_handle(BO.id))
    await store(database, a_handle(platform="teams", status=HandleStatus.DEACTIVATED))
    assert [(each.person_id, each.platform) for each in await taken(database, NOW)] == [(ANA, "slack")]
