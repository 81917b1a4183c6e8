"""The card of a gate: where it stands, what is open, who owes what by when, and what the reader can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.gates.decisions import Decision
from bot.domain.gates.gates import CriterionState, Gate, GateState
from bot.domain.initiatives import Initiative
from bot.messages.gates.refusals import listed
from bot.messages.model import (
    Action,
    Actions,
    Block,
    Bold,
    Bullets,
    Button,
    Emphasis,
    Message,
    Note,
    Paragraph,
    Plain,
    Text,
    clip,
    weight,
)
from bot.messages.words import counted, day_words, stage_words

LONGEST_PHASE = 20
LONGEST_NAME, LONGEST_TEXT, LONGEST_WHY, ROOM = 80, 110, 120, 2600
STATE_WORDS = {
    CriterionState.NOT_STARTED: "open",
    CriterionState.IN_PROGRESS: "open",
    CriterionState.SUBMITTED: "to be signed",
    CriterionState.MET: "met",
    CriterionState.NOT_MET: "not met",
    CriterionState.WAIVED: "waived",
    CriterionState.NOT_APPLICABLE: "not applicable",
}
GATE_WORDS = {
    GateState.PLANNED: "not open yet",
    GateState.OPEN: "open",
    GateState.SUBMITTED: "waiting for the decision",
    GateState.DECIDED: "decided",
    GateState.CANCELLED: "cancelled",
}
DECISION_WORDS = {
    Decision.GO: "Go",
    Decision.CONDITIONAL_GO: "Go on conditions",
    Decision.HOLD: "Hold",
    Decision.REWORK: "Rework",
    Decision.KILL: "Stop",
}
HOW = "Write an initiative, as in /ai gate SEPSIS; with a gate it shows that one: /ai gate SEPSIS G2."
NO_GATE = "No gate is open here: the first ones open when the business sponsor starts the charter."
NO_GATE_YET = "No gate is open here, for it came to this stage elsewhere; an owner can open those it should have."
NO_SUCH = "There is no such gate of this initiative: leave it away for the one that is next."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One criterion as it is shown; `waits_for` are the names of who owes it, `why` what is computed or was said."""

    number: int
    text: str
    must: bool
    state: CriterionState
    waits_for: tuple[str, ...] = ()
    due: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """What the reader may do now; `move_phase` is the id and name of a phase, and whether it is running already."""

    start: bool = False
    open_gates: bool = False
    charter: bool = False
    criteria: bool = False
    show: bool = False
    sign: bool = False
    submit: bool = False
    withdraw: bool = False
    move: bool = False
    set_aside: bool = False
    take_back: bool = False
    numbers: bool = False
    phase: bool = False
    use: bool = False
    move_phase: tuple[str, str, bool] | None = None
    decide: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A gate of an initiative as one reader sees it; `deciders` are the gatekeepers' names, `others` further gates."""

    initiative: Initiative
    gate: Gate | None
    name: str = ""
    slip: int = 0
    due_in: int = 0
    lines: tuple[Line, ...] = ()
    deciders: tuple[str, ...] = ()
    decision: str = ""
    conditions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    may: May = field(default_factory=May)


def message(card: Card, word: str = "") -> Message:
    """Return the card; `word` says what has just been done."""
    one, gate = card.initiative, card.gate
    head = f"{one.key} {gate.code} {card.name}: {GATE_WORDS[gate.state]}" if gate else f"{one.key}: no gate is open"
    blocks: list[Block] = [Paragraph((Bold(word),))] if word else []
    blocks.append(Paragraph((Bold(clip(one.name, LONGEST_NAME)), Plain(f"\n{_standing(card)}"))))
    if card.lines:
        blocks.append(Bullets(_fitting([_line(each) for each in card.lines])))
    for title, lines in (("Conditions", card.conditions), ("Other gates", card.others)):
        if lines:
            blocks.append(Paragraph((Bold(title), Plain("\n" + "\n".join(clip(each, LONGEST_WHY) for each in lines)))))
    blocks += [Actions(row) for row in _rows(card)]
    blocks.append(Note((Plain(f"Gates of the playbook, version {gate.template_version if gate else 1}."),)))
    return Message(head, tuple(blocks), f"{word} {head}. {_standing(card)}".strip())


