"""Cycles, prompts and answers."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import and_, bindparam, case, exists, func, literal, or_, select, update

from bot.domain.cadence import Cycle
from bot.domain.checkins import ANSWERED, OPEN, Prompt, PromptState, Response
from bot.domain.deliveries import WAITING, DeliveryKind, DeliveryState
from bot.domain.ids import InitiativeId, PersonId, PromptId
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, AssignmentKind, AssignmentState, Role
from bot.stores import Expected
from storage.mapping import from_row
from storage.stores.unit import VARIABLES, Unit, chunked, table_of
from storage.tables.check_ins import CycleRow, PromptRow, ResponseRow
from storage.tables.deliveries import DeliveryRow
from storage.tables.initiatives import InitiativeRow, RoleAssignmentRow
from storage.tables.people import PersonRow

CYCLE, PROMPT, RESPONSE = table_of(CycleRow), table_of(PromptRow), table_of(ResponseRow)
NEWEST = and_(RESPONSE.c.prompt_id == PROMPT.c.id, RESPONSE.c.revision == PROMPT.c.revision)
INITIATIVE, ASSIGNMENT = table_of(InitiativeRow), table_of(RoleAssignmentRow)
DELIVERY, PERSON = table_of(DeliveryRow), table_of(PersonRow)
ASKING = (DeliveryKind.CHECKIN_PROMPT.value, DeliveryKind.CHECKIN_NUDGE.value)
GONE = DeliveryState.SUPERSEDED.value
ON_ITS_WAY = WAITING | {DeliveryState.SENDING}
BOTH = [*PROMPT.c, *(column.label(f"r_{column.name}") for column in RESPONSE.c)]
# Built once: every item of every list that is sent asks it.
ANSWERS_BEFORE = (
    select(*BOTH)
    .join(RESPONSE, NEWEST)
    .where(
        PROMPT.c.initiative_id == bindparam("initiative"),
        PROMPT.c.role == bindparam("role"),
        PROMPT.c.cycle < bindparam("cycle"),
        PROMPT.c.state.in_([state.value for state in ANSWERED]),
    )
    .order_by(PROMPT.c.cycle.desc())
    .limit(bindparam("most"))
)


class SqlCheckIns:
    """`bot.stores.CheckIns` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add_cycle_once(self, cycle: Cycle) -> bool:
        """Store a cycle; False when it is there already."""
        return await self._unit.add_records_once(CYCLE, [cycle]) == 1

    async def cycle(self, key: str) -> Cycle | None:
        """Return a cycle."""
        return await self._unit.one(Cycle, select(CYCLE).where(CYCLE.c.key == key))

    async def unclosed_cycles(self) -> list[Cycle]:
        """Return the cycles whose silence has not been counted yet, oldest first."""
        return await self._unit.every(Cycle, select(CYCLE).where(CYCLE.c.closed_at.is_(None)).order_by(CYCLE.c.key))

    async def close_cycle(self, key: str, at: datetime) -> int:
        """Mark the cycle closed, its silent prompts missed and its undelivered ones failed; return how many missed."""
        if not await self._unit.change(CYCLE, and_(CYCLE.c.key == key, CYCLE.c.closed_at.is_(None)), closed_at=at):
            return 0
        mine = PROMPT.c.cycle == key
        missed = await self._unit.change(
            PROMPT, and_(mine, PROMPT.c.state == PromptState.SENT), state=PromptState.MISSED.value
        )
        await self._unit.change(
            PROMPT, and_(mine, PROMPT.c.state == PromptState.SCHEDULED), state=PromptState.FAILED.value
        )
        return missed

    async def expected(self, cycle: str, day: date) -> list[Expected]:
        """Return the holders on `day` of roles of active and on-hold initiatives that have no prompt in `cycle`."""
        a, i, p = ASSIGNMENT.c, INITIATIVE.c, PROMPT.c
        asked = and_(p.cycle == cycle, p.initiative_id == a.initiative_id, p.role == a.role)
        statement = (
            select(a.initiative_id, a.role, a.person_id, i.stage, i.lifecycle)
            .join(INITIATIVE, i.id == a.initiative_id)
            .outerjoin(PROMPT, asked)
            .where(
                a.kind == AssignmentKind.PRIMARY.value,
                a.state == AssignmentState.ACTIVE.value,
                a.role.in_([role.value for role in OWNER_ROLES]),
                a.valid_from <= day,
                or_(a.valid_to.is_(None), a.valid_to > day),
                i.lifecycle.in_([Lifecycle.ACTIVE.value, Lifecycle.ON_HOLD.value]),
                i.stage != Stage.INTAKE.value,
                p.id.is_(None),
            )
            .order_by(a.initiative_id, a.role)
        )
        stages, roles, lives = Stage._value2member_map_, Role._value2member_map_, Lifecycle._value2member_map_
        return [
            Expected(row[0], roles[row[1]], row[2], stages[row[3]], lives[row[4]])  # type: ignore[arg-type, misc]
            for row in await self._unit.execute(statement)
        ]

    async def undelivered(self, cycle: str, now: datetime) -> list[Prompt]:
        """Return the prompts of a cycle that nobody was shown and whose own message is not on its way any more."""
        p, d = PROMPT.c, DELIVERY.c
        key = literal(f"{DeliveryKind.CHECKIN_PROMPT}:{cycle}:").concat(p.person_id)
        coming = and_(d.dedupe_key == key, d.state.in_([state.value for state in ON_ITS_WAY]), d.expires_at > now)
        unseen = and_(p.sent_at.is_(None), p.state.in_([PromptState.SCHEDULED.value, PromptState.FAILED.value]))
        statement = select(PROMPT).where(p.cycle == cycle, unseen, ~select(d.id).where(coming).exists())
        return await self._unit.every(Prompt, statement.order_by(p.person_id, p.id))

    async def asked_in(self, cycle: str) -> list[PersonId]:
        """Return whoever was shown a check-in of a cycle."""
        shown = select(PROMPT.c.person_id).where(PROMPT.c.cycle == cycle, PROMPT.c.sent_at.is_not(None)).distinct()
        return [row[0] for row in await self._unit.execute(shown)]

    async def has_prompts(self, cycle: str) -> bool:
        """Return whether anybody is asked in a cycle."""
        return (
            await self._unit.execute(select(PROMPT.c.id).where(PROMPT.c.cycle == cycle).limit(1))
        ).first() is not None

    async def not_asked(self, cycle: str) -> list[PersonId]:
        """Return the reachable people with an undelivered check-in in a cycle that no outbox row asks for."""
        d = DELIVERY.c
        asking = exists().where(
            d.person_id == PROMPT.c.person_id, d.subject == cycle, d.kind.in_(ASKING), d.state != GONE
        )
        statement = (
            select(PROMPT.c.person_id)
            .join(PERSON, PERSON.c.id == PROMPT.c.person_id)
            .where(PROMPT.c.cycle == cycle, PROMPT.c.state == PromptState.SCHEDULED.value)
            .where(PERSON.c.active, PERSON.c.unreachable_since.is_(None), ~asking)
            .distinct()
        )
        return list((await self._unit.execute(statement)).scalars())

    async def add_prompts_once(self, prompts: Sequence[Prompt]) -> int:
        """Store new prompts, passing over those that exist (I-17); return how many were new."""
        return await self._unit.add_records_once(PROMPT, prompts)

    async def prompt(self, prompt_id: PromptId) -> Prompt | None:
        """Return a prompt."""
        return await self._unit.one(Prompt, select(PROMPT).where(PROMPT.c.id == prompt_id))

    async def prompts_of(self, person_id: PersonId, cycle: str) -> list[Prompt]:
        """Return what a person is asked in a cycle, in the order of the initiatives' keys."""
        statement = (
            select(PROMPT)
            .join(INITIATIVE, INITIATIVE.c.id == PROMPT.c.initiative_id)
            .where(PROMPT.c.person_id == person_id, PROMPT.c.cycle == cycle)
            .order_by(INITIATIVE.c.key, PROMPT.c.role)
        )
        return await self._unit.every(Prompt, statement)

    async def prompts_about_roles_of(self, person_id: PersonId, cycle: str) -> list[Prompt]:
        """Return what is asked in a cycle about the roles a person holds, whoever answers for them."""
        p = PROMPT.c
        theirs = or_(p.on_behalf_of == person_id, and_(p.person_id == person_id, p.on_behalf_of.is_(None)))
        mine = select(PROMPT).where(theirs, p.cycle == cycle).order_by(p.initiative_id, p.role)
        return await self._unit.every(Prompt, mine)

    async def open_prompts_about(self, initiative_id: InitiativeId) -> list[Prompt]:
        """Return the unanswered prompts about an initiative, newest cycle first."""
        states = [state.value for state in OPEN]
        about = select(PROMPT).where(PROMPT.c.initiative_id == initiative_id, PROMPT.c.state.in_(states))
        return await self._unit.every(Prompt, about.order_by(PROMPT.c.cycle.desc(), PROMPT.c.role))

    async def newest_prompts_about(self, initiative_id: InitiativeId) -> list[Prompt]:
        """Return the prompts about an initiative in the newest two cycles, newest first."""
        newest = [cycle.key for cycle in await self.newest_cycles(2)]
        about = select(PROMPT).where(PROMPT.c.initiative_id == initiative_id, PROMPT.c.cycle.in_(newest))
        return await self._unit.every(Prompt, about.order_by(PROMPT.c.cycle.desc(), PROMPT.c.role))

    async def newest_cycles(self, limit: int) -> list[Cycle]:
        """Return the newest cycles, newest first."""
        return await self._unit.every(Cycle, select(CYCLE).order_by(CYCLE.c.key.desc()).limit(limit))

    async def latest_of(self, initiative_ids: Iterable[InitiativeId], limit: int) -> list[Prompt]:
        """Return the newest prompts of each role of some initiatives, up to `limit` a role, newest first."""
        p, found = PROMPT.c, list[Prompt]()
        for ids in chunked(sorted(set(initiative_ids)), VARIABLES):
            rank = func.row_number().over(partition_by=(p.initiative_id, p.role), order_by=p.cycle.desc()).label("rank")
            ranked = select(PROMPT, rank).where(p.initiative_id.in_(ids)).subquery()
            newest = select(ranked).where(ranked.c.rank <= limit).order_by(ranked.c.cycle.desc(), ranked.c.id)
            found += await self._unit.every(Prompt, newest)
        return found

    async def save_prompts(self, prompts: Iterable[Prompt]) -> None:
        """Store prompts."""
        given = list(prompts)
        await self._unit.upsert(PROMPT, given)
        self._unit.touched.update(prompt.initiative_id for prompt in given)

    async def mark_sent(self, prompt_ids: Iterable[PromptId], at: datetime) -> None:
        """Mark prompts as sent that were only scheduled; one answered meanwhile stays answered."""
        waiting = [PromptState.SCHEDULED.value, PromptState.FAILED.value]
        statement = update(PROMPT).where(PROMPT.c.id.in_(list(prompt_ids)), PROMPT.c.state.in_(waiting))
        still_open = case((PROMPT.c.state.in_(waiting), PromptState.SENT.value), else_=PROMPT.c.state)
        await self._unit.execute(statement.values(state=still_open, sent_at=at))

    async def response(self, prompt_id: PromptId) -> Response | None:
        """Return the newest revision of the answers to a prompt."""
        newest = select(RESPONSE).where(RESPONSE.c.prompt_id == prompt_id).order_by(RESPONSE.c.revision.desc()).limit(1)
        return await self._unit.one(Response, newest)

    async def answers_before(
        self, initiative_id: InitiativeId, role: Role, cycle: str, limit: int
    ) -> list[tuple[Prompt, Response]]:
        """Return the newest answered prompts of a role in cycles before `cycle`, newest first."""
        asked = {"initiative": initiative_id, "role": role.value, "cycle": cycle, "most": limit}
        rows = (await self._unit.connection.execute(ANSWERS_BEFORE, asked)).mappings()
        return [(from_row(Prompt, row), from_row(Response, _unprefixed(dict(row)))) for row in rows]

    async def add_response(self, response: Response) -> bool:
        """Store one revision; False when that revision exists already (somebody was quicker)."""
        return await self._unit.add_records_once(RESPONSE, [response]) == 1

    async def add_responses(self, responses: Sequence[Response]) -> int:
        """Store many revisions, passing over those that exist; return how many were new."""
        return await self._unit.add_records_once(RESPONSE, responses)

    async def history(self) -> list[tuple[Prompt, Response | None]]:
        """Return every prompt with its newest response, for export."""
        statement = select(*BOTH).outerjoin(RESPONSE, NEWEST).order_by(PROMPT.c.cycle, PROMPT.c.id)
        rows = (await self._unit.execute(statement)).mappings()
        return [
            (from_row(Prompt, row), from_row(Response, _unprefixed(dict(row))) if row["r_id"] else None) for row in rows
        ]

    async def erase_answers(self, before: datetime) -> int:
        """Empty the answers given before an instant; who answered when stays. Return how many."""
        old = and_(RESPONSE.c.submitted_at < before, RESPONSE.c.answers != {})
        return await self._unit.change(RESPONSE, old, answers={}, asked={})


def _unprefixed(row: dict[str, object]) -> dict[str, object]:
    return {name.removeprefix("r_"): value for name, value in row.items() if name.startswith("r_")}
