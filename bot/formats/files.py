"""Bringing files in and writing them out: which format, what is reported of it, and where it goes."""

import codecs
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from bot.domain.portfolio.book import Book
from bot.domain.portfolio.collect import content_of
from bot.domain.portfolio.content import Problem
from bot.domain.portfolio.inventory import Described, describe
from bot.domain.portfolio.matching import merge_inventory
from bot.domain.portfolio.merging import Rules
from bot.errors import UserError
from bot.flows.portfolio_file import INVENTORY, Applied, apply_change, apply_content, collect
from bot.formats import csv_table, federal, portfolio
from bot.formats.nodes import ROOT
from bot.messages.words import counted
from bot.ports import Ports

Value = TypeVar("Value")
MOST_SHOWN = 50
SECTIONS = {
    "organisation": "organisation", "people": "people", "portfolios": "portfolios", "initiatives": "initiatives",
    "assignments": "roles", "absences": "absences", "cycles": "cycles", "prompts": "check-ins",
    "responses": "answers", "commitments": "commitments", "raids": "blockers and asks", "charters": "charters",
    "agreed": "success criteria", "gates": "gates", "criteria": "gate criteria", "evidence": "pieces of evidence",
    "signatures": "signatures", "waivers": "waivers", "decisions": "decisions", "conditions": "conditions",
    "changes": "moved dates", "capabilities": "capabilities", "items": "governance items",
    "actions": "integration actions", "phases": "roll-out phases",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What an import did: `problems` are the lines for stderr, errors when it `failed` and warnings when it did not.

    `rows`, `new`, `changed`, `warnings` by kind and `seconds` are the counts behind `summary`.
    """

    summary: str
    problems: list[str] = field(default_factory=list)
    failed: bool = False
    rows: int = 0
    new: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


async def import_file(path: Path, format_: str, ports: Ports, *, dry_run: bool = False) -> Report:
    """
    Import a file in one transaction, all of it or nothing; `dry_run` checks and reports only.

    Raises UserError when the format is unknown, the file cannot be read, or there is nothing to import into.
    """
    importer = _named(IMPORTS, format_)
    started = perf_counter()
    try:
        return await importer(path, ports, dry_run, started)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from None


async def export_to(format_: str, ports: Ports, *, as_json: bool = False) -> str:
    """
    Return everything stored in a format, a portfolio file `as_json` or as YAML; the operator's full rights apply.

    Raises UserError when the format is unknown or nothing is set up.
    """
    export = _named(EXPORTS, format_)
    if as_json and export is _export_portfolio:
        return portfolio.write(content_of(await collect(ports)), as_json=True)
    return await export(ports)


def _named(known: Mapping[str, Value], name: str) -> Value:
    if name not in known:
        raise UserError(f"There is no format {name}: choose {' or '.join(known)}.")
    return known[name]


async def _import_portfolio(path: Path, ports: Ports, dry_run: bool, started: float) -> Report:
    text, problem = _text_of(path)
    if problem:
        return _refused([problem], started, most=MOST_SHOWN)
    is_json = path.suffix.casefold() == ".json" or (path.suffix not in (".yaml", ".yml") and text.startswith("{"))
    content, problems = portfolio.read(text, is_json=is_json)
    applied = await apply_content(content, problems, ports, dry_run=dry_run)
    if applied.problems:
        return _refused(applied.problems, started, most=MOST_SHOWN)
    rows = sum(len(entries) for _, entries in content.sections())
    said = [_counted(applied, dry_run=dry_run)]
    if count := applied.offered_to:
        who = "1 person is" if count == 1 else f"{count} people are"
        said.append(f"{who} asked to accept a role." if not dry_run else f"{count} would be asked to accept a role.")
    return Report(
        summary="\n".join(said),
        rows=rows,
        new=applied.new,
        changed=applied.changed,
        seconds=perf_counter() - started,
    )


def _text_of(path: Path) -> tuple[str, Problem | None]:
    """Return the text of a portfolio file, and what is wrong when it is not Unicode."""
    raw = path.read_bytes()
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return raw.decode(encoding), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", Problem(line, ROOT, "is not UTF-8 here: save it as UTF-8")


def _counted(applied: Applied, *, dry_run: bool) -> str:
    if not applied.facts:
        return "Nothing to do: 0 new, 0 changed."
    parts = []
    for name, words in SECTIONS.items():
        new, changed = applied.new.get(name, 0), applied.changed.get(name, 0)
        if new or changed:
            parts.append(f"{words} {new} new, {changed} changed")
    return f"{'Would import' if dry_run else 'Imported'}: {'; '.join(parts)}."


def _refused(problems: Sequence[Problem], started: float, *, most: int | None = None) -> Report:
    lines = [str(problem) for problem in problems[:most]]
    if hidden := len(problems) - len(lines):
        lines.append(f"... and {hidden} more")
    count = counted(len(problems), "problem")
    return Report(
        summary=f"Nothing was imported: {count}. Correct the lines above and import the file again.",
        problems=lines,
        failed=True,
        seconds=perf_counter() - started,
    )


async def _import_inventory(path: Path, ports: Ports, dry_run: bool, started: float) -> Report:
    sheet = federal.read(path)
    if sheet.problems:
        return _refused(sorted(sheet.problems), started)
    described = describe(sheet.rows)
    applied = await apply_change(partial(_merged, described), ports, INVENTORY, dry_run=dry_run)
    warnings = sorted([*sheet.warnings, *(repair for one in described for repair in one.repairs)])
    kinds = Counter(warning.kind for warning in warnings)
    seconds = perf_counter() - started
    return Report(
        summary=_inventory_summary(len(described), applied, kinds, seconds, dry_run=dry_run),
        problems=[f"{warning} (warning)" for warning in warnings],
        rows=len(described),
        new=applied.new,
        changed=applied.changed,
        warnings=dict(kinds.most_common()),
        seconds=seconds,
    )


def _merged(described: Sequence[Described], book: Book, rules: Rules) -> tuple[Book, list[Problem]]:
    return merge_inventory(book, described, rules), []


def _inventory_summary(rows: int, applied: Applied, kinds: Mapping[str, int], seconds: float, *, dry_run: bool) -> str:
    new, changed = applied.new.get("initiatives", 0), applied.changed.get("initiatives", 0)
    same = rows - new - changed
    tried = " (dry run, nothing is stored)" if dry_run else ""
    said = f"{counted(rows, 'row')} in {seconds:.1f} s: {new} new, {changed} changed, {same} as they were{tried}."
    if gates := applied.new.get("gates", 0):
        criteria = counted(applied.new.get("gate_criteria", 0), "criterion", "criteria")
        said += f"\nGovernance of {counted(gates, 'initiative')} taken in as gate G4 with {criteria}."
    if not kinds:
        return said
    by_kind = ", ".join(
        f"{kind} {count}" for kind, count in sorted(kinds.items(), key=lambda each: (-each[1], each[0]))
    )
    return f"{said}\n{counted(sum(kinds.values()), 'warning')}: {by_kind}."


async def _export_portfolio(ports: Ports) -> str:
    return portfolio.write(content_of(await collect(ports)))


async def _export_inventory(ports: Ports) -> str:
    return federal.write((await collect(ports, history=False)).initiatives.values())


async def _export_table(ports: Ports) -> str:
    book = await collect(ports, history=False)
    ids: Iterable[str] = [initiative.id for initiative in book.initiatives.values()]
    return csv_table.write(await ports.reads.statuses(ids))


IMPORTS: Mapping[str, Callable[[Path, Ports, bool, float], Awaitable[Report]]] = {
    "portfolio": _import_portfolio,
    "federal-inventory": _import_inventory,
}
EXPORTS: Mapping[str, Callable[[Ports], Awaitable[str]]] = {
    "portfolio": _export_portfolio,
    "csv": _export_table,
    "federal-inventory": _export_inventory,
}
