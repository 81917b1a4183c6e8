"""Looking for every account once a day: who is not there any more has left, unless they are known elsewhere."""

import asyncio
import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.people import Handle, HandleStatus
from bot.errors import NotAuthorized, PlatformError, PlatformUnavailable, RateLimited
from bot.flows.judging import LOOK_UPS, UNCOUNTED, workspace_key
from bot.flows.presence.leaving import account_gone, come_back, is_same, leave
from bot.flows.recipients import to_search
from bot.ports import ChatPlatform, Ports
from bot.stores import UnitOfWork

MINUTE = timedelta(minutes=1)
log = logging.getLogger(__name__)


async def check_accounts(ports: Ports) -> int:
    """
    Ask the platforms whether the accounts whose turn it is are still there; return how many came or went.

    Run every minute, each time for so many that all have had their turn once a day. An account nobody could be asked
    about has its next turn tomorrow.
    """
    found, refused = 0, set[str]()
    for handle in await _their_turn(ports):
        if handle.platform in refused:
            continue
        try:
            found += await _check(handle, ports)
        except (NotAuthorized, PlatformUnavailable, RateLimited, TimeoutError) as error:
            refused.add(handle.platform)
            log.info("accounts.not_asked", extra={"platform": handle.platform, "error": type(error).__name__})
            await _pause(handle.platform, error, ports)
        except PlatformError as error:
            log.warning("accounts.unclear", extra={"platform": handle.platform, "code": error.code})
    return found


async def _their_turn(ports: Ports) -> Sequence[Handle]:
    policy, now = ports.policy.absences, ports.clock.now()
    async with ports.open_unit_of_work() as uow:
        names = [name for name in ports.platforms if not await _is_paused(name, uow, ports)]
        total = await uow.people.count_handles(names)
        turns = max(1, policy.check_accounts_every // MINUTE)
        at_once = min(policy.most_checks_a_minute, math.ceil(total / turns) + 1)
        taken = await uow.people.take_unchecked(names, now - policy.check_accounts_every, now, at_once) if total else []
        if taken:
            await uow.commit()
    return taken


async def _is_paused(platform: str, uow: UnitOfWork, ports: Ports) -> bool:
    now = ports.clock.now()
    return await uow.deliveries.reserve(workspace_key(platform, LOOK_UPS), now, UNCOUNTED) > now


async def _pause(platform: str, error: Exception, ports: Ports) -> None:
    """Let a platform rest that has asked for it; what else it refuses, sending finds out and tells."""
    if not isinstance(error, RateLimited):
        return
    async with ports.open_unit_of_work() as uow:
        until = ports.clock.now() + timedelta(seconds=error.retry_after)
        await uow.deliveries.pause(workspace_key(platform, LOOK_UPS), until)
        await uow.commit()


async def _check(handle: Handle, ports: Ports) -> int:
    platform, gone = ports.platforms[handle.platform], handle.status is HandleStatus.DEACTIVATED
    async with asyncio.timeout(ports.policy.delivery.call_timeout.total_seconds()):
        there = await platform.still_there(handle)
        known_elsewhere = there is False and not gone and await _is_elsewhere(handle, ports)
    if there is None or there is not gone:
        return 0
    async with ports.open_unit_of_work() as uow:
        person = await uow.people.get(handle.person_id)
        if person is None:
            return 0
        if there:
            await come_back(person, handle, uow, ports)
        elif await account_gone(handle, uow, ports) and person.active and not known_elsewhere:
            await leave(person, handle.platform, uow, ports)
        await uow.commit()
    return 1


async def _is_elsewhere(lost: Handle, ports: Ports) -> bool:
    """Return whether another platform's directory has somebody whose account is gone here: they only moved."""
    async with ports.open_unit_of_work() as uow:
        person = await uow.people.get(lost.person_id)
        handles = await uow.people.handles([lost.person_id])
    others = [replace(each, status=HandleStatus.DEACTIVATED) if is_same(each, lost) else each for each in handles]
    if person is None or any(each.status is not HandleStatus.DEACTIVATED for each in others):
        return False  # nothing to search for: they are known elsewhere already, or not at all
    return any([await _has(each, person.email or "") for each in to_search(person, others, ports)])


async def _has(platform: ChatPlatform, email: str) -> bool:
    return await platform.find_person(email) is not None
