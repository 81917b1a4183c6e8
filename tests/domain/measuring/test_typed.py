"""Tests of values as people type them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import as_typed, measured, read
from bot.domain.questions import Purpose, Question, QuestionKind
from bot.errors import UserError
from tests.domain.measuring.numbers import a_metric

SHARE = a_metric("active", name="Active users", unit="%", plausible_max=Decimal(100))
QUESTION = Question(
    key="m_auroc",
    purpose=Purpose.VALUE,
    kind=QuestionKind.MEASURE,
    text="AUROC",
    metric=a_metric(plausible_max=Decimal(1000)),
    recent=tuple(Decimal(n) for n in (20, 21, 20, 19, 20, 22, 21, 20)),
)


@pytest.mark.parametrize("text", ["0.819", "0,819", " 0.819 "])
def test_either_decimal_mark_is_read(text: str) -> None:
    assert measured(a_metric(), text).value == Decimal("0.819")


def test_of_two_readings_the_plausible_one_is_taken() -> None:
    assert measured(SHARE, "1,234").value == Decimal("1.234")


def test_counts_become_a_rate_with_the_size_of_the_sample() -> None:
    figures = measured(SHARE, "412/640")
    assert (figures.value, figures.sample_size) == (Decimal("64.375"), 640)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_of_values(text: str) -> None:
    with suppress(UserError):
        figures = measured(SHARE, text)
        assert measured(SHARE, as_typed(figures)).value == figures.value


def test_a_value_outside_the_range_is_refused_however_often_it_is_sent() -> None:
    answers, errors, waiting = read([QUESTION], {"m_auroc": "1001"}, {"m_auroc": "1001"})
    assert (answers, waiting) == ({}, {})
    assert errors["m_auroc"] == "1001 cannot be: AUROC is between 0 and 1000. Correct it."


def test_a_value_that_looks_mistyped_is_asked_about_once() -> None:
    answers, errors, waiting = read([QUESTION], {"m_auroc": "200"}, {})
    assert (answers, waiting) == ({}, {"m_auroc": "200"})
    assert errors["m_auroc"].startswith("200 is far from the last values (about 20).")
    answers, errors, _ = read([QUESTION], {"m_auroc": "200"}, waiting)
    assert (answers, errors) == ({"m_auroc": "200"}, {})
