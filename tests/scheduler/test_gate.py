"""The gate of the clock: shut while the time is wrong, told once, open again by itself, and heard in the engine."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import Unavailable
from bot.ports import Ports
from scheduler.beats import Beat
from scheduler.clock import time_up
from scheduler.gate import ClockGate
from scheduler.runner import Runner
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.scheduler.test_runner import PATIENCE, Counted

HOUR = timedelta(hours=1)


class Machine:
    """A machine whose clock, uptime and database clock are set apart from one another."""

    def __init__(self, ports: Ports, clock: FrozenClock) -> None:
        self.clock, self.up = clock, HOUR
        self.database: timedelta | Unavailable | None = None
        self.ports = replace(ports, reads=self)  # type: ignore[arg-type]  # one read only
        self.gate = ClockGate(self.ports, lambda: self.up)

    async def database_time(self) -> datetime | None:
        if isinstance(self.database, Unavailable):
            raise self.database
        return None if self.database is None else self.clock.now() + self.database

    def pass_time(self, span: timedelta) -> None:
        self.clock.advance(seconds=span.total_seconds())
        self.up += span


@pytest.fixture
def machine(ports: Ports, clock: FrozenClock) -> Machine:
    return Machine(ports, clock)


async def test_time_that_passes_keeps_the_gate_open(machine: Machine) -> None:
    for span in (HOUR, 9 * HOUR, timedelta(days=20)):
        assert await machine.gate.check() == ""
        machine.pass_time(span)
    assert await machine.gate.check() == ""


async def test_a_jump_shuts_the_gate_until_the_clock_is_set_right(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    await machine.gate.check()
    machine.clock.advance(hours=7)
    for _ in range(3):
        assert "jumped forward by 25200 s" in await machine.gate.check()
        machine.pass_time(timedelta(seconds=5))
    machine.clock.advance(hours=-7)
    assert await machine.gate.check() == machine.gate.trouble == ""
    told = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert told == ["clock.not_trusted"]
    assert "clock.trusted_again" in caplog.messages


async def test_a_restart_takes_a_jump_as_meant(machine: Machine) -> None:
    await machine.gate.check()
    machine.clock.advance(hours=7)
    assert await machine.gate.check() != ""
    assert await ClockGate(machine.ports, lambda: machine.up).check() == ""


async def test_a_step_back_is_noted_and_stops_nothing(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    await machine.gate.check()
    machine.clock.advance(days=-3)
    assert await machine.gate.check() == ""
    assert "clock.stepped" in caplog.messages


async def test_a_database_with_another_time_shuts_the_gate(machine: Machine) -> None:
    machine.database = timedelta(seconds=90)
    assert await machine.gate.check() == "this machine's clock is 90 s behind the database's"
    machine.database = timedelta(0)
    assert await machine.gate.check() == ""


async def test_a_database_that_does_not_answer_says_nothing_about_the_clock(machine: Machine) -> None:
    machine.database = Unavailable()
    assert await machine.gate.check() == ""


async def test_the_uptime_goes_on() -> None:
    assert timedelta(0) < time_up() <= time_up()


async def test_a_database_of_its_own_tells_its_time_and_sqlite_none(database: Database) -> None:
    reads = SqlReads(database)
    try:
        told = await reads.database_time()
        assert (told is None) is database.is_sqlite
        assert told is None or told.utcoffset() == timedelta(0)
    finally:
        await reads.close()


@pytest.fixture
async def wrong(database: Database, clock: FrozenClock) -> AsyncIterator[ClockGate]:
    """A gate at a clock that stands at another time than the database's."""
    reads = SqlReads(database)
    yield ClockGate(make_ports(database, clock, reads=reads))
    await reads.close()


async def test_the_real_database_is_compared_with(wrong: ClockGate, database: Database) -> None:
    assert (await wrong.check() == "") is database.is_sqlite


async def test_while_the_gate_is_shut_only_what_needs_no_clock_is_run(machine: Machine) -> None:
    send, note = Counted("send"), Counted("note", target=3)
    beats = (Beat("send", 1, send.flow), Beat("note", 1, note.flow, any_time=True))
    machine.database = timedelta(hours=2)
    engine = Runner(machine.ports, asyncio.Event(), beats, machine.gate)
    await engine.start()
    await note.wait()
    assert (send.runs, engine.idle) == (0, "this machine's clock is 7200 s behind the database's")
    machine.database = timedelta(0)
    await send.wait()
    await engine.stop(PATIENCE)
    assert engine.idle == ""
