"""Which questions a form asks."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.policy import CheckInPolicy
from bot.domain.questions import ORDER, Purpose, Question, fitting, waits
from bot.playbook.load import load_questions

SHIPPED = load_questions()
POLICY = CheckInPolicy()


def keys(questions: Iterable[Question]) -> list[str]:
    return [question.key for question in questions]


def forms_of(role: Role, stage: Stage, weeks: int) -> list[list[str]]:
    """The forms of consecutive weeks, a promise being open whenever the form before asked for one."""
    asked: list[dict[str, bool]] = []
    forms: list[list[str]] = []
    for week in range(weeks):
        possible = SHIPPED.asked(role, stage, Lifecycle.ACTIVE, monthly=week % 4 == 0)
        promised = bool(forms) and "commit_next" in forms[-1]
        form = fitting(possible, waits(asked), POLICY, commitments=promised)
        asked.insert(0, {question.key: question in form for question in possible})
        forms.append(keys(form))
    return forms


every_form = st.tuples(
    st.sampled_from(OWNER_ROLES), st.sampled_from([stage for stage in Stage if stage is not Stage.INTAKE])
)


@given(every_form)
def test_a_form_has_at_most_five_inputs_in_the_order_of_the_rules(place: tuple[Role, Stage]) -> None:
    for form in forms_of(*place, weeks=9):
        purposes = [ORDER.index(question.purpose) for key in form if (question := SHIPPED.get(key))]
        assert len(form) <= 5
        assert purposes == sorted(purposes)


@given(every_form)
def test_everything_a_role_may_be_asked_gets_its_turn(place: tuple[Role, Stage]) -> None:
    possible = SHIPPED.asked(*place, Lifecycle.ACTIVE, monthly=False)
    asked = {key for form in forms_of(*place, weeks=9) for key in form}
    assert asked >= set(keys(possible))


@given(every_form)
def test_the_next_promise_is_asked_for_at_least_every_second_week(place: tuple[Role, Stage]) -> None:
    promises = ["commit_next" in form for form in forms_of(*place, weeks=9)]
    assert all(one or other for one, other in pairwise(promises))


@given(every_form)
def test_values_and_the_colour_are_asked_every_week(place: tuple[Role, Stage]) -> None:
    role, stage = place
    for week, form in enumerate(forms_of(role, stage, weeks=9)):
        due = SHIPPED.asked(role, stage, Lifecycle.ACTIVE, monthly=week % 4 == 0)
        always = {q.key for q in due if q.purpose in (Purpose.VALUE, Purpose.RAG) or q.monthly}
        assert set(form) >= always


def test_open_promises_are_asked_about_only_when_there_are_any() -> None:
    possible = SHIPPED.asked(Role.TECHNICAL_LEAD, Stage.PILOT, Lifecycle.ACTIVE, monthly=False)
    assert "commit_prev" in keys(fitting(possible, {}, POLICY, commitments=True))
    assert "commit_prev" not in keys(fitting(possible, {}, POLICY, commitments=False))


def test_a_smaller_form_keeps_the_colour() -> None:
    possible = SHIPPED.asked(Role.OPERATIONS_LEADER, Stage.LAUNCH, Lifecycle.ACTIVE, monthly=False)
    form = fitting(possible, {}, CheckInPolicy(most_inputs=3, most_values=1), commitments=True)
    assert keys(form) == ["a_active", "rag_workflow", "commit_prev"]


def test_on_hold_only_the_sponsor_is_asked_and_only_how_it_goes_on() -> None:
    for stage in Stage:
        assert keys(SHIPPED.asked(Role.BUSINESS_SPONSOR, stage, Lifecycle.ON_HOLD, monthly=True)) == ["hold_plan"]


def test_a_question_waits_for_each_form_it_was_left_out_of_since_it_was_asked() -> None:
    newest_first = [{"a": False, "b": True}, {"a": False, "b": False}, {"a": True, "b": False}, {"a": False}]
    assert waits(newest_first) == {"a": 2}
    assert waits([]) == {}
