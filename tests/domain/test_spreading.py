"""Many messages at one instant are spread, few are not, and the same on every replica."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import CadencePolicy
from bot.domain.spreading import moved, offset, window

POLICY = CadencePolicy()
PACE = timedelta(milliseconds=333)
NOTHING, MINUTE, HOUR = timedelta(0), timedelta(minutes=1), timedelta(hours=1)
windows = st.timedeltas(NOTHING, HOUR)


def test_a_small_organisation_is_asked_at_its_hour_sharp() -> None:
    assert [window(n, PACE, POLICY) for n in (0, 1, 100, 180)] == [NOTHING] * 4


def test_what_takes_longer_than_a_minute_is_spread_for_as_long_as_it_takes_and_an_hour_at_most() -> None:
    assert window(181, PACE, POLICY) == 181 * PACE > MINUTE
    assert window(2000, PACE, POLICY) == timedelta(seconds=666)
    assert window(30_000, PACE, POLICY) == HOUR
    assert window(30_000, timedelta(milliseconds=40), POLICY) == timedelta(minutes=20)


@given(st.text(), st.text(), windows)
def test_everybody_has_a_place_within_the_window_and_always_the_same(person: str, cycle: str, over: timedelta) -> None:
    place = offset(person, cycle, over)
    assert place >= NOTHING
    assert place < over or place == NOTHING
    assert place == offset(person, cycle, over)
    assert place.microseconds == 0


def test_a_place_is_the_same_in_another_process() -> None:
    program = (
        "import bot.domain.spreading as s, datetime as d; print(s.offset('ana', '2026-W48', d.timedelta(hours=1)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert told.strip() == str(offset("ana", "2026-W48", HOUR))


def test_two_thousand_people_come_at_the_pace_the_platform_takes() -> None:
    over = window(2000, PACE, POLICY)
    a_minute = Counter(offset(f"person-{n}", "2026-W48", over) // MINUTE for n in range(2000))
    assert len(a_minute) == 12
    assert max(a_minute.values()) < 1.25 * (MINUTE / PACE)


def test_another_cycle_is_another_place() -> None:
    places = {offset("ana", f"2026-W{week}", HOUR) for week in range(10, 53)}
    assert len(places) > 40


def test_nobody_is_moved_to_where_they_may_not_be_written_to() -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert moved(noon, HOUR, lambda _: True) == noon + HOUR
    assert moved(noon, HOUR, lambda at: at < noon + HOUR) == noon
