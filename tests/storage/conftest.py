"""What tests of the read models have."""

from collections.abc import AsyncIterator

import pytest

from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import (
    a_handle,
    a_small_world,
    store,
)


@pytest.fixture
async def reads(database: Database) -> AsyncIterator[SqlReads]:
    """Reads over Ana, technical lead of SEPSIS in CARE, and her account."""
    await a_small_world(database)
    await store(database, a_handle())
    opened = SqlReads(database)
    yield opened
    await opened.close()