def _standing(card: Card) -> str:
    gate, stage = card.gate, stage_words(card.initiative.stage, card.initiative.lifecycle)
    if gate is None:
        return f"It is in {stage}. {NO_GATE_YET if card.may.open_gates else NO_GATE}"
    passed = sum(each.state in PASSED for each in card.lines)
    musts = sum(each.must and each.state not in PASSED for each in card.lines)
    slip = f", moved by {counted(card.slip, 'day')}" if card.slip > 0 else ""
    late = f", {counted(-card.due_in, 'working day')} ago" if card.due_in < 0 else ""
    soon = f", in {counted(card.due_in, 'working day')}" if card.due_in > 0 and gate.is_lasting else ""
    attempt = f", attempt {gate.attempt}" if gate.attempt > 1 else ""
    retro = " It is passed afterwards, for the initiative was live before." if gate.retro else ""
    who = f" Decided by {listed(card.deciders)}." if card.deciders and gate.is_lasting else ""
    decided = f" {card.decision}" if card.decision else ""
    count = f"{passed} of {len(card.lines)} passed, {counted(musts, 'must criterion', 'must criteria')} open"
    return f"In {stage}; due {day_words(gate.current_due)}{late}{soon}{slip}{attempt}. {count}.{who}{decided}{retro}"


PASSED = (CriterionState.MET, CriterionState.WAIVED, CriterionState.NOT_APPLICABLE)


def _line(line: Line) -> Text:
    must = "" if line.must else " (should)"
    owes = f", waits for {listed(line.waits_for[:3])}" if line.waits_for else ""
    by = f" by {day_words(line.due, year=False)}" if line.due and line.state not in PASSED else ""
    why = f" - {clip(line.why, LONGEST_WHY)}" if line.why else ""
    state = STATE_WORDS[line.state]
    return Bold(f"{line.number} {state}: "), Plain(f"{clip(line.text, LONGEST_TEXT)}{must}{owes}{by}{why}")


def _fitting(lines: Sequence[Text]) -> tuple[Text, ...]:
    """Return the lines, from the first, that fit one list."""
    found: list[Text] = []
    room = ROOM
    for line in lines:
        room -= sum(weight(getattr(span, "text", "")) for span in line) + 4
        if room < 0:
            found.append((Plain(f"{len(lines) - len(found)} more; /ai gate shows them as these are settled."),))
            break
        found.append(line)
    return tuple(found)


def _rows(card: Card) -> list[tuple[Button, ...]]:
    """Return the buttons in rows: the work, what is set aside, the decision."""
    may, one = card.may, card.initiative.id
    gate = card.gate.id if card.gate else ""
    work = [
        (may.start, Button("Start the charter", Action.GATE_START, one, Emphasis.PRIMARY)),
        (may.charter, Button("Charter", Action.GATE_CHARTER, one, opens_form=True)),
        (may.criteria, Button("Success criteria", Action.GATE_CRITERIA, one)),
        (may.show, Button("Show evidence", Action.GATE_SHOW_EVIDENCE, gate, opens_form=True)),
        (may.sign, Button("Sign", Action.GATE_SIGN, gate, Emphasis.PRIMARY, opens_form=True)),
    ]
    rest = [
        (may.submit, Button("Submit for decision", Action.GATE_SUBMIT, gate)),
        (may.withdraw, Button("Take it back", Action.GATE_WITHDRAW, gate, opens_form=True)),
        (may.move, Button("New date", Action.GATE_MOVE, gate, opens_form=True)),
        (may.set_aside, Button("Waive", Action.GATE_SET_ASIDE, gate, opens_form=True)),
        (may.take_back, Button("Withdraw evidence", Action.GATE_TAKE_BACK, gate, opens_form=True)),
    ]
    ready = [
        (may.open_gates, Button("Open its gates", Action.GATE_OPEN, one)),
        (may.numbers, Button("Readiness numbers", Action.GATE_NUMBERS, one, opens_form=True)),
        (may.phase, Button("Plan a phase", Action.GATE_PHASE, one, opens_form=True)),
        (may.use, Button("Use and asset", Action.GATE_USE, one, opens_form=True)),
    ]
    if may.move_phase:
        phase, name, running = may.move_phase
        label = f"{'Finish' if running else 'Begin'} {clip(name, LONGEST_PHASE)}"
        ready.append((True, Button(label, Action.GATE_PHASE_MOVE, f"{phase}:{'done' if running else 'running'}")))
    decide = [
        (True, Button(DECISION_WORDS[each], Action.GATE_DECIDE, f"{gate}:{each}", opens_form=True))
        for each in may.decide
    ]
    rows = [tuple(button for wanted, button in row if wanted) for row in (work, rest, ready, decide)]
    return [row for row in rows if row]
