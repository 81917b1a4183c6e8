"""A row of the US federal AI use-case inventory as an initiative, with what had to be repaired (domain.md 8.10)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from bot.domain.initiatives import Lifecycle, RiskTier, Stage
from bot.domain.portfolio.content import Problem
from bot.domain.portfolio.merging import quoted

LONGEST_NAME = 300
COLUMNS = (
    "agency", "agency_name", "id", "use_case_name", "agency_bureau", "contact_email", "is_withheld",
    "development_stage", "is_high_impact", "HI_justification", "topic_area", "classification", "problem_solved",
    "benefits", "system_outputs", "operational_date", "contracting_usage", "vendor_name", "have_ato",
    "system_name_ato", "data_description", "link_to_data", "has_pii", "pia_url", "demographic_features",
    "has_custom_code", "code_url", "hi_testing_conducted", "hi_assessment_completed", "hi_potential_impacts",
    "hi_independent_review", "hi_ongoing_monitoring", "hi_training_established", "hi_failsafe_presence",
    "hi_appeal_process", "hi_public_consultation",
)  # fmt: skip
NEEDED = ("agency", "id", "use_case_name", "agency_bureau", "development_stage", "is_high_impact", "operational_date")
STAGES = {
    "pre-deployment": (Stage.PILOT_DEFINITION, Lifecycle.ACTIVE),
    "pilot": (Stage.PILOT, Lifecycle.ACTIVE),
    "deployed": (Stage.PRODUCTION, Lifecycle.ACTIVE),
    "retired": (Stage.PRODUCTION, Lifecycle.RETIRED),
    "": (Stage.INTAKE, Lifecycle.ACTIVE),
}
TIERS = {
    "high-impact": RiskTier.HIGH,
    "presumed high-impact, but not high-impact": RiskTier.LIMITED,
    "not high-impact": RiskTier.LIMITED,
    "": RiskTier.LIMITED,
}
PROGRESS = {"in-progress", "yes", "no", ""}
GOVERNANCE: Mapping[str, set[str]] = {
    "hi_testing_conducted": PROGRESS,
    "hi_assessment_completed": PROGRESS,
    "hi_independent_review": PROGRESS
    | {"internal independent review", "caio review", "oversight board review", "caio waived"},
    "hi_ongoing_monitoring": PROGRESS | {"yes - monitoring established"},
    "hi_training_established": PROGRESS | {"training in-progress", "training established"},
    "hi_failsafe_presence": PROGRESS | {"not applicable"},
    "hi_appeal_process": PROGRESS
    | {"appeal process established", "appeal process in-progress", "appeal precluded by law", "not applicable"},
}

Cells: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: the line it begins on, and its cells by column, blank ones left out."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Described:
    """A row as the fields of an initiative; `repairs` are warnings."""

    row: Row
    fields: Mapping[str, Any]
    repairs: tuple[Problem, ...] = ()


def describe(rows: Iterable[Row]) -> list[Described]:
    """Return every row as the fields of an initiative, with what was repaired and what is there twice."""
    seen = _Seen()
    return [_described(row, seen) for row in rows]


def fields_of(cells: Cells) -> dict[str, Any]:
    """Return the fields of an initiative that follow from a row, and from nothing else."""
    return dict(_described(Row(0, cells), _Seen()).fields)


class _Seen:
    """What was there before in the same file, to report what is there twice."""

    def __init__(self) -> None:
        self.rows: dict[frozenset[tuple[str, str]], int] = {}
        self.ids: dict[tuple[str, str], int] = {}
        self.names: dict[str, int] = {}


class _Notes:
    """The repairs of one row."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.repairs: list[Problem] = []

    def add(self, field: str, kind: str, reason: str) -> None:
        self.repairs.append(Problem(self.line, field, reason, kind))


def _described(row: Row, seen: _Seen) -> Described:
    notes, cells = _Notes(row.line), row.cells
    stage, lifecycle = _stage(cells, notes)
    source_id = cells.get("id", "").strip()
    if not source_id:
        notes.add("id", "no id", "is blank, so the initiative has no alias")
    fields = {
        "name": _name(cells, notes),
        "aliases": (source_id[:LONGEST_NAME],) if source_id else (),
        "stage": stage,
        "lifecycle": lifecycle,
        "problem": _unmangled(cells.get("problem_solved", ""), "problem_solved", notes),
        "risk_tier": _tier(cells, notes),
        "golive_on": _golive(cells, notes),
        "imported": True,
    }
    for column, known in GOVERNANCE.items():
        if (value := cells.get(column, "")).strip().casefold() not in known:
            notes.add(column, "unknown governance value", f"{quoted(value)} is new here and counts as in progress")
    _note_repeats(row, source_id, str(fields["name"]), seen, notes)
    return Described(row, fields, tuple(notes.repairs))


