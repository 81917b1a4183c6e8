"""
Ordinary records around gates, every field of which a test may override.

They fit the records of `tests.builders`: SEPSIS in its pilot, with Ana as technical lead, Dana as sponsor and Ben as
operations leader; Gina Karim is its gatekeeper, Rita Moss its governance reviewer, Lena Frost the portfolio's lead.
"""
# ruff: noqa: ANN401 - an override may be of any field

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.calendar import Calendar
from bot.domain.gates.bench import Bench, Moment
from bot.domain.gates.charter import Charter, ReadinessNumbers
from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.criteria import CriterionMode, CriterionStage, SuccessCriterion
from bot.domain.gates.dates import DateChange, DateReason, DateSubject
from bot.domain.gates.decisions import Decision, DecisionKind, GateDecision, Intent
from bot.domain.gates.evidence import Evidence, EvidenceKind, Waiver
from bot.domain.gates.gates import CriterionState, Gate, GateCriterion, GateState
from bot.domain.gates.opening import criteria_of
from bot.domain.gates.signing import Holder, SignOff, SignVerdict
from bot.domain.gates.templates import CriterionDomain, Evaluation, Signer, Weight
from bot.domain.initiatives import Initiative, Lifecycle, Stage
from bot.domain.measuring.metrics import Direction, MetricKind
from bot.domain.policy import GatePolicy
from bot.playbook.gates import load_gates
from tests.builders import ANA, NOW, SEPSIS, an_initiative

BEN, DANA, GINA, RITA, LENA, FAY = "ben-vale", "dana-whitfield", "gina-karim", "rita-moss", "lena-frost", "fay-stone"
CLEO = "cleo-ray"
PACK = load_gates()
TODAY = date(2026, 11, 26)
WHY = "Everything that was agreed is there, and the numbers hold."
HOLDERS = {
    Signer.BUSINESS_SPONSOR: (Holder(DANA), Holder(CLEO, DANA)),
    Signer.TECHNICAL_LEAD: (Holder(ANA), Holder(CLEO, ANA)),
    Signer.OPERATIONS_LEADER: (Holder(BEN), Holder(CLEO, BEN)),
    Signer.GOVERNANCE_REVIEWER: (Holder(RITA),),
    Signer.FINANCE_PARTNER: (Holder(FAY),),
    Signer.GATEKEEPER: (Holder(GINA),),
    Signer.PORTFOLIO_LEAD: (Holder(LENA),),
}


def a_moment(today: date = TODAY, **changes: Any) -> Moment:
    """Return a working day at noon in Chicago."""
    at = datetime(today.year, today.month, today.day, 18, tzinfo=UTC)
    base = Moment(at=at, today=today, calendar=Calendar(frozenset(range(5))), zone=ZoneInfo("America/Chicago"))
    return replace(base, **changes)


def a_gate(code: str = "G2", **changes: Any) -> Gate:
    """Return an open gate of SEPSIS; its id follows from code, wave and attempt."""
    wave, attempt = changes.get("wave", 1), changes.get("attempt", 1)
    id = f"gate-{code.lower()}-{wave}-{attempt}"
    base = Gate(
        id=id,
        initiative_id=SEPSIS,
        code=code,
        line=f"gate-{code.lower()}-{wave}-1",
        baseline_due=date(2026, 12, 18),
        current_due=date(2026, 12, 18),
        state=GateState.OPEN,
        opened_at=NOW,
    )
    return replace(base, **changes)


def a_criterion(number: int = 1, gate: Gate | None = None, **changes: Any) -> GateCriterion:
    """Return a must criterion that the sponsor signs with a document beside it."""
    gate = gate or a_gate()
    base = GateCriterion(
        id=f"{gate.id}:{number}",
        gate_id=gate.id,
        initiative_id=gate.initiative_id,
        number=number,
        text="Use case in one sentence",
        weight=Weight.MUST,
        domain=CriterionDomain.DEFINITION,
        evaluation=Evaluation.DOC,
        signers=(Signer.BUSINESS_SPONSOR,),
        due=gate.current_due,
    )
    return replace(base, **changes)


def some_evidence(criterion: GateCriterion | None = None, **changes: Any) -> Evidence:
    """Return a link shown for a criterion."""
    criterion = criterion or a_criterion()
    base = Evidence(
        id=f"{criterion.id}:evidence",
        criterion_id=criterion.id,
        initiative_id=criterion.initiative_id,
        kind=EvidenceKind.LINK,
        title="Charter, page 1",
        submitted_by=DANA,
        submitted_at=NOW,
        url="https://wiki.example/charter",
    )
    return replace(base, **changes)


def a_signature(criterion: GateCriterion | None = None, person_id: str = DANA, **changes: Any) -> SignOff:
    """Return what a person signs, met, as the first role the criterion needs."""
    criterion = criterion or a_criterion()
    role = changes.get("role", criterion.signers[0])
    base = SignOff(
        id=f"{criterion.id}:{role}:{person_id}",
        criterion_id=criterion.id,
        initiative_id=criterion.initiative_id,
        role=role,
        person_id=person_id,
        verdict=SignVerdict.MET,
        signed_at=NOW,
    )
    return replace(base, **changes)


