"""The organisation of the ladders, on the Monday before the first check-in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.escalation import LadderCode
from tests.flows.escalations.weeks import Ladders
from tests.flows.world import World


@pytest.fixture
async def ladders(world: World) -> Ladders:
    """Monday morning of 2026-W49: nobody has been asked anything yet."""
    world.clock.set(datetime(2026, 11, 30, 15, tzinfo=UTC))
    return await Ladders(world).settle()


@pytest.fixture
async def gaps(ladders: Ladders) -> Ladders:
    """The same with the ladder of roles nobody answers for alone."""
    given = ladders.ports.ladders
    only = replace(given, ladders=tuple(each for each in given.ladders if each.code is LadderCode.OWN))
    ladders.works_by(only)
    return ladders
