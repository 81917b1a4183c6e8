"""Who is accountable on which day, over every way a role can change hands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ownership import (
    OWNER_ROLES,
    AssignmentKind,
    AssignmentState,
    Role,
    RoleAssignment,
    accept,
    accountable,
    decline,
    delegates,
)
from bot.errors import UserError
from tests.builders import NOW, an_assignment

START = date(2026, 1, 1)
PEOPLE = ("ana", "ben", "cleo")


def a_proposal(person_id: str, role: Role = Role.TECHNICAL_LEAD, number: int = 0) -> RoleAssignment:
    proposed = an_assignment(person_id=person_id, role=role, state=AssignmentState.PROPOSED, accepted_at=None)
    return replace(proposed, id=f"{role}:{person_id}:{number}", valid_from=START)


moves = st.lists(
    st.tuples(st.sampled_from(OWNER_ROLES), st.sampled_from(PEOPLE), st.integers(0, 20), st.booleans()), max_size=15
)


def played(history: Sequence[tuple[Role, str, int, bool]]) -> tuple[list[RoleAssignment], date]:
    """Offer and answer roles one after another, some days apart; return the assignments and the last day."""
    assignments: dict[str, RoleAssignment] = {}
    day = START
    for number, (role, person_id, later, accepted) in enumerate(history):
        day += timedelta(days=later)
        offer = a_proposal(person_id, role, number)
        holder = accountable(list(assignments.values()), role, day)
        changed = accept(offer, holder, NOW, day) if accepted else [decline(offer)]
        assignments |= {each.id: each for each in changed}
    return list(assignments.values()), day


@given(moves)
def test_i01_at_most_one_primary_covers_each_role_on_each_day(history: list[tuple[Role, str, int, bool]]) -> None:
    assignments, last = played(history)
    for n in range((last - START).days + 3):
        for role in OWNER_ROLES:
            holders = [a for a in assignments if a.role is role and a.covers(START + timedelta(days=n))]
            assert len(holders) <= 1


@given(moves)
def test_i04_once_held_a_role_is_never_without_a_holder(history: list[tuple[Role, str, int, bool]]) -> None:
    assignments, last = played(history)
    for role in OWNER_ROLES:
        held_from = min((a.valid_from for a in assignments if a.role is role and a.accepted_at), default=None)
        if held_from is None:
            continue
        for n in range((last - held_from).days + 1):
            assert accountable(assignments, role, held_from + timedelta(days=n)) is not None


def test_i04_the_old_holder_ends_on_the_day_the_new_one_begins() -> None:
    old, day = an_assignment(), date(2026, 11, 26)
    ended, taken = accept(a_proposal("ben"), old, NOW, day)
    assert (ended.id, ended.state, ended.valid_to) == (old.id, AssignmentState.ENDED, day)
    assert (taken.state, taken.valid_from, taken.accepted_at) == (AssignmentState.ACTIVE, day, NOW)
    assert accountable([ended, taken], old.role, day - timedelta(days=1)) == ended
    assert accountable([ended, taken], old.role, day) == taken


def test_i04_until_it_is_accepted_nothing_changes() -> None:
    old, offer = an_assignment(), a_proposal("ben")
    assert accountable([old, offer], old.role, date(2026, 11, 26)) == old
    assert accountable([old, decline(offer)], old.role, date(2026, 11, 26)) == old


def test_i03_accepting_to_be_a_delegate_leaves_the_holder_accountable() -> None:
    old = an_assignment()
    offer = replace(a_proposal("ben"), kind=AssignmentKind.DELEGATE)
    changed = accept(offer, old, NOW, date(2026, 11, 26))
    assert [a.person_id for a in changed] == ["ben"]
    assert accountable([old, *changed], old.role, date(2026, 11, 26)) == old
    assert delegates([old, *changed], old.role, date(2026, 11, 26)) == ("ben",)


def test_an_offer_is_answered_once() -> None:
    for state in set(AssignmentState) - {AssignmentState.PROPOSED}:
        answered = replace(a_proposal("ben"), state=state)
        with pytest.raises(UserError, match="no longer open"):
            accept(answered, None, NOW, START)
        with pytest.raises(UserError, match="no longer open"):
            decline(answered)
