"""From facts to findings to colours: pure, so that the same facts, policy and day give the same result (I-24)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.calendar import Calendar, week_of
from bot.domain.checkins import Rag
from bot.domain.initiatives import Lifecycle
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.catalogue import RULES
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import DIMENSIONS, Dimension, Finding, Grade
from bot.domain.rules.knowledge import known_at
from bot.domain.rules.thresholds import RulePolicy

OFFICE_WEEK = Calendar(frozenset(range(5)))
ON_HOLD = frozenset({"GT-07"})
CLOSED = frozenset({"LL-01"})
BREACHES = frozenset({"MT-02", "MT-03"})
SIGNALS = ("MT-04", "MT-05", "MT-06")
COLOUR_OF_GRADE = {Grade.INFO: Rag.GREEN, Grade.AMBER: Rag.AMBER, Grade.RED: Rag.RED}


class Computed(StrEnum):
    """The computed colour; `Unknown` is shown as Amber with a question, never as Green."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"
    UNKNOWN = "Unknown"
    NOT_RATED = "not rated"

    @property
    def shown(self) -> str:
        """Return the word readers see."""
        return Computed.AMBER.value if self is Computed.UNKNOWN else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """
    What is computed of one initiative on a day, beside what its owners declared, which is never overwritten (I-25).

    `findings` are those left after suppression, the worst first; `dimensions` has a colour for each of the four.
    """

    key: str
    on: date
    computed: Computed
    declared: Rag | None
    dimensions: Mapping[Dimension, Rag]
    findings: tuple[Finding, ...]


def assess(
    facts: InitiativeFacts, on: date, policy: RulePolicy | None = None, calendar: Calendar = OFFICE_WEEK
) -> Assessment:
    """
    Return an initiative's findings and colours on a day, from what was known then and without hysteresis.

    The last cycle is the ISO week before the day's. Without a policy the default thresholds count.
    """
    case = Case(known_at(facts, on), on, policy or RulePolicy(), calendar)
    return assessment_of(case, find(case))


def find(case: Case) -> tuple[Finding, ...]:
    """Return what the rules find, after suppression, the worst first."""
    rules = [rule for rule in RULES.values() if _applies(rule, case.facts.lifecycle)]
    found = suppress(one for rule in rules if not rule.last for one in rule.judge(case))
    last = replace(case, found=found)
    found += tuple(one for rule in rules if rule.last for one in rule.judge(last))
    return tuple(sorted(found, key=lambda one: -one.grade.badness))


def _applies(rule: Rule, lifecycle: Lifecycle) -> bool:
    if lifecycle is Lifecycle.ACTIVE:
        return True
    return rule.id in (ON_HOLD if lifecycle is Lifecycle.ON_HOLD else CLOSED)


def suppress(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings left when one cause is one finding (domain.md 4.1)."""
    found = tuple(findings)
    raised = {(one.rule, one.subject): one for one in found}
    adoption = any(one.rule in ("AD-01", "AD-02") for one in found)
    kept = (one for one in found if not _has_better(one, raised) and not (adoption and one.rule == "AD-03"))
    return tuple(_with_no_new_date(one, raised) for one in kept)


def _has_better(one: Finding, raised: Mapping[tuple[str, str], Finding]) -> bool:
    """Return whether another finding about the same subject says it better."""
    breached = any(
        (rule, one.subject) in raised and raised[rule, one.subject].grade is not Grade.INFO for rule in BREACHES
    )
    if one.rule == "DT-03" or (one.rule == "MT-08" and ("MT-07", one.subject) in raised):
        return True
    if one.rule in SIGNALS:
        stronger = SIGNALS[SIGNALS.index(one.rule) + 1 :]
        return breached or any((rule, one.subject) in raised for rule in stronger)
    return one.rule == "MT-01" and breached


def _with_no_new_date(one: Finding, raised: Mapping[tuple[str, str], Finding]) -> Finding:
    if one.rule == "GT-01" and ("DT-03", one.subject) in raised:
        return replace(one, numbers={**one.numbers, "no_new_date": True})
    return one


def assessment_of(case: Case, findings: Sequence[Finding]) -> Assessment:
    """Return the colours that findings give; those given may still stand by hysteresis though not found today."""
    dimensions = {
        dimension: max(
            (COLOUR_OF_GRADE[one.grade] for one in findings if one.dimension is dimension),
            key=lambda rag: rag.badness,
            default=Rag.GREEN,
        )
        for dimension in DIMENSIONS
    }
    return Assessment(
        key=case.facts.key,
        on=case.on,
        computed=_overall(case, findings, dimensions),
        declared=case.colour_of(case.cycle),
        dimensions=dimensions,
        findings=tuple(findings),
    )


def _overall(case: Case, findings: Sequence[Finding], dimensions: Mapping[Dimension, Rag]) -> Computed:
    """Return the worst dimension; without a finding, an answer and a fresh measurement nothing is known."""
    if case.facts.lifecycle is not Lifecycle.ACTIVE:
        return Computed.NOT_RATED
    worst = max(dimensions.values(), key=lambda rag: rag.badness)
    serious = any(one.grade is not Grade.INFO for one in findings)
    if worst is Rag.GREEN and not serious and not _was_heard_of(case):
        return Computed.UNKNOWN
    return Computed(worst.value)


def _was_heard_of(case: Case) -> bool:
    """Return whether anybody answered in the last cycle or since, or a value came."""
    answered = any(one.answered_on and week_of(one.on) >= case.cycle for one in case.facts.asked)
    return answered or any(
        one.value is not None and week_of(one.on) >= case.cycle
        for metric in case.facts.metrics
        for one in metric.readings
    )
