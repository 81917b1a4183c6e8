"""Examples of gates: the card of one, what is decided, what is agreed, and every form."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.domain.gates.charter import Charter
from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.criteria import CriterionMode, CriterionStage, SuccessCriterion
from bot.domain.gates.decisions import Decision, DecisionKind, GateDecision
from bot.domain.gates.evidence import Evidence, EvidenceKind
from bot.domain.gates.gates import CriterionState, Gate, GateCriterion, GateState
from bot.domain.gates.owing import Owed, Task
from bot.domain.gates.templates import CriterionDomain, Evaluation, Signer, Weight
from bot.domain.initiatives import Initiative, Lifecycle, Stage
from bot.domain.measuring.metrics import Direction, MetricKind
from bot.messages.forms import Form
from bot.messages.gates import acts, agreeing, card, ready, reminding, said, told
from bot.messages.model import Message

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
ONE, TWO = "01J0000000000000000SEPSIS", "01J00000000000000000GATE2"
GATE = Gate(
    id=TWO, initiative_id=ONE, code="G2", line=TWO, baseline_due=date(2026, 12, 1), current_due=date(2026, 12, 4),
    state=GateState.OPEN,
)  # fmt: skip
ALL = card.May(
    start=True, open_gates=True, charter=True, criteria=True, show=True, sign=True, submit=True, withdraw=True,
    move=True, set_aside=True, take_back=True, numbers=True, phase=True, use=True, move_phase=(TWO, "Ward 3", True),
    decide=tuple(Decision),
)  # fmt: skip


def _initiative(name: str) -> Initiative:
    return Initiative(id=ONE, key="SEPSIS", name=name, portfolio_id="01J000000000000000000FOLIO", stage=Stage.PILOT)


def _line(number: int, text: str, state: CriterionState, **changes: object) -> card.Line:
    line = card.Line(number=number, text=text, must=number < 8, state=state, due=GATE.current_due)
    return replace(line, **changes)  # type: ignore[arg-type]


def _card(name: str, lines: tuple[card.Line, ...], **changes: object) -> card.Card:
    one = card.Card(
        initiative=_initiative(name), gate=GATE, name="Pilot exit", slip=3, due_in=6, lines=lines,
        deciders=("Karim Osman",), may=card.May(show=True, sign=True, submit=True, move=True, criteria=True),
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def _ordinary() -> Message:
    met, open_one = CriterionState.MET, CriterionState.NOT_STARTED
    return card.message(
        _card(
            "Sepsis early warning",
            (
                _line(1, "Every must criterion reaches its threshold, on the locked version", met),
                _line(2, "Enough evidence: the sample needed, and at least 6 weekly points", open_one,
                      waits_for=("Priya Raman",), why="too few values or too small a sample: C1"),
                _line(8, "Four governance items at least in use", CriterionState.WAIVED, why="reviewed in January"),
            ),
            others=("G4: open, due 11 Dec 2026",),
        ),
        said.shown(2),
    )  # fmt: skip


def worst(name: str) -> Message:
    """Return the card with the most criteria, the longest words and every button."""
    lines = tuple(
        _line(n, name, state, waits_for=(name[:80],) * 4, why=name)
        for n, state in enumerate([*CriterionState, *CriterionState][:10], 1)
    )
    gate = replace(GATE, attempt=3, retro=True, state=GateState.SUBMITTED)
    return card.message(
        _card(
            name, lines, gate=gate, deciders=(name[:80],) * 3, decision=name[:400], may=ALL,
            conditions=(name,) * 5, others=(name,) * 4, due_in=-30,
        ),
        said.taken(Decision.CONDITIONAL_GO, name[:80]),
    )  # fmt: skip


def _decision(decision: Decision, rationale: str, **changes: object) -> GateDecision:
    one = GateDecision(
        id="d", initiative_id=ONE, kind=DecisionKind.GATE, decision=decision, decided_by="k", decided_at=NOW,
        rationale=rationale, stage_from=Stage.PILOT, stage_to=Stage.PRODUCTION_READINESS,
        lifecycle_from=Lifecycle.ACTIVE, lifecycle_to=Lifecycle.ACTIVE, gate_code="G2", gate_id=TWO,
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def _told(name: str, decision: GateDecision, conditions: int = 0) -> Message:
    condition = GateCondition(
        id="c", decision_id="d", initiative_id=ONE, text=name, owner_id="o", due=date(2026, 12, 18)
    )
    return told.decided(told.Told(_initiative(name), decision, name[:80], (condition,) * conditions))


def _criterion(text: str, **changes: object) -> SuccessCriterion:
    one = SuccessCriterion(
        id="c1", initiative_id=ONE, code="C1", statement=text, category=MetricKind.ACCURACY, priority=Weight.MUST,
        mode=CriterionMode.GUARDRAIL, direction=Direction.UP, unit="%", threshold=25.0, target=32.0, method="charts",
        measure_by=date(2027, 2, 19), owner_role=Signer.TECHNICAL_LEAD, baseline_value=18.0,
        state=CriterionStage.PROPOSED,
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def worst_agreed(name: str) -> Message:
    """Return the longest list of success criteria."""
    return agreeing.agreed(_initiative(name), (_criterion(name),) * 30, ("c1",), said.PROPOSED, propose=True)


def _gate_criterion(text: str, number: int = 1) -> GateCriterion:
    return GateCriterion(
        id=f"{TWO}{number}", gate_id=TWO, initiative_id=ONE, number=number, text=text, weight=Weight.MUST,
        domain=CriterionDomain.PERFORMANCE, evaluation=Evaluation.DOC, signers=(Signer.TECHNICAL_LEAD,),
        due=GATE.current_due,
    )  # fmt: skip


def _evidence(text: str, number: int) -> Evidence:
    return Evidence(
        id=f"e{number}", criterion_id=TWO, initiative_id=ONE, kind=EvidenceKind.LINK, title=text, submitted_by="p",
        submitted_at=NOW,
    )  # fmt: skip


GATE_EXAMPLES: dict[str, Callable[[], Message]] = {
    "gate": _ordinary,
    "gate, none open": lambda: card.message(
        card.Card(initiative=_initiative("Sepsis early warning"), gate=None, may=card.May(start=True))
    ),
    "gate decided": lambda: _told("Sepsis early warning", _decision(Decision.GO, "The numbers hold.")),
    "gate decided, on conditions": lambda: _told("Sepsis", _decision(Decision.CONDITIONAL_GO, "Nearly."), 1),
    "gate decided, hold": lambda: _told("Sepsis", _decision(Decision.HOLD, "Later.", review_on=date(2027, 2, 1))),
    "gate decided, rework": lambda: _told("Sepsis", _decision(Decision.REWORK, "Again.", redo=("2", "3"))),
    "gate reminder": lambda: reminding.reminder([_due("Sepsis early warning", 2)]),
    "gate reminder, today": lambda: reminding.reminder([_due("Sepsis early warning", 1)]),
    "success criteria": lambda: agreeing.agreed(
        _initiative("Sepsis early warning"), (_criterion("Alert precision holds"),), ("c1",), propose=True
    ),
    "success criteria, none": lambda: agreeing.agreed(_initiative("Sepsis"), (), (), propose=False),
}


def _due(name: str, items: int) -> reminding.Due:
    tasks = [*Task] * 3
    owed = tuple(
        Owed(task=task, gate_id=TWO, subject="s", due=GATE.current_due, persons=(), number=n)
        for n, task in enumerate(tasks[:items], 1)
    )
    return reminding.Due(
        initiative=_initiative(name), gate=GATE, items=owed, texts={"s": name}, due=GATE.current_due, left=items - 1
    )


def worst_reminder(name: str) -> Message:
    """Return the longest reminder."""
    return reminding.reminder([_due(name, 18)] * 30)


def worst_told(name: str) -> Message:
    """Return the longest word about a decision."""
    return _told(name, _decision(Decision.CONDITIONAL_GO, name * 2, lesson_due=date(2027, 1, 4)), 9)


def gate_forms(text: str) -> dict[str, Callable[[], Form]]:
    """Return every form of the gates, with long words where people's own stand in them."""
    one, charter, criteria = (
        _initiative(text),
        Charter(initiative_id=ONE),
        tuple(_gate_criterion(text, number) for number in range(1, 101)),
    )
    found: dict[str, Callable[[], Form]] = {
        "gate evidence": lambda: acts.evidence_form(GATE, criteria),
        "gate sign": lambda: acts.sign_form(GATE, criteria),
        "gate waive": lambda: acts.set_aside_form(GATE, criteria),
        "gate new date": lambda: acts.move_form(GATE),
        "gate take back": lambda: acts.withdraw_form(GATE),
        "gate withdraw evidence": lambda: acts.take_back_form(GATE, [(_evidence(text, n), n) for n in range(1, 101)]),
        "charter": lambda: agreeing.charter_form(one, charter),
        "charter, second": lambda: agreeing.charter_rest(one, charter),
        "success criterion": lambda: agreeing.criterion_form(one),
        "success criterion, second": lambda: agreeing.criterion_rest("{}"),
        "readiness numbers": lambda: ready.numbers_form(one, charter),
        "phase": lambda: ready.phase_form(one, "G5", date(2027, 3, 1)),
        "use and asset": lambda: ready.use_form(one, charter),
    }
    for decision in Decision:
        found[f"gate decision, {decision}"] = lambda which=decision: acts.decide_form(GATE, which, early=True)  # type: ignore[misc]
    return found
