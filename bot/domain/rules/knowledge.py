"""What was known on a day: facts with everything dated later undone, so that any past day can be computed again."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Protocol, TypeVar

from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.records import TIMEBOX, DateChange, Exposure, Gate, TimeBox

Day = date | None


class Dated(Protocol):
    """A record with the day it is known from."""

    @property
    def on(self) -> date:
        """Return that day."""
        ...


Fact = TypeVar("Fact")
DatedFact = TypeVar("DatedFact", bound=Dated)


def known_at(facts: InitiativeFacts, day: date) -> InitiativeFacts:
    """
    Return an initiative's facts as they were known at the end of a day (I-36).

    A stage entered later, a decision, an answer or a date changed later never happened; what is not dated was always
    so.
    """
    facts = _with_dates_undone(facts, day)
    return replace(
        facts,
        stays=_since(facts.stays, day, lambda one: one.since),
        phases=_since(facts.phases, day, lambda one: one.since),
        golive_on=_before(facts.golive_on, day),
        first_user_on=_before(facts.first_user_on, day),
        reach=facts.reach if facts.reach_on is None or facts.reach_on <= day else Exposure(),
        gates=tuple(_gate(gate, day) for gate in facts.gates),
        metrics=tuple(metric.known_at(day) for metric in facts.metrics),
        lessons=None if facts.lessons is None else tuple(on for on in facts.lessons if on <= day),
        leadership_uses=_days(facts.leadership_uses, day),
        reuse=facts.reuse if facts.reuse and facts.reuse.on <= day else None,
        milestones=tuple(replace(each, done_on=_before(each.done_on, day)) for each in facts.milestones),
        **_people(facts, day),
        **_weekly(facts, day),
        **_troubles(facts, day),
    )


def _people(facts: InitiativeFacts, day: date) -> dict[str, Any]:
    holdings = (one for one in facts.holdings if one.since is None or one.since <= day)
    return {
        "holdings": tuple(replace(one, until=_before(one.until, day)) for one in holdings),
        "away": tuple(one for one in facts.away if one.first <= day),
        "acts": _on(facts.acts, day),
        "handovers": tuple(
            replace(one, accepted_on=_before(one.accepted_on, day)) for one in facts.handovers if one.since <= day
        ),
    }


def _weekly(facts: InitiativeFacts, day: date) -> dict[str, Any]:
    asked = (one for one in facts.asked if one.on <= day or (one.answered_on and one.answered_on <= day))
    return {
        "asked": tuple(replace(one, answered_on=_before(one.answered_on, day)) for one in asked),
        "declared": _on(facts.declared, day),
        "views": _on(facts.views, day),
        "texts": _on(facts.texts, day),
        "paths": _on(facts.paths, day),
        "seen": _on(facts.seen, day),
        "promised": _on(facts.promised, day),
        "rolled": _on(facts.rolled, day),
    }


def _troubles(facts: InitiativeFacts, day: date) -> dict[str, Any]:
    blockers = (one for one in facts.blockers if one.raised_on <= day)
    asks = (one for one in facts.asks if one.raised_on <= day)
    incidents = (one for one in facts.incidents if one.on <= day)
    return {
        "blockers": tuple(replace(one, closed_on=_before(one.closed_on, day)) for one in blockers),
        "asks": tuple(replace(one, closed_on=_before(one.closed_on, day)) for one in asks),
        "incidents": tuple(replace(one, closed_on=_before(one.closed_on, day)) for one in incidents),
        "governance": tuple(one for one in facts.governance if one.on is None or one.on <= day),
        "capabilities": tuple(one for one in facts.capabilities if one.on is None or one.on <= day),
    }


def _gate(gate: Gate, day: date) -> Gate:
    undecided = gate.decided_on is not None and gate.decided_on > day
    conditions = tuple(replace(one, closed_on=_before(one.closed_on, day)) for one in gate.conditions)
    return replace(
        gate,
        submitted_on=_before(gate.submitted_on, day),
        withdrawn=tuple((first, min(last, day)) for first, last in gate.withdrawn if first <= day),
        decision=None if undecided else gate.decision,
        decided_on=_before(gate.decided_on, day),
        conditions=() if undecided else conditions,
        criteria=None
        if gate.criteria is None
        else tuple(
            replace(one, submitted_on=_before(one.submitted_on, day), met_on=_before(one.met_on, day))
            for one in gate.criteria
        ),
    )


def _with_dates_undone(facts: InitiativeFacts, day: date) -> InitiativeFacts:
    """Return the facts with dates moved back that were changed after the day, the newest change first."""
    box, gates = facts.timebox, list(facts.gates)
    for change in sorted((one for one in facts.changes if one.on > day), key=lambda one: one.on, reverse=True):
        if box and change.subject == TIMEBOX and box.current_end == change.after:
            box = replace(box, current_end=change.before)
        gates = [_moved_back(gate, change) for gate in gates]
    kept = tuple(one for one in facts.changes if one.on <= day)
    return replace(facts, timebox=_approved(box, facts.changes, kept), gates=tuple(gates), changes=kept)


def _moved_back(gate: Gate, change: DateChange) -> Gate:
    """Return the gate before a change of its own date, or of the time-box it ends."""
    moved = gate.code == change.subject or (change.subject == TIMEBOX and gate.decision is None)
    return replace(gate, due=change.before) if moved and gate.due == change.after else gate


def _approved(box: TimeBox | None, all_changes: tuple[DateChange, ...], kept: tuple[DateChange, ...]) -> TimeBox | None:
    approved = [one for one in all_changes if one.subject == TIMEBOX and one.approved]
    still = [one for one in kept if one.subject == TIMEBOX and one.approved]
    if box is None or len(approved) == len(still):
        return box
    return replace(box, approved_end=still[-1].after if still else box.baseline_end)


def _since(spells: tuple[Fact, ...], day: date, since: Callable[[Fact], Day]) -> tuple[Fact, ...]:
    """Return the spells that had begun; the first one always had."""
    begun = tuple(one for one in spells if (on := since(one)) is None or on <= day)
    return begun or spells[:1]


def _before(on: Day, day: date) -> Day:
    return on if on is not None and on <= day else None


def _days(days: tuple[date, ...] | None, day: date) -> tuple[date, ...] | None:
    return None if days is None else tuple(on for on in days if on <= day)


def _on(records: Iterable[DatedFact], day: date) -> tuple[DatedFact, ...]:
    return tuple(one for one in records if one.on <= day)
