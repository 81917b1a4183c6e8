"""Escalations, who has heard of them, and the roles that call for one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from bot.domain.checkins import PromptState
from bot.domain.escalation import Escalation, LadderCode, Notice
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, AssignmentKind, AssignmentState, Role
from storage.mapping import to_row
from storage.stores.unit import VARIABLES, Unit, chunked, table_of
from storage.tables.check_ins import PromptRow
from storage.tables.escalations import EscalationRow, NoticeRow
from storage.tables.initiatives import InitiativeRow, RoleAssignmentRow
from storage.tables.people import PersonRow

ESCALATION, NOTICE = table_of(EscalationRow), table_of(NoticeRow)
PROMPT, INITIATIVE = table_of(PromptRow), table_of(InitiativeRow)
ASSIGNMENT, PERSON = table_of(RoleAssignmentRow), table_of(PersonRow)
IS_OPEN = ESCALATION.c.resolved_at.is_(None)
WORKED_ON = and_(INITIATIVE.c.lifecycle == Lifecycle.ACTIVE.value, INITIATIVE.c.stage != Stage.INTAKE.value)
PRIMARY = ASSIGNMENT.c.kind == AssignmentKind.PRIMARY.value


class SqlEscalations:
    """`bot.stores.Escalations` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, escalation_id: str) -> Escalation | None:
        """Return an escalation."""
        return await self._unit.one(Escalation, select(ESCALATION).where(ESCALATION.c.id == escalation_id))

    async def many(self, escalation_ids: Iterable[str]) -> dict[str, Escalation]:
        """Return some escalations by id."""
        found = await self._unit.every_in(Escalation, ESCALATION, ESCALATION.c.id, set(escalation_ids))
        return {escalation.id: escalation for escalation in found}

    async def open_ones(self) -> list[Escalation]:
        """Return the escalations that have not ended, in a fixed order."""
        return await self._unit.every(Escalation, select(ESCALATION).where(IS_OPEN).order_by(ESCALATION.c.id))

    async def open_about(self, initiative_id: InitiativeId) -> list[Escalation]:
        """Return the escalations about an initiative that have not ended."""
        about = select(ESCALATION).where(IS_OPEN, ESCALATION.c.initiative_id == initiative_id)
        return await self._unit.every(Escalation, about.order_by(ESCALATION.c.id))

    async def ended_about(self, initiative_ids: Iterable[InitiativeId], ladder: LadderCode) -> list[Escalation]:
        """Return the escalations of a ladder about some initiatives that have ended."""
        found: list[Escalation] = []
        for ids in chunked(sorted(set(initiative_ids)), VARIABLES):
            ended = and_(~IS_OPEN, ESCALATION.c.ladder == ladder.value, ESCALATION.c.initiative_id.in_(ids))
            found += await self._unit.every(Escalation, select(ESCALATION).where(ended))
        return found

    async def add_once(self, escalation: Escalation) -> bool:
        """Store a new escalation; False when one is open already for this role."""
        self._unit.touched.add(escalation.initiative_id)
        return await self._unit.add_records_once(ESCALATION, [escalation]) == 1

    async def change(self, before: Escalation, after: Escalation) -> bool:
        """Store `after` if the escalation still stands as in `before`; False when somebody was quicker."""
        e = ESCALATION.c
        same = and_(e.id == before.id, e.level == before.level, e.pauses == before.pauses, e.state == before.state)
        self._unit.touched.add(after.initiative_id)
        return await self._unit.change(ESCALATION, same, **to_row(after)) == 1

    async def add_notices_once(self, notices: Sequence[Notice]) -> int:
        """Store whom to tell, passing over those known; return how many are new."""
        return await self._unit.add_records_once(NOTICE, notices)

    async def save_notices(self, notices: Iterable[Notice]) -> None:
        """Store notices."""
        await self._unit.upsert(NOTICE, list(notices))

    async def notices_of(self, escalation_ids: Iterable[str]) -> list[Notice]:
        """Return who is to hear, or has heard, of some escalations, lowest level first."""
        found = await self._unit.every_in(Notice, NOTICE, NOTICE.c.escalation_id, sorted(set(escalation_ids)))
        return sorted(found, key=lambda notice: (notice.level, notice.id))

    async def carried_by(self, key: str) -> list[Notice]:
        """Return what the outbox row with this key tells its recipient."""
        carried = select(NOTICE).where(NOTICE.c.carrier == key).order_by(NOTICE.c.planned_at, NOTICE.c.id)
        return await self._unit.every(Notice, carried)

    async def mark_told(self, notice_ids: Iterable[str], at: datetime) -> None:
        """Note when people heard."""
        mine = and_(NOTICE.c.id.in_(list(notice_ids)), NOTICE.c.told_at.is_(None))
        await self._unit.execute(update(NOTICE).where(mine).values(told_at=at))

    async def told(self, person_id: PersonId, since: datetime) -> set[tuple[InitiativeId, Role]]:
        """Return the roles of which a person has heard since an instant."""
        heard = and_(NOTICE.c.person_id == person_id, NOTICE.c.told_at >= since)
        joined = select(ESCALATION.c.initiative_id, ESCALATION.c.role).join(NOTICE, _OF_NOTICE).where(heard)
        rows = (await self._unit.execute(joined)).mappings()
        return {(row["initiative_id"], Role(row["role"])) for row in rows}

    async def unanswered(self, cycles: Sequence[str]) -> list[tuple[InitiativeId, Role]]:
        """Return the roles that missed one of these cycles, which no escalation has counted yet."""
        p, e = PROMPT.c, ESCALATION.c
        same = and_(e.ladder == LadderCode.CHK.value, e.initiative_id == p.initiative_id, e.role == p.role)
        counted = exists().where(same, or_(IS_OPEN, e.through >= p.cycle))
        missed = and_(p.cycle.in_(cycles), p.state == PromptState.MISSED.value, ~counted, WORKED_ON)
        statement = select(p.initiative_id, p.role).join(INITIATIVE, INITIATIVE.c.id == p.initiative_id).where(missed)
        rows = (await self._unit.execute(statement.distinct().order_by(p.initiative_id, p.role))).mappings()
        return [(row["initiative_id"], Role(row["role"])) for row in rows]

    async def unowned(self, day: date) -> list[tuple[InitiativeId, Role]]:
        """
        Return the roles nobody can answer for on a day, in initiatives that are worked on and have or had an owner.

        Vacant, offered only, or held by somebody who has left or cannot be reached.
        """
        found: list[tuple[InitiativeId, Role]] = []
        for role in OWNER_ROLES:
            statement = select(INITIATIVE.c.id).where(WORKED_ON, _has_owners(), ~_is_held(role, day))
            ids = (await self._unit.execute(statement.order_by(INITIATIVE.c.id))).scalars()
            found += [(initiative_id, role) for initiative_id in ids]
        return found

    async def erase_words(self, before: datetime) -> int:
        """Empty the plans of escalations that ended before an instant; return how many."""
        old = and_(ESCALATION.c.resolved_at < before, ESCALATION.c.plan != "")
        return await self._unit.change(ESCALATION, old, plan="")


_OF_NOTICE = NOTICE.c.escalation_id == ESCALATION.c.id


def _has_owners() -> ColumnElement[bool]:
    a = ASSIGNMENT.c
    owners = a.role.in_([role.value for role in OWNER_ROLES])
    return exists().where(a.initiative_id == INITIATIVE.c.id, PRIMARY, owners)


def _is_held(role: Role, day: date) -> ColumnElement[bool]:
    a, p = ASSIGNMENT.c, PERSON.c
    reachable = and_(p.id == a.person_id, p.active, p.unreachable_since.is_(None))
    covers = and_(a.state == AssignmentState.ACTIVE.value, a.valid_from <= day)
    until = or_(a.valid_to.is_(None), a.valid_to > day)
    return exists().where(a.initiative_id == INITIATIVE.c.id, a.role == role.value, PRIMARY, covers, until, reachable)
