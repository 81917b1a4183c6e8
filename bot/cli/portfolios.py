"""The commands that set an organisation up and move portfolios in and out."""

import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.command import Command, finish, put
from bot.errors import UserError
from bot.settings import Settings, read_settings


def init(
    admin: Annotated[str, typer.Option(metavar="EMAIL", help="the first admin's e-mail address")],
    org: Annotated[str, typer.Option(metavar="NAME", help="the organisation's name")],
    timezone: Annotated[str, typer.Option(metavar="TZ", help="for example Europe/Berlin")] = "",
) -> None:
    """Create the organisation, its first portfolio and its first admin."""
    finish(_init(admin, org, timezone))
    print(f"{org} is set up. Next: steward import FILE, or /ai new in chat.")


async def _init(admin: str, org: str, timezone: str) -> None:
    from bot.app import open_core
    from bot.flows.setup import initialise

    settings = read_settings()
    async with open_core(settings, create=True) as core:
        await initialise(core.ports, admin=admin, name=org, timezone=timezone or settings.timezone)


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="the file to load")],
    format_: Annotated[
        str, typer.Option("--format", help="portfolio, federal-inventory or measurements")
    ] = "portfolio",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check and report, store nothing")] = False,
) -> None:
    """Load a portfolio, all rows or none; every unusable row is reported."""
    finish(_import(file, format_, dry_run=dry_run))


async def _import(file: str, format_: str, *, dry_run: bool) -> None:
    from bot.app import open_core
    from bot.formats import import_file

    async with _place(read_settings(), dry_run=dry_run) as settings, open_core(settings, create=True) as core:
        report = await import_file(Path(file), format_, core.ports, dry_run=dry_run)
    for line in report.problems:
        print(line, file=sys.stderr)
    if report.failed:
        raise UserError(report.summary)
    print(report.summary)


@contextlib.asynccontextmanager
async def _place(settings: Settings, *, dry_run: bool) -> AsyncIterator[Settings]:
    """Give the settings; a dry run where there is no database yet is tried in a folder that goes away again."""
    from storage.engine import Database

    database = Database.at(settings.database_url)
    try:
        aside = dry_run and await database.revision() is None
    finally:
        await database.close()
    if not aside:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="steward-dry-run-") as folder:
        yield settings.model_copy(update={"database_url": f"sqlite:///{folder}/dry.db"})


def export(
    format_: Annotated[str, typer.Option("--format", help="portfolio, csv or federal-inventory")] = "portfolio",
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="where to; stdout by default")] = "",
) -> None:
    """Write the portfolio out; importing an export changes nothing."""
    put(finish(_export(format_, as_json=output.casefold().endswith(".json"))), output)


async def _export(format_: str, *, as_json: bool) -> str:
    from bot.app import open_core
    from bot.formats import export_to

    async with open_core(read_settings()) as core:
        return await export_to(format_, core.ports, as_json=as_json)


COMMANDS = (
    Command("init", init, "Create the organisation, its first portfolio and its first admin."),
    Command("import", import_, "Load a portfolio file, the federal inventory or measured values, all rows or none."),
    Command("export", export, "Write the portfolio out; importing an export changes nothing."),
)
