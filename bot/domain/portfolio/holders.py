"""Merging who owns what: the holders named with an initiative, and assignments told one by one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, TypeAlias

from bot.domain.ids import InitiativeId, PersonId, new_id, stable_id
from bot.domain.ownership import OWNER_ROLES, AssignmentKind, AssignmentState, HandoverReason, Role, RoleAssignment
from bot.domain.portfolio.content import Entry
from bot.domain.portfolio.merging import Merge, is_group_mailbox
from bot.domain.portfolio.structure import own_fields

STANDING = frozenset({AssignmentState.PROPOSED, AssignmentState.ACTIVE})
HELD = frozenset({AssignmentState.ACTIVE, AssignmentState.ENDED})

Place: TypeAlias = tuple[InitiativeId, Role]


class Holders:
    """The assignments of a book grouped by initiative and role, for a merge that changes them."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.touched: dict[Place, Entry] = {}
        self._by_role: dict[Place, list[str]] = defaultdict(list)
        for assignment in merge.book.assignments.values():
            self._by_role[assignment.initiative_id, assignment.role].append(assignment.id)

    def of(self, place: Place) -> list[RoleAssignment]:
        """Return the assignments of a role of an initiative, as they are now."""
        return [self.merge.book.assignments[each] for each in self._by_role[place]]

    def put(self, assignment: RoleAssignment, entry: Entry) -> None:
        """Store an assignment in the book and remember which entry it came from."""
        place = assignment.initiative_id, assignment.role
        if assignment.id not in self.merge.book.assignments:
            self._by_role[place].append(assignment.id)
        self.merge.book.assignments[assignment.id] = assignment
        self.touched[place] = entry

    def standing(self, place: Place, kind: AssignmentKind) -> list[RoleAssignment]:
        """Return the assignments of a role that are held or proposed."""
        return [each for each in self.of(place) if each.kind is kind and each.state in STANDING]

    def own(self, place: Place, kind: AssignmentKind, person_id: PersonId) -> RoleAssignment | None:
        """Return the assignment a person holds or is proposed for."""
        return next((each for each in self.standing(place, kind) if each.person_id == person_id), None)


def merge_holders(merge: Merge, initiatives: Iterable[Entry], assignments: Iterable[Entry]) -> None:
    """
    Take over the owners of initiatives, then the assignments told in full; afterwards every touched role is checked.

    A person named for a role that somebody else holds is a hand-over: proposed until accepted, and the holder stays;
    with `accepted` the old assignment ends the day the new one begins (I-04). A role given as empty becomes vacant,
    as does one of somebody who has left (I-02).
    """
    holders = Holders(merge)
    for each in list(merge.book.assignments.values()) if merge.left else ():
        if each.person_id in merge.left and each.state in STANDING:
            merge.book.assignments[each.id] = _closed(each, merge.today())
    for entry in initiatives:
        initiative = merge.book.initiatives.get(entry.get("key"))
        for role, named in (entry.get("owners") or {}).items():
            if initiative:
                _merge_role(holders, entry, (initiative.id, Role(role)), named)
    for entry in assignments:
        _merge_assignment(holders, entry)
    for place, entry in holders.touched.items():
        _check_role(merge, entry, holders.of(place))


def _merge_role(holders: Holders, entry: Entry, place: Place, named: Entry | None) -> None:
    if named is None:
        _vacate(holders, entry, place)
        return
    if (person_id := holders.merge.person(named, "person")) is not None:
        _name_primary(holders, named, place, person_id)
    for delegate in named.get("delegates") or ():
        if (delegate_id := holders.merge.person(delegate, "person")) is None:
            continue
        if delegate_id == person_id:
            holders.merge.wrong(delegate, "person", "holds this role: a delegate is somebody else (I-03)")
            continue
        own = holders.own(place, AssignmentKind.DELEGATE, delegate_id)
        proposal = _proposal(holders.merge, place, AssignmentKind.DELEGATE, delegate_id)
        holders.put(_as_written(holders.merge, delegate, own or proposal), delegate)


def _vacate(holders: Holders, entry: Entry, place: Place) -> None:
    for kind in AssignmentKind:
        for each in holders.standing(place, kind):
            holders.put(_closed(each, holders.merge.today()), entry)


def _closed(assignment: RoleAssignment, day: date) -> RoleAssignment:
    if assignment.state is AssignmentState.ACTIVE:
        return replace(assignment, state=AssignmentState.ENDED, valid_to=day)
    return replace(assignment, state=AssignmentState.EXPIRED)


