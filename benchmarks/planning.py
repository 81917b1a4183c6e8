"""Planning a week: 10,000 initiatives with three owners each, on SQLite."""

import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.row import Row
from bot.domain.initiatives import Initiative, Stage
from bot.domain.ownership import OWNER_ROLES, AssignmentState, RoleAssignment
from bot.domain.people import Organisation, Person, Portfolio
from bot.domain.policy import Policy
from bot.flows.cycles import open_due
from bot.playbook.load import load_questions
from bot.playbook.public_holidays import public_holidays
from bot.ports import Ports
from scheduler.clock import MovableClock
from storage.engine import Database, driver_url
from storage.migrating import upgrade
from storage.queries import SqlReads
from storage.unit_of_work import SqlUnitOfWork

INITIATIVES, PEOPLE, LIMIT = 10_000, 3_000, 1.0
OPENS = datetime(2026, 11, 26, 8, tzinfo=UTC)
ZONES = ("America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney", None)
AGAIN = "planning them again, and by the beat each minute"


async def rows() -> list[Row]:
    """Return how long planning 30,000 check-ins takes, and how long finding that nothing is left to plan."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'steward.db'}"
        await upgrade(driver_url(url))
        database = Database.at(url)
        reads = SqlReads(database)
        try:
            await _fill(database)
            ports = _ports(database, reads)
            first, planned = await _timed(ports)
            second, again = await _timed(ports)
        finally:
            await reads.close()
            await database.close()
    count, limit = INITIATIVES * len(OWNER_ROLES), f"under {LIMIT:g} s"
    plan = f"planning {count:,} check-ins"
    return [
        Row(plan, f"{planned:,} in {first:.2f} s", limit, _ok(first, planned, count)),
        Row(AGAIN, f"{again} new in {second:.2f} s", f"0 new, {limit}", _ok(second, again, 0)),
    ]


def _ok(seconds: float, planned: int, expected: int) -> bool:
    return seconds < LIMIT and planned == expected


async def _timed(ports: Ports) -> tuple[float, int]:
    begun = time.perf_counter()
    planned = await open_due(ports)
    return time.perf_counter() - begun, planned


def _ports(database: Database, reads: SqlReads) -> Ports:
    return Ports(
        open_unit_of_work=lambda: SqlUnitOfWork(database),
        reads=reads,
        clock=MovableClock(OPENS),
        policy=Policy(),
        questions=load_questions(),
        holidays=public_holidays,
    )


async def _fill(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        await uow.people.save_organisation(Organisation(name="Large", timezone="America/Chicago"))
        await uow.people.save_portfolio(Portfolio(id="folio", key="ALL", name="All", timezone="America/Chicago"))
        await uow.people.save(
            Person(id=f"p{n}", name=f"Person {n}", email=f"p{n}@large.example", timezone=ZONES[n % len(ZONES)])
            for n in range(PEOPLE)
        )
        await uow.initiatives.save(
            Initiative(id=f"i{n}", key=f"K{n}", name=f"Initiative {n}", portfolio_id="folio", stage=Stage.PILOT)
            for n in range(INITIATIVES)
        )
        await uow.ownership.save(_owners())
        await uow.commit()


def _owners() -> list[RoleAssignment]:
    return [
        RoleAssignment(
            id=f"a{n}-{role}",
            initiative_id=f"i{n}",
            role=role,
            person_id=f"p{(n + 1000 * place) % PEOPLE}",
            valid_from=date(2026, 1, 1),
            state=AssignmentState.ACTIVE,
            accepted_at=OPENS,
        )
        for n in range(INITIATIVES)
        for place, role in enumerate(OWNER_ROLES)
    ]
