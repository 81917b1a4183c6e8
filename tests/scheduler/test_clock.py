"""The two clocks: the system's, and one that is moved by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scheduler.clock import MovableClock, SystemClock

START = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)


def test_the_system_clock_is_utc_and_does_not_stand_still() -> None:
    clock = SystemClock()
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first > START - timedelta(days=3650)


def test_the_movable_clock_goes_where_it_is_moved_and_never_back() -> None:
    clock = MovableClock(START)
    clock.move_to(START + timedelta(hours=1))
    clock.move_to(clock.now())
    assert clock.now() == START + timedelta(hours=1)
    with pytest.raises(ValueError, match="forward only"):
        clock.move_to(START)
    assert clock.now() == START + timedelta(hours=1)


def test_the_movable_clock_speaks_utc() -> None:
    chicago = timezone(timedelta(hours=-6))
    clock = MovableClock(datetime(2026, 11, 23, 8, 20, tzinfo=chicago))
    assert (clock.now(), clock.now().utcoffset()) == (START, timedelta(0))
