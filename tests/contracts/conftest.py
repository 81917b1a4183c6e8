"""The bench of the adapter contract suite, once for each adapter."""

from collections.abc import AsyncIterator

import pytest

from tests.contracts.harness import Harness, open_harness, with_harness


@pytest.fixture(params=with_harness())
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    """Return the harness of one adapter."""
    async with open_harness(request.param) as harness:
        yield harness
