"""A backup taken while Steward works, restored: what was sent before is not sent again, and nothing storms after."""

import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.events import ChainCheck
from bot.flows.cycles import open_due
from bot.ports import Ports
from scheduler.runner import run_due_once
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import make_ports
from tests.cli.conftest import Steward
from tests.fakes.frozen_clock import FrozenClock
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.office import UNPACED, Office
from tests.flows.world import World
from tests.postgres import Postgres, binaries

FRIDAY_MORNING = datetime(2026, 11, 27, 16, 5, tzinfo=UTC)
FRIDAY_NOON = datetime(2026, 11, 27, 18, tzinfo=UTC)
Copied = Callable[[], str]
EVERYBODY = ("ana-ortiz", "ben-vale", "dana-whitfield")


def run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs."""
    folder = binaries()
    assert folder
    subprocess.run([str(folder / program), *arguments], check=True, capture_output=True, timeout=60)


@pytest.fixture
def backed_up(request: pytest.FixtureRequest, database: Database, tmp_path: Path, process: Steward) -> Copied:
    """A function that backs the database up as the documents say, and returns where it can be restored from."""
    if database.is_sqlite:
        url = request.getfixturevalue("sqlite_url")

        def by_steward() -> str:
            assert process("backup", "copy.db", database_url=url).out == "The database is copied to copy.db.\n"
            return str(tmp_path / "copy.db")

        return by_steward

    def by_pg_dump() -> str:
        file = str(tmp_path / "steward.dump")
        run("pg_dump", "--format=custom", f"--file={file}", request.getfixturevalue("postgres_url"))
        return file

    return by_pg_dump


@asynccontextmanager
async def restored(request: pytest.FixtureRequest, file: str, clock: FrozenClock) -> AsyncIterator[Ports]:
    """Give ports over a database restored from a backup."""
    if file.endswith(".db"):
        url = f"sqlite:///{shutil.copy(file, file + '.restored.db')}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create("restored")
        run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={url}", file)
    database = Database.at(url)
    await database.check_schema()
    reads = SqlReads(database)
    yield make_ports(database, clock, reads=reads)
    await reads.close()
    await database.close()


@pytest.fixture
async def office(database: Database, clock: FrozenClock) -> AsyncIterator[Office]:
    """Three owners who have been asked on Thursday."""
    reads = SqlReads(database)
    world = await World(database, make_ports(database, clock, reads=reads), clock).settle()
    office = Office(world, RecordingPlatform(), paces=UNPACED)
    await open_due(office.ports)
    await office.until_idle()
    yield office
    await reads.close()


def with_(office: Office, ports: Ports) -> Ports:
    """Return the restored ports with the platform and policy of the office."""
    return replace(
        ports, platforms=office.ports.platforms, policy=office.ports.policy, questions=office.ports.questions
    )


def received(office: Office) -> Counter[str]:
    """Return how many messages stand in each conversation."""
    return Counter(one.to.conversation for one in office.slack.sent)


async def test_what_was_sent_before_the_backup_is_not_sent_again(
    request: pytest.FixtureRequest, office: Office, backed_up: Copied, caplog: pytest.LogCaptureFixture
) -> None:
    assert received(office) == dict.fromkeys(map(direct, (f"U-{who}" for who in EVERYBODY)), 1)
    file = backed_up()
    office.clock.set(FRIDAY_MORNING)
    await office.until_idle()
    assert set(received(office).values()) == {2}  # a reminder went out after the backup
    office.clock.set(FRIDAY_NOON)
    async with restored(request, file, office.clock) as ports:
        await run_due_once(with_(office, ports))
        async with ports.open_unit_of_work() as uow:
            rows = [row for who in EVERYBODY for row in await uow.deliveries.of_person(who, FRIDAY_NOON - timedelta(9))]
            assert ChainCheck().first_break(await uow.events.links(0, 1000)) is None
    keys = Counter(one.key for one in office.slack.sent)
    asked = {row.id for row in rows if row.kind is DeliveryKind.CHECKIN_PROMPT}
    assert {keys[key] for key in asked} == {1}
    assert set(received(office).values()) == {3}  # what went out after the backup is not known any more: once more
    assert "auditor.found" in caplog.messages


async def test_a_backup_restored_weeks_later_sends_nothing_old(
    request: pytest.FixtureRequest, office: Office, backed_up: Copied
) -> None:
    file, before = backed_up(), len(office.slack.sent)
    office.clock.set(FRIDAY_NOON + timedelta(weeks=3, days=-3))  # a Tuesday, when nobody is asked
    async with restored(request, file, office.clock) as ports:
        await run_due_once(with_(office, ports))
        async with ports.open_unit_of_work() as uow:
            history = [prompt.state for prompt, _ in await uow.check_ins.history()]
            key = f"{DeliveryKind.CHECKIN_NUDGE}:2026-W48:ana-ortiz:1"
            nudge = await uow.deliveries.by_key(key)
    assert len(office.slack.sent) == before
    assert history == [PromptState.MISSED] * 3
    assert nudge
    assert (nudge.state, nudge.reason) == (DeliveryState.SUPERSEDED, "expired")


def test_a_backup_goes_to_a_new_file_and_postgresql_has_its_own_program(
    steward: Steward, organisation: None, tmp_path: Path
) -> None:
    (tmp_path / "there.db").touch()
    assert "there.db exists already" in steward("backup", "there.db").err
    assert "There is no folder nowhere" in steward("backup", "nowhere/copy.db").err
    assert "pg_dump" in steward("backup", "copy.db", database_url="postgresql://u@h/d").err
    assert steward("backup", "copy.db").code == 0
    assert steward("verify", database_url=f"sqlite:///{tmp_path}/copy.db").code == 0
