"""A unit of work whose platforms take everything at once: for a simulation, which tells the minute."""

from datetime import datetime, timedelta
from typing import Self

from storage.stores.deliveries import SqlDeliveries
from storage.unit_of_work import SqlUnitOfWork


class UnpacedDeliveries(SqlDeliveries):
    """The outbox without pacing: every slot is free now."""

    async def reserve(self, _key: str, now: datetime, _interval: timedelta) -> datetime:
        """Return now."""
        return now

    async def pause(self, _key: str, _until: datetime) -> None:
        """Pause nothing."""

    async def release(self, _key: str, _held_until: datetime, _free_at: datetime) -> None:
        """Release nothing."""


class UnpacedUnitOfWork(SqlUnitOfWork):
    """`SqlUnitOfWork` with such an outbox."""

    async def __aenter__(self) -> Self:
        """Begin the transaction."""
        await super().__aenter__()
        self.deliveries = UnpacedDeliveries(self._unit)
        return self
