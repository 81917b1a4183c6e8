"""The words of check-ins: what each message and form says, and that the largest of them fits every platform."""
# ruff: noqa: ANN401 - an override may be of any field

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkins import PromptState, Rag
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.questions import Question
from bot.messages import checkin_list, ownership
from bot.messages import checkins as words
from bot.messages.checkin_list import Item, Listing
from bot.messages.checkins import Asking, FollowUp
from bot.messages.forms import LONGEST_OPTION, ChoiceField, DateField, Form, TextField
from bot.messages.model import (
    HEAVIEST_MESSAGE,
    Action,
    Actions,
    Emphasis,
    Message,
    Paragraph,
    When,
    buttons_of,
    message_weight,
    plain,
    weight,
)
from bot.playbook.load import load_questions
from tests.builders import ANA, a_commitment, a_prompt

ZONE = ZoneInfo("America/Chicago")
SHIPPED = load_questions()
AT = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)
SENTENCES = [
    value
    for module in (words, ownership)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
]


def an_item(key: str = "SCRIBE", name: str = "Ambient documentation", **changes: Any) -> Item:
    defaults = {"state": PromptState.SENT, "role": Role.OPERATIONS_LEADER}
    last, may_repeat = changes.pop("last", None), changes.pop("may_repeat", False)
    return Item(a_prompt(**{**defaults, **changes}), key, name, last, may_repeat)


def listed(*items: Item, **changes: Any) -> Message:
    return checkin_list.listing(Listing("2026-W48", items, ZONE, **changes))


def text(message: Message) -> str:
    return "\n".join(plain(block.text) for block in message.blocks if isinstance(block, Paragraph))


def labels(message: Message) -> list[str]:
    return [button.label for button in buttons_of(message)]


def question(key: str) -> Question:
    found = SHIPPED.get(key)
    assert found is not None
    return found


def asking(*keys: str, **changes: Any) -> Asking:
    base = Asking(
        prompt=a_prompt(), key="SEPSIS", name="Sepsis early warning", questions=tuple(map(question, keys)), state="s"
    )
    return replace(base, **changes)


# The list


def test_an_item_says_the_initiative_the_role_the_due_time_and_the_last_answer() -> None:
    message = listed(an_item(last=Rag.AMBER, may_repeat=True))
    assert message.title == "Weekly check-in 2026-W48"
    assert text(message) == (
        "1 initiative needs your answer, due Fri 27 Nov 15:00 (America/Chicago).\n"
        "SCRIBE Ambient documentation\n"
        "as operations leader of SCRIBE · due Fri 27 Nov 15:00 (America/Chicago) · last answer Amber"
    )
    assert message.fallback == "Weekly check-in: 1 initiative needs your answer, due Fri 27 Nov 15:00."


def test_the_due_time_is_an_instant_the_platform_can_show_in_the_readers_zone() -> None:
    spans = [span for block in listed(an_item()).blocks if isinstance(block, Paragraph) for span in block.text]
    assert [span.at for span in spans if isinstance(span, When)] == [datetime(2026, 11, 27, 21, tzinfo=UTC)] * 2


def test_a_closed_check_in_has_no_buttons_left() -> None:
    said = an_item(state=PromptState.ANSWERED, answered_at=AT, rag=Rag.AMBER)
    message = listed(an_item("SEPSIS"), said, closed=True)
    assert labels(message) == []
    assert "This check-in is closed: the next one has opened." in text(message)
    assert "as operations leader of SEPSIS · not answered" in text(message)
    assert "answered Amber" in text(message)


def test_a_role_offered_to_somebody_else_waits_for_them() -> None:
    assert "waiting for Mei Chen to accept" in text(listed(replace(an_item(), offered_to="Mei Chen")))


def test_an_open_item_has_its_four_buttons_and_answer_stands_out() -> None:
    (row,) = [block for block in listed(an_item(may_repeat=True)).blocks if isinstance(block, Actions)]
    assert [button.label for button in row.buttons] == ["Answer", "No material change", "Snooze", "Not mine any more"]
    assert row.buttons[0].emphasis is Emphasis.PRIMARY
    assert {button.label for button in row.buttons if button.opens_form} == {"Answer", "Not mine any more"}
    assert {button.value for button in row.buttons} == {a_prompt(role=Role.OPERATIONS_LEADER).id}


