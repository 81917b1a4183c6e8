"""Planning a large organisation: many who share an hour are spread after it, and the same on every replica."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from bot.domain.deliveries import Delivery, DeliveryKind
from bot.flows import cycles
from bot.flows.presence import replanning
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import ANA, WEEK, a_person, an_assignment, an_initiative, store
from tests.flows.world import BEN, DANA, World

TEN, THREE = datetime(2026, 11, 26, 16, tzinfo=UTC), datetime(2026, 11, 27, 21, tzinfo=UTC)
PROMPT, NUDGE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE
MANY = 400
OVER = timedelta(seconds=(MANY + 3) * 0.333)
CHICAGO = ZoneInfo("America/Chicago")


async def grown(world: World, database: Database, many: int) -> None:
    """Give every one of so many more people an initiative to answer for."""
    people = [a_person(f"Person {n}") for n in range(many)]
    initiatives = [an_initiative(f"K{n}") for n in range(many)]
    await store(database, *people, *initiatives)
    roles = [an_assignment(each.id, person_id=person.id) for each, person in zip(initiatives, people, strict=True)]
    await store(database, *roles)


async def planned_rows(world: World, kind: DeliveryKind = PROMPT) -> dict[str, Delivery]:
    async with world.ports.open_unit_of_work() as uow:
        rows = await uow.deliveries.unsent_about(WEEK, [kind])
    return {row.dedupe_key: row for row in rows}


async def test_a_small_organisation_is_asked_at_ten_sharp(world: World, sqlite_database: Database) -> None:
    await grown(world, sqlite_database, 170)
    await cycles.open_due(world.ports)
    assert {row.not_before for row in (await planned_rows(world)).values()} == {TEN}


async def test_a_large_one_is_asked_within_the_time_the_platform_takes(world: World, sqlite_database: Database) -> None:
    await grown(world, sqlite_database, MANY)
    await cycles.open_due(world.ports)
    rows = await planned_rows(world)
    assert len(rows) == MANY + 3
    assert all(TEN <= row.not_before < TEN + OVER for row in rows.values())
    assert max(Counter(row.not_before for row in rows.values()).values()) < MANY / 20
    reminded = [row.not_before for row in (await planned_rows(world, NUDGE)).values() if row.dedupe_key.endswith(":2")]
    assert all(THREE <= at < THREE + OVER for at in reminded)


async def test_the_places_are_the_same_on_another_replica(world: World, sqlite_database: Database) -> None:
    await grown(world, sqlite_database, MANY)
    NeverCommitted.planned.clear()
    await cycles.open_due(replace(world.ports, open_unit_of_work=lambda: NeverCommitted(sqlite_database)))
    assert await planned_rows(world) == {}
    await cycles.open_due(world.ports)
    second = {**await planned_rows(world), **await planned_rows(world, NUDGE)}
    assert {key: row.not_before for key, row in second.items()} == NeverCommitted.planned


class NeverCommitted(SqlUnitOfWork):
    """A replica that dies before its commit and leaves behind what it had planned."""

    planned: ClassVar[dict[str, datetime]] = {}

    async def commit(self) -> None:
        """Note when each message would have been sent."""
        rows = await self.deliveries.unsent_about(WEEK, [PROMPT, NUDGE])
        self.planned.update({row.dedupe_key: row.not_before for row in rows})


async def test_being_due_stays_at_its_hour(world: World, sqlite_database: Database) -> None:
    await grown(world, sqlite_database, MANY)
    await cycles.open_due(world.ports)
    async with world.ports.open_unit_of_work() as uow:
        prompts = [prompt for prompt, _ in await uow.check_ins.history()]
    assert {prompt.due_at for prompt in prompts} == {THREE}


async def test_the_hourly_look_does_not_undo_the_spreading(world: World, sqlite_database: Database) -> None:
    await grown(world, sqlite_database, MANY)
    await cycles.open_due(world.ports)
    before = await planned_rows(world)
    assert await replanning.check_hours(world.ports) == 0
    assert await planned_rows(world) == before


async def test_those_in_another_zone_are_another_crowd(world: World, sqlite_database: Database) -> None:
    await grown(world, sqlite_database, MANY)
    for name in ("Ana Ortiz", "Ben Vale", "Dana Whitfield"):
        await store(sqlite_database, a_person(name, timezone="Asia/Tokyo"))
    world.clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))
    await cycles.open_due(world.ports)
    rows = await planned_rows(world)
    assert {rows[f"{PROMPT}:{WEEK}:{who}"].not_before for who in (ANA, BEN, DANA)} == {
        datetime(2026, 11, 26, 1, tzinfo=UTC)
    }
