"""Initiatives and the roles in them."""

from collections.abc import Iterable

from sqlalchemy import select

from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Initiative
from bot.domain.ownership import AssignmentState, RoleAssignment
from storage.stores.unit import Unit, table_of
from storage.tables.initiatives import InitiativeRow, RoleAssignmentRow

INITIATIVE, ASSIGNMENT = table_of(InitiativeRow), table_of(RoleAssignmentRow)


class SqlInitiatives:
    """`bot.stores.Initiatives` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, initiative_id: InitiativeId) -> Initiative | None:
        """Return an initiative."""
        return await self._unit.one(Initiative, select(INITIATIVE).where(INITIATIVE.c.id == initiative_id))

    async def many(self, initiative_ids: Iterable[InitiativeId]) -> dict[InitiativeId, Initiative]:
        """Return some initiatives by id."""
        found = await self._unit.every_in(Initiative, INITIATIVE, INITIATIVE.c.id, set(initiative_ids))
        return {initiative.id: initiative for initiative in found}

    async def by_key(self, key: str) -> Initiative | None:
        """Return the initiative with this key."""
        return await self._unit.one(Initiative, select(INITIATIVE).where(INITIATIVE.c.key == key))

    async def all(self) -> list[Initiative]:
        """Return every initiative, by key."""
        return await self._unit.every(Initiative, select(INITIATIVE).order_by(INITIATIVE.c.key))

    async def save(self, initiatives: Iterable[Initiative]) -> None:
        """Store initiatives."""
        given = list(initiatives)
        await self._unit.upsert(INITIATIVE, given)
        self._unit.touched.update(initiative.id for initiative in given)
        self._unit.catalogue_changed = True


class SqlOwnership:
    """`bot.stores.Ownership` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, assignment_id: str) -> RoleAssignment | None:
        """Return an assignment."""
        return await self._unit.one(RoleAssignment, select(ASSIGNMENT).where(ASSIGNMENT.c.id == assignment_id))

    async def of(self, initiative_ids: Iterable[InitiativeId]) -> list[RoleAssignment]:
        """Return every assignment, past and proposed ones too, of some initiatives."""
        return await self._unit.every_in(
            RoleAssignment, ASSIGNMENT, ASSIGNMENT.c.initiative_id, list(dict.fromkeys(initiative_ids))
        )

    async def held_by(self, person_id: PersonId) -> list[RoleAssignment]:
        """Return every assignment a person has, had or is offered."""
        mine = select(ASSIGNMENT).where(ASSIGNMENT.c.person_id == person_id)
        return await self._unit.every(RoleAssignment, mine.order_by(ASSIGNMENT.c.id))

    async def all(self) -> list[RoleAssignment]:
        """Return every assignment."""
        return await self._unit.every(RoleAssignment, select(ASSIGNMENT).order_by(ASSIGNMENT.c.id))

    async def save(self, assignments: Iterable[RoleAssignment]) -> None:
        """Store assignments; those that end go first, so that a role never has two holders (I-01)."""
        given = sorted(assignments, key=lambda a: a.state is AssignmentState.ACTIVE)
        await self._unit.upsert(ASSIGNMENT, given)
        self._unit.touched.update(assignment.initiative_id for assignment in given)
        self._unit.catalogue_changed = True
