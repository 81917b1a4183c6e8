"""The one row per initiative that status is read from, brought up to date in the writer's transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select, text

from bot.domain.checkins import ANSWERED, CommitmentState, Rag, worst
from bot.domain.events import canonical
from bot.domain.initiatives import Initiative
from bot.domain.ownership import OWNER_ROLES, AssignmentState
from bot.domain.raid import OPEN_STATES
from storage.mapping import from_row, to_row
from storage.stores.unit import Unit, chunked, table_of
from storage.tables.check_ins import CommitmentRow, PromptRow, RaidRow
from storage.tables.escalations import EscalationRow
from storage.tables.initiatives import CatalogueRow, InitiativeRow, InitiativeStatusRow, RoleAssignmentRow
from storage.tables.people import PersonRow

STATUS, CATALOGUE, INITIATIVE = table_of(InitiativeStatusRow), table_of(CatalogueRow), table_of(InitiativeRow)
ASSIGNMENT, PROMPT, PERSON = table_of(RoleAssignmentRow), table_of(PromptRow), table_of(PersonRow)
COMMITMENT, RAID, ESCALATION = table_of(CommitmentRow), table_of(RaidRow), table_of(EscalationRow)
WEEKS_SHOWN = 12
AT_ONCE = 500

Facts = dict[str, list[Mapping[str, Any]]]


async def refresh(unit: Unit) -> None:
    """Write the status rows of the initiatives a unit of work touched, and tell caches when the catalogue changed."""
    if unit.touched and not unit.is_sqlite:
        # Units that touched one initiative refresh it one after the other, else the slower forgets the other's change.
        await unit.execute(text("LOCK TABLE catalogue IN SHARE ROW EXCLUSIVE MODE"))
    for ids in chunked(sorted(unit.touched), AT_ONCE):
        await _refresh_some(unit, ids)
    if unit.catalogue_changed:
        await unit.add_once(CATALOGUE, [{"id": 1, "version": 0}])
        await unit.change(CATALOGUE, CATALOGUE.c.id == 1, version=CATALOGUE.c.version + 1)
    unit.touched.clear()
    unit.catalogue_changed = False


async def _refresh_some(unit: Unit, ids: Sequence[str]) -> None:
    initiatives = (await unit.execute(select(INITIATIVE).where(INITIATIVE.c.id.in_(ids)))).mappings().all()
    roles = await _grouped(unit, _roles(ids))
    answers = await _grouped(unit, _answers(ids))
    promises = await _grouped(unit, _promises(ids))
    raids = await _grouped(unit, _raids(ids))
    escalations = await _grouped(unit, _escalations(ids))
    closers = await _names(unit, {row["closed_by"] for row in initiatives if row["closed_by"]})
    rows = []
    for row in initiatives:
        mine = row["id"]
        facts = {
            "initiative": {**to_row(from_row(Initiative, row)), "source": {}},
            "roles": roles[mine],
            "answers": answers[mine],
            "commitments": [p for p in promises[mine] if p["state"] == CommitmentState.OPEN],
            "promises": [
                [p["due"], p["state"], p["closed_at"]] for p in promises[mine] if p["state"] != CommitmentState.OPEN
            ],
            "raids": raids[mine],
            "escalations": escalations[mine],
            "closed_by": closers.get(row["closed_by"], ""),
        }
        rows.append({
            "initiative_id": mine, "portfolio_id": row["portfolio_id"], "key": row["key"],
            "visibility": row["visibility"], "reported": _reported(answers[mine]), "facts": canonical(facts),
        })  # fmt: skip
    await unit.upsert_rows(STATUS, rows)


def _reported(answers: Sequence[Mapping[str, Any]]) -> str:
    """Return the worst colour given in the newest cycle that anybody answered, empty when nobody ever did."""
    newest = answers[-1]["cycle"] if answers else ""
    rag = worst([Rag(one["rag"]) for one in answers if one["cycle"] == newest and one["rag"]])
    return rag.value if rag else ""


async def _grouped(unit: Unit, statement: Select[Any]) -> Facts:
    found: Facts = defaultdict(list)
    for row in (await unit.execute(statement)).mappings():
        values = dict(row)
        found[values.pop("initiative_id")].append(values)
    return found


async def _names(unit: Unit, ids: set[str]) -> dict[str, str]:
    rows = (await unit.execute(select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(ids)))).mappings()
    return {row["id"]: row["name"] for row in rows}


def _roles(ids: Sequence[str]) -> Select[Any]:
    a = ASSIGNMENT.c
    current = a.state.in_([AssignmentState.ACTIVE.value, AssignmentState.PROPOSED.value])
    who = (PERSON.c.name, PERSON.c.active, PERSON.c.unreachable_since.is_not(None).label("unreachable"))
    columns = (a.initiative_id, a.role, a.kind, a.state, a.person_id, a.valid_from, *who)
    return select(*columns).join(PERSON, PERSON.c.id == a.person_id).where(a.initiative_id.in_(ids), current)


def _answers(ids: Sequence[str]) -> Select[Any]:
    """Return, per role, the answers of the last cycles; who was asked in vain is not in it."""
    p = PROMPT.c
    rank = func.dense_rank().over(partition_by=p.initiative_id, order_by=p.cycle.desc()).label("rank")
    owners = p.role.in_([role.value for role in OWNER_ROLES])
    answered = p.state.in_([state.value for state in ANSWERED])
    columns = (p.initiative_id, p.cycle, p.role, p.answered_at, p.rag, p.confidence, p.person_id, p.on_behalf_of)
    inner = select(*columns, rank).where(p.initiative_id.in_(ids), owners, answered).subquery()
    shown = [column for column in inner.c if column.name != "rank"]
    return select(*shown).where(inner.c.rank <= WEEKS_SHOWN).order_by(inner.c.cycle)


def _promises(ids: Sequence[str]) -> Select[Any]:
    c = COMMITMENT.c
    columns = (c.initiative_id, c.text, c.due, c.state, c.made_at, c.closed_at, PERSON.c.name)
    undropped = c.state != CommitmentState.DROPPED.value
    return select(*columns).join(PERSON, PERSON.c.id == c.person_id).where(c.initiative_id.in_(ids), undropped)


def _raids(ids: Sequence[str]) -> Select[Any]:
    r, owner, helper = RAID.c, PERSON.alias("owner"), PERSON.alias("helper")
    open_ones = and_(r.initiative_id.in_(ids), r.state.in_([state.value for state in OPEN_STATES]))
    columns = (
        r.initiative_id, r.id, r.kind, r.title, r.category, r.owner_id, r.needs_from_id, r.raised_at, r.due,
        owner.c.name.label("owner"), func.coalesce(helper.c.name, "").label("needs_from"),
    )  # fmt: skip
    joined = select(*columns).join(owner, owner.c.id == r.owner_id).outerjoin(helper, helper.c.id == r.needs_from_id)
    return joined.where(open_ones).order_by(r.raised_at)


def _escalations(ids: Sequence[str]) -> Select[Any]:
    e = ESCALATION.c
    columns = (e.initiative_id, e.role, e.cause, e.level, e.level_at, e.missed, e.plan_due)
    return select(*columns).where(e.initiative_id.in_(ids), e.resolved_at.is_(None)).order_by(e.level.desc(), e.id)
