"""What flows need stored of gates and of all they rest on."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from bot.domain.gates.charter import Charter
from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.criteria import SuccessCriterion
from bot.domain.gates.dates import DateChange
from bot.domain.gates.decisions import GateDecision
from bot.domain.gates.evidence import Evidence, Waiver
from bot.domain.gates.gates import Gate, GateCriterion
from bot.domain.gates.readiness import Capability, GovernanceItem, IntegrationAction, RolloutPhase
from bot.domain.gates.signing import SignOff
from bot.domain.ids import InitiativeId
from bot.domain.initiatives import Initiative

Record = TypeVar("Record")


class Ledger(Protocol[Record]):
    """Records of one kind, each of one initiative, that are added and never changed."""

    async def of(self, initiative_id: InitiativeId) -> list[Record]: ...
    async def of_many(self, initiative_ids: Iterable[InitiativeId]) -> list[Record]: ...
    async def all(self) -> list[Record]: ...
    async def add_once(self, records: Iterable[Record]) -> int:
        """Add records, passing over those a unique key already has; return how many were new."""
        ...


class Shelf(Ledger[Record], Protocol[Record]):
    """Records of one kind, each of one initiative."""

    async def get(self, id: str) -> Record | None: ...
    async def save(self, records: Iterable[Record]) -> None: ...


class Gates(Protocol):
    """Gates, their criteria and all that stands under them; what was decided and what dates were moved stays."""

    @property
    def gates(self) -> Shelf[Gate]: ...
    @property
    def criteria(self) -> Shelf[GateCriterion]: ...
    @property
    def evidence(self) -> Shelf[Evidence]: ...
    @property
    def signatures(self) -> Shelf[SignOff]: ...
    @property
    def waivers(self) -> Shelf[Waiver]: ...
    @property
    def decisions(self) -> Ledger[GateDecision]: ...
    @property
    def conditions(self) -> Shelf[GateCondition]: ...
    @property
    def changes(self) -> Ledger[DateChange]: ...
    @property
    def charters(self) -> Shelf[Charter]: ...
    @property
    def agreed(self) -> Shelf[SuccessCriterion]: ...
    @property
    def capabilities(self) -> Shelf[Capability]: ...
    @property
    def items(self) -> Shelf[GovernanceItem]: ...
    @property
    def actions(self) -> Shelf[IntegrationAction]: ...
    @property
    def phases(self) -> Shelf[RolloutPhase]: ...
    async def hold(self, initiative_id: InitiativeId) -> Initiative | None:
        """Return an initiative; until this unit of work ends others wait who want to hold it too."""
        ...

    async def change_gate(self, before: Gate, after: Gate) -> bool:
        """Store `after` if the gate still stands as in `before`; False when somebody was quicker."""
        ...

    async def waiting(self) -> list[Gate]: ...
    async def expiring(self, today: date) -> list[Evidence]:
        """Return the evidence that still counts as valid and whose time is up."""
        ...

    async def unsettled(self) -> list[GateCondition]: ...
