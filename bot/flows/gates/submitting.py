"""Placing a gate before its gatekeeper, and taking it back."""

from bot.domain.gates.gates import Gate, GateState, submitted, withdrawn
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.initiatives import Lifecycle
from bot.domain.people import Person
from bot.errors import Overtaken
from bot.flows.gates.desk import Desk, desk_of_gate
from bot.ports import Ports
from bot.stores import UnitOfWork


async def submit(gate_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Gate:
    """Place an open gate before its gatekeeper, as an owner, a delegate or the portfolio's lead."""
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    desk.needs_owner()
    lifecycle = desk.bench.initiative.lifecycle
    if lifecycle is not Lifecycle.ACTIVE:
        desk.refuse(Problem(Trouble.NOT_ACTIVE, facts={"lifecycle": lifecycle}))
    if gate.state is GateState.SUBMITTED:
        desk.refuse(Problem(Trouble.GATE_SUBMITTED))
    if gate.state is not GateState.OPEN:
        desk.refuse(Problem(Trouble.GATE_CLOSED))
    return await _changed(gate, submitted(gate, asker.id, desk.bench.now.at), "gate.submitted", "", desk)


async def withdraw(gate_id: str, why: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Gate:
    """Take a submitted gate back, with a reason; it is open again."""
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    desk.needs_owner()
    if gate.state is not GateState.SUBMITTED:
        desk.refuse(Problem(Trouble.GATE_CLOSED if not gate.is_lasting else Trouble.GATE_NOT_SUBMITTED))
    if not why.strip():
        desk.refuse(Problem(Trouble.REASON_NEEDED, "reason"))
    return await _changed(gate, withdrawn(gate), "gate.withdrawn", why.strip(), desk)


async def _changed(before: Gate, after: Gate, action: str, why: str, desk: Desk) -> Gate:
    if not await desk.uow.gates.change_gate(before, after):
        raise Overtaken
    desk.note(action, ("gate", after.id), {"reason": why}, code=after.code, attempt=after.attempt)
    return after
