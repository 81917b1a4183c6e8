"""How fast the engine sends when the platform is no limit: messages a second on both databases, 30,000 due, memory."""

import asyncio
import resource
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.row import Row
from bot.domain.deliveries import Address, Delivery, DeliveryKind, planned
from bot.flows.composing import COMPOSERS
from bot.flows.delivery import deliver_due
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import NOW, make_ports
from tests.databases import migrate
from tests.fakes.frozen_clock import FrozenClock
from tests.fakes.recording_platform import RecordingPlatform
from tests.faults.machine import says_something, use
from tests.flows.office import UNPACED
from tests.postgres import Postgres, binaries

DUE, SENT = 30_000, 1_500
LEAST, MOST_MEMORY, MOST_WAIT = 1_000, 200.0, 2.0


async def rows() -> list[Row]:
    """Return the rows; messages say one sentence, so that what is measured is claiming, judging and recording."""
    use(dict.fromkeys(DeliveryKind, says_something))
    try:
        with tempfile.TemporaryDirectory() as folder:
            sqlite = await asyncio.to_thread(migrate, f"sqlite:///{Path(folder) / 'engine.db'}")
            found = await _measured("SQLite", sqlite)
        return found + await _on_postgres()
    finally:
        use(COMPOSERS)


async def _on_postgres() -> list[Row]:
    programs = binaries()
    if programs is None:
        return [Row("engine on PostgreSQL", "no PostgreSQL here", f"{LEAST:,} a second", holds=False)]
    server = Postgres(programs)
    try:
        await asyncio.to_thread(server.initialise)
        await asyncio.to_thread(server.start)
        url = await asyncio.to_thread(lambda: migrate(server.create("steward")))
        return await _measured("PostgreSQL", url)
    finally:
        await asyncio.to_thread(server.close)


async def _measured(name: str, url: str) -> list[Row]:
    database = Database.at(url)
    try:
        claimed = await _first_claim(database)
        before = _memory()
        sent, seconds = await _sent(database)
        speed = sent / seconds
        grown = _memory() - before
    finally:
        await database.close()
    rate, wait, memory = f"{speed:,.0f} a second", f"{claimed:.2f} s", f"{grown:+.0f} MB to {_memory():.0f} MB"
    return [
        Row(f"engine on {name}, unlimited platform, {DUE:,} due", rate, f"{LEAST:,}", speed >= LEAST),
        Row(f"{name}: {DUE:,} due at once, first claim", wait, f"{MOST_WAIT} s", claimed <= MOST_WAIT),
        Row(f"{name}: memory while they are due", memory, f"{MOST_MEMORY:.0f} MB", _memory() <= MOST_MEMORY),
    ]


async def _first_claim(database: Database) -> float:
    """Store what is due, and return how long a worker takes to claim the first of it."""
    async with SqlUnitOfWork(database) as uow:
        await uow.deliveries.add_once([_row(n) for n in range(DUE)])
        await uow.commit()
    began = time.perf_counter()
    async with SqlUnitOfWork(database) as uow:
        await uow.deliveries.claim(NOW, "w", timedelta(minutes=1), 20)
    return time.perf_counter() - began


def _row(number: int) -> Delivery:
    to = Address("slack", f"C{number}")
    return planned(DeliveryKind.DIGEST, str(number), to=to, not_before=NOW, expires_at=NOW + timedelta(days=1))


async def _sent(database: Database) -> tuple[int, float]:
    """Send a part of what is due; return how much it was, and the seconds it took."""
    platform, ports = RecordingPlatform(), make_ports(database, FrozenClock(NOW), reads=object())
    policy = replace(ports.policy, delivery=replace(ports.policy.delivery, paces=UNPACED))
    ports = replace(ports, policy=policy, platforms={"slack": platform})
    began = time.perf_counter()
    while len(platform.sent) < SENT:
        await deliver_due(ports, "w")
    return len(platform.sent), time.perf_counter() - began


def _memory() -> float:
    """Return the most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
