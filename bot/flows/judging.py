"""What to do with a row that is due: send it now, later or not at all; decided inside one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.deliveries import (
    UPDATES,
    Address,
    Delivery,
    dead,
    dropped,
    expired,
    later,
    limited_to,
    sending,
)
from bot.domain.people import Handle, Handles, Person
from bot.flows import recipients
from bot.flows.composing import COMPOSERS
from bot.flows.outgoing import Drop, Edits, Later, Post
from bot.ports import Ports
from bot.stores import UnitOfWork

LOOK_UPS, POSTS, CHANGES, READ_BACKS = "look-ups", "posts", "changes", "read-backs"
PACED = "paced"
UNCOUNTED = timedelta(0)


@dataclass(frozen=True, slots=True)
class Hold:
    """A conversation kept free of other messages until this one is answered, `until` at the latest."""

    key: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Ready:
    """A row as being sent: what goes out, where, and on which account when it goes to a person."""

    row: Delivery
    what: Post | Edits
    to: Address
    people: Handles
    handle: Handle | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Where this person is reached has to be looked up first; `known` is an account of theirs to be written to else."""

    person: Person
    known: Handle | None


@dataclass(frozen=True, slots=True)
class Queued:
    """The row as waiting for a slot; those that wait with it come back `apart` from one another."""

    row: Delivery
    apart: timedelta


@dataclass(frozen=True, slots=True)
class Split:
    """The row as done with, for `parts` do its work from now on, one for each platform, none waiting for another."""

    row: Delivery
    parts: Sequence[Delivery]


Verdict = Ready | Unknown | Queued | Split | Delivery
"""A Delivery is the row as it is to be stored instead of being sent."""


async def judge(row: Delivery, uow: UnitOfWork, ports: Ports, *, looked_up: bool = False) -> Verdict:
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
        nowhere = Ready(row, what, Address("", "", "", what.thread), {})
        return await _to_person(nowhere, recipient.person, looked_up, uow, ports)
    return _split(row, what) or await _paced(Ready(row, what, _address(row, what), {}), uow, ports)


async def _before_its_turn(row: Delivery, uow: UnitOfWork, ports: Ports) -> Queued | None:
    """Return the row as waiting while no workspace has a slot: composing hundreds before their turn helps nobody."""
    now, lane = ports.clock.now(), CHANGES if row.kind in UPDATES else POSTS
    names = [row.address.platform] if row.address else list(ports.platforms)
    if lane == POSTS and row.person_id and len(names) > 1:
        names = await recipients.likely_platforms(row.person_id, uow, ports)
    free = [(await uow.deliveries.reserve(workspace_key(name, lane), now, UNCOUNTED), name) for name in names]
    turn, name = min(free, default=(now, ""))
    return Queued(later(row, turn, PACED), _apart(name, lane, ports)) if turn > now else None


def _apart(platform: str, lane: str, ports: Ports) -> timedelta:
    pace = ports.policy.delivery.pace_of(platform)
    return pace.per_change if lane == CHANGES else pace.per_workspace


def _over(row: Delivery, ports: Ports) -> Delivery | None:
    """Return the row as ended or given back, when that can be told without looking any further."""
    now, policy = ports.clock.now(), ports.policy.delivery
    if now >= row.expires_at:
        return expired(row, row.reason)
    left = row.lease_until - (now + ports.database_ahead()) if row.lease_until else UNCOUNTED
    if left < policy.call_timeout + policy.lease_margin:
        return later(row, now, "lease too short")
    return None


def _address(row: Delivery, what: Post | Edits) -> Address:
    if isinstance(what, Edits):
        ref = what.changes[0][0]
        return Address(ref.platform, ref.conversation, ref.tenant)
    if row.address is None:
        raise LookupError("this delivery has neither a person nor an address")
    return replace(row.address, thread=what.thread)


def _split(row: Delivery, what: Post | Edits) -> Split | None:
    """Return a change of messages on several platforms as one row for each, so that none is held up by another."""
    names = dict.fromkeys(ref.platform for ref, _ in what.changes) if isinstance(what, Edits) else {}
    if len(names) < 2:
        return None
    return Split(dropped(row, "one for each platform"), [limited_to(row, name) for name in names])


async def _to_person(ready: Ready, person: Person, looked_up: bool, uow: UnitOfWork, ports: Ports) -> Verdict:
    """Return the row as being sent where a person is, or what has to be found out first."""
    row, now = ready.row, ports.clock.now()
    handles = await uow.people.handles([person.id])
    handle = await _account(person, handles, uow, ports)
    missing = recipients.to_search(person, handles, ports)
    if handle is None and (looked_up or not missing):
        return dead(row, recipients.NOBODY)
    if not looked_up and (missing or handle is None or handle.conversation is None):
        name = missing[0].name if missing or handle is None else handle.platform
        free_at = await uow.deliveries.reserve(workspace_key(name, LOOK_UPS), now, UNCOUNTED)
        if free_at <= now:
            return Unknown(person, handle)
        if handle is None or handle.conversation is None:
            return Queued(later(row, free_at, PACED), _apart(name, POSTS, ports))
    if handle is None or handle.conversation is None:
        return later(row, now + ports.policy.delivery.wait_for_another, "not found out")
    to = Address(handle.platform, handle.conversation, handle.tenant, ready.to.thread)
    return await _paced(replace(ready, to=to, handle=handle), uow, ports)


async def _account(person: Person, handles: Sequence[Handle], uow: UnitOfWork, ports: Ports) -> Handle | None:
    """Return where a person is written to; a platform that takes nothing for a while gives way to another of theirs."""
    ways = recipients.accounts(person, handles, ports)
    soon = ports.clock.now() + ports.policy.delivery.patience
    for handle in ways if len(ways) > 1 else ():
        if await uow.deliveries.reserve(workspace_key(handle.platform, POSTS), ports.clock.now(), UNCOUNTED) <= soon:
            return handle
    return ways[0] if ways else None


async def _paced(ready: Ready, uow: UnitOfWork, ports: Ports) -> Verdict:
    """Return the row as being sent when its conversation and workspace have a slot now, else as waiting for one."""
    now, policy, to = ports.clock.now(), ports.policy.delivery, ready.to
    if to.platform not in ports.platforms:
        return later(ready.row, now + policy.unauthorized_pause, "platform not connected")
    lane = CHANGES if isinstance(ready.what, Edits) else POSTS
    pace, key = policy.pace_of(to.platform), conversation_key(to)
    taken = policy.call_timeout if pace.one_at_a_time else pace.per_conversation
    slot = max(
        await uow.deliveries.reserve(key, now, taken),
        await uow.deliveries.reserve(workspace_key(to.platform, lane), now, _apart(to.platform, lane, ports)),
    )
    if slot > now:
        return Queued(later(ready.row, slot, PACED), _apart(to.platform, lane, ports))
    people: Handles = {}
    for message in [ready.what.message] if isinstance(ready.what, Post) else [m for _, m in ready.what.changes]:
        people = {**people, **await recipients.mentioned(message, to.platform, uow)}
    hold = Hold(key, now + taken) if pace.one_at_a_time else None
    return replace(ready, row=sending(ready.row, to, now), people=people, hold=hold)


def conversation_key(to: Address) -> str:
    """Return the pacing key of a conversation."""
    return f"{to.platform}:{to.conversation}"


def workspace_key(platform: str, lane: str) -> str:
    """Return the pacing key of a platform's workspace; changes do not queue behind new messages."""
    return f"{platform}:{lane}"
