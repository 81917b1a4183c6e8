"""Northlake with everybody whom gates need, and short words for what they do."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.domain.calendar import Calendar
from bot.domain.gates.bench import Bench
from bot.domain.gates.criteria import SuccessCriterion
from bot.domain.gates.decisions import Decision, Intent
from bot.domain.gates.effects import Effects
from bot.domain.gates.evaluation import needs_evidence
from bot.domain.gates.evidence import EvidenceKind
from bot.domain.gates.gates import PASSED, CriterionState, Gate, GateCriterion, GateState, newest
from bot.domain.gates.readiness import PhaseState, RolloutPhase
from bot.domain.gates.signing import SignVerdict, missing
from bot.domain.gates.templates import Signer
from bot.domain.initiatives import Initiative, RiskTier, Stage, UsageMode
from bot.domain.measuring.metrics import MetricKind
from bot.domain.ownership import AssignmentKind, Role
from bot.domain.people import OrgRole
from bot.flows.gates import charter, criteria, deciding, evidence, readiness, signing, submitting
from bot.flows.gates.desk import bench_of
from bot.flows.gates.evidence import Shown
from bot.ports import Ports
from storage.engine import Database
from tests.builders import (
    ANA,
    SEPSIS,
    a_handle,
    a_person,
    a_portfolio,
    an_assignment,
    an_initiative,
    an_organisation,
    store,
)
from tests.fakes.frozen_clock import FrozenClock
from tests.gates import BEN, CLEO, DANA, FAY, GINA, LENA, NUMBERS, PACK, RITA, WHY, an_agreed

RUTH = "ruth-adeyemi"
SIGNERS = {
    Signer.BUSINESS_SPONSOR: DANA,
    Signer.TECHNICAL_LEAD: ANA,
    Signer.OPERATIONS_LEADER: BEN,
    Signer.GOVERNANCE_REVIEWER: RITA,
    Signer.FINANCE_PARTNER: FAY,
    Signer.PORTFOLIO_LEAD: LENA,
}
DEFINED: dict[str, object] = {
    "use_case": "Nurses are warned of sepsis and act",
    "user_group": "nurses of ward 3",
    "user_group_size": 120,
    "usage_mode": UsageMode.DEFAULT,
    "timebox_start": date(2026, 12, 1),
    "timebox_end": date(2027, 2, 26),
    "stop_rule": "Recall below 60% in two samples",
    "readiness": NUMBERS,
    "asset_id": "A-17",
}
SHOWN = Shown(kind=EvidenceKind.LINK, title="Report", url="https://wiki.example/report")


class Board:
    """Everybody: the owners with their delegate Cleo, and who reviews, pays, decides and leads."""

    def __init__(self, database: Database, ports: Ports, clock: FrozenClock) -> None:
        self.database, self.clock = database, clock
        self.ports = replace(ports, gates=PACK)

    async def settle(self, stage: Stage = Stage.INTAKE, **changes: Any) -> "Board":  # noqa: ANN401 - any field
        """Store who and what there is; SEPSIS at a stage, with no gates yet."""
        names = ("Ana Ortiz", "Ben Vale", "Cleo Ray", "Dana Whitfield", "Gina Karim", "Lena Frost", "Ruth Adeyemi")
        people = [a_person(name) for name in names]
        people.append(a_person("Rita Moss", org_roles=frozenset({OrgRole.GOVERNANCE_REVIEWER})))
        people.append(a_person("Fay Stone", org_roles=frozenset({OrgRole.FINANCE_PARTNER})))
        portfolio = a_portfolio(lead_id=LENA, gatekeeper_ids=(GINA,))
        await store(self.database, an_organisation(country=None), *people, portfolio)
        await store(self.database, an_initiative(stage=stage, **changes), *(a_handle(one.id) for one in people))
        roles = {ANA: Role.TECHNICAL_LEAD, DANA: Role.BUSINESS_SPONSOR, BEN: Role.OPERATIONS_LEADER}
        for who, role in roles.items():
            await store(self.database, an_assignment(role=role, person_id=who))
            second = an_assignment(role=role, person_id=CLEO, kind=AssignmentKind.DELEGATE)
            await store(self.database, second)
        return self

    async def act(self, flow: Callable[..., Awaitable[Any]], *given: object, who: str = DANA) -> Any:  # noqa: ANN401
        """Run an act for a person in one transaction; what it raises undoes it."""
        async with self.ports.open_unit_of_work() as uow:
            asker = await uow.people.get(who)
            found = await flow(*given, asker, uow, self.ports)
            await uow.commit()
        return found

    async def bench(self) -> Bench:
        """Return all that is stored of SEPSIS."""
        async with self.ports.open_unit_of_work() as uow:
            initiative = await uow.initiatives.get(SEPSIS)
            assert initiative is not None
            return (await bench_of(initiative, uow, self.ports))[0]

    async def initiative(self) -> Initiative:
        """Return SEPSIS as stored."""
        return (await self.bench()).initiative

    async def gate(self, code: str) -> Gate:
        """Return the latest attempt at a gate."""
        found = newest((await self.bench()).gates, code)
        assert found is not None, code
        return found

    async def criterion(self, code: str, number: int) -> GateCriterion:
        """Return a criterion of the latest attempt at a gate."""
        gate = await self.gate(code)
        return next(one for one in (await self.bench()).of_gate(gate) if one.number == number)

    async def starts(self) -> Effects:
        """Let the sponsor start the charter."""
        effects: Effects = await self.act(deciding.start, SEPSIS)
        return effects

    async def defines(self, **changes: object) -> None:
        """Let the owners fill in the charter and lock a criterion of each group."""
        await self.act(charter.write, SEPSIS, charter.Written(values={**DEFINED, **changes}))
        for category in (MetricKind.ACCURACY, MetricKind.ADOPTION, MetricKind.EFFICIENCY):
            await self.locks(an_agreed(category, measure_by=date(2027, 2, 19)))

    async def locks(self, typed: SuccessCriterion) -> SuccessCriterion:
        """Let the sponsor propose a criterion and the other owners approve it."""
        made: SuccessCriterion = await self.act(criteria.propose, SEPSIS, typed)
        for who in (ANA, BEN):
            made = await self.act(criteria.approve, made.id, who=who)
        return made

    async def shows(self, code: str, number: int, shown: Shown = SHOWN, who: str = DANA) -> GateCriterion:
        """Let somebody show evidence for a criterion."""
        criterion = await self.criterion(code, number)
        found: GateCriterion = await self.act(evidence.show, criterion.id, shown, who=who)
        return found

    async def signs(self, code: str, number: int, who: str, verdict: str = "met", comment: str = "") -> GateCriterion:
        """Let somebody sign a criterion."""
        criterion = await self.criterion(code, number)
        said = (SignVerdict(verdict), comment)
        found: GateCriterion = await self.act(signing.sign, criterion.id, said, who=who)
        return found

    async def meets(self, code: str, *, but: tuple[int, ...] = ()) -> None:
        """Let everybody show and sign what a gate needs, but some criteria."""
        bench, gate = await self.bench(), await self.gate(code)
        for criterion in bench.of_gate(gate):
            if criterion.number not in but and criterion.state not in PASSED:
                await self._meets(criterion, bench)

    async def _meets(self, criterion: GateCriterion, bench: Bench) -> None:
        if needs_evidence(criterion, bench) and not bench.evidence_for(criterion):
            await self.act(evidence.show, criterion.id, SHOWN)
        people = [SIGNERS[role] for role in missing(criterion, bench.signatures)]
        twice = [RUTH] if len(set(people)) < len(people) else []
        for who in [*dict.fromkeys(people), *twice]:
            criterion = await self.act(signing.sign, criterion.id, (SignVerdict.MET, ""), who=who)
        assert criterion.state is CriterionState.MET

    async def submits(self, code: str) -> Gate:
        """Let the sponsor submit a gate."""
        found: Gate = await self.act(submitting.submit, (await self.gate(code)).id)
        return found

    async def decides(self, code: str, decision: Decision = Decision.GO, who: str = GINA, **changes: Any) -> Effects:  # noqa: ANN401
        """Let the gatekeeper decide a gate, with a reason for deciding early."""
        intent = replace(Intent(decision=decision, rationale=WHY, early_reason="The board meets today"), **changes)
        found: Effects = await self.act(deciding.decide, (await self.gate(code)).id, intent, who=who)
        return found

    async def passes(self, code: str) -> Effects:
        """Let a gate be met, submitted and decided with a go."""
        await self.meets(code)
        if (await self.gate(code)).state is GateState.OPEN:
            await self.submits(code)
        return await self.decides(code)

    async def comes_to(self, stage: Stage) -> None:
        """Take SEPSIS from intake to a stage, gate by gate."""
        order = list(Stage)
        steps = [self.starts, self._into_pilot, self._into_readiness, self._into_launch, self._into_production]
        for step in [*steps, self._into_scale][: order.index(stage)]:
            await step()
        assert (await self.initiative()).stage is stage

    async def _into_pilot(self) -> None:
        await self.defines()
        await self.passes("G1")

    async def _into_readiness(self) -> None:
        await self.passes("G4")
        await self.passes("G2")

    async def _into_launch(self) -> None:
        if (await self.initiative()).risk_tier is not RiskTier.MINIMAL:
            await self.passes("G3")
        await self.plans_phase("Ward 3")
        await self.passes("G5")

    async def _into_production(self) -> None:
        for phase in (await self.bench()).phases:
            for state in (PhaseState.RUNNING, PhaseState.DONE):
                await self.act(readiness.move_phase, phase.id, state, who=BEN)
        self.clock.advance(days=30)
        await self.passes("G6")

    async def _into_scale(self) -> None:
        self.clock.advance(days=60)
        await self.passes("G7")
        await self.plans_phase("Hospital North", "G8")
        await self.passes("G8")

    async def plans_phase(self, name: str, gate_code: str = "G5") -> RolloutPhase:
        """Let the operations leader plan a phase."""
        today = (await self.bench()).now.today
        phase = RolloutPhase(
            id="",
            initiative_id=SEPSIS,
            number=0,
            name=name,
            gate_code=gate_code,
            population=40,
            start_current=today + timedelta(days=7),
            exit_criteria="No harm in two weeks",
        )
        found: RolloutPhase = await self.act(readiness.plan_phase, phase, who=BEN)
        return found


WEEKDAYS = Calendar(frozenset(range(5)))
