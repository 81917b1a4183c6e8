"""Everything a flow is given."""

from collections import deque
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.domain.escalation import NO_LADDERS, Ladders
from bot.domain.events import Event
from bot.domain.gates.templates import NO_GATES, GatePack
from bot.domain.operating.silence import Watch
from bot.domain.operating.tally import Tally
from bot.domain.policy import Policy
from bot.domain.questions import QuestionSet
from bot.domain.status import LastKnown
from bot.ports.platforms import ChatPlatform
from bot.ports.reads import Reads
from bot.stores import UnitOfWork

NO_TIME = timedelta(0)


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present instant, aware and UTC."""
        ...


class HolidayLookup(Protocol):
    """Public holidays of a country, and of one of its subdivisions."""

    def __call__(self, country: str | None, subdivision: str | None) -> Container[date]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """
    Everything a flow may use; this is the whole dependency injection.

    `time_up` is how long the machine has been up, which no setting of its clock moves; `database_ahead` how far the
    database's clock, by which leases are kept, is ahead of ours. While `stopping` nothing new is begun.
    """

    open_unit_of_work: Callable[[], UnitOfWork]
    reads: Reads
    clock: Clock
    policy: Policy
    questions: QuestionSet
    holidays: HolidayLookup
    ladders: Ladders = NO_LADDERS
    gates: GatePack = NO_GATES
    platforms: Mapping[str, ChatPlatform] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    time_up: Callable[[], timedelta] = lambda: NO_TIME
    database_ahead: Callable[[], timedelta] = lambda: NO_TIME
    stopping: Callable[[], bool] = lambda: False
    worker: str = "worker"
    read_audit: deque[Event] = field(default_factory=deque)
    last_known: LastKnown = field(default_factory=LastKnown)
    tally: Tally = field(default_factory=Tally)
    watch: Watch = field(default_factory=Watch)

    def with_platforms(self, platforms: Mapping[str, ChatPlatform]) -> "Ports":
        """Return the same ports with the connected platforms in place."""
        return replace(self, platforms=platforms)
