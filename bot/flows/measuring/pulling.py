"""Fetching values from where they are: once per period, when it is over; what cannot be had stays missing."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.calendar import local_date, local_instant
from bot.domain.events import Event
from bot.domain.ids import new_id, stable_id
from bot.domain.measuring.metrics import Metric, Source
from bot.domain.measuring.periods import Period, latest_complete
from bot.domain.measuring.sanity import figures_of
from bot.domain.measuring.sources import Attempt, Gap
from bot.domain.policy import MeasuringPolicy
from bot.errors import Overtaken, UserError
from bot.flows.calendars import zone_of
from bot.flows.measuring.recording import Hand, record_one
from bot.ports import Ports
from bot.stores import UnitOfWork

log = logging.getLogger(__name__)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value to fetch: of which metric and period, the instant the period ended (UTC), and the attempt begun."""

    metric: Metric
    period: Period
    ended_at: datetime
    attempt: Attempt


async def pull_due(ports: Ports) -> int:
    """Fetch the values of periods that are over and have none yet; return how many were recorded."""
    if ports.fetch is None:
        return 0
    wanted = await _begin(ports)
    at_once = asyncio.Semaphore(ports.policy.measuring.pulls_at_once)
    found = await asyncio.gather(*(_fetched(one, at_once, ports) for one in wanted))
    heard = [(one, value) for one, value in zip(wanted, found, strict=True) if value is not None]
    return await _finish(heard, ports) if heard else 0


async def _begin(ports: Ports) -> list[Wanted]:
    """Return the values to fetch now, each claimed by noting the attempt, so that no other process fetches it too."""
    now, policy = ports.clock.now(), ports.policy.measuring
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        metrics = await uow.metrics.fetched() if organisation else []
        if organisation is None or not metrics:
            return []
        zone = zone_of(organisation)
        today = local_date(now, zone)
        periods = {metric.id: latest_complete(today, metric.frequency) for metric in metrics}
        standing = await uow.measurements.standing(periods, {period.start for period in periods.values()})
        tried = await uow.metrics.attempts(periods)
        due = [
            Wanted(metric, period, _midnight(period.end + DAY, zone), Attempt(metric_id=metric.id, tried_at=now))
            for metric in metrics
            for period in [periods[metric.id]]
            if (metric.id, period.start) not in standing and not _waits(tried.get(metric.id), now, policy)
        ]
        due.sort(key=lambda one: _last_tried(tried.get(one.metric.id)))
        wanted = [
            one for one in due[: policy.most_pulls] if await uow.metrics.claim(tried.get(one.metric.id), one.attempt)
        ]
        await uow.commit()
    return wanted


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return local_instant(day, time(0), zone)


def _last_tried(last: Attempt | None) -> str:
    """Return what those that were never tried, and then those that waited longest, come first by."""
    return last.tried_at.isoformat() if last else ""


def _waits(last: Attempt | None, now: datetime, policy: MeasuringPolicy) -> bool:
    """Return whether a source is left alone for now: it failed a while ago, or may still be on its way."""
    return last is not None and now - last.tried_at < (policy.pull_again if last.gap else policy.pull_lease)


async def _fetched(one: Wanted, at_once: asyncio.Semaphore, ports: Ports) -> Decimal | Gap | None:
    """Return what a source says, None when nothing is begun any more; one that breaks the fetching harms no other."""
    async with at_once:
        if ports.fetch is None or one.metric.pull is None or ports.stopping():
            return None
        try:
            return await ports.fetch(one.metric.pull, one.ended_at)
        except Exception:
            log.exception("pull.failed", extra={"metric": one.metric.id})
            return Gap.NOT_UNDERSTOOD


async def _finish(found: Sequence[tuple[Wanted, Decimal | Gap]], ports: Ports) -> int:
    """Record what was fetched, note what is missing and why; return how many values there are now."""
    async with ports.open_unit_of_work() as uow:
        gaps = {one.metric.id: await _recorded(one, value, uow, ports) for one, value in found}
        await uow.metrics.save_attempts(replace(one.attempt, gap=gaps[one.metric.id]) for one, _ in found)
        fetched = [one for one, _ in found if gaps[one.metric.id] is None]
        if fetched:
            uow.events.record(_event(fetched, len(found), ports))
        await uow.commit()
    for one, _ in found:
        if gap := gaps[one.metric.id]:
            log.warning("pull.missing", extra={"metric": one.metric.id, "period": one.period.key, "why": gap.value})
    return len(fetched)


async def _recorded(one: Wanted, value: Decimal | Gap, uow: UnitOfWork, ports: Ports) -> Gap | None:
    """Record a value; return why it is missing instead, None when it is not."""
    if isinstance(value, Gap):
        return value
    try:
        figures = figures_of(one.metric, value, None, None)
        standing = await uow.measurements.standing([one.metric.id], [one.period.start])
        if not standing:
            by = Hand(at=ports.clock.now(), source=Source.API)
            await record_one(one.metric, one.period, figures, by, uow)
    except Overtaken:
        return None
    except UserError:
        return Gap.IMPLAUSIBLE
    return None


def _event(fetched: Sequence[Wanted], asked: int, ports: Ports) -> Event:
    now = ports.clock.now()
    ids = stable_id(*sorted(one.metric.id for one in fetched))
    facts = {"new": len(fetched), "missing": asked - len(fetched), "source": Source.API.value, "ids": ids}
    return Event(at=now, action="measurements.recorded", entity="measurements", entity_id=new_id(now), facts=facts)
