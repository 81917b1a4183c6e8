"""What the US federal inventory says of governance, as the state of G4's criteria (domain.md 8, item 10)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.gates.bench import Bench
from bot.domain.gates.dates import working
from bot.domain.gates.evidence import Evidence, EvidenceKind, Waiver
from bot.domain.gates.gates import CriterionState, GateCriterion, GateState
from bot.domain.gates.opening import Opened, first_attempt, first_due
from bot.domain.gates.templates import GateTemplate
from bot.domain.ids import stable_id
from bot.domain.initiatives import LIVE

DONE = frozenset(
    {"yes", "yes - monitoring established", "training established", "appeal process established"}
    | {"internal independent review", "caio review", "oversight board review"}
)
NOT_BEGUN = frozenset({"", "no", "[]"})
NEVER = frozenset({"not applicable", "appeal precluded by law"})
WAIVED = "caio waived"
IMPORTED = "import"
"""Who stands for what a file says, where nobody signed."""


@dataclass(frozen=True, slots=True)
class Governed:
    """A gate as the inventory tells of it, and what stands under its criteria."""

    opened: Opened
    evidence: tuple[Evidence, ...] = ()
    waivers: tuple[Waiver, ...] = ()


def state_of(value: str) -> CriterionState:
    """
    Return the state of a criterion by what its column says.

    What is said to be done is submitted, with the file as its evidence: nobody has signed it here. Words that are not
    known count as in progress.
    """
    said = value.strip().casefold()
    if said in NOT_BEGUN:
        return CriterionState.NOT_STARTED
    if said in NEVER:
        return CriterionState.NOT_APPLICABLE
    if said == WAIVED:
        return CriterionState.WAIVED
    return CriterionState.SUBMITTED if said in DONE else CriterionState.IN_PROGRESS


def governed(bench: Bench) -> Governed | None:
    """Return the gate that holds what an imported row says of governance, None when its tier is not asked about it."""
    template = next((gate for gate in bench.pack.of(bench.initiative.risk_tier) if gate.governance), None)
    told = template and any(one.column for one in template.asked_of(bench.initiative.risk_tier))
    live = bench.initiative.stage in LIVE
    if template is None or not told or not (live or bench.initiative.stage in template.stages):
        return None
    opened = _first(template, bench, live=live)
    columns = {one.number: one.column for one in template.criteria if one.column}
    criteria = tuple(_told(one, columns.get(one.number, ""), bench) for one in opened.criteria)
    return Governed(
        Opened(opened.gate, criteria),
        tuple(_evidence(one, columns[one.number], bench) for one in criteria if one.state is CriterionState.SUBMITTED),
        tuple(_waiver(one, columns[one.number], bench) for one in criteria if one.state is CriterionState.WAIVED),
    )


def _first(template: GateTemplate, bench: Bench, *, live: bool) -> Opened:
    """Return the gate: open, or, of what is live already, planned until somebody takes up the offer (GT-06)."""
    if not live:
        return first_attempt(template, 1, first_due(template, bench), bench)
    calendar, today = bench.now.calendar, bench.now.today
    due = working(calendar.shift(today, bench.policy.retro_gate_working_days), calendar)
    opened = first_attempt(template, 1, due, bench)
    return Opened(replace(opened.gate, retro=True, state=GateState.PLANNED, opened_at=None), opened.criteria)


def _said(column: str, source: Mapping[str, str]) -> str:
    return source.get(column, "").strip() if column else ""


def _told(criterion: GateCriterion, column: str, bench: Bench) -> GateCriterion:
    said = _said(column, bench.initiative.source)
    state = state_of(said) if column else criterion.state
    aside = state in (CriterionState.NOT_APPLICABLE, CriterionState.WAIVED)
    return replace(
        criterion,
        state=state,
        changed_at=bench.now.at if state is not criterion.state else None,
        submitted_at=bench.now.at if state is CriterionState.SUBMITTED else None,
        set_aside_by=IMPORTED if aside else None,
        set_aside_why=said if aside else "",
    )


def _evidence(criterion: GateCriterion, column: str, bench: Bench) -> Evidence:
    said = _said(column, bench.initiative.source)
    return Evidence(
        id=stable_id(criterion.id, column),
        criterion_id=criterion.id,
        initiative_id=criterion.initiative_id,
        kind=EvidenceKind.DECISION_RECORD,
        title=f"{column}: {said}"[:200],
        submitted_by=IMPORTED,
        submitted_at=bench.now.at,
    )


def _waiver(criterion: GateCriterion, column: str, bench: Bench) -> Waiver:
    said = _said(column, bench.initiative.source)
    return Waiver(
        id=stable_id(criterion.id, column),
        criterion_id=criterion.id,
        initiative_id=criterion.initiative_id,
        reason=said,
        control=column,
        accepted_by=IMPORTED,
        accepted_at=bench.now.at,
        expires_on=bench.now.today + timedelta(days=bench.policy.longest_waiver_days),
    )
