"""`steward simulate` and `steward why`: what is to come and why, from a database that stays as it is."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.cli.simulation import simulate
from bot.messages import foreseen
from bot.messages.foreseen import Forecast
from bot.playbook.samples import SAMPLE
from bot.settings import Settings
from storage.engine import Database
from storage.tables.base import metadata
from tests.builders import ANA, NOW, a_handle, a_portfolio, a_small_world, store
from tests.cli.conftest import Steward
from tests.fakes.frozen_clock import FrozenClock

MONDAY = date(2026, 11, 30)


@pytest.fixture
async def stored(database: Database, database_url: str) -> Settings:
    """Ana in Chicago owns SEPSIS; the digest is posted in a channel; on either database."""
    await a_small_world(database)
    await store(database, a_handle(ANA), a_portfolio(digest_channels=(("slack", "C1"),)))
    return Settings.model_construct(database_url=database_url, platforms="slack")


def lines(forecast: Forecast) -> list[str]:
    """Return what comes to whom and when, on its reader's clock."""
    return [f"{one.at.astimezone(one.zone):%a %d %H:%M} {one.to}: {one.what}" for one in forecast.messages]


async def test_every_message_of_the_weeks_to_come_is_told(stored: Settings) -> None:
    forecast = await simulate(stored, 2, MONDAY, FrozenClock(NOW))
    assert lines(forecast) == [
        "Mon 30 08:30 channel: weekly digest",
        "Mon 30 08:30 channel: digest details",
        "Thu 03 10:00 Ana Ortiz: weekly check-in",
        "Fri 04 10:00 Ana Ortiz: reminder 1 of 2",
        "Fri 04 15:00 Ana Ortiz: reminder 2 of 2",
        "Mon 07 08:30 channel: weekly digest",
        "Mon 07 08:30 channel: digest details",
        "Thu 10 10:00 Ana Ortiz: weekly check-in",
        "Fri 11 10:00 Ana Ortiz: reminder 1 of 2",
        "Fri 11 15:00 Ana Ortiz: reminder 2 of 2",
    ]
    first = forecast.messages[2]
    assert (first.where, first.about) == ("slack, direct message", ("SEPSIS",))
    assert first.why == "technical: every week at this stage"


async def rows(database: Database) -> dict[str, Any]:
    """Return everything a database holds."""
    async with database.reading() as connection:
        return {table.name: (await connection.execute(table.select())).all() for table in metadata.sorted_tables}


async def test_the_database_stays_as_it_is(stored: Settings, database: Database) -> None:
    before = await rows(database)
    await simulate(stored, 3, MONDAY, FrozenClock(NOW))
    assert await rows(database) == before


async def test_it_is_the_same_every_time(stored: Settings) -> None:
    first, second = [await simulate(stored, 3, MONDAY, FrozenClock(NOW)) for _ in range(2)]
    assert first == second


async def test_each_line_names_the_rule_and_the_totals_add_up(stored: Settings) -> None:
    forecast = await simulate(stored, 2, MONDAY, FrozenClock(NOW))
    printed = foreseen.table(forecast)
    assert "It is assumed that nobody answers" in printed
    assert "technical: every week at this stage" in printed
    document = foreseen.document(forecast)
    assert sum(total["messages"] for total in document["totals"]) == len(document["messages"]) == len(forecast.messages)
    assert {"to": "Ana Ortiz", "week": "2026-W49", "messages": 3} in document["totals"]


# The command


def digest_of(path: Path) -> str:
    """Return a fingerprint of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_command_prints_a_table_or_one_document_and_leaves_the_file_alone(steward: Steward, tmp_path: Path) -> None:
    assert steward("import", str(SAMPLE)).code == 0
    before = digest_of(tmp_path / "steward.db")
    ended = steward("simulate", "--weeks", "1", "--from", "2026-11-23")
    assert (ended.code, ended.err) == (0, "")
    assert "weekly check-in" in ended.out
    assert "messages a week" in ended.out
    document = json.loads(steward("simulate", "--weeks", "1", "--from", "2026-11-23", "--json").out)
    assert document["messages"]
    assert digest_of(tmp_path / "steward.db") == before


def test_why_prints_the_chain_or_one_document(steward: Steward) -> None:
    assert steward("import", str(SAMPLE)).code == 0
    ended = steward("why", "Mei Chen", "BEDFLOW")
    assert (ended.code, ended.err) == (0, "")
    assert "technical lead" in ended.out
    assert json.loads(steward("why", "Mei Chen", "BEDFLOW", "--json").out)["initiative"]["key"] == "BEDFLOW"
