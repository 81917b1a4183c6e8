"""What to do with a row that is due: send it now, later or not at all; decided inside one transaction."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.deliveries import (
    REPEATED_IN_DOUBT,
    UPDATES,
    Address,
    Delivery,
    DeliveryState,
    dead,
    dropped,
    expired,
    in_doubt,
    later,
    sending,
)
from bot.domain.people import Handle, Handles, Person
from bot.flows import recipients
from bot.flows.composing import COMPOSERS
from bot.flows.outgoing import Drop, Edits, Later, Post
from bot.ports import Ports
from bot.stores import UnitOfWork

LOOK_UPS, POSTS, CHANGES = "look-ups", "posts", "changes"
PACED = "paced"
UNCOUNTED = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ready:
    """A row as being sent: what goes out, where, and on which account when it goes to a person."""

    row: Delivery
    what: Post | Edits
    to: Address
    people: Handles
    handle: Handle | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Where this person is reached has to be looked up first."""

    person: Person


Verdict = Ready | Unknown | Delivery
"""A Delivery is the row as it is to be stored instead of being sent."""


async def judge(row: Delivery, uow: UnitOfWork, ports: Ports) -> Verdict:
    """Return what becomes of a claimed row now; a slot it took is only kept when the transaction is committed."""
    end = _over(row, ports) or await _before_its_turn(row, uow, ports)
    if end is not None:
        return end
    recipient = await recipients.recipient_of(row, uow, ports) if row.person_id else None
    if row.person_id and recipient is None:
        return dropped(row, "left")
    what = await COMPOSERS[row.kind](row, uow, ports)
    if isinstance(what, Drop):
        return dropped(row, what.reason)
    if isinstance(what, Later):
        return later(row, what.at, what.reason)
    if recipient and row.kind not in UPDATES:
        wait = await recipients.postponed(row, recipient, uow, ports)
        if wait:
            return later(row, *wait)
    if recipient and isinstance(what, Post):
        return await _to_person(row, what, recipient.person, uow, ports)
    return await _paced(Ready(row, what, _address(row, what), {}), uow, ports)


async def _before_its_turn(row: Delivery, uow: UnitOfWork, ports: Ports) -> Delivery | None:
    """Return the row as waiting while no workspace has a slot: composing hundreds before their turn helps nobody."""
    now, lane = ports.clock.now(), CHANGES if row.kind in UPDATES else POSTS
    names = [row.address.platform] if row.address else list(ports.platforms)
    free = [await uow.deliveries.reserve(workspace_key(name, lane), now, UNCOUNTED) for name in names]
    turn = min(free, default=now)
    return later(row, turn, "paced") if turn > now else None


def _over(row: Delivery, ports: Ports) -> Delivery | None:
    """Return the row as ended or given back, when that can be told without looking any further."""
    now, policy = ports.clock.now(), ports.policy.delivery
    if row.state is DeliveryState.SENDING and row.kind not in REPEATED_IN_DOUBT:
        return in_doubt(row, "interrupted")
    if now >= row.expires_at:
        return expired(row, row.reason)
    if row.lease_until is None or row.lease_until - now < policy.call_timeout + policy.lease_margin:
        return later(row, now, "lease too short")
    return None


def _address(row: Delivery, what: Post | Edits) -> Address:
    if isinstance(what, Edits):
        ref = what.changes[0][0]
        return Address(ref.platform, ref.conversation, ref.tenant)
    if row.address is None:
        raise LookupError("this delivery has neither a person nor an address")
    return replace(row.address, thread=what.thread)


async def _to_person(row: Delivery, what: Post, person: Person, uow: UnitOfWork, ports: Ports) -> Verdict:
    handles = await uow.people.handles([person.id])
    handle = recipients.account(person, handles, ports)
    elsewhere = recipients.not_searched(person, handles, ports)
    if handle is None and not elsewhere:
        return dead(row, recipients.NOBODY)
    if handle is None or handle.conversation is None:
        name = handle.platform if handle else elsewhere[0].name
        now = ports.clock.now()
        free_at = await uow.deliveries.reserve(workspace_key(name, LOOK_UPS), now, UNCOUNTED)
        return later(row, free_at, PACED) if free_at > now else Unknown(person)
    to = Address(handle.platform, handle.conversation, handle.tenant, what.thread)
    return await _paced(Ready(row, what, to, {}, handle), uow, ports)


async def _paced(ready: Ready, uow: UnitOfWork, ports: Ports) -> Verdict:
    """Return the row as being sent when its conversation and workspace have a slot now, else as waiting for one."""
    now, policy, to = ports.clock.now(), ports.policy.delivery, ready.to
    if to.platform not in ports.platforms:
        return later(ready.row, now + policy.unauthorized_pause, "platform not connected")
    lane = CHANGES if isinstance(ready.what, Edits) else POSTS
    slot = max(
        await uow.deliveries.reserve(conversation_key(to), now, policy.per_conversation),
        await uow.deliveries.reserve(workspace_key(to.platform, lane), now, policy.per_workspace),
    )
    if slot > now:
        return later(ready.row, slot, PACED)
    people: Handles = {}
    for message in [ready.what.message] if isinstance(ready.what, Post) else [m for _, m in ready.what.changes]:
        people = {**people, **await recipients.mentioned(message, to.platform, uow)}
    return replace(ready, row=sending(ready.row, now), people=people)


def conversation_key(to: Address) -> str:
    """Return the pacing key of a conversation."""
    return f"{to.platform}:{to.conversation}"


def workspace_key(platform: str, lane: str) -> str:
    """Return the pacing key of a platform's workspace; changes do not queue behind new messages."""
    return f"{platform}:{lane}"
