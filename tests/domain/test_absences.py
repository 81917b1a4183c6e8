"""What people say of being away, whether that covers a check-in round, and who stands in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.absences import Away, away_throughout, ended, read_away, stand_in
from bot.domain.calendar import Calendar, days_between
from tests.builders import an_absence

TODAY = date(2026, 11, 26)
"""A Thursday."""
OFFICE = Calendar(frozenset(range(5)))
D1, D5 = date(2026, 12, 1), date(2026, 12, 5)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("words", "first", "last", "who"),
    [
        ("2026-12-01..2026-12-05", D1, D5, ""),
        ("1 Dec..5 Dec Cleo Ray", D1, D5, "Cleo Ray"),
        ("1..5 Dec @cleo", D1, D5, "@cleo"),
        ("1..5 Dec 2027", date(2027, 12, 1), date(2027, 12, 5), ""),
        ("1st december 2026 to 5th december 2026, cleo@x.example", D1, D5, "cleo@x.example"),
        ("Dec 1 - Dec 5", D1, D5, ""),
        ("1 Dec…5 Dec", D1, D5, ""),
        ("1 DEC – 5 DEC", D1, D5, ""),
        ("1 Dec until 5 Dec", D1, D5, ""),
        ("today", TODAY, TODAY, ""),
        ("tomorrow Cleo", TODAY + timedelta(days=1), TODAY + timedelta(days=1), "Cleo"),
        ("tomorrow..tomorrow", TODAY + timedelta(days=1), TODAY + timedelta(days=1), ""),
        ("thu", TODAY, TODAY, ""),
        ("Mon..Wed", date(2026, 11, 30), date(2026, 12, 2), ""),
        ("fri..tuesday", date(2026, 11, 27), D1, ""),
        ("today..5 Dec", TODAY, D5, ""),
        ("20 Dec..5 Jan", date(2026, 12, 20), date(2027, 1, 5), ""),
        ("20 Nov..30 Nov", date(2026, 11, 20), date(2026, 11, 30), ""),
        ("1 Nov..10 Nov", date(2027, 11, 1), date(2027, 11, 10), ""),
        ("30 Dec 2026..2 Jan", date(2026, 12, 30), date(2027, 1, 2), ""),
        ("20 Dec..5 Jan 2027", date(2026, 12, 20), date(2027, 1, 5), ""),
    ],
)
def test_days_are_understood_as_people_say_them(words: str, first: date, last: date, who: str) -> None:
    assert read_away(words, TODAY) == Away(first, last, who)


@pytest.mark.parametrize(
    "words",
    ["", "Mona", "next week", "31 Feb..3 Mar", "1/12..5/12", "5 Dec..1 Dec", "2026-12-05..2026-12-01", "Dec", "1.."],
)
def test_what_names_no_days_is_not_guessed(words: str) -> None:
    assert read_away(words, TODAY) is None


def test_an_absence_already_begun_over_the_turn_of_the_year_is_the_present_one() -> None:
    assert read_away("20 Dec..5 Jan", date(2027, 1, 2)) == Away(date(2026, 12, 20), date(2027, 1, 5))


def test_an_absence_that_is_over_is_told_as_such() -> None:
    assert read_away("2020-01-01..2020-01-02", TODAY) == Away(date(2020, 1, 1), date(2020, 1, 2))


@given(days, st.integers(0, 180), days)
def test_any_days_written_out_are_read_back(first: date, length: int, today: date) -> None:
    last = first + timedelta(days=length)
    assert read_away(f"{first}..{last} Cleo", today) == Away(first, last, "Cleo")
    words = f"{first.day} {first:%b} {first.year}..{last.day} {last:%b} {last.year}"
    assert read_away(words, today) == Away(first, last)


@given(days, st.integers(0, 180), st.integers(0, 180))
def test_without_a_year_the_days_meant_are_the_next_that_are_not_over(today: date, ahead: int, length: int) -> None:
    first = today + timedelta(days=ahead)
    last = first + timedelta(days=length)
    said = read_away(f"{first.day} {first:%b}..{last.day} {last:%b}", today)
    assert said == Away(first, last)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_absence_in_order_or_nothing(typed: str) -> None:
    said = read_away(typed, TODAY)
    assert said is None or said.first <= said.last


# Whether somebody is away for a whole round, Thursday 26 to Friday 27 November

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)


@pytest.mark.parametrize(
    ("first", "last", "told_on", "away"),
    [
        (THURSDAY, FRIDAY, None, True),
        (THURSDAY, THURSDAY, None, False),
        (FRIDAY, FRIDAY, None, False),
        (FRIDAY, FRIDAY, THURSDAY, True),
        (FRIDAY, FRIDAY, FRIDAY, True),
        (THURSDAY, THURSDAY, THURSDAY, False),
        (FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3), FRIDAY, False),
    ],
)
def test_who_is_away_on_every_day_left_is_away(first: date, last: date, told_on: date | None, away: bool) -> None:
    absence = an_absence(first=first, last=last)
    found = away_throughout(told_on or THURSDAY, FRIDAY, [absence], OFFICE, told_on=told_on)
    assert (found is not None) is away


def test_a_day_nobody_works_needs_no_absence() -> None:
    holiday = Calendar(frozenset(range(5)), frozenset({FRIDAY}))
    assert away_throughout(THURSDAY, FRIDAY, [an_absence(first=THURSDAY, last=THURSDAY)], holiday)


def test_of_absences_that_meet_the_one_with_a_delegate_counts() -> None:
    with_delegate = an_absence(id="a", first=THURSDAY, last=THURSDAY, delegate_id="cleo-ray")
    without = an_absence(id="b", first=FRIDAY, last=FRIDAY)
    assert away_throughout(THURSDAY, FRIDAY, [with_delegate, without], OFFICE) == with_delegate


@given(days, days, st.lists(st.tuples(days, st.integers(0, 20)), max_size=3))
def test_nobody_is_away_who_works_a_day_of_it(first: date, told_on: date, spans: list[tuple[date, int]]) -> None:
    absences = [
        an_absence(id=str(n), first=begins, last=begins + timedelta(days=length))
        for n, (begins, length) in enumerate(spans)
    ]
    last = first + timedelta(days=4)
    if away_throughout(first, last, absences, OFFICE, told_on=told_on):
        worked = [day for day in days_between(first, last) if OFFICE.is_working(day)]
        present = [day for day in worked if not any(each.covers(day) for each in absences)]
        assert present in ([], [told_on])
        assert present != worked


def test_who_was_named_stands_in_before_the_delegates_of_the_role() -> None:
    absence = an_absence(delegate_id="cleo-ray")
    everybody: set[str] = {"cleo-ray", "ben-vale"}
    assert stand_in(absence, ["ben-vale"], everybody.__contains__) == "cleo-ray"
    assert stand_in(absence, ["ben-vale"], {"ben-vale"}.__contains__) == "ben-vale"
    assert stand_in(None, ["ben-vale"], everybody.__contains__) == "ben-vale"
    assert stand_in(absence, [], set[str]().__contains__) is None


@given(days, st.integers(0, 30), st.integers(-5, 40))
def test_whoever_is_back_is_not_away_any_more(first: date, length: int, later: int) -> None:
    absence, today = an_absence(first=first, last=first + timedelta(days=length)), first + timedelta(days=later)
    left = ended(absence, today)
    assert left is None or (left.first <= left.last < today)
