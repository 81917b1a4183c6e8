"""Importing and exporting files against a database: what is stored, what is reported, and that nothing gets lost."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.initiatives import Stage
from bot.errors import UserError
from bot.flows.setup import initialise
from bot.formats import Report, export_to, import_file
from bot.formats.csv_table import COLUMNS, guarded
from bot.playbook.load import load_questions
from bot.playbook.samples import SAMPLE
from bot.ports import Ports
from storage.engine import Database
from tests.builders import a_small_world, make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.house.tree import ROOT

INVENTORY = ROOT.parent / "shared" / "data" / "federal_ai_inventory_2025.csv"
ROWS = 3611
MONDAY = datetime(2026, 11, 23, 14, 31, tzinfo=UTC)
SMALL = """\
version: 1
organisation: {name: Northlake, timezone: America/Chicago}
people:
- {name: Ana Ortiz, email: ana@x.example}
portfolios:
- {key: MAIN, name: Main}
initiatives:
- key: SEPSIS
  name: Sepsis early warning
  owners: {technical_lead: ana@x.example}
"""


async def take(ports: Ports, tmp_path: Path, text: str, *, name: str = "p.yaml", dry_run: bool = False) -> Report:
    """Return the report of importing a portfolio file with this text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return await import_file(path, "portfolio", ports, dry_run=dry_run)


@pytest.fixture
async def started(ports: Ports) -> Ports:
    """Ports over a database that was set up by hand."""
    await initialise(ports, admin="ada@x.example", name="Feds", timezone="America/New_York")
    return ports


async def test_a_portfolio_file_sets_an_empty_database_up(ports: Ports, tmp_path: Path) -> None:
    report = await take(ports, tmp_path, SMALL)
    assert not report.failed
    assert report.summary == (
        "Imported: organisation 1 new, 0 changed; people 1 new, 0 changed; portfolios 1 new, 0 changed; "
        "initiatives 1 new, 0 changed; roles 1 new, 0 changed.\n1 person is asked to accept a role."
    )
    status = await ports.reads.statuses([each.access.initiative_id for each in (await ports.reads.catalogue()).entries])
    assert [each.initiative.key for each in status] == ["SEPSIS"]


async def test_the_same_file_again_changes_nothing(ports: Ports, tmp_path: Path) -> None:
    await take(ports, tmp_path, SMALL)
    assert (await take(ports, tmp_path, SMALL)).summary == "Nothing to do: 0 new, 0 changed."


async def test_a_dry_run_stores_nothing(ports: Ports, tmp_path: Path) -> None:
    report = await take(ports, tmp_path, SMALL, dry_run=True)
    assert report.summary.startswith("Would import: organisation 1 new")
    async with ports.open_unit_of_work() as uow:
        assert await uow.people.organisation() is None


async def test_with_one_mistake_nothing_is_imported(ports: Ports, tmp_path: Path) -> None:
    report = await take(ports, tmp_path, SMALL + "- {key: AB, name: A, portfolio: NONE}\n- {key: a}\n")
    assert report.failed
    assert report.problems == [
        'line 11, initiatives[2].portfolio: "NONE" is no portfolio of this file or stored',
        'line 12, initiatives[3].key: "a" is not a key: 2 to 12 of A-Z and 0-9',
    ]
    assert report.summary.startswith("Nothing was imported: 2 problems.")
    async with ports.open_unit_of_work() as uow:
        assert await uow.people.organisation() is None


async def test_very_many_mistakes_are_counted_after_fifty(ports: Ports, tmp_path: Path) -> None:
    report = await take(ports, tmp_path, SMALL + "- {key: a}\n" * 60)
    assert len(report.problems) == 51
    assert report.problems[-1] == "... and 10 more"


async def test_json_is_told_by_its_name_or_its_first_sign(ports: Ports, tmp_path: Path) -> None:
    data = {"version": 1, "organisation": {"name": "N", "timezone": "UTC"}}
    assert not (await take(ports, tmp_path, "\t" + json.dumps(data), name="p.json")).failed
    assert "0 changed" in (await take(ports, tmp_path, json.dumps(data, indent="\t"), name="p.txt")).summary


async def test_a_file_that_is_not_unicode_is_one_sentence(ports: Ports, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"version: 1\nname: \xff\xe9")
    report = await import_file(path, "portfolio", ports)
    assert report.problems == ["line 2, file: is not UTF-8 here: save it as UTF-8"]
    path.write_bytes(SMALL.encode("utf-16"))
    assert not (await import_file(path, "portfolio", ports)).failed


@pytest.mark.parametrize("format_", ["portfolio", "federal-inventory"])
async def test_a_file_that_is_not_there_is_the_users_mistake(ports: Ports, tmp_path: Path, format_: str) -> None:
    with pytest.raises(UserError, match=r"Cannot read .*none: No such file"):
        await import_file(tmp_path / "none", format_, ports)
    with pytest.raises(UserError, match=r"Cannot read .*: Is a directory"):
        await import_file(tmp_path, format_, ports)


