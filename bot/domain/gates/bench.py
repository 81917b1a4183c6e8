"""All that is known of one initiative's gates at one moment, which deciding anything about them takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.calendar import Calendar
from bot.domain.gates.charter import Charter
from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.criteria import SuccessCriterion
from bot.domain.gates.dates import DateChange, DateSubject, extensions, since_baseline
from bot.domain.gates.decisions import Decision, GateDecision, passing, reworks
from bot.domain.gates.evidence import Evidence, Waiver
from bot.domain.gates.gates import CriterionState, Gate, GateCriterion, newest
from bot.domain.gates.measured import NOTHING_MEASURED, Measured
from bot.domain.gates.readiness import Capability, GovernanceItem, IntegrationAction, RolloutPhase
from bot.domain.gates.signing import Holders, SignOff
from bot.domain.gates.templates import GatePack, GateTemplate
from bot.domain.initiatives import Initiative, Stage
from bot.domain.policy import GatePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When something is decided: the instant, the organisation's date then, its calendar and its zone."""

    at: datetime
    today: date
    calendar: Calendar
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One initiative with everything its gates are decided on; sequences hold what belongs to it and nothing else."""

    initiative: Initiative
    charter: Charter
    pack: GatePack
    policy: GatePolicy
    now: Moment
    holders: Holders
    gates: Sequence[Gate] = ()
    criteria: Sequence[GateCriterion] = ()
    agreed: Sequence[SuccessCriterion] = ()
    evidence: Sequence[Evidence] = ()
    signatures: Sequence[SignOff] = ()
    waivers: Sequence[Waiver] = ()
    decisions: Sequence[GateDecision] = ()
    conditions: Sequence[GateCondition] = ()
    changes: Sequence[DateChange] = ()
    phases: Sequence[RolloutPhase] = ()
    capabilities: Sequence[Capability] = ()
    items: Sequence[GovernanceItem] = ()
    actions: Sequence[IntegrationAction] = ()
    measured: Measured = NOTHING_MEASURED

    def gate(self, gate_id: str) -> Gate | None:
        """Return a gate by id."""
        return next((gate for gate in self.gates if gate.id == gate_id), None)

    def criterion(self, criterion_id: str) -> GateCriterion | None:
        """Return a criterion by id."""
        return next((one for one in self.criteria if one.id == criterion_id), None)

    def of_gate(self, gate: Gate) -> list[GateCriterion]:
        """Return the criteria of a gate, by number."""
        return sorted((one for one in self.criteria if one.gate_id == gate.id), key=lambda one: one.number)

    def template(self, gate: Gate) -> GateTemplate:
        """Return what a gate was made from; raises LookupError when the playbook has no such gate any more."""
        found = self.pack.gate(gate.code)
        if found is None:
            raise LookupError(f"there is no gate {gate.code}")
        return found

    def passed(self, code: str) -> bool:
        """Return whether the latest attempt at a gate was passed, on conditions or without."""
        last = newest(self.gates, code)
        return last is not None and passing(self.decisions, last.id)

    def unpassed_before_launch(self) -> list[str]:
        """Return the gates of this tier that come before the launch gate and are not passed (I-12)."""
        before = self.pack.before_launch(self.initiative.risk_tier)
        return [code for code in before[:-1] if not self.passed(code)]

    def reworks_of(self, gate: Gate) -> int:
        """Return how often a gate was sent back, over its attempts."""
        return reworks(self.decisions, [one.id for one in self.gates if one.line == gate.line])

    def changes_of(self, subject: DateSubject, subject_id: str) -> list[DateChange]:
        """Return the moves of one date, oldest first."""
        mine = [one for one in self.changes if (one.subject, one.subject_id) == (subject, subject_id)]
        return sorted(mine, key=lambda one: (one.changed_at, one.id))

    @property
    def is_perpetual(self) -> bool:
        """Return whether the pilot was extended or has run so long that it has to end (PL-03)."""
        if self.initiative.stage is not Stage.PILOT:
            return False
        elapsed = self.charter.elapsed(self.now.today)
        approved = extensions(since_baseline(self.changes_of(DateSubject.TIMEBOX, self.initiative.id)))
        ran_over = elapsed is not None and elapsed >= self.policy.perpetual_ratio
        return approved >= self.policy.most_extensions or ran_over

    def waiver(self, criterion: GateCriterion) -> Waiver | None:
        """Return the waiver in force of a criterion that is waived, the newest one."""
        mine = [one for one in self.waivers if one.criterion_id == criterion.id]
        newest_one = max(mine, key=lambda one: (one.accepted_at, one.id), default=None)
        return newest_one if criterion.state is CriterionState.WAIVED else None

    def evidence_for(self, criterion: GateCriterion) -> list[Evidence]:
        """Return the evidence of a criterion that counts today."""
        return [one for one in self.evidence if one.criterion_id == criterion.id and one.counts(self.now.today)]


def offered(bench: Bench, gate: Gate) -> tuple[Decision, ...]:
    """Return the decisions a gatekeeper may choose from at a gate (2.3, PL-03)."""
    sent_back = bench.reworks_of(gate)
    if sent_back >= bench.policy.most_reworks:
        return (Decision.GO, Decision.KILL)
    if bench.is_perpetual and not gate.retro:
        again = (Decision.REWORK,) if sent_back < 1 else ()
        return (Decision.GO, *again, Decision.KILL)
    return tuple(Decision)
