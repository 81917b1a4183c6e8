"""Every threshold and time of day Steward works by, changeable per organisation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from bot.domain.initiatives import Stage
from bot.domain.rules.thresholds import RulePolicy

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
    """What a check-in form may hold and what counts as an answer (domain.md 3.3); `furthest` is for days ahead."""

    furthest: timedelta = timedelta(days=5 * 366)
    most_inputs: int = 5
    most_values: int = 2
    most_unchanged_in_a_row: int = 2
    shown_per_page: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringPolicy:
    """
    Which typed values are asked about (domain.md 4.6), and how values are fetched from elsewhere.

    A value further than `typo_factor` times the MAD of the last `typo_over` from their median is asked about once, as
    soon as there are `typo_least`. A source that failed is asked again after `pull_again`, each time for `pull_within`
    and `pull_bytes` at most; `most_pulls` begin in one round, `pulls_at_once` at the same time. One of which nothing is
    heard is given up after `pull_lease`.
    """

    typo_over: int = 8
    typo_least: int = 4
    typo_factor: int = 6
    most_rows: int = 1000
    most_bytes: int = 1024 * 1024
    pull_again: timedelta = timedelta(hours=1)
    pull_lease: timedelta = timedelta(minutes=10)
    pull_within: timedelta = timedelta(seconds=10)
    pull_bytes: int = 1024 * 1024
    pulls_at_once: int = 4
    most_pulls: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPolicy:
    """The leadership digest (domain.md 5.1)."""

    most_words: int = 175
    most_decisions: int = 3
    low_confidence_below: float = 0.60
    promises_over_cycles: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """
    How fast a platform takes messages: the time from one to the next in a conversation, and in a workspace or tenant.

    New messages and changes have a lane each in a workspace. With `one_at_a_time` a conversation takes the next message
    only when the one before has been answered.
    """

    per_conversation: timedelta = timedelta(seconds=1)
    per_workspace: timedelta = timedelta(milliseconds=333)
    per_change: timedelta = timedelta(milliseconds=333)
    one_at_a_time: bool = False


CAREFUL = Pace()
"""Slack's, and that of platforms nothing is known about: 1 a second in a conversation, 3 in a workspace."""
PACES = {
    "slack": CAREFUL,
    # Of the 50 requests a second that a tenant takes, 25 for new messages and 10 for changes; the rest is for answers.
    "teams": Pace(
        per_conversation=timedelta(milliseconds=200),
        per_workspace=timedelta(milliseconds=40),
        per_change=timedelta(milliseconds=100),
        one_at_a_time=True,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPolicy:
    """
    How messages are claimed, retried and paced (delivery.md 2 and 3).

    A platform that takes nothing for longer than `patience` gives way to another on which a person is known. The
    buttons of a cycle are taken away `retire_after` the next has opened, when its messages are out.
    """

    messages_per_person_and_day: int = 3
    lease: timedelta = timedelta(seconds=60)
    batch: int = 20
    most_attempts: int = 8
    backoff_base: timedelta = timedelta(seconds=2)
    backoff_cap: timedelta = timedelta(minutes=15)
    paces: Mapping[str, Pace] = field(default_factory=lambda: PACES)
    at_once: int = 8
    call_timeout: timedelta = timedelta(seconds=10)
    lease_margin: timedelta = timedelta(seconds=10)
    unauthorized_pause: timedelta = timedelta(minutes=10)
    outage_pause: timedelta = timedelta(seconds=5)
    patience: timedelta = timedelta(minutes=1)
    wait_for_another: timedelta = timedelta(seconds=5)
    retire_after: timedelta = timedelta(hours=1)
    look_after: timedelta = timedelta(seconds=5)
    looked_back: timedelta = timedelta(seconds=60)
    read_backs_apart: timedelta = timedelta(seconds=1.2)
    digest_lives: timedelta = timedelta(hours=12)
    notice_lives: timedelta = timedelta(days=7)

    def pace_of(self, platform: str) -> Pace:
        """Return how fast a platform takes messages."""
        return self.paces.get(platform, CAREFUL)


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
class OwnershipPolicy:
    """How roles pass from one person to the next (domain.md 2.3)."""

    offer_working_days: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    """
    The safety valves of the ladders (domain.md 3.5); the steps themselves are in the playbook's ladders.

    `silence_needs_missed` check-ins missed in a row make a silence count in working days: one month missed by somebody
    who is asked monthly is not twenty days of silence. What has piled up behind a plan rises with
    `levels_apart_working_days` between two levels.
    """

    between_messages_working_days: int = 5
    levels_apart_working_days: int = 2
    most_pauses: int = 2
    pause_margin_working_days: int = 1
    longest_plan_working_days: int = 20
    silence_needs_missed: int = 2
    away_working_days: int = 3
    looks_back_prompts: int = 12
    looks_back_cycles: int = 3
    shown_in_full: int = 4
    told_before_digest_working_days: int = 1
    answered_after_digest_working_days: int = 2
    message_lives: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePolicy:
    """
    Stage gates (domain.md 2.3, 3.2 to 3.5, 4.4); days are working days where the name says so, else calendar days.

    Before a gate is passed lie `notice_working_days` since it was submitted, or the gatekeeper says why not.
    """

    rationale_at_least: int = 20
    hold_at_most_days: int = 90
    most_reworks: int = 2
    most_extensions: int = 2
    perpetual_ratio: float = 2.0
    notice_working_days: int = 3
    promise_working_days: int = 5
    lesson_working_days: int = 20
    retro_gate_working_days: int = 40
    resume_working_days: int = 20
    condition_lapses_working_days: int = 11
    furthest_due_days: int = 366
    longest_waiver_days: int = 183
    longest_timebox_weeks: int = 26
    least_weekly_points: int = 6
    reminders_working_days: tuple[int, ...] = (20, 10, 5, 1)
    gatekeeper_reminders_working_days: tuple[int, ...] = (5, 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long operational rows are kept (decisions: retention)."""

    inbox: timedelta = timedelta(hours=48)
    sent_deliveries: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPolicy:
    """When Steward calls itself unwell, and how long it looks on before it tells anybody."""

    oldest_due: timedelta = timedelta(minutes=5)
    oldest_tick: timedelta = timedelta(seconds=60)
    late_after: timedelta = timedelta(minutes=5)
    planned_within: timedelta = timedelta(minutes=5)
    digest_within: timedelta = timedelta(minutes=15)
    patience: timedelta = timedelta(minutes=2)
    clock_error: timedelta = timedelta(seconds=60)
    shown_every: timedelta = timedelta(seconds=30)
    alive_within: timedelta = timedelta(minutes=2)
    remembered: timedelta = timedelta(days=1)
    most_log_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All of it; `version` is shown wherever a rule explains itself."""

    version: int = 1
    cadence: CadencePolicy = field(default_factory=CadencePolicy)
    check_ins: CheckInPolicy = field(default_factory=CheckInPolicy)
    measuring: MeasuringPolicy = field(default_factory=MeasuringPolicy)
    digest: DigestPolicy = field(default_factory=DigestPolicy)
    delivery: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    names: NamePolicy = field(default_factory=NamePolicy)
    accounts: AccountPolicy = field(default_factory=AccountPolicy)
    absences: AbsencePolicy = field(default_factory=AbsencePolicy)
    clock: ClockPolicy = field(default_factory=ClockPolicy)
    ownership: OwnershipPolicy = field(default_factory=OwnershipPolicy)
    escalation: EscalationPolicy = field(default_factory=EscalationPolicy)
    gates: GatePolicy = field(default_factory=GatePolicy)
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)
    health: HealthPolicy = field(default_factory=HealthPolicy)
    rules: RulePolicy = field(default_factory=RulePolicy)
