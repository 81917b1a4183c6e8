"""Draining: what a worker that ends has taken and not sent is free for the others at once, not when its lease ends."""

import logging

from bot.ports import Ports

log = logging.getLogger("bot.flows.delivery")


async def hand_back(ports: Ports) -> int:
    """
    Give back what is leased to this process; return how many rows. No attempt is counted for them.

    What it was sending when it was cut off is looked up by whoever takes it next.
    """
    async with ports.open_unit_of_work() as uow:
        until = ports.clock.now() + ports.database_ahead() + ports.policy.delivery.look_after
        rows = await uow.deliveries.hand_back(ports.worker, until)
        await uow.commit()
    if rows:
        log.info("delivery.handed_back", extra={"rows": rows})
    return rows
