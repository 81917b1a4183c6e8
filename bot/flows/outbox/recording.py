"""Storing what became of a row, with all that follows from it, unless another worker has taken it meanwhile."""

import logging
from collections.abc import Awaitable, Callable

from bot.domain.deliveries import OF_A_CYCLE, WAITING, Delivery, DeliveryState, MessageRef, sent
from bot.domain.events import Event
from bot.flows import recipients
from bot.flows.judging import PACED
from bot.flows.outgoing import Composed, Post
from bot.ports import Ports
from bot.stores import UnitOfWork

log = logging.getLogger("bot.flows.delivery")
Effect = Callable[[UnitOfWork], Awaitable[None]]


async def nothing_more(_uow: UnitOfWork) -> None:
    """Do nothing further."""


async def record(before: Delivery, after: Delivery, ports: Ports, effect: Effect = nothing_more) -> bool:
    """Store what became of a claimed row with all that follows; return False when another worker has taken it."""
    async with ports.open_unit_of_work() as uow:
        if not await uow.deliveries.save_claimed(before, after):
            log.warning("delivery.lease_lost", extra=facts(after))
            return False
        await effect(uow)
        if after.state is DeliveryState.DEAD:
            await recipients.tell_of_dead(after, uow, ports)
        if after.state not in WAITING and after.state is not DeliveryState.SENDING:
            uow.events.record(
                Event(
                    at=ports.clock.now(),
                    action=f"delivery.{after.state}",
                    entity="delivery",
                    entity_id=after.id,
                    facts={"kind": after.kind, "subject": after.subject, "attempts": after.attempts},
                )
            )
        await uow.commit()
    ports.tally.note(before, after)
    log.log(_level(after), "delivery.%s", after.state, extra=facts(after))
    return True


def _level(after: Delivery) -> int:
    """Return how loud what became of a row is said; that it waits its turn happens all the time."""
    if after.state is DeliveryState.DEAD:
        return logging.ERROR
    untried = after.first_attempt_at is None or after.reason == PACED
    return logging.DEBUG if after.state is DeliveryState.PENDING and untried else logging.INFO


async def record_sent(
    row: Delivery, ref: MessageRef | None, what: Composed, ports: Ports, effect: Effect = nothing_more
) -> bool:
    """Store that a row arrived as the message `ref`, and that the check-ins and escalations in it have been shown."""
    now = ports.clock.now()

    async def mark(uow: UnitOfWork) -> None:
        if isinstance(what, Post) and what.prompts:
            await uow.check_ins.mark_sent(what.prompts, now)
        if isinstance(what, Post) and what.notices:
            await uow.escalations.mark_told(what.notices, now)
        await effect(uow)

    return await record(row, sent(row, ref, now), ports, mark)


def facts(row: Delivery) -> dict[str, object]:
    """Return what the log says of a row: ids, no words."""
    about = {"cycle": row.subject} if row.kind in OF_A_CYCLE else {}
    return {"delivery": row.id, "kind": row.kind.value, "attempts": row.attempts, "reason": row.reason, **about}
