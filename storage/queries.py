"""Read models in SQL: who asks and what stands behind an initiative in one statement, and lists."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, Text, bindparam, func, literal, select, type_coerce
from sqlalchemy.engine import RowMapping

from bot.domain.checkins import OPEN, PromptState, Rag
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.names import Catalogue, Entry
from bot.domain.operating.health import Backlog
from bot.domain.ownership import AssignmentState
from bot.domain.people import Organisation, OrgRole, Viewer
from bot.domain.status import InitiativeStatus
from bot.errors import UserError
from bot.ports import Asked, Sender
from storage import outbox
from storage.engine import Database
from storage.mapping import from_row
from storage.readers import HeldReaders, Prepared
from storage.status_rows import access_of, status_of
from storage.stores.unit import chunked, table_of
from storage.tables.check_ins import CycleRow, PromptRow
from storage.tables.initiatives import CatalogueRow, InitiativeRow, InitiativeStatusRow, RoleAssignmentRow
from storage.tables.people import HandleRow, OrganisationRow, PersonRow, PortfolioRow
from storage.weeks import WeekReads

STATUS, CATALOGUE, INITIATIVE = table_of(InitiativeStatusRow), table_of(CatalogueRow), table_of(InitiativeRow)
ASSIGNMENT = table_of(RoleAssignmentRow)
CYCLE, PROMPT, ORGANISATION = table_of(CycleRow), table_of(PromptRow), table_of(OrganisationRow)
HANDLE, PERSON = table_of(HandleRow), table_of(PersonRow)
PORTFOLIO = table_of(PortfolioRow)
AT_ONCE = 500


class SqlReads(WeekReads):
    """`bot.ports.Reads` over SQL, on connections held open for the life of the process."""

    def __init__(self, database: Database) -> None:
        self._readers = HeldReaders(database)
        self._loading = asyncio.Lock()
        self._organisation: Organisation | None = None
        self._catalogue: tuple[int, Catalogue] = (-1, Catalogue(()))

    async def close(self) -> None:
        """Give the held connections back."""
        await self._readers.close()

    async def catalogue(self, version: int | None = None) -> Catalogue:
        """Return every initiative by name, from memory unless it is older than `version`."""
        if not self._is_stale(version):
            return self._catalogue[1]
        async with self._loading:
            if self._is_stale(version):
                await self._load()
        return self._catalogue[1]

    def _is_stale(self, version: int | None) -> bool:
        known = self._catalogue[0]
        return known < 0 or version not in (None, known)

    async def _load(self) -> None:
        # The version is read first: roles that change before they are read only make the catalogue newer than it says.
        initiatives = await self.rows(_INITIATIVES)
        roles = await self.rows(_ROLES)
        organisation = await self.rows(select(ORGANISATION))
        current = initiatives[0]["version"] if initiatives else (await self.rows(select(_version())))[0]["version"]
        self._organisation = from_row(Organisation, organisation[0]) if organisation else None
        # In a thread, because thousands of names take longer than others should wait for their answer.
        self._catalogue = (current, await asyncio.to_thread(_catalogue, initiatives, roles))

    async def ask(self, sender: Sender, initiative_id: InitiativeId) -> Asked:
        """Return who asks and the status of an initiative, in one statement; an empty id asks who it is only."""
        asked = {"platform": sender.platform, "tenant": sender.tenant, "user": sender.user, "initiative": initiative_id}
        row = (await self._readers.prepared(BY_ACCOUNT, asked))[0]
        status = status_of(row) if row["facts"] else None
        return Asked(_viewer(row) if row["person_id"] else None, status, row["version"])

    async def viewer(self, person_id: PersonId) -> Viewer | None:
        """Return a person as someone who asks; None for nobody and for the deactivated."""
        row = (await self._readers.prepared(BY_PERSON, {"person": person_id, "initiative": ""}))[0]
        return _viewer(row) if row["person_id"] else None

    async def organisation(self) -> Organisation:
        """Return the organisation, from memory like the catalogue; raises UserError before it is set up."""
        await self.catalogue(-1 if self._organisation is None else None)
        if self._organisation is None:
            raise UserError("There is no organisation yet: run `steward init` or import a portfolio file.")
        return self._organisation

    async def reported(self, rag: Rag) -> set[InitiativeId]:
        """Return the initiatives whose owners last reported this colour."""
        rows = await self.rows(select(STATUS.c.initiative_id).where(STATUS.c.reported == rag.value))
        return {row["initiative_id"] for row in rows}

    async def answerable(self, initiative_id: InitiativeId, roles: Iterable[str], now: datetime) -> bool:
        """Return whether a check-in of one of these roles of an initiative can be answered or changed now."""
        p = PROMPT.c
        answered_until = select(CYCLE.c.key).where(CYCLE.c.answers_until > now)
        mine = (p.initiative_id == initiative_id, p.role.in_(sorted(roles)), p.cycle.in_(answered_until))
        return bool(await self.rows(select(p.id).where(*mine, p.state != PromptState.CANCELLED.value).limit(1)))

    async def waiting(self, person_id: PersonId) -> set[InitiativeId]:
        """Return the initiatives with an open check-in of a person, of anybody for an empty id."""
        newest = select(func.max(CYCLE.c.key)).scalar_subquery()
        waiting = PROMPT.c.state.in_([state.value for state in OPEN])
        statement = select(PROMPT.c.initiative_id).where(PROMPT.c.cycle == newest, waiting).distinct()
        if person_id:
            statement = statement.where(PROMPT.c.person_id == person_id)
        return {row["initiative_id"] for row in await self.rows(statement)}

    async def statuses(
        self, initiative_ids: Iterable[InitiativeId], as_of: datetime | None = None
    ) -> list[InitiativeStatus]:
        """Return the statuses of some initiatives by key; with `as_of` without the answers given later."""
        found: list[InitiativeStatus] = []
        for part in chunked(list(initiative_ids), AT_ONCE):
            rows = await self.rows(select(STATUS).where(STATUS.c.initiative_id.in_(part)))
            found += [status_of(row, as_of) for row in rows]
        return sorted(found, key=lambda status: status.initiative.key)

    async def database_time(self) -> datetime | None:
        """Return the time by the database's own clock; SQLite has none, it takes its process's."""
        if self._readers.is_sqlite:
            return None
        now: datetime = (await self.rows(select(func.clock_timestamp().label("now"))))[0]["now"]
        return now.astimezone(UTC)

    async def backlog(self, now: datetime) -> Backlog:
        """Return how the outbox stands."""
        found = await outbox.backlog(self.rows, now, postgres=not self._readers.is_sqlite)
        return replace(found, log_bytes=self.log_bytes())

    def log_bytes(self) -> int | None:
        """Return how large SQLite's write-ahead log is, None without one."""
        return self._readers.log_bytes()

    async def oldest_due(self, now: datetime) -> datetime | None:
        """Return since when the longest waiting message is due, None when none is."""
        return await outbox.oldest_due(self.rows, now)

    async def rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        """Run a statement on a held connection."""
        return await self._readers.rows(statement)


