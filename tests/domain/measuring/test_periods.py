"""Tests of weeks and months as periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.measuring.metrics import Frequency
from bot.domain.measuring.periods import Period, due_in, latest_complete, period_named, period_of
from bot.errors import UserError

WEEKLY, MONTHLY = Frequency.WEEKLY, Frequency.MONTHLY
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(Frequency))
def test_a_day_lies_in_its_period_which_is_found_again_by_its_name(day: date, frequency: Frequency) -> None:
    period = period_of(day, frequency)
    assert period.start <= day <= period.end
    assert period_named(period.key, frequency) == period
    assert period_of(period.end + timedelta(days=1), frequency).start == period.end + timedelta(days=1)


@pytest.mark.parametrize("text", ["2026-W54", "2026-13", "W47", "", "2026-10", "next week", "0000-W01"])
def test_what_is_no_week_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match="Write a week such as 2026-W47"):
        period_named(text, WEEKLY)


def test_a_month_is_asked_about_once_it_is_over_in_the_first_full_week() -> None:
    assert due_in("2026-W45", MONTHLY) == OCTOBER
    assert due_in("2026-W46", MONTHLY) is None
    assert due_in("2026-W46", WEEKLY) == Period(date(2026, 11, 9), date(2026, 11, 15))


def test_the_latest_complete_period_has_ended() -> None:
    assert latest_complete(date(2026, 11, 22), WEEKLY).key == "2026-W46"
    assert latest_complete(date(2026, 11, 23), WEEKLY).key == "2026-W47"
    assert latest_complete(date(2026, 11, 1), MONTHLY) == OCTOBER
