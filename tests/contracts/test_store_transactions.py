"""One unit of work is one transaction: whole or not at all, its audit chain gapless whoever else writes meanwhile."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from bot.domain.events import GENESIS, ActorKind, ChainCheck, Event, Link, personal_hash
from storage.engine import Database
from storage.stores.unit import table_of
from storage.tables.events import AuditPersonalRow
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import (
    ANA,
    NOW,
    SEPSIS,
    a_commitment,
    a_person,
    a_raid,
    a_small_world,
    an_event,
    an_initiative,
    store,
)


async def links(database: Database, after: int = 0, limit: int = 10_000) -> list[Link]:
    async with SqlUnitOfWork(database) as uow:
        return await uow.events.links(after, limit)


# Whole or not at all


async def test_leaving_without_a_commit_undoes_everything(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        await uow.people.save([a_person()])
        await uow.inbox.add_once("slack:Ev1", NOW)
        uow.events.record(an_event())
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.all() == []
        assert await uow.inbox.add_once("slack:Ev1", NOW)
        assert await uow.events.links(0, 10) == []


async def test_an_error_undoes_everything_and_passes_through(database: Database) -> None:
    async def fail() -> None:
        async with SqlUnitOfWork(database) as uow:
            await uow.people.save([a_person()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.get(ANA) is None


async def test_what_is_changed_after_the_commit_is_not_part_of_it(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        await uow.people.save([a_person()])
        await uow.commit()
        await uow.people.save([a_person("Bo")])
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.all() == [a_person()]


async def test_nobody_sees_a_change_before_its_commit(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        await uow.people.save([a_person()])
        async with database.reading() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM person"))).scalar_one() == 0
        await uow.commit()
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM person"))).scalar_one() == 1


async def test_a_unit_given_up_while_waiting_for_its_turn_leaves_the_database_usable(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        await uow.inbox.add_once("slack:Ev1", NOW)
        waiting = asyncio.create_task(store(database, a_person()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await uow.commit()
    await store(database, a_person("Bo"))
    async with SqlUnitOfWork(database) as uow:
        assert [each.name for each in await uow.people.all()] == ["Bo"]


async def test_concurrent_units_all_take_effect(database_url: str) -> None:
    one, other = Database.at(database_url), Database.at(database_url)
    people = [a_person(f"Person {n}") for n in range(20)]
    await asyncio.gather(*(store((one, other)[n % 2], person) for n, person in enumerate(people)))
    async with SqlUnitOfWork(one) as uow:
        assert len(await uow.people.all()) == 20
    await one.close()
    await other.close()


# Once-ness of what comes in


async def test_an_interaction_has_its_effect_once_until_it_is_forgotten(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        assert await uow.inbox.add_once("slack:Ev1", NOW)
        assert not await uow.inbox.add_once("slack:Ev1", NOW)
        assert await uow.inbox.add_once("slack:Ev2", NOW.replace(hour=17))
        assert await uow.inbox.forget(NOW.replace(hour=17)) == 1
        assert await uow.inbox.add_once("slack:Ev1", NOW)
        assert not await uow.inbox.add_once("slack:Ev2", NOW)


async def test_of_two_replicas_given_one_interaction_one_has_the_effect(database_url: str) -> None:
    one, other = Database.at(database_url), Database.at(database_url)

    async def take(database: Database) -> bool:
        async with SqlUnitOfWork(database) as uow:
            new = await uow.inbox.add_once("slack:Ev1", NOW)
            await uow.commit()
        return new

    taken = await asyncio.gather(*(take(database) for database in (one, other) * 3))
    await one.close()
    await other.close()
    assert sorted(taken) == [False] * 5 + [True]


# The audit chain (I-32)

EARLIEST, LATEST = datetime(1970, 1, 2), datetime(2200, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
ZONES = [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-7))]
EVENTS = st.lists(
    st.builds(
        Event,
        at=st.datetimes(EARLIEST, LATEST, timezones=st.sampled_from(ZONES)),
        action=st.sampled_from(["prompt.answered", "role.accepted"]),
        entity=st.just("initiative"),
        entity_id=st.just(SEPSIS),
        actor_kind=st.sampled_from(ActorKind),
        facts=st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.floats(allow_nan=False) | st.text()),
        personal=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=2),
    ),
    max_size=4,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(units=st.lists(st.tuples(EVENTS, st.booleans()), max_size=4))
async def test_I_32_the_chain_is_gapless_whatever_is_recorded_and_rolled_back(  # noqa: N802
    units: list[tuple[list[Event], bool]], database: Database
) -> None:
    before = await links(database)
    for events, committed in units:
        async with SqlUnitOfWork(database) as uow:
            for event in events:
                uow.events.record(event)
            if committed:
                await uow.commit()
    chain = await links(database)
    kept = [event for events, committed in units if committed for event in events]
    assert ChainCheck().first_break(chain) is None
    assert [(each.at, each.action, each.actor_kind) for each in chain[len(before) :]] == [
        (each.at, each.action, each.actor_kind) for each in kept
    ]


async def test_I_32_units_that_commit_at_once_keep_the_chain_gapless(database_url: str) -> None:  # noqa: N802
    one, other = Database.at(database_url), Database.at(database_url)
    await a_small_world(one)
    await asyncio.gather(
        *(store((one, other)[n % 2], a_commitment(f"Promise {n}"), *[an_event(facts={"n": n})] * 3) for n in range(12))
    )
    chain = await links(one)
    await one.close()
    await other.close()
    assert [each.seq for each in chain] == list(range(1, 37))
    assert ChainCheck().first_break(chain) is None
    in_threes: Sequence[object] = [each.facts["n"] for each in chain]
    assert all(in_threes[n] == in_threes[n + 1] == in_threes[n + 2] for n in range(0, 36, 3))


async def test_I_32_an_altered_or_removed_row_breaks_the_chain(database: Database) -> None:  # noqa: N802
    await store(database, *[an_event(facts={"n": n}) for n in range(5)])
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE audit SET actor_id = 'someone-else' WHERE seq = 3"))
    assert ChainCheck().first_break(await links(database)) == 3
    async with database.writer.begin() as connection:
        await connection.execute(text("DELETE FROM audit WHERE seq = 2"))
    assert ChainCheck().first_break(await links(database)) == 2


async def test_I_32_peoples_words_can_be_erased_without_breaking_the_chain(database: Database) -> None:  # noqa: N802
    words = {"text": "Ana's own words"}
    await store(database, an_event(), an_event(personal=words))
    personal = table_of(AuditPersonalRow)
    async with database.writer.begin() as connection:
        row = (await connection.execute(personal.select())).mappings().one()
        await connection.execute(delete(personal))
    chain = await links(database)
    assert (row["seq"], row["words"]) == (2, words)
    assert chain[1].personal_hash == personal_hash(words, row["salt"])
    assert chain[0].prev_hash == GENESIS
    assert ChainCheck().first_break(chain) is None


async def test_links_are_read_in_pages(database: Database) -> None:
    await store(database, *[an_event()] * 5)
    assert [each.seq for each in await links(database, after=1, limit=2)] == [2, 3]


# The rows status is read from


async def test_units_that_touch_one_initiative_at_once_lose_nothing_of_each_other(database_url: str) -> None:
    one, other = Database.at(database_url), Database.at(database_url)
    await a_small_world(one)
    titles = [f"Blocker {n}" for n in range(12)]
    await asyncio.gather(*(store((one, other)[n % 2], a_raid(title)) for n, title in enumerate(titles)))
    async with one.reading() as connection:
        facts = (await connection.execute(text("SELECT facts FROM initiative_status"))).scalar_one()
    await one.close()
    await other.close()
    assert [title for title in titles if title not in facts] == []


async def test_a_change_that_is_rolled_back_does_not_reach_the_status_row(database: Database) -> None:
    await a_small_world(database)
    async with SqlUnitOfWork(database) as uow:
        await uow.initiatives.save([an_initiative(name="Renamed")])
    async with database.reading() as connection:
        facts = (await connection.execute(text("SELECT facts FROM initiative_status"))).scalar_one()
    assert "Renamed" not in facts
