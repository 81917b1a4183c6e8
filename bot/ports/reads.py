"""Read models: what is answered without a transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.checkins import Rag
from bot.domain.digest import WeekFacts
from bot.domain.ids import InitiativeId, PersonId, PortfolioId
from bot.domain.names import Catalogue
from bot.domain.operating.health import Backlog
from bot.domain.people import Organisation, Viewer
from bot.domain.status import InitiativeStatus
from bot.ports.talking import Sender


@dataclass(frozen=True, slots=True)
class Asked:
    """What one statement finds of a question: who asks, the status asked for, and which catalogue is in force."""

    viewer: Viewer | None
    status: InitiativeStatus | None
    catalogue_version: int


class Reads(Protocol):
    """Read models, on a held reader: one statement a question, no rows as objects for lists."""

    async def catalogue(self, version: int | None = None) -> Catalogue:
        """Return every initiative by name, from memory unless it is older than `version`."""
        ...

    async def ask(self, sender: Sender, initiative_id: InitiativeId) -> Asked:
        """Return who asks and the status of an initiative, in one statement; an empty id asks who it is only."""
        ...

    async def viewer(self, person_id: PersonId) -> Viewer | None: ...
    async def organisation(self) -> Organisation:
        """Return the organisation, from memory like the catalogue; raises UserError before it is set up."""
        ...

    async def statuses(
        self, initiative_ids: Iterable[InitiativeId], as_of: datetime | None = None
    ) -> list[InitiativeStatus]:
        """Return the statuses of some initiatives by key; with `as_of` without the answers given later."""
        ...

    async def reported(self, rag: Rag) -> set[InitiativeId]:
        """Return the initiatives whose owners last reported this colour."""
        ...

    async def answerable(self, initiative_id: InitiativeId, roles: Iterable[str], now: datetime) -> bool:
        """Return whether a check-in of one of these roles of an initiative can be answered or changed now."""
        ...

    async def waiting(self, person_id: PersonId) -> set[InitiativeId]:
        """Return the initiatives with an open check-in of a person, of anybody for an empty id."""
        ...

    async def week(self, portfolio_id: PortfolioId, week: str, as_of: datetime) -> WeekFacts | None: ...
    async def database_time(self) -> datetime | None: ...
    async def backlog(self, now: datetime) -> Backlog: ...
    def log_bytes(self) -> int | None: ...
    async def oldest_due(self, now: datetime) -> datetime | None:
        """Return since when the longest waiting message is due, None when none is."""
        ...
