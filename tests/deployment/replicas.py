"""Real processes of the product on a database and a fake Slack, for tests of several at once."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import aiohttp

from bot.domain.initiatives import Initiative
from bot.domain.ownership import OWNER_ROLES
from bot.domain.people import Organisation, Person
from storage.engine import Database
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.harness import SECRET
from tests.builders import a_person, a_portfolio, an_assignment, an_initiative, store
from tests.cli.test_processes import free_port
from tests.house.tree import ROOT

PATIENCE = 60.0
NAMES = ("Ana Ortiz", "Ben Vale", "Cleo Ray", "Dana Whitfield", "Ed Lund", "Fay Moss")
OFTEN = 0.05


class Replica:
    """One `steward serve`; `log` is what it has said so far."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process, self.port = process, port
        self.log: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            self.log.append(line.decode())

    def said(self, words: str) -> bool:
        """Return whether the log has these words."""
        return any(words in line for line in self.log)

    async def readiness(self) -> tuple[int, dict[str, str]]:
        """Return the answer of /readyz."""
        async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
            return answer.status, await answer.json()

    async def stop(self) -> int | None:
        """End it as an operator does; return its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), PATIENCE)
        await self._reading
        return self.process.returncode

    async def kill(self) -> None:
        """End it as a power cut does, unless it has ended."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading


@asynccontextmanager
async def replica(url: str, slack: FakeSlack, role: str = "all") -> AsyncIterator[Replica]:
    """Start a replica; it may take a while until it is ready."""
    port = free_port()
    settings = {
        "DATABASE_URL": url,
        "PORT": str(port),
        "PLATFORMS": "slack",
        "LOG_FORMAT": "json",
        "SLACK_BOT_TOKEN": slack.workspace.token,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
    }
    named = {f"STEWARD_{name}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve", "--role", role),
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONTZPATH": "", **named},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stdin=asyncio.subprocess.DEVNULL,
    )
    started = Replica(process, port)
    try:
        yield started
    finally:
        await started.kill()


async def until(true: Callable[[], bool], *watched: Replica) -> None:
    """Wait until something is true; fails with the logs when it is not in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(OFTEN)
    except TimeoutError:
        raise AssertionError("\n".join(line for each in watched for line in each.log[-30:])) from None


def late_morning(now: datetime) -> tuple[str, frozenset[int]]:
    """Return a zone in which it is between eleven and twelve, and working days of which a check-in is due by now."""
    ahead = 11 - now.hour
    today = (now + timedelta(hours=ahead)).weekday()
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "UTC"
    return zone, frozenset({today, today + 1} if today < 6 else {5, 6})


async def settle(database: Database, slack: FakeSlack, now: datetime) -> list[str]:
    """Store six owners of two initiatives who are to be asked now, and give them accounts; return those."""
    zone, workdays = late_morning(now)
    await store(database, Organisation(name="Northlake", timezone=zone, workdays=workdays))
    people = [a_person(name) for name in NAMES]
    initiatives = [an_initiative(key) for key in ("SEPSIS", "STROKE")]
    await store(database, *people, a_portfolio(timezone=zone), *initiatives)
    await store(database, *_assignments(initiatives, people, now))
    return [slack.add_user(name=person.name, email=person.email).id for person in people]


def _assignments(initiatives: list[Initiative], people: list[Person], now: datetime) -> list[object]:
    places = [(initiative.id, role) for initiative in initiatives for role in OWNER_ROLES]
    since = (now - timedelta(days=30)).date()
    return [
        an_assignment(initiative_id, role, person.id, valid_from=since)
        for (initiative_id, role), person in zip(places, people, strict=True)
    ]
