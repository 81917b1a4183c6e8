"""Days off as dates and ranges of dates."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.formats.kinds import Reading
from bot.formats.nodes import Node
from bot.formats.times import Days
from tests.formats.books import days_off

SHUTDOWN = frozenset(date(2026, 12, 24) + timedelta(n) for n in range(9))


def read(*typed: str) -> frozenset[date]:
    reading = Reading()
    found = Days().read(Node(1, [Node(1, each) for each in typed]), reading)
    assert reading.problems == []
    return found


def test_a_shutdown_is_a_range_both_ends_included() -> None:
    assert read("2026-12-24..2027-01-01") == SHUTDOWN
    assert read("2026-12-24..2027-01-01", "2026-12-24") == SHUTDOWN
    assert read("2026-11-26..2026-11-26") == read("2026-11-26") == frozenset({date(2026, 11, 26)})


def test_days_in_a_row_are_written_as_a_range_and_single_ones_as_dates() -> None:
    single = frozenset({date(2026, 11, 26), date(2026, 11, 27)})
    assert Days().write(SHUTDOWN | single) == ["2026-11-26", "2026-11-27", "2026-12-24..2027-01-01"]


@given(st.one_of(days_off, st.just(frozenset[date]())))
def test_what_is_written_is_read_back(days: frozenset[date]) -> None:
    assert read(*Days().write(days)) == days
