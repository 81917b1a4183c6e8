"""What production needs besides a model: infrastructure, governance, integration into the work, and phases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId, PersonId, stable_id


class CapabilityKind(StrEnum):
    """The rows of the infrastructure grid."""

    DATA_PIPELINE = "data_pipeline"
    MODEL_VERSIONING = "model_versioning"
    DEPLOYMENT_AUTOMATION = "deployment_automation"
    PERFORMANCE_MONITORING = "performance_monitoring"
    SECURITY_INTEGRATION = "security_integration"
    SERVING_CAPACITY = "serving_capacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One row of the grid; levels are 0 absent, 1 manual, 2 automated, 3 automated and monitored."""

    id: str
    initiative_id: InitiativeId
    kind: CapabilityKind
    level: int = 0
    temporary: bool = False
    target_level: int = 2
    evidence_url: str = ""
    owner_id: PersonId | None = None
    due: date | None = None


class GovernanceKind(StrEnum):
    """The four parts of governance that grow beside the model."""

    MODEL_REVIEW = "model_review"
    BIAS_EVALUATION = "bias_evaluation"
    DATA_COMPLIANCE = "data_compliance"
    ESCALATION_PROCEDURE = "escalation_procedure"


class Maturity(StrEnum):
    """How far a governance item is."""

    NONE = "none"
    DRAFT = "draft"
    IN_USE = "in_use"
    APPROVED = "approved"

    @property
    def rank(self) -> int:
        """Return 0 for none up to 3 for approved."""
        return tuple(Maturity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernanceItem:
    """One of the four items: how far it is, whose it is, and when it is due and looked at again."""

    id: str
    initiative_id: InitiativeId
    kind: GovernanceKind
    maturity: Maturity = Maturity.NONE
    owner_id: PersonId | None = None
    due: date | None = None
    approved_at: datetime | None = None
    next_review: date | None = None


class IntegrationKind(StrEnum):
    """How it becomes part of the daily work (S60)."""

    APPROVAL_PROCESS = "approval_process"
    REPORTING_CADENCE = "reporting_cadence"
    SYSTEM_ARCHITECTURE = "system_architecture"
    PERFORMANCE_METRIC = "performance_metric"
    SOP_TRAINING = "sop_training"


class ActionState(StrEnum):
    """Where an integration action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationAction:
    """One step of integration; only the operations leader or a delegate closes it (I-16)."""

    id: str
    initiative_id: InitiativeId
    kind: IntegrationKind
    text: str
    owner_id: PersonId | None = None
    due: date | None = None
    state: ActionState = ActionState.OPEN
    closed_by: PersonId | None = None
    closed_at: datetime | None = None


class PhaseState(StrEnum):
    """Where a roll-out phase stands."""

    PLANNED = "planned"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    HALTED = "halted"


UNFINISHED = frozenset({PhaseState.PLANNED, PhaseState.READY, PhaseState.RUNNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPhase:
    """One phase: how many people, when it starts (first promised, now, really), and when it counts as done."""

    id: str
    initiative_id: InitiativeId
    number: int
    name: str
    gate_code: str
    population: int | None = None
    start_baseline: date | None = None
    start_current: date | None = None
    start_actual: date | None = None
    exit_criteria: str = ""
    state: PhaseState = PhaseState.PLANNED


def begin_problem(phase: RolloutPhase, phases: Sequence[RolloutPhase], *, gate_passed: bool) -> Problem | None:
    """Return why a phase may not start: its gate is not passed or the phase before is not done (I-13)."""
    if phase.state not in (PhaseState.PLANNED, PhaseState.READY):
        return Problem(Trouble.PHASE_STATE, facts={"phase": phase.name, "state": phase.state})
    if not gate_passed:
        return Problem(Trouble.PHASE_NOT_YET, facts={"phase": phase.name, "gate": phase.gate_code})
    before = [one for one in phases if one.number < phase.number and one.state is not PhaseState.DONE]
    if before:
        return Problem(Trouble.PHASE_BEFORE, facts={"phase": phase.name, "before": before[0].name})
    return None


def halted(phases: Sequence[RolloutPhase]) -> list[RolloutPhase]:
    """Return the phases that stop with their initiative."""
    return [replace(one, state=PhaseState.HALTED) for one in phases if one.state in UNFINISHED]


def replanned(phases: Sequence[RolloutPhase]) -> list[RolloutPhase]:
    """Return the phases that have to be gone through again after use was taken back."""
    again = [one for one in phases if one.state is not PhaseState.HALTED]
    return [replace(one, state=PhaseState.PLANNED, start_actual=None) for one in again]


def first_items(initiative_id: InitiativeId) -> list[GovernanceItem]:
    """Return the four governance items an initiative has from the beginning."""
    return [GovernanceItem(id=stable_id(initiative_id, k), initiative_id=initiative_id, kind=k) for k in GovernanceKind]


def first_capabilities(initiative_id: InitiativeId) -> list[Capability]:
    """Return the rows of the infrastructure grid an initiative has from the beginning."""
    return [Capability(id=stable_id(initiative_id, k), initiative_id=initiative_id, kind=k) for k in CapabilityKind]
