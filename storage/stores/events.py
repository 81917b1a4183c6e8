"""The audit chain."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select, text

from bot.domain.events import GENESIS, Event, Link, link
from storage.mapping import to_rows
from storage.stores.unit import Unit, table_of
from storage.tables.events import AuditPersonalRow, AuditRow

AUDIT, PERSONAL = table_of(AuditRow), table_of(AuditPersonalRow)


class SqlEvents:
    """`bot.stores.Events` over SQL: events are kept until the commit, which gives them their place in the chain."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._waiting: list[Event] = []

    def record(self, event: Event) -> None:
        """Keep an event for the commit."""
        self._waiting.append(event)

    async def chain(self) -> None:
        """Append the events that wait, in order, behind the last link; others wait their turn meanwhile."""
        if not self._waiting:
            return
        if not self._unit.is_sqlite:  # SQLite has one writer anyway
            await self._unit.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
        last = await self._unit.one(Link, select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(1))
        seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
        links, words = [], []
        for event in self._waiting:
            seq, salt = seq + 1, secrets.token_hex(16)
            links.append(link(event, seq, previous, salt))
            previous = links[-1].hash
            if event.personal:
                words.append({"seq": seq, "salt": salt, "words": dict(event.personal)})
        self._waiting.clear()
        await self._unit.connection.execute(AUDIT.insert(), to_rows(links))
        if words:
            await self._unit.connection.execute(PERSONAL.insert(), words)

    async def links(self, after: int, limit: int) -> list[Link]:
        """Return links of the chain, those behind `after` first."""
        return await self._unit.every(Link, select(AUDIT).where(AUDIT.c.seq > after).order_by(AUDIT.c.seq).limit(limit))

    async def erase_words(self, before: datetime) -> int:
        """Delete people's own words behind events older than an instant; the chain stays whole. Return how many."""
        old = select(AUDIT.c.seq).where(AUDIT.c.at < before)
        return (await self._unit.execute(delete(PERSONAL).where(PERSONAL.c.seq.in_(old)))).rowcount
