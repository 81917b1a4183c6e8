"""Everything a decision changes, worked out before anything is stored (domain.md 2.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.gates.bench import Bench
from bot.domain.gates.charter import Charter, LiveState, live_state_at
from bot.domain.gates.conditions import ConditionState, GateCondition, closed
from bot.domain.gates.dates import DateChange, DateReason, DateSubject, working
from bot.domain.gates.deciding import lapsed_of
from bot.domain.gates.decisions import ADVANCING, Decision, DecisionKind, GateDecision, Intent
from bot.domain.gates.evaluation import evaluated
from bot.domain.gates.gates import Gate, GateCriterion, GateState, cancelled, decided, opened, submitted
from bot.domain.gates.opening import Opened, after_passing, at_entry, next_attempt
from bot.domain.gates.readiness import RolloutPhase, halted, replanned
from bot.domain.gates.templates import DueFrom
from bot.domain.ids import PersonId, stable_id
from bot.domain.initiatives import Initiative, Lifecycle, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """
    What is stored together with a decision.

    `carried` maps criteria of the attempt that ends to those of the next that keep their state, evidence and
    signatures; `ends` tells that nobody is asked about the initiative any more.
    """

    decision: GateDecision
    initiative: Initiative
    charter: Charter
    gate: Gate | None = None
    opened: tuple[Opened, ...] = ()
    others: tuple[Gate, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()
    conditions: tuple[GateCondition, ...] = ()
    changes: tuple[DateChange, ...] = ()
    phases: tuple[RolloutPhase, ...] = ()
    ends: bool = False
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, and the id of the decision."""

    person_id: PersonId
    decision_id: str


def at_gate(bench: Bench, gate: Gate, intent: Intent, by: Decider) -> Effects:
    """Return what deciding a gate changes; that it may be decided so is `deciding.problems`'s part."""
    placed = submitted(gate, by.person_id, bench.now.at) if gate.state is GateState.OPEN else gate
    closed = decided(placed, by.decision_id, bench.now.at)
    record = replace(
        _record(bench, DecisionKind.GATE, intent, by),
        gate_id=gate.id,
        gate_code=gate.code,
        snapshot=_snapshot(bench, gate),
        redo=tuple(str(number) for number in sorted(intent.redo)),
        early_reason=intent.early_reason.strip(),
    )
    basis = Effects(decision=record, initiative=bench.initiative, charter=bench.charter, gate=closed)
    if intent.decision in ADVANCING:
        return _advanced(bench, closed, intent, basis)
    if intent.decision is Decision.KILL:
        return stopped(bench, intent, basis)
    return _again(bench, closed, intent, basis)


def _record(bench: Bench, kind: DecisionKind, intent: Intent, by: Decider) -> GateDecision:
    """Return the record of a decision that leaves everything where it is."""
    one = bench.initiative
    return GateDecision(
        id=by.decision_id,
        initiative_id=one.id,
        kind=kind,
        decision=intent.decision,
        decided_by=by.person_id,
        decided_at=bench.now.at,
        rationale=intent.rationale.strip(),
        stage_from=one.stage,
        stage_to=one.stage,
        lifecycle_from=one.lifecycle,
        lifecycle_to=one.lifecycle,
        number=1 + max((each.number for each in bench.decisions), default=0),
    )


def _snapshot(bench: Bench, gate: Gate) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in bench.of_gate(gate):
        computed = evaluated(one, bench)
        found[str(one.number)] = {"state": one.state.value, "computed": computed.outcome.value if computed else None}
    found["agreed"] = {c.code: c.version for c in bench.agreed if c.locked_at and c.state.value == "locked"}
    return found


def _advanced(bench: Bench, gate: Gate, intent: Intent, basis: Effects) -> Effects:
    leads_to = None if gate.retro else bench.template(gate).leads_to
    moved = entered(bench, leads_to or bench.initiative.stage, basis) if leads_to else basis
    conditions = _asked_for(bench, intent, basis)
    after = replace(bench, initiative=moved.initiative, charter=moved.charter, gates=_with(bench.gates, gate))
    return replace(moved, conditions=conditions, opened=(*moved.opened, *after_passing(gate.code, after)))


def _asked_for(bench: Bench, intent: Intent, basis: Effects) -> tuple[GateCondition, ...]:
    """Return the conditions of a conditional go, each due on a working day."""
    return tuple(
        GateCondition(
            id=stable_id(basis.decision.id, str(n)),
            decision_id=basis.decision.id,
            initiative_id=bench.initiative.id,
            text=one.text.strip(),
            owner_id=one.owner_id or "",
            due=working(one.due or bench.now.today, bench.now.calendar),
            before=one.before,
        )
        for n, one in enumerate(intent.conditions if intent.decision is Decision.CONDITIONAL_GO else ())
    )


