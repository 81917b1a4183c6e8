"""The period a value is of: an ISO week or a calendar month."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendar import days_of, is_first_full_week, monday_of, week_of
from bot.domain.measuring.metrics import Frequency
from bot.errors import UserError

DAY = timedelta(days=1)
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
WEEK = re.compile(r"[0-9]{4}-W[0-9]{2}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` to `end`, both included."""

    start: date
    end: date

    @property
    def key(self) -> str:
        """Return what the period is called: `2026-W47`, or `2026-10` for a month."""
        return f"{self.start:%Y-%m}" if self.start.day == 1 and (self.end + DAY).day == 1 else week_of(self.start)


def period_of(day: date, frequency: Frequency) -> Period:
    """Return the period that a day lies in."""
    if frequency is Frequency.WEEKLY:
        days = list(days_of(week_of(day)))
        return Period(days[0], days[-1])
    start = day.replace(day=1)
    return Period(start, (start + 31 * DAY).replace(day=1) - DAY)


def period_named(text: str, frequency: Frequency) -> Period:
    """Return the period of a name (`2026-W47`, `2026-10`) or of a day in it; raises UserError for anything else."""
    written = text.strip()
    try:
        if DATE.fullmatch(written):
            return period_of(date.fromisoformat(written), frequency)
        if frequency is Frequency.WEEKLY and WEEK.fullmatch(written):
            return period_of(monday_of(written), frequency)
        if frequency is Frequency.MONTHLY and (month := MONTH.fullmatch(written)):
            return period_of(date(int(month[1]), int(month[2]), 1), frequency)
    except (ValueError, OverflowError):
        pass
    like = "a week such as 2026-W47" if frequency is Frequency.WEEKLY else "a month such as 2026-10"
    raise UserError(f"“{written[:40]}” is not a period. Write {like}.")


def due_in(week: str, frequency: Frequency) -> Period | None:
    """Return the period a check-in of this week asks about: the week, or in a month's first full week the last one."""
    monday = monday_of(week)
    if frequency is Frequency.WEEKLY:
        return period_of(monday, frequency)
    return period_of(monday.replace(day=1) - DAY, frequency) if is_first_full_week(week) else None


def latest_complete(day: date, frequency: Frequency) -> Period:
    """Return the last period that has ended before a day."""
    return period_of(period_of(day, frequency).start - DAY, frequency)
