"""The US federal AI use-case inventory: its CSV read row by row, and written back as it was."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.domain.initiatives import Initiative
from bot.domain.portfolio.content import Problem
from bot.domain.portfolio.inventory import COLUMNS, NEEDED, Row
from bot.domain.portfolio.matching import is_from_inventory, prefix_of
from bot.formats.csv_table import lines
from bot.formats.nodes import ROOT

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
CHUNK = 1 << 20
BYTE_ORDER_MARK = "\ufeff"


class Reader(Protocol):
    """What the csv module's reader is."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(slots=True)
class Sheet:
    """What was read: usable rows, problems of rows that are not, and warnings about what was repaired in reading."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read(path: Path) -> Sheet:
    """Return the rows of a CSV file, UTF-8 or, if it is not that, cp1252; raises OSError when it cannot be read."""
    sheet = Sheet()
    encoding = _encoding_of(path)
    if encoding == "cp1252":
        sheet.warnings.append(Problem(1, ROOT, "is not UTF-8, read as Windows-1252", "encoding"))
    with path.open(encoding=encoding, errors="replace", newline="") as lines:
        reader = csv.reader(_clean(lines, sheet), strict=True)
        try:
            _read_rows(reader, sheet)
        except csv.Error as error:
            sheet.problems.append(Problem(max(reader.line_num, 1), ROOT, f"is not CSV here: {error}"))
    return sheet


def _encoding_of(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        first = file.read(CHUNK)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            decoder.decode(first)
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _clean(lines: Iterable[str], sheet: Sheet) -> Iterator[str]:
    """Yield lines without control characters, which no database keeps."""
    for number, line in enumerate(lines, start=1):
        if CONTROL.search(line):
            sheet.warnings.append(
                Problem(number, "row", "has control characters in it, left out", "control characters")
            )
            yield CONTROL.sub("", line)
        else:
            yield line


def _read_rows(reader: Reader, sheet: Sheet) -> None:
    header = next(reader, None)
    columns = _columns(header or [], sheet)
    if sheet.problems:
        return
    begins = reader.line_num + 1
    for cells in reader:
        if cells:
            _take(Row(begins, _by_column(columns, cells)), len(cells), len(columns), sheet)
        begins = reader.line_num + 1


def _columns(header: Sequence[str], sheet: Sheet) -> list[str]:
    """Return the names of the columns as this format spells them; missing or repeated ones are problems."""
    known = {name.casefold(): name for name in COLUMNS}
    columns = [known.get(name.strip().casefold(), name.strip()) for name in header]
    missing = [name for name in NEEDED if name not in columns]
    repeated = [name for name, count in Counter(columns).items() if count > 1]
    if missing:
        sheet.problems.append(Problem(1, "header", f"has no column {', '.join(missing)}"))
    elif repeated:
        sheet.problems.append(Problem(1, "header", f"has the column {', '.join(map(repr, repeated))} more than once"))
    for name in columns:
        if name not in COLUMNS and not sheet.problems:
            sheet.warnings.append(Problem(1, "header", f"{name!r} is no column of it, kept as it is", "unknown column"))
    return columns


def _by_column(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(columns, cells, strict=False) if cell}


def _take(row: Row, given: int, expected: int, sheet: Sheet) -> None:
    """Keep a row, repaired if that is possible."""
    if given > expected:
        reason = f"has {given} values for {expected} columns: a comma inside a value needs quotes around the value"
        sheet.problems.append(Problem(row.line, "row", reason))
    elif not prefix_of(row.cells.get("agency", "")):
        sheet.problems.append(Problem(row.line, "agency", "is missing: keys are made from it"))
    elif given < expected and not row.cells.get("use_case_name", "").strip():
        sheet.problems.append(Problem(row.line, "row", f"has {given} values for {expected} columns, and no name"))
    else:
        if given < expected:
            reason = f"has {given} values for {expected} columns, the others are taken as blank"
            sheet.warnings.append(Problem(row.line, "row", reason, "short row"))
        sheet.rows.append(row)


def write(initiatives: Iterable[Initiative]) -> str:
    """
    Return the rows that initiatives came from as CSV, in the order they were imported in.

    UTF-8 with a byte order mark, one line feed after each row, quotes where a value needs them; initiatives that came
    from elsewhere are left out, as they have no such row.
    """
    sources = [each.source for each in sorted(initiatives, key=lambda each: each.id) if is_from_inventory(each)]
    extra = dict.fromkeys(name for source in sources for name in source if name not in COLUMNS)
    columns = [*COLUMNS, *extra]
    return BYTE_ORDER_MARK + lines([columns, *([source.get(name, "") for name in columns] for source in sources)])
