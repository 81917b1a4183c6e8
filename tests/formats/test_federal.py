"""The federal inventory as a file: encodings, broken rows, and the way back."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.portfolio.inventory import COLUMNS
from bot.formats import federal
from tests.builders import an_initiative

HEADER = ",".join(COLUMNS)


def line(**cells: str) -> str:
    """Return one row with these cells, the others blank."""
    values = {"agency": "DHS", "id": "D-1", "use_case_name": "Triage", **cells}
    text = io.StringIO()
    csv.writer(text).writerow([values.get(name, "") for name in COLUMNS])
    return text.getvalue().removesuffix("\r\n")


def sheet(tmp_path: Path, content: str | bytes) -> federal.Sheet:
    """Return what is read of a file with this content."""
    path = tmp_path / "inventory.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return federal.read(path)


def told(found: federal.Sheet) -> list[str]:
    """Return the problems as lines."""
    return [str(problem) for problem in found.problems]


def test_rows_know_the_line_they_begin_on(tmp_path: Path) -> None:
    rows = [HEADER, line(benefits="two\nlines"), "", line(id="D-2"), ""]
    found = sheet(tmp_path, "\n".join(rows))
    assert [(row.line, row.cells["id"]) for row in found.rows] == [(2, "D-1"), (5, "D-2")]
    assert found.rows[0].cells["benefits"] == "two\nlines"
    assert "vendor_name" not in found.rows[0].cells


@pytest.mark.parametrize(
    ("encoding", "warnings"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("cp1252", ["encoding"])],
)
def test_encodings_are_recognised(tmp_path: Path, encoding: str, warnings: list[str]) -> None:
    found = sheet(tmp_path, f"{HEADER}\n{line(use_case_name='Déjà – vu')}\n".encode(encoding))
    assert [row.cells["use_case_name"] for row in found.rows] == ["Déjà – vu"]
    assert [warning.kind for warning in found.warnings] == warnings


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_end_will_do(tmp_path: Path, newline: str) -> None:
    found = sheet(tmp_path, newline.join([HEADER, line(), line(id="D-2"), ""]))
    assert [row.line for row in found.rows] == [2, 3]


def test_control_characters_are_left_out_and_told(tmp_path: Path) -> None:
    found = sheet(tmp_path, "\n".join([HEADER, line(use_case_name="Tri\x00age\x07")]))
    assert [row.cells["use_case_name"] for row in found.rows] == ["Triage"]
    assert [(warning.line, warning.kind) for warning in found.warnings] == [(2, "control characters")]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    found = sheet(tmp_path, "agency,id,use_case_name,agency_bureau\nDHS,1,x,y\n")
    assert told(found) == ["line 1, header: has no column development_stage, is_high_impact, operational_date"]
    assert found.rows == []


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    assert told(sheet(tmp_path, "")) == [
        "line 1, header: has no column agency, id, use_case_name, agency_bureau, development_stage, is_high_impact, "
        "operational_date"
    ]


def test_columns_may_be_spelled_in_another_case_and_others_may_be_there(tmp_path: Path) -> None:
    header = HEADER.upper() + ",Region"
    found = sheet(tmp_path, f"{header}\n{line()},West\n")
    assert found.rows[0].cells["Region"] == "West"
    assert found.rows[0].cells["agency"] == "DHS"
    assert [warning.kind for warning in found.warnings] == ["unknown column"]


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    assert told(sheet(tmp_path, f"{HEADER},agency\n")) == ["line 1, header: has the column 'agency' more than once"]


def test_every_unusable_row_is_told(tmp_path: Path) -> None:
    rows = [line(), line(agency=""), line() + ",x", "DHS,Homeland", line(agency="--")]
    assert told(sheet(tmp_path, "\n".join([HEADER, *rows]))) == [
        "line 3, agency: is missing: keys are made from it",
        "line 4, row: has 37 values for 36 columns: a comma inside a value needs quotes around the value",
        "line 5, row: has 2 values for 36 columns, and no name",
        "line 6, agency: is missing: keys are made from it",
    ]


def test_a_short_row_with_a_name_is_repaired(tmp_path: Path) -> None:
    found = sheet(tmp_path, f"{HEADER}\nDHS,Homeland,D-1,Triage\n")
    assert [row.cells["use_case_name"] for row in found.rows] == ["Triage"]
    assert [warning.kind for warning in found.warnings] == ["short row"]


@pytest.mark.parametrize("broken", ['DHS,"never closed\n' + "x,y\n" * 5, 'DHS,"a"b,c\n', "DHS," + "x" * 200_000])
def test_broken_quotes_are_told_with_their_line(tmp_path: Path, broken: str) -> None:
    found = sheet(tmp_path, f"{HEADER}\n{line()}\n{broken}")
    assert len(found.problems) == 1
    assert "is not CSV here" in told(found)[0]


cell_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\r\n\t,"'), min_size=1)
cells = st.dictionaries(st.sampled_from(COLUMNS), cell_texts)


@given(st.lists(cells, min_size=1, max_size=4))
def test_what_is_written_reads_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    initiatives = [
        an_initiative(f"AB{n}", id=f"i{n}", source={**row, "agency": "DHS", "use_case_name": "x"})
        for n, row in enumerate(rows)
    ]
    text = federal.write([*reversed(initiatives), an_initiative("OTHER")])
    found = sheet(tmp_path_factory.mktemp("way-back"), text)
    assert [row.cells for row in found.rows] == [each.source for each in initiatives]


def test_an_export_has_the_columns_and_values_of_the_file(tmp_path: Path) -> None:
    content = f"\ufeff{HEADER}\n{line(benefits='a, b')}\n{line(id='')}\n"
    found = sheet(tmp_path, content)
    kept = [an_initiative(f"AB{n}", id=str(n), source=row.cells) for n, row in enumerate(found.rows)]
    assert federal.write(kept) == content
