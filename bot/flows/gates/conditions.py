"""Conditions of a go: met by their owner, waived by a gatekeeper, lapsed when nobody met them in time."""

from bot.domain.gates.conditions import UNSETTLED, ConditionState, GateCondition, closed
from bot.domain.gates.templates import Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates.desk import Desk, desk_for
from bot.messages.gates.refusals import UNKNOWN
from bot.ports import Ports
from bot.stores import UnitOfWork


async def meet(condition_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> GateCondition:
    """Say that a condition is met: who has to meet it, the portfolio's lead and its gatekeepers may."""
    desk, condition = await _of(condition_id, asker, uow, ports)
    if condition.owner_id != asker.id and not desk.acts_as(Signer.PORTFOLIO_LEAD, Signer.GATEKEEPER):
        desk.refuse(Problem(Trouble.CONDITION_NOT_YOURS))
    return await _settled(condition, ConditionState.MET, "", desk)


async def waive_condition(condition_id: str, why: str, asker: Person, uow: UnitOfWork, ports: Ports) -> GateCondition:
    """Give up a condition, as a gatekeeper and with a reason."""
    desk, condition = await _of(condition_id, asker, uow, ports)
    desk.needs_decider()
    if not why.strip():
        desk.refuse(Problem(Trouble.REASON_NEEDED, "reason"))
    return await _settled(condition, ConditionState.WAIVED, why.strip(), desk)


async def _of(condition_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> tuple[Desk, GateCondition]:
    found = await uow.gates.conditions.get(condition_id)
    desk = await desk_for(found.initiative_id if found else "", asker, uow, ports)
    held = next((one for one in desk.bench.conditions if one.id == condition_id), None)
    if held is None:
        raise UserError(UNKNOWN)
    if held.state not in UNSETTLED:
        desk.refuse(Problem(Trouble.CONDITION_CLOSED, facts={"state": held.state}))
    return desk, held


async def _settled(condition: GateCondition, state: ConditionState, why: str, desk: Desk) -> GateCondition:
    after = closed(condition, state, desk.asker.id, desk.bench.now.at)
    await desk.uow.gates.conditions.save([after])
    desk.note(f"condition.{state}", ("gate_condition", after.id), {"reason": why}, was=condition.state)
    return after
