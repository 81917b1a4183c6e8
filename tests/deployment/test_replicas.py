"""Several real processes on one PostgreSQL: they plan and deliver together, nothing twice, and survive an upgrade."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.errors import Outdated
from storage.engine import Database, take_schema
from storage.mapping import to_row
from storage.revisions import head_revision
from storage.stores.deliveries import DELIVERY
from storage.unit_of_work import SqlUnitOfWork
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.harness import real_time
from tests.builders import a_delivery, a_person, store
from tests.deployment.replicas import NAMES, Replica, replica, settle, until


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[Database]:
    """The database that the processes share."""
    opened = Database.at(postgres_url)
    yield opened
    await stamp(opened, head_revision())  # the server is that of other tests too
    await opened.close()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A Slack without limits of its own; the product keeps to its pace all the same."""
    async with FakeSlack(real_time, limits=None) as fake:
        yield fake


async def is_ready(*replicas: Replica) -> None:
    """Wait until every process is ready, and check that nothing is wrong with any."""
    await until(lambda: all(each.said("ready") for each in replicas), *replicas)
    for each in replicas:
        status, body = await each.readiness()
        assert (status, set(body.values())) == (200, {"ok"}), body


async def stamp(database: Database, revision: str) -> None:
    """Let the database have the schema of another program."""
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


async def test_two_processes_plan_and_deliver_together_and_nothing_twice(
    shared: Database, postgres_url: str, slack: FakeSlack
) -> None:
    accounts = await settle(shared, slack, real_time())
    async with replica(postgres_url, slack) as first, replica(postgres_url, slack) as second:
        await until(lambda: all(slack.dm(account) for account in accounts), first, second)
        await is_ready(first, second)
        assert (await first.stop(), await second.stop()) == (0, 0)
    assert {account: len(slack.dm(account)) for account in accounts} == dict.fromkeys(accounts, 1)
    async with SqlUnitOfWork(shared) as uow:
        history, links = await uow.check_ins.history(), await uow.events.links(0, 1000)
        rows = [await uow.deliveries.of_person(a_person(name).id, real_time().replace(year=2000)) for name in NAMES]
        assert await uow.replicas.all() == []
    planned = [link.facts["prompts"] for link in links if link.action == "cycle.planned"]
    assert (len(history), planned) == (len(NAMES), [len(NAMES)])
    sent = [row for one in rows for row in one if row.kind is DeliveryKind.CHECKIN_PROMPT]
    assert [row.state for row in sent] == [DeliveryState.SENT] * len(NAMES)


async def test_an_old_process_idles_on_a_newer_schema_and_goes_on_when_it_is_its_own_again(
    shared: Database, postgres_url: str, slack: FakeSlack
) -> None:
    accounts = await settle(shared, slack, real_time())
    async with replica(postgres_url, slack, "worker") as worker, replica(postgres_url, slack, "web") as web:
        await until(lambda: all(slack.dm(account) for account in accounts), worker, web)
        await is_ready(worker, web)
        await stamp(shared, "9999")
        lost = a_delivery("silence:unclaimed:2026-11-26", kind=DeliveryKind.ADMIN_NOTICE, to=a_person(NAMES[0]).id)
        row = replace(lost, not_before=real_time(), expires_at=real_time() + timedelta(hours=1))
        async with shared.writer.begin() as connection:
            await connection.execute(DELIVERY.insert().values(**to_row(row)))
        await until(lambda: worker.said("scheduler.idle"), worker)
        for each in (worker, web):
            status, body = await each.readiness()
            assert (status, body["schema"]) == (
                503,
                "The database was made by a newer Steward: upgrade the program.",
            )
        assert len(slack.dm(accounts[0])) == 1
        await stamp(shared, head_revision())
        await until(lambda: len(slack.dm(accounts[0])) == 2, worker)
        await until(lambda: worker.said("scheduler.back"), worker)
        assert (await worker.stop(), await web.stop()) == (0, 0)
        assert not any("Traceback" in line for line in worker.log + web.log)
    assert {len(slack.dm(account)) for account in accounts[1:]} == {1}


async def test_an_old_program_that_starts_on_a_newer_schema_waits_and_a_newer_one_refuses_an_old_schema(
    shared: Database, postgres_url: str, slack: FakeSlack
) -> None:
    await settle(shared, slack, real_time())
    await stamp(shared, "9999")
    async with replica(postgres_url, slack) as old:
        await until(lambda: old.said("scheduler.idle"), old)
        assert (await old.readiness())[0] == 503
        assert await old.stop() == 0
    await stamp(shared, "0001")
    async with replica(postgres_url, slack) as newer:
        await asyncio.wait_for(newer.process.wait(), 60)
        assert newer.process.returncode == 1
        await newer.kill()
        assert newer.log == ["steward: The database is of an older Steward: run `steward migrate`.\n"]
    await stamp(shared, head_revision())
    assert slack.calls_of("chat.postMessage") == []


async def test_a_migration_waits_for_those_who_write_and_who_comes_meanwhile_sees_the_new_schema(
    shared: Database,
) -> None:
    taken, released = asyncio.Event(), asyncio.Event()

    async def migrated() -> None:
        async with shared.writer.begin() as connection:
            await take_schema(connection)
            taken.set()
            await released.wait()
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    async with SqlUnitOfWork(shared) as uow:
        migrating = asyncio.create_task(migrated())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(taken.wait()), 0.2)
        await uow.people.save([a_person()])
        await uow.commit()
    await asyncio.wait_for(taken.wait(), 10)
    coming = asyncio.create_task(store(shared, a_person("Ben Vale")))
    done, _ = await asyncio.wait([coming], timeout=0.2)
    assert not done
    released.set()
    await migrating
    with pytest.raises(Outdated, match="newer Steward"):
        await coming
    await stamp(shared, head_revision())
    async with SqlUnitOfWork(shared) as uow:
        assert [person.name for person in await uow.people.all()] == ["Ana Ortiz"]
