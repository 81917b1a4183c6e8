"""Ending an escalation the moment its cause is gone: nobody is told of what has been settled."""

from datetime import datetime

from bot.domain.checkins import Prompt
from bot.domain.escalation import Escalation, LadderCode, Resolution, resolved
from bot.domain.events import ActorKind, Event
from bot.domain.ids import InitiativeId
from bot.domain.ownership import Role
from bot.flows.escalations.telling import refresh
from bot.ports import Ports
from bot.stores import UnitOfWork


async def settle_answered(prompt: Prompt, uow: UnitOfWork, ports: Ports) -> None:
    """End the escalation of a role that has answered, whichever check-in the answer was to."""
    for each in await uow.escalations.open_about(prompt.initiative_id):
        if (each.ladder, each.role) == (LadderCode.CHK, prompt.role):
            await end(each, Resolution.ANSWERED, prompt.cycle, uow, ports)


async def settle_owned(initiative_id: InitiativeId, role: Role, uow: UnitOfWork, ports: Ports) -> None:
    """End the escalations of a role that somebody has taken; what the one before missed is not theirs."""
    through = await _newest_closed(uow, ports)
    for each in await uow.escalations.open_about(initiative_id):
        if each.role is role:
            how = Resolution.OWNED if each.ladder is LadderCode.OWN else Resolution.HANDED_OVER
            await end(each, how, through, uow, ports)


async def settle_closed(initiative_id: InitiativeId, uow: UnitOfWork, ports: Ports) -> None:
    """End every escalation of an initiative that is stopped, retired or on hold (I-30)."""
    through = await _newest_closed(uow, ports)
    for each in await uow.escalations.open_about(initiative_id):
        await end(each, Resolution.CLOSED, through, uow, ports)


async def _newest_closed(uow: UnitOfWork, ports: Ports) -> str:
    now, newest = ports.clock.now(), ports.policy.escalation.looks_back_cycles
    closed = [cycle.key for cycle in await uow.check_ins.newest_cycles(newest) if cycle.closes_at <= now]
    return max(closed, default="")


async def end(escalation: Escalation, how: Resolution, through: str, uow: UnitOfWork, ports: Ports) -> bool:
    """End one escalation and bring the messages that told of it up to date; False when somebody was quicker."""
    now = ports.clock.now()
    after = resolved(escalation, how, now, through)
    if not await uow.escalations.change(escalation, after):
        return False
    uow.events.record(event("escalation.resolved", after, now, resolution=how))
    await refresh(after, uow, ports)
    return True


def event(action: str, escalation: Escalation, at: datetime, **facts: object) -> Event:
    """Return the audit event of what became of an escalation by itself."""
    known = {
        "ladder": escalation.ladder,
        "initiative": escalation.initiative_id,
        "role": escalation.role,
        "level": escalation.level,
        "cause": escalation.cause,
    }
    return Event(
        at=at,
        action=action,
        entity="escalation",
        entity_id=escalation.id,
        actor_kind=ActorKind.SYSTEM,
        facts={**known, **facts},
    )
