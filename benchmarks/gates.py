"""Two processes on PostgreSQL decide the same gate at once, 1,000 times: one decision each."""

import asyncio
import os
import statistics
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime

from benchmarks.row import Row
from bot.domain.events import ChainCheck
from bot.domain.gates.gates import Gate, GateState
from bot.domain.initiatives import Initiative, Stage
from bot.flows.gates.verifying import doubted
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import CARE, a_handle, a_person, a_portfolio, an_initiative, an_organisation, store
from tests.databases import MIGRATED, migrate
from tests.postgres import Postgres, binaries

TIMES = 1_000
DECIDERS = ("gina-karim", "omar-haddad")
NOW, DUE = datetime(2026, 11, 25, 9, tzinfo=UTC), date(2026, 12, 18)


async def rows() -> list[Row]:
    """Return how many gates were decided how often, and how long a pair of presses took."""
    programs = binaries()
    if programs is None:
        return [Row("two processes decide a gate at once", "no PostgreSQL here", "one decision each", holds=False)]
    server = Postgres(programs)
    try:
        await asyncio.to_thread(server.initialise)
        await asyncio.to_thread(server.start)
        url = await asyncio.to_thread(lambda: migrate(server.create(MIGRATED)))
        return await _raced(url)
    finally:
        await asyncio.to_thread(server.close)


async def _raced(url: str) -> list[Row]:
    database = Database.at(url)
    gates = await _filled(database)
    processes = [await _decider(url, who) for who in DECIDERS]
    said, took = [], []
    for gate in gates:
        began = time.perf_counter()
        said.append(await _pressed(gate.id, processes))
        took.append((time.perf_counter() - began) * 1000)
    for process in processes:
        process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
        await process.wait()
    once = sum(sorted(answer == "decided" for answer in pair) == [False, True] for pair in said)
    told = sum("was decided already" in answer for pair in said for answer in pair)
    stored, whole = await _stored(database)
    await database.close()
    name, both = f"two processes decide {TIMES:,} gates at once", f"median {statistics.median(took):.0f} ms a pair"
    return [
        Row(name, f"{once:,} once, {stored:,} decisions", "one decision each", once == stored == TIMES),
        Row("the other of the two reads who decided", f"{told:,} of {TIMES:,}, {both}", "always", told == TIMES),
        Row("the audit chain and the replay after it", "whole" if whole else "broken", "whole", holds=whole),
    ]


async def _filled(database: Database) -> list[Gate]:
    """Store initiatives with a submitted gate each, and two gatekeepers."""
    people = [a_person("Gina Karim"), a_person("Omar Haddad")]
    await store(database, an_organisation(country=None), *people, *(a_handle(one.id) for one in people))
    await store(database, replace(a_portfolio(), gatekeeper_ids=DECIDERS))
    initiatives = [_initiative(n) for n in range(TIMES)]
    gates = [_gate(one) for one in initiatives]
    async with SqlUnitOfWork(database) as uow:
        await uow.initiatives.save(initiatives)
        await uow.gates.gates.save(gates)
        await uow.commit()
    return gates


def _initiative(number: int) -> Initiative:
    return an_initiative(f"AI{number}", portfolio_id=CARE, stage=Stage.PILOT_DEFINITION)


def _gate(initiative: Initiative) -> Gate:
    return Gate(
        id=f"gate-{initiative.key}",
        initiative_id=initiative.id,
        code="G1",
        line=f"gate-{initiative.key}",
        baseline_due=DUE,
        current_due=DUE,
        state=GateState.SUBMITTED,
        opened_at=NOW,
        submitted_at=NOW,
    )


async def _decider(url: str, who: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.gate_decider", url, who, stdin=pipe, stdout=pipe, env=dict(os.environ)
    )
    await _line(process)
    return process


async def _pressed(gate_id: str, processes: list[asyncio.subprocess.Process]) -> list[str]:
    """Tell both processes to decide a gate and return what each of them says."""
    for process in processes:
        process.stdin.write(f"{gate_id}\n".encode())  # type: ignore[union-attr]  # it is a pipe
    return list(await asyncio.gather(*(_line(process) for process in processes)))


async def _line(process: asyncio.subprocess.Process) -> str:
    read = await process.stdout.readline()  # type: ignore[union-attr]  # it is a pipe
    return read.decode().strip()


async def _stored(database: Database) -> tuple[int, bool]:
    """Return how many decisions there are, and whether the audit chain is whole and agrees with them."""
    check = ChainCheck()
    async with SqlUnitOfWork(database) as uow:
        while links := await uow.events.links(check.seq, 1000):
            if check.first_break(links):
                return 0, False
        return len(await uow.gates.decisions.all()), await doubted(uow) == []
