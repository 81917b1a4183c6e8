"""Decisions about an initiative: what a gatekeeper may choose, and the record that is never changed (I-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.gates.conditions import Before
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Lifecycle, Stage


class Decision(StrEnum):
    """What is decided at a gate."""

    GO = "go"
    CONDITIONAL_GO = "conditional_go"
    HOLD = "hold"
    REWORK = "rework"
    KILL = "kill"


ADVANCING = frozenset({Decision.GO, Decision.CONDITIONAL_GO})


class DecisionKind(StrEnum):
    """What a decision is about: a gate, an initiative on hold, a way back, the end of use, or the beginning."""

    GATE = "gate"
    HOLD_REVIEW = "hold_review"
    ROLLBACK = "rollback"
    RETIRE = "retire"
    START = "start"


class KillReason(StrEnum):
    """Why an initiative is stopped."""

    CRITERIA_MISSED = "criteria_missed"
    NO_VALUE = "no_value"
    RISK = "risk"
    COST = "cost"
    DATA = "data"
    ADOPTION = "adoption"
    STRATEGY = "strategy"
    SUPERSEDED = "superseded"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecision:
    """
    One decision, kept for ever; a correction is a new one with `supersedes_id`. `number` counts an initiative's.

    Where the initiative stood before and stands after is part of it, so that replaying them gives the present (I-09).
    `snapshot` maps each criterion of the gate to its state and what was computed then. Dates are the organisation's.
    `imported` ones came with a portfolio file.
    """

    id: str
    initiative_id: InitiativeId
    kind: DecisionKind
    decision: Decision
    decided_by: PersonId
    decided_at: datetime
    rationale: str
    stage_from: Stage
    stage_to: Stage
    lifecycle_from: Lifecycle
    lifecycle_to: Lifecycle
    number: int = 1
    gate_id: str | None = None
    gate_code: str = ""
    cosigners: tuple[PersonId, ...] = ()
    snapshot: Mapping[str, object] = field(default_factory=dict)
    supersedes_id: str | None = None
    review_on: date | None = None
    redo: tuple[str, ...] = ()
    new_due: date | None = None
    kill_reason: KillReason | None = None
    lesson_due: date | None = None
    early_reason: str = ""
    imported: bool = False


@dataclass(frozen=True, slots=True)
class NewCondition:
    """A condition as somebody typed it; empty where it was left out."""

    text: str
    owner_id: PersonId | None
    due: date | None
    before: Before = Before.DATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a gatekeeper wants to decide, as typed; which parts are needed depends on the decision."""

    decision: Decision
    rationale: str
    conditions: tuple[NewCondition, ...] = ()
    review_on: date | None = None
    redo: tuple[int, ...] = ()
    new_due: date | None = None
    kill_reason: KillReason | None = None
    early_reason: str = ""


def in_order(decisions: Sequence[GateDecision]) -> list[GateDecision]:
    """Return decisions as they were made."""
    return sorted(decisions, key=lambda one: one.number)


def passing(decisions: Sequence[GateDecision], gate_id: str) -> bool:
    """Return whether the last word on a gate lets it pass."""
    words = [one for one in in_order(decisions) if one.gate_id == gate_id and one.kind is DecisionKind.GATE]
    return bool(words) and words[-1].decision in ADVANCING


def reworks(decisions: Sequence[GateDecision], gate_ids: Sequence[str]) -> int:
    """Return how often a gate was sent back, over its attempts."""
    return sum(1 for one in decisions if one.decision is Decision.REWORK and one.gate_id in gate_ids)


def was_conditional(decisions: Sequence[GateDecision]) -> bool:
    """Return whether the last gate decided was passed on conditions."""
    gates = [one for one in in_order(decisions) if one.kind is DecisionKind.GATE]
    return bool(gates) and gates[-1].decision is Decision.CONDITIONAL_GO
