"""What will become of a message that waits: the questions the engine asks when it is due, asked in advance."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.deliveries import Delivery
from bot.domain.explanation import Fate, Outcome
from bot.flows import recipients
from bot.flows.composing import COMPOSERS
from bot.flows.outgoing import Drop, Later
from bot.ports import Ports
from bot.stores import UnitOfWork

MOST_MOVES = 10
"""How often a message may be moved on before its present place is told."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A clock that stands at one instant."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.at


async def fate_of(row: Delivery, uow: UnitOfWork, ports: Ports) -> Fate:
    """Return when a waiting row will be sent, as things stand, or why it will not be."""
    at, reason = max(ports.clock.now(), row.not_before), row.reason
    for _ in range(MOST_MOVES):
        if at >= row.expires_at:
            return Fate(Outcome.EXPIRED, at, reason)
        then = replace(ports, clock=_Standing(at))
        recipient = await recipients.recipient_of(row, uow, then)
        if recipient is None:
            return Fate(Outcome.DROPPED, at, "left")
        what = await COMPOSERS[row.kind](row, uow, then)
        if isinstance(what, Drop):
            return Fate(Outcome.DROPPED, at, what.reason)
        if isinstance(what, Later):
            return Fate(Outcome.SENT, what.at, what.reason)
        wait = await recipients.postponed(row, recipient, uow, then)
        if wait is None:
            break
        at, reason = wait
    return Fate(Outcome.SENT, at, reason)
