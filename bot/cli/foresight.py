"""The commands that explain and foresee messages: why and simulate."""

import json
from datetime import date
from typing import Annotated

import typer

from bot.cli.asking import Json
from bot.cli.command import Command, finish
from bot.errors import UserError
from bot.settings import read_settings

MOST_WEEKS = 104
EARLIEST, LATEST = 2000, 2200


def why(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="an e-mail address or a name")],
    initiative: Annotated[str, typer.Argument(metavar="INITIATIVE", help="a key or a name")],
    *,
    as_json: Json = False,
) -> None:
    """Say why each message about an initiative was or was not sent to a person, and what comes next."""
    print(finish(_why(person, initiative, as_json=as_json)))


async def _why(person: str, initiative: str, *, as_json: bool) -> str:
    from adapters.console import render
    from bot.app import open_core
    from bot.flows.explaining.asking import explain_named
    from bot.flows.upkeep import flush_read_audit
    from bot.messages import explain

    async with open_core(read_settings()) as core:
        explained = await explain_named(person, initiative, core.ports)
        await flush_read_audit(core.ports)
    if as_json:
        return json.dumps(explain.document(explained), ensure_ascii=False)
    return render.safe(explain.printed(explained))


def simulate(
    weeks: Annotated[int, typer.Option(min=1, max=MOST_WEEKS, help="how many weeks to look ahead")],
    begins: Annotated[str, typer.Option("--from", metavar="DATE", help="the first day, for example 2026-11-23")] = "",
    *,
    as_json: Json = False,
) -> None:
    """Print every message that would be sent if nobody answered: to whom, when, where and why."""
    print(finish(_simulate(weeks, begins, as_json=as_json)))


async def _simulate(weeks: int, begins: str, *, as_json: bool) -> str:
    from bot.cli.simulation import simulate as play
    from bot.messages import foreseen

    day = _day(begins)
    forecast = await play(read_settings(), weeks, day)
    return json.dumps(foreseen.document(forecast), ensure_ascii=False) if as_json else foreseen.table(forecast)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day. Write one such as 2026-11-23.") from None
    if not EARLIEST <= day.year <= LATEST:
        raise UserError(f"“{text}” is out of reach. Write a day from {EARLIEST} to {LATEST}.")
    return day


COMMANDS = (
    Command("why", why, "Say why a person got a message about an initiative, or did not."),
    Command("simulate", simulate, "Print every message of the weeks to come, if nobody answers."),
)
