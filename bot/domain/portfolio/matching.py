"""Taking an inventory over: which row is which initiative already stored, what changes in it, and keys for new ones."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from bot.domain.ids import new_id
from bot.domain.initiatives import RESERVED_KEYS, Initiative
from bot.domain.portfolio.book import Book
from bot.domain.portfolio.inventory import Cells, Described, fields_of
from bot.domain.portfolio.merging import Rules
from bot.domain.portfolio.structure import FINAL
from bot.errors import UserError

Identity: TypeAlias = tuple[str, ...]
Item = TypeVar("Item")
LONGEST_PREFIX = 8
IDENTITIES: tuple[Callable[[Cells], Identity | None], ...] = (
    lambda cells: (cells["agency"], cells["id"]) if cells.get("id", "").strip() else None,
    lambda cells: (cells["agency"], cells.get("use_case_name", ""), cells.get("agency_bureau", "")),
)
"""What makes two rows the same use case when they are not equal; each counts only where it is unique on both sides."""


def merge_inventory(before: Book, described: Sequence[Described], rules: Rules) -> Book:
    """
    Return the book with every row as an initiative; rows that are there already change only what they now say.

    What people have changed since the last import stays: a field follows the row only where it still had the value of
    the row's former text. Raises UserError when there is no organisation or portfolio to import into.
    """
    if not before.organisation or not before.portfolios:
        raise UserError("There is no organisation yet: run steward init or import a portfolio file first.")
    after = before.copy()
    matched = _matches(before.initiatives.values(), described)
    new = [one for n, one in enumerate(described) if n not in matched]
    for n, initiative in matched.items():
        after.initiatives[initiative.key] = _updated(initiative, described[n])
    keys = _Keys(before.initiatives)
    portfolio_id = min(portfolio.id for portfolio in before.portfolios.values())
    ids = sorted(new_id(rules.at) for _ in new)
    for fresh_id, one in zip(ids, new, strict=True):
        key = keys.take(one.row.cells["agency"])
        after.initiatives[key] = Initiative(
            id=fresh_id, key=key, portfolio_id=portfolio_id, source=dict(one.row.cells), **one.fields
        )
    return after


def is_from_inventory(initiative: Initiative) -> bool:
    """Return whether an initiative came from the federal inventory."""
    return "agency" in initiative.source


def prefix_of(agency: str) -> str:
    """Return the beginning of the keys of an agency's initiatives; empty when it has no letter or digit."""
    return re.sub("[^A-Z0-9]", "", agency.upper())[:LONGEST_PREFIX]


class _Keys:
    """Hands out keys, the agency and a number, that nobody has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken) | RESERVED_KEYS
        self._last: Counter[str] = Counter()

    def take(self, agency: str) -> str:
        prefix = prefix_of(agency)
        while True:
            self._last[prefix] += 1
            key = f"{prefix}{self._last[prefix]:04d}"
            if key not in self._taken:
                self._taken.add(key)
                return key


def _matches(initiatives: Iterable[Initiative], described: Sequence[Described]) -> dict[int, Initiative]:
    """Return, by the position of a row, the initiative it is: an equal row first, then what identifies it."""
    known = sorted((each for each in initiatives if is_from_inventory(each)), key=lambda each: each.id)
    equal: dict[frozenset[tuple[str, str]], list[Initiative]] = defaultdict(list)
    for initiative in reversed(known):
        equal[frozenset(initiative.source.items())].append(initiative)
    matched: dict[int, Initiative] = {}
    for n, one in enumerate(described):
        if same := equal.get(frozenset(one.row.cells.items())):
            matched[n] = same.pop()
    for identity in IDENTITIES:
        taken = {initiative.id for initiative in matched.values()}
        left = _unique((identity(each.source), each) for each in known if each.id not in taken)
        rows = _unique((identity(one.row.cells), n) for n, one in enumerate(described) if n not in matched)
        matched |= {n: left[key] for key, n in rows.items() if key in left}
    return matched


def _unique(items: Iterable[tuple[Identity | None, Item]]) -> dict[Identity, Item]:
    """Return the items by their identity, where no other item has the same."""
    found: dict[Identity, list[Item]] = defaultdict(list)
    for identity, item in items:
        if identity:
            found[identity].append(item)
    return {identity: same[0] for identity, same in found.items() if len(same) == 1}


def _updated(initiative: Initiative, one: Described) -> Initiative:
    cells = dict(one.row.cells)
    if initiative.source == cells:
        return initiative
    former: Mapping[str, Any] = fields_of(initiative.source)
    changed = {
        name: value
        for name, value in one.fields.items()
        if value != former[name] and getattr(initiative, name) == former[name]
    }
    if initiative.lifecycle in FINAL:
        changed = {name: value for name, value in changed.items() if name not in ("stage", "lifecycle")}
    return replace(initiative, source=cells, **changed)