async def test_an_unknown_format_is_named_with_the_known_ones(ports: Ports, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no format csv: choose portfolio or federal-inventory"):
        await import_file(tmp_path, "csv", ports)
    with pytest.raises(UserError, match="choose portfolio or csv or federal-inventory"):
        await export_to("pdf", ports)


async def test_there_is_nothing_to_export_before_a_set_up(ports: Ports) -> None:
    for format_ in ("portfolio", "csv", "federal-inventory"):
        with pytest.raises(UserError, match="nothing to export yet"):
            await export_to(format_, ports)


async def test_a_second_file_may_bring_only_owners(ports: Ports, tmp_path: Path) -> None:
    await take(ports, tmp_path, SMALL)
    report = await take(
        ports,
        tmp_path,
        "version: 1\npeople: [{name: Ben, email: ben@x.example}]\n"
        "initiatives: [{key: SEPSIS, owners: {business_sponsor: {person: Ben, accepted: true}}}]\n",
    )
    assert (report.new, report.changed) == ({"people": 1, "assignments": 1}, {"people": 0, "assignments": 0})


# The sample portfolio


async def test_the_sample_portfolio_goes_in_comes_out_and_goes_in_again(database: Database, tmp_path: Path) -> None:
    ports = make_ports(database, FrozenClock(MONDAY), questions=load_questions())
    first = await import_file(SAMPLE, "portfolio", ports)
    assert first.problems == []
    assert (first.new["initiatives"], first.new["prompts"]) == (12, 387)
    exported = await export_to("portfolio", ports)
    assert (await take(ports, tmp_path, exported)).summary == "Nothing to do: 0 new, 0 changed."
    assert (await import_file(SAMPLE, "portfolio", ports)).summary == "Nothing to do: 0 new, 0 changed."


# The flat table


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_a_spreadsheet_would_calculate_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == "'" + text


async def test_the_flat_table_has_a_row_for_every_initiative(
    sqlite_database: Database, ports: Ports, tmp_path: Path
) -> None:
    await a_small_world(sqlite_database)
    await take(ports, tmp_path, 'version: 1\ninitiatives: [{key: SEPSIS, name: "=HYPERLINK(1)"}]\n')
    rows = list(csv.DictReader(io.StringIO(await export_to("csv", ports))))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["key"], row["name"], row["technical_lead"], row["stage"]) for row in rows] == [
        ("SEPSIS", "'=HYPERLINK(1)", "Ana Ortiz", "pilot")
    ]


# The federal inventory, as it is published


needs_inventory = pytest.mark.skipif(not INVENTORY.exists(), reason="the shared inventory is not beside this tree")


@needs_inventory
async def test_every_row_of_the_inventory_becomes_an_initiative(started: Ports) -> None:
    report = await import_file(INVENTORY, "federal-inventory", started)
    assert (report.failed, report.rows, report.new) == (False, ROWS, {"initiatives": ROWS})
    assert report.warnings == {
        "no id": 704, "date without a day": 484, "no stage": 338, "repeated name": 90, "name tidied": 52,
        "date without a month": 36, "unknown governance value": 4, "mangled characters": 2, "repeated id": 2,
        "repeated row": 2, "no name": 1,
    }  # fmt: skip
    assert len(report.problems) == sum(report.warnings.values())
    assert all(line.startswith("line ") and line.endswith(" (warning)") for line in report.problems)
    async with started.open_unit_of_work() as uow:
        stored = await uow.initiatives.all()
    assert len({each.key for each in stored}) == ROWS
    stages = [each.stage for each in stored]
    assert [stages.count(stage) for stage in (Stage.PILOT_DEFINITION, Stage.PILOT, Stage.INTAKE)] == [1479, 440, 338]
    assert stages.count(Stage.PRODUCTION) == 1040 + 314


@needs_inventory
async def test_the_inventory_comes_out_byte_for_byte_and_goes_in_again_unchanged(database: Database) -> None:
    ports = make_ports(database, FrozenClock(MONDAY))
    await initialise(ports, admin="ada@x.example", name="Feds", timezone="America/New_York")
    await import_file(INVENTORY, "federal-inventory", ports)
    assert (await export_to("federal-inventory", ports)).encode() == INVENTORY.read_bytes()
    again = await import_file(INVENTORY, "federal-inventory", ports)
    assert (again.new, again.changed) == ({}, {})
    assert f"0 new, 0 changed, {ROWS} as they were" in again.summary


async def test_an_unusable_row_keeps_all_rows_out(started: Ports, tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    header = "agency,id,use_case_name,agency_bureau,development_stage,is_high_impact,operational_date"
    path.write_text(f"{header}\nDHS,1,Triage,CBP,Pilot,,\n,2,No agency,,,,\n", encoding="utf-8")
    report = await import_file(path, "federal-inventory", started)
    assert report.problems == ["line 3, agency: is missing: keys are made from it"]
    assert report.failed
    assert not (await started.reads.catalogue()).entries


async def test_the_inventory_needs_an_organisation(ports: Ports, tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_text(
        "agency,id,use_case_name,agency_bureau,development_stage,is_high_impact,operational_date\nDHS,1,T,,,,\n",
        encoding="utf-8",
    )
    with pytest.raises(UserError, match="There is no organisation yet"):
        await import_file(path, "federal-inventory", ports)
