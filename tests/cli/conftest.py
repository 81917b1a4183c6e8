"""Running the steward command the way a shell does."""

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from tests.house.tree import ROOT


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


Steward = Callable[..., Ended]


@pytest.fixture
def steward(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Steward:
    """The command in this process, in an empty folder, with an empty database of its own."""
    monkeypatch.chdir(tmp_path)
    # `serve` sends the log to the stderr of its test, which is gone afterwards.
    monkeypatch.setattr(logging.root, "handlers", list(logging.root.handlers))

    def run(*arguments: str, **settings: str) -> Ended:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["steward", *arguments])
            for name, value in settings.items():
                patched.setenv(f"STEWARD_{name.upper()}", value)
            code: object = 0
            try:
                main()
            except SystemExit as ended:
                code = ended.code
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Ended(code if isinstance(code, int) else 0, said.out, said.err)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Steward:
    """The command as a process of its own, in an empty folder."""

    def run(*arguments: str, **settings: str) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), **{f"STEWARD_{name.upper()}": value for name, value in settings.items()}},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def organisation(steward: Steward) -> None:
    """An organisation that has just been set up."""
    assert steward("init", "--admin", "dana@example.com", "--org", "Northlake", "--timezone", "Europe/Berlin").code == 0
