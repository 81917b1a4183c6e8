"""The commands of an operator on a portfolio that is in use: erase, and what doctor says of clocks and processes."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Core
from bot.cli.checkup import _clock, _processes
from bot.domain.operating.health import Replica
from bot.flows.operating import presence
from bot.playbook.samples import SAMPLE
from scheduler.clock import SystemClock
from storage.engine import Database
from storage.queries import SqlReads
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import NOW, a_delivery, make_ports
from tests.cli.conftest import Ended, Steward
from tests.fakes.frozen_clock import FrozenClock

PRIYA = "priya.raman@northlake.example"
REPLICA = Replica(name="a-1", host="a", role="all", version="0.1.0", started_at=NOW, seen_at=NOW)


@pytest.fixture
def sample(steward: Steward, organisation: None) -> None:
    """The sample portfolio, taken in."""
    assert steward("import", str(SAMPLE)).code == 0


# Erasing


@pytest.mark.usefixtures("sample")
def test_a_person_is_erased_after_a_preview_and_a_refusal_and_the_chain_stays_whole(steward: Steward) -> None:
    shown = steward("erase", PRIYA)
    assert shown.code == 0
    assert shown.out.startswith(f"Priya Raman ({PRIYA}), id ")
    assert "repeat with --yes --force, or hand over first." in shown.out
    refused = steward("erase", PRIYA, "--yes")
    assert (refused.code, refused.out) == (1, "")
    assert "Priya Raman still holds" in refused.err
    done = steward("erase", "Priya Raman", "--yes", "--force")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1].startswith("Erased. What stands in chat and in backups is not reached")
    assert steward("verify").out.startswith("The audit chain is whole")
    assert "Priya" not in steward("export").out
    stored = b"".join(path.read_bytes() for path in Path().glob("steward.db*"))
    assert b"priya" not in stored.lower()
    again = steward("erase", PRIYA, "--yes")
    assert again.code == 1


@pytest.mark.usefixtures("organisation")
def test_the_only_administrator_is_not_erased(steward: Steward) -> None:
    ended = steward("erase", "dana@example.com", "--yes", "--force")
    assert ended.code == 1
    assert "the only administrator" in ended.err


# What doctor says


def outbox(ended: Ended, what: str) -> str:
    """Return the line of doctor's that is about something."""
    return next(line for line in ended.out.splitlines() if what in line)


def in_the_database(work: Coroutine[None, None, None]) -> None:
    """Do something with the database between two commands."""
    asyncio.run(work)


async def a_process(name: str, role: str, *, late: bool = False) -> None:
    """Let a process show itself in the database of this folder, and a message be due for long."""
    database = Database.at("sqlite:///steward.db")
    now = SystemClock().now()
    reads = SqlReads(database)
    ports = make_ports(database, FrozenClock(now), reads=reads)
    await presence.show(replace(REPLICA, name=name, role=role), ports)
    if late:
        async with SqlUnitOfWork(database) as uow:
            await uow.deliveries.add_once([a_delivery(not_before=now - timedelta(minutes=20))])
            await uow.commit()
    await reads.close()
    await database.close()


@pytest.mark.usefixtures("organisation")
def test_doctor_tells_the_processes_and_what_waits_to_be_sent(steward: Steward) -> None:
    assert outbox(steward("doctor"), "processes") == "ok: 0 processes"
    in_the_database(a_process("a-1", "web"))
    assert outbox(steward("doctor"), "--role web").startswith("fix: only processes with --role web run")
    in_the_database(a_process("a-2", "worker", late=True))
    said = steward("doctor")
    assert outbox(said, "SQLite file").startswith("fix: 2 processes share a SQLite file (web on a, worker on a)")
    assert outbox(said, "outbox").startswith("fix: outbox, 1 due, 0 dead, 0 unknown: the longest has waited 12")
    assert outbox(said, "time zones").startswith("ok: time zones")


async def test_doctor_compares_the_clock_with_the_databases(database: Database) -> None:
    reads = SqlReads(database)
    core = Core(database, make_ports(database, FrozenClock(NOW), reads=reads), asyncio.Event())
    told = (await reads.backlog(NOW)).database_at
    assert (told is None) == database.is_sqlite
    assert _clock(core, NOW + timedelta(seconds=61)) == (
        "fix: the clock is 61 s behind the database's: keep both right with NTP"
    )
    assert "ahead of" in _clock(core, NOW - timedelta(hours=1))
    assert _clock(core, NOW + timedelta(seconds=60)).endswith("16:00 UTC, the same as the database")
    assert _processes(core, [REPLICA]) == "ok: 1 process: all on a (0.1.0)"
    await reads.close()
