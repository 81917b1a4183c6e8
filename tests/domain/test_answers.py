"""What people type, and what it means."""
# ruff: noqa: ANN401 - an override may be of any field

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Implausible, clean, day, number, plainly, ratio, read, readings, value_of
from bot.domain.questions import Option, Purpose, Question, QuestionKind
from bot.errors import UserError


def a_question(kind: QuestionKind = QuestionKind.NUMBER, **changes: Any) -> Question:
    return Question(**{"key": "q", "purpose": Purpose.REMARK, "kind": kind, "text": "What?", **changes})


PERCENT = a_question(least=0, most=100)
TEXT = a_question(QuestionKind.TEXT, longest=10)
COLOUR = a_question(QuestionKind.RAG, optional=False)
CHOICE = a_question(QuestionKind.CHOICE, options=(Option("data", "Data feeds"), Option("none", "None")))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("92,5", 92.5),
        ("92.5", 92.5),
        ("92", 92.0),
        (" 92.5 ", 92.5),
        ("1 234,5", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1'234.5", 1234.5),
        ("1’234.5", 1234.5),
        ("1.234.567,89", 1234567.89),
        ("1,234,567", 1234567.0),
        ("12,34,567", 1234567.0),
        ("1 234", 1234.0),
        ("85 %", 85.0),
        ("85%", 85.0),
        ("−3,2", -3.2),
        ("–3.2", -3.2),
        ("+5", 5.0),
        ("0,819", 0.819),
        ("0.819", 0.819),
        ("1234,567", 1234.567),
        (".5", 0.5),
        ("5,", 5.0),
    ],
)
def test_a_number_may_be_typed_with_either_decimal_mark(typed: str, value: float) -> None:
    assert number(typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "lots",
        "",
        "%",
        "1,2,3",
        "12.5.2026",
        "12 34",
        "1e5",
        "nan",
        "inf",
        "0x10",
        "5 %%",
        "9" * 60,
        "--5",
        "1,234,56.7",
    ],
)
def test_words_and_odd_marks_are_no_number(typed: str) -> None:
    with pytest.raises(UserError, match=r"is not a number\. Write one such as 92\.5 or 92,5\."):
        number(typed)


@pytest.mark.parametrize("typed", ["1,234", "1.234", "-12,345"])
def test_a_mark_that_can_be_read_two_ways_is_asked_about(typed: str) -> None:
    with pytest.raises(UserError, match="two ways"):
        number(typed)


def test_the_two_ways_offered_are_read_in_one_way() -> None:
    with pytest.raises(UserError, match=r"Write 1234, or 1\.2340\."):
        number("1,234")
    assert number("1234") == 1234
    assert number("1.2340") == 1.234