def _stage(cells: Cells, notes: _Notes) -> tuple[Stage, Lifecycle]:
    value = cells.get("development_stage", "").strip()
    if not value:
        notes.add("development_stage", "no stage", "is blank, taken as intake")
    elif value.casefold() not in STAGES:
        notes.add("development_stage", "unknown stage", f"{quoted(value)} is no known stage, taken as intake")
    return STAGES.get(value.casefold(), STAGES[""])


def _tier(cells: Cells, notes: _Notes) -> RiskTier:
    value = cells.get("is_high_impact", "").strip()
    if value.casefold() not in TIERS:
        notes.add("is_high_impact", "unknown impact", f"{quoted(value)} is no known impact, taken as limited risk")
    return TIERS.get(value.casefold(), RiskTier.LIMITED)


def _name(cells: Cells, notes: _Notes) -> str:
    written = cells.get("use_case_name", "")
    if not written.strip():
        parts = [cells.get(column, "").strip() for column in ("agency", "agency_bureau", "id")]
        made = " ".join(" ".join(part for part in parts if part).split())[:LONGEST_NAME]
        notes.add("use_case_name", "no name", f"is blank, called {quoted(made)}")
        return made
    name = " ".join(_unmangled(written, "use_case_name", notes).replace("\u200b", "").split())
    if name != written:
        notes.add("use_case_name", "name tidied", "has line breaks or odd spaces in it, replaced by single spaces")
    if len(name) > LONGEST_NAME:
        notes.add("use_case_name", "name cut", f"has {len(name)} characters, cut to {LONGEST_NAME}")
    return name[:LONGEST_NAME]


MANGLED = re.compile("[\u00c2-\u00f4][^\x00-\x7f]{1,3}")


def _unmangled(text: str, field: str, notes: _Notes) -> str:
    """Return a text in which UTF-8 that was once read as cp1252, an apostrophe as three signs, is put right."""
    repaired = MANGLED.sub(lambda found: _reread(found.group()), text)
    if repaired != text:
        notes.add(field, "mangled characters", "has characters from a wrong encoding, put right")
    return repaired


def _reread(mangled: str) -> str:
    for length in range(len(mangled), 1, -1):
        try:
            return mangled[:length].encode("cp1252").decode("utf-8") + mangled[length:]
        except UnicodeError:
            continue
    return mangled


MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
CLOCK_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?)?"
ISO_DAY = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){CLOCK_TIME}")
US_DAY = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){CLOCK_TIME}")
US_MONTH = re.compile(r"(\d{1,2})/(\d{4})")
NAMED_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*[- ](\d{4}|\d{2})")
YEAR = re.compile(r"\d{4}")
PLAUSIBLE_YEARS = range(1950, 2101)
Parts: TypeAlias = tuple[int, int, int]
READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Parts], str], ...] = (
    (ISO_DAY, lambda m: (int(m[1]), int(m[2]), int(m[3])), ""),
    (US_DAY, lambda m: (int(m[3]), int(m[1]), int(m[2])), ""),
    (US_MONTH, lambda m: (int(m[2]), int(m[1]), 1), "date without a day"),
    (NAMED_MONTH, lambda m: (_century(int(m[2])), MONTHS.get(m[1].casefold(), 0), 1), "date without a day"),
)


def _century(year: int) -> int:
    """Return a year of four digits; two digits are of 1970 to 2069."""
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _golive(cells: Cells, notes: _Notes) -> date | None:
    written = cells.get("operational_date", "").strip()
    if not written:
        return None
    if YEAR.fullmatch(written):
        notes.add("operational_date", "date without a month", f"{written} is a year only, go-live is left open")
        return None
    for pattern, parts, repair in READINGS:
        if not (found := pattern.fullmatch(written)):
            continue
        if (day := _day(parts(found))) is None:
            break
        if repair:
            notes.add("operational_date", repair, f"{quoted(written)} has no day, taken as {day.isoformat()}")
        return day
    notes.add("operational_date", "unreadable date", f"{quoted(written)} is no date, go-live is left open")
    return None


def _day(parts: Parts) -> date | None:
    try:
        return date(*parts) if parts[0] in PLAUSIBLE_YEARS else None
    except ValueError:
        return None


def _note_repeats(row: Row, source_id: str, name: str, seen: _Seen, notes: _Notes) -> None:
    whole = frozenset(row.cells.items())
    same_row = seen.rows.setdefault(whole, row.line)
    same_id = seen.ids.setdefault((row.cells.get("agency", ""), source_id), row.line) if source_id else row.line
    same_name = seen.names.setdefault(name.casefold(), row.line)
    if same_row != row.line:
        notes.add("row", "repeated row", f"is the same as line {same_row}, both are kept")
        return
    if same_id != row.line:
        notes.add("id", "repeated id", f"{quoted(source_id)} is on line {same_id} too, both are kept")
    if same_name != row.line:
        notes.add("use_case_name", "repeated name", f"{quoted(name)} is on line {same_name} too, both are kept")
