"""The dated records the rules look at, each with the day it is known from; every day is local to the portfolio."""

from dataclasses import dataclass
from datetime import date

from bot.domain.checkins import Rag
from bot.domain.gates.readiness import Maturity
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import Role
from bot.domain.raid import RaidCategory, Severity


@dataclass(frozen=True, slots=True)
class Stay:
    """A stage and the day it was entered, None when that is not recorded."""

    stage: Stage
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """A lifecycle and the day it began, None when that is not recorded."""

    lifecycle: Lifecycle
    since: date | None = None


@dataclass(frozen=True, slots=True)
class TimeBox:
    """A pilot's planned time: its start, the first end ever agreed, the last one the gatekeeper approved, today's."""

    start: date
    baseline_end: date
    approved_end: date
    current_end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """
    One person's accepted and active time in a role, up to but not including `until`.

    `person` is empty when it is not known who it was; `unit` is the kind of their organisation unit and
    `has_delegate` whether somebody is named to stand in, each None when not recorded.
    """

    role: Role
    person: str
    since: date | None = None
    until: date | None = None
    unit: str | None = None
    has_delegate: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A role's holder away from `first` to `last`; `covered` when a delegate answers meanwhile."""

    role: Role
    first: date
    last: date
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    One expected check-in of a role: `on` is the day it was due, `answered_on` None while it is not answered.

    Excused and undelivered ones are not expected and are not here.
    """

    role: Role
    on: date
    answered_on: date | None = None
    by_delegate: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """The worst colour the owners gave in the week of `on`; a week nobody answered has none."""

    on: date
    rag: Rag


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one role said in the week of `on`: colour, confidence 0-10, and whether the pilot should stop."""

    role: Role
    on: date
    rag: Rag | None = None
    confidence: int | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """The free words of one role's update."""

    role: Role
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class PathToGreen:
    """The answer to “what gets it back to Green, and by when”; `by` is None when no day was named."""

    on: date
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored status snapshot: what was declared and what was computed at the close of the week of `on`."""

    on: date
    declared: Rag | None
    computed: Rag | None


@dataclass(frozen=True, slots=True)
class Promised:
    """The promises due in the week of `on`: how many were due and kept in time; `made` counts new ones."""

    on: date
    due: int
    kept: int
    made: int = 0


@dataclass(frozen=True, slots=True)
class Rolled:
    """A promise put off again: its text, how often so far, and the day of the last time."""

    id: str
    text: str
    times: int
    on: date


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a gate: when it was submitted and met, None while it is not."""

    code: str
    must: bool
    submitted_on: date | None = None
    met_on: date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a decision; `closed_on` is None while it is open."""

    text: str
    due: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence of a must criterion and the day it holds until; `governance` when it is of that domain."""

    criterion: str
    valid_until: date
    governance: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    One attempt at a gate: `withdrawn` are spans (from, until) in which it was not submitted after all.

    `criteria` is None when only the counts `met` and `total` are recorded. `approved_on` is when its first date was
    agreed.
    """

    code: str
    due: date
    attempt: int = 1
    met: int = 0
    total: int = 0
    submitted_on: date | None = None
    withdrawn: tuple[tuple[date, date], ...] = ()
    decision: str | None = None
    decided_on: date | None = None
    conditions: tuple[Condition, ...] = ()
    criteria: tuple[Criterion, ...] | None = None
    proofs: tuple[Proof, ...] = ()
    baseline_due: date | None = None
    approved_on: date | None = None

    @property
    def passed(self) -> bool:
        """Return whether it was decided so that the initiative may go on."""
        return self.decision in ("go", "conditional_go")


TIMEBOX = "time-box"


@dataclass(frozen=True, slots=True)
class DateChange:
    """A date moved on `on`: of the time-box, a gate (its code), go-live or a phase; `approved` by the gatekeeper."""

    subject: str
    on: date
    before: date
    after: date
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something planned with its first agreed day, and the day it was done."""

    name: str
    baseline_due: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A blocker: open from `raised_on` until `closed_on`."""

    id: str
    text: str
    raised_on: date
    severity: Severity = Severity.MAJOR
    closed_on: date | None = None
    category: RaidCategory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A decision or help an owner asked for by `due`."""

    id: str
    text: str
    raised_on: date
    due: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Governance:
    """One of the four governance items: its maturity since `on`, and when it is to be looked at again."""

    kind: str
    maturity: Maturity
    on: date | None = None
    next_review: date | None = None


@dataclass(frozen=True, slots=True)
class Capability:
    """One row of the infrastructure grid: level 0 absent to 3 automated and monitored, known since `on`."""

    kind: str
    level: int
    temporary: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How far a pilot reaches, or may reach at most: sites, users, decisions a week; None where there is no number."""

    sites: int | None = None
    users: int | None = None
    decisions: int | None = None


@dataclass(frozen=True, slots=True)
class Reuse:
    """How much of a published playbook an initiative took over when it passed G1 on `on`."""

    on: date
    reused: int
    total: int


@dataclass(frozen=True, slots=True)
class HandingOver:
    """A role that changes hands since `since`; `accepted_on` is when the new holder took the hand-over pack."""

    role: str
    since: date
    accepted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident: `serious` for serious and very serious ones."""

    id: str
    on: date
    serious: bool
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One answer, sign-off or promise of a person."""

    person: str
    on: date