def _name_primary(holders: Holders, entry: Entry, place: Place, person_id: PersonId) -> None:
    own = holders.own(place, AssignmentKind.PRIMARY, person_id)
    others = [each for each in holders.standing(place, AssignmentKind.PRIMARY) if each.person_id != person_id]
    holder = next((each for each in others if each.state is AssignmentState.ACTIVE), None)
    named = own or _proposal(holders.merge, place, AssignmentKind.PRIMARY, person_id)
    if own is None and holder:
        named = replace(named, handover_from=holder.person_id, handover_reason=HandoverReason.OTHER)
    named = _as_written(holders.merge, entry, named)
    taken = named.state is AssignmentState.ACTIVE
    if own is None or own.state is not named.state:
        for other in others:
            if taken or other.state is AssignmentState.PROPOSED:
                holders.put(_closed(other, named.valid_from), entry)
        if taken and (deputy := holders.own(place, AssignmentKind.DELEGATE, person_id)):
            holders.put(_closed(deputy, named.valid_from), entry)
    holders.put(named, entry)


def _as_written(merge: Merge, entry: Entry, assignment: RoleAssignment) -> RoleAssignment:
    given: dict[str, Any] = {}
    if entry.get("since") is not None:
        given["valid_from"] = entry.get("since")
    if entry.has("assigned_by"):
        given["assigned_by"] = merge.person(entry, "assigned_by")
    accepted = entry.get("accepted")
    if isinstance(accepted, datetime):
        given["accepted_at"] = accepted
    elif accepted and assignment.state is AssignmentState.PROPOSED:
        given["accepted_at"] = merge.rules.at
    if accepted:
        given["state"] = AssignmentState.ACTIVE
    return replace(assignment, **given)


def _proposal(merge: Merge, place: Place, kind: AssignmentKind, person_id: PersonId) -> RoleAssignment:
    initiative_id, role = place
    return RoleAssignment(
        id=new_id(merge.rules.at),
        initiative_id=initiative_id,
        role=role,
        person_id=person_id,
        valid_from=merge.today(),
        kind=kind,
    )


def _merge_assignment(holders: Holders, entry: Entry) -> None:
    merge = holders.merge
    initiative_id, person_id = merge.initiative(entry), merge.person(entry, "person")
    if initiative_id is None or person_id is None:
        return
    named = (entry.get("role"), entry.get("kind", AssignmentKind.PRIMARY), str(entry.get("valid_from")))
    assignment_id = entry.get("id") or stable_id("assignment", initiative_id, person_id, *named)
    fresh = RoleAssignment(
        id=assignment_id,
        initiative_id=initiative_id,
        role=entry.get("role"),
        person_id=person_id,
        valid_from=entry.get("valid_from"),
    )
    given: dict[str, Any] = own_fields(RoleAssignment, entry.given)
    given |= {"person_id": person_id}
    given |= {name: merge.person(entry, name) for name in ("assigned_by", "handover_from") if entry.has(name)}
    assignment = replace(merge.book.assignments.get(assignment_id, fresh), **given)
    if assignment.valid_to is not None and assignment.valid_to < assignment.valid_from:
        merge.wrong(entry, "valid_to", f"{assignment.valid_to} is before the first day, {assignment.valid_from}")
    if assignment.state is AssignmentState.ENDED and assignment.valid_to is None:
        merge.wrong(entry, "valid_to", "is missing: what has ended has a last day")
    holders.put(assignment, entry)


def _check_role(merge: Merge, entry: Entry, assignments: Sequence[RoleAssignment]) -> None:
    primaries = [each for each in assignments if each.kind is AssignmentKind.PRIMARY]
    _check_one_holder(merge, entry, primaries)
    for assignment in assignments:
        if assignment.state in STANDING:
            _check_person(merge, entry, assignment)
        if assignment.kind is AssignmentKind.DELEGATE and assignment.state in STANDING:
            _check_delegate(merge, entry, assignment, primaries)


def _check_one_holder(merge: Merge, entry: Entry, primaries: Sequence[RoleAssignment]) -> None:
    held = sorted((each for each in primaries if each.state in HELD), key=lambda each: (each.valid_from, _until(each)))
    for earlier, later in pairwise(held):
        if later.valid_from < _until(earlier):
            names = " and ".join(merge.book.people[each.person_id].name for each in (earlier, later))
            reason = f"{names} both hold it on {later.valid_from}: one person is accountable on a day (I-01)"
            merge.wrong(entry, "", reason)


def _until(assignment: RoleAssignment) -> date:
    return assignment.valid_to or date.max


def _check_person(merge: Merge, entry: Entry, assignment: RoleAssignment) -> None:
    person = merge.book.people[assignment.person_id]
    if not person.active:
        merge.wrong(entry, "person", f"{person.name} is not active any more (I-02)")
    if assignment.role in OWNER_ROLES and is_group_mailbox(person.email):
        merge.wrong(entry, "person", f"{person.email} looks like a group mailbox: an owner is one person (I-02)")


def _check_delegate(merge: Merge, entry: Entry, delegate: RoleAssignment, primaries: Sequence[RoleAssignment]) -> None:
    if any(each.state is AssignmentState.ACTIVE and each.person_id == delegate.person_id for each in primaries):
        name = merge.book.people[delegate.person_id].name
        merge.wrong(entry, "delegates", f"{name} holds this role: a delegate is somebody else (I-03)")
