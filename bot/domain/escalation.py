"""Escalation: who hears, step by step and in working time, of what stays unanswered or without an owner."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.calendar import Calendar
from bot.domain.ids import InitiativeId, PersonId, stable_id
from bot.domain.ownership import Role
from bot.domain.policy import EscalationPolicy
from bot.domain.standing import Cause, Standing


class LadderCode(StrEnum):
    """Which ladder: unanswered check-ins, or a role nobody answers for (domain.md 3.5)."""

    CHK = "CHK"
    OWN = "OWN"


class Measure(StrEnum):
    """What a ladder counts: check-ins missed in a row, or working days."""

    MISSED = "missed"
    WORKING_DAYS = "working_days"


class Party(StrEnum):
    """Who is told at a step, by their part in the initiative."""

    NOMINEE = "nominee"
    DELEGATE = "delegate"
    CO_OWNERS = "co_owners"
    SPONSOR = "sponsor"
    LEAD = "lead"
    EXECUTIVE = "executive"


class EscalationState(StrEnum):
    """Where an escalation stands (domain.md 2.3)."""

    RAISED = "raised"
    ACKED = "acked"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """What ended an escalation."""

    ANSWERED = "answered"
    EXCUSED = "excused"
    HANDED_OVER = "handed_over"
    OWNED = "owned"
    NO_OWNER = "no_owner"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One rung: reached when `after` is counted, or at `silent` working days without an answer; `to` hear of it.

    An `immediate` step is reached from any level below, the others from the one before only (I-29).
    """

    level: int
    after: int
    to: tuple[Party, ...]
    silent: int | None = None
    immediate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The steps of one ladder, lowest first; a nominee has a step of their own, at which no level is reached."""

    code: LadderCode
    measure: Measure
    steps: tuple[Step, ...]

    def step(self, level: int) -> Step | None:
        """Return the step that reaches a level, None above the last one."""
        return next((step for step in self.steps if step.level == level and step is not self.nominee), None)

    @property
    def first(self) -> Step:
        """Return the step an escalation begins with."""
        return next(step for step in self.steps if step is not self.nominee)

    @property
    def nominee(self) -> Step | None:
        """Return the step at which a nominee is asked again, None on a ladder without one."""
        return next((step for step in self.steps if Party.NOMINEE in step.to), None)

    @property
    def silent(self) -> int | None:
        """Return after how many working days of silence the ladder is climbed without a further miss."""
        return next((step.silent for step in self.steps if step.silent is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladders:
    """The ladders of an organisation and their version, shown wherever one explains itself."""

    version: int
    ladders: tuple[Ladder, ...]

    def of(self, code: LadderCode) -> Ladder | None:
        """Return a ladder, None when the organisation has none of this code."""
        return next((ladder for ladder in self.ladders if ladder.code is code), None)


NO_LADDERS = Ladders(version=0, ladders=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """
    One role of one initiative on a ladder; of each ladder and role at most one is open.

    `person_id` is whom it is about, `started_on` the day from which working days count (None while nobody has heard),
    `through` the newest cycle counted so far. A dated plan pauses it until its day and a working day more.
    """

    id: str
    ladder: LadderCode
    initiative_id: InitiativeId
    role: Role
    cause: Cause
    raised_at: datetime
    level: int
    level_at: datetime
    person_id: PersonId | None = None
    started_on: date | None = None
    through: str = ""
    missed: int = 0
    state: EscalationState = EscalationState.RAISED
    policy_version: int = 1
    ladder_version: int = 1
    acked_at: datetime | None = None
    acked_by: PersonId | None = None
    plan: str = ""
    plan_due: date | None = None
    pauses: int = 0
    resolved_at: datetime | None = None
    resolution: Resolution | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it has not ended yet."""
        return self.state is not EscalationState.RESOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    That one person is to hear of an escalation at one level, and when they did.

    `party` is why it is them, `carrier` the key of the outbox row that tells them, `failed` when none can reach them.
    """

    id: str
    escalation_id: str
    level: int
    person_id: PersonId
    party: Party
    planned_at: datetime
    carrier: str = ""
    told_at: datetime | None = None
    failed: bool = False


def notice_id(escalation_id: str, level: int, person_id: PersonId) -> str:
    """Return the one id that telling a person of a level can have."""
    return stable_id(escalation_id, str(level), person_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What deciding takes: the ladders, the policy and its version, and the organisation's calendar as of `today`."""

    ladders: Ladders
    policy: EscalationPolicy
    policy_version: int
    calendar: Calendar
    today: date

    def ladder(self, code: LadderCode) -> Ladder:
        """Return a ladder in force; raises LookupError when there is none."""
        found = self.ladders.of(code)
        if found is None:
            raise LookupError(f"there is no ladder {code}")
        return found

    def after(self, day: date, working_days: int) -> date:
        """Return the day some working days later."""
        return self.calendar.shift(day, working_days)

    def resumes_on(self, plan_due: date) -> date:
        """Return the day on which the ladder goes on after a plan."""
        return self.after(plan_due, self.policy.pause_margin_working_days)

    def is_paused(self, escalation: Escalation) -> bool:
        """Return whether a dated plan holds an escalation where it is."""
        return escalation.plan_due is not None and self.today < self.resumes_on(escalation.plan_due)


# --- deciding --------------------------------------------------------------------------------------------------------


def opens(ladder: Ladder, standing: Standing, rules: Rules) -> bool:
    """Return whether what is wrong is enough for an escalation: at once, but a nominee has their time to answer."""
    if ladder.measure is Measure.MISSED:
        return len(standing.missed) >= ladder.first.after
    return standing.cause is not Cause.UNACCEPTED or nominee_is_due(ladder, standing, rules)


