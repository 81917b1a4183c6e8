"""Every beat in one table: its name, how often it comes, and the flow it runs; running one twice changes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.flows import cycles, delivery, digests, offers, upkeep
from bot.flows.operating import auditing
from bot.ports import Ports


@dataclass(frozen=True, slots=True)
class Beat:
    """One line of the table; `flow` returns how much it found to do."""

    name: str
    seconds: int
    flow: Callable[[Ports], Awaitable[int]]


async def _dispatch(ports: Ports) -> int:
    return await delivery.deliver_due(ports, ports.worker)


DISPATCH = Beat("dispatch", 5, _dispatch)
BEATS = (
    Beat("close", 60, cycles.close_due),
    Beat("plan", 60, cycles.open_due),
    Beat("digest", 60, digests.post_due),
    Beat("read_audit", 5, upkeep.flush_read_audit),
    Beat("offers", 3600, offers.expire_unanswered),
    Beat("retention", 24 * 3600, upkeep.forget_old),
    Beat("audit", 60, auditing.audit),
    DISPATCH,
)
