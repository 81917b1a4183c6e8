"""Replaying decisions: where they lead, and where the initiative does not stand there (I-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.gates.decisions import ADVANCING, Decision, DecisionKind, GateDecision, in_order
from bot.domain.initiatives import LIVE, Initiative, Lifecycle, Stage

GATE_STEPS = frozenset(
    {
        ("G1", Stage.PILOT_DEFINITION, Stage.PILOT),
        ("G2", Stage.PILOT, Stage.PRODUCTION_READINESS),
        ("G5", Stage.PRODUCTION_READINESS, Stage.LAUNCH),
        ("G6", Stage.LAUNCH, Stage.PRODUCTION),
        ("G8", Stage.PRODUCTION, Stage.SCALED),
    }
)
"""The stage moves a gate may bring (domain.md 2.3)."""
LIFECYCLE_STEPS = frozenset(
    {
        (Lifecycle.ACTIVE, Lifecycle.ON_HOLD),
        (Lifecycle.ON_HOLD, Lifecycle.ACTIVE),
        (Lifecycle.ACTIVE, Lifecycle.STOPPED),
        (Lifecycle.ON_HOLD, Lifecycle.STOPPED),
        (Lifecycle.ACTIVE, Lifecycle.RETIRED),
    }
)


class Breach(StrEnum):
    """What is wrong with the decisions of an initiative, or with where it stands after them."""

    ILLEGAL_STAGE = "illegal_stage"
    ILLEGAL_LIFECYCLE = "illegal_lifecycle"
    GAP = "gap"
    STANDS_ELSEWHERE = "stands_elsewhere"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One breach, at the decision it shows at; an empty id is the initiative's present place."""

    initiative_id: str
    breach: Breach
    decision_id: str = ""


def doubts(initiative: Initiative, decisions: Sequence[GateDecision]) -> list[Doubt]:
    """
    Return what replaying an initiative's decisions finds wrong, nothing when they lead to where it stands.

    Without any decision there is nothing to replay: its place came with an import or a portfolio file.
    """
    ordered, found = in_order(decisions), list[Doubt]()
    if not ordered:
        return found
    stage, lifecycle = ordered[0].stage_from, ordered[0].lifecycle_from
    for one in ordered:
        if (one.stage_from, one.lifecycle_from) != (stage, lifecycle):
            found.append(Doubt(initiative.id, Breach.GAP, one.id))
        if not stage_is_legal(one):
            found.append(Doubt(initiative.id, Breach.ILLEGAL_STAGE, one.id))
        if not lifecycle_is_legal(one):
            found.append(Doubt(initiative.id, Breach.ILLEGAL_LIFECYCLE, one.id))
        stage, lifecycle = one.stage_to, one.lifecycle_to
    if (initiative.stage, initiative.lifecycle) != (stage, lifecycle):
        found.append(Doubt(initiative.id, Breach.STANDS_ELSEWHERE))
    return found


def stage_is_legal(one: GateDecision) -> bool:
    """Return whether a decision may bring the stage move that it records."""
    if one.stage_from is one.stage_to:
        return True
    if one.kind is DecisionKind.START:
        return (one.stage_from, one.stage_to) == (Stage.INTAKE, Stage.PILOT_DEFINITION)
    if one.kind is DecisionKind.ROLLBACK:
        return one.stage_from in LIVE and one.stage_to is Stage.PRODUCTION_READINESS
    step = (one.gate_code, one.stage_from, one.stage_to)
    return one.kind is DecisionKind.GATE and one.decision in ADVANCING and step in GATE_STEPS


def lifecycle_is_legal(one: GateDecision) -> bool:
    """Return whether a decision may bring the change of lifecycle that it records."""
    if one.lifecycle_from is one.lifecycle_to:
        return one.decision is not Decision.KILL
    if (one.lifecycle_from, one.lifecycle_to) not in LIFECYCLE_STEPS:
        return False
    by = {
        Lifecycle.ON_HOLD: one.decision is Decision.HOLD,
        Lifecycle.ACTIVE: one.kind is DecisionKind.HOLD_REVIEW and one.decision is Decision.GO,
        Lifecycle.STOPPED: one.decision is Decision.KILL,
        Lifecycle.RETIRED: one.kind is DecisionKind.RETIRE and one.stage_from in LIVE,
    }
    return by[one.lifecycle_to]
