"""How alembic reaches the database and which tables it compares."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.sql.sqltypes import AutoString

from storage.engine import take_schema, tune
from storage.tables import charters, check_ins, deliveries, escalations, events, gates, initiatives, people, replicas
from storage.tables.base import metadata

ONE_AT_A_TIME = 20261123  # any number nobody else locks
TABLES = (people, initiatives, charters, gates, check_ins, escalations, deliveries, events, replicas)


def rendered(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Return a text column as plain SQLAlchemy, so that migrations need not import SQLModel."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


def run(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=rendered,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    """Connect and run the migrations, all or none of them, one process at a time."""
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url") or "")
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        tune(engine, "BEGIN IMMEDIATE", "PRAGMA foreign_keys=OFF")  # a table may be replaced by a changed copy
    try:
        async with engine.begin() as connection:
            if not sqlite:
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
                await take_schema(connection)
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(run_online())
