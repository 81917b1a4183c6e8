"""Bringing a database to the newest schema."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config

from storage.failures import translated

MIGRATIONS = Path(__file__).parent / "migrations"


def config_for(url: str) -> Config:
    """Return alembic's configuration for a driver address."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


async def upgrade(driver_url: str) -> None:
    """Bring the database at a driver address to the newest schema; raises Unavailable when it is out of reach."""
    # alembic's command runs an event loop of its own, so it gets a thread.
    with translated():
        await asyncio.to_thread(command.upgrade, config_for(driver_url), "head")
