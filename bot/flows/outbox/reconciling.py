"""
Reconciling: whether a message that may have left stands on the platform is looked up before anything is sent again.

A row is in doubt when its worker died, slept past its lease or lost the database while sending, and when the answer to
its call was lost. The message carries the row's id as an opaque mark, by which the platform finds it.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.deliveries import (
    REPEATED_IN_DOUBT,
    Address,
    Delivery,
    DeliveryState,
    MessageRef,
    dead,
    doubtful,
    expired,
    in_doubt,
    patience,
)
from bot.errors import PlatformError, PlatformUnavailable, RateLimited
from bot.flows.composing import COMPOSERS
from bot.flows.judging import READ_BACKS, workspace_key
from bot.flows.outbox.recording import record, record_sent
from bot.ports import Ports

INTERRUPTED = "interrupted"


async def reconcile(row: Delivery, ports: Ports, jitter: float) -> Delivery | None:
    """Return a row in doubt as to be sent again, or None when it is settled, or has to be looked up another time."""
    if row.tried is None:
        return await _cannot_tell(row, INTERRUPTED, ports)
    if row.tried.platform not in ports.platforms:
        return await _another_time(row, ports.policy.delivery.unauthorized_pause, "platform not connected", ports)
    slot = await _slot(row.tried, ports)
    if slot > ports.clock.now():
        return await _another_time(row, slot - ports.clock.now(), row.reason, ports)
    try:
        ref = await _find(row, row.tried, ports)
    except RateLimited as limited:
        return await _another_time(row, timedelta(seconds=limited.retry_after), limited.code, ports)
    except PlatformUnavailable as away:
        outage = ports.clock.now() - (row.first_attempt_at or ports.clock.now())
        return await _another_time(row, patience(outage, ports.policy.delivery, jitter), away.code, ports)
    except PlatformError as error:
        return await _cannot_tell(row, row.reason or error.code, ports)
    return await _again(row, ports) if ref is None else await _stands(row, ref, ports)


async def _slot(to: Address, ports: Ports) -> datetime:
    """Take a slot for a look-up: reading back is rationed (slack.md: tier 3)."""
    async with ports.open_unit_of_work() as uow:
        key, apart = workspace_key(to.platform, READ_BACKS), ports.policy.delivery.read_backs_apart
        slot = await uow.deliveries.reserve(key, ports.clock.now(), apart)
        if slot <= ports.clock.now():
            await uow.commit()
    return slot


async def _find(row: Delivery, to: Address, ports: Ports) -> MessageRef | None:
    since = (row.first_attempt_at or row.not_before) - ports.policy.delivery.looked_back
    try:
        async with asyncio.timeout(ports.policy.delivery.call_timeout.total_seconds()):
            return await ports.platforms[to.platform].find_sent(to, row.id, since)
    except TimeoutError as error:
        raise PlatformUnavailable("timeout") from error


async def _stands(row: Delivery, ref: MessageRef, ports: Ports) -> Delivery | None:
    """Note that the message is there; what it shows counts as shown, as far as it would be shown now."""
    async with ports.open_unit_of_work() as uow:
        what = await COMPOSERS[row.kind](row, uow, ports)
    await record_sent(row, ref, what, ports)
    return None


async def _again(row: Delivery, ports: Ports) -> Delivery | None:
    """Return a row that did not arrive as a claimed one, unless it is too late or was tried often enough."""
    if ports.clock.now() >= row.expires_at:
        await record(row, expired(row, row.reason), ports)
        return None
    if row.attempts >= ports.policy.delivery.most_attempts:
        await record(row, dead(row, row.reason or INTERRUPTED), ports)
        return None
    return replace(row, state=DeliveryState.LEASED, tried=None)


async def _cannot_tell(row: Delivery, reason: str, ports: Ports) -> Delivery | None:
    """Repeat what does less harm twice than never; of anything else it stays open whether it arrived."""
    if row.kind in REPEATED_IN_DOUBT:
        return await _again(row, ports)
    await record(row, in_doubt(row, reason), ports)
    return None


async def _another_time(row: Delivery, wait: timedelta, reason: str, ports: Ports) -> Delivery | None:
    """Leave a row in doubt until it can be looked up; what would be too late by then stays open for good."""
    at = ports.clock.now() + wait
    after = doubtful(row, at, reason) if at < row.expires_at else in_doubt(row, reason)
    await record(row, after, ports)
    return None
