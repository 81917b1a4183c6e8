"""The past that a portfolio file brings along."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import CommitmentState, PromptState, Rag, prompt_id
from bot.domain.portfolio.book import Book, differences
from bot.domain.portfolio.content import Entry
from tests.domain.portfolio_files import AT, ORGANISATION, TL, content, entry, imported, refused


def check_in(**changes: object) -> Entry:
    """Return a past check-in of Ana's."""
    given = {"cycle": "2026-W47", "initiative": "SEPSIS", "role": TL, "person": "Ana Ortiz"}
    return entry(9, "history.check_ins[1]", **{**given, **changes})


def the_prompt(book: Book) -> str:
    """Return the id of Ana's check-in."""
    return prompt_id("2026-W47", book.initiatives["SEPSIS"].id, TL)


def test_a_check_in_without_an_answer_was_missed_in_the_persons_own_time() -> None:
    book = imported(content(check_ins=(check_in(),)))
    prompt = book.prompts[the_prompt(book)]
    assert (prompt.state, prompt.due_at) == (PromptState.MISSED, datetime(2026, 11, 20, 21, tzinfo=UTC))
    assert list(book.cycles) == ["2026-W47"]
    assert book.responses == {}


def test_an_answer_brings_its_colour_and_confidence_with_it() -> None:
    answers = {"rag_model": "off track", "confidence": "8", "remark": "ok"}
    told = check_in(submitted_at=datetime(2026, 11, 19, 18, tzinfo=UTC), answers=answers)
    book = imported(content(check_ins=(told,)))
    prompt, response = book.prompts[the_prompt(book)], book.responses[the_prompt(book)]
    assert (prompt.state, prompt.rag, prompt.confidence) == (PromptState.ANSWERED, Rag.RED, 8)
    assert (prompt.revision, response.revision, response.late, response.answers) == (1, 1, False, answers)
    assert prompt.question_set == 3


def test_an_answer_after_the_close_was_late() -> None:
    told = check_in(submitted_at=datetime(2026, 11, 23, 14, tzinfo=UTC))
    book = imported(content(check_ins=(told,)))
    assert book.prompts[the_prompt(book)].state is PromptState.ANSWERED_LATE
    assert book.responses[the_prompt(book)].late


def test_stored_answers_are_not_overwritten_by_older_ones() -> None:
    newer = check_in(submitted_at=datetime(2026, 11, 20, 18, tzinfo=UTC), answers={"rag_model": "Amber"})
    older = check_in(submitted_at=datetime(2026, 11, 19, 18, tzinfo=UTC), answers={"rag_model": "Green"})
    before = imported(content(check_ins=(newer,)))
    assert differences(before, imported(content(check_ins=(older,)), before)) == {}
    assert differences(before, imported(content(check_ins=(check_in(),)), before)) == {}


def test_later_answers_become_a_further_revision() -> None:
    first = check_in(submitted_at=datetime(2026, 11, 19, 18, tzinfo=UTC), answers={"rag_model": "Green"})
    second = check_in(submitted_at=datetime(2026, 11, 20, 18, tzinfo=UTC), answers={"rag_model": "Amber"})
    before = imported(content(check_ins=(first,)))
    after = imported(content(check_ins=(second,)), before)
    prompt, response = after.prompts[the_prompt(after)], after.responses[the_prompt(after)]
    assert (prompt.revision, response.revision, prompt.rag) == (2, 2, Rag.AMBER)


def test_who_answered_for_another_is_kept() -> None:
    told = check_in(person="Ben Cole", on_behalf_of="Ana Ortiz", submitted_at=datetime(2026, 11, 19, 18, tzinfo=UTC))
    book = imported(content(check_ins=(told,)))
    by_name = {person.name: person.id for person in book.people.values()}
    response = book.responses[the_prompt(book)]
    assert (response.responder_id, response.on_behalf_of) == (by_name["Ben Cole"], by_name["Ana Ortiz"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cycle": "2026-W50"}, "cycle: 2026-W50 has not begun: only what is past can be imported"),
        ({"cycle": "2026-W40"}, "cycle: 2026-W40 has no check-in: too few days of it are worked"),
        ({"submitted_at": datetime(2026, 11, 25, tzinfo=UTC)}, "submitted_at: lies in the future"),
        ({"answers": {"a": "b"}}, "submitted_at: is missing: answers have a time at which they were sent in"),
        ({"state": PromptState.ANSWERED}, "submitted_at: is missing: answers have a time at which they were sent in"),
        (
            {"state": PromptState.MISSED, "submitted_at": AT},
            "state: is missed, and yet there is a time at which it was answered",
        ),
        ({"initiative": "NONE"}, 'initiative: "NONE" is no initiative of this file or stored'),
    ],
)
def test_a_check_in_that_cannot_have_been_is_refused(changes: dict[str, object], sentence: str) -> None:
    off = frozenset(date(2026, 9, 28 + n) if n < 3 else date(2026, 10, n - 2) for n in range(5))
    told = content(
        organisation=entry(2, "organisation", **ORGANISATION, holidays=off), check_ins=(check_in(**changes),)
    )
    assert refused(told) == [f"line 9, history.check_ins[1].{sentence}"]


def promise(**changes: object) -> Entry:
    """Return a commitment of Ana's."""
    given = {"initiative": "SEPSIS", "role": TL, "person": "Ana Ortiz", "text": "retrain", "due": date(2026, 11, 20)}
    return entry(9, "history.commitments[1]", **{**given, "made_at": AT, **changes})


def test_a_commitment_is_recognised_by_what_was_promised_and_changes_its_state() -> None:
    before = imported(content(commitments=(promise(),)))
    after = imported(content(commitments=(promise(state=CommitmentState.KEPT, closed_at=AT),)), before)
    assert [each.state for each in after.commitments.values()] == [CommitmentState.KEPT]


def test_a_commitment_made_in_a_check_in_needs_it() -> None:
    assert refused(content(commitments=(promise(cycle="2026-W47"),))) == [
        "line 9, history.commitments[1].cycle: there is no check-in of 2026-W47 for this role, "
        "neither in this file nor stored"
    ]
    book = imported(content(commitments=(promise(cycle="2026-W47"),), check_ins=(check_in(),)))
    assert [each.prompt_id for each in book.commitments.values()] == [the_prompt(book)]


def test_a_rolled_commitment_needs_the_one_before() -> None:
    assert refused(content(commitments=(promise(rolled_from="C9"),))) == [
        "line 9, history.commitments[1].rolled_from: is no commitment of this file or stored"
    ]
    assert refused(content(commitments=(promise(id="C9"), promise(text="again", rolled_from="C9")))) == []
