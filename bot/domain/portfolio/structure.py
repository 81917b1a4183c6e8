"""Merging the lasting part of a portfolio file: organisation, people, portfolios, initiatives, absences."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, TypeVar

from bot.domain.ids import stable_id
from bot.domain.initiatives import Initiative, Lifecycle
from bot.domain.people import FIRST_PORTFOLIO, Absence, Organisation, Person, Portfolio
from bot.domain.portfolio.book import ORGANISATION
from bot.domain.portfolio.content import Entry
from bot.domain.portfolio.merging import Merge, quoted

Fact = TypeVar("Fact", Organisation, Person, Portfolio, Initiative)
HOLD_DAYS = 90
FINAL = frozenset({Lifecycle.STOPPED, Lifecycle.RETIRED})


def own_fields(kind: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those given fields that a dataclass has under the same name."""
    names = {each.name for each in fields(kind)} - {"id"}
    return {name: value for name, value in given.items() if name in names}


def unique(merge: Merge, entries: Iterable[Entry], key_of: Callable[[Entry], str | None], field: str) -> list[Entry]:
    """Return the entries whose key was not used above; a second use is a problem."""
    first: dict[str, int] = {}
    kept = []
    for entry in entries:
        key = key_of(entry)
        if key is not None and key in first:
            merge.wrong(entry, field, f"{quoted(key)} is there already on line {first[key]}")
            continue
        if key is not None:
            first[key] = entry.lines.get(field, entry.line)
        kept.append(entry)
    return kept


def lacking(merge: Merge, entry: Entry, *required: str) -> bool:
    """Return whether a new entry lacks something it needs; each is a problem, unless it is there and unreadable."""
    missing = [name for name in required if entry.get(name) is None]
    for name in missing:
        if name not in entry.lines:
            merge.wrong(entry, name, "is missing, and there is nothing stored to take it from")
    return bool(missing)


def merge_organisation(merge: Merge, entry: Entry | None) -> None:
    """Take over what the file says of the organisation; without one, stored or in the file, nothing can be imported."""
    stored = merge.organisation
    if entry is None:
        if stored is None:
            merge.wrong(
                Entry(1, "", {}), "organisation", "is missing, and none is stored yet: add it or run steward init"
            )
        return
    given = own_fields(Organisation, entry.given)
    if stored is None:
        if lacking(merge, entry, "name", "timezone"):
            return
        stored = Organisation(name=entry.get("name"), timezone=entry.get("timezone"))
    changed = replace(stored, **given)
    if changed.quiet_end >= changed.quiet_start:
        name = "quiet_end" if entry.has("quiet_end") else "quiet_start"
        merge.wrong(
            entry, name, f"leaves no hour: it is quiet from {changed.quiet_start:%H:%M} to {changed.quiet_end:%H:%M}"
        )
    merge.book.organisation[ORGANISATION] = changed


