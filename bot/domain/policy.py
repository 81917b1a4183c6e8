"""Every threshold and time of day Steward works by, changeable per organisation."""

from dataclasses import dataclass, field
from datetime import time, timedelta

from bot.domain.initiatives import Stage

WEEKLY_FOR_ALL = frozenset({Stage.PILOT_DEFINITION, Stage.PILOT, Stage.PRODUCTION_READINESS, Stage.LAUNCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class CadencePolicy:
    """
    The weekly rhythm (domain.md 3.2); times of day are local to who is asked, `closes_at` to the organisation.

    More messages at one instant than go out in `sent_within` are spread, over `longest_spread` at most. Nobody is
    reminded less than `before_a_reminder` after they were last asked.
    """

    opens_days_before_due: int = 1
    opens_at: time = time(10)
    due_at: time = time(15)
    first_nudge_at: time = time(10)
    closes_at: time = time(8)
    least_working_days: int = 2
    weekly_stages: frozenset[Stage] = WEEKLY_FOR_ALL
    sponsor_monthly_when_live: bool = True
    sent_within: timedelta = timedelta(minutes=1)
    longest_spread: timedelta = timedelta(minutes=60)
    before_a_reminder: timedelta = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInPolicy:
    """What a check-in form may hold and what counts as an answer (domain.md 3.3)."""

    most_inputs: int = 5
    most_values: int = 2
    most_unchanged_in_a_row: int = 2
    shown_per_page: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPolicy:
    """The leadership digest (domain.md 5.1)."""

    most_words: int = 175
    most_decisions: int = 3
    low_confidence_below: float = 0.60
    promises_over_cycles: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPolicy:
    """How messages are claimed, retried and paced (delivery.md 2 and 3)."""

    messages_per_person_and_day: int = 3
    lease: timedelta = timedelta(seconds=60)
    batch: int = 20
    most_attempts: int = 8
    backoff_base: timedelta = timedelta(seconds=2)
    backoff_cap: timedelta = timedelta(minutes=15)
    per_conversation: timedelta = timedelta(seconds=1)
    per_workspace: timedelta = timedelta(milliseconds=333)
    at_once: int = 8
    call_timeout: timedelta = timedelta(seconds=10)
    lease_margin: timedelta = timedelta(seconds=5)
    unauthorized_pause: timedelta = timedelta(minutes=10)
    wait_for_another: timedelta = timedelta(seconds=5)
    digest_lives: timedelta = timedelta(hours=12)
    notice_lives: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePolicy:
    """When a typed name counts as an initiative's (domain.md 6.2); scores are 0 to 1."""

    accept_at: float = 0.85
    accept_margin: float = 0.15
    suggest_at: float = 0.45
    most_shown: int = 5
    most_found: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPolicy:
    """How a person's accounts on several platforms come together (decisions: identity)."""

    code_letters: int = 8
    code_lives: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsencePolicy:
    """Being away, and accounts that are gone; `needs_somebody_after` counts working days nobody answers for."""

    longest: timedelta = timedelta(days=366)
    furthest_ahead: timedelta = timedelta(days=366)
    needs_somebody_after: int = 5
    check_accounts_every: timedelta = timedelta(hours=24)
    most_checks_a_minute: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPolicy:
    """When the time is not trusted (delivery.md 3): clocks `most_apart`, or a step of more than `longest_step`."""

    most_apart: timedelta = timedelta(seconds=60)
    longest_step: timedelta = timedelta(hours=6)
    noticed: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long operational rows are kept (decisions: retention)."""

    inbox: timedelta = timedelta(hours=48)
    sent_deliveries: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All of it; `version` is shown wherever a rule explains itself."""

    version: int = 1
    cadence: CadencePolicy = field(default_factory=CadencePolicy)
    check_ins: CheckInPolicy = field(default_factory=CheckInPolicy)
    digest: DigestPolicy = field(default_factory=DigestPolicy)
    delivery: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    names: NamePolicy = field(default_factory=NamePolicy)
    accounts: AccountPolicy = field(default_factory=AccountPolicy)
    absences: AbsencePolicy = field(default_factory=AbsencePolicy)
    clock: ClockPolicy = field(default_factory=ClockPolicy)
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)
