"""Whatever people do about gates in whatever order, what is stored keeps the invariants."""

import shutil
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from bot.domain.gates.criteria import CriterionStage
from bot.domain.gates.dates import DateReason
from bot.domain.gates.decisions import Decision, KillReason, NewCondition
from bot.domain.gates.evidence import EvidenceState
from bot.domain.gates.gates import PASSED
from bot.domain.gates.readiness import ActionState, IntegrationAction, IntegrationKind, PhaseState
from bot.domain.gates.signing import SignVerdict
from bot.domain.initiatives import LIVE, Lifecycle, Stage
from bot.domain.measuring.metrics import MetricKind
from bot.flows.gates import charter, conditions, criteria, dates, deciding, evidence, readiness, signing, submitting
from bot.flows.gates.dates import Move
from bot.flows.gates.sweeping import sweep
from tests.builders import ANA, SEPSIS
from tests.flows.gates.board import DEFINED, RUTH, SHOWN, SIGNERS
from tests.flows.gates.keeping import Keeping
from tests.gates import BEN, CLEO, DANA, FAY, GINA, LENA, PACK, RITA, WHY, an_agreed, an_intent

PEOPLE = (ANA, BEN, CLEO, DANA, FAY, GINA, LENA, RITA, RUTH)
GATES = st.sampled_from([gate.code for gate in PACK.gates])
people, numbers = st.sampled_from(PEOPLE), st.integers(1, 10)
days = st.integers(-3, 120)


