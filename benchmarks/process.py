"""The program itself as a process beside a fake Slack: started, waited for, looked at, stopped."""

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.load import SECRET

READY_WITHIN = 20.0
NOT_INHERITED = ("STEWARD_", "SLACK_", "PYTHONDONTWRITEBYTECODE")  # the last: modules stay compiled, as when installed


@dataclass(frozen=True)
class Program:
    """A running `steward serve`: where it listens, its process, and how long it took to be ready."""

    url: str
    process: asyncio.subprocess.Process
    seconds_to_ready: float

    @property
    def megabytes(self) -> float:
        """Return the resident memory of the process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(resident.split()[1]) / 1024


def environment(folder: Path, api_url: str, token: str, **more: str) -> dict[str, str]:
    """Return the settings of a program on a SQLite file in `folder`, talking to a Slack at `api_url`."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)},
        "STEWARD_DATABASE_URL": f"sqlite:///{folder}/steward.db",
        "STEWARD_PLATFORMS": "slack",
        "STEWARD_SLACK_BOT_TOKEN": token,
        "STEWARD_SLACK_SIGNING_SECRET": SECRET,
        "STEWARD_SLACK_API_URL": api_url,
        "STEWARD_PORT": str(free_port()),
        **more,
    }


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def steward(*arguments: str, env: Mapping[str, str], stdin: str | None = None) -> str:
    """Run one command of the program and return what it printed; raises RuntimeError when it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=env,
        stdin=asyncio.subprocess.PIPE if stdin else None,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin.encode() if stdin else None)
    if process.returncode:
        raise RuntimeError(f"steward {' '.join(arguments)}: {err.decode()}")
    return out.decode()


@contextlib.asynccontextmanager
async def serving(env: Mapping[str, str], log: Path) -> AsyncIterator[Program]:
    """Give a running `steward serve`, ready; its log goes to a file, its end is SIGTERM."""
    begun = time.perf_counter()
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", env=env, stdout=out, stderr=out
        )
    try:
        url = f"http://127.0.0.1:{env['STEWARD_PORT']}"
        await until_ready(url, process, log)
        yield Program(url, process, time.perf_counter() - begun)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def until_ready(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    """Wait until `/readyz` answers 200; raises RuntimeError with the log when the process ends or takes too long."""
    end = time.perf_counter() + READY_WITHIN
    async with aiohttp.ClientSession() as session:
        while process.returncode is None and time.perf_counter() < end:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/readyz") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.02)
    raise RuntimeError(await asyncio.to_thread(log.read_text, encoding="utf-8"))
