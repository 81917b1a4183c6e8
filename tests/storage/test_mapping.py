"""Every record of the domain becomes a row and the same record again, whatever is in it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Cycle
from bot.domain.checkins import Commitment, Prompt, Response
from bot.domain.deliveries import Delivery
from bot.domain.gates.charter import Charter
from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.criteria import SuccessCriterion
from bot.domain.gates.dates import DateChange
from bot.domain.gates.decisions import GateDecision
from bot.domain.gates.evidence import Evidence, Waiver
from bot.domain.gates.gates import Gate, GateCriterion
from bot.domain.gates.readiness import Capability, GovernanceItem, IntegrationAction, RolloutPhase
from bot.domain.gates.signing import SignOff
from bot.domain.initiatives import Initiative
from bot.domain.ownership import RoleAssignment
from bot.domain.people import Absence, Handle, Organisation, Person, Portfolio
from bot.domain.raid import Raid
from bot.stores import StoredDigest
from storage.mapping import from_row, to_columns, to_row
from storage.stores.unit import table_of
from storage.tables import charters, gates
from storage.tables.check_ins import CommitmentRow, CycleRow, PromptRow, RaidRow, ResponseRow
from storage.tables.deliveries import DeliveryRow, DigestRow
from storage.tables.initiatives import InitiativeRow, RoleAssignmentRow
from storage.tables.people import AbsenceRow, HandleRow, OrganisationRow, PersonRow, PortfolioRow

PAIRS: dict[type[Any], Any] = {
    Organisation: OrganisationRow,
    Person: PersonRow,
    Handle: HandleRow,
    Absence: AbsenceRow,
    Portfolio: PortfolioRow,
    Initiative: InitiativeRow,
    RoleAssignment: RoleAssignmentRow,
    Cycle: CycleRow,
    Prompt: PromptRow,
    Response: ResponseRow,
    Commitment: CommitmentRow,
    Raid: RaidRow,
    Delivery: DeliveryRow,
    StoredDigest: DigestRow,
    Gate: gates.GateRow,
    GateCriterion: gates.GateCriterionRow,
    Evidence: gates.EvidenceRow,
    SignOff: gates.SignOffRow,
    Waiver: gates.WaiverRow,
    GateDecision: gates.GateDecisionRow,
    GateCondition: gates.GateConditionRow,
    DateChange: gates.DateChangeRow,
    Charter: charters.CharterRow,
    SuccessCriterion: charters.SuccessCriterionRow,
    Capability: charters.CapabilityRow,
    GovernanceItem: charters.GovernanceItemRow,
    IntegrationAction: charters.IntegrationActionRow,
    RolloutPhase: charters.RolloutPhaseRow,
}
JSON = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text() | st.lists(st.text())
st.register_type_strategy(object, JSON)
st.register_type_strategy(float, st.floats(allow_nan=False))


@pytest.mark.parametrize("kind", PAIRS)
def test_every_field_has_its_column(kind: type[Any]) -> None:
    fields = set(kind.__slots__)
    columns = {column.name for column in table_of(PAIRS[kind]).columns}
    assert fields <= columns
    assert columns - fields <= {"id", "org_id", "created_at", "closed_at"}


@pytest.mark.parametrize("kind", PAIRS)
def test_a_record_survives_the_row(kind: type[Any]) -> None:
    every_time: Callable[..., Any] = given(st.builds(kind))

    @every_time
    def survives(record: Any) -> None:  # noqa: ANN401 - a record of any kind
        row = to_row(record)
        assert from_row(kind, row) == record
        assert {name: values[0] for name, values in to_columns([record]).items()} == row

    survives()
