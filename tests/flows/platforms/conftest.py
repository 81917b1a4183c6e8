"""What tests of two platforms have."""

import pytest

from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import UNPACED, Office
from tests.flows.world import World


@pytest.fixture
def teams() -> RecordingPlatform:
    """Teams in memory, without a directory."""
    return RecordingPlatform("teams", tenant="E1")


@pytest.fixture
def both(world: World, slack: RecordingPlatform, teams: RecordingPlatform) -> Office:
    """The small organisation on both platforms, without a pace."""
    return Office(world, slack, teams, paces=UNPACED)