class AnyOrder(Keeping):
    """Everybody does anything at any time; the helpful rules see to it that a walk comes somewhere."""

    # --- helpful ---

    @initialize(times=st.integers(1, 3))
    def has_come_to(self, times: int) -> None:
        """Begin somewhere between the definition and the launch."""
        self.goes_on(times)

    @rule(times=st.integers(1, 3))
    def goes_on(self, times: int) -> None:
        """Let what comes next be done properly: the charter, or the gates that are decided at this stage."""
        for _ in range(times):
            stage = self.bench.initiative.stage
            if stage is Stage.INTAKE:
                self.tries(deciding.start, SEPSIS, who=DANA)
            if stage is Stage.PILOT_DEFINITION and not self.bench.agreed:
                self.defines()
            if stage in (Stage.PRODUCTION_READINESS, Stage.LAUNCH):
                self.rolls_out()
            waiting = {gate.code for gate in self.bench.gates if gate.is_lasting}
            for template in PACK.gates:
                if template.code in waiting and stage in template.stages:
                    self.passes(template.code)

    def defines(self) -> None:
        """Let the owners write the charter and lock what they agree on."""
        self.tries(charter.write, SEPSIS, charter.Written(values=DEFINED), who=DANA)
        for category in (MetricKind.ACCURACY, MetricKind.ADOPTION, MetricKind.EFFICIENCY):
            typed = an_agreed(category, measure_by=self.day(60))
            self.tries(criteria.propose, SEPSIS, typed, who=CLEO)  # a delegate of all three

    def rolls_out(self) -> None:
        """Plan a phase, or let the one there is be gone through."""
        if not self.bench.phases:
            self.phases(BEN, PhaseState.RUNNING)
        for state in (PhaseState.RUNNING, PhaseState.DONE):
            self.phases(BEN, state)

    @rule(code=GATES)
    def passes(self, code: str) -> None:
        """Let everybody show and sign what a gate needs, and the gatekeeper decide it."""
        gate_id = self.gate_id(code)
        for one in [each for each in self.bench.criteria if each.gate_id == gate_id and each.state not in PASSED]:
            self.tries(evidence.show, one.id, SHOWN, who=DANA)
            for role in dict.fromkeys(one.signers):
                self.tries(signing.sign, one.id, (SignVerdict.MET, ""), who=SIGNERS.get(role, GINA))
        if gate_id:
            self.tries(submitting.submit, gate_id, who=DANA)
            self.tries(deciding.decide, gate_id, an_intent(), who=GINA)

    # --- anything ---

    @rule(code=GATES, number=numbers, who=people, met=st.booleans())
    def signs(self, code: str, number: int, who: str, met: bool) -> None:
        if one := self.one(code, number):
            verdict = SignVerdict.MET if met else SignVerdict.NOT_MET
            self.tries(signing.sign, one, (verdict, "" if met else "Not there yet"), who=who)

    @rule(code=GATES, number=numbers, who=people, until=st.none() | days)
    def shows(self, code: str, number: int, who: str, until: int | None) -> None:
        if one := self.one(code, number):
            ends = None if until is None else self.day(until)
            self.tries(evidence.show, one, replace(SHOWN, valid_until=ends), who=who)

    @rule(who=people)
    def takes_back(self, who: str) -> None:
        valid = [one for one in self.bench.evidence if one.state is EvidenceState.VALID]
        if valid:
            self.tries(evidence.take_back, valid[-1].id, "The wrong one", who=who)

    @rule(code=GATES, number=numbers, who=people, until=days)
    def waives(self, code: str, number: int, who: str, until: int) -> None:
        if one := self.one(code, number):
            self.tries(signing.waive, one, (WHY, "By hand", self.day(until)), who=who)

    @rule(code=GATES, number=numbers, who=people)
    def unsigns(self, code: str, number: int, who: str) -> None:
        if one := self.one(code, number):
            self.tries(signing.unsign, one, who=who)

    @rule(code=GATES, who=people, back=st.booleans())
    def submits(self, code: str, who: str, back: bool) -> None:
        if gate_id := self.gate_id(code):
            flow, more = (submitting.withdraw, ["One more week"]) if back else (submitting.submit, [])
            self.tries(flow, gate_id, *more, who=who)

    @rule(code=GATES, decision=st.sampled_from(Decision), who=people | st.just(GINA), ahead=days, early=st.booleans())
    def decides(self, code: str, decision: Decision, who: str, ahead: int, early: bool) -> None:
        if gate_id := self.gate_id(code):
            kill = KillReason.COST if ahead % 3 == 0 else None  # a kill ends the walk, so not every time
            intent = an_intent(
                decision,
                review_on=self.day(ahead),
                new_due=self.day(ahead),
                redo=(1, 2),
                kill_reason=kill,
                conditions=(NewCondition("Train the night shift", BEN, self.day(ahead)),),
                early_reason="The board meets" if early else "",
            )
            self.tries(deciding.decide, gate_id, intent, who=who)

    @precondition(lambda self: self.bench.initiative.lifecycle is Lifecycle.ON_HOLD)
    @rule(decision=st.sampled_from(Decision), who=st.sampled_from((GINA, DANA)), ahead=days)
    def reviews(self, decision: Decision, who: str, ahead: int) -> None:
        kill = KillReason.COST if ahead % 3 == 0 else None
        intent = an_intent(decision, review_on=self.day(ahead), new_due=self.day(ahead), kill_reason=kill)
        self.tries(deciding.review_hold, SEPSIS, intent, who=who)

    @precondition(lambda self: self.bench.initiative.stage in LIVE)
    @rule(who=st.sampled_from((GINA, DANA)), for_good=st.booleans())
    def ends_use(self, who: str, for_good: bool) -> None:
        self.tries(deciding.retire if for_good else deciding.roll_back, SEPSIS, WHY, who=who)

    @rule(code=GATES, who=people, ahead=days, again=st.booleans())
    def moves_date(self, code: str, who: str, ahead: int, again: bool) -> None:
        if gate_id := self.gate_id(code):
            move = Move(due=self.day(ahead), reason=DateReason.DATA, comment="More data")
            self.tries(dates.rebaseline_gate if again else dates.move_gate, gate_id, move, who=who)

    @rule(who=people, ahead=days, approves=st.booleans())
    def moves_timebox(self, who: str, ahead: int, approves: bool) -> None:
        if approves:
            self.tries(dates.approve_timebox, SEPSIS, who=who)
        else:
            self.tries(dates.move_timebox, SEPSIS, Move(due=self.day(ahead), reason=DateReason.DATA), who=who)

    @rule(who=people, category=st.sampled_from(MetricKind), threshold=st.floats(50, 90), ends=st.booleans())
    def changes_criteria(self, who: str, category: MetricKind, threshold: float, ends: bool) -> None:
        present = next((c for c in self.bench.agreed if c.category is category and c.state == "locked"), None)
        day = self.day(60)
        if present is None:
            self.tries(criteria.propose, SEPSIS, an_agreed(category, threshold=threshold, measure_by=day), who=who)
        else:
            typed = replace(present, threshold=threshold, change_reason="New sample", ends=ends, measure_by=day)
            self.tries(criteria.revise, present.id, typed, who=who)

    @rule(who=people)
    def approves_criteria(self, who: str) -> None:
        for one in [each for each in self.bench.agreed if each.state is CriterionStage.PROPOSED]:
            self.tries(criteria.approve, one.id, who=who)

    @rule(who=people, state=st.sampled_from((PhaseState.RUNNING, PhaseState.DONE, PhaseState.HALTED)))
    def phases(self, who: str, state: PhaseState) -> None:
        waiting = [one for one in self.bench.phases if one.state in (PhaseState.PLANNED, PhaseState.RUNNING)]
        if waiting:
            self.tries(readiness.move_phase, waiting[0].id, state, who=who)
        else:
            self.clock.advance(seconds=1)
            self.run(self.board.plans_phase("Ward 3"))
            self.bench = self.run(self.board.bench())

    @rule(who=people)
    def integrates(self, who: str) -> None:
        still = [one for one in self.bench.actions if one.state is ActionState.OPEN]
        if still:
            self.tries(readiness.close_action, still[0].id, ActionState.DONE, who=who)
        else:
            made = IntegrationAction(id="", initiative_id=SEPSIS, kind=IntegrationKind.SOP_TRAINING, text="A step")
            self.tries(readiness.add_action, made, who=who)

    @rule(who=people, waive=st.booleans())
    def settles_condition(self, who: str, waive: bool) -> None:
        for one in self.bench.conditions[:1]:
            flow, more = (conditions.waive_condition, [WHY]) if waive else (conditions.meet, [])
            self.tries(flow, one.id, *more, who=who)

    @rule(ahead=st.integers(1, 40))
    def time_goes_by(self, ahead: int) -> None:
        self.clock.advance(days=ahead)
        self.run(sweep(self.board.ports))
        self.bench = self.run(self.board.bench())


def test_whatever_people_do_the_invariants_hold(sqlite_template: Path, tmp_path: Path) -> None:
    AnyOrder.template = Path(shutil.copy(sqlite_template, tmp_path / "template.db"))
    quick = settings(max_examples=3, stateful_step_count=20, suppress_health_check=list(HealthCheck))
    thorough = settings(max_examples=200, stateful_step_count=60, suppress_health_check=list(HealthCheck))
    is_thorough = settings.default is not None and settings.default.max_examples > 100
    run_state_machine_as_test(AnyOrder, settings=thorough if is_thorough else quick)
