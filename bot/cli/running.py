"""The commands that run the product: serve and demo."""

import sys
from typing import Annotated

import typer

from bot.cli.command import Command, finish
from bot.settings import Role, read_settings


def serve(
    role: Annotated[str, typer.Option(help="all, web (answers platforms) or worker (plans and sends)")] = "all",
) -> None:
    """Run the bot: platforms, web endpoints, scheduler, delivery; SIGTERM drains."""
    from bot import app
    from bot.logs import configure_logging

    roles: dict[str, Role] = {"all": "all", "web": "web", "worker": "worker"}
    if role not in roles:
        raise typer.BadParameter("choose all, web or worker", param_hint="--role")
    settings = read_settings()
    configure_logging(settings)
    finish(app.serve(settings, roles[role]))


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="play one week unattended and exit")] = False,
    console: Annotated[bool, typer.Option("--console", help="stay at the terminal (the default)")] = False,
) -> None:
    """Show the whole product with the sample portfolio on a temporary database; no chat account needed."""
    from bot.cli.demonstration import converse, play_once

    if once and console:
        raise typer.BadParameter("choose --once or --console, not both", param_hint="--once")
    unattended = once or (not console and not sys.stdin.isatty())
    finish(play_once() if unattended else converse())


COMMANDS = (
    Command("serve", serve, "Run the bot: platforms, web endpoints, scheduler, delivery."),
    Command("demo", demo, "Show the product with a sample portfolio at this terminal, no chat account needed."),
)
