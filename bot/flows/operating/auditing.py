"""
The auditor: notices what should have happened and did not, pushes once, and tells administrators if that was no help.

It asks the stored rows, not the engine, so that it sees the engine's mistakes; the engine of every replica runs it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable

from bot.domain.cadence import Cycle, prompt_times
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.events import Event
from bot.domain.operating.silence import SILENCE, Finding, Silence
from bot.domain.people import Organisation, Portfolio
from bot.flows import cycles, digests
from bot.flows.calendars import hours_of
from bot.flows.presence.timetable import messages_for
from bot.flows.recipients import tell_admins
from bot.ports import Ports
from bot.stores import UnitOfWork

NOT_POSTED = frozenset({DeliveryState.UNKNOWN, DeliveryState.SUPERSEDED})
"""How the row of a digest ends that nobody has been told of yet; a dead one is told when it dies."""
log = logging.getLogger(__name__)


async def audit(ports: Ports) -> int:
    """Look once; return how many silent stops are new or have outlasted their push."""
    now, policy = ports.clock.now(), ports.policy.health
    _watch_log(ports)
    looked = ports.watch.look(await _findings(ports), now, policy.patience)
    for finding in looked.fresh:
        log.warning("auditor.found", extra=_facts(finding))
    if looked.fresh:
        await _push({finding.what for finding in looked.fresh}, ports)
    for finding in looked.stubborn:
        log.error("auditor.push_was_no_help", extra=_facts(finding))
    if looked.stubborn:
        await _tell(looked.stubborn, ports)
    for key in looked.over:
        log.info("auditor.over", extra={"silence": key})
    return len(looked.fresh) + len(looked.stubborn)


def _watch_log(ports: Ports) -> None:
    """Say so when SQLite's log is too large: something reads on and on and keeps it from being written back."""
    size = ports.reads.log_bytes() or 0
    if size > ports.policy.health.most_log_bytes:
        log.warning("database.log_is_large", extra={"bytes": size})


def _facts(finding: Finding) -> dict[str, object]:
    return {"silence": finding.what.value, "about": finding.about, "count": finding.count}


async def _findings(ports: Ports) -> list[Finding]:
    if not ports.platforms:  # nothing is sent by this process
        return []
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        found = [await _unclaimed(uow, ports)]
        if organisation:
            found += [await _not_opened(cycle, uow, ports) for cycle in _should_be_open(organisation, ports)]
            found += [await _not_asked(cycle, uow, ports) for cycle in await uow.check_ins.unclosed_cycles()]
        portfolios = await uow.people.portfolios()
    if organisation:
        found += [await _no_digest(portfolio, organisation, ports) for portfolio in portfolios]
    return [finding for finding in found if finding]


async def _unclaimed(uow: UnitOfWork, ports: Ports) -> Finding | None:
    """Return the messages that are due and that no worker takes."""
    count, oldest = await uow.deliveries.overdue(ports.clock.now() - ports.policy.health.oldest_due)
    return Finding(Silence.UNCLAIMED, f"{oldest:%Y-%m-%d}", count) if oldest else None


def _should_be_open(organisation: Organisation, ports: Ports) -> Iterable[Cycle]:
    """Return the cycles that the planner has had time enough to open."""
    return cycles.opening(organisation, ports, ports.clock.now() - ports.policy.health.planned_within)


async def _not_opened(cycle: Cycle, uow: UnitOfWork, ports: Ports) -> Finding | None:
    """Return the cycle if nobody at all is asked in it although somebody should be."""
    if await uow.check_ins.has_prompts(cycle.key):
        return None
    expected = await cycles.still_expected(cycle, cycle.opens_on, uow, ports)
    return Finding(Silence.NOT_OPENED, cycle.key, len(expected)) if expected else None


async def _not_asked(cycle: Cycle, uow: UnitOfWork, ports: Ports) -> Finding | None:
    """Return the cycle if there are check-ins in it that no message asks for."""
    if cycle.closes_at <= ports.clock.now():
        return None
    people = await uow.check_ins.not_asked(cycle.key)
    return Finding(Silence.NOT_ASKED, cycle.key, len(people)) if people else None


async def _no_digest(portfolio: Portfolio, organisation: Organisation, ports: Ports) -> Finding | None:
    """Return the digest of a portfolio if its hour is over and it stands in none, or not in all, of its channels."""
    at = ports.clock.now() - ports.policy.health.digest_within
    week = digests.due(portfolio, organisation, ports, at) if portfolio.digest_channels else None
    if week is None:
        return None
    about = f"{portfolio.key}:{week}"
    async with ports.open_unit_of_work() as uow:
        stored = await uow.digests.find(portfolio.id, digests.WEEKLY, week)
        if stored:
            keys = [":".join((DeliveryKind.DIGEST, stored.id, *channel)) for channel in portfolio.digest_channels]
            rows = [await uow.deliveries.by_key(key) for key in keys]
            lost = sum(row is not None and row.state in NOT_POSTED for row in rows)
            return Finding(Silence.NO_DIGEST, about, lost) if lost else None
    if about in ports.watch.empty:
        return None
    made = await digests.build(portfolio, week, None, ports)
    if made and made.worth_posting:
        return Finding(Silence.NO_DIGEST, about, len(portfolio.digest_channels))
    ports.watch.empty.add(about)
    return None


async def _push(what: Iterable[Silence], ports: Ports) -> None:
    """Have done once more what was not done; a failure is logged, it is what the next look will find."""
    ports.wake()
    for silence in what:
        if again := AGAIN.get(silence):
            try:
                await again(ports)
            except Exception:
                log.exception("auditor.push_failed", extra={"silence": silence.value})


async def _ask_again(ports: Ports) -> int:
    """Plan the messages of those whom no message asks."""
    now, added = ports.clock.now(), 0
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        people = {person.id: person for person in await uow.people.all()}
        for cycle in await uow.check_ins.unclosed_cycles() if organisation else ():
            for person_id in await uow.check_ins.not_asked(cycle.key) if now < cycle.closes_at else ():
                hours = hours_of(people[person_id], organisation, ports.holidays) if organisation else None
                times = prompt_times(cycle, hours, ports.policy.cadence) if hours else None
                added += await uow.deliveries.add_once(messages_for(person_id, cycle, times, now) if times else [])
        await uow.commit()
    return added


AGAIN: dict[Silence, Callable[[Ports], Awaitable[int]]] = {
    Silence.NOT_OPENED: cycles.open_due,
    Silence.NOT_ASKED: _ask_again,
    Silence.NO_DIGEST: digests.post_due,
}


async def _tell(findings: Iterable[Finding], ports: Ports) -> None:
    """Tell the administrators of each silent stop, once however many replicas see it."""
    async with ports.open_unit_of_work() as uow:
        for finding in findings:
            subject = f"{SILENCE}:{finding.key}"
            if not await uow.inbox.add_once(subject, ports.clock.now()):
                continue
            await tell_admins(subject, uow, ports)
            noted = Event(
                at=ports.clock.now(),
                action="silence.noticed",
                entity="silence",
                entity_id=finding.key,
                facts={"count": finding.count},
            )
            uow.events.record(noted)
        await uow.commit()
