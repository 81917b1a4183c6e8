"""What a criterion becomes by what is known of it now."""

from dataclasses import replace

from bot.domain.gates.evaluation import stands
from bot.domain.gates.gates import CriterionState, GateCriterion, moved
from bot.domain.gates.signing import state_after
from bot.flows.gates.desk import Desk


async def settled(criterion: GateCriterion, desk: Desk) -> GateCriterion:
    """Store a criterion and return it: a submitted one is met or not met as soon as its signatures say so."""
    after, kept = criterion, desk.uow.gates
    if criterion.state is CriterionState.SUBMITTED:
        now = replace(
            desk.bench, evidence=await kept.evidence.of(desk.id), signatures=await kept.signatures.of(desk.id)
        )
        state = state_after(criterion, now.signatures, holds=stands(criterion, now))
        after = criterion if state is criterion.state else moved(criterion, state, now.now.at)
    await kept.criteria.save([after])
    return after
