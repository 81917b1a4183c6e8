"""What is computed of a criterion: true, false or not known, and what it takes to pass."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.gates.bench import Bench
from bot.domain.gates.conditions import Before
from bot.domain.gates.criteria import CriterionMode, problems
from bot.domain.gates.deciding import decider_problem
from bot.domain.gates.deciding import problems as decision_problems
from bot.domain.gates.decisions import Decision
from bot.domain.gates.evaluation import CHECKS, Outcome, evaluated, needs_evidence, reaches, stands
from bot.domain.gates.gates import GateState
from bot.domain.gates.measured import Measured, Reading
from bot.domain.gates.readiness import Maturity, PhaseState, RolloutPhase, begin_problem, first_items
from bot.domain.gates.signing import Holder
from bot.domain.gates.templates import Check, Evaluation, Signer
from bot.domain.initiatives import RiskTier, Stage, UsageMode
from bot.domain.measuring.metrics import Direction, MetricKind
from tests.builders import ANA, NOW, SEPSIS
from tests.gates import (
    AGREED,
    BEN,
    DANA,
    GINA,
    HOLDERS,
    a_bench,
    a_charter,
    a_condition,
    a_criterion,
    a_decision,
    a_defined,
    a_gate,
    all_met,
    an_agreed,
    an_intent,
    some_evidence,
)

TRUE, FALSE, UNKNOWN = Outcome.TRUE, Outcome.FALSE, Outcome.UNKNOWN
CODES = [one.code for one in AGREED]


def reading(value: float = 75.0, **more: object) -> Measured:
    """Return the same reading of every agreed criterion."""
    given = {"points": 8, "sample": 500, "breached": False, "clean_weeks": 20, "improving": True, **more}
    return Measured(readings={code: Reading(value=value, **given) for code in CODES})  # type: ignore[arg-type]


def a_phase(**changes: object) -> RolloutPhase:
    """Return a phase with everything said of it."""
    base = RolloutPhase(
        id="p1",
        initiative_id=SEPSIS,
        number=1,
        name="Ward 3",
        gate_code="G5",
        population=40,
        start_current=date(2027, 1, 11),
        exit_criteria="No harm",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


GUARDED = tuple(replace(one, mode=CriterionMode.GUARDRAIL) for one in AGREED)
IN_USE = [replace(item, maturity=Maturity.IN_USE) for item in first_items(SEPSIS)]
PASSED_G7 = {"gates": [a_gate("G7", state=GateState.DECIDED)], "decisions": [a_decision(a_gate("G7"))]}
CASES: list[tuple[Check, Outcome, dict[str, object]]] = [
    (Check.CRITERIA_LOCKED, TRUE, {}),
    (Check.CRITERIA_LOCKED, FALSE, {"agreed": AGREED[:2]}),
    (Check.USERS_NAMED, TRUE, {}),
    (Check.USERS_NAMED, FALSE, {"initiative": a_defined(user_group_size=None)}),
    (Check.TIMEBOX_SET, TRUE, {}),
    (Check.TIMEBOX_SET, FALSE, {"charter": a_charter(stop_rule="")}),
    (Check.OWNERS_ACCEPTED, TRUE, {}),
    (Check.OWNERS_ACCEPTED, FALSE, {"holders": {**HOLDERS, Signer.TECHNICAL_LEAD: (Holder(ANA),)}}),
    (Check.OWNERS_ACCEPTED, FALSE, {"holders": {**HOLDERS, Signer.TECHNICAL_LEAD: ()}}),
    (Check.OWNERS_ACCEPTED, FALSE, {"holders": {**HOLDERS, Signer.TECHNICAL_LEAD: HOLDERS[Signer.BUSINESS_SPONSOR]}}),
    (Check.THRESHOLDS_MET, UNKNOWN, {}),
    (Check.THRESHOLDS_MET, TRUE, {"measured": reading()}),
    (Check.THRESHOLDS_MET, FALSE, {"measured": reading(69.9)}),
    (Check.EVIDENCE_ENOUGH, UNKNOWN, {}),
    (Check.EVIDENCE_ENOUGH, TRUE, {"measured": reading()}),
    (Check.EVIDENCE_ENOUGH, FALSE, {"measured": reading(points=5)}),
    (Check.EVIDENCE_ENOUGH, FALSE, {"measured": reading(), "agreed": [replace(o, min_sample=900) for o in AGREED]}),
    (Check.READINESS_NUMBERS, TRUE, {}),
    (Check.READINESS_NUMBERS, FALSE, {"charter": a_charter(readiness=type(a_charter().readiness)())}),
    (Check.GOVERNANCE_IN_USE, FALSE, {}),
    (Check.GOVERNANCE_IN_USE, TRUE, {"items": IN_USE}),
    (Check.GOVERNANCE_IN_USE, FALSE, {"items": IN_USE, "measured": Measured(critical_risks=1)}),
    (Check.FLOOR_MET, TRUE, {"measured": reading()}),
    (Check.FLOOR_MET, FALSE, {"charter": a_charter(readiness=type(a_charter().readiness)())}),
    (Check.USERS_TRAINED, UNKNOWN, {}),
    (Check.USERS_TRAINED, TRUE, {"measured": Measured(trained_percent=90.0)}),
    (Check.USERS_TRAINED, FALSE, {"measured": Measured(trained_percent=89.0)}),
    (Check.GATES_PASSED, FALSE, {}),
    (Check.PHASES_PLANNED, FALSE, {}),
    (Check.PHASES_PLANNED, TRUE, {"phases": [a_phase()]}),
    (Check.PHASES_PLANNED, FALSE, {"phases": [a_phase(exit_criteria="")]}),
    (Check.GUARDRAILS_MEASURED, TRUE, {}),
    (Check.GUARDRAILS_MEASURED, UNKNOWN, {"agreed": GUARDED}),
    (Check.GUARDRAILS_MEASURED, FALSE, {"agreed": GUARDED, "measured": reading(points=1)}),
    (Check.OWNERS_READY, TRUE, {}),
    (Check.OWNERS_READY, FALSE, {"holders": {**HOLDERS, Signer.TECHNICAL_LEAD: ()}}),
    (Check.ADOPTION_MET, TRUE, {"measured": reading()}),
    (Check.NO_BREACH, UNKNOWN, {"agreed": GUARDED}),
    (Check.NO_BREACH, TRUE, {"agreed": GUARDED, "measured": reading(clean_weeks=4)}),
    (Check.NO_BREACH, FALSE, {"agreed": GUARDED, "measured": reading(clean_weeks=3)}),
    (Check.NO_BREACH, FALSE, {"agreed": GUARDED, "measured": reading(breached=True)}),
    (Check.NO_BREACH_FOR_LONG, FALSE, {"agreed": GUARDED, "measured": reading(clean_weeks=11)}),
    (Check.NO_INCIDENT, UNKNOWN, {}),
    (Check.NO_INCIDENT, TRUE, {"measured": Measured(serious_incidents=0)}),
    (Check.NO_INCIDENT, FALSE, {"measured": Measured(serious_incidents=1)}),
    (Check.RELIABILITY_MET, UNKNOWN, {}),
    (Check.OUTCOME_ON_PATH, UNKNOWN, {}),
    (Check.OUTCOME_ON_PATH, TRUE, {"measured": reading(61.0)}),
    (Check.OUTCOME_ON_PATH, FALSE, {"measured": reading(61.0, improving=False)}),
    (Check.FRICTIONS_OWNED, TRUE, {"measured": Measured(unowned_frictions=0)}),
    (Check.LEADERSHIP_USED, FALSE, {"measured": Measured(leadership_uses=0)}),
    (Check.EMBEDDED, FALSE, {}),
    (Check.EMBEDDED, TRUE, {"initiative": a_defined(usage_mode=UsageMode.DEFAULT), "measured": reading()}),
    (Check.EFFICIENCY_MET, TRUE, {"measured": reading()}),
    (Check.LESSON_PUBLISHED, TRUE, {"measured": Measured(lessons=1)}),
    (Check.OWNERS_REACCEPT, TRUE, {}),
    (Check.OWNERS_REACCEPT, FALSE, {"charter": a_charter(asset_id="")}),
    (Check.VALUE_SUSTAINED, FALSE, {}),
    (Check.VALUE_SUSTAINED, UNKNOWN, PASSED_G7),
    (Check.VALUE_SUSTAINED, TRUE, {**PASSED_G7, "measured": Measured(sustained_months=2)}),
    (Check.UNITS_OWNED, FALSE, {"measured": Measured(units_without_leader=1)}),
    (Check.PLAYBOOK_REUSED, TRUE, {"measured": Measured(reuse_percent=70.0)}),
    (Check.WAVES_PLANNED, FALSE, {"phases": [a_phase()]}),
    (Check.WAVES_PLANNED, TRUE, {"phases": [a_phase(gate_code="G8")]}),
]


@pytest.mark.parametrize(("check", "outcome", "changes"), CASES)
def test_each_check_says_what_the_facts_say(check: Check, outcome: Outcome, changes: dict[str, object]) -> None:
    assert CHECKS[check](a_bench(**changes))[0] is outcome


def test_every_check_is_tried() -> None:
    assert {check for check, _, _ in CASES} == set(Check)


def computed(bench: Bench, check: Check = Check.LESSON_PUBLISHED) -> tuple[bool, bool]:
    """Return whether a computed criterion stands and whether it needs evidence."""
    criterion = a_criterion(evaluation=Evaluation.AUTO, check=check)
    return stands(criterion, bench), needs_evidence(criterion, bench)


def test_what_is_not_recorded_stands_by_evidence_and_is_held_against_nobody() -> None:
    shown = [some_evidence(a_criterion())]
    assert computed(a_bench()) == (False, True)
    assert computed(a_bench(evidence=shown)) == (True, True)
    assert computed(a_bench(measured=Measured(lessons=1))) == (True, False)
    assert computed(a_bench(evidence=shown, measured=Measured(lessons=0))) == (False, False)
    assert evaluated(a_criterion(), a_bench()) is None


@pytest.mark.parametrize(
    ("direction", "value", "within"),
    [(Direction.UP, 70.0, True), (Direction.UP, 69.0, False), (Direction.DOWN, 70.0, True),
     (Direction.DOWN, 71.0, False),
     (Direction.RANGE, 75.0, True), (Direction.RANGE, 81.0, False)],
)  # fmt: skip
def test_a_value_is_within_its_limit_by_direction(direction: Direction, value: float, within: bool) -> None:
    assert reaches(an_agreed(direction=direction, range_hi=80.0), value) is within


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"direction": Direction.DOWN, "baseline_value": 80.0, "target": 60.0}, []),
        ({"direction": Direction.DOWN, "target": 60.0}, ["threshold_side"]),
        ({"mode": CriterionMode.GUARDRAIL, "baseline_value": 90.0}, []),
        ({"direction": Direction.RANGE, "range_hi": 70.0}, ["range_order"]),
        ({"direction": Direction.RANGE, "range_hi": 71.0}, []),
        ({"warn": 75.0}, []),
        ({"warn": 69.0}, ["warn_side"]),
        ({"version": 2}, ["criterion_incomplete"]),
    ],
)
def test_I_08_limits_lie_on_the_right_side(changes: dict[str, object], wrong: list[str]) -> None:  # noqa: N802
    assert [problem.code for problem in problems(an_agreed(MetricKind.ACCURACY, **changes))] == wrong


def at_launch(**changes: object) -> list[str]:
    """Return what is wrong with a go at G5, all criteria of which are met."""
    gate = a_gate("G5", state=GateState.SUBMITTED, submitted_at=NOW)
    before = [a_gate(code, state=GateState.DECIDED) for code in ("G1", "G2", "G3", "G4")]
    passed = [a_decision(each, number=n) for n, each in enumerate(before)]
    given = {"gates": [*before, gate], "decisions": passed, "phases": [a_phase()], **changes}
    bench = a_bench(initiative=a_defined(stage=Stage.PRODUCTION_READINESS), criteria=all_met(gate), **given)
    return [problem.code for problem in decision_problems(bench, gate, an_intent())]


def test_I_12_a_launch_needs_every_gate_before_it_and_no_open_condition() -> None:  # noqa: N802
    assert at_launch() == []
    without_g4 = [a_decision(a_gate(code)) for code in ("G1", "G2", "G3")]
    assert "gates_before" in at_launch(decisions=without_g4)
    assert "condition_open" in at_launch(conditions=[a_condition(before=Before.LAUNCH)])
    assert at_launch(conditions=[a_condition(before=Before.DATE)]) == []


def test_I_13_a_phase_starts_after_its_gate_and_the_phase_before() -> None:  # noqa: N802
    first, second = a_phase(state=PhaseState.DONE), a_phase(id="p2", number=2)
    assert begin_problem(second, [first, second], gate_passed=True) is None
    assert begin_problem(second, [first, second], gate_passed=False)
    assert begin_problem(second, [replace(first, state=PhaseState.RUNNING), second], gate_passed=True)
    assert begin_problem(first, [first], gate_passed=True)


@pytest.mark.parametrize(
    ("who", "tier", "trouble"),
    [(GINA, RiskTier.HIGH, None), (DANA, RiskTier.LIMITED, "own_initiative"), (BEN, RiskTier.MINIMAL, None),
     (ANA, RiskTier.MINIMAL, "technical_lead")],
)  # fmt: skip
def test_I_14_who_decides_does_not_own(who: str, tier: RiskTier, trouble: str | None) -> None:  # noqa: N802
    gatekeepers = tuple(Holder(each) for each in (GINA, DANA, BEN, ANA))
    bench = a_bench(initiative=a_defined(risk_tier=tier), holders={**HOLDERS, Signer.GATEKEEPER: gatekeepers})
    problem = decider_problem(bench, who)
    assert (problem.code if problem else None) == trouble


def test_a_must_that_is_computed_as_false_at_the_decision_keeps_a_go_back() -> None:
    gate = a_gate("G1", state=GateState.SUBMITTED, submitted_at=NOW)
    definition = a_defined(stage=Stage.PILOT_DEFINITION)
    bench = a_bench(initiative=definition, gates=[gate], criteria=all_met(gate), charter=a_charter(stop_rule=""))
    assert "must_computed_false" in [one.code for one in decision_problems(bench, gate, an_intent())]
    assert decision_problems(replace(bench, charter=a_charter()), gate, an_intent()) == []
    hold = an_intent(Decision.HOLD, review_on=date(2027, 1, 15))
    assert decision_problems(bench, gate, hold) == []
