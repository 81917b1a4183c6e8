"""Working days, holidays, quiet hours, ISO weeks and zones; all instants are aware UTC, local time has a named zone."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
HORIZON_DAYS = 400


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: `workdays` are weekday numbers (Monday 0) minus `holidays`."""

    workdays: frozenset[int]
    holidays: Container[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Return whether `day` is a working day."""
        return day.weekday() in self.workdays and day not in self.holidays

    def working_days(self, week: str) -> list[date]:
        """Return the working days of an ISO week such as `2026-W48`, in order."""
        return [day for day in days_of(week) if self.is_working(day)]

    def days_off(self, week: str) -> list[date]:
        """Return the days of an ISO week that would be worked if they were no holidays, in order."""
        return [day for day in days_of(week) if day.weekday() in self.workdays and day in self.holidays]

    def count(self, after: date, until: date) -> int:
        """Return wd(after, until]: the working days later than `after`, up to and including `until`; 0 if none."""
        return sum(self.is_working(after + DAY * n) for n in range(1, (until - after).days + 1))

    def shift(self, day: date, working_days: int) -> date:
        """Return the day that lies `working_days` (may be negative) working days from `day`."""
        step, left = (DAY if working_days >= 0 else -DAY), abs(working_days)
        for _ in range(HORIZON_DAYS + 7 * left):
            if left == 0:
                return day
            day += step
            left -= self.is_working(day)
        raise ValueError("no working day within reach: the calendar has none")


class Barrier(StrEnum):
    """Why somebody is not written to at an instant."""

    NO_WORKDAY = "not a working day"
    DAY_OFF = "day off"
    QUIET_HOURS = "quiet hours"


@dataclass(frozen=True, slots=True)
class Hours:
    """When one person may be written to: working days of their calendar, outside quiet hours, in their zone."""

    zone: ZoneInfo
    calendar: Calendar
    quiet_start: time = time(18)
    quiet_end: time = time(8)

    def allowed(self, at: datetime) -> bool:
        """Return whether the instant `at` is on a working day outside quiet hours (I-18)."""
        return self.barrier(at) is None

    def barrier(self, at: datetime) -> Barrier | None:
        """Return why nobody with these hours is written to at the instant `at`, None when they may be."""
        local = at.astimezone(self.zone)
        if not self.calendar.is_working(local.date()):
            off = local.weekday() in self.calendar.workdays
            return Barrier.DAY_OFF if off else Barrier.NO_WORKDAY
        return None if self._is_awake(local.time()) else Barrier.QUIET_HOURS

    def _is_awake(self, local: time) -> bool:
        if self.quiet_end < self.quiet_start:
            return self.quiet_end <= local < self.quiet_start
        return local >= self.quiet_end or local < self.quiet_start

    def next_allowed(self, at: datetime) -> datetime:
        """Return the first allowed instant not before `at` (UTC); raises ValueError when there is none in a year."""
        if self.allowed(at):
            return at
        day = at.astimezone(self.zone).date()
        for n in range(HORIZON_DAYS):
            for start in (time(0), self.quiet_end):
                opens = local_instant(day + DAY * n, start, self.zone)
                if opens >= at and self.allowed(opens):
                    return opens
        raise ValueError("no working hour within reach: the calendar has none")


def local_instant(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the UTC instant of a local time: the first of an overlap, moved on by the length of a gap (RFC 5545)."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def is_zone(name: str) -> bool:
    """Return whether there is a time zone of this IANA name."""
    try:
        return bool(name) and ZoneInfo(name).key == name
    except (LookupError, ValueError, OSError):
        return False


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """Return the date in `zone` at the instant `at`."""
    return at.astimezone(zone).date()


@lru_cache(maxsize=1000)
def week_of(day: date) -> str:
    """Return the ISO week of a day, as `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(week: str) -> date:
    """Return the Monday of an ISO week; raises ValueError when it is no week."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def days_of(week: str) -> Iterator[date]:
    """Yield the seven days of an ISO week."""
    monday = monday_of(week)
    return (monday + DAY * n for n in range(7))


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from `first` to `last`, both included."""
    return (first + DAY * n for n in range((last - first).days + 1))


@lru_cache(maxsize=1000)
def weeks_after(week: str, n: int) -> str:
    """Return the ISO week `n` weeks after `week` (before it when negative)."""
    return week_of(monday_of(week) + 7 * n * DAY)


def is_first_full_week(week: str) -> bool:
    """Return whether this is the first ISO week that lies wholly within its month."""
    return monday_of(week).day <= 7 and (monday_of(week) + 6 * DAY).month == monday_of(week).month
