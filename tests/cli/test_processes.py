"""The steward command as a process of its own: codes, signals, pipes, and the demo."""

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.cli.conftest import Steward
from tests.house.tree import ROOT

PATIENCE = 20.0


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return what a process of the product needs to run in `folder`."""
    named = {f"STEWARD_{name.upper()}": value for name, value in settings.items()}
    return {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(folder), **named}


@contextmanager
def serving(folder: Path, port: int, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run `steward serve` with the console in `folder`, and end it afterwards."""
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", *arguments],
        cwd=folder,
        env=environment(folder, platforms="console", port=str(port)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def started(running: "subprocess.Popen[str]") -> list[str]:
    """Return the log up to the line that says the process is ready."""
    assert running.stderr
    log: list[str] = []
    for line in running.stderr:
        log.append(line)
        if "ready" in line:
            break
    assert running.poll() is None, log
    return log


async def statuses(port: int, *paths: str) -> list[int]:
    """Return the HTTP status at each path."""
    found = []
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        for path in paths:
            async with client.get(path) as answer:
                found.append(answer.status)
    return found


@pytest.mark.parametrize(
    ("arguments", "settings", "code"),
    [
        (["--help"], {}, 0),
        (["status"], {}, 1),
        (["nonsense"], {}, 2),
        (["status"], {"database_url": "postgresql://nobody@127.0.0.1:1/none"}, 3),
    ],
)
def test_each_exit_code(process: Steward, arguments: list[str], settings: dict[str, str], code: int) -> None:
    ended = process(*arguments, **settings)
    assert ended.code == code
    assert bool(ended.out) == (code == 0)
    assert len(ended.err.splitlines()) == 1 or code in (0, 2)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "manifest", "slack"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    os.close(writer)
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("role", "number"), [("all", signal.SIGTERM), ("web", signal.SIGINT), ("worker", signal.SIGTERM)]
)
async def test_serve_is_ready_and_ends_when_asked(
    process: Steward, tmp_path: Path, role: str, number: signal.Signals
) -> None:
    port = free_port()
    assert process("init", "--admin", "dana@example.com", "--org", "Northlake").code == 0
    with serving(tmp_path, port, "--role", role) as running:
        log = started(running)
        assert await statuses(port, "/healthz", "/readyz", "/metrics") == [200, 200, 200]
        running.send_signal(number)
        _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert "stopping" in said
    assert "Traceback" not in said + "".join(log)


def test_the_demo_plays_one_week_and_prints_what_each_person_saw(process: Steward) -> None:
    ended = process("demo", "--once", port="wrong on purpose")
    assert (ended.code, ended.err) == (0, "")
    for words in ("Weekly check-in 2026-W48", "Reminder 1 of", "> Amber", "ai-leaders", "/ai-status SEPSIS"):
        assert words in ended.out
    assert "went wrong" not in ended.out


def test_the_demo_without_a_terminal_plays_the_week_too(steward: Steward, monkeypatch: pytest.MonkeyPatch) -> None:
    async def played() -> None:
        print("the week is over")

    monkeypatch.setattr("bot.cli.demonstration.play_once", played)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert steward("demo").out == "the week is over\n"
