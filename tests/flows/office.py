"""A world with a platform and a worker that delivers to it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.deliveries import Delivery, DeliveryKind, planned
from bot.domain.policy import Pace, Policy
from bot.flows.delivery import deliver_due
from bot.ports import Ports
from tests.builders import ANA, WEEK
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.world import World, the_cycle


class Killed(BaseException):
    """The process ended here."""


NO_TIME = timedelta(0)
UNPACED = dict.fromkeys(("slack", "teams"), Pace(per_conversation=NO_TIME, per_workspace=NO_TIME, per_change=NO_TIME))


class Office:
    """
    `world` with Slack, and Teams where asked for, in memory, and the delivery policy with changes.

    A reminder may follow at once on what asked before; tests.flows.timing is about when it may in earnest.

    `deliver` is one round of a worker, `until_idle` as many as there is work for.
    """

    def __init__(self, world: World, *platforms: RecordingPlatform, **policy: Any) -> None:  # noqa: ANN401 - any field
        self.world, self.slack, self.clock = world, platforms[0], world.clock
        delivery = replace(Policy().delivery, **policy)
        connected = {each.name: each for each in platforms}
        cadence = replace(Policy().cadence, before_a_reminder=NO_TIME)
        changed = replace(Policy(), delivery=delivery, cadence=cadence)
        self.ports: Ports = replace(world.ports, platforms=connected, policy=changed)

    async def deliver(self, worker: str = "w1") -> int:
        """Run one round."""
        return await deliver_due(self.ports, worker)

    async def until_idle(self) -> None:
        """Run rounds until nothing is left that is due."""
        while await self.deliver():
            continue

    async def plans(self, kind: DeliveryKind, *key: str, to: str = ANA, **changes: Any) -> Delivery:  # noqa: ANN401
        """Store an outbox row that is due now and lives as long as the cycle; return it."""
        row = planned(kind, *(key or (WEEK, to)), to=to, not_before=self.clock.now(), expires_at=the_cycle().closes_at)
        row = replace(row, **changes)
        await self.world.has(row)
        return row

    async def row(self, planned_row: Delivery) -> Delivery:
        """Return an outbox row as stored."""
        async with self.ports.open_unit_of_work() as uow:
            found = await uow.deliveries.get(planned_row.id)
        assert found is not None
        return found

    async def rows_to(self, who: str) -> list[Delivery]:
        """Return the rows to a person that wait or were tried."""
        async with self.ports.open_unit_of_work() as uow:
            return await uow.deliveries.of_person(who, the_cycle().closes_at.replace(year=2000))

    def read_by(self, who: str) -> list[str]:
        """Return the fallback sentences of the messages a person got."""
        return [one.message.fallback for one in self.slack.sent if one.to.conversation == direct(f"U-{who}")]
