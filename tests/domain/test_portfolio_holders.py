"""Who owns what after a portfolio file."""

from datetime import date

import pytest

from bot.domain.ownership import AssignmentKind, AssignmentState, Role, RoleAssignment
from bot.domain.portfolio.book import differences
from bot.domain.portfolio.content import Entry
from bot.domain.portfolio.merging import is_group_mailbox
from tests.domain.portfolio_files import AT, TL, content, entry, owner, refused, roles, with_owner


def test_an_owner_is_offered_the_role_unless_the_file_says_accepted() -> None:
    book = with_owner((TL, owner("Ana Ortiz")), (Role.BUSINESS_SPONSOR, owner("Ben Cole", accepted=True)))
    assert roles(book) == [("Ana Ortiz", "primary", "proposed"), ("Ben Cole", "primary", "active")]
    assert {each.accepted_at for each in book.assignments.values()} == {None, AT}


def test_an_acceptance_in_a_later_file_is_honoured() -> None:
    before = with_owner((TL, owner("Ana Ortiz")))
    after = with_owner((TL, owner("Ana Ortiz", accepted=True)), before=before)
    assert roles(after) == [("Ana Ortiz", "primary", "active")]


def test_a_new_name_for_a_held_role_is_a_hand_over_that_waits_for_its_acceptance() -> None:
    before = with_owner((TL, owner("Ana Ortiz", accepted=True, since=date(2026, 6, 1))))
    after = with_owner((TL, owner("Ben Cole")), before=before)
    assert roles(after) == [("Ana Ortiz", "primary", "active"), ("Ben Cole", "primary", "proposed")]
    assert differences(after, with_owner((TL, owner("Ben Cole")), before=after)) == {}


def test_an_accepted_hand_over_leaves_no_gap() -> None:
    before = with_owner((TL, owner("Ana Ortiz", accepted=True, since=date(2026, 6, 1))))
    after = with_owner((TL, owner("Ben Cole", accepted=True, since=date(2026, 11, 2))), before=before)
    ended, begun = sorted(after.assignments.values(), key=lambda each: each.valid_from)
    assert (ended.state, ended.valid_to) == (AssignmentState.ENDED, date(2026, 11, 2))
    assert (begun.state, begun.valid_from) == (AssignmentState.ACTIVE, date(2026, 11, 2))


def test_a_delegate_who_becomes_accountable_is_no_delegate_any_more() -> None:
    deputies = (owner("Ben Cole", accepted=True),)
    before = with_owner((TL, owner("Ana Ortiz", accepted=True, delegates=deputies)))
    after = with_owner((TL, owner("Ben Cole", accepted=True)), before=before)
    assert roles(after) == [
        ("Ana Ortiz", "primary", "ended"),
        ("Ben Cole", "delegate", "ended"),
        ("Ben Cole", "primary", "active"),
    ]


def test_a_role_given_as_empty_becomes_vacant() -> None:
    before = with_owner((TL, owner("Ana Ortiz", accepted=True)), (Role.BUSINESS_SPONSOR, owner("Ben Cole")))
    after = with_owner((TL, None), (Role.BUSINESS_SPONSOR, None), before=before)
    assert roles(after) == [("Ana Ortiz", "primary", "ended"), ("Ben Cole", "primary", "expired")]


def test_a_delegate_is_somebody_else() -> None:
    named = owner("Ana Ortiz", delegates=(entry(8, "delegates[1]", person="ana@x.example"),))
    told = content(initiatives=(entry(7, "initiatives[1]", key="SEPSIS", name="Sepsis", owners={TL: named}),))
    assert refused(told) == ["line 8, delegates[1].person: holds this role: a delegate is somebody else (I-03)"]


def held(**changes: object) -> Entry:
    """Return an assignment told in full."""
    given = {"initiative": "SEPSIS", "role": TL, "person": "Ana Ortiz", "valid_from": date(2026, 6, 1)}
    return entry(9, "assignments[1]", **{**given, "state": AssignmentState.ACTIVE, **changes})


def test_two_people_cannot_hold_a_role_on_the_same_day() -> None:
    both = content(assignments=(held(), held(person="Ben Cole", valid_from=date(2026, 11, 1))))
    assert refused(both) == [
        "line 9, assignments[1]: Ana Ortiz and Ben Cole both hold it on 2026-11-01: "
        "one person is accountable on a day (I-01)"
    ]
    ended = held(state=AssignmentState.ENDED, valid_to=date(2026, 11, 1))
    assert refused(content(assignments=(ended, held(person="Ben Cole", valid_from=date(2026, 11, 1))))) == []


def test_an_assignment_makes_sense_in_time() -> None:
    assert refused(content(assignments=(held(valid_to=date(2026, 5, 1), state=AssignmentState.ENDED),))) == [
        "line 9, assignments[1].valid_to: 2026-05-01 is before the first day, 2026-06-01"
    ]
    assert refused(content(assignments=(held(state=AssignmentState.ENDED),))) == [
        "line 9, assignments[1].valid_to: is missing: what has ended has a last day"
    ]


def test_an_owner_is_one_active_person() -> None:
    people = (
        entry(name="Gone", email="gone@x.example", active=False),
        entry(name="AI team", email="ai-team@x.example"),
    )
    owners = {TL: owner("Gone"), Role.BUSINESS_SPONSOR: owner("ai-team@x.example")}
    told = content(people=people, initiatives=(entry(key="SEPSIS", name="Sepsis", owners=owners),))
    assert refused(told) == [
        "line 7, owners.person: Gone is not active any more (I-02)",
        "line 7, owners.person: ai-team@x.example looks like a group mailbox: an owner is one person (I-02)",
    ]


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("ai-team@x.example", True),
        ("info@x.example", True),
        ("no-reply@x.example", True),
        ("all.staff@x.example", True),
        ("teamer.ana@x.example", False),
        ("ana.alli@x.example", False),
        ("ana@team.example", False),
        (None, False),
    ],
)
def test_a_group_mailbox_is_told_by_its_words(address: str | None, verdict: bool) -> None:
    assert is_group_mailbox(address) is verdict


def test_assignments_of_other_roles_are_left_alone() -> None:
    before = with_owner((TL, owner("Ana Ortiz", accepted=True)), (Role.BUSINESS_SPONSOR, owner("Ben Cole")))
    after = with_owner((TL, owner("Ana Ortiz")), before=before)
    assert differences(before, after) == {}
    kinds: list[RoleAssignment] = list(after.assignments.values())
    assert {each.kind for each in kinds} == {AssignmentKind.PRIMARY}
