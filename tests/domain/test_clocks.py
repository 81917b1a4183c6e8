"""When the time is not trusted: clocks apart, or a step forward that no time passed for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.operating.clocks import Reading, doubt, stepped
from bot.domain.policy import ClockPolicy

POLICY = ClockPolicy()
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
NOTHING, HOUR = timedelta(0), timedelta(hours=1)


def reading(clock: timedelta = NOTHING, up: timedelta = NOTHING, database: timedelta | None = None) -> Reading:
    return Reading(NOON + clock, HOUR + up, None if database is None else NOON + clock + database)


@pytest.mark.parametrize(
    ("apart", "why"),
    [
        (timedelta(seconds=60), ""),
        (timedelta(seconds=-60), ""),
        (timedelta(seconds=-61), "this machine's clock is 61 s ahead of the database's"),
        (timedelta(seconds=61), "this machine's clock is 61 s behind the database's"),
        (timedelta(days=365), "this machine's clock is 31536000 s behind the database's"),
    ],
)
def test_clocks_more_than_a_minute_apart_are_not_trusted(apart: timedelta, why: str) -> None:
    assert doubt(None, reading(database=apart), POLICY) == why


@pytest.mark.parametrize(
    ("clock", "up", "trusted"),
    [
        (6 * HOUR, NOTHING, True),
        (6 * HOUR + timedelta(seconds=1), NOTHING, False),
        (7 * HOUR, 7 * HOUR, True),
        (timedelta(days=60_000), timedelta(seconds=5), False),
        (-100 * HOUR, NOTHING, True),
        (timedelta(days=3), timedelta(days=3), True),
    ],
)
def test_a_step_of_more_than_six_hours_while_the_machine_is_up_is_not_trusted(
    clock: timedelta,
    up: timedelta,
    trusted: bool,
) -> None:
    assert (doubt(reading(), reading(clock, up), POLICY) == "") is trusted


def test_after_a_restart_there_is_nothing_to_compare_with() -> None:
    assert doubt(None, reading(100 * HOUR), POLICY) == ""


@given(st.timedeltas(NOTHING, timedelta(days=400)), st.timedeltas(NOTHING, timedelta(days=400)))
def test_time_that_passes_is_no_step_however_long_the_machine_slept(slept: timedelta, woke: timedelta) -> None:
    assert stepped(reading(slept, slept), reading(slept + woke, slept + woke)) == NOTHING
