"""
The life of a finding: raised, acknowledged or put off, cleared with hysteresis, raised again (domain.md 2.3, 4.1).

What stands is what was found, and what was found before and is not clear long enough yet. Only the close of a cycle
counts towards clearing, so that a good day in between changes nothing; a fact that is binary clears at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.calendar import Calendar
from bot.domain.rules.catalogue import RULES
from bot.domain.rules.findings import Finding, Grade
from bot.domain.rules.thresholds import LifeRules
from bot.errors import UserError

HELD_LONGER = frozenset({"MT-03"})
"""A confirmed breach clears only after two periods within, even of a criterion that makes it Amber."""


class FindingState(StrEnum):
    """Whether somebody deals with a finding."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    One finding over time: first and last day found, its state, and how many closes in a row it was better (`clean`).

    `plan_due` is the day of the plan it was acknowledged with; `until` the day a snooze ends; `resolved_on` the day it
    cleared. Its finding has the grade that counts, which may still be the one of before.
    """

    finding: Finding
    first_seen: date
    last_seen: date
    state: FindingState = FindingState.OPEN
    clean: int = 0
    snoozes: int = 0
    until: date | None = None
    plan_due: date | None = None
    explanation: str = ""
    resolved_on: date | None = None

    @property
    def stands(self) -> bool:
        """Return whether it still counts."""
        return self.state is not FindingState.RESOLVED


@dataclass(frozen=True, slots=True)
class Round:
    """One evaluation: its day, and whether it is the one at the close of a cycle."""

    on: date
    at_close: bool = False


def settle(
    before: Sequence[Standing], found: Iterable[Finding], when: Round, rules: LifeRules | None = None
) -> tuple[Standing, ...]:
    """
    Return what stands of an initiative after an evaluation, with those that cleared in it as resolved.

    What was resolved longer ago than a finding may come back is left out: the same trouble is then a new finding.
    """
    rules = rules or LifeRules()
    known = _latest(before, when.on, rules)
    fresh = {one.identity: one for one in found}
    after = [_found_again(known.get(identity), one, when, rules) for identity, one in fresh.items()]
    after += [_not_found(one, when, rules) for identity, one in known.items() if identity not in fresh and one.stands]
    return tuple(after)


def _latest(before: Sequence[Standing], on: date, rules: LifeRules) -> Mapping[tuple[str, str], Standing]:
    since = on - timedelta(weeks=rules.same_row_weeks)
    kept = (one for one in before if one.stands or (one.resolved_on and one.resolved_on >= since))
    return {one.finding.identity: one for one in sorted(kept, key=lambda one: one.last_seen)}


def _found_again(before: Standing | None, found: Finding, when: Round, rules: LifeRules) -> Standing:
    if before is None:
        return Standing(finding=found, first_seen=when.on, last_seen=when.on)
    if not before.stands:
        return replace(before, finding=found, last_seen=when.on, state=FindingState.OPEN, clean=0, resolved_on=None)
    if found.grade.badness >= before.finding.grade.badness or RULES[found.rule].at_once:
        return _awake(replace(before, finding=found, last_seen=when.on, clean=0), when.on)
    clean = before.clean + when.at_close
    if clean >= _needed(before.finding, rules):
        return _awake(replace(before, finding=found, last_seen=when.on, clean=0), when.on)
    held = replace(found, grade=before.finding.grade)
    return _awake(replace(before, finding=held, last_seen=when.on, clean=clean), when.on)


def _not_found(before: Standing, when: Round, rules: LifeRules) -> Standing:
    clean = before.clean + when.at_close
    if RULES[before.finding.rule].at_once or clean >= _needed(before.finding, rules):
        return replace(before, state=FindingState.RESOLVED, clean=clean, until=None, resolved_on=when.on)
    return _awake(replace(before, clean=clean), when.on)


def _awake(one: Standing, on: date) -> Standing:
    """Return it open again when its snooze is over, or when it has become Red."""
    over = one.until is not None and (one.until < on or one.finding.grade is Grade.RED)
    if one.state is FindingState.SNOOZED and over:
        return replace(one, state=FindingState.OPEN, until=None)
    return one


def _needed(finding: Finding, rules: LifeRules) -> int:
    if finding.grade is Grade.RED or finding.rule in HELD_LONGER:
        return rules.red_clears_after
    return rules.amber_clears_after if finding.grade is Grade.AMBER else 0


def acknowledge(one: Standing, plan_due: date, explanation: str = "") -> Standing:
    """Return a finding that somebody deals with until a day; raises UserError when it is resolved."""
    if not one.stands:
        raise UserError("This has cleared in the meantime; there is nothing left to do.")
    return replace(
        one, state=FindingState.ACKNOWLEDGED, plan_due=plan_due, explanation=explanation or one.explanation, until=None
    )


def snooze(one: Standing, on: date, calendar: Calendar, rules: LifeRules | None = None) -> Standing:
    """Return a finding put off for some working days; raises UserError for Red ones and after the last time."""
    rules = rules or LifeRules()
    if one.state is not FindingState.OPEN:
        raise UserError("Only an open finding can be put off.")
    if one.finding.grade is Grade.RED:
        raise UserError("A Red finding cannot be put off. Say with what plan, and until when, you deal with it.")
    if one.snoozes >= rules.most_snoozes:
        raise UserError(f"This was put off {one.snoozes} times already. Say with what plan you deal with it.")
    until = calendar.shift(on, rules.snooze_wd)
    return replace(one, state=FindingState.SNOOZED, until=until, snoozes=one.snoozes + 1)


def standing_findings(standings: Iterable[Standing]) -> tuple[Finding, ...]:
    """Return the findings that count, the worst first; putting one off does not change a colour."""
    counted = (one.finding for one in standings if one.stands)
    return tuple(sorted(counted, key=lambda one: -one.grade.badness))
