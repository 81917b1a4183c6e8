"""The commands that print what chat would show: status and digest."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.command import Command, finish
from bot.errors import UserError
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.messages.model import Message
    from bot.ports import Ports

FIRST_YEAR, LAST_YEAR = 1900, 9998
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="ISO",
        help="as it was then, for example 2026-11-23T08:30; the organisation's time unless a zone is given",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]


def status(
    name: Annotated[
        list[str] | None, typer.Argument(help="a key or name, or: red, due, mine, portfolio, NAME history")
    ] = None,
    as_person: Annotated[str, typer.Option("--as", metavar="PERSON", help="with their rights (e-mail or name)")] = "",
    as_of: AsOf = "",
    *,
    as_json: Json = False,
) -> None:
    """Print the same answer as `/ai-status NAME`."""
    print(finish(_status(" ".join(name or ()), as_person, _instant(as_of), as_json=as_json)))


async def _status(name: str, person: str, written: datetime | None, *, as_json: bool) -> str:
    from adapters.console import render
    from bot.app import open_core
    from bot.domain.people import OPERATOR
    from bot.flows.lookups import Question
    from bot.flows.people import find_person
    from bot.flows.status import describe
    from bot.flows.upkeep import flush_read_audit
    from bot.messages.names import NOT_NAMED

    async with open_core(read_settings()) as core:
        viewer = OPERATOR
        if person:
            async with core.ports.open_unit_of_work() as uow:
                found = await find_person(person, uow)
            seen = await core.ports.reads.viewer(found.id)
            if seen is None:
                raise UserError(f"{found.name} is deactivated.")
            viewer = seen
        as_of = await _zoned(written, core.ports)
        question = Question(text=name, viewer=viewer, now=core.ports.clock.now(), as_of=as_of)
        message = await describe(question, core.ports)
        await flush_read_audit(core.ports)
    if message.fallback.startswith(NOT_NAMED):
        raise UserError(message.fallback)
    text = render.message(_without_buttons(message))
    if as_json:
        return json.dumps({"fallback": message.fallback, "lines": text.split("\n")}, ensure_ascii=False)
    return text


def _without_buttons(message: "Message") -> "Message":
    """Return a message for a terminal where nothing can be pressed, the way to the next page in words."""
    from bot.messages.model import Action, Actions, Code, Paragraph, Plain, buttons_of

    pages = [b.value for b in buttons_of(message) if b.action is Action.STATUS_LIST and " " in b.value]
    kept = [block for block in message.blocks if not isinstance(block, Actions)]
    ways = [Paragraph((Code(f"steward status {page}"), Plain(" shows the next"))) for page in pages]
    return replace(message, blocks=(*kept, *ways))


def digest(
    week: Annotated[str, typer.Option(metavar="WEEK", help="an ISO week such as 2026-W47; by default the last")] = "",
    as_of: AsOf = "",
    *,
    as_json: Json = False,
) -> None:
    """Print the leadership digest of a week, without posting it."""
    print(finish(_digest(_week(week), _instant(as_of), as_json=as_json)))


async def _digest(week: str, written: datetime | None, *, as_json: bool) -> str:
    from bot.app import open_core
    from bot.flows.digests import printed

    async with open_core(read_settings()) as core:
        return await printed(core.ports, week, await _zoned(written, core.ports), as_json=as_json)


def _week(text: str) -> str:
    if not text:
        return ""
    try:
        year, number = text.split("-W")
        date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise UserError(f"“{text}” is no ISO week. Write one such as 2026-W47.") from None
    return f"{int(year):04d}-W{int(number):02d}"


def _instant(text: str) -> datetime | None:
    """Return the instant written, without a zone where none was."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise ValueError(text)
    except ValueError:
        raise UserError(f"“{text}” is no instant. Write one such as 2026-11-23T08:30Z or 2026-11-23.") from None
    return at


async def _zoned(at: datetime | None, ports: "Ports") -> datetime | None:
    """Return an instant in UTC; one without a zone is the organisation's."""
    from bot.flows.calendars import zone_of

    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=zone_of(await ports.reads.organisation()))
    return at.astimezone(UTC) if at else None


COMMANDS = (
    Command("status", status, "Print the same answer as /ai-status NAME."),
    Command("digest", digest, "Print the leadership digest of a week, without posting it."),
)
