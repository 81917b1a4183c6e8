"""The word to those who follow an initiative that something was decided about it."""

from bot.domain.deliveries import Delivery
from bot.flows.outgoing import Composed, Drop, Post
from bot.messages.gates import told as words
from bot.ports import Ports
from bot.stores import UnitOfWork


async def decided(row: Delivery, uow: UnitOfWork, _ports: Ports) -> Composed:
    """Tell somebody of a decision, as it is stored."""
    initiative_id, _, decision_id = row.subject.partition("/")
    initiative = await uow.initiatives.get(initiative_id)
    decision = next((one for one in await uow.gates.decisions.of(initiative_id) if one.id == decision_id), None)
    if decision is None or initiative is None:
        return Drop("left")
    by = await uow.people.get(decision.decided_by)
    conditions = [one for one in await uow.gates.conditions.of(initiative.id) if one.decision_id == decision.id]
    return Post(words.decided(words.Told(initiative, decision, by.name if by else "a gatekeeper", tuple(conditions))))
