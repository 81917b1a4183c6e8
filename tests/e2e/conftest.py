"""A world on each platform, on the Thursday morning on which check-ins open."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.contracts.harness import with_harness
from tests.e2e.harness import World, open_world

BEFORE_ANYBODY_IS_ASKED = datetime(2026, 12, 3, 8, 55, tzinfo=UTC)


@pytest.fixture(params=with_harness())
async def world(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[World]:
    """A world in which nobody has been asked yet."""
    async with open_world(request.param, sqlite_url, BEFORE_ANYBODY_IS_ASKED) as made:
        yield made
