"""The week of a digest, summed up by the database: one statement for all initiatives, whatever their number."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.engine import RowMapping

from bot.domain.calendar import monday_of, weeks_after
from bot.domain.checkins import CommitmentState, Promises, PromptState, Rag
from bot.domain.digest import AskRow, ClosedRow, EscalatedRow, WeekFacts, WeekRow
from bot.domain.ids import PortfolioId
from bot.domain.initiatives import Lifecycle, Stage, lifecycle_on
from bot.domain.ownership import OWNER_ROLES, AssignmentKind, AssignmentState, Role
from bot.domain.people import Visibility
from bot.domain.raid import OPEN_STATES, RaidKind
from bot.domain.standing import Cause
from storage.stores.unit import table_of
from storage.tables.check_ins import CommitmentRow, PromptRow, RaidRow
from storage.tables.escalations import EscalationRow, NoticeRow
from storage.tables.initiatives import InitiativeRow, RoleAssignmentRow
from storage.tables.people import OrganisationRow, PersonRow, PortfolioRow

PROMPT, COMMITMENT, RAID = table_of(PromptRow), table_of(CommitmentRow), table_of(RaidRow)
INITIATIVE, ASSIGNMENT = table_of(InitiativeRow), table_of(RoleAssignmentRow)
ORGANISATION, PERSON, PORTFOLIO = table_of(OrganisationRow), table_of(PersonRow), table_of(PortfolioRow)
ESCALATION, NOTICE = table_of(EscalationRow), table_of(NoticeRow)
DECIDED_AT = 4
"""The level at which a ladder stands in the digest (domain.md 3.5)."""
WEEKS = 12
PROMISE_WEEKS = 8
UNEXPECTED = (PromptState.EXCUSED.value, PromptState.CANCELLED.value)
RAGS = tuple(Rag)
SHOWN = INITIATIVE.c.visibility != Visibility.RESTRICTED.value
"""A digest is read by everybody in a channel: what is restricted is not in it."""


class WeekReads(ABC):
    """The part of `bot.ports.Reads` that a digest is made from."""

    @abstractmethod
    async def rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        """Run a statement for reading; the class that is mixed in says on what connection."""

    async def week(self, portfolio_id: PortfolioId, week: str, as_of: datetime) -> WeekFacts | None:
        """Return the facts of an ISO week as known at `as_of`, or None when there is no such portfolio."""
        titles = await self.rows(
            select(PORTFOLIO.c.name, ORGANISATION.c.name.label("organisation"))
            .join(ORGANISATION, literal(True))
            .where(PORTFOLIO.c.id == portfolio_id)
        )
        if not titles:
            return None
        return WeekFacts(
            portfolio=titles[0]["name"],
            organisation=titles[0]["organisation"],
            week=week,
            as_of=as_of,
            rows=tuple(_week_row(row, as_of) for row in await self.rows(week_statement(portfolio_id, week, as_of))),
            asks=tuple(map(_ask, await self.rows(_asks(portfolio_id, as_of)))),
            closed=tuple(map(_closed, await self.rows(_closings(portfolio_id, week, as_of)))),
            escalated=tuple(map(_escalated, await self.rows(_at_the_top(portfolio_id, as_of)))),
            promises=_promises(await self.rows(_settled(portfolio_id, week, as_of))),
        )


def week_statement(portfolio_id: PortfolioId, week: str, as_of: datetime) -> Select[Any]:
    """
    Return the statement that sums up every initiative's week.

    Grouped by initiative and week before anything is joined, so that a prompt is read once (delivery.md 5.1).
    """
    weekly = _by_week(week, as_of)
    summed = _by_initiative(weekly, week)
    held = _held()
    i = INITIATIVE.c
    sums = (column for column in summed.c if column.name != "id")
    columns = (i.id, i.key, i.name, i.stage, i.lifecycle, i.closed_on, held.c.roles, *sums)
    return (
        select(*columns)
        .outerjoin(summed, summed.c.id == i.id)
        .outerjoin(held, held.c.initiative_id == i.id)
        .where(i.portfolio_id == portfolio_id, SHOWN)
        .order_by(i.key)
    )


def _by_week(week: str, as_of: datetime) -> Any:  # noqa: ANN401 - a subquery
    p = PROMPT.c
    answered = and_(p.answered_at.is_not(None), p.answered_at <= as_of)
    expected = and_(p.sent_at <= as_of, p.state.not_in(UNEXPECTED))
    unseen = and_(or_(p.sent_at.is_(None), p.sent_at > as_of), p.due_at <= as_of, p.state.not_in(UNEXPECTED))
    badness = case(*((and_(answered, p.rag == rag.value), rag.badness) for rag in RAGS))
    now = p.cycle == week
    return (
        select(
            p.initiative_id.label("id"),
            p.cycle,
            func.max(badness).label("badness"),
            func.sum(case((and_(now, or_(expected, answered)), 1), else_=0)).label("expected"),
            func.sum(case((and_(now, answered), 1), else_=0)).label("answered"),
            func.aggregate_strings(case((and_(now, expected, ~answered), p.role)), ",").label("silent"),
            func.aggregate_strings(case((and_(now, unseen, ~answered), p.role)), ",").label("undelivered"),
            func.aggregate_strings(case((now, p.id)), ",").label("sources"),
        )
        .where(p.cycle.between(weeks_after(week, 1 - WEEKS), week))
        .group_by(p.initiative_id, p.cycle)
        .subquery("weekly")
    )


def _by_initiative(weekly: Any, week: str) -> Any:  # noqa: ANN401 - subqueries
    w = weekly.c
    red = Rag.RED.badness
    calm = func.max(case((func.coalesce(w.badness, -1) < red, w.cycle))).over(partition_by=w.id).label("calm")
    ranked = select(w, calm).subquery("ranked")
    r = ranked.c
    return (
        select(
            r.id,
            func.max(case((r.cycle == week, r.badness))).label("declared"),
            func.max(case((r.cycle == weeks_after(week, -1), r.badness))).label("declared_before"),
            func.sum(r.expected).label("expected"),
            func.sum(r.answered).label("answered"),
            func.max(r.silent).label("silent"),
            func.max(r.undelivered).label("undelivered"),
            func.max(r.sources).label("sources"),
            func.sum(case((and_(r.badness == red, or_(r.calm.is_(None), r.cycle > r.calm)), 1), else_=0)).label(
                "red_weeks"
            ),
        )
        .group_by(r.id)
        .subquery("summed")
    )


def _held() -> Any:  # noqa: ANN401 - a subquery
    a = ASSIGNMENT.c
    active = and_(a.kind == AssignmentKind.PRIMARY.value, a.state == AssignmentState.ACTIVE.value)
    roles = func.aggregate_strings(a.role, ",").label("roles")
    return select(a.initiative_id, roles).where(active).group_by(a.initiative_id).subquery("held")


def _week_row(row: RowMapping, as_of: datetime) -> WeekRow:
    held = (row["roles"] or "").split(",")
    return WeekRow(
        initiative_id=row["id"],
        key=row["key"],
        name=row["name"],
        stage=Stage(row["stage"]),
        lifecycle=lifecycle_on(as_of.date(), Lifecycle(row["lifecycle"]), row["closed_on"]),
        declared=None if row["declared"] is None else RAGS[row["declared"]],
        declared_before=None if row["declared_before"] is None else RAGS[row["declared_before"]],
        expected=int(row["expected"] or 0),
        answered=int(row["answered"] or 0),
        silent=_listed(row["silent"]),
        undelivered=_listed(row["undelivered"]),
        red_weeks=int(row["red_weeks"]) if row["declared"] == Rag.RED.badness else 0,
        vacant=tuple(role.value for role in OWNER_ROLES if role.value not in held),
        source_ids=_listed(row["sources"]),
    )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(sorted(text.split(","))) if text else ()


def _asks(portfolio_id: PortfolioId, as_of: datetime) -> Select[Any]:
    r, asker, helper = RAID.c, PERSON.alias("asker"), PERSON.alias("helper")
    columns = (
        r.id, r.initiative_id, INITIATIVE.c.key, r.title, r.category, r.raised_at, r.due, r.needs_from_id,
        asker.c.name.label("asked_by"), func.coalesce(helper.c.name, "").label("needs_from"),
    )  # fmt: skip
    still = or_(r.state.in_([state.value for state in OPEN_STATES]), r.closed_at > as_of)
    return (
        select(*columns)
        .join(INITIATIVE, INITIATIVE.c.id == r.initiative_id)
        .join(asker, asker.c.id == r.owner_id)
        .outerjoin(helper, helper.c.id == r.needs_from_id)
        .where(
            INITIATIVE.c.portfolio_id == portfolio_id,
            SHOWN,
            INITIATIVE.c.lifecycle == Lifecycle.ACTIVE.value,
            r.kind == RaidKind.DECISION_NEEDED.value,
            r.raised_at <= as_of,
            still,
        )
        .order_by(r.raised_at, r.id)
    )


def _ask(row: RowMapping) -> AskRow:
    return AskRow(
        raid_id=row["id"],
        initiative_id=row["initiative_id"],
        key=row["key"],
        title=row["title"],
        category=row["category"],
        asked_by=row["asked_by"],
        asked_on=row["raised_at"].date(),
        needs_from_id=row["needs_from_id"],
        needs_from=row["needs_from"],
        due=row["due"],
    )


def _at_the_top(portfolio_id: PortfolioId, as_of: datetime) -> Select[Any]:
    """Return the escalations that somebody at the top of the ladder has heard of, by the first who did."""
    e, n, i = ESCALATION.c, NOTICE.c, INITIATIVE.c
    told = and_(n.escalation_id == e.id, n.level == DECIDED_AT, n.told_at <= as_of)
    first = func.row_number().over(partition_by=e.id, order_by=(n.told_at, n.id)).label("turn")
    columns = (
        e.id, e.initiative_id, i.key, e.role, e.cause, e.missed, e.raised_at, e.started_on, e.plan_due,
        n.told_at, n.person_id, PERSON.c.name,
    )  # fmt: skip
    joined = select(*columns, first).join(INITIATIVE, i.id == e.initiative_id).join(NOTICE, told)
    still = or_(e.resolved_at.is_(None), e.resolved_at > as_of)
    found = joined.join(PERSON, PERSON.c.id == n.person_id).where(
        i.portfolio_id == portfolio_id, SHOWN, i.lifecycle == Lifecycle.ACTIVE.value, e.level == DECIDED_AT, still
    )
    ranked = found.subquery()
    return select(ranked).where(ranked.c.turn == 1).order_by(ranked.c.key, ranked.c.id)


def _escalated(row: RowMapping) -> EscalatedRow:
    return EscalatedRow(
        source_id=row["id"],
        initiative_id=row["initiative_id"],
        key=row["key"],
        role=Role(row["role"]),
        cause=Cause(row["cause"]),
        missed=row["missed"],
        asked_on=row["started_on"] or row["raised_at"].date(),
        needs_from_id=row["person_id"],
        needs_from=row["name"],
        told_at=row["told_at"],
        plan_due=row["plan_due"],
    )


def _closings(portfolio_id: PortfolioId, week: str, as_of: datetime) -> Select[Any]:
    i, monday = INITIATIVE.c, monday_of(week)
    closed = i.lifecycle.in_([Lifecycle.STOPPED.value, Lifecycle.RETIRED.value])
    within = i.closed_on.between(monday, min(monday + timedelta(days=6), as_of.date()))
    return select(INITIATIVE).where(i.portfolio_id == portfolio_id, SHOWN, closed, within).order_by(i.key)


def _closed(row: RowMapping) -> ClosedRow:
    return ClosedRow(
        initiative_id=row["id"],
        key=row["key"],
        lifecycle=Lifecycle(row["lifecycle"]),
        closed_on=row["closed_on"],
        note=row["closing_note"],
        source_id=row["id"],
    )


def _settled(portfolio_id: PortfolioId, week: str, as_of: datetime) -> Select[Any]:
    c, monday = COMMITMENT.c, monday_of(week)
    first, last = monday - timedelta(weeks=PROMISE_WEEKS - 1), monday + timedelta(days=6)
    joined = select(c.state, func.count().label("n")).join(INITIATIVE, INITIATIVE.c.id == c.initiative_id)
    active = INITIATIVE.c.lifecycle == Lifecycle.ACTIVE.value
    mine = (INITIATIVE.c.portfolio_id == portfolio_id, active, c.due.between(first, last))
    known = or_(c.closed_at.is_(None), c.closed_at <= as_of)
    return joined.where(*mine, known).group_by(c.state)


def _promises(rows: Sequence[RowMapping]) -> Promises:
    counts = {row["state"]: row["n"] for row in rows}
    return Promises(
        kept=counts.get(CommitmentState.KEPT.value, 0),
        late=counts.get(CommitmentState.LATE.value, 0),
        missed=counts.get(CommitmentState.MISSED.value, 0),
    )
