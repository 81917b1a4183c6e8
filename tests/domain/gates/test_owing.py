"""Who owes what at gates, and when they are reminded of it."""

from dataclasses import replace
from datetime import date

from bot.domain.calendar import Calendar
from bot.domain.gates.gates import CriterionState, GateState
from bot.domain.gates.opening import criteria_of
from bot.domain.gates.owing import Task, owed, reminder_days
from bot.domain.gates.signing import SignVerdict
from bot.domain.initiatives import Stage
from bot.domain.policy import GatePolicy
from tests.builders import ANA, NOW
from tests.gates import (
    BEN,
    DANA,
    GINA,
    LENA,
    PACK,
    RITA,
    a_bench,
    a_charter,
    a_condition,
    a_defined,
    a_gate,
    a_signature,
    all_met,
    some_evidence,
)

GATE = a_gate("G1")
DEFINITION = a_defined(stage=Stage.PILOT_DEFINITION)
CRITERIA = criteria_of(PACK.gates[0], GATE, DEFINITION.risk_tier)


def tasks(**changes: object) -> dict[int, tuple[Task, tuple[str, ...]]]:
    """Return what is owed for each criterion of G1, and by whom."""
    bench = a_bench(**{"initiative": DEFINITION, "gates": [GATE], "criteria": CRITERIA, **changes})
    return {one.number: (one.task, one.persons) for one in owed(bench)}


def test_evidence_is_owed_by_who_signs_and_a_signature_once_it_is_there() -> None:
    assert tasks()[1] == (Task.SHOW, (DANA,))
    assert tasks(evidence=[some_evidence(CRITERIA[0])])[1] == (Task.SIGN, (DANA,))
    assert tasks()[2] == (Task.SIGN, (DANA, ANA, BEN))
    assert tasks(signatures=[a_signature(CRITERIA[1])])[2] == (Task.SIGN, (ANA, BEN))
    assert tasks()[7] == (Task.SIGN, (LENA,))
    assert tasks()[8] == (Task.SHOW, (RITA,))


def test_what_is_computed_as_false_has_to_become_true_first() -> None:
    assert tasks(charter=a_charter(stop_rule=""))[5] == (Task.FULFIL, (DANA,))


def test_what_was_found_not_met_is_shown_again() -> None:
    refused = replace(CRITERIA[0], state=CriterionState.NOT_MET)
    signature = a_signature(refused, verdict=SignVerdict.NOT_MET)
    given = {"criteria": [refused], "evidence": [some_evidence(refused)], "signatures": [signature]}
    assert tasks(**given) == {1: (Task.SHOW, (DANA,))}


def test_a_complete_gate_is_to_be_submitted_and_a_submitted_one_decided_as_promised() -> None:
    bench = a_bench(initiative=DEFINITION, gates=[GATE], criteria=all_met(GATE))
    (submit,) = owed(bench)
    assert (submit.task, submit.persons, submit.due) == (Task.SUBMIT, (DANA,), GATE.current_due)
    placed = replace(GATE, state=GateState.SUBMITTED, submitted_at=NOW)
    (decide,) = owed(replace(bench, gates=[placed]))
    assert (decide.task, decide.persons, decide.due) == (Task.DECIDE, (GINA,), date(2026, 12, 3))


def test_conditions_are_owed_until_they_are_settled() -> None:
    (meet,) = owed(a_bench(conditions=[a_condition()]))
    assert (meet.task, meet.persons, meet.due) == (Task.MEET, (BEN,), date(2026, 12, 11))


def test_reminders_count_working_days_and_leave_holidays_out() -> None:
    christmas = Calendar(frozenset(range(5)), frozenset({date(2026, 11, 26), date(2026, 12, 25)}))
    days = reminder_days(date(2026, 12, 28), christmas, GatePolicy())
    assert days == {
        date(2026, 11, 27): 20,
        date(2026, 12, 11): 10,
        date(2026, 12, 18): 5,
        date(2026, 12, 24): 1,
    }
    gatekeeper = reminder_days(date(2026, 12, 28), christmas, GatePolicy(), deciding=True)
    assert list(gatekeeper.values()) == [5, 1, 0]