def a_waiver(criterion: GateCriterion | None = None, **changes: Any) -> Waiver:
    """Return a waiver until the end of the year."""
    criterion = criterion or a_criterion()
    base = Waiver(
        id=f"{criterion.id}:waiver",
        criterion_id=criterion.id,
        initiative_id=criterion.initiative_id,
        reason="The survey runs until December",
        control="The sponsor asks ten users by hand",
        accepted_by=GINA,
        accepted_at=NOW,
        expires_on=date(2026, 12, 31),
    )
    return replace(base, **changes)


def a_decision(gate: Gate | None = None, decision: Decision = Decision.GO, **changes: Any) -> GateDecision:
    """Return a decision about a gate that leaves everything where it is unless told otherwise."""
    gate = gate or a_gate()
    base = GateDecision(
        id=f"decision-{gate.id}",
        initiative_id=gate.initiative_id,
        kind=DecisionKind.GATE,
        decision=decision,
        decided_by=GINA,
        decided_at=NOW,
        rationale=WHY,
        stage_from=Stage.PILOT,
        stage_to=Stage.PILOT,
        lifecycle_from=Lifecycle.ACTIVE,
        lifecycle_to=Lifecycle.ACTIVE,
        gate_id=gate.id,
        gate_code=gate.code,
    )
    return replace(base, **changes)


def a_condition(**changes: Any) -> GateCondition:
    """Return an open condition of the decision about G2."""
    base = GateCondition(
        id="condition-1",
        decision_id="decision-gate-g2-1-1",
        initiative_id=SEPSIS,
        text="Train the night shift",
        owner_id=BEN,
        due=date(2026, 12, 11),
    )
    return replace(base, **changes)


def a_change(**changes: Any) -> DateChange:
    """Return a week's slip of G2."""
    base = DateChange(
        id="change-1",
        initiative_id=SEPSIS,
        subject=DateSubject.GATE,
        subject_id="gate-g2-1-1",
        before=date(2026, 12, 18),
        after=date(2026, 12, 25),
        reason=DateReason.DATA,
        changed_by=ANA,
        changed_at=NOW,
    )
    return replace(base, **changes)


def an_agreed(category: MetricKind = MetricKind.ACCURACY, **changes: Any) -> SuccessCriterion:
    """Return a complete, locked must criterion; code and id follow from the category."""
    code = f"C{list(MetricKind).index(category) + 1}"
    base = SuccessCriterion(
        id=f"agreed-{code}",
        initiative_id=SEPSIS,
        code=code,
        statement=f"Better {category.value}",
        category=category,
        priority=Weight.MUST,
        mode=CriterionMode.GOAL,
        direction=Direction.UP,
        unit="%",
        threshold=70.0,
        target=80.0,
        baseline_value=60.0,
        baseline_date=date(2026, 9, 1),
        baseline_source="chart review",
        method="monthly sample",
        measure_by=date(2027, 1, 29),
        owner_role=Signer.TECHNICAL_LEAD,
        state=CriterionStage.LOCKED,
        locked_at=NOW,
        approvals={"business_sponsor": DANA, "technical_lead": ANA, "operations_leader": BEN},
    )
    return replace(base, **changes)


AGREED = tuple(an_agreed(category) for category in (MetricKind.ACCURACY, MetricKind.ADOPTION, MetricKind.EFFICIENCY))
NUMBERS = ReadinessNumbers(
    performance_floor="recall 70%",
    capacity="40 a minute",
    training_percent=90.0,
    support_hours="24/7",
    support_owner="IT",
)


def a_charter(**changes: Any) -> Charter:
    """Return a charter in which nothing is missing, its time-box from September to 18 December."""
    base = Charter(
        initiative_id=SEPSIS,
        timebox_start=date(2026, 9, 1),
        timebox_baseline_end=date(2026, 12, 18),
        timebox_end=date(2026, 12, 18),
        timebox_approved_end=date(2026, 12, 18),
        stop_rule="Recall below 60% in two samples",
        readiness=NUMBERS,
        asset_id="A-17",
    )
    return replace(base, **changes)


def a_defined(**changes: Any) -> Initiative:
    """Return SEPSIS with everything a pilot has to say of itself."""
    given = {"use_case": "Nurses are warned of sepsis", "user_group": "nurses", "user_group_size": 120, **changes}
    return an_initiative(**given)


def all_met(gate: Gate) -> list[GateCriterion]:
    """Return the criteria of a gate of a limited tier, each met."""
    criteria = criteria_of(PACK.gate(gate.code) or PACK.gates[0], gate, a_defined().risk_tier)
    return [replace(one, state=CriterionState.MET) for one in criteria]


def a_bench(**changes: Any) -> Bench:
    """Return SEPSIS in its pilot, defined and agreed, with nothing at its gates yet."""
    base = Bench(
        initiative=a_defined(),
        charter=a_charter(),
        pack=PACK,
        policy=GatePolicy(),
        now=a_moment(),
        holders=HOLDERS,
        agreed=AGREED,
    )
    return replace(base, **changes)


def an_intent(decision: Decision = Decision.GO, **changes: Any) -> Intent:
    """Return what a gatekeeper wants to decide, with a rationale long enough and a reason for deciding early."""
    return replace(Intent(decision=decision, rationale=WHY, early_reason="The board meets today"), **changes)
