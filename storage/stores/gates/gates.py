"""Everything that gates rest on, in one unit of work."""

from datetime import date

from sqlalchemy import and_, select

from bot.domain.gates.charter import Charter
from bot.domain.gates.conditions import UNSETTLED, ConditionState, GateCondition
from bot.domain.gates.criteria import SuccessCriterion
from bot.domain.gates.dates import DateChange
from bot.domain.gates.decisions import GateDecision
from bot.domain.gates.evidence import Evidence, EvidenceState, Waiver
from bot.domain.gates.gates import LASTING, Gate, GateCriterion
from bot.domain.gates.readiness import Capability, GovernanceItem, IntegrationAction, RolloutPhase
from bot.domain.gates.signing import SignOff
from bot.domain.ids import InitiativeId
from bot.domain.initiatives import Initiative
from storage.mapping import to_row
from storage.stores.gates.shelf import SqlLedger, SqlShelf
from storage.stores.unit import Unit, table_of
from storage.tables import charters, gates
from storage.tables.initiatives import InitiativeRow

INITIATIVE, GATE = table_of(InitiativeRow), table_of(gates.GateRow)
EVIDENCE, CONDITION = table_of(gates.EvidenceRow), table_of(gates.GateConditionRow)


class SqlGates:
    """`bot.stores.Gates` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.gates = SqlShelf(unit, Gate, GATE)
        self.criteria = SqlShelf(unit, GateCriterion, table_of(gates.GateCriterionRow))
        self.evidence = SqlShelf(unit, Evidence, EVIDENCE)
        self.signatures = SqlShelf(unit, SignOff, table_of(gates.SignOffRow))
        self.waivers = SqlShelf(unit, Waiver, table_of(gates.WaiverRow))
        self.decisions = SqlLedger(unit, GateDecision, table_of(gates.GateDecisionRow))
        self.conditions = SqlShelf(unit, GateCondition, CONDITION)
        self.changes = SqlLedger(unit, DateChange, table_of(gates.DateChangeRow))
        self.charters = SqlShelf(unit, Charter, table_of(charters.CharterRow))
        self.agreed = SqlShelf(unit, SuccessCriterion, table_of(charters.SuccessCriterionRow))
        self.capabilities = SqlShelf(unit, Capability, table_of(charters.CapabilityRow))
        self.items = SqlShelf(unit, GovernanceItem, table_of(charters.GovernanceItemRow))
        self.actions = SqlShelf(unit, IntegrationAction, table_of(charters.IntegrationActionRow))
        self.phases = SqlShelf(unit, RolloutPhase, table_of(charters.RolloutPhaseRow))

    async def hold(self, initiative_id: InitiativeId) -> Initiative | None:
        """Return an initiative; until this unit of work ends others wait who want to hold it too."""
        wanted = select(INITIATIVE).where(INITIATIVE.c.id == initiative_id)
        return await self._unit.one(Initiative, wanted if self._unit.is_sqlite else wanted.with_for_update())

    async def change_gate(self, before: Gate, after: Gate) -> bool:
        """Store `after` if the gate still stands as in `before`; False when somebody was quicker."""
        g = GATE.c
        same = and_(g.id == before.id, g.state == before.state.value, g.current_due == before.current_due)
        self._unit.touched.add(after.initiative_id)
        return await self._unit.change(GATE, same, **to_row(after)) == 1

    async def waiting(self) -> list[Gate]:
        """Return the gates that wait for a decision, by due date."""
        states = [state.value for state in LASTING]
        return await self._unit.every(
            Gate, select(GATE).where(GATE.c.state.in_(states)).order_by(GATE.c.current_due, GATE.c.id)
        )

    async def expiring(self, today: date) -> list[Evidence]:
        """Return the evidence that still counts as valid and whose time is up."""
        over = and_(EVIDENCE.c.state == EvidenceState.VALID.value, EVIDENCE.c.valid_until < today)
        return await self._unit.every(Evidence, select(EVIDENCE).where(over).order_by(EVIDENCE.c.id))

    async def unsettled(self) -> list[GateCondition]:
        """Return the conditions that are open or have lapsed, by due date."""
        states = [state.value for state in ConditionState if state in UNSETTLED]
        found = select(CONDITION).where(CONDITION.c.state.in_(states))
        return await self._unit.every(GateCondition, found.order_by(CONDITION.c.due, CONDITION.c.id))
