"""The `steward` command: one typer application; every failure is one sentence on stderr and an exit code."""

import os
import sys
from collections.abc import Sequence
from importlib import metadata
from itertools import pairwise
from typing import Annotated

import typer

from bot.cli.asking import COMMANDS as ASKING
from bot.cli.erasing import COMMANDS as ERASING
from bot.cli.foresight import COMMANDS as FORESIGHT
from bot.cli.operating import COMMANDS as OPERATING
from bot.cli.portfolios import COMMANDS as PORTFOLIOS
from bot.cli.running import COMMANDS as RUNNING
from bot.errors import StewardError, Unavailable, UserError

PACKAGE = "steward-bot"
EXIT_MISTAKE = 1
EXIT_UNAVAILABLE = 3
HELP_WIDTH = 120

app = typer.Typer(
    name="steward",
    help="Keeps AI initiatives accountable until they run in production.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"terminal_width": HELP_WIDTH},
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        print(f"steward {metadata.version(PACKAGE)}")
        raise typer.Exit


@app.callback(no_args_is_help=True)
def steward(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="print the version and end", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Keeps AI initiatives accountable until they run in production."""


for command in (*RUNNING, *PORTFOLIOS, *ASKING, *FORESIGHT, *OPERATING, *ERASING):
    app.command(command.name, help=command.help)(command.run)


def main() -> None:
    """Run the command; exits 0 done, 1 a mistake, 2 usage, 3 something outside is unavailable."""
    try:
        _run()
    except Unavailable as error:
        _end(error, EXIT_UNAVAILABLE)
    except StewardError as error:
        _end(error, EXIT_MISTAKE)
    except BrokenPipeError:
        # The reader of our output has gone; nothing more can be said to it, not even at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run() -> None:
    """Run the application and write out all it has said, while what is wrong with that can still be told."""
    _refuse_empty(sys.argv[1:])
    try:
        app(prog_name="steward")  # also as `python -m bot`
    finally:
        sys.stdout.flush()


def _refuse_empty(arguments: Sequence[str]) -> None:
    """Raise UserError for an option given without a value: as if left out it could mean more than was meant."""
    for before, word in pairwise(["", *arguments]):
        name, is_given, value = word.partition("=")
        if before.startswith("-") and not word.strip():
            raise UserError(f"{before} is empty: give it a value or leave it out.")
        if name.startswith("--") and is_given and not value.strip():
            raise UserError(f"{name} is empty: give it a value or leave it out.")


def _end(error: StewardError, code: int) -> None:
    print(f"steward: {error}", file=sys.stderr)
    sys.exit(code)
