"""The weekly rhythm: when a cycle opens, is due and closes, who is expected to answer, and when each is asked."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.calendar import (
    DAY,
    Barrier,
    Calendar,
    Hours,
    is_first_full_week,
    local_date,
    local_instant,
    monday_of,
    week_of,
    weeks_after,
)
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.policy import CadencePolicy

WEEKS_SEARCHED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """
    One check-in round, on the organisation's calendar.

    `opens_on` and `due_on` are dates (the hours are each person's own); `closes_at` is when silence becomes a miss and
    `answers_until` when the next cycle opens and late answers end, both UTC.
    """

    key: str
    opens_on: date
    due_on: date
    closes_at: datetime
    answers_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A cycle by the organisation's clock: when it is due and when silence becomes a miss, UTC."""

    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTimes:
    """When one person is asked and reminded in a cycle, UTC; a nudge that finds no working hour is left out."""

    send_at: datetime
    due_at: datetime
    nudges: tuple[datetime, ...]


def cycle_of(week: str, calendar: Calendar, zone: ZoneInfo, policy: CadencePolicy) -> Cycle | None:
    """Return the cycle of an ISO week, or None when too few days are worked and all are excused (domain.md 3.2)."""
    days = calendar.working_days(week)
    if len(days) < _least(policy):
        return None
    following = _next_opening(week, calendar, policy)
    return Cycle(
        key=week,
        opens_on=days[-1 - policy.opens_days_before_due],
        due_on=days[-1],
        closes_at=local_instant(monday_of(weeks_after(week, 1)), policy.closes_at, zone),
        answers_until=local_instant(following, policy.opens_at, zone),
    )


def _least(policy: CadencePolicy) -> int:
    return max(policy.least_working_days, policy.opens_days_before_due + 1)


def _next_week(week: str, calendar: Calendar, policy: CadencePolicy) -> str:
    for n in range(1, WEEKS_SEARCHED):
        following = weeks_after(week, n)
        if len(calendar.working_days(following)) >= _least(policy):
            return following
    raise ValueError("no working week within reach: the calendar has none")


def _next_opening(week: str, calendar: Calendar, policy: CadencePolicy) -> date:
    return calendar.working_days(_next_week(week, calendar, policy))[-1 - policy.opens_days_before_due]


class AskRule(StrEnum):
    """Why the owners of an initiative are asked in a week, or are not."""

    EVERY_WEEK = "every_week"
    LIVE_WEEK = "live_week"
    LIVE_MONTH = "live_month"
    ON_HOLD_MONTH = "on_hold_month"
    ON_HOLD = "on_hold"
    INTAKE = "intake"
    CLOSED = "closed"


ROLES_ASKED: dict[AskRule, tuple[Role, ...]] = {
    AskRule.EVERY_WEEK: OWNER_ROLES,
    AskRule.LIVE_WEEK: (Role.TECHNICAL_LEAD, Role.OPERATIONS_LEADER),
    AskRule.LIVE_MONTH: OWNER_ROLES,
    AskRule.ON_HOLD_MONTH: (Role.BUSINESS_SPONSOR,),
    AskRule.ON_HOLD: (),
    AskRule.INTAKE: (),
    AskRule.CLOSED: (),
}


def ask_rule(stage: Stage, lifecycle: Lifecycle, week: str, policy: CadencePolicy) -> AskRule:
    """Return the rule by which the owners of an initiative at this stage are asked in a week (domain.md 3.2)."""
    monthly = is_first_full_week(week)
    if lifecycle is Lifecycle.ON_HOLD:
        return AskRule.ON_HOLD_MONTH if monthly else AskRule.ON_HOLD
    if lifecycle is not Lifecycle.ACTIVE:
        return AskRule.CLOSED
    if stage is Stage.INTAKE:
        return AskRule.INTAKE
    if stage in policy.weekly_stages or not policy.sponsor_monthly_when_live:
        return AskRule.EVERY_WEEK
    return AskRule.LIVE_MONTH if monthly else AskRule.LIVE_WEEK


def expected_roles(stage: Stage, lifecycle: Lifecycle, week: str, policy: CadencePolicy) -> tuple[Role, ...]:
    """Return the owners asked in this week about an initiative at this stage."""
    return ROLES_ASKED[ask_rule(stage, lifecycle, week, policy)]


def prompt_times(cycle: Cycle, hours: Hours, policy: CadencePolicy) -> PromptTimes | None:
    """
    Return when a person with these hours is asked in `cycle`, or None when they work no hour of it (excused).

    The person's own calendar only moves or excuses; it never moves the cycle.
    """
    due_at = local_instant(cycle.due_on, policy.due_at, hours.zone)
    try:
        send_at = hours.next_allowed(opening_for(cycle, hours, policy))
    except ValueError:
        return None
    if send_at >= due_at:
        return None
    planned = planned_nudges(cycle, hours, policy)
    nudges = tuple(at for at in planned if no_nudge(at, send_at, cycle, hours) is None)
    return PromptTimes(send_at=send_at, due_at=due_at, nudges=nudges)


def opening_for(cycle: Cycle, hours: Hours, policy: CadencePolicy) -> datetime:
    """Return when a cycle opens in a person's zone, whether they work then or not."""
    return local_instant(cycle.opens_on, policy.opens_at, hours.zone)


def planned_nudges(cycle: Cycle, hours: Hours, policy: CadencePolicy) -> tuple[datetime, datetime]:
    """Return when the two reminders of a cycle come in a person's zone, as far as they may be written to then."""
    times = (policy.first_nudge_at, policy.due_at)
    return local_instant(cycle.due_on, times[0], hours.zone), local_instant(cycle.due_on, times[1], hours.zone)


class NoNudge(StrEnum):
    """Why a reminder is left out although the rhythm has one."""

    NOT_ASKED_YET = "not_asked_yet"
    CYCLE_CLOSED = "cycle_closed"


def no_nudge(at: datetime, send_at: datetime, cycle: Cycle, hours: Hours) -> Barrier | NoNudge | None:
    """Return why a reminder at `at` is left out for somebody asked at `send_at`, None when it is sent."""
    if at <= send_at:
        return NoNudge.NOT_ASKED_YET
    return hours.barrier(at) or (NoNudge.CYCLE_CLOSED if at >= cycle.closes_at else None)


def next_due(week: str, calendar: Calendar, policy: CadencePolicy) -> date:
    """Return the due day of the next cycle after an ISO week: when a promise made in this week is due."""
    following = _next_week(week, calendar, policy)
    return calendar.working_days(following)[-1]


def open_window(now: datetime, calendar: Calendar, zone: ZoneInfo, policy: CadencePolicy) -> Window | None:
    """Return the cycle that is open at an instant, until silence becomes a miss; None between two cycles."""
    this_week = week_of(local_date(now, zone))
    for week in (this_week, weeks_after(this_week, -1)):
        cycle = cycle_of(week, calendar, zone, policy)
        if cycle and local_instant(cycle.opens_on, policy.opens_at, zone) <= now < cycle.closes_at:
            return Window(due_at=local_instant(cycle.due_on, policy.due_at, zone), closes_at=cycle.closes_at)
    return None


def opens_next(now: datetime, calendar: Calendar, zone: ZoneInfo, policy: CadencePolicy) -> datetime:
    """Return the first instant after `now` at which a cycle opens."""
    day = next_opening(local_date(now, zone), calendar, policy)
    if local_instant(day, policy.opens_at, zone) <= now:
        day = next_opening(day + DAY, calendar, policy)
    return local_instant(day, policy.opens_at, zone)


def next_opening(after: date, calendar: Calendar, policy: CadencePolicy) -> date:
    """Return the first day on or after `after` on which a cycle opens."""
    this_week = week_of(after)
    days = calendar.working_days(this_week)
    if len(days) >= _least(policy) and days[-1 - policy.opens_days_before_due] >= after:
        return days[-1 - policy.opens_days_before_due]
    return _next_opening(this_week, calendar, policy)
