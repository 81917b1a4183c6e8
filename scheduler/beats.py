"""Every beat in one table: its name, how often it comes, and the flow it runs; running one twice changes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.flows import cycles, delivery, digests, offers, upkeep
from bot.flows.escalations.climbing import climb
from bot.flows.gates import sweeping
from bot.flows.operating import auditing
from bot.flows.presence import checking, replanning
from bot.ports import Ports


@dataclass(frozen=True, slots=True)
class Beat:
    """One line of the table; `flow` returns how much it found to do. With `any_time` it needs no right clock."""

    name: str
    seconds: int
    flow: Callable[[Ports], Awaitable[int]]
    any_time: bool = False


async def _dispatch(ports: Ports) -> int:
    return await delivery.deliver_due(ports, ports.worker)


DISPATCH = Beat("dispatch", 5, _dispatch)
BEATS = (
    Beat("close", 60, cycles.close_due),
    Beat("escalate", 300, climb),
    Beat("plan", 60, cycles.open_due),
    Beat("hours", 3600, replanning.check_hours),
    Beat("accounts", 60, checking.check_accounts),
    Beat("digest", 60, digests.post_due),
    Beat("read_audit", 5, upkeep.flush_read_audit, any_time=True),
    Beat("offers", 3600, offers.expire_unanswered),
    Beat("gates", 900, sweeping.sweep),
    Beat("gates_recheck", 24 * 3600, sweeping.recheck_all),
    Beat("retention", 24 * 3600, upkeep.forget_old),
    Beat("audit", 60, auditing.audit),
    DISPATCH,
)