@pytest.mark.parametrize(
    ("changes", "shown", "buttons"),
    [
        ({}, "· due Fri", ["Answer", "Snooze", "Not mine any more"]),
        ({"snoozed": True}, "· snoozed until then", ["Answer", "Not mine any more"]),
        ({"state": PromptState.MISSED}, "· missed, still answerable", ["Answer", "Not mine any more"]),
        ({"state": PromptState.ANSWERED, "answered_at": AT, "rag": Rag.GREEN}, "· answered Green, Thu", ["Edit"]),
        (
            {"state": PromptState.ANSWERED_LATE, "answered_at": AT, "rag": Rag.RED},
            "· answered Red, late, Thu 26 Nov 10:30",
            ["Edit"],
        ),
        (
            {"state": PromptState.PARTIALLY_ANSWERED, "answered_at": AT, "rag": Rag.AMBER},
            "some details still open",
            ["Edit"],
        ),
        (
            {"state": PromptState.ANSWERED, "answered_at": AT, "rag": Rag.GREEN, "unchanged": True},
            "· no material change Green",
            ["Edit"],
        ),
        ({"on_behalf_of": ANA}, "as delegate of the operations leader of SCRIBE", ["Answer", "Snooze"]),
    ],
)
def test_each_state_is_said_in_words(changes: dict[str, Any], shown: str, buttons: list[str]) -> None:
    message = listed(an_item(**changes))
    assert shown in text(message)
    assert labels(message) == buttons


def test_when_everything_is_answered_the_message_says_so() -> None:
    message = listed(an_item(state=PromptState.ANSWERED, answered_at=AT, rag=Rag.GREEN))
    assert text(message).startswith("All answered. You can edit until the next check-in opens.")
    assert message.fallback == "Check-in 2026-W48: all answered."


@pytest.mark.parametrize("number", [1, 2])
def test_a_reminder_says_which_of_the_two_it_is(number: int) -> None:
    message = listed(an_item(), reminder=number)
    assert message.title == f"Reminder {number} of 2: check-in"
    assert message.fallback.startswith(f"Reminder {number} of 2: 1 initiative needs your answer")


@pytest.mark.parametrize(
    ("count", "page", "answers", "paging"),
    [(10, 0, 10, []), (11, 0, 10, ["1 more"]), (25, 1, 10, ["Back", "5 more"]), (25, 2, 5, ["Back"])],
)
def test_ten_are_shown_and_the_rest_are_pages(count: int, page: int, answers: int, paging: list[str]) -> None:
    message = listed(*[an_item(f"K{n}") for n in range(count)], page=page)
    assert labels(message).count("Answer") == answers
    pages = [button for button in buttons_of(message) if button.action is Action.CHECKIN_PAGE]
    assert [button.label for button in pages] == paging
    assert f"{count} initiatives need your answer" in text(message)


nasty = st.text(st.sampled_from("&<>a*_`~|👩\u202e\n@!"), max_size=200)


@given(nasty, st.sampled_from(OWNER_ROLES), st.sampled_from([PromptState.SENT, PromptState.PARTIALLY_ANSWERED]))
def test_the_heaviest_page_fits_every_platform(name: str, role: Role, state: PromptState) -> None:
    changes = {"role": role, "state": state, "answered_at": AT, "on_behalf_of": ANA}
    item = an_item("K" * 12, name + "&" * 80, last=Rag.AMBER, may_repeat=True, **changes)
    zone = ZoneInfo("America/Argentina/ComodRivadavia")
    message = checkin_list.listing(Listing("2026-W48", (item,) * 30, zone, page=1, reminder=2))
    assert message_weight(message) <= HEAVIEST_MESSAGE
    assert labels(message).count("Answer" if state is PromptState.SENT else "Edit") == 10


# The forms


def field_of(form: Form, name: str) -> object:
    return next(field for field in form.fields if field.name == name)


def test_the_form_names_initiative_and_role_and_a_remark() -> None:
    form = words.form(asking("rag_model", notice="Ben Vale answered Thu."))
    assert (form.title, form.submit, form.state) == ("Weekly check-in", "Send", "s")
    assert plain(form.intro) == "SEPSIS Sepsis early warning\nas technical lead of SEPSIS\nBen Vale answered Thu."


def test_each_kind_of_question_has_its_field_prefilled() -> None:
    texts = {"sample": "140/400", "commit_next": "Tune", "baseline": "2026-10-01"}
    initial = {"rag_model": "Amber", "confidence": "7", "incidents": 1234567.5, **texts}
    form = words.form(asking(*list(initial)[:5], initial=initial))
    assert {field.name: field.initial for field in form.fields} == {
        "rag_model": ("Amber",),
        "confidence": ("7",),
        "incidents": "1234567.5",
        "sample": "140/400",
        "commit_next": "Tune",
    }
    assert field_of(words.form(asking("baseline", initial=initial)), "baseline") == DateField(
        name="baseline", label="When was the baseline measured?", hint="leave empty if it was not",
        initial=date(2026, 10, 1), optional=True,
    )  # fmt: skip


