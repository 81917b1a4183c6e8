"""Blockers and asks."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, select

from bot.domain.ids import InitiativeId
from bot.domain.raid import OPEN_STATES, Raid
from storage.stores.unit import Unit, table_of
from storage.tables.check_ins import RaidRow

RAID = table_of(RaidRow)


class SqlRaids:
    """`bot.stores.Raids` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, raid_id: str) -> Raid | None:
        """Return a blocker or ask."""
        return await self._unit.one(Raid, select(RAID).where(RAID.c.id == raid_id))

    async def open_of(self, initiative_id: InitiativeId) -> list[Raid]:
        """Return the open blockers and asks of an initiative, oldest first."""
        mine = and_(RAID.c.initiative_id == initiative_id, RAID.c.state.in_([state.value for state in OPEN_STATES]))
        return await self._unit.every(Raid, select(RAID).where(mine).order_by(RAID.c.raised_at, RAID.c.id))

    async def save(self, raids: Iterable[Raid]) -> None:
        """Store blockers and asks."""
        given = list(raids)
        await self._unit.upsert(RAID, given)
        self._unit.touched.update(raid.initiative_id for raid in given)

    async def erase_words(self, before: datetime) -> int:
        """Empty the titles of blockers and asks closed before an instant; return how many."""
        return await self._unit.change(RAID, and_(RAID.c.closed_at < before, RAID.c.title != ""), title="")

    async def all(self) -> list[Raid]:
        """Return every blocker and ask."""
        return await self._unit.every(Raid, select(RAID).order_by(RAID.c.raised_at, RAID.c.id))
