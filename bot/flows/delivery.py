"""Sending: claim what is due, decide about each row, send it once, record what became of it."""

import asyncio
import itertools
import logging
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.deliveries import (
    UPDATES,
    Address,
    Delivery,
    DeliveryKind,
    DeliveryState,
    MessageRef,
    after_failure,
    dead,
    later,
    retried,
)
from bot.domain.people import Handle
from bot.errors import (
    MessageRejected,
    NotAuthorized,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
    Unavailable,
)
from bot.flows import recipients
from bot.flows.judging import (
    CHANGES,
    LOOK_UPS,
    POSTS,
    Hold,
    Queued,
    Ready,
    Split,
    Unknown,
    Verdict,
    conversation_key,
    judge,
    workspace_key,
)
from bot.flows.outbox.reconciling import reconcile
from bot.flows.outbox.recording import facts, record, record_sent
from bot.flows.outgoing import Post
from bot.ports import ChatPlatform, Ports
from bot.stores import UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """
    One batch: `gate` bounds what happens at once, `queue` counts the rows that found no pacing slot free.

    After `until`, as `Ports.time_up` tells the time, the leases of the batch do not cover another call.
    """

    ports: Ports
    until: timedelta
    gate: asyncio.Semaphore
    queue: Iterator[int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    A call to a platform on behalf of a row: a post to `to`, or a look-up of a person when that is not known yet.

    `lane` is the workspace's pacing lane the call belongs to, `hold` what it keeps of its conversation.
    """

    before: Delivery
    row: Delivery
    platform: str
    to: Address | None = None
    handle: Handle | None = None
    lane: str = LOOK_UPS
    hold: Hold | None = None


async def deliver_due(ports: Ports, worker: str) -> int:
    """Send what is due, as the worker of this name; return how many rows were taken (0 when nothing is left)."""
    if not ports.platforms:
        return 0
    policy = ports.policy.delivery
    until = ports.time_up() + policy.lease - policy.call_timeout - policy.lease_margin
    async with ports.open_unit_of_work() as uow:
        now = ports.clock.now() + ports.database_ahead()
        claimed = await uow.deliveries.claim(now, worker, policy.lease, policy.batch)
        if claimed:
            await uow.commit()
    batch = Round(ports, until, asyncio.Semaphore(policy.at_once), itertools.count())
    await asyncio.gather(*(_deliver_in_turn(lane, batch) for lane in _lanes(claimed)))
    return len(claimed)


def _lanes(rows: Sequence[Delivery]) -> list[list[Delivery]]:
    """Return the rows by whom or where they go to: within a lane in turn, the lanes side by side."""
    lanes = defaultdict[object, list[Delivery]](list)
    for row in rows:
        lanes[row.person_id or row.address].append(row)
    return list(lanes.values())


async def _deliver_in_turn(rows: Sequence[Delivery], batch: Round) -> None:
    for row in rows:
        async with batch.gate:
            if batch.ports.stopping():
                return
            try:
                await _deliver(row, batch)
            except Exception:  # one row must not stop its neighbours; its lease runs out and it is taken again
                log.exception("delivery.stuck", extra=facts(row))


async def _deliver(row: Delivery, batch: Round) -> None:
    if row.state is DeliveryState.SENDING and row.kind not in UPDATES:
        again = await reconcile(row, batch.ports, _jitter())
        if again is None:
            return
        row = again
    verdict = await _prepare(row, batch)
    if isinstance(verdict, Unknown) and await _look_up(row, verdict, batch.ports):
        verdict = await _prepare(row, batch, looked_up=True)
    if isinstance(verdict, Ready) and await _may_start(verdict, batch):
        await _send(verdict, batch.ports)


async def _may_start(ready: Ready, batch: Round) -> bool:
    """Return whether the lease covers a call begun now, by a clock that nobody sets; else give the row back unsent."""
    if batch.ports.time_up() <= batch.until:
        return True
    unsent = replace(ready.row, attempts=ready.row.attempts - 1, tried=None)
    await record(ready.row, later(unsent, batch.ports.clock.now(), "lease too short"), batch.ports)
    return False


async def _prepare(row: Delivery, batch: Round, *, looked_up: bool = False) -> Verdict:
    """Store a row as being sent before the call is made, or store what becomes of it instead."""
    ports = batch.ports
    async with ports.open_unit_of_work() as uow:
        verdict = await _judge(row, uow, ports, looked_up=looked_up)
        if isinstance(verdict, Ready):
            if await uow.deliveries.save_claimed(row, verdict.row):
                await uow.commit()
                return verdict
            log.warning("delivery.lease_lost", extra=facts(row))
            return row
    # Left without commit, so that a pacing slot that was not used is free again.
    match verdict:
        case Queued(waiting, apart):  # they come back one by one, not all at the same instant again
            await _end(row, later(waiting, waiting.not_before + next(batch.queue) * apart, waiting.reason), ports)
        case Split(done, parts):
            await record(row, done, ports, lambda uow: _plan(parts, uow))
        case Delivery():
            await _end(row, verdict, ports)
    return verdict


async def _plan(rows: Sequence[Delivery], uow: UnitOfWork) -> None:
    await uow.deliveries.add_once(rows)


async def _judge(row: Delivery, uow: UnitOfWork, ports: Ports, *, looked_up: bool) -> Verdict:
    try:
        return await judge(row, uow, ports, looked_up=looked_up)
    except Unavailable:
        raise
    except Exception:  # composing failed: a bug, or odd data of this one row
        log.exception("delivery.not_composed", extra=facts(row))
        tried = replace(row, attempts=row.attempts + 1)
        return retried(tried, "not composed", ports.clock.now(), ports.policy.delivery, _jitter())


async def _end(row: Delivery, after: Delivery, ports: Ports) -> None:
    """Record a row that is not sent now; that nobody is there to send it to is told to the administrators."""

    async def follow(uow: UnitOfWork) -> None:
        if after.reason == recipients.NOBODY:
            await recipients.out_of_reach(row.person_id or "", uow, ports)

    await record(row, after, ports, follow)


async def _look_up(row: Delivery, who: Unknown, ports: Ports) -> bool:
    """Find out where a person is reached; return whether that is known now."""
    tried = replace(row, attempts=row.attempts + 1, first_attempt_at=row.first_attempt_at or ports.clock.now())
    try:
        async with asyncio.timeout(2 * ports.policy.delivery.call_timeout.total_seconds()):
            handle = await recipients.look_up(who.person, who.known, ports)
    except recipients.Refused as refused:
        error = refused.error
        if isinstance(error, PlatformUnavailable):  # a look-up may be repeated, whatever became of it
            error = PlatformUnavailable(error.code)
        await _failed(Attempt(row, tried, refused.platform, handle=refused.handle), error, ports)
        return False
    except TimeoutError:
        await _failed(Attempt(row, tried, ""), PlatformUnavailable("timeout"), ports)
        return False
    if handle is None:
        await _end(row, dead(row, recipients.NOBODY), ports)
    return handle is not None


async def _send(ready: Ready, ports: Ports) -> None:
    lane = POSTS if isinstance(ready.what, Post) else CHANGES
    attempt = Attempt(ready.row, ready.row, ready.to.platform, ready.to, ready.handle, lane, ready.hold)
    try:
        async with asyncio.timeout(ports.policy.delivery.call_timeout.total_seconds()):
            ref = await _call(ready, ports.platforms[ready.to.platform])
    except TimeoutError:
        await _failed(attempt, PlatformUnavailable("timeout", maybe_sent=True), ports)
    except PlatformError as error:
        await _failed(attempt, error, ports)
    except Exception:  # rendering it failed: nothing that waiting would cure
        log.exception("delivery.not_rendered", extra=facts(ready.row))
        await _failed(attempt, MessageRejected("not rendered"), ports)
    else:
        await _arrived(ready, ref, ports)


async def _call(ready: Ready, platform: ChatPlatform) -> MessageRef | None:
    """Post or change; of several messages to change, those that are gone are passed over."""
    if isinstance(ready.what, Post):
        return await platform.send(ready.to, ready.what.message, ready.people, ready.row.id)
    changed, gone = None, None
    for ref, message in ready.what.changes:
        try:
            await platform.update(ref, message, ready.people)
            changed = changed or ref
        except RecipientUnreachable as error:
            gone = error
    if gone and not changed:
        raise gone
    return changed


async def _arrived(ready: Ready, ref: MessageRef | None, ports: Ports) -> None:
    async def let_go(uow: UnitOfWork) -> None:
        await _let_go(ready.hold, ready.to.platform, uow, ports)

    await record_sent(ready.row, ref, ready.what, ports, let_go)


async def _failed(attempt: Attempt, error: PlatformError, ports: Ports) -> None:
    """Record a call that failed, with all that follows from it."""
    now, policy = ports.clock.now(), ports.policy.delivery
    after = after_failure(attempt.row, error, now, policy, _jitter())
    closed = attempt.handle if isinstance(error, RecipientUnreachable | NotAuthorized) else None
    if closed and await recipients.has_another_way(closed, ports):
        after = later(replace(attempt.row, attempts=attempt.before.attempts), now, "to be reached elsewhere")

    async def follow(uow: UnitOfWork) -> None:
        await _let_go(attempt.hold, attempt.platform, uow, ports)
        match error:
            case RateLimited(retry_after=seconds):
                key = conversation_key(attempt.to) if attempt.to else workspace_key(attempt.platform, LOOK_UPS)
                await uow.deliveries.pause(key, now + timedelta(seconds=seconds))
            case NotAuthorized():
                await _close_workspace(attempt.platform, now + policy.unauthorized_pause, uow, ports)
            case RecipientUnreachable() if attempt.row.kind not in UPDATES:
                await _out_of_reach(attempt, after, uow, ports)
            case PlatformUnavailable() if _is_away(error):  # others would find it so, one after the other
                await uow.deliveries.pause(workspace_key(attempt.platform, attempt.lane), now + policy.outage_pause)

    await record(attempt.before, after, ports, follow)


def _is_away(error: PlatformUnavailable) -> bool:
    """Return whether a platform takes nothing at all just now, as far as one call can tell."""
    return not error.maybe_sent or "timeout" in error.code.casefold()


async def _close_workspace(platform: str, until: datetime, uow: UnitOfWork, ports: Ports) -> None:
    """Send nothing to a workspace that refuses our credentials, and tell the administrators once a day."""
    for lane in (POSTS, CHANGES, LOOK_UPS):
        await uow.deliveries.pause(workspace_key(platform, lane), until)
    await recipients.tell_admins(f"workspace:{platform}:{ports.clock.now():%Y-%m-%d}", uow, ports)


async def _let_go(hold: Hold | None, platform: str, uow: UnitOfWork, ports: Ports) -> None:
    """Let a conversation take the next message a little after this one was answered."""
    if hold:
        free_at = ports.clock.now() + ports.policy.delivery.pace_of(platform).per_conversation
        await uow.deliveries.release(hold.key, hold.until, free_at)


async def _out_of_reach(attempt: Attempt, after: Delivery, uow: UnitOfWork, ports: Ports) -> None:
    row = attempt.row
    if attempt.handle:
        await recipients.block(attempt.handle, uow)
    if row.person_id and after.state is DeliveryState.DEAD:
        await recipients.out_of_reach(row.person_id, uow, ports)
    elif row.address and row.kind is DeliveryKind.DIGEST:
        await recipients.tell_lead(row.address, uow, ports)


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads retries, keeps no secret
