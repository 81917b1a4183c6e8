"""A table of values: all of it or nothing, each fault with its line."""

from pathlib import Path

import pytest

from bot.errors import UserError
from bot.formats import import_file
from bot.ports import Ports
from storage.engine import Database
from tests.builders import a_small_world, store
from tests.domain.measuring.numbers import a_metric

GOOD = "key,metric,period,value\nSEPSIS,auroc,2026-W46,0.822\nSEPSIS,auroc,2026-W47,0.819\n"


@pytest.fixture
async def office(sqlite_database: Database, ports: Ports) -> Ports:
    """Ports over a world in which SEPSIS has two metrics."""
    await a_small_world(sqlite_database)
    await store(sqlite_database, a_metric(), a_metric("active", name="Active", unit="%", plausible_max=None))
    return ports


async def imported(text: str, ports: Ports, folder: Path, *, dry_run: bool = False) -> tuple[str, list[str]]:
    file = folder / "values.csv"
    file.write_text(text, encoding="utf-8")
    report = await import_file(file, "measurements", ports, dry_run=dry_run)
    return report.summary, report.problems


async def test_a_file_is_taken_once_however_often_it_is_imported(office: Ports, tmp_path: Path) -> None:
    assert await imported(GOOD, office, tmp_path, dry_run=True) == (
        "2 values: 2 new, 0 corrected, 0 as they were (dry run, nothing is stored).", []
    )  # fmt: skip
    assert (await imported(GOOD, office, tmp_path))[0] == "2 values: 2 new, 0 corrected, 0 as they were."
    assert (await imported(GOOD, office, tmp_path))[0] == "2 values: 0 new, 0 corrected, 2 as they were."


async def test_counts_make_the_value_and_are_the_size_of_the_sample(office: Ports, tmp_path: Path) -> None:
    text = "key,metric,period,value,numerator,denominator\r\nsepsis,active,2026-11-18,,412,640\r\n"
    assert (await imported(text, office, tmp_path))[1] == []
    async with office.open_unit_of_work() as uow:
        (value,) = await uow.measurements.all()
    assert (str(value.value), value.sample_size, value.period.key) == ("64.375", 640, "2026-W47")


async def test_one_wrong_line_keeps_all_of_it_out(office: Ports, tmp_path: Path) -> None:
    summary, problems = await imported(GOOD + "SEPSIS,auroc,2026-W45,9\n", office, tmp_path)
    assert summary.startswith("Nothing was imported: 1 problem.")
    assert problems == ["line 4, value: 9 cannot be: AUROC is between 0 and 1. Correct it."]
    assert (await imported(GOOD, office, tmp_path))[0] == "2 values: 2 new, 0 corrected, 0 as they were."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1, file: needs the columns key,metric,period,value"),
        ("key,metric,value\n", "line 1, file: needs the columns key,metric,period,value"),
        ("key,metric,period,value,colour\n", "line 1, file: needs the columns"),
        ("key,metric,period,value\nSEPSIS,auroc\n", "line 2, file: has 2 cells, not 4"),
        ('key,metric,period,value\nSEPSIS,auroc,"2026-W47', "file: is not CSV"),
    ],
)
async def test_a_file_of_another_shape_is_refused(office: Ports, tmp_path: Path, text: str, problem: str) -> None:
    _, problems = await imported(text, office, tmp_path)
    assert len(problems) == 1
    assert problem in problems[0]


async def test_the_format_is_named_among_those_there_are(office: Ports, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="measurements"):
        await import_file(tmp_path / "x", "table", office)
