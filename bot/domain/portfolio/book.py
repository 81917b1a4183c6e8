"""Everything a portfolio file can speak of, as stored: one copy before an import, one after, and what differs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot.domain.cadence import Cycle
from bot.domain.checkins import Commitment, Prompt, Response
from bot.domain.gates.charter import Charter
from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.criteria import SuccessCriterion
from bot.domain.gates.dates import DateChange
from bot.domain.gates.decisions import GateDecision
from bot.domain.gates.evidence import Evidence, Waiver
from bot.domain.gates.gates import Gate, GateCriterion
from bot.domain.gates.readiness import Capability, GovernanceItem, IntegrationAction, RolloutPhase
from bot.domain.gates.signing import SignOff
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Initiative
from bot.domain.ownership import RoleAssignment
from bot.domain.people import Absence, Organisation, Person, Portfolio
from bot.domain.raid import Raid

ORGANISATION = "organisation"


@dataclass(slots=True, kw_only=True)
class Book:
    """All stored facts by their id (portfolios and initiatives by their key), each section in order of creation."""

    organisation: dict[str, Organisation] = field(default_factory=dict)
    people: dict[PersonId, Person] = field(default_factory=dict)
    portfolios: dict[str, Portfolio] = field(default_factory=dict)
    initiatives: dict[str, Initiative] = field(default_factory=dict)
    assignments: dict[str, RoleAssignment] = field(default_factory=dict)
    absences: dict[str, Absence] = field(default_factory=dict)
    cycles: dict[str, Cycle] = field(default_factory=dict)
    prompts: dict[str, Prompt] = field(default_factory=dict)
    responses: dict[str, Response] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)
    raids: dict[str, Raid] = field(default_factory=dict)
    charters: dict[InitiativeId, Charter] = field(default_factory=dict)
    agreed: dict[str, SuccessCriterion] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    criteria: dict[str, GateCriterion] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    signatures: dict[str, SignOff] = field(default_factory=dict)
    waivers: dict[str, Waiver] = field(default_factory=dict)
    decisions: dict[str, GateDecision] = field(default_factory=dict)
    conditions: dict[str, GateCondition] = field(default_factory=dict)
    changes: dict[str, DateChange] = field(default_factory=dict)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    items: dict[str, GovernanceItem] = field(default_factory=dict)
    actions: dict[str, IntegrationAction] = field(default_factory=dict)
    phases: dict[str, RolloutPhase] = field(default_factory=dict)

    def copy(self) -> "Book":
        """Return a book with the same facts that can be changed without changing this one."""
        return replace(self, **{name: dict(facts) for name, facts in self.sections().items()})

    def sections(self) -> dict[str, dict[str, Any]]:
        """Return every section by its name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def initiative_keys(self) -> dict[InitiativeId, str]:
        """Return the key of every initiative by its id."""
        return {initiative.id: key for key, initiative in self.initiatives.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """What one section gains: facts that are `new`, and facts `changed` as they are now."""

    new: tuple[Any, ...] = ()
    changed: tuple[Any, ...] = ()

    @property
    def facts(self) -> tuple[Any, ...]:
        """Return all that is to be stored."""
        return self.new + self.changed


def differences(before: Book, after: Book) -> Mapping[str, Difference]:
    """Return what `after` adds to and changes in `before`, by section; sections without any are left out."""
    known = before.sections()
    found = {}
    for name, facts in after.sections().items():
        old = known[name]
        new = tuple(fact for key, fact in facts.items() if key not in old)
        changed = tuple(fact for key, fact in facts.items() if key in old and old[key] != fact)
        if new or changed:
            found[name] = Difference(new, changed)
    return found
