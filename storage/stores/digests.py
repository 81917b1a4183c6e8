"""Digests made, and interactions that have had their effect."""

from datetime import datetime

from sqlalchemy import and_, delete, select

from bot.domain.ids import PortfolioId
from bot.stores import StoredDigest
from storage.stores.unit import Unit, table_of
from storage.tables.deliveries import DigestRow, InboxRow

DIGEST, INBOX = table_of(DigestRow), table_of(InboxRow)


class SqlDigests:
    """`bot.stores.Digests` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add_once(self, digest: StoredDigest) -> bool:
        """Store a digest; False when there is one of this portfolio, kind and period."""
        return await self._unit.add_records_once(DIGEST, [digest]) == 1

    async def get(self, digest_id: str) -> StoredDigest | None:
        """Return a digest."""
        return await self._unit.one(StoredDigest, select(DIGEST).where(DIGEST.c.id == digest_id))

    async def find(self, portfolio_id: PortfolioId, kind: str, period: str) -> StoredDigest | None:
        """Return the digest of a portfolio, kind and period."""
        it = and_(DIGEST.c.portfolio_id == portfolio_id, DIGEST.c.kind == kind, DIGEST.c.period == period)
        return await self._unit.one(StoredDigest, select(DIGEST).where(it))

    async def forget(self, before: datetime) -> int:
        """Delete digests made before an instant; return how many."""
        return (await self._unit.execute(delete(DIGEST).where(DIGEST.c.as_of < before))).rowcount


class SqlInbox:
    """`bot.stores.Inbox` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add_once(self, key: str, at: datetime) -> bool:
        """Note that an interaction has its effect in this transaction; False when it had it before."""
        return await self._unit.add_once(INBOX, [{"key": key, "at": at}]) == 1

    async def forget(self, before: datetime) -> int:
        """Delete what came in before an instant; return how many."""
        return (await self._unit.execute(delete(INBOX).where(INBOX.c.at < before))).rowcount
