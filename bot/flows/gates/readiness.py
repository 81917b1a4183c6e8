"""Infrastructure, governance, integration and roll-out: how far each is, said by whom it belongs to (I-13, I-16)."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.gates.readiness import (
    ActionState,
    Capability,
    GovernanceItem,
    IntegrationAction,
    Maturity,
    PhaseState,
    RolloutPhase,
    begin_problem,
)
from bot.domain.gates.templates import Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import new_id, stable_id
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates.desk import Desk, desk_for
from bot.messages.gates.refusals import UNKNOWN
from bot.ports import Ports
from bot.stores import UnitOfWork

HIGHEST_LEVEL = 3
REVIEWED_AGAIN_AFTER = timedelta(days=365)


async def set_capability(row: Capability, asker: Person, uow: UnitOfWork, ports: Ports) -> Capability:
    """Store one row of the infrastructure grid, as the technical lead or another owner; levels are 0 to 3."""
    desk = await desk_for(row.initiative_id, asker, uow, ports)
    desk.needs_owner()
    level, target = (min(max(each, 0), HIGHEST_LEVEL) for each in (row.level, row.target_level))
    kept = replace(row, id=stable_id(desk.id, row.kind), level=level, target_level=target)
    await uow.gates.capabilities.save([kept])
    facts = {"kind": kept.kind, "level": level, "target": target, "due": kept.due, "temporary": kept.temporary}
    desk.note("capability.set", ("infrastructure_capability", kept.id), None, **facts)
    return kept


async def set_item(item: GovernanceItem, asker: Person, uow: UnitOfWork, ports: Ports) -> GovernanceItem:
    """Say how far a governance item is: its owner and the owners up to in use, approved only the reviewer."""
    desk = await desk_for(item.initiative_id, asker, uow, ports)
    before = next((one for one in desk.bench.items if one.kind is item.kind), None)
    reviews = desk.acts_as(Signer.GOVERNANCE_REVIEWER)
    if item.maturity is Maturity.APPROVED and not reviews:
        trouble = Trouble.REVIEWER_OWNS if asker.id in desk.conflicted else Trouble.NOT_SIGNER
        desk.refuse(Problem(trouble, facts={"who": desk.named([Signer.GOVERNANCE_REVIEWER])}))
    if not reviews and not (before and before.owner_id == asker.id):
        desk.needs_owner()
    kept = replace(item, id=stable_id(desk.id, item.kind), approved_at=before.approved_at if before else None)
    if item.maturity is Maturity.APPROVED:
        again = item.next_review or desk.bench.now.today + REVIEWED_AGAIN_AFTER
        kept = replace(kept, approved_at=desk.bench.now.at, next_review=again)
    await uow.gates.items.save([kept])
    facts = {"kind": kept.kind, "maturity": kept.maturity, "owner": kept.owner_id, "due": kept.due}
    desk.note("governance.set", ("governance_item", kept.id), None, **facts)
    return kept


async def add_action(action: IntegrationAction, asker: Person, uow: UnitOfWork, ports: Ports) -> IntegrationAction:
    """Add a step of integration into the daily work, as an owner."""
    desk = await desk_for(action.initiative_id, asker, uow, ports)
    desk.needs_owner()
    if not action.text.strip():
        desk.refuse(Problem(Trouble.REASON_NEEDED, "text"))
    kept = replace(action, id=new_id(desk.bench.now.at), state=ActionState.OPEN, closed_by=None, closed_at=None)
    await uow.gates.actions.save([kept])
    desk.note("integration.added", ("integration_action", kept.id), {"text": kept.text}, kind=kept.kind, due=kept.due)
    return kept


async def close_action(
    action_id: str, state: ActionState, asker: Person, uow: UnitOfWork, ports: Ports
) -> IntegrationAction:
    """Close a step of integration as done or dropped, as the operations leader or a delegate (I-16)."""
    found = await uow.gates.actions.get(action_id)
    desk = await desk_for(found.initiative_id if found else "", asker, uow, ports)
    held = next((one for one in desk.bench.actions if one.id == action_id), None)
    if held is None:
        raise UserError(UNKNOWN)
    desk.needs(Trouble.NOT_OPERATIONS, Signer.OPERATIONS_LEADER)
    if held.state is not ActionState.OPEN:
        desk.refuse(Problem(Trouble.ITEM_CLOSED, facts={"state": held.state}))
    kept = replace(held, state=state, closed_by=asker.id, closed_at=desk.bench.now.at)
    await uow.gates.actions.save([kept])
    desk.note("integration.closed", ("integration_action", kept.id), state=state)
    return kept


async def plan_phase(phase: RolloutPhase, asker: Person, uow: UnitOfWork, ports: Ports) -> RolloutPhase:
    """Add a roll-out phase behind the others, or change one that has not begun, as the operations leader."""
    desk = await desk_for(phase.initiative_id, asker, uow, ports)
    desk.needs(Trouble.NOT_OPERATIONS, Signer.OPERATIONS_LEADER, Signer.PORTFOLIO_LEAD)
    before = next((one for one in desk.bench.phases if one.id == phase.id), None)
    if before and before.state not in (PhaseState.PLANNED, PhaseState.READY):
        desk.refuse(Problem(Trouble.PHASE_STATE, facts={"phase": before.name, "state": before.state}))
    number = before.number if before else 1 + max((one.number for one in desk.bench.phases), default=0)
    first = (before.start_baseline if before else None) or phase.start_current
    id = before.id if before else stable_id(desk.id, "phase", str(number))
    kept = replace(phase, id=id, number=number, start_baseline=first, state=PhaseState.PLANNED)
    await uow.gates.phases.save([kept])
    facts = {"number": number, "population": kept.population, "start": kept.start_current}
    desk.note("phase.planned", ("rollout_phase", kept.id), {"name": kept.name}, **facts)
    return kept


async def move_phase(phase_id: str, to: PhaseState, asker: Person, uow: UnitOfWork, ports: Ports) -> RolloutPhase:
    """Begin, finish or halt a phase, as the operations leader or a delegate; it begins in its turn only (I-13)."""
    found = await uow.gates.phases.get(phase_id)
    desk = await desk_for(found.initiative_id if found else "", asker, uow, ports)
    held = next((one for one in desk.bench.phases if one.id == phase_id), None)
    if held is None:
        raise UserError(UNKNOWN)
    desk.needs(Trouble.NOT_OPERATIONS, Signer.OPERATIONS_LEADER)
    _check_phase(held, to, desk)
    begun = desk.bench.now.today if to is PhaseState.RUNNING else held.start_actual
    kept = replace(held, state=to, start_actual=begun)
    await uow.gates.phases.save([kept])
    desk.note("phase.moved", ("rollout_phase", kept.id), number=kept.number, was=held.state, state=to)
    return kept


def _check_phase(phase: RolloutPhase, to: PhaseState, desk: Desk) -> None:
    if to is PhaseState.RUNNING:
        passed = desk.bench.passed(phase.gate_code)
        problem = begin_problem(phase, desk.bench.phases, gate_passed=passed)
        desk.check([problem] if problem else [])
    elif phase.state is not PhaseState.RUNNING or to not in (PhaseState.DONE, PhaseState.HALTED):
        desk.refuse(Problem(Trouble.PHASE_STATE, facts={"phase": phase.name, "state": phase.state}))
