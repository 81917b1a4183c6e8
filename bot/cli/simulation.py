"""The weeks to come, played on a copy of the database: real beats, a clock that is moved, platforms that only note."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.app import Core, open_core
from bot.domain.calendar import local_instant
from bot.domain.deliveries import Address, DeliveryKind, MessageRef
from bot.domain.people import Handle, Handles
from bot.flows.calendars import zone_of
from bot.flows.explaining.forecast import told
from bot.messages.foreseen import Arrival, Forecast, Foreseen
from bot.messages.model import Message
from bot.ports import Clock, Condition, Health, Ports, Profile, Sender
from bot.settings import Settings
from scheduler.clock import MovableClock
from scheduler.runner import advance
from storage.copying import copy_rows
from storage.unpaced import UnpacedUnitOfWork

WEEK = timedelta(days=7)
DIRECT = "direct"


@dataclass
class NotingPlatform:
    """A chat platform that has an account for everybody with an address, takes everything and shows it to nobody."""

    name: str
    clock: MovableClock
    noted: list[Arrival] = field(default_factory=list)

    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:  # noqa: ARG002 - the port's
        """Note a message."""
        self.noted.append(Arrival(self.clock.now(), to, message, key))
        return MessageRef(self.name, to.conversation, key, to.tenant)

    async def find_sent(self, to: Address, key: str, since: datetime) -> MessageRef | None:  # noqa: ARG002 - the port's
        """Return that nothing in doubt stands: in a simulation no answer is lost."""
        return None

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None:
        """Take a change, which sends nothing new."""

    async def open_direct(self, handle: Handle) -> Address:
        """Return the direct conversation of an account."""
        return Address(self.name, handle.conversation or f"{DIRECT}:{handle.user}", handle.tenant)

    async def find_person(self, email: str) -> Handle | None:
        """Return the account of an address: a simulation takes it that there is one."""
        return Handle(person_id="", platform=self.name, tenant=DIRECT, user=email)

    async def profile(self, sender: Sender) -> Profile:
        """Return what nobody asks for here."""
        return Profile(email=sender.user)

    async def still_there(self, handle: Handle) -> bool | None:  # noqa: ARG002 - the port's
        """Return that nobody can tell: in a simulation nobody comes or goes."""
        return None

    async def check(self) -> Health:
        """Return that all is well."""
        return Health(Condition.OK)


@dataclass(frozen=True, slots=True)
class Play:
    """A simulation on its stage: ports over a database of its own, its clock, and what its platforms noted."""

    ports: Ports
    clock: MovableClock
    platforms: tuple[NotingPlatform, ...]

    def taken(self) -> list[Arrival]:
        """Return what was noted since the last time, by when and where it arrived."""
        found = [one for platform in self.platforms for one in platform.noted]
        for platform in self.platforms:
            platform.noted.clear()
        return sorted(found, key=lambda one: (one.at, one.to.platform, one.to.conversation))


def staged(core: Core, clock: MovableClock, names: Iterable[str]) -> Play:
    """Return a simulation over a core that owns its database and has this clock."""
    platforms = tuple(NotingPlatform(name, clock) for name in names)
    ports = core.ports.with_platforms({platform.name: platform for platform in platforms})
    return Play(replace(ports, open_unit_of_work=lambda: UnpacedUnitOfWork(core.database)), clock, platforms)


@contextlib.asynccontextmanager
async def _on_a_copy(
    settings: Settings, begins: date | None, present: Clock | None
) -> AsyncIterator[tuple[Play, datetime]]:
    """Give a simulation on a temporary copy of the database, and the instant to tell messages from."""
    async with open_core(settings, present) as real:
        zone, now = zone_of(await real.ports.reads.organisation()), real.ports.clock.now()
        first = local_instant(begins, time(0), zone) if begins else now
        with tempfile.TemporaryDirectory(prefix="steward-simulate-") as folder:
            clock = MovableClock(min(now, first))
            copy = settings.model_copy(update={"database_url": f"sqlite:///{folder}/copy.db"})
            async with open_core(copy, clock, create=True, alone=True) as core:
                await copy_rows(real.database, core.database)
                names = settings.platform_names or await _platforms_in(core.ports)
                yield staged(core, clock, names), first


async def _platforms_in(ports: Ports) -> list[str]:
    """Return the platforms that accounts and digest channels name, for an operator who has connected none."""
    async with ports.open_unit_of_work() as uow:
        people = await uow.people.all()
        handles = await uow.people.handles(person.id for person in people)
        portfolios = await uow.people.portfolios()
    channels = [name for portfolio in portfolios for name, _ in portfolio.digest_channels]
    return sorted({handle.platform for handle in handles} | set(channels)) or ["chat"]


async def simulate(settings: Settings, weeks: int, begins: date | None, present: Clock | None = None) -> Forecast:
    """
    Return every message of the weeks from a day on (now when None), if nobody answers; the database stays as it is.

    `present` tells what time it is now, the system's clock when None. A day to come is reached by playing up to it; at
    one that is past the clock begins with what is stored now. Raises UserError without an organisation.
    """
    async with _on_a_copy(settings, begins, present) as (play, first):
        if first > play.clock.now():  # what would come before is played and not told
            await advance(play.clock, first, play.ports)
            play.taken()
        found: list[Foreseen] = []
        for _ in range(weeks):
            await advance(play.clock, play.clock.now() + WEEK, play.ports)
            found += await told(play.taken(), play.ports)
        organisation = await play.ports.reads.organisation()
        return Forecast(
            first=first,
            until=first + weeks * WEEK,
            zone=zone_of(organisation),
            policy=play.ports.policy.version,
            messages=tuple(sorted(found, key=_order)),
        )


def _order(one: Foreseen) -> tuple[datetime, str, int, str]:
    """Return what messages are listed by: when, to whom, and of several at once the digest before its details."""
    return one.at, one.name, list(DeliveryKind).index(one.kind), f"{one.where} {one.what}"
