"""The commands an operator keeps the product running with: migrate, doctor, manifest, gallery, verify."""

import json
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.cli.command import Command, finish, put
from bot.errors import UserError
from bot.messages.words import counted
from bot.settings import read_settings

AT_ONCE = 1000


def is_https(url: str) -> bool:
    """Return whether this is an address that a platform can send requests to."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not any(map(str.isspace, url))


def migrate() -> None:
    """Bring the database to the newest schema."""
    finish(_migrate())
    print("The database is at the newest schema.")


async def _migrate() -> None:
    from storage.engine import Database, driver_url
    from storage.migrating import upgrade

    url = read_settings().database_url
    database = Database.at(url)
    try:
        await database.check_not_newer()
        await upgrade(driver_url(url))
    finally:
        await database.close()


def backup(file: Annotated[Path, typer.Argument(help="the new file to write to")]) -> None:
    """Write a copy of a SQLite database to a new file, while Steward runs."""
    url = read_settings().database_url
    if not url.startswith("sqlite"):
        raise UserError("PostgreSQL is backed up by pg_dump: see docs/operations.md.")
    if file.exists() or not file.absolute().parent.is_dir():
        raise UserError(f"{file} exists already." if file.exists() else f"There is no folder {file.parent}.")
    finish(_backup(url, file))
    print(f"The database is copied to {file}.")


async def _backup(url: str, file: Path) -> None:
    from storage.engine import Database

    database = Database.at(url)
    try:
        await database.check_schema()
        await database.copy_to(str(file))
    finally:
        await database.close()


def doctor(*, live: Annotated[bool, typer.Option("--live", help="also ask the platforms")] = False) -> None:
    """Check settings, database, clock, templates and platforms, one line each."""
    from bot.cli.checkup import examine

    findings = finish(examine(live=live))
    for finding in findings:
        print(finding)
    if any(finding.startswith("fix:") for finding in findings):
        sys.exit(1)


def manifest(
    platform: Annotated[str, typer.Argument(help="slack or teams")],
    url: Annotated[str, typer.Option(help="where the platform reaches this bot")] = "",
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="where to; stdout unless it is a zip")
    ] = "",
) -> None:
    """Write the app manifest of a platform, generated from the code: JSON for Slack, a zip to install for Teams."""
    import adapters

    make = getattr(adapters.load(platform), "manifest", None) if platform in adapters.available() else None
    if make is None:
        raise UserError(f"There is no manifest for {platform}: try slack or teams.")
    if url and not is_https(url):
        raise UserError(f"--url {url} is no https address: write one such as https://steward.example.com.")
    made = make(url)
    put(made if isinstance(made, bytes) else json.dumps(made, indent=2) + "\n", output)


def gallery(
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="DIR", help="the folder to write to")
    ] = "docs/gallery",
) -> None:
    """Write every message and form as each platform shows it."""
    from bot.cli.pictures import write_gallery

    print(f"{write_gallery(Path(output))} messages and forms are in {output}.")


def verify() -> None:
    """Check the audit chain from its first row to its last, and that decisions lead where initiatives stand."""
    count, broken, doubted = finish(_verify())
    if broken:
        raise UserError(f"The audit chain is broken at row {broken}: that row or the one before it was altered.")
    if doubted:
        raise UserError(f"Decisions do not lead where these stand: {'; '.join(doubted)}.")
    print(f"The audit chain is whole: {counted(count, 'row')}. Replaying the decisions gives the present stages.")


async def _verify() -> tuple[int, int | None, list[str]]:
    from bot.app import open_core
    from bot.domain.events import ChainCheck
    from bot.flows.gates.verifying import doubted

    check = ChainCheck()
    async with open_core(read_settings()) as core, core.ports.open_unit_of_work() as uow:
        while links := await uow.events.links(check.seq, AT_ONCE):
            if broken := check.first_break(links):
                return check.seq, broken, []
        return check.seq, None, await doubted(uow)


def evidence(
    name: Annotated[str, typer.Argument(metavar="KEY", help="an initiative's key")],
    gate: Annotated[str, typer.Argument(metavar="GATE", help="a gate such as G2")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="the zip file to write")] = "",
) -> None:
    """Write the evidence pack of a gate for auditors: a zip with a document, its facts and their hashes."""
    put(finish(_evidence(name, gate)), output)


async def _evidence(name: str, gate: str) -> bytes:
    from bot.app import open_core
    from bot.flows.gates.packing import pack

    async with open_core(read_settings()) as core:
        return await pack(name, gate, core.ports)


COMMANDS = (
    Command("migrate", migrate, "Bring the database to the newest schema."),
    Command("backup", backup, "Copy a SQLite database to a new file."),
    Command("doctor", doctor, "Check settings, database, clock, templates and platforms, one line each."),
    Command("manifest", manifest, "Write a platform's app manifest, generated from the code."),
    Command("gallery", gallery, "Write every message and form as each platform shows it."),
    Command("evidence", evidence, "Write the evidence pack of a gate, a zip with a manifest of hashes."),
    Command("verify", verify, "Check the audit chain, and the decisions against where initiatives stand."),
)
