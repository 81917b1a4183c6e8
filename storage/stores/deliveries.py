"""The outbox and its pacing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, case, delete, func, or_, select

from bot.domain.deliveries import UPDATES, Delivery, DeliveryKind, DeliveryState
from bot.domain.ids import PersonId
from storage.mapping import to_row
from storage.stores.unit import VARIABLES, Unit, chunked, table_of
from storage.tables.deliveries import WAITING_UPDATE, DeliveryRow, PacingRow

DELIVERY, PACING = table_of(DeliveryRow), table_of(PacingRow)
CLAIMED = (DeliveryState.LEASED.value, DeliveryState.SENDING.value)
LOST = (DeliveryState.DEAD.value, DeliveryState.UNKNOWN.value)
LONGEST_LEASE = timedelta(minutes=10)
"""A lease further ahead than this was taken by a clock that has since been set back: the row is free again."""


class SqlDeliveries:
    """`bot.stores.Deliveries` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add_once(self, deliveries: Sequence[Delivery]) -> int:
        """Plan messages, passing over those planned before; return how many are new."""
        return await self._unit.add_records_once(DELIVERY, deliveries)

    async def get(self, delivery_id: str) -> Delivery | None:
        """Return an outbox row."""
        return await self._unit.one(Delivery, select(DELIVERY).where(DELIVERY.c.id == delivery_id))

    async def by_key(self, dedupe_key: str) -> Delivery | None:
        """Return the outbox row with this key."""
        return await self._unit.one(Delivery, select(DELIVERY).where(DELIVERY.c.dedupe_key == dedupe_key))

    async def by_keys(self, dedupe_keys: Iterable[str]) -> dict[str, Delivery]:
        """Return the rows that exist under some keys, by key."""
        found = await self._unit.every_in(Delivery, DELIVERY, DELIVERY.c.dedupe_key, sorted(set(dedupe_keys)))
        return {row.dedupe_key: row for row in found}

    async def claim(self, now: datetime, owner: str, lease: timedelta, limit: int) -> list[Delivery]:
        """
        Take up to `limit` rows for `lease`: those a dead worker left, changes of shown messages, then the longest due.

        A row left in `sending` by a worker that died comes back in that state: its message may have left. An owner who
        claims has nothing in hand any more, so what is still leased to it was left too, when the database went away.
        """
        d = DELIVERY.c
        lost = or_(d.lease_until < now, d.lease_until > now + LONGEST_LEASE, d.lease_owner == owner)
        left = and_(d.state.in_(CLAIMED), lost)
        due = and_(d.state == DeliveryState.PENDING.value, d.not_before <= now)
        rows: list[Delivery] = []
        for which in (left, and_(due, WAITING_UPDATE), due):  # three index ranges, where one OR would sort them all
            taken = d.id.not_in([row.id for row in rows])
            waiting = select(DELIVERY).where(which, taken).order_by(d.not_before, d.id).limit(limit - len(rows))
            rows += await self._unit.every(Delivery, waiting.with_for_update(skip_locked=True))
        claimed = [_claimed(row, owner, now + lease) for row in rows]
        state = case((d.state == DeliveryState.SENDING.value, d.state), else_=DeliveryState.LEASED.value)
        values = {"state": state, "lease_owner": owner, "lease_until": now + lease, "fence": d.fence + 1}
        if claimed:
            await self._unit.change(DELIVERY, d.id.in_([row.id for row in rows]), **values)
        return claimed

    async def save_claimed(self, before: Delivery, after: Delivery) -> bool:
        """Store `after` if the row is still claimed as in `before`; False when the lease was lost."""
        d = DELIVERY.c
        claim = and_(d.lease_owner == before.lease_owner, d.fence == before.fence, d.state.in_(CLAIMED))
        mine = and_(d.id == before.id, claim)
        return await self._unit.change(DELIVERY, mine, **to_row(after)) == 1

    async def sent_to(self, person_id: PersonId, since: datetime) -> int:
        """Return how many new messages (updates not counted) reached a person since then."""
        d = DELIVERY.c
        new = d.kind.not_in([kind.value for kind in UPDATES])
        counted = select(func.count()).where(d.person_id == person_id, d.sent_at >= since, new)
        return int((await self._unit.execute(counted)).scalar_one())

    async def of_person(self, person_id: PersonId, since: datetime) -> list[Delivery]:
        """Return the rows to a person that are not finished with, and those tried or sent since then."""
        d = DELIVERY.c
        waiting = d.state.in_([DeliveryState.PENDING.value, *CLAIMED])
        lately = or_(waiting, d.sent_at >= since, d.first_attempt_at >= since)
        return await self._unit.every(Delivery, select(DELIVERY).where(d.person_id == person_id, lately))

    async def history_of(self, person_id: PersonId, since: datetime) -> list[Delivery]:
        """Return every row to a person, whatever became of it, that was not over before `since`, by due time."""
        mine = and_(DELIVERY.c.person_id == person_id, DELIVERY.c.expires_at >= since)
        return await self._unit.every(
            Delivery, select(DELIVERY).where(mine).order_by(DELIVERY.c.not_before, DELIVERY.c.id)
        )

    async def undelivered(self, most: int) -> tuple[list[Delivery], int]:
        """Return the newest rows given up or in doubt, and how many there are in all."""
        lost, d = DELIVERY.c.state.in_(LOST), DELIVERY.c
        newest = select(DELIVERY).where(lost).order_by(d.not_before.desc(), d.id).limit(most)
        count = (await self._unit.execute(select(func.count()).select_from(DELIVERY).where(lost))).scalar_one()
        return await self._unit.every(Delivery, newest), int(count)

    async def retry(self, delivery_id: str, at: datetime, until: datetime) -> bool:
        """Plan a row given up or in doubt again, to end at `until` or later; False when it is neither."""
        d = DELIVERY.c
        ends = case((d.expires_at < until, until), else_=d.expires_at)
        again = {"state": DeliveryState.PENDING.value, "not_before": at, "expires_at": ends, "attempts": 0}
        fresh = {"first_attempt_at": None, "tried": None, "reason": ""}
        return await self._unit.change(DELIVERY, and_(d.id == delivery_id, d.state.in_(LOST)), **again, **fresh) == 1

    async def discard(self, delivery_id: str) -> bool:
        """Let a row given up or in doubt count as not needed; False when it is neither."""
        mine = and_(DELIVERY.c.id == delivery_id, DELIVERY.c.state.in_(LOST))
        return await self._unit.change(DELIVERY, mine, state=DeliveryState.SUPERSEDED.value, reason="discarded") == 1

    async def hand_back(self, owner: str, until: datetime) -> int:
        """Let everybody have what is leased to a worker, what it was sending from `until` on; return how many."""
        d = DELIVERY.c
        free = {"lease_owner": "", "lease_until": None}
        unsent = and_(d.state == DeliveryState.LEASED.value, d.lease_owner == owner)
        begun = and_(d.state == DeliveryState.SENDING.value, d.lease_owner == owner)
        returned = await self._unit.change(DELIVERY, unsent, state=DeliveryState.PENDING.value, **free)
        return returned + await self._unit.change(DELIVERY, begun, lease_owner="", lease_until=until)

    async def withdraw(self, dedupe_keys: Iterable[str], reason: str) -> int:
        """Drop planned messages that have not been claimed yet; return how many."""
        waiting, dropped = DELIVERY.c.state == DeliveryState.PENDING.value, 0
        for keys in chunked(list(dedupe_keys), VARIABLES):
            mine = and_(waiting, DELIVERY.c.dedupe_key.in_(keys))
            dropped += await self._unit.change(DELIVERY, mine, state=DeliveryState.SUPERSEDED.value, reason=reason)
        return dropped

    async def replan(self, deliveries: Sequence[Delivery]) -> int:
        """Plan messages at their time, also where they were planned for another or dropped unsent; return how many."""
        changed, d = await self.add_once(deliveries), DELIVERY.c
        unsent = d.state.in_([DeliveryState.PENDING.value, DeliveryState.SUPERSEDED.value])
        for row in deliveries:
            elsewhen = or_(d.state != DeliveryState.PENDING.value, d.not_before != row.not_before)
            mine = and_(d.dedupe_key == row.dedupe_key, d.attempts == 0, unsent, elsewhen)
            values = {"state": DeliveryState.PENDING.value, "not_before": row.not_before, "expires_at": row.expires_at}
            changed += await self._unit.change(DELIVERY, mine, **values, reason="")
        return changed

    async def unsent_about(self, subject: str, kinds: Iterable[DeliveryKind]) -> list[Delivery]:
        """Return the messages of some kinds about a subject that wait and were never tried."""
        d = DELIVERY.c
        waiting = and_(d.state == DeliveryState.PENDING.value, d.attempts == 0)
        about = and_(d.subject == subject, d.kind.in_([kind.value for kind in kinds]))
        return await self._unit.every(Delivery, select(DELIVERY).where(waiting, about))

    async def revive(self, person_id: PersonId, now: datetime) -> int:
        """Plan again, for now, what a person could not be sent and is not too late; return how many."""
        d = DELIVERY.c
        lost = and_(d.person_id == person_id, d.state == DeliveryState.DEAD.value, d.expires_at > now)
        pending = DeliveryState.PENDING.value
        again = {"state": pending, "not_before": now, "attempts": 0, "reason": "reachable again"}
        return await self._unit.change(DELIVERY, lost, **again)

    async def reserve(self, key: str, now: datetime, interval: timedelta) -> datetime:
        """Take the next free slot of a pacing key, slots `interval` apart; return when it is, not before `now`."""
        await self._unit.add_once(PACING, [{"key": key, "next_at": now}])
        row = select(PACING.c.next_at).where(PACING.c.key == key).with_for_update()
        slot: datetime = max(now, (await self._unit.execute(row)).scalar_one())
        await self._unit.change(PACING, PACING.c.key == key, next_at=slot + interval)
        return slot

    async def pause(self, key: str, until: datetime) -> None:
        """Let no slot of a pacing key begin before `until`."""
        await self._unit.add_once(PACING, [{"key": key, "next_at": until}])
        await self._unit.change(PACING, and_(PACING.c.key == key, PACING.c.next_at < until), next_at=until)

    async def release(self, key: str, held_until: datetime, free_at: datetime) -> None:
        """Let the next slot of a pacing key begin at `free_at`, if nothing has moved it from `held_until` since."""
        await self._unit.change(PACING, and_(PACING.c.key == key, PACING.c.next_at == held_until), next_at=free_at)

    async def next_due(self) -> datetime | None:
        """Return when the next waiting message is due or may be looked up, None when none waits."""
        d = DELIVERY.c
        waiting = select(func.min(d.not_before)).where(d.state == DeliveryState.PENDING.value)
        left = select(func.min(d.lease_until)).where(d.state.in_(CLAIMED))
        found = [(await self._unit.execute(which)).scalar_one() for which in (waiting, left)]
        return min((at for at in found if at), default=None)

    async def overdue(self, since: datetime) -> tuple[int, datetime | None]:
        """Return how many rows have been due since before an instant and are not claimed, and since when the oldest."""
        d = DELIVERY.c
        due = and_(d.state == DeliveryState.PENDING.value, d.not_before < since)
        left = and_(d.state.in_(CLAIMED), d.lease_until < since)
        count, oldest = 0, list[datetime]()
        for which, at in ((due, d.not_before), (left, d.lease_until)):
            row = (
                await self._unit.execute(select(func.count().label("n"), func.min(at).label("at")).where(which))
            ).one()
            count += row.n
            oldest += [row.at] if row.n else []
        return count, min(oldest, default=None)

    async def forget(self, sent_before: datetime) -> int:
        """Delete rows that were finished with before an instant; return how many."""
        done = DELIVERY.c.state.in_([DeliveryState.SENT.value, DeliveryState.SUPERSEDED.value])
        old = and_(done, DELIVERY.c.expires_at < sent_before)
        return (await self._unit.execute(delete(DELIVERY).where(old))).rowcount


def _claimed(row: Delivery, owner: str, until: datetime) -> Delivery:
    state = row.state if row.state is DeliveryState.SENDING else DeliveryState.LEASED
    return replace(row, state=state, lease_owner=owner, lease_until=until, fence=row.fence + 1)
