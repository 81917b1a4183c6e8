"""What leaders need from a week: facts from stored answers, in the order they can act on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.calendar import Calendar, local_date
from bot.domain.checkins import Promises, Rag
from bot.domain.ids import InitiativeId, PersonId, stable_id
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.policy import DigestPolicy, EscalationPolicy
from bot.domain.standing import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """
    One initiative in one week, as the database sums it up.

    `expected` and `answered` count delivered check-ins of the week (excused ones are not expected); `silent` names the
    roles that did not answer, `undelivered` those whose check-in never reached them; `red_weeks` counts consecutive
    weeks declared Red up to this one.
    """

    initiative_id: InitiativeId
    key: str
    name: str
    stage: Stage
    lifecycle: Lifecycle
    declared: Rag | None
    declared_before: Rag | None
    expected: int
    answered: int
    silent: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    red_weeks: int = 0
    vacant: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRow:
    """A decision or help an owner asked for and nobody has given yet."""

    raid_id: str
    initiative_id: InitiativeId
    key: str
    title: str
    category: str
    asked_by: str
    asked_on: date
    needs_from_id: PersonId | None
    needs_from: str
    due: date | None

    @property
    def source_id(self) -> str:
        """Return what this rests on."""
        return self.raid_id


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalatedRow:
    """
    A role whose ladder has come to its end: the executive was told at `told_at` (UTC) and is to decide.

    `due` and `days`, the working days since `asked_on`, are counted when the digest is made.
    """

    source_id: str
    initiative_id: InitiativeId
    key: str
    role: Role
    cause: Cause
    missed: int
    asked_on: date
    needs_from_id: PersonId
    needs_from: str
    told_at: datetime
    plan_due: date | None = None
    due: date | None = None
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRow:
    """An initiative stopped or retired in the week."""

    initiative_id: InitiativeId
    key: str
    lifecycle: Lifecycle
    closed_on: date
    note: str
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """Everything a weekly digest is made of, read at `as_of` (UTC)."""

    portfolio: str
    organisation: str
    week: str
    as_of: datetime
    rows: tuple[WeekRow, ...]
    asks: tuple[AskRow, ...] = ()
    closed: tuple[ClosedRow, ...] = ()
    escalated: tuple[EscalatedRow, ...] = ()
    promises: Promises = Promises()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many initiatives were reported in each colour, and of how many no owner who was asked answered."""

    green: int = 0
    amber: int = 0
    red: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something only others can decide or give; `overdue` when its day has passed, `again` after the first of one."""

    ask: AskRow | EscalatedRow
    overdue: bool = False
    again: bool = False

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Return what this rests on."""
        return (self.ask.source_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Red:
    """An initiative its owners report Red; `new` when it was not Red the week before."""

    key: str
    new: bool
    weeks: int
    before: Rag | None
    initiative_id: InitiativeId
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """
    What leaders can act on, in that order; every part rests on stored facts and says which.

    `decisions` come longest waiting first, those due leading; `reds` new first, then longest. `unasked` counts active
    initiatives of which nobody was to be asked, `unreached` those of which nobody could be, `listed` are those worth a
    line in the details. `due` counts the check-ins that should have been answered, the `undelivered` ones among them.
    """

    facts: WeekFacts
    day: date
    counts: Counts
    before: Counts
    active: int
    unasked: int
    unreached: int
    intake: int
    on_hold: int
    stopped: int
    due: int
    answered: int
    undelivered: int
    low_confidence: bool
    vacant: int
    decisions: tuple[Decision, ...]
    reds: tuple[Red, ...]
    listed: tuple[WeekRow, ...]
    source_ids: tuple[str, ...]

    @property
    def quiet(self) -> bool:
        """Return whether there is nothing to act on."""
        return not (self.decisions or self.reds or self.facts.closed or self.low_confidence)

    @property
    def worth_posting(self) -> bool:
        """Return whether anybody was asked, anything is open or closed: else there is no week to report."""
        known = any((self.before.green, self.before.amber, self.before.red))
        return bool(self.due or self.decisions or self.facts.closed or known)


def build_digest(facts: WeekFacts, policy: DigestPolicy, day: date) -> Digest:
    """Return the digest of a week as read on `day` (portfolio's date): a pure function of its arguments."""
    active = [row for row in facts.rows if row.lifecycle is Lifecycle.ACTIVE and row.stage is not Stage.INTAKE]
    answered, undelivered = sum(row.answered for row in facts.rows), sum(len(row.undelivered) for row in facts.rows)
    due = sum(row.expected for row in facts.rows) + undelivered
    silent = [row for row in active if row.declared is None]
    ids = sorted(source for row in facts.rows for source in row.source_ids)
    return Digest(
        facts=facts,
        day=day,
        counts=_counts([row.declared for row in active], sum(row.expected > 0 for row in silent)),
        before=_counts([row.declared_before for row in active], 0),
        active=len(active),
        unasked=sum(not row.expected and not row.undelivered for row in silent),
        unreached=sum(not row.expected and bool(row.undelivered) for row in silent),
        intake=sum(row.lifecycle is Lifecycle.ACTIVE and row.stage is Stage.INTAKE for row in facts.rows),
        on_hold=sum(row.lifecycle is Lifecycle.ON_HOLD for row in facts.rows),
        stopped=sum(row.lifecycle is Lifecycle.STOPPED for row in facts.rows),
        due=due,
        answered=answered,
        undelivered=undelivered,
        low_confidence=answered < policy.low_confidence_below * due,
        vacant=sum(len(row.vacant) for row in active),
        decisions=_decisions((*facts.asks, *facts.escalated), day),
        reds=_reds(active),
        listed=tuple(filter(_worth_a_line, facts.rows)),
        source_ids=(f"week:{facts.week}", f"prompts:{stable_id(*ids)}"),
    )


def _counts(declared: list[Rag | None], silent: int) -> Counts:
    return Counts(
        green=declared.count(Rag.GREEN), amber=declared.count(Rag.AMBER), red=declared.count(Rag.RED), silent=silent
    )


def ready(
    rows: Iterable[EscalatedRow], day: date, zone: ZoneInfo, calendar: Calendar, policy: EscalationPolicy
) -> tuple[EscalatedRow, ...]:
    """
    Return the escalations a digest read on `day` may name, with the day by which they are to be decided.

    Who is named was told at least one working day before, and no plan holds it; the others wait for the next (I-28).
    """
    due = calendar.shift(day, policy.answered_after_digest_working_days)
    return tuple(
        replace(row, due=due, days=calendar.count(row.asked_on, day))
        for row in rows
        if calendar.count(local_date(row.told_at, zone), day) >= policy.told_before_digest_working_days
        and (row.plan_due is None or day >= calendar.shift(row.plan_due, policy.pause_margin_working_days))
    )


def _decisions(asks: tuple[AskRow | EscalatedRow, ...], day: date) -> tuple[Decision, ...]:
    """Return every open ask; what an initiative asks besides its first comes after the first asks of all."""
    ordered = sorted(asks, key=lambda ask: (ask.due is None or ask.due > day, ask.asked_on, ask.key, ask.source_id))
    first = {ask.initiative_id: ask.source_id for ask in reversed(ordered)}
    found = [
        Decision(
            ask=ask, overdue=ask.due is not None and ask.due < day, again=first[ask.initiative_id] != ask.source_id
        )
        for ask in ordered
    ]
    return tuple(sorted(found, key=lambda decision: decision.again))


def _reds(active: list[WeekRow]) -> tuple[Red, ...]:
    found = [
        Red(
            key=row.key,
            new=row.declared_before is not Rag.RED,
            weeks=row.red_weeks,
            before=row.declared_before,
            initiative_id=row.initiative_id,
            source_ids=row.source_ids or (row.initiative_id,),
        )
        for row in active
        if row.declared is Rag.RED
    ]
    return tuple(sorted(found, key=lambda red: (not red.new, -red.weeks, red.key)))


def _worth_a_line(row: WeekRow) -> bool:
    """Return whether an initiative has anything to show: it was asked or answered, has an owner, or is on hold."""
    if row.lifecycle is Lifecycle.ON_HOLD or row.expected or row.undelivered or row.declared is not None:
        return True
    owned = len(row.vacant) < len(OWNER_ROLES)
    return owned and row.lifecycle is Lifecycle.ACTIVE and row.stage is not Stage.INTAKE