def at_gate_again(bench: Bench, gate: Gate, intent: Intent, by: Decider) -> Effects:
    """Return what a second word on a gate changes whose conditions have lapsed: they go, or others take their place."""
    said = [one for one in bench.decisions if one.gate_id == gate.id]
    record = replace(
        _record(bench, DecisionKind.GATE, intent, by),
        gate_id=gate.id,
        gate_code=gate.code,
        supersedes_id=max(said, key=lambda one: one.number).id,
        snapshot=_snapshot(bench, gate),
    )
    basis = Effects(decision=record, initiative=bench.initiative, charter=bench.charter)
    given_up = [closed(one, ConditionState.WAIVED, by.person_id, bench.now.at) for one in lapsed_of(bench, gate)]
    return replace(basis, conditions=(*given_up, *_asked_for(bench, intent, basis)))


def _with(gates: Sequence[Gate], gate: Gate) -> list[Gate]:
    return [gate if one.id == gate.id else one for one in gates]


def entered(bench: Bench, stage: Stage, basis: Effects) -> Effects:
    """Return the effects of a decision by which the initiative enters a stage, with the gates that opens."""
    today, one = bench.now.today, bench.initiative
    golive = one.golive_on or today if stage is Stage.LAUNCH else one.golive_on
    initiative = replace(one, stage=stage, stage_entered_on=today, golive_on=golive)
    charter = replace(bench.charter, live_state=live_state_at(stage))
    gates = _with(bench.gates, basis.gate) if basis.gate else bench.gates
    opens = (
        at_entry(replace(bench, initiative=initiative, charter=charter, gates=gates)) if stage is not one.stage else []
    )
    record = replace(basis.decision, stage_to=stage)
    return replace(basis, decision=record, initiative=initiative, charter=charter, opened=(*basis.opened, *opens))


def _again(bench: Bench, gate: Gate, intent: Intent, basis: Effects) -> Effects:
    """Return the effects of a hold or a rework: another attempt, planned for the review or open at once."""
    held = intent.decision is Decision.HOLD
    wanted = (intent.review_on if held else intent.new_due) or bench.now.today
    due = working(wanted, bench.now.calendar)
    criteria, redo = bench.of_gate(gate), () if held else intent.redo
    again = next_attempt(gate, criteria, redo, due)
    carried = tuple(
        (old.id, new.id) for old, new in zip(criteria, again.criteria, strict=True) if old.number not in redo
    )
    if held:
        basis = rested(bench, wanted, basis)
        return replace(basis, opened=(again,), carried=carried, changes=_moves(bench, gate, due, basis.decision))
    started = replace(again, gate=opened(again.gate, bench.now.at))
    record = replace(basis.decision, new_due=due)
    changes, charter = _moves(bench, gate, due, record), bench.charter
    if bench.template(gate).due.counted_from is DueFrom.TIMEBOX_END and charter.timebox_end:
        changes += _timebox_moves(bench, due, record)
        charter = replace(charter, timebox_end=due, timebox_approved_end=due)
    return replace(basis, decision=record, charter=charter, opened=(started,), carried=carried, changes=changes)


def rested(bench: Bench, review_on: date, basis: Effects) -> Effects:
    """Return the effects of a decision that puts the initiative on hold until a review (I-31)."""
    initiative = replace(
        bench.initiative,
        lifecycle=Lifecycle.ON_HOLD,
        hold_review_on=review_on,
        closed_on=bench.now.today,
        closed_by=basis.decision.decided_by,
        closing_note=basis.decision.rationale,
    )
    record = replace(basis.decision, lifecycle_to=Lifecycle.ON_HOLD, review_on=review_on)
    return replace(basis, decision=record, initiative=initiative, rests=True)


def stopped(bench: Bench, intent: Intent, basis: Effects) -> Effects:
    """Return the effects of a kill: the end of its gates and phases, and a lesson due (I-30)."""
    lesson = bench.now.calendar.shift(bench.now.today, bench.policy.lesson_working_days)
    record = replace(basis.decision, lifecycle_to=Lifecycle.STOPPED, kill_reason=intent.kill_reason, lesson_due=lesson)
    return _ended(bench, Lifecycle.STOPPED, replace(basis, decision=record))


def _ended(bench: Bench, lifecycle: Lifecycle, basis: Effects) -> Effects:
    initiative = replace(
        bench.initiative,
        lifecycle=lifecycle,
        hold_review_on=None,
        closed_on=bench.now.today,
        closed_by=basis.decision.decided_by,
        closing_note=basis.decision.rationale,
    )
    decided_id = basis.gate.id if basis.gate else ""
    others = tuple(cancelled(gate) for gate in bench.gates if gate.is_lasting and gate.id != decided_id)
    charter = replace(bench.charter, live_state=LiveState.NOT_LIVE)
    phases = tuple(halted(bench.phases))
    return replace(basis, initiative=initiative, charter=charter, others=others, phases=phases, ends=True)


