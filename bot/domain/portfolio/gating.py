"""Gates in a portfolio file: what each section holds, merging it in, and the way back."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, replace
from typing import Any

from bot.domain.gates.charter import Charter, Exposure, ReadinessNumbers
from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.criteria import CriterionStage, SuccessCriterion
from bot.domain.gates.dates import DateChange, DateSubject
from bot.domain.gates.decisions import GateDecision
from bot.domain.gates.evidence import Evidence, Waiver
from bot.domain.gates.gates import Gate, GateCriterion
from bot.domain.gates.inventory import IMPORTED
from bot.domain.gates.readiness import Capability, GovernanceItem, IntegrationAction, RolloutPhase
from bot.domain.gates.signing import SignOff
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.portfolio.book import Book
from bot.domain.portfolio.content import Entry
from bot.domain.portfolio.merging import Merge

KINDS: Mapping[str, type[Any]] = {
    "charters": Charter,
    "agreed": SuccessCriterion,
    "gates": Gate,
    "criteria": GateCriterion,
    "evidence": Evidence,
    "signatures": SignOff,
    "waivers": Waiver,
    "decisions": GateDecision,
    "conditions": GateCondition,
    "changes": DateChange,
    "capabilities": Capability,
    "items": GovernanceItem,
    "actions": IntegrationAction,
    "phases": RolloutPhase,
}
"""What each section holds, in an order in which what is referred to comes first."""
PEOPLE = frozenset(
    {"submitted_by", "set_aside_by", "person_id", "on_behalf_of", "accepted_by", "decided_by", "owner_id"}
    | {"closed_by", "changed_by", "approved_by", "started_by"}
)
MANY_PEOPLE = "cosigners"
APPROVALS, SNAPSHOT, NESTED = "approvals", "snapshot", {"exposure": Exposure, "readiness": ReadinessNumbers}
LEFT_OUT = frozenset({"initiative_id", "imported"})
FOR_EVER = frozenset({"decisions", "changes"})


def key_of(record: Any) -> str:  # noqa: ANN401 - a record of any of these kinds
    """Return what a record is known by in its section."""
    return str(record.initiative_id if isinstance(record, Charter) else record.id)


# --- in --------------------------------------------------------------------------------------------------------------


def merge_gates(merge: Merge, sections: Mapping[str, Iterable[Entry]]) -> None:
    """Add what a file says of gates; what was decided, moved or agreed and locked before stays as it is."""
    for name, entries in sections.items():
        for entry in entries:
            if initiative_id := merge.initiative(entry):
                _merge(merge, name, entry, initiative_id)


def _merge(merge: Merge, name: str, entry: Entry, initiative_id: InitiativeId) -> None:
    kept: dict[str, Any] = getattr(merge.book, name)
    key = initiative_id if name == "charters" else entry.get("id")
    before, given = kept.get(key), _given(merge, name, entry, initiative_id)
    if before is None and (lacking := _lacking(KINDS[name], given)):
        merge.wrong(entry, lacking, "is missing")
        return
    after = replace(before, **given) if before else KINDS[name](**given)
    if before is None and name == "decisions":
        after = replace(after, imported=True)
    if before is not None and after != before and _is_fixed(name, before, after):
        merge.wrong(entry, "", "is stored otherwise, and what was decided, moved or locked is never changed")
        return
    kept[key] = after


def _is_fixed(name: str, before: Any, after: Any) -> bool:  # noqa: ANN401 - a record of any of these kinds
    if name in FOR_EVER:
        return True
    agreed = (CriterionStage.LOCKED, CriterionStage.SUPERSEDED)
    return name == "agreed" and before.state in agreed and replace(after, state=before.state) != before


def _lacking(kind: type[Any], given: Mapping[str, Any]) -> str:
    needed = (f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING)
    return next((name for name in needed if name not in given), "")


def _given(merge: Merge, name: str, entry: Entry, initiative_id: InitiativeId) -> dict[str, Any]:
    """Return the fields an entry gives, with people by id and nested parts in their own form."""
    given = {field: value for field, value in entry.given.items() if field != "initiative"}
    for field in PEOPLE & given.keys():
        given[field] = _person(merge, entry, field, given[field])
    for field in NESTED.keys() & given.keys():
        given[field] = NESTED[field](**given[field].given)
    if MANY_PEOPLE in given:
        given[MANY_PEOPLE] = tuple(_person(merge, entry, MANY_PEOPLE, each) for each in given[MANY_PEOPLE])
    if APPROVALS in given:
        given[APPROVALS] = {role: _person(merge, entry, APPROVALS, each) for role, each in given[APPROVALS].items()}
    if SNAPSHOT in given:
        given[SNAPSHOT] = _parsed(merge, entry, given[SNAPSHOT])
    if name == "changes" and given.get("subject") is DateSubject.TIMEBOX:
        given["subject_id"] = initiative_id
    return given | {"initiative_id": initiative_id}


def _person(merge: Merge, entry: Entry, name: str, written: str | None) -> PersonId | None:
    return written if written in (None, IMPORTED) else merge.who(entry, name, str(written))


def _parsed(merge: Merge, entry: Entry, text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        merge.wrong(entry, SNAPSHOT, "is no JSON object")
        return {}
    return found


# --- out -------------------------------------------------------------------------------------------------------------


def gates_of(book: Book, names: Mapping[PersonId, str]) -> dict[str, tuple[Entry, ...]]:
    """Return every section about gates, what has its default value left out, people by the names of the file."""
    keys = book.initiative_keys()
    return {name: tuple(_entry(record, keys, names) for record in getattr(book, name).values()) for name in KINDS}


def _entry(record: Any, keys: Mapping[InitiativeId, str], names: Mapping[PersonId, str]) -> Entry:  # noqa: ANN401
    given: dict[str, Any] = {"initiative": keys[record.initiative_id]}
    written: Mapping[str, Callable[[Any], Any]] = {
        APPROVALS: lambda value: {role: names.get(each, each) for role, each in value.items()},
        MANY_PEOPLE: lambda value: tuple(names.get(each, each) for each in value),
        SNAPSHOT: lambda value: json.dumps(dict(value), sort_keys=True, ensure_ascii=False),
        **dict.fromkeys(NESTED, _part),
        **dict.fromkeys(PEOPLE, lambda value: names.get(value, value)),
    }
    for field, value in _told(record).items():
        given[field] = written[field](value) if field in written and value is not None else value
    if isinstance(record, DateChange) and record.subject is DateSubject.TIMEBOX:
        given["subject_id"] = given["initiative"]
    return Entry(0, "", given)


def _told(record: Any) -> dict[str, Any]:  # noqa: ANN401 - a record of any kind
    """Return the fields of a record that do not have their default value."""
    found = {}
    for each in fields(record):
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        value = getattr(record, each.name)
        if value != default and each.name not in LEFT_OUT:
            found[each.name] = value
    return found


def _part(value: Any) -> Entry:  # noqa: ANN401 - a nested record
    return Entry(0, "", _told(value))
