"""Every move of domain.md 2.3, legal or not, generated: gates, criteria, success criteria and stages."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.domain.gates import criteria as agreed
from bot.domain.gates.bench import offered
from bot.domain.gates.criteria import CriterionStage
from bot.domain.gates.dates import DateSubject
from bot.domain.gates.decisions import Decision, DecisionKind
from bot.domain.gates.effects import (
    Decider,
    Effects,
    at_gate,
    at_hold_review,
    at_retirement,
    at_rollback,
    at_start,
)
from bot.domain.gates.gates import (
    CriterionState,
    Gate,
    GateState,
    IllegalMove,
    cancelled,
    decided,
    moved,
    opened,
    submitted,
    withdrawn,
)
from bot.domain.gates.replay import GATE_STEPS, doubts, lifecycle_is_legal, stage_is_legal
from bot.domain.initiatives import Lifecycle, Stage
from tests.builders import NOW
from tests.gates import (
    DANA,
    GINA,
    PACK,
    a_bench,
    a_change,
    a_criterion,
    a_decision,
    a_defined,
    a_gate,
    all_met,
    an_agreed,
    an_intent,
)

GATE_LEGAL = {
    ("planned", "open"), ("planned", "cancelled"), ("open", "submitted"), ("open", "cancelled"),
    ("submitted", "decided"), ("submitted", "open"),
}  # fmt: skip
ACTS: dict[str, Callable[[Gate], Gate]] = {
    "open": lambda gate: withdrawn(gate) if gate.state is GateState.SUBMITTED else opened(gate, NOW),
    "submitted": lambda gate: submitted(gate, DANA, NOW),
    "decided": lambda gate: decided(gate, "d", NOW),
    "cancelled": lambda gate: gate if gate.state is GateState.SUBMITTED else cancelled(gate),
}
CRITERION_LEGAL = {
    ("not_started", "in_progress"), ("in_progress", "submitted"), ("submitted", "met"), ("submitted", "not_met"),
    ("not_met", "in_progress"), ("met", "in_progress"),
} | {(state.value, aside) for state in CriterionState for aside in ("waived", "not_applicable")}  # fmt: skip
AGREED_LEGAL = {
    ("draft", "proposed"), ("draft", "withdrawn"), ("proposed", "draft"), ("proposed", "locked"),
    ("proposed", "withdrawn"), ("locked", "superseded"), ("locked", "withdrawn"),
}  # fmt: skip
STAGE_LEGAL = {
    ("G1", "pilot_definition", "pilot"), ("G2", "pilot", "production_readiness"),
    ("G5", "production_readiness", "launch"), ("G6", "launch", "production"), ("G8", "production", "scaled"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [*itertools.product([state.value for state in GateState], ACTS)])
def test_a_gate_moves_as_the_table_says(before: str, after: str) -> None:
    gate = a_gate(state=GateState(before))
    if (before, after) in GATE_LEGAL:
        assert ACTS[after](gate).state == after
    elif (before, after) == ("submitted", "cancelled"):
        assert cancelled(gate).state == "cancelled"  # by way of open: it is withdrawn first
    else:
        with pytest.raises(IllegalMove):
            ACTS[after](gate)


@pytest.mark.parametrize(("before", "after"), [*itertools.product(CriterionState, CriterionState)])
def test_a_criterion_moves_as_the_table_says(before: CriterionState, after: CriterionState) -> None:
    criterion = a_criterion(state=before)
    if (before.value, after.value) in CRITERION_LEGAL:
        assert moved(criterion, after, NOW).state is after
    else:
        with pytest.raises(IllegalMove):
            moved(criterion, after, NOW)


@pytest.mark.parametrize(("before", "after"), [*itertools.product(CriterionStage, CriterionStage)])
def test_a_success_criterion_moves_as_the_table_says(before: CriterionStage, after: CriterionStage) -> None:
    assert ((before.value, after.value) in AGREED_LEGAL) == (after in agreed.MOVES[before])


def test_a_locked_criterion_is_not_edited() -> None:
    with pytest.raises(ValueError, match="never changes"):
        agreed.edited(an_agreed(), an_agreed(threshold=1.0))


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [*itertools.product([gate.code for gate in PACK.gates], Stage, Stage)],
)
def test_the_stage_moves_as_the_table_says(code: str, before: Stage, after: Stage) -> None:
    decision = a_decision(a_gate(code), stage_from=before, stage_to=after)
    legal = before is after or (code, before.value, after.value) in STAGE_LEGAL
    assert stage_is_legal(decision) == legal
    template = PACK.gate(code)
    assert template
    leads_there = template.leads_to is after and before in template.stages and before is not after
    assert leads_there == ((code, before, after) in GATE_STEPS)


def effects_at(stage: Stage, code: str, decision: Decision, **intent: object) -> Effects:
    gate = a_gate(code, state=GateState.SUBMITTED, submitted_at=NOW)
    bench = a_bench(initiative=a_defined(stage=stage), gates=[gate], criteria=all_met(gate))
    return at_gate(bench, gate, an_intent(decision, **intent), Decider(GINA, "d1"))


@pytest.mark.parametrize("template", PACK.gates, ids=lambda gate: gate.code)
def test_each_decision_has_the_effects_of_the_table(template: object) -> None:
    gate = PACK.gate(template.code)  # type: ignore[attr-defined]  # pytest hands the gate itself
    assert gate
    for stage in gate.stages:
        go = effects_at(stage, gate.code, Decision.GO)
        assert go.initiative.stage is (gate.leads_to or stage)
        assert go.gate
        assert go.gate.state is GateState.DECIDED
        held = effects_at(stage, gate.code, Decision.HOLD, review_on=date(2027, 1, 15))
        assert (held.initiative.stage, held.initiative.lifecycle) == (stage, Lifecycle.ON_HOLD)
        assert held.initiative.hold_review_on == date(2027, 1, 15)
        assert [one.gate.state for one in held.opened] == [GateState.PLANNED]
        again = effects_at(stage, gate.code, Decision.REWORK, redo=(1,), new_due=date(2027, 1, 15))
        assert (again.initiative.stage, again.initiative.lifecycle) == (stage, Lifecycle.ACTIVE)
        assert [(one.gate.attempt, one.gate.state) for one in again.opened] == [(2, GateState.OPEN)]
        killed = effects_at(stage, gate.code, Decision.KILL)
        assert (killed.initiative.stage, killed.initiative.lifecycle) == (stage, Lifecycle.STOPPED)
        assert killed.decision.lesson_due == date(2026, 12, 24)
        for effects in (go, held, again, killed):
            assert doubts(effects.initiative, [effects.decision]) == []


def test_a_rework_keeps_what_need_not_be_done_again() -> None:
    again = effects_at(Stage.PILOT, "G2", Decision.REWORK, redo=(1, 3), new_due=date(2027, 1, 15))
    states = {one.number: one.state for one in again.opened[0].criteria}
    assert [number for number, state in states.items() if state is CriterionState.NOT_STARTED] == [1, 3]
    assert len(again.carried) == len(states) - 2


def test_a_date_that_falls_on_a_day_off_moves_to_the_next_working_day() -> None:
    again = effects_at(Stage.PILOT, "G2", Decision.REWORK, redo=(1,), new_due=date(2027, 1, 16))
    assert again.opened[0].gate.current_due == date(2027, 1, 18)


def test_a_hold_is_reviewed_and_ends_in_three_ways() -> None:
    planned = a_gate("G2", attempt=2, state=GateState.PLANNED)
    on_hold = a_defined(lifecycle=Lifecycle.ON_HOLD, hold_review_on=date(2026, 12, 1))
    bench = a_bench(initiative=on_hold, gates=[planned])
    go = at_hold_review(bench, an_intent(Decision.GO), Decider(GINA, "d"))
    assert (go.initiative.lifecycle, go.initiative.hold_review_on) == (Lifecycle.ACTIVE, None)
    assert [one.gate.state for one in go.opened] == [GateState.OPEN]
    longer = at_hold_review(bench, an_intent(Decision.HOLD, review_on=date(2027, 2, 1)), Decider(GINA, "d"))
    assert longer.initiative.hold_review_on == date(2027, 2, 1)
    killed = at_hold_review(bench, an_intent(Decision.KILL), Decider(GINA, "d"))
    assert killed.initiative.lifecycle is Lifecycle.STOPPED
    assert [gate.state for gate in killed.others] == [GateState.CANCELLED]


def test_the_ways_back_and_out_are_recorded_as_decisions_too() -> None:
    live = a_bench(initiative=a_defined(stage=Stage.PRODUCTION, golive_on=date(2026, 8, 3)))
    back = at_rollback(live, an_intent(), Decider(GINA, "d"))
    assert back.initiative.stage is Stage.PRODUCTION_READINESS
    assert back.charter.live_state == "suspended"
    assert sorted(one.gate.code for one in back.opened) == ["G3", "G5"]
    out = at_retirement(live, an_intent(), Decider(GINA, "d"))
    assert out.initiative.lifecycle is Lifecycle.RETIRED
    begun = at_start(a_bench(initiative=a_defined(stage=Stage.INTAKE)), an_intent(), Decider(DANA, "d"))
    assert begun.initiative.stage is Stage.PILOT_DEFINITION
    assert sorted(one.gate.code for one in begun.opened) == ["G1", "G4"]
    for effects in (back, out, begun):
        assert doubts(effects.initiative, [effects.decision]) == []


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize(("before", "after"), [*itertools.product(Lifecycle, Lifecycle)])
def test_the_lifecycle_moves_as_the_table_says(
    kind: DecisionKind, decision: Decision, before: Lifecycle, after: Lifecycle
) -> None:
    one = a_decision(kind=kind, decision=decision, lifecycle_from=before, lifecycle_to=after, stage_from=Stage.LAUNCH)
    legal = {
        ("active", "on_hold"): decision is Decision.HOLD,
        ("on_hold", "active"): kind is DecisionKind.HOLD_REVIEW and decision is Decision.GO,
        ("active", "stopped"): decision is Decision.KILL,
        ("on_hold", "stopped"): decision is Decision.KILL,
        ("active", "retired"): kind is DecisionKind.RETIRE,
    }
    same = before is after and decision is not Decision.KILL
    assert lifecycle_is_legal(one) == (same or legal.get((before.value, after.value), False))


def test_a_decision_that_was_altered_shows_in_the_replay() -> None:
    go = effects_at(Stage.PILOT, "G2", Decision.GO)
    altered = replace(go.decision, stage_to=Stage.LAUNCH)
    assert {doubt.breach for doubt in doubts(go.initiative, [altered])} == {"illegal_stage", "stands_elsewhere"}
    gap = replace(go.decision, number=2, stage_from=Stage.INTAKE)
    assert "gap" in {doubt.breach for doubt in doubts(go.initiative, [go.decision, gap])}


def test_after_two_reworks_only_go_and_kill_are_offered() -> None:
    gate = a_gate("G1", attempt=3)
    gates = [a_gate("G1"), a_gate("G1", attempt=2), gate]
    sent_back = [a_decision(one, Decision.REWORK, number=n) for n, one in enumerate(gates[:2], 1)]
    assert offered(a_bench(gates=gates, decisions=sent_back), gate) == (Decision.GO, Decision.KILL)
    assert len(offered(a_bench(gates=gates, decisions=sent_back[:1]), gate)) == 5


def test_a_perpetual_pilot_gets_go_one_rework_or_kill() -> None:
    extended = [
        a_change(id=f"c{n}", subject=DateSubject.TIMEBOX, subject_id=a_defined().id, approved_by=GINA) for n in range(2)
    ]
    bench = a_bench(gates=[a_gate()], changes=extended)
    assert offered(bench, a_gate()) == (Decision.GO, Decision.REWORK, Decision.KILL)
    sent_back = replace(bench, decisions=[a_decision(decision=Decision.REWORK)])
    assert offered(sent_back, a_gate()) == (Decision.GO, Decision.KILL)
    unapproved = replace(bench, changes=[replace(one, approved_by=None) for one in extended])
    assert len(offered(unapproved, a_gate())) == 5
