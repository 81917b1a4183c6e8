"""Teams over HTTP: one reply through our edge against the SDK's own, `/ai-status` at a steady rate, memory of both."""

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.load import Figures
from benchmarks.process import environment, free_port, serving, steward
from benchmarks.row import Row
from benchmarks.status_http import EXACT, portfolio
from benchmarks.teams_load import APP, TENANT, Load
from scheduler.clock import SystemClock
from tests.adapters.slack.fake import FakeSlack

ROUNDS, SECONDS = 3, 4.0
PATH = "/api/messages"


@dataclass(frozen=True)
class Remote:
    """The process that plays Teams."""

    base: str
    process: asyncio.subprocess.Process

    async def run(self, load: Load) -> Figures:
        """Run a load there."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asdict(load)).encode() + b"\n")
        return Figures(**json.loads(await self.process.stdout.readline()))


@contextlib.asynccontextmanager
async def running(module: str) -> AsyncIterator[Remote]:
    """Give a process of one of the modules here that say `ready` once they serve."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, str(port), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        await process.stdout.readuntil(b"ready\n")
        yield Remote(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        await process.wait()


async def rows() -> list[Row]:
    """Measure and return the rows."""
    async with running("benchmarks.teams_load") as teams:
        return [await _one_reply(teams), *await _program(teams)]


async def _one_reply(teams: Remote) -> Row:
    ratios, details, wrong = [], [], 0
    async with running("benchmarks.stock_bot") as stock, running("benchmarks.edge_bot") as edge:
        for bot in (stock, edge):
            await teams.run(Load(bot.base + PATH, ("x",), 0.5))
        for _ in range(ROUNDS):
            theirs = await teams.run(Load(stock.base + PATH, ("x",), SECONDS))
            ours = await teams.run(Load(edge.base + PATH, ("x",), SECONDS))
            ratios.append(ours.per_second / theirs.per_second)
            details.append(f"{ours.per_second:.0f}/{theirs.per_second:.0f}")
            wrong += ours.wrong + theirs.wrong
    ratio = sorted(ratios)[len(ratios) // 2]
    measured = f"{ratio:.1f} x ({', '.join(details)} a second)"
    return Row("Teams: one reply, 16 at once, against stock CloudAdapter", measured, ">= 5 x", ratio >= 5 and not wrong)


async def _program(teams: Remote) -> list[Row]:
    """Measure the program with both platforms on."""
    fake = FakeSlack(now=SystemClock().now, limits=None)
    team = fake.add_workspace("T00000001")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with fake:
            env = environment(folder, fake.api_url, team.token, **_both(teams.base))
            (folder / "portfolio.yaml").write_text(portfolio(), encoding="utf-8")
            await steward("import", str(folder / "portfolio.yaml"), env=env)
            async with serving(env, folder / "log"):
                pass  # the first start compiles what an installation has compiled already
            async with serving(env, folder / "log") as program:
                url, memory = program.url + PATH, program.megabytes
                await teams.run(Load(url, ("ai-status K1",), 1.0, connections=1, signed=True))
                texts = tuple(f"ai-status {key}" for key in EXACT)
                steady = await teams.run(Load(url, texts, 2 * SECONDS, rate=100.0, signed=True))
    fine = steady.p99 <= 25 and not steady.wrong
    return [
        Row("idle memory, Slack and Teams", f"{memory:.0f} MB", "under 150 MB", memory < 150),
        Row(
            "Teams: /ai-status to its reply at 100 a second, p99",
            f"{steady.p99:.1f} ms (p50 {steady.p50:.1f}, {steady.wrong} wrong)",
            "at most 25 ms",
            fine,
        ),
    ]


def _both(base: str) -> dict[str, str]:
    return {
        "STEWARD_PLATFORMS": "slack,teams",
        "STEWARD_TEAMS_APP_ID": APP,
        "STEWARD_TEAMS_APP_SECRET": "secret",
        "STEWARD_TEAMS_TENANT_ID": TENANT,
        "STEWARD_TEAMS_OPENID_METADATA_URL": f"{base}/metadata",
        "STEWARD_TEAMS_TOKEN_URL": f"{base}/token",
        "STEWARD_TEAMS_SERVICE_URL": base,
        "STEWARD_TEAMS_TRUSTED_HOSTS": "127.0.0.1",
    }
