"""`/ai-status` over signed HTTP with 3,611 initiatives, against a bare Bolt app that only acks; start and memory."""

import asyncio
import contextlib
import random
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Load, measure
from benchmarks.process import Program, environment, free_port, serving, steward
from benchmarks.row import Row
from scheduler.clock import SystemClock
from tests.adapters.slack.fake import FakeSlack

INITIATIVES = 3611
ROUNDS = 3
SECONDS = 4.0
AREAS = ("claims", "triage", "forecast", "inspection", "routing", "summaries", "screening", "pricing", "staffing")
EXACT = tuple(f"K{n}" for n in range(0, INITIATIVES, 7))
SCORED = tuple(f"hrbour lantrn {area} {n}" for n, area in enumerate(AREAS))
WORDS = ("river", "harbour", "orchard", "granite", "lantern", "meadow", "copper", "willow", "falcon", "summit", "cedar")


@dataclass(frozen=True)
class Setting:
    """What is asked and where."""

    program: Program
    bare_url: str


def portfolio() -> str:
    """Return a portfolio file with as many initiatives as the federal inventory, of random two- to five-word names."""
    pick = random.Random(7)
    lines = [
        "version: 1",
        "organisation: {name: Bench, timezone: UTC}",
        "people: [{name: Ada Lind, email: ada@bench.example}]",
        "portfolios: [{key: P, name: Bench, lead: ada@bench.example}]",
        "initiatives:",
    ]
    for n in range(INITIATIVES):
        name = " ".join([*pick.choices(WORDS, k=pick.randint(1, 4)), pick.choice(AREAS), str(n)])
        lines.append(f"  - {{key: K{n}, name: {name}, portfolio: P, stage: pilot}}")
    return "\n".join(lines)


@contextlib.asynccontextmanager
async def setting() -> AsyncIterator[Setting]:
    """Give the program with its initiatives, and a bare Bolt app, both as processes."""
    fake = FakeSlack(now=SystemClock().now, limits=None)
    team = fake.add_workspace("T00000001")
    fake.add_user("U00000001", name="Ada Lind", email="ada@bench.example")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with fake:
            env = environment(folder, fake.api_url, team.token)
            (folder / "portfolio.yaml").write_text(portfolio(), encoding="utf-8")
            await steward("import", str(folder / "portfolio.yaml"), env=env)
            port = free_port()
            bare = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.bare_bolt", str(port))
            try:
                async with serving(env, folder / "log"):
                    pass  # the first start compiles what an installation has compiled already
                async with serving(env, folder / "log") as program:
                    yield Setting(program, f"http://127.0.0.1:{port}/slack/events")
            finally:
                bare.terminate()
                await bare.wait()


async def rows() -> list[Row]:
    """Measure and return the rows."""
    async with setting() as here:
        ours = f"{here.program.url}/slack/events"
        memory, seconds = here.program.megabytes, here.program.seconds_to_ready
        await measure(Load(ours, ("K1",), 1.0, connections=2))  # the first contact links the account
        return [
            Row("start to ready", f"{seconds:.2f} s", "under 2 s", seconds < 2),
            Row("idle memory, Slack alone", f"{memory:.0f} MB", "under 120 MB", memory < 120),
            await _throughput(ours, here.bare_url),
            await _steady(ours, here.bare_url),
            await _alone(ours),
            await _beside(ours),
        ]


async def _throughput(ours: str, bare_url: str) -> Row:
    ratios, details, wrong = [], [], 0
    for _ in range(ROUNDS):
        bare = await measure(Load(bare_url, EXACT, SECONDS))
        mine = await measure(Load(ours, EXACT, SECONDS, expect="K"))
        ratios.append(mine.per_second / bare.per_second)
        details.append(f"{mine.per_second:.0f}/{bare.per_second:.0f}")
        wrong += mine.wrong + bare.wrong
    ratio = sorted(ratios)[len(ratios) // 2]
    measured = f"{ratio:.2f} of it ({', '.join(details)} a second)"
    return Row(
        "/ai-status by key, throughput against bare Bolt", measured, "at least 0.33", ratio >= 1 / 3 and not wrong
    )


async def _steady(ours: str, bare_url: str) -> Row:
    calm = await measure(Load(bare_url, EXACT, SECONDS, rate=200.0))
    mine = await measure(Load(ours, EXACT, SECONDS * 2, rate=200.0, expect="K"))
    measured = f"{mine.p99:.1f} ms (bare {calm.p99:.1f})"
    return Row("/ai-status by key at 200 a second, p99", measured, "at most 10 ms", mine.p99 <= 10)


async def _alone(ours: str) -> Row:
    mine = await measure(Load(ours, SCORED, SECONDS, connections=1, expect="Closest"))
    measured = f"{mine.p99:.1f} ms (p50 {mine.p50:.1f})"
    return Row("/ai-status by closeness, alone, p99", measured, "at most 20 ms", mine.p99 <= 20)


async def _beside(ours: str) -> Row:
    by_key = asyncio.create_task(measure(Load(ours, EXACT, SECONDS, rate=150.0, expect="K")))
    await measure(Load(ours, SCORED, SECONDS, rate=10.0))
    mine = await by_key
    return Row(
        "/ai-status by key beside 10 scored a second, p99", f"{mine.p99:.1f} ms", "at most 20 ms", mine.p99 <= 20
    )
