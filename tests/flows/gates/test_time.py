"""What time brings about at gates: evidence ends, conditions lapse, what no longer stands is open again."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.gates.conditions import Before, ConditionState, holding_up
from bot.domain.gates.dates import DateReason, DateSubject, slip_days
from bot.domain.gates.decisions import Decision, NewCondition
from bot.domain.gates.evidence import EvidenceState
from bot.domain.gates.gates import CriterionState
from bot.domain.gates.readiness import Maturity
from bot.domain.initiatives import Stage
from bot.domain.raid import RaidKind, Severity
from bot.flows.gates import dates, deciding, evidence, readiness, signing, sweeping
from bot.flows.gates.dates import Move
from bot.flows.gates.desk import Refused
from bot.flows.gates.verifying import doubted
from tests.builders import ANA, SEPSIS, a_raid, store
from tests.flows.gates.board import SHOWN, Board
from tests.gates import BEN, DANA, GINA, an_intent

JANUARY = date(2027, 1, 15)


async def test_evidence_that_ends_opens_its_criterion_again_and_its_signatures_are_gone(board: Board) -> None:
    await board.starts()
    await board.shows("G1", 1, replace(SHOWN, valid_until=date(2026, 11, 27)))
    assert (await board.signs("G1", 1, DANA)).state is CriterionState.MET
    assert await sweeping.sweep(board.ports) == 0
    board.clock.advance(days=2)
    assert await sweeping.sweep(board.ports) == 1
    one = await board.criterion("G1", 1)
    assert (one.state, one.reopened_why) == (CriterionState.IN_PROGRESS, "evidence_expired")
    bench = await board.bench()
    assert [each.state for each in bench.evidence] == [EvidenceState.EXPIRED]
    assert all(each.revoked_at for each in bench.signatures)
    assert await sweeping.sweep(board.ports) == 0
    await board.shows("G1", 1)
    assert (await board.signs("G1", 1, DANA)).state is CriterionState.MET


async def test_evidence_that_is_withdrawn_opens_its_criterion_again(board: Board) -> None:
    await board.starts()
    await board.shows("G1", 1)
    await board.signs("G1", 1, DANA)
    (shown,) = (await board.bench()).evidence
    after = await board.act(evidence.take_back, shown.id, "The wrong page")
    assert after.state is CriterionState.IN_PROGRESS


async def test_a_signature_can_be_taken_back_and_a_refusal_made_good(board: Board) -> None:
    await board.starts()
    await board.shows("G1", 1)
    await board.signs("G1", 1, DANA)
    one = await board.criterion("G1", 1)
    assert (await board.act(signing.unsign, one.id)).state is CriterionState.SUBMITTED
    assert (await board.signs("G1", 1, DANA, "not_met", "It names no decision")).state is CriterionState.NOT_MET
    await board.shows("G1", 1)
    assert (await board.signs("G1", 1, DANA)).state is CriterionState.MET


async def test_a_condition_nobody_meets_lapses_and_holds_up_the_next_gate(board: Board) -> None:
    await board.starts()
    await board.defines()
    await board.meets("G1", but=(3,))
    await board.submits("G1")
    some = (NewCondition("Measure the baseline", BEN, date(2026, 12, 4)),)
    await board.decides("G1", Decision.CONDITIONAL_GO, conditions=some)
    board.clock.advance(days=20)
    assert await sweeping.sweep(board.ports) == 0
    board.clock.advance(days=5)
    assert await sweeping.sweep(board.ports) == 1
    (condition,) = (await board.bench()).conditions
    assert condition.state is ConditionState.LAPSED
    assert holding_up([replace(condition, before=Before.NEXT_GATE)], launch=False)
    gate = (await board.gate("G1")).id
    again = (NewCondition("Measure the baseline", BEN, date(2027, 1, 29)),)
    with pytest.raises(Refused, match="at least one condition"):
        await board.act(deciding.decide_again, gate, an_intent(Decision.CONDITIONAL_GO), who=GINA)
    intent = an_intent(Decision.CONDITIONAL_GO, conditions=again)
    effects = await board.act(deciding.decide_again, gate, intent, who=GINA)
    assert effects.decision.supersedes_id
    assert sorted(one.state for one in (await board.bench()).conditions) == ["open", "waived"]
    assert await doubts_of(board) == []
    with pytest.raises(Refused, match="nothing to decide again"):
        await board.act(deciding.decide_again, gate, intent, who=GINA)


async def test_what_is_computed_as_false_before_the_decision_is_open_again(board: Board) -> None:
    await board.comes_to(Stage.PILOT)
    for item in (await board.bench()).items:
        await board.act(readiness.set_item, replace(item, maturity=Maturity.IN_USE), who=BEN)
    assert (await board.signs("G2", 8, "rita-moss")).state is CriterionState.MET
    assert await sweeping.recheck_all(board.ports) == 0
    await store(board.database, a_raid("Leak", kind=RaidKind.RISK, severity=Severity.CRITICAL))
    assert await sweeping.recheck_all(board.ports) == 1
    assert (await board.criterion("G2", 8)).reopened_why == "computed_false"


async def test_I_22_I_23_the_slip_is_the_sum_of_the_moves_since_the_baseline(board: Board) -> None:  # noqa: N802
    await board.starts()
    gate = await board.gate("G1")
    for day in (date(2027, 1, 4), date(2027, 1, 15), date(2027, 1, 11)):
        board.clock.advance(minutes=1)
        await board.act(dates.move_gate, gate.id, Move(due=day, reason=DateReason.DATA))
    after, changes = await board.gate("G1"), (await board.bench()).changes_of(DateSubject.GATE, gate.line)
    assert after.baseline_due == gate.baseline_due
    assert slip_days(changes) == (after.current_due - after.baseline_due).days
    board.clock.advance(minutes=1)
    again = Move(due=date(2027, 2, 1), reason=DateReason.SCOPE, comment="The scope has doubled")
    await board.act(dates.rebaseline_gate, gate.id, again, who=GINA)
    rebaselined = await board.bench()
    assert rebaselined.gates[0].baseline_due == date(2027, 2, 1) or rebaselined.gates[1].baseline_due == date(
        2027, 2, 1
    )
    assert slip_days(rebaselined.changes_of(DateSubject.GATE, gate.line)) == 0


async def test_a_time_box_moves_with_its_gate_and_counts_as_approved_by_a_gatekeeper_only(board: Board) -> None:
    await board.comes_to(Stage.PILOT)
    owners = Move(due=date(2027, 3, 26), reason=DateReason.DATA)
    await board.act(dates.move_timebox, SEPSIS, owners, who=ANA)
    bench = await board.bench()
    assert (bench.charter.timebox_end, bench.charter.timebox_approved_end) == (date(2027, 3, 26), date(2027, 2, 26))
    assert (await board.gate("G2")).current_due == date(2027, 3, 26)
    await board.act(dates.approve_timebox, SEPSIS, who=GINA)
    assert (await board.bench()).charter.timebox_approved_end == date(2027, 3, 26)
    assert not (await board.bench()).is_perpetual
    board.clock.advance(minutes=1)
    await board.act(dates.move_timebox, SEPSIS, Move(due=date(2027, 4, 30), reason=DateReason.DATA), who=GINA)
    assert (await board.bench()).is_perpetual


async def test_what_somebody_wrote_at_gates_goes_with_them_and_who_decided_stays(board: Board) -> None:
    await board.comes_to(Stage.PILOT)
    async with board.ports.open_unit_of_work() as uow:
        assert await uow.erasures.blank_texts(GINA, "erased") > 0
        assert await uow.erasures.rename_in_words(("Better accuracy",), "someone") == 1
        await uow.commit()
    bench = await board.bench()
    last = bench.decisions[-1]
    assert {one.rationale for one in bench.decisions if one.decided_by == GINA} == {"erased"}
    assert last.initiative_id == SEPSIS
    assert await doubts_of(board) == []


async def doubts_of(board: Board) -> list[str]:
    """Return what verifying finds."""
    async with board.ports.open_unit_of_work() as uow:
        return await doubted(uow)
