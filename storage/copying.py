"""A copy of everything a decision may rest on, from either database into an empty one, read in one snapshot."""

from sqlalchemy import select, text

from storage.engine import Database
from storage.failures import translated
from storage.tables import charters, check_ins, deliveries, events, gates, initiatives, people
from storage.tables.base import metadata

TABLES = (people, initiatives, charters, gates, check_ins, deliveries, events)
"""Imported for what they add to the metadata."""
LEFT_OUT = frozenset({"audit", "audit_personal", "inbox"})
"""What records the past and decides nothing; the copy begins a chain of its own."""
AT_ONCE = 1000


async def copy_rows(source: Database, target: Database) -> int:
    """
    Copy the rows of `source` into `target`, which has the same schema and no rows; return how many.

    `source` is only read, in a transaction that may do nothing else; what is written there meanwhile is not seen.
    """
    count = 0
    with translated():
        async with source.reading() as reader, target.writer.begin() as writer:
            if not source.is_sqlite:  # SQLite's readers are read-only and see one snapshot anyway
                await reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            if target.is_sqlite:
                await writer.execute(text("PRAGMA defer_foreign_keys=ON"))
            for table in metadata.sorted_tables:
                if table.name in LEFT_OUT:
                    continue
                found = (await reader.execute(select(table))).mappings().all()
                for n in range(0, len(found), AT_ONCE):
                    await writer.execute(table.insert(), [dict(row) for row in found[n : n + AT_ONCE]])
                count += len(found)
    return count
