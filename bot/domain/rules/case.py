"""One initiative on one day: its facts as known then, the thresholds, the calendar, and what rules ask of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendar import DAY, Calendar, week_of, weeks_after
from bot.domain.checkins import Rag
from bot.domain.initiatives import Stage
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import Dimension, Finding, Grade
from bot.domain.rules.thresholds import RulePolicy

STAGES = tuple(Stage)
FRIDAY = 5


@dataclass(frozen=True, slots=True)
class Case:
    """
    What every rule gets: facts known on the day `on`, and what judges them.

    `found` are the findings of the other rules after suppression, for the rules that run last.
    """

    facts: InitiativeFacts
    on: date
    policy: RulePolicy
    calendar: Calendar
    found: tuple[Finding, ...] = ()

    def wd(self, since: date) -> int:
        """Return the working days since a day, 0 for a day that is to come."""
        return self.calendar.count(since, self.on)

    @property
    def cycle(self) -> str:
        """Return the ISO week of the last cycle that is over: the week before."""
        return weeks_after(week_of(self.on), -1)

    def since_weeks(self, weeks: int) -> date:
        """Return the Monday that many weeks before the end of the last cycle; a record from it on is within them."""
        return date.fromisocalendar(*self.on.isocalendar()[:2], 1) - weeks * 7 * DAY

    def has_reached(self, stage: Stage) -> bool:
        """Return whether the initiative is in this stage or a later one."""
        return STAGES.index(self.facts.stage) >= STAGES.index(stage)

    @property
    def elapsed(self) -> float | None:
        """Return the share of the first agreed time-box that has passed, None without one."""
        box = self.facts.timebox
        if box is None or box.baseline_end <= box.start:
            return None
        return (self.on - box.start).days / (box.baseline_end - box.start).days

    @property
    def piloting(self) -> float | None:
        """Return the share of the time-box that has passed while in the pilot, None otherwise."""
        return self.elapsed if self.facts.stage is Stage.PILOT else None

    def colour_of(self, week: str) -> Rag | None:
        """Return what was declared in an ISO week, None when nobody answered; never carried forward."""
        return next((one.rag for one in self.facts.declared if week_of(one.on) == week), None)


Judge = Callable[[Case], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule: its id and name, the function that judges, and whether it clears at once because its fact is binary.

    With `last` it judges what the others found.
    The function's docstring is its definition; `{family.threshold}` in it stands for the threshold of the policy.
    """

    id: str
    name: str
    judge: Judge
    at_once: bool = False
    last: bool = False

    @property
    def dimension(self) -> Dimension:
        """Return what its findings colour."""
        return Finding(self.id, "", Grade.INFO).dimension

    def definition(self, policy: RulePolicy) -> str:
        """Return its definition with the thresholds of a policy, in one paragraph."""
        return filled(self.judge.__doc__ or "", policy)


def filled(definition: str, policy: RulePolicy) -> str:
    """Return a definition in one paragraph with the thresholds of a policy in their places."""
    families = {name: getattr(policy, name) for name in policy.__dataclass_fields__}
    return " ".join(definition.format(**families).split())


def friday(week: str) -> date:
    """Return the Friday of an ISO week: the day of an answer known only by its cycle."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), FRIDAY)


def fridays_between(after: date, until: date) -> int:
    """Return how many Fridays lie later than `after`, up to and including `until`."""
    first = after + timedelta(days=(4 - after.weekday()) % 7 or 7)
    return max(0, (until - first).days // 7 + 1) if until >= first else 0