def _version() -> Any:  # noqa: ANN401 - a scalar subquery
    return func.coalesce(select(CATALOGUE.c.version).where(CATALOGUE.c.id == 1).scalar_subquery(), 0).label("version")


def _viewer_columns() -> tuple[Any, ...]:
    """Return who someone is: their roles in the organisation and their parts in its portfolios."""
    person, f = PERSON.c.id, PORTFOLIO.c
    ids = type_coerce(f.gatekeeper_ids, Text)
    named = func.replace(ids, literal('"').concat(person).concat('"'), "") != ids  # LIKE would read _ in an id
    parts = {"leads": f.lead_id == person, "executive_of": f.executive_id == person, "gatekeeper_of": named}
    joined = (
        select(STATUS.c.portfolio_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.initiative_id == STATUS.c.initiative_id)
        .where(ASSIGNMENT.c.person_id == person, ASSIGNMENT.c.state == AssignmentState.ACTIVE.value)
        .correlate(PERSON)
        .distinct()
    )
    return (
        person.label("person_id"),
        PERSON.c.org_roles,
        *(_listed(select(f.id).where(part).correlate(PERSON)).label(name) for name, part in parts.items()),
        _listed(joined).label("member_of"),
    )


def _listed(ids: Select[Any]) -> Any:  # noqa: ANN401 - a scalar subquery
    found = ids.subquery()
    joined = func.aggregate_strings(found.c[0], ",")
    return select(joined).scalar_subquery()


def _asked(who: Select[Any]) -> Prepared:
    """Join who asks, the status row and the catalogue's version, each present or not, into one row."""
    asker, one = who.subquery("asker"), select(literal(1).label("one")).subquery("one")
    mine = STATUS.c.initiative_id == bindparam("initiative", "")
    columns = (STATUS.c.initiative_id, STATUS.c.portfolio_id, STATUS.c.visibility, STATUS.c.facts)
    return Prepared(
        select(_version(), asker, *columns).select_from(one).outerjoin(asker, literal(True)).outerjoin(STATUS, mine)
    )


_OWN = (
    (HANDLE.c.platform == bindparam("platform", ""))
    & (HANDLE.c.tenant == bindparam("tenant", ""))
    & (HANDLE.c.user == bindparam("user", ""))
)
BY_ACCOUNT = _asked(
    select(*_viewer_columns()).join(HANDLE, HANDLE.c.person_id == PERSON.c.id).where(_OWN, PERSON.c.active)
)
BY_PERSON = _asked(select(*_viewer_columns()).where(PERSON.c.id == bindparam("person", ""), PERSON.c.active))


def _viewer(row: Mapping[str, Any]) -> Viewer:
    leads, executive_of, gatekeeper_of, member_of = (
        frozenset(row[name].split(",")) if row[name] else frozenset[str]()
        for name in ("leads", "executive_of", "gatekeeper_of", "member_of")
    )
    return Viewer(
        person_id=row["person_id"],
        org_roles=frozenset(OrgRole(role) for role in json.loads(row["org_roles"])),
        leads=leads,
        executive_of=executive_of,
        gatekeeper_of=gatekeeper_of,
        member_of=member_of | leads | executive_of | gatekeeper_of,
    )


_INITIATIVES = select(
    _version(),
    *(
        INITIATIVE.c[name]
        for name in ("id", "key", "name", "stage", "lifecycle", "aliases", "portfolio_id", "visibility")
    ),
).order_by(INITIATIVE.c.key)
_ROLES = select(ASSIGNMENT.c.initiative_id, ASSIGNMENT.c.person_id, ASSIGNMENT.c.role, ASSIGNMENT.c.state).where(
    ASSIGNMENT.c.state == AssignmentState.ACTIVE.value
)


def _catalogue(initiatives: Sequence[RowMapping], roles: Sequence[RowMapping]) -> Catalogue:
    held: dict[str, list[RowMapping]] = defaultdict(list)
    for role in roles:
        held[role["initiative_id"]].append(role)
    return Catalogue([_entry(row, held[row["id"]]) for row in initiatives])


def _entry(row: RowMapping, roles: Iterable[RowMapping]) -> Entry:
    return Entry(
        key=row["key"],
        name=row["name"],
        stage=Stage(row["stage"]),
        lifecycle=Lifecycle(row["lifecycle"]),
        aliases=tuple(row["aliases"]),
        access=access_of(row["id"], row["portfolio_id"], row["visibility"], roles),
    )
