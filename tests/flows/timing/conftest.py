"""A worker under the policy as it ships."""

from dataclasses import replace

import pytest

from bot.domain.policy import Policy
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import UNPACED, Office
from tests.flows.world import World


@pytest.fixture
def earnest(world: World, slack: RecordingPlatform) -> Office:
    """The small organisation with a worker that is not paced, and everything else as it ships."""
    office = Office(world, slack, paces=UNPACED)
    office.ports = replace(office.ports, policy=replace(office.ports.policy, cadence=Policy().cadence))
    return office