def merge_people(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add and change people; one is recognised by e-mail address, else by id, else by a name nobody else has."""
    stored_people = _Known.of(merge.book.people)
    listed = unique(merge, entries, _called, "email")
    managed = []
    for entry, new_id in zip(listed, merge.fresh_ids(len(listed)), strict=True):
        stored = stored_people.find(entry)
        if stored is None and lacking(merge, entry, "name"):
            continue
        person = stored or Person(id=entry.get("id") or new_id, name=entry.get("name"))
        given = own_fields(Person, entry.given)
        if stored and stored.active and given.get("active") is False:
            given = {"deactivated_at": merge.rules.at, **given}
            merge.left.add(person.id)
        merge.book.people[person.id] = replace(person, **given)
        managed.append((entry, person.id))
    merge.know_people()
    for entry, person_id in managed:
        if entry.has("manager"):
            manager_id = merge.person(entry, "manager")
            if manager_id == person_id:
                merge.wrong(entry, "manager", "is the person's own manager")
            merge.book.people[person_id] = replace(merge.book.people[person_id], manager_id=manager_id)


def _called(entry: Entry) -> str | None:
    called: str | None = entry.get("email") or entry.get("id") or entry.get("name")
    return called.casefold() if called else None


@dataclass(frozen=True, slots=True)
class _Known:
    """The people stored before the import, by what a file may recognise them by."""

    by_id: Mapping[str, Person]
    by_email: Mapping[str, Person]
    by_name: Mapping[str, Person | None]

    @classmethod
    def of(cls, people: Mapping[str, Person]) -> "_Known":
        by_email = {person.email.casefold(): person for person in people.values() if person.email}
        by_name: dict[str, Person | None] = {}
        for person in people.values():
            if not person.email:
                by_name[person.name] = None if person.name in by_name else person
        return cls(dict(people), by_email, by_name)

    def find(self, entry: Entry) -> Person | None:
        by_id = self.by_id.get(entry.get("id") or "")
        if email := entry.get("email"):
            return self.by_email.get(email.casefold()) or by_id
        return by_id if entry.has("id") else self.by_name.get(entry.get("name") or "")


def merge_portfolios(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add and change portfolios, recognised by key; the only one of a file takes the place of one not used yet."""
    listed = unique(merge, entries, lambda entry: entry.get("key"), "key")
    if len(listed) == 1:
        merge.home = listed[0].get("key")
    for entry, new_id in zip(listed, merge.fresh_ids(len(listed)), strict=True):
        key = entry.get("key")
        stored = merge.book.portfolios.get(key) or _unused(merge, entry)
        if stored is None and lacking(merge, entry, "name"):
            continue
        zone = str(merge.zone())
        portfolio = stored or Portfolio(id=new_id, key=key, name=entry.get("name"), timezone=zone)
        given = own_fields(Portfolio, entry.given)
        if entry.has("lead"):
            given["lead_id"] = merge.person(entry, "lead")
        if entry.has("executive"):
            given["executive_id"] = merge.person(entry, "executive")
        if entry.has("gatekeepers"):
            found = [merge.who(entry, "gatekeepers", name) for name in entry.get("gatekeepers")]
            given["gatekeeper_ids"] = tuple(person_id for person_id in found if person_id)
        merge.book.portfolios[key] = replace(portfolio, **given)


def _unused(merge: Merge, entry: Entry) -> Portfolio | None:
    """Return the portfolio of `steward init`, renamed to the only one of the file, where nobody has used it yet."""
    first = merge.book.portfolios.get(FIRST_PORTFOLIO)
    if first is None or first.lead_id or not merge.home or entry.get("name") is None:
        return None
    if any(initiative.portfolio_id == first.id for initiative in merge.book.initiatives.values()):
        return None
    del merge.book.portfolios[FIRST_PORTFOLIO]
    return replace(first, key=merge.home, name=entry.get("name"), timezone=str(merge.zone()))


def merge_initiatives(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add and change initiatives, recognised by key; what the file does not give stays as it is."""
    listed = unique(merge, entries, lambda entry: entry.get("key"), "key")
    for entry, new_id in zip(listed, merge.fresh_ids(len(listed)), strict=True):
        key = entry.get("key")
        stored = merge.book.initiatives.get(key)
        missing = stored is None and lacking(merge, entry, "name")
        portfolio_id = None if missing else _portfolio_id(merge, entry, stored)
        if portfolio_id is None:
            merge.failed.add(key)
            continue
        initiative = stored or Initiative(id=new_id, key=key, name=entry.get("name"), portfolio_id=portfolio_id)
        given = own_fields(Initiative, entry.given) | {"portfolio_id": portfolio_id}
        if entry.has("closed_by"):
            given["closed_by"] = merge.person(entry, "closed_by")
        changed = replace(initiative, **given)
        _check_lifecycle(merge, entry, stored, changed)
        merge.book.initiatives[key] = changed


def _portfolio_id(merge: Merge, entry: Entry, stored: Initiative | None) -> str | None:
    portfolios = merge.book.portfolios
    if key := entry.get("portfolio") or (merge.home if stored is None else ""):
        if key not in portfolios and ("portfolios" in merge.broken or key == merge.home):
            return None  # what is wrong with it has been said
        if key not in portfolios:
            merge.wrong(entry, "portfolio", f"{quoted(key)} is no portfolio of this file or stored")
            return None
        return portfolios[key].id
    if stored:
        return stored.portfolio_id
    if len(portfolios) != 1:
        reason = "is missing: there are several to choose from" if portfolios else "is missing, and there is none yet"
        merge.wrong(entry, "portfolio", reason)
        return None
    return next(iter(portfolios.values())).id


def _check_lifecycle(merge: Merge, entry: Entry, stored: Initiative | None, changed: Initiative) -> None:
    if stored and stored.lifecycle in FINAL and changed.lifecycle is not stored.lifecycle:
        merge.wrong(entry, "lifecycle", f"it was {stored.lifecycle}, which is final: register a new initiative")
    if changed.lifecycle is Lifecycle.ON_HOLD and (not stored or stored != changed):
        limit = merge.today() + timedelta(days=HOLD_DAYS)
        if changed.hold_review_on is None:
            merge.wrong(entry, "hold_review_on", "is missing: what is on hold has a day of review")
        elif changed.hold_review_on > limit:
            merge.wrong(entry, "hold_review_on", f"is more than {HOLD_DAYS} days ahead")


def merge_absences(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add and change absences, recognised by id, else by person and days."""
    for entry in entries:
        person_id, delegate_id = merge.person(entry, "person"), merge.person(entry, "delegate")
        if person_id is None:
            continue
        first, last = entry.get("first"), entry.get("last")
        if last < first:
            merge.wrong(entry, "last", f"{last} is before the first day, {first}")
        if delegate_id == person_id:
            merge.wrong(entry, "delegate", "is the absent person")
        absence_id = entry.get("id") or stable_id("absence", person_id, str(first), str(last))
        stored = merge.book.absences.get(absence_id) or Absence(
            id=absence_id, person_id=person_id, first=first, last=last
        )
        given = own_fields(Absence, entry.given) | {"person_id": person_id}
        if entry.has("delegate"):
            given["delegate_id"] = delegate_id
        merge.book.absences[absence_id] = replace(stored, **given)
