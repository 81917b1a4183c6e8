"""What an escalation message says, composed from the present state: what is settled or paused is not told any more."""

from collections.abc import Sequence

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.escalation import Notice
from bot.flows.escalations.cases import Case, Desk, cases, open_desk
from bot.flows.escalations.items import item
from bot.flows.escalations.telling import heard_elsewhere
from bot.flows.outgoing import Composed, Drop, Edits, Later, Post
from bot.messages import escalations as words
from bot.ports import Ports
from bot.stores import UnitOfWork

ON_ITS_WAY = frozenset({DeliveryState.LEASED, DeliveryState.SENDING})
SETTLED = "settled"


async def escalation(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Tell a person of everything on their row that still stands, in one message."""
    desk = await open_desk(uow, ports)
    carried = [n for n in await uow.escalations.carried_by(row.dedupe_key) if n.told_at is None]
    if desk is None or not carried:
        return Drop(SETTLED)
    by_id = await _cases(carried, desk)
    live = [n for n in carried if await _stands(n, by_id[n.escalation_id], desk)]
    newest = {n.escalation_id: n for n in sorted(live, key=lambda n: n.level)}
    if not newest:
        return Drop(SETTLED)
    message = words.listing(await _items(list(newest.values()), by_id, desk), desk.rules.policy.shown_in_full)
    return Post(message, notices=tuple(n.id for n in live))


async def escalation_update(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Bring a message that told of escalations up to date."""
    desk, posted = await open_desk(uow, ports), await uow.deliveries.get(row.subject)
    if posted and posted.state in ON_ITS_WAY and posted.lease_owner != row.lease_owner:
        return Later(ports.clock.now() + ports.policy.delivery.wait_for_another, "the message is on its way")
    if desk is None or posted is None or posted.ref is None or posted.ref.platform not in ports.platforms:
        return Drop("nothing shown yet")
    told = [n for n in await uow.escalations.carried_by(posted.dedupe_key) if n.told_at]
    newest = {n.escalation_id: n for n in sorted(told, key=lambda n: n.level)}
    items = await _items(list(newest.values()), await _cases(told, desk), desk)
    return Edits(((posted.ref, words.listing(items, desk.rules.policy.shown_in_full)),))


async def _cases(notices: Sequence[Notice], desk: Desk) -> dict[str, Case]:
    found = await desk.uow.escalations.many({n.escalation_id for n in notices})
    return {
        case.escalation.id: case for case in await cases([], list(found.values()), desk) if case.escalation is not None
    }


async def _stands(notice: Notice, case: Case, desk: Desk) -> bool:
    """Return whether there is something to tell: it is open, wrong, not paused, and not told by another message."""
    one = case.escalation
    if one is None or not one.is_open or case.standing is None or desk.rules.is_paused(one):
        return False
    return await heard_elsewhere(notice.person_id, case, desk) is None


async def _items(notices: Sequence[Notice], by_id: dict[str, Case], desk: Desk) -> list[words.Item]:
    found = []
    for notice in notices:
        case = by_id[notice.escalation_id]
        if case.escalation:
            found.append(await item(notice, case, case.escalation, desk))
    return sorted(found, key=lambda each: (-each.escalation.level, each.escalation.raised_at, each.key))
