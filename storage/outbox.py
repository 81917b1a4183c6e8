"""How the outbox stands, counted in SQL: what readiness and metrics are read from."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.engine import RowMapping

from bot.domain.deliveries import DeliveryState
from bot.domain.operating.health import Backlog
from storage.stores.unit import table_of
from storage.tables.base import UTCDateTime
from storage.tables.deliveries import DeliveryRow

DELIVERY = table_of(DeliveryRow)
CLAIMED = (DeliveryState.LEASED.value, DeliveryState.SENDING.value)
Run = Callable[[Select[Any]], Awaitable[Sequence[RowMapping]]]


async def oldest_due(run: Run, now: datetime) -> datetime | None:
    """Return since when the longest waiting message is due; one whose lease ran out waits since then."""
    d = DELIVERY.c
    waiting = and_(d.state == DeliveryState.PENDING.value, d.not_before <= now)
    left = and_(d.state.in_(CLAIMED), d.lease_until <= now)
    found = [
        (await run(select(func.min(at).label("at")).where(which)))[0]["at"]
        for which, at in ((waiting, d.not_before), (left, d.lease_until))
    ]
    return min((at for at in found if at), default=None)


async def backlog(run: Run, now: datetime, *, postgres: bool) -> Backlog:
    """Return the outbox by state and kind, with what is due of it and what is to come."""
    d = DELIVERY.c
    ahead = func.sum(case((d.not_before > now, 1), else_=0)).label("ahead")
    rows = await run(select(d.state, d.kind, func.count().label("n"), ahead).group_by(d.state, d.kind))
    due, planned = Counter[str](), Counter[str]()
    for row in rows:
        if row["state"] == DeliveryState.PENDING:
            planned[row["kind"]] += int(row["ahead"])
            due[row["kind"]] += row["n"] - int(row["ahead"])
    clock = func.clock_timestamp(type_=UTCDateTime).label("at")
    return Backlog(
        rows={(row["state"], row["kind"]): row["n"] for row in rows},
        due=due,
        planned=planned,
        oldest_due=await oldest_due(run, now),
        database_at=(await run(select(clock)))[0]["at"] if postgres else None,
    )
