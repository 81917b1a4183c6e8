"""Working days, quiet hours and zones."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import (
    Barrier,
    Calendar,
    Hours,
    days_of,
    is_first_full_week,
    local_instant,
    monday_of,
    week_of,
    weeks_after,
)

WEEKDAYS = frozenset(range(5))
ZONES = sorted(zoneinfo.available_timezones())
OFFICE = Calendar(WEEKDAYS)

workweeks = st.frozensets(st.integers(0, 6), min_size=1)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
holidays = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
hours = st.builds(
    Hours, st.sampled_from(ZONES).map(ZoneInfo), st.builds(Calendar, workweeks, holidays), quarters, quarters
)


@given(hours, instants)
def test_i18_the_next_allowed_instant_is_allowed_not_earlier_and_stays_where_it_is(own: Hours, at: datetime) -> None:
    allowed = own.next_allowed(at)
    assert allowed >= at
    assert own.allowed(allowed)
    assert own.next_allowed(allowed) == allowed


@given(hours, instants)
def test_i18_an_allowed_instant_is_a_working_day_outside_quiet_hours(own: Hours, at: datetime) -> None:
    local = own.next_allowed(at).astimezone(own.zone)
    assert local.weekday() in own.calendar.workdays
    assert local.date() not in own.calendar.holidays
    if own.quiet_end < own.quiet_start:
        assert own.quiet_end <= local.time() < own.quiet_start


@given(st.sampled_from(ZONES), days, st.sampled_from([time(8), time(10), time(15)]))
def test_i18_with_office_hours_the_next_allowed_instant_is_the_first(name: str, day: date, at: time) -> None:
    own = Hours(ZoneInfo(name), OFFICE)
    asked = local_instant(day, at, own.zone)
    allowed = own.next_allowed(asked)
    assert allowed == asked or not own.allowed(allowed - timedelta(seconds=1))


def test_quiet_hours_may_lie_within_one_day() -> None:
    own = Hours(ZoneInfo("UTC"), OFFICE, quiet_start=time(1), quiet_end=time(6))
    assert own.allowed(datetime(2026, 11, 24, 0, 30, tzinfo=UTC))
    assert own.next_allowed(datetime(2026, 11, 24, 2, tzinfo=UTC)) == datetime(2026, 11, 24, 6, tzinfo=UTC)


def test_equal_quiet_hours_are_none() -> None:
    own = Hours(ZoneInfo("UTC"), OFFICE, quiet_start=time(0), quiet_end=time(0))
    assert own.allowed(datetime(2026, 11, 24, 3, tzinfo=UTC))


def test_a_calendar_without_working_days_has_no_next_instant() -> None:
    with pytest.raises(ValueError, match="no working hour"):
        Hours(ZoneInfo("UTC"), Calendar(frozenset())).next_allowed(datetime(2026, 11, 24, tzinfo=UTC))
    with pytest.raises(ValueError, match="no working day"):
        Calendar(frozenset()).shift(date(2026, 11, 24), 1)


@given(workweeks, days, st.integers(-60, 60))
def test_shifting_by_n_days_passes_n_working_days(workdays: frozenset[int], day: date, n: int) -> None:
    calendar = Calendar(workdays)
    moved = calendar.shift(day, n)
    first, last = min(day, moved), max(day, moved)
    if n > 0:
        assert calendar.count(first, last) == n
        assert calendar.is_working(moved)
    elif n < 0:
        assert calendar.count(first - timedelta(days=1), last - timedelta(days=1)) == -n
        assert calendar.is_working(moved)
    else:
        assert moved == day


@given(workweeks, days, st.integers(0, 40), st.integers(0, 40))
def test_counts_of_working_days_add_up(workdays: frozenset[int], day: date, a: int, b: int) -> None:
    calendar = Calendar(workdays)
    between, end = day + timedelta(days=a), day + timedelta(days=a + b)
    assert calendar.count(day, end) == calendar.count(day, between) + calendar.count(between, end)


def test_nothing_is_counted_backwards() -> None:
    assert OFFICE.count(date(2026, 11, 24), date(2026, 11, 20)) == 0


@given(days, st.integers(-300, 300))
def test_weeks_follow_one_another_over_the_turn_of_the_year(day: date, n: int) -> None:
    week = week_of(day)
    assert weeks_after(weeks_after(week, n), -n) == week
    assert day in list(days_of(week))
    assert monday_of(week).weekday() == 0


@given(days)
def test_one_week_of_each_month_is_its_first_full_one(day: date) -> None:
    first = day.replace(day=1)
    weeks = {week_of(first + timedelta(days=n)) for n in range(28)}
    found = [week for week in weeks if is_first_full_week(week) and monday_of(week).month == day.month]
    assert len(found) == 1


def test_a_local_time_in_a_gap_moves_on_and_in_an_overlap_is_the_first() -> None:
    new_york = ZoneInfo("America/New_York")
    assert local_instant(date(2027, 3, 14), time(2, 30), new_york) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert local_instant(date(2026, 11, 1), time(1, 30), new_york) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@given(st.sampled_from(ZONES), st.dates(date(2024, 1, 1), date(2031, 12, 31)), quarters)
def test_i35_a_local_time_exists_is_exact_but_in_a_gap_and_comes_about_a_week_later_again(
    name: str, day: date, at: time
) -> None:
    zone = ZoneInfo(name)
    instant = local_instant(day, at, zone)
    local = instant.astimezone(zone)
    written = datetime.combine(day, at)
    if local.replace(tzinfo=None) != written:  # moved on by the length of the gap
        assert timedelta(0) < local.replace(tzinfo=None) - written <= timedelta(days=1)
        assert (instant - timedelta(days=1)).astimezone(zone).utcoffset() != local.utcoffset()
    else:
        earlier = datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)
        assert instant == earlier
    following = local_instant(day + timedelta(days=7), at, zone)
    assert timedelta(days=6) <= following - instant <= timedelta(days=8)


@pytest.mark.parametrize(
    ("zone", "day", "at", "comes"),
    [
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 45, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), datetime(2026, 4, 4, 14, 45, tzinfo=UTC)),
        ("Africa/Cairo", date(2027, 4, 30), time(0, 30), datetime(2027, 4, 29, 22, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", date(2026, 11, 26), time(10), datetime(2026, 11, 26, 4, 15, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_half_hours_midnight_gaps_and_overlaps(zone: str, day: date, at: time, comes: datetime) -> None:
    assert local_instant(day, at, ZoneInfo(zone)) == comes


@given(st.sampled_from(ZONES).map(ZoneInfo), instants, st.frozensets(days, max_size=5))
def test_i18_in_an_office_nobody_waits_longer_than_a_fortnight_and_their_days_off(
    zone: ZoneInfo, at: datetime, off: frozenset[date]
) -> None:
    own = Hours(zone, Calendar(WEEKDAYS, off))
    assert own.next_allowed(at) - at <= timedelta(days=14)


def test_what_keeps_somebody_from_being_written_to_has_a_name() -> None:
    thanksgiving = date(2026, 11, 26)
    hours = Hours(ZoneInfo("America/Chicago"), Calendar(frozenset(range(5)), frozenset({thanksgiving})))

    def barrier(day: int, hour: int) -> Barrier | None:
        return hours.barrier(local_instant(date(2026, 11, day), time(hour), hours.zone))

    assert [barrier(25, 10), barrier(25, 7), barrier(26, 10), barrier(28, 10)] == [
        None,
        Barrier.QUIET_HOURS,
        Barrier.DAY_OFF,
        Barrier.NO_WORKDAY,
    ]
    assert hours.calendar.days_off("2026-W48") == [thanksgiving]
