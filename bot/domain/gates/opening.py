"""Opening gates: a stage that is entered, a gate that is passed, or another attempt brings the next ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.gates.bench import Bench
from bot.domain.gates.dates import working
from bot.domain.gates.gates import CriterionState, Gate, GateCriterion, GateState, newest
from bot.domain.gates.templates import DueFrom, GateTemplate
from bot.domain.ids import stable_id
from bot.domain.initiatives import LIVE, RiskTier


@dataclass(frozen=True, slots=True)
class Opened:
    """A gate with its criteria."""

    gate: Gate
    criteria: tuple[GateCriterion, ...]


def at_entry(bench: Bench) -> list[Opened]:
    """Return the gates that entering its present stage opens for an initiative."""
    return gates_for(bench.pack.opened_by(bench.initiative.stage, bench.initiative.risk_tier), bench)


def after_passing(code: str, bench: Bench) -> list[Opened]:
    """Return the gates that passing one opens for an initiative."""
    return gates_for([gate for gate in bench.pack.of(bench.initiative.risk_tier) if gate.after == code], bench)


def gates_for(templates: Iterable[GateTemplate], bench: Bench) -> list[Opened]:
    """Return the gates that are opened of some templates; one that still waits for a decision is not opened again."""
    found = []
    for template in templates:
        last = newest(bench.gates, template.code)
        if last is None or not last.is_lasting:
            wave = last.wave + 1 if last else 1
            found.append(first_attempt(template, wave, first_due(template, bench), bench))
    return found


def afterwards(bench: Bench) -> list[GateTemplate]:
    """Return the gates before launch, but those that move a stage, that a live initiative has not passed (GT-06)."""
    if bench.initiative.stage not in LIVE:
        return []
    before = [bench.pack.gate(code) for code in bench.pack.before_launch(bench.initiative.risk_tier)]
    return [gate for gate in before if gate and gate.leads_to is None and not bench.passed(gate.code)]


def first_due(template: GateTemplate, bench: Bench) -> date:
    """Return when a gate is due first: a working day, and not in the past."""
    rule, now = template.due, bench.now
    if rule.counted_from is DueFrom.TIMEBOX_END and bench.charter.timebox_end:
        day = bench.charter.timebox_end
    elif rule.counted_from is DueFrom.GOLIVE and bench.initiative.golive_on:
        day = bench.initiative.golive_on + timedelta(days=rule.days)
    else:
        day = now.calendar.shift(now.today, rule.days)
    return working(max(day, now.today), now.calendar)


def first_attempt(template: GateTemplate, wave: int, due: date, bench: Bench) -> Opened:
    """Return a new gate, open, with all its criteria not started."""
    id = stable_id(bench.initiative.id, template.code, str(wave), "1")
    gate = Gate(
        id=id,
        initiative_id=bench.initiative.id,
        code=template.code,
        template_version=bench.pack.version,
        line=id,
        wave=wave,
        baseline_due=due,
        current_due=due,
        state=GateState.OPEN,
        opened_at=bench.now.at,
    )
    return Opened(gate, criteria_of(template, gate, bench.initiative.risk_tier))


def criteria_of(template: GateTemplate, gate: Gate, tier: RiskTier) -> tuple[GateCriterion, ...]:
    """Return the criteria of a gate for an initiative of a tier, none of them started."""
    return tuple(
        GateCriterion(
            id=stable_id(gate.id, str(one.number)),
            gate_id=gate.id,
            initiative_id=gate.initiative_id,
            number=one.number,
            text=one.text,
            weight=one.weight,
            domain=one.domain,
            evaluation=one.evaluation,
            signers=one.signatures(tier),
            due=gate.current_due,
            evidence=one.evidence,
            check=one.check,
        )
        for one in template.asked_of(tier)
    )


def next_attempt(gate: Gate, criteria: Sequence[GateCriterion], redo: Iterable[int], due: date) -> Opened:
    """Return the attempt after one that was held or sent back: planned, with what was done, but `redo`, kept."""
    id, again = stable_id(gate.line, str(gate.wave), str(gate.attempt + 1)), set(redo)
    following = replace(
        gate,
        id=id,
        attempt=gate.attempt + 1,
        state=GateState.PLANNED,
        current_due=due,
        opened_at=None,
        submitted_at=None,
        submitted_by=None,
        decided_at=None,
        decision_id=None,
    )
    kept = tuple(
        replace(
            one,
            id=stable_id(id, str(one.number)),
            gate_id=id,
            due=due,
            state=CriterionState.NOT_STARTED if one.number in again else one.state,
            submitted_at=None if one.number in again else one.submitted_at,
        )
        for one in criteria
    )
    return Opened(following, kept)
