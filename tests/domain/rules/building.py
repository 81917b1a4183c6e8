"""Facts made in a line, evaluated on one Monday, and what a rule says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendar import Calendar, week_of, weeks_after
from bot.domain.checkins import Rag
from bot.domain.initiatives import Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.rules.case import Case, friday
from bot.domain.rules.catalogue import RULES
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import Finding, Grade
from bot.domain.rules.knowledge import known_at
from bot.domain.rules.measured import Metric, Reading
from bot.domain.rules.records import Asked, Declared, Gate, Holding, Promised, Stay, TimeBox
from bot.domain.rules.thresholds import RulePolicy

OFFICE = Calendar(frozenset(range(5)))
ON = date(2026, 11, 23)
SPONSOR, TECHNICAL, OPERATIONS = OWNER_ROLES


@dataclass(frozen=True)
class Example:
    """Facts, and the grade a rule gives them (its worst one), None for a near miss."""

    rule: str
    what: str
    facts: InitiativeFacts
    grade: Grade | None


def ago(working_days: int) -> date:
    """Return the day that many working days before the evaluation."""
    return OFFICE.shift(ON, -working_days)


def days_ago(days: int) -> date:
    return ON - timedelta(days=days)


def week(back: int) -> date:
    """Return the Friday of the last closed cycle, or of one that many before it."""
    return friday(weeks_after(week_of(ON), -1 - back))


def initiative(stage: Stage = Stage.PILOT, since: date | None = None, **fields: object) -> InitiativeFacts:
    return InitiativeFacts(key="AI", stays=(Stay(stage, since),), **fields)  # type: ignore[arg-type] # whatever fields a test names


def live(**fields: object) -> InitiativeFacts:
    return initiative(Stage.PRODUCTION, **fields)  # type: ignore[arg-type] # whatever fields a test names


def metric(values: Sequence[float | None], **fields: object) -> Metric:
    """Return a metric with one value a week, the last one in the last closed cycle."""
    readings = tuple(Reading(on=week(len(values) - 1 - n), value=value) for n, value in enumerate(values))
    defaults = {"key": "m", "name": "Precision", "kind": "accuracy", "unit": "%", "threshold": 70.0, "baseline": 60.0}
    return Metric(**{**defaults, "readings": readings, **fields})  # type: ignore[arg-type] # whatever fields a test names


def gate(due: date, code: str = "G2", **fields: object) -> Gate:
    return Gate(code=code, due=due, **fields)  # type: ignore[arg-type] # whatever fields a test names


def held(**people: str) -> tuple[Holding, ...]:
    """Return who holds which role, by its short name."""
    names = {"sponsor": SPONSOR, "technical": TECHNICAL, "operations": OPERATIONS}
    return tuple(Holding(role=names[name], person=person) for name, person in people.items())


def asked(marks: str, role: Role = SPONSOR, **fields: object) -> tuple[Asked, ...]:
    """Return check-ins of the last cycles: 1 answered, 0 not."""
    days = [week(len(marks) - 1 - n) for n in range(len(marks))]
    return tuple(
        Asked(role=role, on=on, answered_on=on if mark == "1" else None, **fields)  # type: ignore[arg-type] # whatever fields a test names
        for on, mark in zip(days, marks, strict=True)
    )


def declared(colours: str) -> tuple[Declared, ...]:
    rags = {"G": Rag.GREEN, "A": Rag.AMBER, "R": Rag.RED}
    return tuple(Declared(week(len(colours) - 1 - n), rags[c]) for n, c in enumerate(colours) if c in rags)


def promised(weeks: Iterable[tuple[int, int]]) -> tuple[Promised, ...]:
    """Return promises of the last cycles as (due, kept)."""
    listed = list(weeks)
    return tuple(Promised(week(len(listed) - 1 - n), due, kept) for n, (due, kept) in enumerate(listed))


def box(elapsed: float, approved: date | None = None, days: int = 100) -> TimeBox:
    """Return a time-box of that many days of which a share has passed on the day of the evaluation."""
    start = ON - timedelta(days=round(days * elapsed))
    end = start + timedelta(days=days)
    return TimeBox(start, end, approved or end, approved or end)


def case_of(facts: InitiativeFacts, policy: RulePolicy | None = None) -> Case:
    return Case(known_at(facts, ON), ON, policy or RulePolicy(), OFFICE)


def judged(rule: str, facts: InitiativeFacts, policy: RulePolicy | None = None) -> list[Finding]:
    """Return what one rule finds, without suppression."""
    return list(RULES[rule].judge(case_of(facts, policy)))


def worst(findings: Iterable[Finding]) -> Grade | None:
    return max((one.grade for one in findings), key=lambda grade: grade.badness, default=None)