def test_a_plausible_range_decides_between_two_readings() -> None:
    assert value_of(PERCENT, "85,125") == 85.125
    assert value_of(a_question(least=500, most=5000), "1,234") == 1234


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 4)))
def test_what_is_shown_is_read_back_as_the_same_number(value: float) -> None:
    assert value in readings(plainly(value)) or abs(value) < 1e-4


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_are_shown_without_exponent(value: int) -> None:
    assert plainly(float(value)) == str(value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(typed: str) -> None:
    for kind in set(QuestionKind) - {QuestionKind.CHOICE, QuestionKind.DONE_LIST, QuestionKind.MEASURE}:
        with suppress(UserError):
            value_of(a_question(kind), typed)


@pytest.mark.parametrize(
    ("typed", "pair"),
    [("412/640", "412/640"), (" 412 / 640 ", "412/640"), ("1,204/2 000", "1204/2000"), ("0/5", "0/5")],
)
def test_a_ratio_is_two_counts(typed: str, pair: str) -> None:
    assert ratio(typed) == pair


@pytest.mark.parametrize("typed", ["412", "412/", "a/b", "1.5/3", "1/2/3", "64 %", "/", "5/0", "-1/5"])
def test_anything_else_is_no_ratio(typed: str) -> None:
    with pytest.raises(UserError):
        ratio(typed)


def test_more_than_all_of_them_has_to_be_confirmed() -> None:
    with pytest.raises(Implausible, match="700/640"):
        value_of(a_question(QuestionKind.RATIO), "700/640")


@pytest.mark.parametrize(
    ("typed", "colour"),
    [("Green", "Green"), ("on track", "Green"), ("At-Risk", "Amber"), ("yellow", "Amber"), ("OFF  TRACK", "Red")],
)
def test_colours_have_synonyms(typed: str, colour: str) -> None:
    assert value_of(COLOUR, typed) == colour


def test_an_unknown_colour_or_option_is_refused() -> None:
    with pytest.raises(UserError, match="Choose Green, Amber or Red"):
        value_of(COLOUR, "blue")
    with pytest.raises(UserError, match="Choose one of the options"):
        value_of(CHOICE, "money")
    with pytest.raises(UserError, match="Choose one of the options"):
        value_of(CHOICE, ["money", "data"])


def test_an_option_may_be_typed_by_value_or_label() -> None:
    assert value_of(CHOICE, "DATA FEEDS") == value_of(CHOICE, ["data"]) == "data"


def test_text_over_the_limit_is_refused_with_both_lengths() -> None:
    with pytest.raises(UserError, match="That is 11 characters; at most 10 fit"):
        value_of(TEXT, "x" * 11)
    assert value_of(TEXT, "x" * 10) == "x" * 10


def test_control_and_half_characters_are_left_out_and_others_kept() -> None:
    assert clean(" a\x00b\ud800c\n\td \u202eא👩‍🔬 ") == "abc\n\td \u202eא👩‍🔬"


def test_a_day_is_typed_as_an_iso_date() -> None:
    assert day(" 2026-11-30 ").isoformat() == "2026-11-30"
    for typed in ("30.11.2026", "2026-02-30", "tomorrow"):
        with pytest.raises(UserError, match="such as 2026-11-30"):
            day(typed)


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        (PERCENT, "120", "120 is outside the usual 0 to 100"),
        (PERCENT, "-3,5", "-3.5 is outside the usual 0 to 100"),
        (a_question(least=10), "9", "9 is outside the usual 10 or more"),
        (a_question(most=10), "11", "11 is outside the usual 10 or less"),
    ],
)
def test_an_implausible_number_is_taken_when_the_same_is_sent_again(question: Question, typed: str, said: str) -> None:
    answers, errors, waiting = read([question], {"q": typed}, {})
    assert answers == {}
    assert said in errors["q"]
    assert waiting == {"q": typed}
    answers, errors, _ = read([question], {"q": f" {typed} "}, waiting)
    assert answers == {"q": number(typed)}
    assert not errors


def test_confirming_one_value_does_not_confirm_another() -> None:
    _, errors, waiting = read([PERCENT], {"q": "1200"}, {"q": "120"})
    assert errors
    assert waiting == {"q": "1200"}


def test_a_needed_answer_that_is_blank_is_asked_for_and_an_optional_one_is_left_out() -> None:
    answers, errors, _ = read([COLOUR, a_question(QuestionKind.TEXT, key="t")], {"q": "  ", "t": "\x00"}, {})
    assert answers == {}
    assert errors == {"q": "This one is needed."}


def test_everything_wrong_is_said_at_once_and_what_is_right_is_read() -> None:
    questions = [COLOUR, a_question(key="n"), a_question(QuestionKind.TEXT, key="t", longest=3)]
    answers, errors, _ = read(questions, {"q": "Green", "n": "lots", "t": "long"}, {})
    assert answers == {"q": "Green"}
    assert set(errors) == {"n", "t"}


def test_ticks_are_read_as_a_list() -> None:
    ticks = a_question(QuestionKind.DONE_LIST)
    assert value_of(ticks, "c1") == ["c1"]
    assert value_of(ticks, ["c1", "c2"]) == ["c1", "c2"]
