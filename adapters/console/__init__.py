"""The console platform: the whole product at a terminal, and the reference for writing an adapter."""

import asyncio
import contextlib
import sys
import threading

from adapters.console.inbound import GUIDE, Session
from adapters.console.platform import ConsolePlatform
from adapters.console.settings import ConsoleSettings
from bot.ports import Connection, Dispatch

__all__ = ["Session", "build", "connect", "open_session", "read_line"]


def open_session(dispatch: Dispatch, user: str = "") -> Session:
    """Return a session on this process's terminal for the account `user` (an e-mail address)."""
    return Session(dispatch=dispatch, platform=ConsolePlatform(), read=read_line, write=print, user=user)


def build(settings: ConsoleSettings, dispatch: Dispatch) -> Connection:
    """Return the connection that reads this process's terminal from `start` until `stop`."""
    session = open_session(dispatch, settings.user.casefold())
    reading: list[asyncio.Task[None]] = []

    async def start() -> None:
        reading.append(asyncio.create_task(_converse(session)))

    async def stop() -> None:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

    return Connection(platform=session.platform, start=start, stop=stop)


def connect(dispatch: Dispatch) -> Connection:
    """Return the connection with the settings of the environment."""
    return build(ConsoleSettings(), dispatch)


async def _converse(session: Session) -> None:
    session.write(GUIDE)
    while (typed := await session.read("steward> ")) not in (None, "quit"):
        await session.handle(typed or "")


async def read_line(prompt: str) -> str | None:
    """Return the next line typed at the terminal after showing `prompt`, None at its end."""
    typed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def wait() -> None:
        line = sys.stdin.readline()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            typed.get_loop().call_soon_threadsafe(_settle, typed, line)

    sys.stdout.write(prompt)
    sys.stdout.flush()
    # A daemon, because a read of a terminal cannot be cancelled and must not hold up the end of the process.
    threading.Thread(target=wait, daemon=True).start()
    line = await typed
    return line.rstrip("\n") if line else None


def _settle(typed: asyncio.Future[str], line: str) -> None:
    if not typed.done():
        typed.set_result(line)
