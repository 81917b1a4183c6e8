"""What gates ask: their criteria by risk tier, as the playbook's file has them."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.initiatives import RiskTier, Stage


class Signer(StrEnum):
    """Who signs a criterion: a role of the initiative, or its portfolio's lead or gatekeeper."""

    BUSINESS_SPONSOR = "business_sponsor"
    TECHNICAL_LEAD = "technical_lead"
    OPERATIONS_LEADER = "operations_leader"
    GOVERNANCE_REVIEWER = "governance_reviewer"
    FINANCE_PARTNER = "finance_partner"
    GATEKEEPER = "gatekeeper"
    PORTFOLIO_LEAD = "portfolio_lead"


OWNERS = (Signer.BUSINESS_SPONSOR, Signer.TECHNICAL_LEAD, Signer.OPERATIONS_LEADER)


class Weight(StrEnum):
    """Whether a gate can be passed without it."""

    MUST = "must"
    SHOULD = "should"


class Evaluation(StrEnum):
    """How a criterion is found to be met: computed, said, shown, or looked at by somebody independent."""

    AUTO = "auto"
    ATTEST = "attest"
    DOC = "doc"
    REVIEW = "review"


class CriterionDomain(StrEnum):
    """What a criterion is about; governance and safety are never left open by a conditional go."""

    DEFINITION = "definition"
    PERFORMANCE = "performance"
    INFRASTRUCTURE = "infrastructure"
    TRAINING = "training"
    WORKFLOW = "workflow"
    SUPPORT = "support"
    DOCUMENTATION = "documentation"
    ADOPTION = "adoption"
    VALUE = "value"
    OWNERSHIP = "ownership"
    GOVERNANCE = "governance"
    SAFETY = "safety"


UNCONDITIONAL = frozenset({CriterionDomain.GOVERNANCE, CriterionDomain.SAFETY})


class Check(StrEnum):
    """What can be computed of a criterion from stored facts."""

    CRITERIA_LOCKED = "criteria_locked"
    USERS_NAMED = "users_named"
    TIMEBOX_SET = "timebox_set"
    OWNERS_ACCEPTED = "owners_accepted"
    THRESHOLDS_MET = "thresholds_met"
    EVIDENCE_ENOUGH = "evidence_enough"
    READINESS_NUMBERS = "readiness_numbers"
    GOVERNANCE_IN_USE = "governance_in_use"
    FLOOR_MET = "floor_met"
    USERS_TRAINED = "users_trained"
    GATES_PASSED = "gates_passed"
    PHASES_PLANNED = "phases_planned"
    GUARDRAILS_MEASURED = "guardrails_measured"
    OWNERS_READY = "owners_ready"
    ADOPTION_MET = "adoption_met"
    NO_BREACH = "no_breach"
    NO_BREACH_FOR_LONG = "no_breach_for_long"
    NO_INCIDENT = "no_incident"
    RELIABILITY_MET = "reliability_met"
    OUTCOME_ON_PATH = "outcome_on_path"
    FRICTIONS_OWNED = "frictions_owned"
    LEADERSHIP_USED = "leadership_used"
    EMBEDDED = "embedded"
    EFFICIENCY_MET = "efficiency_met"
    LESSON_PUBLISHED = "lesson_published"
    OWNERS_REACCEPT = "owners_reaccept"
    VALUE_SUSTAINED = "value_sustained"
    UNITS_OWNED = "units_owned"
    PLAYBOOK_REUSED = "playbook_reused"
    WAVES_PLANNED = "waves_planned"


class DueFrom(StrEnum):
    """What a gate's first due date is counted from."""

    ENTRY = "entry"
    TIMEBOX_END = "timebox_end"
    GOLIVE = "golive"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRule:
    """When a gate is due first: working days after the stage is entered, the time-box's end, or days after go-live."""

    counted_from: DueFrom
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionTemplate:
    """
    One line of a gate; `evidence` says what is shown, in the words of people.

    Each entry of `signers` is one signature; a role that stands there twice needs two persons. Without `tiers` it is
    asked of every initiative whose gate it is; `second_reviewer` lists the tiers that need another independent one.
    `column` is the one of the US federal inventory that tells of it.
    """

    number: int
    text: str
    weight: Weight
    domain: CriterionDomain
    evaluation: Evaluation
    signers: tuple[Signer, ...]
    evidence: str = ""
    check: Check | None = None
    tiers: frozenset[RiskTier] = frozenset(RiskTier)
    second_reviewer: frozenset[RiskTier] = frozenset()
    column: str = ""

    def signatures(self, tier: RiskTier) -> tuple[Signer, ...]:
        """Return who has to sign for an initiative of a tier, one entry a signature."""
        extra = (Signer.GOVERNANCE_REVIEWER,) if tier in self.second_reviewer else ()
        return self.signers + extra


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTemplate:
    """
    One gate: in which stages it is decided, where a go leads (None: the stage stays), what has to be passed before.

    `opens_at` are the stages whose entry opens it, `after` the gate whose passing opens it; `governance` marks the one
    that counts in the governance dimension and of which a conditional go does not exist.
    """

    code: str
    name: str
    stages: frozenset[Stage]
    due: DueRule
    criteria: tuple[CriterionTemplate, ...]
    leads_to: Stage | None = None
    opens_at: frozenset[Stage] = frozenset()
    after: str = ""
    needs: tuple[str, ...] = ()
    tiers: frozenset[RiskTier] = frozenset({RiskTier.MINIMAL, RiskTier.LIMITED, RiskTier.HIGH})
    per_wave: bool = False
    governance: bool = False
    decision_days: int = 5

    def asked_of(self, tier: RiskTier) -> tuple[CriterionTemplate, ...]:
        """Return the criteria asked of an initiative of a tier."""
        return tuple(one for one in self.criteria if tier in one.tiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePack:
    """All gates of an organisation, in order, and their version."""

    version: int
    gates: tuple[GateTemplate, ...]

    def of(self, tier: RiskTier) -> tuple[GateTemplate, ...]:
        """Return the gates an initiative of a tier passes, in order."""
        return tuple(gate for gate in self.gates if tier in gate.tiers)

    def gate(self, code: str) -> GateTemplate | None:
        """Return the gate of a code, None when there is none."""
        return next((gate for gate in self.gates if gate.code == code), None)

    def opened_by(self, stage: Stage, tier: RiskTier) -> tuple[GateTemplate, ...]:
        """Return the gates that entering a stage opens for an initiative of a tier."""
        return tuple(gate for gate in self.of(tier) if stage in gate.opens_at)

    def before_launch(self, tier: RiskTier) -> tuple[str, ...]:
        """Return the codes an initiative of a tier passes before it is live, in order (I-12)."""
        found = []
        for gate in self.of(tier):
            found.append(gate.code)
            if gate.leads_to is Stage.LAUNCH:
                return tuple(found)
        return ()


NO_GATES = GatePack(version=0, gates=())
