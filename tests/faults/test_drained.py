"""Fault 2: SIGTERM in the middle of sending. What was not begun is handed back; the next process sends it at once."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.deliveries import DeliveryState
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.harness import real_time
from tests.builders import a_person
from tests.deployment.replicas import NAMES, replica, settle, until


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[Database]:
    """The database of the processes."""
    database = Database.at(database_url)
    yield database
    await database.close()


async def test_a_second_signal_ends_at_once_and_nothing_is_lost_or_doubled(opened: Database, database_url: str) -> None:
    async with FakeSlack(real_time, limits=None) as slack:
        accounts = await settle(opened, slack, real_time())
        slack.fault("chat.postMessage", "accept_then_hang", times=1)
        async with replica(database_url, slack) as first:
            await until(lambda: any(slack.dm(account) for account in accounts), first)
            first.process.terminate()
            await until(lambda: first.said("stopping"), first)
            assert await first.stop() == 0
        async with SqlUnitOfWork(opened) as uow:
            rows = [await uow.deliveries.of_person(a_person(name).id, real_time().replace(year=2000)) for name in NAMES]
        states = {row.state for one in rows for row in one}
        assert DeliveryState.LEASED not in states
        assert not [row for one in rows for row in one if row.lease_owner]
        async with replica(database_url, slack) as second:
            await until(lambda: all(slack.dm(account) for account in accounts), second)
            assert await second.stop() == 0
    assert [len(slack.dm(account)) for account in accounts] == [1] * len(accounts)
