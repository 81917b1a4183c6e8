"""Keeping house: what is remembered of reads, and what is forgotten when its time is over."""

from datetime import timedelta

from bot.domain.events import ActorKind, Event
from bot.ports import Ports


async def flush_read_audit(ports: Ports) -> int:
    """Append the queued audit events of reading restricted initiatives; return how many."""
    waiting = ports.read_audit
    count = len(waiting)
    if not count:
        return 0
    async with ports.open_unit_of_work() as uow:
        for event in list(waiting)[:count]:
            uow.events.record(event)
        await uow.commit()
    for _ in range(count):  # only now: a failed commit leaves them queued
        waiting.popleft()
    return count


async def forget_old(ports: Ports) -> int:
    """
    Delete or empty what has been kept long enough (decisions 15); return how many rows.

    The audit chain stays; people's own words beside it, in answers, promises, asks and digests go.
    """
    now, keep = ports.clock.now(), ports.policy.retention
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        counts = {
            "inbox": await uow.inbox.forget(now - keep.inbox),
            "link_codes": await uow.people.forget_link_codes(now),
            "deliveries": await uow.deliveries.forget(now - keep.sent_deliveries),
        }
        if organisation is not None:
            before = now - timedelta(days=organisation.data_retention_days)
            counts |= {
                "answers": await uow.check_ins.erase_answers(before),
                "promises": await uow.commitments.erase_words(before),
                "raids": await uow.raids.erase_words(before),
                "escalations": await uow.escalations.erase_words(before),
                "digests": await uow.digests.forget(before),
                "audit_words": await uow.events.erase_words(before),
            }
        total = sum(counts.values())
        if not total:
            return 0
        uow.events.record(
            Event(
                at=now,
                action="retention.applied",
                entity="organisation",
                entity_id="org",
                actor_kind=ActorKind.SYSTEM,
                facts=counts,
            )
        )
        await uow.commit()
    return total
