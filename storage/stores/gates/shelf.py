"""Records that belong to one initiative, of one kind and in one table: kept, or only ever added to."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from sqlalchemy import Table, select

from bot.domain.ids import InitiativeId
from storage.stores.unit import Unit

Record = TypeVar("Record")


class SqlLedger(Generic[Record]):
    """`bot.stores.Ledger` over SQL: what is added stays as it is."""

    def __init__(self, unit: Unit, kind: type[Record], table: Table) -> None:
        self._unit, self._kind, self._table = unit, kind, table

    async def of(self, initiative_id: InitiativeId) -> list[Record]:
        """Return the records of an initiative, by id."""
        mine = select(self._table).where(self._table.c.initiative_id == initiative_id)
        return await self._unit.every(self._kind, mine.order_by(*self._table.primary_key))

    async def of_many(self, initiative_ids: Iterable[InitiativeId]) -> list[Record]:
        """Return the records of some initiatives."""
        wanted = sorted(set(initiative_ids))
        return await self._unit.every_in(self._kind, self._table, self._table.c.initiative_id, wanted)

    async def all(self) -> list[Record]:
        """Return every record, by id."""
        return await self._unit.every(self._kind, select(self._table).order_by(*self._table.primary_key))

    async def add_once(self, records: Iterable[Record]) -> int:
        """Add records, passing over those a unique key already has; return how many were new."""
        given = list(records)
        self._touch(given)
        return await self._unit.add_records_once(self._table, given)

    def _touch(self, records: Iterable[Record]) -> None:
        self._unit.touched.update(record.initiative_id for record in records)  # type: ignore[attr-defined]  # all have it


class SqlShelf(SqlLedger[Record]):
    """`bot.stores.Shelf` over SQL."""

    async def get(self, id: str) -> Record | None:
        """Return a record by its id."""
        (key,) = self._table.primary_key
        return await self._unit.one(self._kind, select(self._table).where(key == id))

    async def save(self, records: Iterable[Record]) -> None:
        """Store records by id, new or not."""
        given = list(records)
        await self._unit.upsert(self._table, given)
        self._touch(given)
