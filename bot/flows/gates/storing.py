"""Storing a decision with all it changes, in the one transaction that its gate is decided in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.gates.decisions import ADVANCING, DecisionKind
from bot.domain.gates.effects import Effects
from bot.domain.gates.gates import Gate
from bot.domain.gates.readiness import Maturity, first_capabilities, first_items
from bot.domain.ids import stable_id
from bot.errors import Overtaken
from bot.flows.checkins import cancel_open
from bot.flows.gates.desk import Desk

ACTIONS = {
    DecisionKind.GATE: "gate.decided",
    DecisionKind.HOLD_REVIEW: "hold.reviewed",
    DecisionKind.ROLLBACK: "initiative.rolled_back",
    DecisionKind.RETIRE: "initiative.retired",
    DecisionKind.START: "charter.started",
}
REVIEWED_AGAIN_AFTER = timedelta(days=365)


async def store_effects(effects: Effects, before: Gate | None, desk: Desk) -> Effects:
    """
    Store what a decision changes; `before` is the gate it was about, as it stood.

    Raises Overtaken when somebody has decided it meanwhile: of two who press at once, one decides.
    """
    kept = desk.uow.gates
    if before and effects.gate and not await kept.change_gate(before, effects.gate):
        raise Overtaken
    if await kept.decisions.add_once([effects.decision]) != 1:
        raise Overtaken
    await desk.uow.initiatives.save([effects.initiative])
    await kept.charters.save([effects.charter])
    await kept.gates.save([*effects.others, *(one.gate for one in effects.opened)])
    await kept.criteria.save(one for opened in effects.opened for one in opened.criteria)
    await kept.conditions.save(effects.conditions)
    await kept.changes.add_once(effects.changes)
    await kept.phases.save(effects.phases)
    await _carry(effects, desk)
    await _follow(effects, desk)
    _note(effects, desk)
    return effects


async def _carry(effects: Effects, desk: Desk) -> None:
    """Copy what stands under criteria that the next attempt keeps, so that each attempt has its own record."""
    into: Mapping[str, str] = dict(effects.carried)
    bench, kept = desk.bench, desk.uow.gates
    await kept.evidence.save(
        replace(one, id=stable_id(into[one.criterion_id], one.id), criterion_id=into[one.criterion_id])
        for one in bench.evidence
        if one.criterion_id in into
    )
    await kept.signatures.save(
        replace(one, id=stable_id(into[one.criterion_id], one.id), criterion_id=into[one.criterion_id])
        for one in bench.signatures
        if one.criterion_id in into and one.revoked_at is None
    )
    await kept.waivers.save(
        replace(one, id=stable_id(into[one.criterion_id], one.id), criterion_id=into[one.criterion_id])
        for one in bench.waivers
        if one.criterion_id in into
    )


async def _follow(effects: Effects, desk: Desk) -> None:
    """Do what follows outside the gates: who is asked no more, and what is begun or approved with it."""
    decision, kept = effects.decision, desk.uow.gates
    if effects.ends or effects.rests:
        await cancel_open(desk.id, effects.initiative.lifecycle.value, desk.uow, desk.ports)
    if effects.opened:
        await kept.items.add_once(first_items(desk.id))
        await kept.capabilities.add_once(first_capabilities(desk.id))
    template = desk.bench.pack.gate(decision.gate_code)
    if template and template.governance and decision.decision in ADVANCING:
        now = desk.bench.now
        approved = {
            "maturity": Maturity.APPROVED,
            "approved_at": now.at,
            "next_review": now.today + REVIEWED_AGAIN_AFTER,
        }
        await kept.items.save(replace(one, **approved) for one in desk.bench.items)  # type: ignore[arg-type]  # fields


def _note(effects: Effects, desk: Desk) -> None:
    decision = effects.decision
    facts = {
        "kind": decision.kind,
        "decision": decision.decision,
        "gate": decision.gate_id,
        "code": decision.gate_code,
        "stage": [decision.stage_from, decision.stage_to],
        "lifecycle": [decision.lifecycle_from, decision.lifecycle_to],
        "conditions": [one.id for one in effects.conditions],
        "opened": [one.gate.id for one in effects.opened],
        "dates": [one.id for one in effects.changes],
    }
    words = {"rationale": decision.rationale, "early": decision.early_reason}
    desk.note(ACTIONS[decision.kind], ("gate_decision", decision.id), words, **facts)
    for change in effects.changes:
        desk.note("date.changed", ("date_change", change.id), subject=change.subject_id, to=change.after)
