"""Answers, their revisions, and what becomes of promises."""
# ruff: noqa: ANN401 - an override may be of any field

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkins import (
    ANSWERED,
    OPEN,
    CommitmentState,
    DropReason,
    Promises,
    Prompt,
    PromptState,
    Rag,
    Submission,
    drop,
    record_answer,
    reopen,
    roll,
    settle,
    unchanged_refusal,
    worst,
)
from tests.builders import ANA, NOW, a_commitment, a_prompt

CLOSES = datetime(2026, 11, 30, 14, tzinfo=UTC)
DUE = date(2026, 11, 27)


def a_submission(**changes: Any) -> Submission:
    base = Submission(responder_id=ANA, at=NOW, answers={"rag": "Green"}, asked={"rag": True}, rag=Rag.GREEN)
    return replace(base, **changes)


def test_an_answer_makes_the_first_revision() -> None:
    prompt, response = record_answer(a_prompt(state=PromptState.SENT), a_submission(confidence=7), CLOSES)
    assert (prompt.state, prompt.revision, prompt.answered_at) == (PromptState.ANSWERED, 1, NOW)
    assert (prompt.rag, prompt.confidence) == (Rag.GREEN, 7)
    assert (response.revision, response.late, response.on_behalf_of) == (1, False, None)


def test_an_answer_that_needs_details_is_partial_until_they_come() -> None:
    partial, _ = record_answer(a_prompt(), a_submission(complete=False), CLOSES)
    complete, response = record_answer(partial, a_submission(), CLOSES)
    assert (partial.state, complete.state) == (PromptState.PARTIALLY_ANSWERED, PromptState.ANSWERED)
    assert response.revision == 2


def test_an_answer_after_the_close_is_late() -> None:
    prompt, response = record_answer(a_prompt(state=PromptState.MISSED), a_submission(at=CLOSES), CLOSES)
    assert prompt.state is PromptState.ANSWERED_LATE
    assert response.late


def test_an_edit_after_the_close_leaves_the_answer_in_time() -> None:
    prompt, _ = record_answer(a_prompt(), a_submission(), CLOSES)
    edited, _ = record_answer(prompt, a_submission(at=CLOSES + timedelta(hours=1), rag=Rag.RED), CLOSES)
    assert (edited.state, edited.rag, edited.answered_at) == (PromptState.ANSWERED, Rag.RED, NOW)


def test_i03_a_delegates_answer_keeps_both_names() -> None:
    _, as_stand_in = record_answer(
        a_prompt(person_id="del", on_behalf_of=ANA), a_submission(responder_id="del"), CLOSES
    )
    _, as_delegate = record_answer(a_prompt(), a_submission(responder_id="del"), CLOSES)
    _, by_holder = record_answer(a_prompt(person_id="del", on_behalf_of=ANA), a_submission(), CLOSES)
    assert (as_stand_in.responder_id, as_stand_in.on_behalf_of) == ("del", ANA)
    assert as_delegate.on_behalf_of == ANA
    assert by_holder.on_behalf_of is None


steps = st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(days=9)), st.booleans()), min_size=1, max_size=6)


@given(st.sampled_from(sorted(OPEN)), steps)
def test_revisions_count_up_and_an_answer_never_becomes_unanswered(
    first: PromptState, given_at: list[tuple[timedelta, bool]]
) -> None:
    prompt = a_prompt(state=first)
    ids = set()
    for n, (later, complete) in enumerate(sorted(given_at), start=1):
        prompt, response = record_answer(prompt, a_submission(at=NOW + later, complete=complete), CLOSES)
        ids.add(response.id)
        assert prompt.state in ANSWERED
        assert prompt.revision == response.revision == n
        assert response.late is (NOW + later >= CLOSES)
    assert len(ids) == len(given_at)
    was_in_time = NOW + min(given_at)[0] < CLOSES
    assert (prompt.state is PromptState.ANSWERED_LATE) is not was_in_time


def past(*colours: Rag | None, unchanged: int = 0) -> list[Prompt]:
    return [
        a_prompt(cycle=f"2026-W{47 - n}", state=PromptState.ANSWERED, rag=rag, unchanged=n < unchanged)
        for n, rag in enumerate(colours)
    ]


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ([], "no earlier answer"),
        (past(Rag.RED), "was Red"),
        (past(Rag.GREEN, Rag.GREEN, unchanged=2), "2 times in a row"),
    ],
)
def test_no_material_change_is_refused_with_the_reason(before: list[Prompt], said: str) -> None:
    assert said in (unchanged_refusal(a_prompt(), before, 2, value_due=False) or "")


def test_no_material_change_is_refused_when_a_value_is_due_or_it_is_answered() -> None:
    before = past(Rag.GREEN)
    assert "number is due" in (unchanged_refusal(a_prompt(), before, 2, value_due=True) or "")
    answered = a_prompt(state=PromptState.ANSWERED)
    assert "answered already" in (unchanged_refusal(answered, before, 2, value_due=False) or "")


@pytest.mark.parametrize("before", [past(Rag.GREEN), past(Rag.AMBER, Rag.RED), past(Rag.GREEN, Rag.GREEN, unchanged=1)])
def test_no_material_change_is_taken_otherwise(before: list[Prompt]) -> None:
    assert unchanged_refusal(a_prompt(), before, 2, value_due=False) is None


def test_a_promise_done_on_its_day_is_kept_and_later_is_late() -> None:
    promise = a_commitment(due=DUE)
    assert settle(promise, DUE, NOW).state is CommitmentState.KEPT
    late = settle(promise, DUE + timedelta(days=1), NOW)
    assert (late.state, late.closed_at) == (CommitmentState.LATE, NOW)
    assert reopen(late) == promise


def test_rolling_leaves_the_old_promise_missed_and_makes_a_new_one() -> None:
    promise = a_commitment(due=DUE, roll_count=1)
    missed, again = roll(promise, date(2026, 12, 4), NOW, "prompt-2")
    assert (missed.state, missed.closed_at, missed.id) == (CommitmentState.MISSED, NOW, promise.id)
    assert (again.state, again.text, again.due) == (CommitmentState.OPEN, promise.text, date(2026, 12, 4))
    assert (again.rolled_from_id, again.roll_count, again.prompt_id) == (promise.id, 2, "prompt-2")


def test_i37_dropped_counts_only_when_it_came_too_late() -> None:
    promise = a_commitment(due=DUE)
    before = drop(promise, DropReason.PRIORITY, DUE, NOW)
    after = drop(promise, DropReason.PRIORITY, DUE + timedelta(days=1), NOW)
    assert (before.state, after.state) == (CommitmentState.DROPPED, CommitmentState.MISSED)
    assert before.drop_reason is after.drop_reason is DropReason.PRIORITY


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_i37_the_rate_is_kept_of_kept_late_and_missed(kept: int, late: int, missed: int) -> None:
    promises = Promises(kept, late, missed)
    if kept + late + missed == 0:
        assert promises.rate is None
    else:
        assert promises.rate == kept / (kept + late + missed)


def test_the_worst_colour_stands_for_the_initiative() -> None:
    assert worst([Rag.GREEN, Rag.RED, Rag.AMBER]) is Rag.RED
    assert worst([]) is None
