"""The digest's query over 10,000 initiatives and twelve weeks, against the same SQL run by the bare driver."""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.dialects import sqlite

from benchmarks.row import Row
from bot.domain.calendar import weeks_after
from bot.domain.checkins import Prompt, PromptState, Rag, prompt_id
from bot.domain.initiatives import Initiative, Stage
from bot.domain.ownership import OWNER_ROLES
from bot.domain.people import Organisation, Person, Portfolio
from storage.engine import Database, driver_url
from storage.migrating import upgrade
from storage.queries import SqlReads
from storage.unit_of_work import SqlUnitOfWork
from storage.weeks import week_statement

INITIATIVES, WEEKS, ROUNDS, LIMIT = 10_000, 12, 7, 1.1
FOLIO, WEEK = "folio", "2026-W47"
Work = Callable[[], Awaitable[object]]
MONDAY = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


async def rows() -> list[Row]:
    """Return how the statement and the whole week compare with the bare driver; medians of interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "steward.db"
        await upgrade(driver_url(f"sqlite:///{path}"))
        database = Database.at(f"sqlite:///{path}")
        reads = SqlReads(database)
        try:
            await _fill(database)
            bare, query, whole = await _measured(path, reads)
        finally:
            await reads.close()
            await database.close()
    what = f"digest query, {INITIATIVES:,} initiatives x {WEEKS} weeks"
    ratio = query / bare
    return [
        Row(what, f"{ratio:.2f} x ({query:.0f} ms to {bare:.0f} ms)", f"<= {LIMIT} x the same SQL raw", ratio <= LIMIT),
        Row("digest facts of them all, as objects", f"{whole:.0f} ms", "for information", holds=True),
    ]


async def _measured(path: Path, reads: SqlReads) -> tuple[float, float, float]:
    statement = week_statement(FOLIO, WEEK, MONDAY)
    dialect = sqlite.dialect(paramstyle="named")
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    sql, given = str(compiled), {name: _plain(value) for name, value in compiled.params.items()}
    with closing(sqlite3.connect(path, check_same_thread=False)) as raw:
        raw.execute("PRAGMA temp_store=MEMORY")
        expected = [tuple(row) for row in raw.execute(sql, given)]
        found = [tuple(row.values()) for row in await reads.rows(statement)]
        if found != expected or len(found) != INITIATIVES:
            raise AssertionError("the two do not find the same")

        async def by_driver() -> object:
            return await asyncio.to_thread(lambda: raw.execute(sql, given).fetchall())

        works: tuple[Work, ...] = (
            by_driver,
            lambda: reads.rows(statement),
            lambda: reads.week(FOLIO, WEEK, MONDAY),
        )
        bare, query, whole = await _medians(works)
        return bare, query, whole


async def _medians(works: tuple[Work, ...]) -> list[float]:
    """Return the median milliseconds of each work; a round runs all of them, so that a busy moment hits all alike."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, seconds in zip(works, taken, strict=True):
            begun = time.perf_counter()
            await work()
            seconds.append(time.perf_counter() - begun)
    return [1000 * sorted(seconds)[ROUNDS // 2] for seconds in taken]


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column takes
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


async def _fill(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        await uow.people.save_organisation(Organisation(name="Large", timezone="America/Chicago"))
        await uow.people.save_portfolio(Portfolio(id=FOLIO, key="ALL", name="All", timezone="America/Chicago"))
        await uow.people.save([Person(id="p", name="Ada Lind", email="ada@large.example")])
        await uow.initiatives.save(
            Initiative(id=f"i{n}", key=f"K{n}", name=f"Initiative {n}", portfolio_id=FOLIO, stage=Stage.PILOT)
            for n in range(INITIATIVES)
        )
        pick = random.Random(7)
        for back in range(WEEKS):
            await uow.check_ins.add_prompts_once(list(_prompts(weeks_after(WEEK, -back), pick)))
        await uow.commit()


def _prompts(week: str, pick: random.Random) -> Iterator[Prompt]:
    """Yield a week's check-ins: four in five answered, one in ten of those Red."""
    sent = datetime.fromisocalendar(int(week[:4]), int(week[6:]), 4).replace(hour=16, tzinfo=UTC)
    for n in range(INITIATIVES):
        for role in OWNER_ROLES:
            one = Prompt(
                id=prompt_id(week, f"i{n}", role),
                cycle=week,
                initiative_id=f"i{n}",
                role=role,
                person_id="p",
                due_at=sent + timedelta(days=1),
                sent_at=sent,
                state=PromptState.MISSED,
            )
            if pick.random() < 0.8:
                rag = pick.choice([*[Rag.GREEN] * 6, *[Rag.AMBER] * 3, Rag.RED])
                one = replace(one, state=PromptState.ANSWERED, answered_at=sent + timedelta(hours=20), rag=rag)
            yield one
