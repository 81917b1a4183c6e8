"""
Random programs of three workers on one outbox: they are killed, frozen past their leases, lose answers and clocks.

Everything is the product's own code on a real SQLite file; the platform remembers what was posted and under which key.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import text

from bot.domain.deliveries import Address, Delivery, DeliveryKind, DeliveryState, planned
from bot.errors import PlatformUnavailable
from bot.flows import judging
from bot.flows.delivery import deliver_due
from bot.flows.outbox import reconciling
from bot.flows.outgoing import Composer, Post
from bot.ports import Ports
from bot.stores import UnitOfWork
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import NOW, make_ports
from tests.contracts.examples import EVERYTHING
from tests.fakes.frozen_clock import FrozenClock
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import UNPACED, Killed

WORKERS = ("w1", "w2", "w3")
FAULTS = ("", "refused", "lost", "reset", "died", "killed", "frozen")
MOST_POINTS = 8
Hook = Callable[[], Awaitable[None]]


async def says_something(_row: Delivery, _uow: UnitOfWork, _ports: Ports) -> Post:
    """Compose a message whatever the row is about."""
    return Post(EVERYTHING)


def use(composers: Mapping[DeliveryKind, Composer]) -> None:
    """Let messages be composed by these."""
    for module in (judging, reconciling):
        module.COMPOSERS = composers  # type: ignore[attr-defined]


class Blind(RecordingPlatform):
    """A platform that finds nothing: what the engine would be without looking up."""

    async def find_sent(self, to: Address, key: str, since: datetime) -> None:
        """Return that nothing is there."""


class Watched(SqlUnitOfWork):
    """A unit of work after which, once it was committed, something may happen."""

    def __init__(self, database: Database, after: Hook) -> None:
        super().__init__(database)
        self._after, self._committed = after, False

    async def commit(self) -> None:
        """Commit, and remember it."""
        await super().commit()
        self._committed = True

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the connection; then what was to happen happens."""
        await super().__aexit__(kind, error, trace)
        if self._committed:
            await self._after()


class Stage:
    """What programs run on, made once: a loop, a database, a clock, and how long the machine has been up."""

    def __init__(self, url: str, platform: type[RecordingPlatform] = RecordingPlatform) -> None:
        self.loop = asyncio.Runner()
        self.database = Database.at(url)
        self._platform = platform
        self.composers = dict.fromkeys(DeliveryKind, says_something)

    def run(self, work: Any) -> Any:  # noqa: ANN401 - whatever the work returns
        """Run something to its end."""
        return self.loop.run(work)

    def close(self) -> None:
        """Let go of everything."""
        self.run(self.database.close())
        self.loop.close()

    def machine(self) -> type["Programs"]:
        """Return the state machine on this stage."""
        return type("Programs", (Programs,), {"stage": self, "platform": self._platform})


class Programs(RuleBasedStateMachine):
    """Whatever happens, each message is posted at most once, and in the end exactly once."""

    stage: Stage
    platform: type[RecordingPlatform]

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.up = FrozenClock(NOW), timedelta(0)
        self.slack = self.platform()
        self.rows: list[Delivery] = []
        self.fault, self.point = "", 0
        use(self.stage.composers)
        ports = make_ports(self.stage.database, self.clock, reads=object())
        unpaced = replace(ports.policy.delivery, paces=UNPACED, read_backs_apart=timedelta(0))
        policy = replace(ports.policy, delivery=unpaced)
        self.ports = replace(
            ports,
            policy=policy,
            platforms={"slack": self.slack},
            open_unit_of_work=lambda: Watched(self.stage.database, self._strike),
            time_up=lambda: self.up,
        )
        self.stage.run(self._emptied())

    async def _emptied(self) -> None:
        async with self.stage.database.writer.begin() as connection:
            for table in ("delivery", "pacing"):
                await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - two names of ours

    def _passes(self, span: timedelta) -> None:
        self.clock.advance(seconds=span.total_seconds())
        self.up += span

    async def _strike(self) -> None:
        """Let the fault of this round happen when its point is reached."""
        self.point -= 1
        if self.point:
            return
        if self.fault == "killed":
            raise Killed
        if self.fault == "frozen":
            self.fault = ""
            self._passes(timedelta(seconds=90))
            await deliver_due(self.ports, "w-other")

    @rule()
    def plan(self) -> None:
        """Plan a message to a channel of its own."""
        number = len(self.rows)
        to, at = Address("slack", f"C{number}"), min(self.clock.now(), NOW + self.up)
        row = planned(DeliveryKind.DIGEST, str(number), to=to, not_before=at, expires_at=NOW.replace(year=2030))
        self.rows.append(row)
        self.stage.run(self._stored(row))

    async def _stored(self, row: Delivery) -> None:
        async with SqlUnitOfWork(self.stage.database) as uow:
            await uow.deliveries.add_once([row])
            await uow.commit()

    @rule(worker=st.sampled_from(WORKERS), fault=st.sampled_from(FAULTS), point=st.integers(1, MOST_POINTS))
    def deliver(self, worker: str, fault: str, point: int) -> None:
        """Let a worker do a round in which something goes wrong somewhere."""
        self.fault, self.point = fault, point
        match fault:
            case "refused":
                self.slack.fail("send", PlatformUnavailable("down"))
            case "reset":
                self.slack.fail("send", PlatformUnavailable("reset", maybe_sent=True))
            case "died":  # after the platform took it, before that could be noted
                self.slack.lose("send", Killed())
            case "lost":
                self.slack.lose("send", PlatformUnavailable("reset", maybe_sent=True))
        try:
            self.stage.run(deliver_due(self.ports, worker))
        except Killed:
            self.fault = ""
        self.fault = ""

    @rule(seconds=st.sampled_from((1, 5, 30, 61, 600)))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self._passes(timedelta(seconds=seconds))

    @rule(hours=st.sampled_from((-24, -1, 1)))
    def set_clock(self, hours: int) -> None:
        """Set the clock; nothing else knows."""
        self.clock.set(self.clock.now() + timedelta(hours=hours))

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        """Look at what stands on the platform."""
        twice = [key for key, count in Counter(one.key for one in self.slack.sent).items() if count > 1]
        assert not twice, f"posted twice: {twice}"

    def teardown(self) -> None:
        """Without further faults everything arrives, once."""
        self.slack._faults.clear()
        self.slack._losses.clear()
        self.clock.set(NOW + self.up)
        for _ in range(60):
            self.stage.run(deliver_due(self.ports, "w1"))
            if len({one.key for one in self.slack.sent}) == len(self.rows):
                break
            self._passes(timedelta(minutes=20))
        states = self.stage.run(self._states())
        assert len({one.key for one in self.slack.sent}) == len(self.rows), f"lost: {states}"
        self.nothing_is_posted_twice()

    async def _states(self) -> list[DeliveryState]:
        async with SqlUnitOfWork(self.stage.database) as uow:
            return [found.state for row in self.rows if (found := await uow.deliveries.get(row.id))]
