"""The command that erases a person: a preview, and with --yes the deed."""

from collections.abc import Iterator
from typing import Annotated

import typer

from bot.cli.command import Command, finish
from bot.domain.erasure import Erasure
from bot.settings import read_settings


def erase(
    person: Annotated[str, typer.Argument(help="a name, an e-mail address or an id")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="do it; without it only what would be done is shown")] = False,
    force: Annotated[bool, typer.Option("--force", help="even if they hold roles, which are vacant then")] = False,
) -> None:
    """Erase a person: their name, address, accounts and words; what happened and the audit chain stay."""
    done = finish(_erase(person, yes=yes, force=force))
    for line in _report(done, yes=yes):
        print(line)


async def _erase(person: str, *, yes: bool, force: bool) -> Erasure:
    from bot.app import open_core
    from bot.flows.operating import erasing

    async with open_core(read_settings()) as core:
        if not yes:
            return await erasing.preview(person, core.ports)
        done = await erasing.erase(person, core.ports, force=force)
        await core.database.let_go()
        return done


def _report(done: Erasure, *, yes: bool) -> Iterator[str]:
    yield f"{done.person.name}{f' ({done.person.email})' if done.person.email else ''}, id {done.person.id}:"
    for what, count in done.counts.items():
        yield f"  {count} {what}"
    vacant = [f"{key} {role.value.replace('_', ' ')}" for key, role in done.roles]
    vacant += [f"portfolio {key}" for key in done.portfolios]
    if vacant:
        yield f"  vacant: {', '.join(vacant)}"
    if not yes:
        yield "Nothing has been erased: repeat with --yes" + (" --force, or hand over first." if vacant else ".")
        return
    yield "Erased. What stands in chat and in backups is not reached from here: see docs/operations.md."


COMMANDS = (Command("erase", erase, "Erase a person; shows first what that does."),)
