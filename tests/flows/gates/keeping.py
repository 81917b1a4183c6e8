"""A walk over gates: one database, one clock, and what holds after every step."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)

from bot.domain.checkins import PromptState
from bot.domain.events import ChainCheck
from bot.domain.gates.bench import Bench
from bot.domain.gates.criteria import CriterionStage, SuccessCriterion, groups_without, problems
from bot.domain.gates.dates import DateSubject, slip_days
from bot.domain.gates.decisions import Decision, GateDecision
from bot.domain.gates.gates import CriterionState
from bot.domain.gates.readiness import ActionState, PhaseState
from bot.domain.gates.replay import doubts
from bot.domain.gates.templates import Signer
from bot.domain.initiatives import Lifecycle, Stage
from bot.flows.gates.desk import Refused
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import NOW, SEPSIS, a_cycle, a_prompt, make_ports, store
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.gates.board import SIGNERS, Board
from tests.gates import BEN, CLEO, GINA

BEFORE_PILOT = (Stage.INTAKE, Stage.PILOT_DEFINITION)


class Keeping(RuleBasedStateMachine):
    """Lets people try things and checks the invariants after each."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.file = self.template.with_name("any-order.db")
        shutil.copy(self.template, self.file)
        self.clock = FrozenClock(NOW)
        self.locked: dict[str, SuccessCriterion] = {}
        self.decided: dict[str, GateDecision] = {}
        self.steps = 0
        self.run(self._open())

    def run(self, work: Awaitable[Any]) -> Any:  # noqa: ANN401 - of any act
        """Run something to its end."""

        async def whole() -> Any:  # noqa: ANN401 - of any act
            return await work

        return self.runner.run(whole())

    async def _open(self) -> None:
        self.database = Database.at(f"sqlite:///{self.file}")
        self.reads = SqlReads(self.database)
        ports = make_ports(self.database, self.clock, reads=self.reads)
        self.board = await Board(self.database, ports, self.clock).settle()
        await store(self.database, a_cycle(), a_prompt(state=PromptState.SENT))
        self.bench: Bench = await self.board.bench()

    def teardown(self) -> None:
        """Close the database."""

        async def closing() -> None:
            await self.reads.close()
            await self.database.close()

        self.runner.run(closing())
        self.runner.close()

    def tries(self, flow: Callable[..., Any], *given: object, who: str) -> bool:
        """Let somebody do something; return whether it was possible."""

        async def tried() -> bool:
            try:
                await self.board.act(flow, *given, who=who)
            except Refused:
                return False
            self.bench = await self.board.bench()
            return True

        self.clock.advance(seconds=1)
        return bool(self.run(tried()))

    def day(self, offset: int) -> date:
        """Return a day some days from today."""
        return self.bench.now.today + timedelta(days=offset)

    def gate_id(self, code: str) -> str | None:
        """Return the latest attempt at a gate."""
        gates = [gate for gate in self.bench.gates if gate.code == code]
        return max(gates, key=lambda gate: (gate.wave, gate.attempt)).id if gates else None

    def one(self, code: str, number: int) -> str | None:
        """Return a criterion of the latest attempt at a gate."""
        gate_id = self.gate_id(code)
        return next((c.id for c in self.bench.criteria if (c.gate_id, c.number) == (gate_id, number)), None)

    @invariant()
    def criteria_stay_agreed(self) -> None:
        bench = self.bench
        if bench.initiative.stage not in BEFORE_PILOT:
            assert groups_without(bench.agreed) == []  # I-05
        for one in bench.agreed:
            if one.state in (CriterionStage.LOCKED, CriterionStage.SUPERSEDED):
                first = self.locked.setdefault(one.id, one)
                assert replace(one, state=first.state) == first  # I-06
                assert set(one.approvals) == {role.value for role in one.approvers}
                assert problems(one) == []  # I-08

    @invariant()
    def stages_follow_from_decisions(self) -> None:
        bench = self.bench
        assert doubts(bench.initiative, bench.decisions) == []  # I-09
        for one in bench.decisions:
            assert self.decided.setdefault(one.id, one) == one  # I-10
            if one.decision is Decision.HOLD:
                assert one.review_on
                assert one.review_on <= one.decided_at.date() + timedelta(days=91)  # I-31, the day is Chicago's
            if one.kind == "gate":
                assert one.decided_by == GINA  # I-14
            if one.kind == "gate" and one.decision is Decision.GO:
                self._was_complete(one)
        assert len(self.decided) == len(bench.decisions)
        stage = bench.initiative.stage
        if stage not in BEFORE_PILOT:  # I-07
            said, written = bench.initiative, bench.charter
            named = (said.use_case, said.user_group, said.user_group_size)
            assert all((*named, written.timebox_start, written.timebox_end))
        if stage is Stage.LAUNCH:
            assert bench.unpassed_before_launch() == []  # I-12
        assert (bench.initiative.hold_review_on is not None) == (bench.initiative.lifecycle is Lifecycle.ON_HOLD)

    def _was_complete(self, decision: GateDecision) -> None:
        """Check I-11 by what was recorded when it was decided."""
        passed = {CriterionState.MET, CriterionState.WAIVED, CriterionState.NOT_APPLICABLE}
        weights = {c.number: c for c in self.bench.criteria if c.gate_id == decision.gate_id}
        for number, found in decision.snapshot.items():
            if number.isdigit() and weights[int(number)].is_must and isinstance(found, dict):
                assert found["state"] in passed

    @invariant()
    def signatures_are_by_who_holds_the_role(self) -> None:
        delegates = {SIGNERS[role]: CLEO for role in (Signer.BUSINESS_SPONSOR, Signer.TECHNICAL_LEAD)}
        delegates[BEN] = CLEO
        for one in self.bench.signatures:  # I-15
            holder = SIGNERS[one.role]
            assert one.person_id in (holder, delegates.get(holder))
            assert one.on_behalf_of == (None if one.person_id == holder else holder)
        for action in self.bench.actions:  # I-16
            assert action.state is ActionState.OPEN or action.closed_by in (BEN, CLEO)

    @invariant()
    def phases_come_in_turn(self) -> None:  # I-13
        running = [one for one in self.bench.phases if one.state is PhaseState.RUNNING]
        for one in running:
            before = [each for each in self.bench.phases if each.number < one.number]
            assert all(each.state is PhaseState.DONE for each in before)
            assert self.bench.passed(one.gate_code)

    @invariant()
    def slips_add_up(self) -> None:  # I-22, I-23
        for gate in self.bench.gates:
            if gate.is_lasting:
                moved = slip_days(self.bench.changes_of(DateSubject.GATE, gate.line))
                assert (gate.current_due - gate.baseline_due).days == moved
        box = self.bench.charter
        if box.timebox_end and box.timebox_baseline_end and self.bench.initiative.stage not in BEFORE_PILOT:
            moved = slip_days(self.bench.changes_of(DateSubject.TIMEBOX, SEPSIS))
            assert (box.timebox_end - box.timebox_baseline_end).days == moved

    @invariant()
    def nobody_is_asked_about_what_is_over(self) -> None:  # I-30
        if self.bench.initiative.lifecycle in (Lifecycle.STOPPED, Lifecycle.RETIRED):
            assert not any(gate.is_lasting for gate in self.bench.gates)
            assert all(one.state in (PhaseState.DONE, PhaseState.HALTED) for one in self.bench.phases)
            assert self.run(self._open_prompts()) == []

    async def _open_prompts(self) -> list[object]:
        async with self.board.ports.open_unit_of_work() as uow:
            found = await uow.check_ins.open_prompts_about(SEPSIS)
        return [one for one in found if one.state in (PromptState.SENT, PromptState.SCHEDULED)]

    @invariant()
    def the_chain_is_whole(self) -> None:  # I-32
        self.steps += 1
        if self.steps % 10:
            return
        links = self.run(self._links())
        assert ChainCheck().first_break(links) is None
        decisions = [one.entity_id for one in links if one.entity == "gate_decision"]
        assert sorted(decisions) == sorted(self.decided)

    async def _links(self) -> Any:  # noqa: ANN401 - of the chain
        async with self.board.ports.open_unit_of_work() as uow:
            return await uow.events.links(0, 5000)