def _moves(bench: Bench, gate: Gate, due: date, record: GateDecision) -> tuple[DateChange, ...]:
    """Return the change of a gate's date that a decision brings with it."""
    if due == gate.current_due:
        return ()
    return (_change(bench, (DateSubject.GATE, gate.line), (gate.current_due, due), record),)


def _timebox_moves(bench: Bench, due: date, record: GateDecision) -> tuple[DateChange, ...]:
    before = bench.charter.timebox_end
    if before is None or before == due:
        return ()
    return (_change(bench, (DateSubject.TIMEBOX, bench.initiative.id), (before, due), record),)


def _change(
    bench: Bench, subject: tuple[DateSubject, str], days: tuple[date, date], record: GateDecision
) -> DateChange:
    return DateChange(
        id=stable_id(record.id, subject[0], subject[1]),
        initiative_id=bench.initiative.id,
        subject=subject[0],
        subject_id=subject[1],
        before=days[0],
        after=days[1],
        reason=DateReason.DECISION_WAIT if record.decision is Decision.HOLD else DateReason.OTHER,
        changed_by=record.decided_by,
        changed_at=bench.now.at,
        approved_by=record.decided_by,
    )


# --- decisions that are not about a gate -----------------------------------------------------------------------------


def at_hold_review(bench: Bench, intent: Intent, by: Decider) -> Effects:
    """Return what the review of a hold changes: it goes on, stays on hold, or is stopped."""
    record = _record(bench, DecisionKind.HOLD_REVIEW, intent, by)
    basis = Effects(decision=record, initiative=bench.initiative, charter=bench.charter)
    if intent.decision is Decision.KILL:
        return stopped(bench, intent, basis)
    if intent.decision is Decision.HOLD:
        return rested(bench, intent.review_on or bench.now.today, basis)
    return _resumed(bench, intent, basis)


def _resumed(bench: Bench, intent: Intent, basis: Effects) -> Effects:
    now = bench.now
    due = working(intent.new_due or now.calendar.shift(now.today, bench.policy.resume_working_days), now.calendar)
    planned = [gate for gate in bench.gates if gate.state is GateState.PLANNED]
    record = replace(basis.decision, lifecycle_to=Lifecycle.ACTIVE, new_due=due)
    changes = [change for gate in planned for change in _moves(bench, gate, due, record)]
    opens = [Opened(replace(opened(gate, now.at), current_due=due), _due_then(bench, gate, due)) for gate in planned]
    initiative = replace(
        bench.initiative,
        lifecycle=Lifecycle.ACTIVE,
        hold_review_on=None,
        closed_on=None,
        closed_by=None,
        closing_note="",
    )
    return replace(basis, decision=record, initiative=initiative, opened=tuple(opens), changes=tuple(changes))


def _due_then(bench: Bench, gate: Gate, due: date) -> tuple[GateCriterion, ...]:
    return tuple(replace(one, due=due) for one in bench.of_gate(gate))


def at_rollback(bench: Bench, intent: Intent, by: Decider) -> Effects:
    """Return what taking a live initiative out of use changes: back to readiness, whose gates open anew."""
    record = _record(bench, DecisionKind.ROLLBACK, intent, by)
    basis = Effects(decision=record, initiative=bench.initiative, charter=bench.charter)
    moved = entered(bench, Stage.PRODUCTION_READINESS, basis)
    return replace(
        moved,
        initiative=replace(moved.initiative, golive_on=None),
        charter=replace(moved.charter, live_state=LiveState.SUSPENDED),
        phases=tuple(replanned(bench.phases)),
    )


def at_retirement(bench: Bench, intent: Intent, by: Decider) -> Effects:
    """Return what the end of use changes."""
    record = replace(_record(bench, DecisionKind.RETIRE, intent, by), lifecycle_to=Lifecycle.RETIRED)
    basis = Effects(decision=record, initiative=bench.initiative, charter=bench.charter)
    return _ended(bench, Lifecycle.RETIRED, basis)


def at_start(bench: Bench, intent: Intent, by: Decider) -> Effects:
    """Return what starting the charter changes: the definition begins, its gates open."""
    record = _record(bench, DecisionKind.START, intent, by)
    charter = replace(bench.charter, started_at=bench.now.at, started_by=by.person_id)
    started = replace(bench, charter=charter)
    return entered(
        started, Stage.PILOT_DEFINITION, Effects(decision=record, initiative=bench.initiative, charter=charter)
    )


def passes(effects: Effects) -> Iterable[str]:
    """Return the codes of the gates that a decision lets pass."""
    record = effects.decision
    return [record.gate_code] if record.kind is DecisionKind.GATE and record.decision in ADVANCING else []
