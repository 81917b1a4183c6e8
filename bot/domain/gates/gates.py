"""A gate of one initiative and its criteria, and the moves each may make (domain.md 2.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.gates.templates import Check, CriterionDomain, Evaluation, Signer, Weight
from bot.domain.ids import InitiativeId, PersonId


class GateState(StrEnum):
    """Where a gate stands."""

    PLANNED = "planned"
    OPEN = "open"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class CriterionState(StrEnum):
    """Where one criterion of a gate stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    MET = "met"
    NOT_MET = "not_met"
    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"


GATE_MOVES: Mapping[GateState, frozenset[GateState]] = {
    GateState.PLANNED: frozenset({GateState.OPEN, GateState.CANCELLED}),
    GateState.OPEN: frozenset({GateState.SUBMITTED, GateState.CANCELLED}),
    GateState.SUBMITTED: frozenset({GateState.DECIDED, GateState.OPEN}),
    GateState.DECIDED: frozenset(),
    GateState.CANCELLED: frozenset(),
}
_SET_ASIDE = frozenset({CriterionState.WAIVED, CriterionState.NOT_APPLICABLE})
CRITERION_MOVES: Mapping[CriterionState, frozenset[CriterionState]] = {
    CriterionState.NOT_STARTED: frozenset({CriterionState.IN_PROGRESS}) | _SET_ASIDE,
    CriterionState.IN_PROGRESS: frozenset({CriterionState.SUBMITTED}) | _SET_ASIDE,
    CriterionState.SUBMITTED: frozenset({CriterionState.MET, CriterionState.NOT_MET}) | _SET_ASIDE,
    CriterionState.MET: frozenset({CriterionState.IN_PROGRESS}) | _SET_ASIDE,
    CriterionState.NOT_MET: frozenset({CriterionState.IN_PROGRESS}) | _SET_ASIDE,
    CriterionState.WAIVED: _SET_ASIDE,
    CriterionState.NOT_APPLICABLE: _SET_ASIDE,
}
PASSED = frozenset({CriterionState.MET, CriterionState.WAIVED, CriterionState.NOT_APPLICABLE})
LASTING = frozenset({GateState.PLANNED, GateState.OPEN, GateState.SUBMITTED})
"""Gates that still wait for a decision."""


class IllegalMove(ValueError):
    """A move that the model does not know; flows refuse in words before it comes to this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    One attempt at a gate; `line` is the id of the first attempt, which dates and slip are counted over.

    `baseline_due` is the first date promised, `current_due` the present one (organisation's dates). A `retro` gate is
    passed afterwards, by an initiative that was live before it was in the product.
    """

    id: str
    initiative_id: InitiativeId
    code: str
    line: str
    baseline_due: date
    current_due: date
    template_version: int = 1
    attempt: int = 1
    wave: int = 1
    state: GateState = GateState.PLANNED
    opened_at: datetime | None = None
    submitted_at: datetime | None = None
    submitted_by: PersonId | None = None
    decided_at: datetime | None = None
    decision_id: str | None = None
    retro: bool = False

    @property
    def is_lasting(self) -> bool:
        """Return whether it still waits for a decision."""
        return self.state in LASTING


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCriterion:
    """
    One criterion of one attempt; `signers` has an entry for each signature needed.

    `submitted_at` is when its evidence was complete last, `set_aside_by` and `set_aside_why` tell who found it not
    applicable, and `warned_at` when its signer last heard that it is due.
    """

    id: str
    gate_id: str
    initiative_id: InitiativeId
    number: int
    text: str
    weight: Weight
    domain: CriterionDomain
    evaluation: Evaluation
    signers: tuple[Signer, ...]
    due: date
    evidence: str = ""
    check: Check | None = None
    state: CriterionState = CriterionState.NOT_STARTED
    submitted_at: datetime | None = None
    changed_at: datetime | None = None
    set_aside_by: PersonId | None = None
    set_aside_why: str = ""
    reopened_why: str = ""

    @property
    def is_must(self) -> bool:
        """Return whether the gate cannot be passed without it."""
        return self.weight is Weight.MUST


def _moved(gate: Gate, state: GateState) -> Gate:
    if state not in GATE_MOVES[gate.state]:
        raise IllegalMove(f"a gate does not go from {gate.state} to {state}")
    return replace(gate, state=state)


def opened(gate: Gate, at: datetime) -> Gate:
    """Return a planned gate as open."""
    return replace(_moved(gate, GateState.OPEN), opened_at=at)


def submitted(gate: Gate, by: PersonId, at: datetime) -> Gate:
    """Return an open gate as placed before its gatekeeper."""
    return replace(_moved(gate, GateState.SUBMITTED), submitted_at=at, submitted_by=by)


def withdrawn(gate: Gate) -> Gate:
    """Return a submitted gate as open again."""
    return replace(_moved(gate, GateState.OPEN), submitted_at=None, submitted_by=None)


def decided(gate: Gate, decision_id: str, at: datetime) -> Gate:
    """Return a submitted gate as decided, which is the end of this attempt."""
    return replace(_moved(gate, GateState.DECIDED), decision_id=decision_id, decided_at=at)


def cancelled(gate: Gate) -> Gate:
    """Return a gate as cancelled, because its initiative is stopped; one that was submitted is withdrawn first."""
    return _moved(withdrawn(gate) if gate.state is GateState.SUBMITTED else gate, GateState.CANCELLED)


def moved(criterion: GateCriterion, state: CriterionState, at: datetime) -> GateCriterion:
    """Return a criterion in another state; raises IllegalMove when it cannot get there."""
    if state not in CRITERION_MOVES[criterion.state]:
        raise IllegalMove(f"a criterion does not go from {criterion.state} to {state}")
    when = at if state is CriterionState.SUBMITTED else criterion.submitted_at
    return replace(criterion, state=state, changed_at=at, submitted_at=when)


def worked_on(criterion: GateCriterion, at: datetime) -> GateCriterion:
    """Return a criterion somebody works on: not started or not met becomes in progress, everything else stays."""
    if criterion.state in (CriterionState.NOT_STARTED, CriterionState.NOT_MET):
        return replace(moved(criterion, CriterionState.IN_PROGRESS, at), reopened_why="")
    return criterion


def handed_in(criterion: GateCriterion, at: datetime) -> GateCriterion:
    """Return a criterion whose evidence is there, ready to be signed."""
    ready = worked_on(criterion, at)
    return moved(ready, CriterionState.SUBMITTED, at) if ready.state is CriterionState.IN_PROGRESS else ready


def reopened(criterion: GateCriterion, why: str, at: datetime) -> GateCriterion:
    """Return a criterion that no longer stands: what was met is in progress again, everything else stays."""
    if criterion.state is not CriterionState.MET:
        return criterion
    return replace(moved(criterion, CriterionState.IN_PROGRESS, at), reopened_why=why)


def newest(gates: Sequence[Gate], code: str) -> Gate | None:
    """Return the latest attempt at a gate of one initiative, None when there was none."""
    return max((gate for gate in gates if gate.code == code), key=lambda gate: (gate.wave, gate.attempt), default=None)


def open_musts(criteria: Sequence[GateCriterion]) -> list[GateCriterion]:
    """Return the must criteria that are not met, waived or not applicable, by number (I-11)."""
    return [one for one in criteria if one.is_must and one.state not in PASSED]
