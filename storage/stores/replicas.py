"""The processes of Steward's, as they show themselves."""

from datetime import datetime

from sqlalchemy import delete, or_, select

from bot.domain.operating.health import Replica
from storage.stores.unit import Unit, table_of
from storage.tables.replicas import ReplicaRow

REPLICA = table_of(ReplicaRow)


class SqlReplicas:
    """`bot.stores.Replicas` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def show(self, replica: Replica) -> None:
        """Note that a process is there."""
        await self._unit.upsert(REPLICA, [replica])

    async def all(self) -> list[Replica]:
        """Return every process that is remembered, by name."""
        return await self._unit.every(Replica, select(REPLICA).order_by(REPLICA.c.name))

    async def forget(self, seen_before: datetime, name: str = "") -> int:
        """Delete those not seen since an instant, and the one of this name; return how many."""
        gone = or_(REPLICA.c.seen_at < seen_before, REPLICA.c.name == name)
        return (await self._unit.execute(delete(REPLICA).where(gone))).rowcount
