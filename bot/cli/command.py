"""What a command of the command line is, and how its work is run."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import UserError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, the function typer calls, and one line of help."""

    name: str
    run: Callable[..., None]
    help: str


def finish(work: Coroutine[Any, Any, Result]) -> Result:
    """Run the work of a command to its end and return its result."""
    return asyncio.run(work)


def put(content: str | bytes, file: str) -> None:
    """Write what a command made to a file, or text to stdout when none is named; raises UserError when it cannot."""
    if not file and isinstance(content, bytes):
        raise UserError("This is a zip file, not text: say where to write it with -o FILE.")
    if not file:
        sys.stdout.write(str(content))
        return
    try:
        Path(file).write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise UserError(f"Cannot write {file}: {error.strerror}.") from None
