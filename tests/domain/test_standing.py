"""What is wrong with a role: check-ins missed in a row, or nobody who answers for it; never of our own making."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.calendar import weeks_after
from bot.domain.checkins import PromptState
from bot.domain.escalation import opens
from bot.domain.ownership import AssignmentState, Role, RoleAssignment
from bot.domain.standing import Cause, RoleFacts, Standing, excused, gap, silence
from tests.builders import a_person, an_assignment
from tests.domain.ladders import (
    ANSWERED,
    EXCUSED,
    FAILED,
    FIRST,
    LATE,
    MISSED,
    MONDAY,
    NOW,
    OWN,
    SENT,
    VACANT,
    ladder,
    prompts,
    rules,
)

# What counts as a miss


@pytest.mark.parametrize(
    ("states", "missed"),
    [
        ([], 0),
        ([SENT], 0),
        ([ANSWERED], 0),
        ([MISSED], 1),
        ([MISSED, MISSED], 2),
        ([MISSED, SENT], 1),
        ([MISSED, ANSWERED], 0),
        ([MISSED, LATE], 0),
        ([MISSED, PromptState.PARTIALLY_ANSWERED], 0),
        ([ANSWERED, MISSED, MISSED], 2),
        ([MISSED, EXCUSED], 0),
        ([MISSED, EXCUSED, MISSED], 1),
        ([MISSED, FAILED, MISSED], 2),
        ([FAILED, FAILED], 0),
        ([MISSED, PromptState.CANCELLED], 1),
        ([MISSED, MISSED, MISSED, MISSED], 4),
    ],
)
def test_a_row_of_misses_is_ended_by_answer_and_excuse_and_passes_over_what_was_not_delivered(
    states: list[PromptState], missed: int
) -> None:
    found = silence(prompts(*states), "ana", "", ())
    assert (len(found.missed) if found else 0) == missed


def test_what_another_holder_missed_and_what_is_dealt_with_does_not_count() -> None:
    assert silence(prompts(MISSED, MISSED), "mei", "", ()) is None
    found = silence(prompts(MISSED, MISSED), "ana", FIRST, ())
    assert found is not None
    assert [prompt.cycle for prompt in found.missed] == [weeks_after(FIRST, 1)]
    assert silence(prompts(MISSED), "ana", FIRST, ()) is None


def test_a_miss_whose_reminders_were_lost_does_not_count() -> None:
    newest, oldest = prompts(MISSED, MISSED)
    found = silence([newest, oldest], "ana", "", [newest.id])
    assert found is not None
    assert found.missed == (oldest,)


def test_a_prompt_answered_by_a_delegate_is_the_holder_s() -> None:
    asked = [replace(each, person_id="cleo", on_behalf_of="ana") for each in prompts(MISSED)]
    assert silence(asked, "ana", "", ()) is not None
    assert silence(asked, "cleo", "", ()) is None


def test_the_newest_that_says_anything_tells_whether_it_was_excused() -> None:
    assert excused(prompts(MISSED, EXCUSED, SENT))
    assert not excused(prompts(EXCUSED, MISSED))
    assert not excused([])


# Who answers for a role

ROLE = Role.TECHNICAL_LEAD
ANA, MEI = a_person("Ana Ortiz"), a_person("Mei Chen")


def facts(*assignments: RoleAssignment, **changes: object) -> RoleFacts:
    people = {ANA.id: ANA, MEI.id: MEI}
    base = RoleFacts(role=ROLE, assignments=assignments, people=people, reached={})
    return replace(base, **changes)  # type: ignore[arg-type]


def held(**changes: object) -> RoleAssignment:
    return replace(an_assignment(person_id=ANA.id), **changes)  # type: ignore[arg-type]


def offered() -> RoleAssignment:
    return replace(an_assignment(person_id=MEI.id), state=AssignmentState.PROPOSED, accepted_at=None, valid_from=MONDAY)


def test_a_role_that_is_held_has_no_gap_whatever_is_offered() -> None:
    assert gap(facts(held()), MONDAY) is None
    assert gap(facts(held(), offered(), reached={offered().id: MONDAY}), MONDAY) is None


@pytest.mark.parametrize(
    ("person", "cause"),
    [
        (replace(ANA, active=False, deactivated_at=NOW), Cause.DEPARTED),
        (replace(ANA, unreachable_since=NOW), Cause.UNREACHABLE),
    ],
)
def test_a_holder_who_has_left_or_cannot_be_reached_is_a_gap(person: object, cause: Cause) -> None:
    found = gap(facts(held(), people={ANA.id: person}), MONDAY)
    assert found == Standing(cause=cause, since=MONDAY, person_id=ANA.id)


def test_a_role_is_vacant_from_the_day_it_was_last_held() -> None:
    ended = held(state=AssignmentState.ENDED, valid_to=MONDAY)
    assert gap(facts(ended), MONDAY + timedelta(days=3)) == VACANT


def test_an_offer_counts_from_the_day_it_reached_its_nominee() -> None:
    offer = offered()
    found = gap(facts(offer, reached={offer.id: MONDAY}), MONDAY + timedelta(days=2))
    assert found == Standing(
        cause=Cause.UNACCEPTED, since=MONDAY, person_id=MEI.id, nominee_id=MEI.id, offered_on=MONDAY
    )
    on_its_way = gap(facts(offer, reached={offer.id: None}), MONDAY + timedelta(days=2))
    assert on_its_way is not None
    assert on_its_way.offered_on == MONDAY + timedelta(days=2)
    assert not opens(ladder(OWN), on_its_way, rules(MONDAY + timedelta(days=2)))


def test_a_role_of_which_nothing_is_recorded_has_no_gap() -> None:
    assert gap(facts(), MONDAY) is None
    found = gap(facts(stage_entered_on=MONDAY), MONDAY)
    assert found == VACANT