def nominee_is_due(ladder: Ladder, standing: Standing, rules: Rules) -> bool:
    """Return whether somebody who was offered a role has had their time and is to be asked again."""
    if ladder.nominee is None or standing.offered_on is None:
        return False
    return rules.today >= rules.after(standing.offered_on, ladder.nominee.after)


def raised(escalation: Escalation, standing: Standing, rules: Rules) -> Escalation:
    """Return a new escalation with what is wrong filled in; an offer left unanswered counts from when it arrived."""
    started = standing.offered_on if standing.cause is Cause.UNACCEPTED else None
    return replace(
        followed(escalation, standing),
        through=standing.through,
        started_on=started,
        policy_version=rules.policy_version,
        ladder_version=rules.ladders.version,
    )


def followed(escalation: Escalation, standing: Standing) -> Escalation:
    """Return the escalation as about what is wrong now."""
    return replace(
        escalation, cause=standing.cause, person_id=standing.person_id, missed=len(standing.missed) or escalation.missed
    )


def heard(escalation: Escalation, heard_on: date | None) -> Escalation:
    """Return the escalation with its clock running from the day its first level was heard, not from a plan."""
    return replace(escalation, started_on=heard_on) if escalation.started_on is None else escalation


def next_level(escalation: Escalation, standing: Standing, heard_on: date | None, rules: Rules) -> int | None:
    """
    Return the level an escalation rises to today, None when it stays where it is.

    `heard_on` is when those of the present level heard of it, None while they have not: nothing rises on the strength
    of a message that did not arrive. A level is skipped for an immediate step only (I-29).
    """
    if heard_on is None or not escalation.is_open or rules.is_paused(escalation):
        return None
    ladder = rules.ladder(escalation.ladder)
    counted = _counted(ladder, escalation, standing, rules)
    at_once = [s.level for s in ladder.steps if s.immediate and s.level > escalation.level and counted >= s.after]
    if at_once:
        return max(at_once)
    step = ladder.step(escalation.level + 1)
    due_on = None if step is None else rises_on(escalation, standing, heard_on, rules)
    return step.level if step and due_on and rules.today >= due_on else None


def _counted(ladder: Ladder, escalation: Escalation, standing: Standing, rules: Rules) -> int:
    if ladder.measure is Measure.MISSED:
        return len(standing.missed)
    return rules.calendar.count(escalation.started_on or rules.today, rules.today)


def rises_on(escalation: Escalation, standing: Standing, heard_on: date | None, rules: Rules) -> date | None:
    """
    Return the day on which the next level hears unless something changes; None when a further miss has to come first.

    Nobody is followed by the next sooner than the ladder has it between their two steps.
    """
    ladder = rules.ladder(escalation.ladder)
    step, present = ladder.step(escalation.level + 1), ladder.step(escalation.level)
    if step is None:
        return None
    heard_on = heard_on or rules.today
    if ladder.measure is Measure.MISSED:
        days = _after_a_miss(escalation, standing, step, heard_on, rules)
    else:
        days = [rules.after(escalation.started_on or heard_on, step.after)]
        if present and escalation.level > ladder.first.level:
            days.append(rules.after(heard_on, step.after - present.after))
        if ladder.nominee and standing.offered_on:
            days.append(rules.after(standing.offered_on, ladder.nominee.after))
    if days and escalation.plan_due:
        days.append(rules.resumes_on(escalation.plan_due))
    return max(days, default=None)


def _after_a_miss(escalation: Escalation, standing: Standing, step: Step, heard_on: date, rules: Rules) -> list[date]:
    """Return the days of which the last counts: soon after a further miss, else when the silence is long enough."""
    if len(standing.missed) >= step.after and standing.through > escalation.through:
        return [rules.today, rules.after(heard_on, rules.policy.levels_apart_working_days)]
    silent, policy = rules.ladder(escalation.ladder).silent, rules.policy
    if silent is None or len(standing.missed) < policy.silence_needs_missed:
        return []
    return [rules.after(standing.since, silent), rules.after(heard_on, policy.between_messages_working_days)]


def risen(escalation: Escalation, level: int, standing: Standing, at: datetime) -> Escalation:
    """Return the escalation on a higher level."""
    if level <= escalation.level:
        raise ValueError(f"an escalation does not go from level {escalation.level} to {level}")
    now = followed(escalation, standing)
    return replace(now, level=level, level_at=at, state=EscalationState.RAISED, through=standing.through or now.through)


def may_pause(escalation: Escalation, policy: EscalationPolicy) -> bool:
    """Return whether one more plan pauses the ladder."""
    return escalation.is_open and escalation.pauses < policy.most_pauses


def acknowledged(escalation: Escalation, by: PersonId, plan: str, due: date, at: datetime) -> Escalation:
    """Return the escalation paused by somebody's dated plan."""
    return replace(
        escalation,
        state=EscalationState.ACKED,
        acked_at=at,
        acked_by=by,
        plan=plan,
        plan_due=due,
        pauses=escalation.pauses + 1,
    )


def resolved(escalation: Escalation, how: Resolution, at: datetime, through: str = "") -> Escalation:
    """Return the escalation as ended; what was missed up to the cycle `through` is dealt with."""
    return replace(
        escalation,
        state=EscalationState.RESOLVED,
        resolution=how,
        resolved_at=at,
        through=max(escalation.through, through),
    )
