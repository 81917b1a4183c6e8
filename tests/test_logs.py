"""The log: machines can read it, it says which delivery and cycle, and nothing personal or secret is in it."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.errors import PlatformUnavailable, UserError
from bot.logs import OURS, handler
from bot.settings import Settings
from storage.engine import Database
from storage.stores.people import PERSON
from storage.unit_of_work import SqlUnitOfWork
from tests.adapters.slack.harness import SECRET, SlackHarness
from tests.builders import a_person, store
from tests.e2e.conftest import BEFORE_ANYBODY_IS_ASKED
from tests.e2e.harness import CHICAGO, World, open_world
from tests.e2e.people import ANA, INITIATIVES, MEI, PEOPLE, SAM

THURSDAY, FRIDAY, MONDAY = date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7)
WORDS = ("Train the night shift", "Nobody answers the pager", "Ask the vendor for logs")


class Log:
    """What has been logged, as the JSON lines that a machine would read."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.handler = handler(json=True)
        self.handler.setStream(self._stream)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Return the lines of an event, of all for an empty one."""
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if not event or line["event"] == event]


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is logged, down to the finest level of our own."""
    made, root = Log(), logging.getLogger()
    levels = {root: logging.INFO, **{logging.getLogger(name): logging.DEBUG for name in OURS}}
    before = {each: each.level for each in levels}
    root.addHandler(made.handler)
    for each, level in levels.items():
        each.setLevel(level)
    yield made
    root.removeHandler(made.handler)
    for each, level in before.items():
        each.setLevel(level)


def personal() -> list[str]:
    """Return every word that may not be in the log."""
    people = [*PEOPLE, a_person("Gus Nobody")]
    names = [part for person in people for part in (person.name, person.email or "", *person.name.split())]
    initiatives = [initiative.name for initiative in INITIATIVES]
    return [*names, *initiatives, *WORDS, SECRET, "xoxb-", "412/640"]


async def a_week(world: World) -> None:
    """Play a week: asked, answered, reminded, lost calls, missed, a digest, a question about an initiative."""
    await world.advance(THURSDAY, "12:05", CHICAGO)
    world.skim()
    await world.answer(MEI, "SEPSIS", {"rag_workflow": "Green", "commit_next": WORDS[0]})
    await world.answer(ANA, "STROKE", {"rag_model": "Red", "blocker_tech": "none", "commit_next": WORDS[1]})
    if isinstance(world.bench, SlackHarness):
        world.bench.fake.fault("chat.postMessage", "error", code="service_unavailable", times=2)
        world.bench.fake.fault("chat.update", "error", code="internal_error")
    await world.command(SAM, "/ai-status sepsis early warning")
    await world.command(SAM, f"/ai-status {WORDS[2]}")
    await world.advance(FRIDAY, "17:30", CHICAGO)
    world.skim()
    await world.advance(MONDAY, "09:00", CHICAGO)
    world.skim()


async def test_a_week_leaves_nothing_personal_or_secret_in_the_log(log: Log, sqlite_url: str) -> None:
    async with open_world("slack", sqlite_url, BEFORE_ANYBODY_IS_ASKED) as world:
        await a_week(world)
    assert len(log.lines("delivery.sent")) >= 8
    assert log.lines("cycle.planned")
    assert log.lines("cycle.closed")
    assert [word for word in personal() if re.search(rf"(?<!\w){re.escape(word)}", log.text, re.IGNORECASE)] == []


async def test_a_line_about_a_message_names_its_delivery_and_cycle(log: Log, sqlite_url: str) -> None:
    async with open_world("slack", sqlite_url, BEFORE_ANYBODY_IS_ASKED) as world:
        await world.advance(THURSDAY, "12:05", CHICAGO)
        world.skim()
    for line in log.lines("delivery.sent"):
        assert len(line["delivery"]) == 26
        assert (line["cycle"], line["kind"], line["level"]) == ("2026-W49", "checkin_prompt", "info")
    assert [line["cycle"] for line in log.lines("cycle.planned")] == ["2026-W49"]


async def test_what_the_database_says_of_a_row_is_not_logged(log: Log, database: Database) -> None:
    await store(database, a_person())
    try:
        async with SqlUnitOfWork(database) as uow:
            values = {"id": "x", "name": "Ana Ortiz", "email": "ana-ortiz@northlake.example", "active": True}
            await uow._connection.execute(insert(PERSON).values(**values, org_roles=[]))
    except IntegrityError:
        logging.getLogger("bot.flows.delivery").exception("delivery.stuck", extra={"delivery": "D1"})
    line = log.lines("delivery.stuck")[0]
    assert "IntegrityError" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert "ortiz" not in json.dumps(line).casefold()


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (ValueError("Ana Ortiz said no"), False),
        (UserError("There is nothing called Ana Ortiz"), False),
        (PlatformUnavailable("Ana Ortiz"), True),
    ],
)
def test_only_our_own_words_about_what_went_wrong_are_kept(log: Log, error: Exception, kept: bool) -> None:
    try:
        raise RuntimeError("about Ana") from error
    except RuntimeError:
        logging.getLogger("bot").exception("something")
    told = log.lines("something")[0]["exception"]
    assert ("Ana Ortiz" in told) is kept
    assert "about Ana" not in told
    assert f"{type(error).__module__}.{type(error).__qualname__}" in told


def test_of_foreign_libraries_what_was_filled_in_is_left_out(log: Log) -> None:
    logging.getLogger("asyncio").error("Task %s failed\n%s", "Ana Ortiz", "x")
    assert [line["event"] for line in log.lines()] == ["Task %s failed"]
    assert "asyncio" not in OURS


def test_the_secrets_of_the_settings_are_not_shown() -> None:
    settings = Settings(heartbeat_url="https://hc.example/very-secret")  # type: ignore[arg-type]  # pydantic wraps it
    assert "very-secret" not in repr(settings)