def test_what_was_typed_comes_back_however_wrong() -> None:
    typed = {"rag_model": "blue", "incidents": "lots", "commit_next": "x" * 500, "commit_prev": "gone"}
    form = words.form(asking("rag_model", "incidents", "commit_next", initial=typed))
    assert {field.name: field.initial for field in form.fields} == {
        "rag_model": (), "incidents": "lots", "commit_next": "x" * 500
    }  # fmt: skip
    day = words.form(asking("baseline", initial={"baseline": "tomorrow"}))
    assert [field.initial for field in day.fields] == [None]


def test_open_promises_are_boxes_to_tick_with_their_day() -> None:
    promise = a_commitment(
        "Recalibrate the threshold on the data of October & November, then test", due=date(2026, 11, 27)
    )
    form = words.form(asking("commit_prev", commitments=(promise,), initial={"commit_prev": [promise.id, "other"]}))
    (field,) = form.fields
    assert isinstance(field, ChoiceField)
    ((value, label),) = field.options
    assert (value, field.initial, field.multiple) == (promise.id, (promise.id,), True)
    assert label.endswith("… (due Fri 27 Nov)")
    assert weight(label) <= LONGEST_OPTION


def test_more_than_ten_promises_leave_the_later_ones_for_another_time() -> None:
    many = tuple(a_commitment(f"P{n}") for n in range(14))
    (field,) = words.form(asking("commit_prev", commitments=many)).fields
    assert isinstance(field, ChoiceField)
    assert len(field.options) == 10


def follow_up(**changes: Any) -> Form:
    return words.follow_up(FollowUp(asking=asking(), **changes))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"path": True}, ["path", "path_by"]),
        ({"ask": "money"}, ["needs_what", "needs_from", "needs_by"]),
        ({"blocker": "data"}, ["needs_what", "needs_from"]),
        ({"hold": True}, ["hold_until"]),
        ({"change": "planned"}, ["change"]),
        ({"ask": "money", "path": True, "hold": True}, ["needs_what", "needs_from", "needs_by", "path", "path_by"]),
    ],
)
def test_the_second_form_asks_what_an_answer_calls_for(wanted: dict[str, Any], names: Sequence[str]) -> None:
    assert FollowUp(asking=asking(), **wanted).needed
    form = follow_up(**wanted)
    assert [field.name for field in form.fields] == names
    assert plain(form.intro) == "SEPSIS: your answer is stored. This completes it."


def test_nothing_to_ask_is_no_second_form() -> None:
    assert not FollowUp(asking=asking()).needed


def test_an_unkept_promise_may_go_on_or_be_dropped_for_one_of_six_reasons() -> None:
    promise = a_commitment("Tune & test <b>")
    (field,) = follow_up(unkept=(promise,)).fields
    assert isinstance(field, ChoiceField)
    assert field.label == "Not done yet: Tune & test <b>"
    assert field.initial == ("still",)
    assert [label for _, label in field.options] == [
        "Still doing it",
        "Dropped: prerequisite not ready",
        "Dropped: priority changed",
        "Dropped: blocked by decision",
        "Dropped: under-estimated",
        "Dropped: absence",
        "Dropped: other",
    ]


@given(nasty, nasty, st.sampled_from(OWNER_ROLES))
def test_forms_take_whatever_people_write(name: str, promise: str, role: Role) -> None:
    commitments = tuple(a_commitment(promise + "&" * 140, id=f"c{n}") for n in range(6))
    own = asking(
        "commit_prev", "rag_model", commitments=commitments, name=name, prompt=a_prompt(role=role), key="K" * 12
    )
    words.form(own)
    words.follow_up(FollowUp(asking=own, unkept=commitments, typed={"path": name}))


@given(st.lists(nasty, max_size=5), st.sampled_from([words.CLOSED, words.NOT_YOURS]))
def test_a_refusal_gives_back_what_was_typed(typed: list[str], refusal: str) -> None:
    message = words.kept_words(refusal, typed)
    assert message.fallback == refusal
    assert len(message.blocks) >= len(typed)


# Rules for all words


def test_no_sentence_shouts_or_blames() -> None:
    assert len(SENTENCES) > 15
    for sentence in SENTENCES:
        assert "!" not in sentence
        assert not {"fault", "failed", "wrong", "guilty", "blame"} & set(sentence.casefold().split())


def test_every_question_ends_without_exclamation_and_every_text_field_has_a_limit() -> None:
    for each in SHIPPED.questions:
        (field,) = words.form(asking(each.key, commitments=(a_commitment(),))).fields
        assert "!" not in field.label
        if isinstance(field, TextField):
            assert field.longest <= 140
