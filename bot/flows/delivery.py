"""Sending: claim what is due, decide about each row, send it once, record what became of it."""

import asyncio
import itertools
import logging
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.deliveries import (
    UPDATES,
    WAITING,
    Address,
    Delivery,
    DeliveryKind,
    DeliveryState,
    MessageRef,
    after_failure,
    dead,
    later,
    retried,
    sent,
)
from bot.domain.events import Event
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
    PACED,
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
from bot.flows.outgoing import Post
from bot.ports import ChatPlatform, Ports
from bot.stores import UnitOfWork

log = logging.getLogger(__name__)
Effect = Callable[[UnitOfWork], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Round:
    """One batch: `gate` bounds what happens at once, `queue` counts the rows that found no pacing slot free."""

    ports: Ports
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
    async with ports.open_unit_of_work() as uow:
        claimed = await uow.deliveries.claim(ports.clock.now(), worker, policy.lease, policy.batch)
        if claimed:
            await uow.commit()
    batch = Round(ports, asyncio.Semaphore(policy.at_once), itertools.count())
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
            try:
                await _deliver(row, batch)
            except Exception:  # one row must not stop its neighbours; its lease runs out and it is taken again
                log.exception("delivery.stuck", extra=_facts(row))


async def _deliver(row: Delivery, batch: Round) -> None:
    verdict = await _prepare(row, batch)
    if isinstance(verdict, Unknown) and await _look_up(row, verdict, batch.ports):
        verdict = await _prepare(row, batch, looked_up=True)
    if isinstance(verdict, Ready):
        await _send(verdict, batch.ports)


async def _prepare(row: Delivery, batch: Round, *, looked_up: bool = False) -> Verdict:
    """Store a row as being sent before the call is made, or store what becomes of it instead."""
    ports = batch.ports
    async with ports.open_unit_of_work() as uow:
        verdict = await _judge(row, uow, ports, looked_up=looked_up)
        if isinstance(verdict, Ready):
            if await uow.deliveries.save_claimed(row, verdict.row):
                await uow.commit()
                return verdict
            log.warning("delivery.lease_lost", extra=_facts(row))
            return row
    # Left without commit, so that a pacing slot that was not used is free again.
    match verdict:
        case Queued(waiting, apart):  # they come back one by one, not all at the same instant again
            await _end(row, later(waiting, waiting.not_before + next(batch.queue) * apart, waiting.reason), ports)
        case Split(done, parts):
            await _record(row, done, ports, lambda uow: _plan(parts, uow))
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
        log.exception("delivery.not_composed", extra=_facts(row))
        tried = replace(row, attempts=row.attempts + 1)
        return retried(tried, "not composed", ports.clock.now(), ports.policy.delivery, _jitter())


async def _end(row: Delivery, after: Delivery, ports: Ports) -> None:
    """Record a row that is not sent now; that nobody is there to send it to is told to the administrators."""

    async def follow(uow: UnitOfWork) -> None:
        if after.reason == recipients.NOBODY:
            await recipients.out_of_reach(row.person_id or "", uow, ports)

    await _record(row, after, ports, follow)


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
        log.exception("delivery.not_rendered", extra=_facts(ready.row))
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
    now = ports.clock.now()

    async def mark(uow: UnitOfWork) -> None:
        if isinstance(ready.what, Post) and ready.what.prompts:
            await uow.check_ins.mark_sent(ready.what.prompts, now)
        await _let_go(ready.hold, ready.to.platform, uow, ports)

    await _record(ready.row, sent(ready.row, ref, now), ports, mark)


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

    await _record(attempt.before, after, ports, follow)


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


async def _record(before: Delivery, after: Delivery, ports: Ports, effect: Effect) -> None:
    """Store what became of a row with all that follows, unless another worker has taken it meanwhile."""
    async with ports.open_unit_of_work() as uow:
        if not await uow.deliveries.save_claimed(before, after):
            log.warning("delivery.lease_lost", extra=_facts(after))
            return
        await effect(uow)
        if after.state is DeliveryState.DEAD:
            await recipients.tell_of_dead(after, uow, ports)
        if after.state not in WAITING:
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
    log.log(_level(after), "delivery.%s", after.state, extra=_facts(after))


def _level(after: Delivery) -> int:
    """Return how loud what became of a row is said; that it waits its turn happens all the time."""
    if after.state is DeliveryState.DEAD:
        return logging.ERROR
    untried = after.first_attempt_at is None or after.reason == PACED
    return logging.DEBUG if after.state is DeliveryState.PENDING and untried else logging.INFO


def _facts(row: Delivery) -> dict[str, object]:
    return {"delivery": row.id, "kind": row.kind.value, "attempts": row.attempts, "reason": row.reason}


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads retries, keeps no secret
