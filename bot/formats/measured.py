"""A table of measured values as CSV: key, metric, period, value, and where there are any the counts and the sample."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from bot.domain.measuring.rows import FIELDS, NEEDED, Row
from bot.domain.portfolio.content import Problem
from bot.formats.nodes import ROOT

HEADER = 1


def read(path: Path) -> tuple[list[Row], list[Problem]]:
    """Return the rows of a file with their lines, or what is wrong with its shape; raises OSError."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [Problem(raw.count(b"\n", 0, error.start) + 1, ROOT, "is not UTF-8 here: save it as UTF-8")]
    lines = _numbered(text)
    try:
        header = [name.strip().casefold() for name in next(lines, (HEADER, []))[1]]
        if problem := _wrong_header(header):
            return [], [problem]
        return _rows(lines, header)
    except csv.Error as error:
        return [], [Problem(HEADER, ROOT, f"is not CSV: {error}")]


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row with the line it ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for cells in reader:
        yield reader.line_num, cells


def _wrong_header(header: list[str]) -> Problem | None:
    unknown = [name for name in header if name not in FIELDS]
    if unknown or any(name not in header for name in (*NEEDED, "value")) or len(set(header)) < len(header):
        return Problem(HEADER, ROOT, "needs the columns key,metric,period,value, and may have " + ", ".join(FIELDS[4:]))
    return None


def _rows(lines: Iterator[tuple[int, list[str]]], header: list[str]) -> tuple[list[Row], list[Problem]]:
    rows, problems = list[Row](), list[Problem]()
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(Problem(line, ROOT, f"has {len(cells)} cells, not {len(header)}"))
            continue
        given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
        rows.append(Row(line, given))
    return rows, problems
