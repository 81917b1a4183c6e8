"""What cannot be done at a gate is refused in one sentence that says what is needed, and changes nothing."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.gates.dates import DateReason
from bot.domain.gates.decisions import Decision, KillReason, NewCondition
from bot.domain.gates.evidence import EvidenceKind
from bot.domain.gates.gates import CriterionState
from bot.domain.gates.readiness import GovernanceItem, GovernanceKind, Maturity, PhaseState
from bot.domain.initiatives import Stage
from bot.domain.measuring.metrics import MetricKind
from bot.domain.ownership import Role
from bot.domain.people import Visibility
from bot.errors import UserError
from bot.flows.gates import charter, conditions, criteria, dates, deciding, evidence, readiness, signing, submitting
from bot.flows.gates.dates import Move
from bot.flows.gates.desk import Refused
from bot.flows.gates.evidence import Shown
from bot.messages.gates.refusals import refusal
from tests.builders import ANA, SEPSIS, a_portfolio, an_assignment, store
from tests.flows.gates.board import RUTH, SHOWN, Board
from tests.gates import BEN, CLEO, DANA, GINA, RITA, WHY, an_agreed, an_intent

JANUARY = date(2027, 1, 15)


@pytest.fixture
async def defining(board: Board) -> Board:
    """SEPSIS in its definition; what is refused leaves no trace in the audit chain."""
    await board.starts()
    return board


async def refused(board: Board, says: str, flow: Any, *given: object, who: str = DANA) -> Refused:  # noqa: ANN401
    """Let somebody do what is refused, in these words, with nothing stored of it."""
    before = await board.bench()
    with pytest.raises(Refused) as caught:
        await board.act(flow, *given, who=who)
    said = [refusal(problem) for problem in caught.value.problems]
    assert any(re.search(says, each) for each in said), said
    assert await board.bench() == before
    return caught.value


async def test_signing_for_a_role_one_does_not_hold(defining: Board) -> None:
    await defining.shows("G1", 1)
    one = await defining.criterion("G1", 1)
    for who in (BEN, ANA, GINA, RITA, RUTH):
        await refused(defining, "signed by Dana Whitfield", signing.sign, one.id, ("met", ""), who=who)
    assert (await defining.signs("G1", 1, CLEO)).state is CriterionState.MET


async def test_I_15_a_delegate_signs_for_the_holder_and_both_are_stored(defining: Board) -> None:  # noqa: N802
    await defining.shows("G1", 1)
    await defining.signs("G1", 1, CLEO)
    (signature,) = (await defining.bench()).signatures
    assert (signature.person_id, signature.on_behalf_of) == (CLEO, DANA)


async def test_an_owner_does_not_review_their_own_initiative(defining: Board) -> None:
    await store(defining.database, an_assignment(role=Role.GOVERNANCE_REVIEWER, person_id=BEN))
    await defining.shows("G4", 3)
    one = await defining.criterion("G4", 3)
    await refused(defining, "ask an independent reviewer", signing.sign, one.id, ("met", ""), who=BEN)
    item = GovernanceItem(id="", initiative_id=SEPSIS, kind=GovernanceKind.MODEL_REVIEW, maturity=Maturity.APPROVED)
    await refused(defining, "ask an independent reviewer", readiness.set_item, item, who=BEN)


async def test_I_14_nobody_decides_their_own_initiative(defining: Board) -> None:  # noqa: N802
    await defining.submits("G1")
    gate = (await defining.gate("G1")).id
    await refused(defining, "Only a gatekeeper .* Gina Karim", deciding.decide, gate, an_intent(), who="lena-frost")
    await store(defining.database, a_portfolio(lead_id="lena-frost", gatekeeper_ids=(GINA, DANA, ANA)))
    await refused(defining, "ask another gatekeeper", deciding.decide, gate, an_intent(), who=DANA)
    await refused(defining, "The technical lead cannot", deciding.decide, gate, an_intent(), who=ANA)
    await store(defining.database, a_portfolio(lead_id="lena-frost"))
    await refused(defining, "has no gatekeeper", deciding.decide, gate, an_intent(), who=GINA)


async def test_I_11_a_go_with_an_open_must_criterion(defining: Board) -> None:  # noqa: N802
    await defining.submits("G1")
    found = await refused(
        defining, "still open: 1, 2, 3", deciding.decide, (await defining.gate("G1")).id, an_intent(), who=GINA
    )
    said = " ".join(problem.code for problem in found.problems)
    assert "definition_missing" in said
    assert "criteria_missing" in said


async def test_what_a_decision_needs(defining: Board) -> None:
    await defining.submits("G1")
    gate = (await defining.gate("G1")).id
    hold, rework, kill = Decision.HOLD, Decision.REWORK, Decision.KILL
    for says, intent in (
        ("at least 20 characters; these are 5", an_intent(hold, rationale="  no  x", review_on=JANUARY)),
        ("needs the day on which it is reviewed", an_intent(hold)),
        ("within 90 days, by 24 Feb 2027", an_intent(hold, review_on=date(2027, 2, 25))),
        ("after today", an_intent(hold, review_on=date(2026, 11, 26))),
        ("Name the criteria to be done again", an_intent(rework, new_due=JANUARY)),
        ("Name the criteria to be done again", an_intent(rework, redo=(99,), new_due=JANUARY)),
        ("Give a new due date", an_intent(rework, redo=(1,))),
        ("25 Nov 2026 has passed", an_intent(rework, redo=(1,), new_due=date(2026, 11, 25))),
        ("is too far away", an_intent(rework, redo=(1,), new_due=date(2028, 11, 25))),
        ("Choose why it is stopped", an_intent(kill)),
    ):
        await refused(defining, says, deciding.decide, gate, intent, who=GINA)


async def test_conditional_goes_have_their_limits(defining: Board) -> None:
    await defining.defines()
    await defining.meets("G1", but=(3, 8))
    await defining.submits("G1")
    gate, some = (await defining.gate("G1")).id, NewCondition("Measure the baseline", BEN, JANUARY)
    conditional = Decision.CONDITIONAL_GO
    governance = an_intent(conditional, conditions=(some,))
    await refused(defining, "governance or safety .* still open: 8", deciding.decide, gate, governance, who=GINA)
    await defining.meets("G1", but=(3,))
    for says, given in (
        ("needs at least one condition", ()),
        ("Say what the condition is", (NewCondition(" ", BEN, JANUARY),)),
        ("Name who meets the condition", (NewCondition("Measure", None, JANUARY),)),
        ("a due date that has not passed", (NewCondition("Measure", BEN, date(2026, 11, 1)),)),
    ):
        await refused(defining, says, deciding.decide, gate, an_intent(conditional, conditions=given), who=GINA)
    effects = await defining.decides("G1", conditional, conditions=(some,))
    assert effects.initiative.stage is Stage.PILOT
    await defining.submits("G2")
    second = (await defining.gate("G2")).id
    await refused(
        defining, "passed on conditions", deciding.decide, second, an_intent(conditional, conditions=(some,)), who=GINA
    )


async def test_a_second_decision_on_a_decided_gate(defining: Board) -> None:
    await defining.submits("G1")
    await defining.decides("G1", Decision.KILL, kill_reason=KillReason.RISK)
    gate = (await defining.gate("G1")).id
    says = "decided already: kill, by Gina Karim on 26 Nov 2026"
    await refused(defining, says, deciding.decide, gate, an_intent(), who=GINA)


async def test_a_decision_too_soon_after_the_submission_needs_a_reason(defining: Board) -> None:
    await defining.submits("G1")
    gate = (await defining.gate("G1")).id
    found = await refused(defining, "decided early", deciding.decide, gate, an_intent(early_reason=""), who=GINA)
    assert "notice_short" in [problem.code for problem in found.problems]
    defining.clock.advance(days=5)
    with pytest.raises(Refused) as later:
        await defining.decides("G1", early_reason="")
    assert "notice_short" not in [problem.code for problem in later.value.problems]


async def test_evidence_without_a_kind_or_with_no_link(defining: Board) -> None:
    one = (await defining.criterion("G1", 1)).id
    for says, shown in (
        ("Choose what kind", replace(SHOWN, kind=None)),
        ("Say in 1 to 200 characters", replace(SHOWN, title=" ")),
        ("A link begins with https://", replace(SHOWN, url="javascript:alert(1)")),
        ("A link begins with https://", replace(SHOWN, url="")),
        ("A link begins with https://", Shown(kind=EvidenceKind.DOCUMENT, title="Page", url="https://a b")),
        ("ended on 25 Nov 2026", replace(SHOWN, valid_until=date(2026, 11, 25))),
    ):
        await refused(defining, says, evidence.show, one, shown)
    await refused(defining, "Only the owners", evidence.show, one, SHOWN, who=RUTH)
    await refused(defining, "Evidence is needed", signing.sign, one, ("met", ""))


async def test_a_threshold_on_the_wrong_side_and_a_criterion_that_is_not_whole(defining: Board) -> None:
    for says, changes in (
        ("threshold 55 is not better than the baseline 60", {"threshold": 55.0}),
        ("target 65 is worse than the threshold 70", {"target": 65.0}),
        ("warning limit 90", {"warn": 90.0}),
        ("needs a unit", {"unit": ""}),
        ("needs a day by which it is measured", {"measure_by": None}),
        ("needs a baseline", {"baseline_value": None, "baseline_source": ""}),
        ("1 Nov 2026 has passed", {"measure_by": date(2026, 11, 1)}),
    ):
        typed = an_agreed(MetricKind.ACCURACY, **changes)
        await refused(defining, says, criteria.propose, SEPSIS, typed)


async def test_a_day_of_measurement_on_a_day_off_is_moved(defining: Board) -> None:
    made = await defining.act(criteria.propose, SEPSIS, an_agreed(measure_by=date(2027, 1, 30)))
    assert made.measure_by == date(2027, 2, 1)


async def test_I_06_a_locked_criterion_changes_by_a_new_version_that_all_four_approve(defining: Board) -> None:  # noqa: N802
    locked = await defining.locks(an_agreed(measure_by=JANUARY))
    await refused(defining, "propose a new version", criteria.edit, locked.id, replace(locked, threshold=65.0))
    changed = replace(locked, threshold=65.0)
    await refused(defining, "needs a reason for the change", criteria.revise, locked.id, changed)
    second = await defining.act(criteria.revise, locked.id, replace(changed, change_reason="New sample"))
    await refused(defining, "is proposed already", criteria.revise, locked.id, replace(changed, change_reason="x"))
    for who in (ANA, BEN):
        second = await defining.act(criteria.approve, second.id, who=who)
    assert second.state == "proposed"
    await refused(defining, "still to approve: Gina Karim", criteria.approve, second.id, who=BEN)
    await refused(defining, "you are none of them", criteria.approve, second.id, who=RUTH)
    second = await defining.act(criteria.approve, second.id, who=GINA)
    assert (second.state, second.version) == ("locked", 2)
    states = {one.version: one.state for one in (await defining.bench()).agreed}
    assert states == {1: "superseded", 2: "locked"}


async def test_dates_have_a_reason_and_lie_ahead(defining: Board) -> None:
    gate = await defining.gate("G1")
    for says, move in (
        ("Give a new due date", Move(due=None, reason=DateReason.DATA)),
        ("Give a reason", Move(due=JANUARY, reason=None)),
        ("has passed", Move(due=date(2026, 11, 1), reason=DateReason.DATA)),
        ("due on .* already", Move(due=gate.current_due, reason=DateReason.DATA)),
    ):
        await refused(defining, says, dates.move_gate, gate.id, move)
    await refused(
        defining, "Only the owners", dates.move_gate, gate.id, Move(due=JANUARY, reason=DateReason.DATA), who=RUTH
    )
    moved = await defining.act(dates.move_gate, gate.id, Move(due=date(2027, 1, 16), reason=DateReason.DATA))
    assert (moved.due, moved.shifted) == (date(2027, 1, 18), True)


async def test_starting_and_ending_have_their_place(board: Board) -> None:
    await refused(board, "Only the business sponsor", deciding.start, SEPSIS, who=ANA)
    await refused(board, "is not on hold", deciding.review_hold, SEPSIS, an_intent(), who=GINA)
    await refused(board, "is not live", deciding.retire, SEPSIS, WHY, who=GINA)
    await refused(board, "is not live", deciding.roll_back, SEPSIS, WHY, who=GINA)
    await board.starts()
    await refused(board, "was started already", deciding.start, SEPSIS)
    await refused(board, "an end after it", charter.write, SEPSIS, charter.Written(values={"timebox_end": JANUARY}))
    long = {"timebox_start": date(2026, 12, 1), "timebox_end": date(2027, 9, 1)}
    await refused(board, "at most 26 weeks", charter.write, SEPSIS, charter.Written(values=long))


async def test_I_34_an_unknown_gate_reads_like_one_nobody_may_see(defining: Board) -> None:  # noqa: N802
    one = await defining.initiative()
    await store(defining.database, replace(one, visibility=Visibility.RESTRICTED))
    gate = (await defining.gate("G1")).id
    said = set()
    for given in (gate, "no-such-gate"):
        with pytest.raises(UserError) as caught:
            await defining.act(submitting.submit, given, who=RUTH)
        said.add(str(caught.value))
    assert len(said) == 1


async def test_waivers_come_from_a_gatekeeper_with_a_reason_a_control_and_an_end(defining: Board) -> None:
    one, end = (await defining.criterion("G1", 3)).id, date(2026, 12, 31)
    for says, given, who in (
        ("Only a gatekeeper", (WHY, "By hand", end), DANA),
        ("Give a reason", (" ", "By hand", end), GINA),
        ("Say what guards", (WHY, " ", end), GINA),
        ("needs its last day", (WHY, "By hand", None), GINA),
        ("needs its last day", (WHY, "By hand", date(2027, 11, 1)), GINA),
    ):
        await refused(defining, says, signing.waive, one, given, who=who)
    assert (await defining.act(signing.waive, one, (WHY, "By hand", end), who=GINA)).state is CriterionState.WAIVED
    await refused(defining, "no evidence is needed", evidence.show, one, SHOWN)


async def test_I_16_only_operations_closes_what_is_integrated_and_I_13_phases_wait(defining: Board) -> None:  # noqa: N802
    phase = await defining.plans_phase("Ward 3")
    later = await defining.plans_phase("Ward 4")
    await refused(defining, "starts after G5 is passed", readiness.move_phase, phase.id, PhaseState.RUNNING, who=BEN)
    await refused(defining, "Only the operations leader", readiness.move_phase, phase.id, PhaseState.RUNNING, who=ANA)
    await refused(defining, "Ward 4 is planned", readiness.move_phase, later.id, PhaseState.DONE, who=BEN)


async def test_a_condition_is_met_by_its_owner_and_waived_by_a_gatekeeper(defining: Board) -> None:
    await defining.defines()
    await defining.meets("G1", but=(3,))
    await defining.submits("G1")
    some = (NewCondition("Measure the baseline", BEN, JANUARY), NewCondition("Name a stand-in", ANA, JANUARY))
    effects = await defining.decides("G1", Decision.CONDITIONAL_GO, conditions=some)
    first, second = (one.id for one in effects.conditions)
    await refused(defining, "Only its owner", conditions.meet, first, who=RUTH)
    assert (await defining.act(conditions.meet, first, who=BEN)).state == "met"
    await refused(defining, "settled already: it is met", conditions.meet, first, who=BEN)
    await refused(defining, "Only a gatekeeper", conditions.waive_condition, second, WHY)
    assert (await defining.act(conditions.waive_condition, second, WHY, who=GINA)).state == "waived"
