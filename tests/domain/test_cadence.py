"""When cycles open, are due and close, and when each person is asked."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import (
    ROLES_ASKED,
    AskRule,
    Cycle,
    ask_rule,
    cycle_of,
    expected_roles,
    next_due,
    next_opening,
    no_nudge,
    open_window,
    opens_next,
    planned_nudges,
    prompt_times,
)
from bot.domain.calendar import Calendar, Hours, local_date, week_of, weeks_after
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.policy import CadencePolicy

POLICY = CadencePolicy()
WEEKDAYS = frozenset(range(5))
ZONES = sorted(zoneinfo.available_timezones())
CHICAGO = ZoneInfo("America/Chicago")
OFFICE = Calendar(WEEKDAYS)
THANKSGIVING = Calendar(WEEKDAYS, frozenset({date(2026, 11, 26), date(2026, 11, 27)}))


def the_cycle(week: str, calendar: Calendar = OFFICE, zone: ZoneInfo = CHICAGO) -> Cycle:
    cycle = cycle_of(week, calendar, zone, POLICY)
    assert cycle is not None
    return cycle


def test_i35_there_are_all_zones_to_test_with() -> None:
    assert len(ZONES) >= 597


@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2026, 9, 1), date(2027, 2, 1)])
def test_i35_in_every_zone_cycles_are_neither_skipped_nor_doubled_over_clock_changes(first: date) -> None:
    weeks = [weeks_after(week_of(first), n) for n in range(15)]
    for name in ZONES:
        zone = ZoneInfo(name)
        cycles = [the_cycle(week, zone=zone) for week in weeks]
        assert [cycle.key for cycle in cycles] == weeks
        for cycle, following in pairwise(cycles):
            assert following.opens_on == cycle.opens_on + timedelta(days=7)
            assert cycle.closes_at < cycle.answers_until < following.closes_at
            assert cycle.closes_at.astimezone(zone).hour == 8
            assert local_date(cycle.answers_until, zone) == following.opens_on


@pytest.mark.parametrize("week", ["2026-W13", "2026-W44", "2026-W48"])
def test_i35_every_zone_is_asked_at_its_own_ten_and_due_at_its_own_three(week: str) -> None:
    cycle = the_cycle(week)
    for name in ZONES:
        zone = ZoneInfo(name)
        times = prompt_times(cycle, Hours(zone, OFFICE), POLICY)
        assert times is not None
        asked, due = times.send_at.astimezone(zone), times.due_at.astimezone(zone)
        assert (asked.date(), asked.hour, due.date(), due.hour) == (cycle.opens_on, 10, cycle.due_on, 15)
        assert [at.astimezone(zone).hour for at in times.nudges] == [10, 15]


@given(
    st.sampled_from(ZONES).map(ZoneInfo),
    st.builds(Calendar, st.frozensets(st.integers(0, 6), min_size=1), st.frozensets(st.dates(), max_size=5)),
    st.integers(0, 120),
)
def test_i19_i35_whoever_is_asked_is_asked_once_in_working_hours_and_reminded_at_most_twice(
    zone: ZoneInfo, calendar: Calendar, n: int
) -> None:
    cycle = the_cycle(weeks_after("2026-W01", n))
    hours = Hours(zone, calendar)
    times = prompt_times(cycle, hours, POLICY)
    if times is None:
        return
    assert hours.allowed(times.send_at)
    assert all(hours.allowed(at) for at in times.nudges)
    assert len(times.nudges) <= 2
    assert times.send_at < times.due_at
    assert list(times.nudges) == sorted(set(times.nudges))
    assert all(times.send_at < at < cycle.closes_at for at in times.nudges)


def test_i35_the_week_of_thanksgiving_opens_on_tuesday_and_is_due_on_wednesday() -> None:
    cycle = the_cycle("2026-W48", THANKSGIVING)
    times = prompt_times(cycle, Hours(CHICAGO, THANKSGIVING), POLICY)
    assert times is not None
    assert times.send_at == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert times.due_at == datetime(2026, 11, 25, 21, tzinfo=UTC)
    assert cycle.closes_at == datetime(2026, 11, 30, 14, tzinfo=UTC)


@given(st.frozensets(st.integers(0, 6), min_size=3), st.integers(0, 100))
def test_i35_a_week_of_less_than_two_working_days_has_no_cycle(workdays: frozenset[int], n: int) -> None:
    week = weeks_after("2026-W01", n)
    days = Calendar(workdays).working_days(week)
    for left in range(len(days) + 1):
        calendar = Calendar(workdays, frozenset(days[left:]))
        cycle = cycle_of(week, calendar, CHICAGO, POLICY)
        assert (cycle is None) is (left < 2)
        if cycle is not None:
            assert (cycle.opens_on, cycle.due_on) == (days[left - 2], days[left - 1])


def test_answers_to_a_cycle_before_an_excused_week_are_taken_until_the_one_after_opens() -> None:
    closed = Calendar(WEEKDAYS, frozenset(date(2026, 12, day) for day in range(21, 32)))
    cycle = the_cycle("2026-W51", closed)
    assert cycle_of("2026-W52", closed, CHICAGO, POLICY) is None
    assert cycle_of("2026-W53", closed, CHICAGO, POLICY) is None
    assert local_date(cycle.answers_until, CHICAGO) == date(2027, 1, 7)
    assert next_due("2026-W51", closed, POLICY) == date(2027, 1, 8)


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 11, 24), date(2026, 11, 24)),
        (date(2026, 11, 25), date(2026, 12, 3)),
    ],
)
def test_the_next_opening_is_on_or_after_a_day(after: date, opens: date) -> None:
    assert next_opening(after, THANKSGIVING, POLICY) == opens


@pytest.mark.parametrize(
    ("now", "due", "opens"),
    [
        (datetime(2026, 11, 24, 15, 59, tzinfo=UTC), None, datetime(2026, 11, 24, 16, tzinfo=UTC)),
        (datetime(2026, 11, 24, 16, tzinfo=UTC), date(2026, 11, 25), datetime(2026, 12, 3, 16, tzinfo=UTC)),
        (datetime(2026, 11, 25, 22, tzinfo=UTC), date(2026, 11, 25), datetime(2026, 12, 3, 16, tzinfo=UTC)),
        (datetime(2026, 11, 30, 13, 59, tzinfo=UTC), date(2026, 11, 25), datetime(2026, 12, 3, 16, tzinfo=UTC)),
        (datetime(2026, 11, 30, 14, tzinfo=UTC), None, datetime(2026, 12, 3, 16, tzinfo=UTC)),
    ],
)
def test_a_cycle_is_open_from_its_opening_until_silence_is_a_miss(
    now: datetime, due: date | None, opens: datetime
) -> None:
    window = open_window(now, THANKSGIVING, CHICAGO, POLICY)
    assert (local_date(window.due_at, CHICAGO) if window else None) == due
    assert opens_next(now, THANKSGIVING, CHICAGO, POLICY) == opens


def test_a_person_who_works_no_hour_of_a_cycle_is_not_asked() -> None:
    cycle = the_cycle("2026-W48")
    assert prompt_times(cycle, Hours(CHICAGO, Calendar(frozenset({0, 1}))), POLICY) is None
    assert prompt_times(cycle, Hours(CHICAGO, Calendar(frozenset())), POLICY) is None
    assert prompt_times(cycle, Hours(CHICAGO, THANKSGIVING), POLICY) is None


def test_a_person_off_on_the_due_day_is_asked_and_not_reminded() -> None:
    times = prompt_times(the_cycle("2026-W48"), Hours(CHICAGO, Calendar(frozenset(range(4)))), POLICY)
    assert times is not None
    assert times.nudges == ()


def test_a_person_off_on_the_opening_day_is_asked_on_the_due_day() -> None:
    times = prompt_times(the_cycle("2026-W48"), Hours(CHICAGO, Calendar(frozenset({0, 4}))), POLICY)
    assert times is not None
    assert times.send_at == datetime(2026, 11, 27, 14, tzinfo=UTC)


FIRST_FULL_WEEK, OTHER_WEEK = "2026-W45", "2026-W46"
OF_MODEL_AND_WORK = (Role.TECHNICAL_LEAD, Role.OPERATIONS_LEADER)


@pytest.mark.parametrize(
    ("stage", "lifecycle", "week", "roles"),
    [
        (Stage.INTAKE, Lifecycle.ACTIVE, OTHER_WEEK, ()),
        (Stage.PILOT_DEFINITION, Lifecycle.ACTIVE, OTHER_WEEK, OWNER_ROLES),
        (Stage.PILOT, Lifecycle.ACTIVE, OTHER_WEEK, OWNER_ROLES),
        (Stage.PRODUCTION_READINESS, Lifecycle.ACTIVE, OTHER_WEEK, OWNER_ROLES),
        (Stage.LAUNCH, Lifecycle.ACTIVE, OTHER_WEEK, OWNER_ROLES),
        (Stage.PRODUCTION, Lifecycle.ACTIVE, OTHER_WEEK, OF_MODEL_AND_WORK),
        (Stage.SCALED, Lifecycle.ACTIVE, OTHER_WEEK, OF_MODEL_AND_WORK),
        (Stage.SCALED, Lifecycle.ACTIVE, FIRST_FULL_WEEK, OWNER_ROLES),
        (Stage.PILOT, Lifecycle.ON_HOLD, OTHER_WEEK, ()),
        (Stage.PILOT, Lifecycle.ON_HOLD, FIRST_FULL_WEEK, (Role.BUSINESS_SPONSOR,)),
        (Stage.LAUNCH, Lifecycle.STOPPED, FIRST_FULL_WEEK, ()),
        (Stage.PRODUCTION, Lifecycle.RETIRED, FIRST_FULL_WEEK, ()),
    ],
)
def test_who_is_asked_depends_on_the_stage(
    stage: Stage, lifecycle: Lifecycle, week: str, roles: tuple[Role, ...]
) -> None:
    assert expected_roles(stage, lifecycle, week, POLICY) == roles


def test_sponsors_in_production_are_asked_weekly_when_the_policy_says_so() -> None:
    weekly = CadencePolicy(sponsor_monthly_when_live=False)
    assert expected_roles(Stage.PRODUCTION, Lifecycle.ACTIVE, OTHER_WEEK, weekly) == OWNER_ROLES


@pytest.mark.parametrize(
    ("stage", "lifecycle", "week", "rule"),
    [
        (Stage.PILOT, Lifecycle.ACTIVE, "2026-W48", AskRule.EVERY_WEEK),
        (Stage.SCALED, Lifecycle.ACTIVE, "2026-W48", AskRule.LIVE_WEEK),
        (Stage.SCALED, Lifecycle.ACTIVE, "2026-W45", AskRule.LIVE_MONTH),
        (Stage.PILOT, Lifecycle.ON_HOLD, "2026-W45", AskRule.ON_HOLD_MONTH),
        (Stage.PILOT, Lifecycle.ON_HOLD, "2026-W48", AskRule.ON_HOLD),
        (Stage.INTAKE, Lifecycle.ACTIVE, "2026-W48", AskRule.INTAKE),
        (Stage.PILOT, Lifecycle.STOPPED, "2026-W48", AskRule.CLOSED),
    ],
)
def test_the_rule_that_asks_has_a_name(stage: Stage, lifecycle: Lifecycle, week: str, rule: AskRule) -> None:
    assert ask_rule(stage, lifecycle, week, POLICY) is rule
    assert expected_roles(stage, lifecycle, week, POLICY) == ROLES_ASKED[rule]


@given(st.sampled_from(ZONES), st.sets(st.integers(0, 6)), st.integers(0, 120))
def test_a_reminder_is_sent_or_there_is_a_reason_why_not(zone: str, workdays: set[int], n: int) -> None:
    cycle = the_cycle(weeks_after("2026-W48", n))
    hours = Hours(ZoneInfo(zone), Calendar(frozenset(workdays)))
    times = prompt_times(cycle, hours, POLICY)
    if times is None:
        return
    for at in planned_nudges(cycle, hours, POLICY):
        assert (at in times.nudges) == (no_nudge(at, times.send_at, cycle, hours) is None)
