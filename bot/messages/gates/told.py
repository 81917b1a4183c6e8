"""What people who follow an initiative read when something was decided about it."""

from dataclasses import dataclass

from bot.domain.gates.conditions import GateCondition
from bot.domain.gates.decisions import DecisionKind, GateDecision
from bot.domain.initiatives import Initiative
from bot.messages.gates.card import DECISION_WORDS
from bot.messages.model import Action, Actions, Block, Bold, Bullets, Button, Message, Paragraph, Plain, Quote, clip
from bot.messages.words import day_words, stage_words

LONGEST_NAME, LONGEST_RATIONALE, MOST_CONDITIONS = 80, 600, 5
KIND_WORDS = {
    DecisionKind.HOLD_REVIEW: "the hold was reviewed",
    DecisionKind.ROLLBACK: "it was taken out of use",
    DecisionKind.RETIRE: "it was retired",
    DecisionKind.START: "the charter was started",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A decision about an initiative, who took it, and the conditions it has."""

    initiative: Initiative
    decision: GateDecision
    by: str
    conditions: tuple[GateCondition, ...] = ()


def decided(told: Told) -> Message:
    """Return the word about a decision: what, by whom, why, and what follows from it."""
    one, decision = told.initiative, told.decision
    gate = f"{decision.gate_code} {DECISION_WORDS[decision.decision]}" if decision.gate_code else ""
    what = gate or KIND_WORDS.get(decision.kind, DECISION_WORDS[decision.decision])
    title = f"{one.key}: {what}"
    stage = stage_words(decision.stage_to, decision.lifecycle_to)
    moved = f"It is in {stage} now." if decision.stage_to is not decision.stage_from else f"It stays in {stage}."
    by = clip(told.by, LONGEST_NAME)
    head = f"\nDecided by {by}. {moved}{_follows(decision)}"
    blocks: list[Block] = [Paragraph((Bold(clip(one.name, LONGEST_NAME)), Plain(head)))]
    if decision.rationale:
        blocks.append(Quote(clip(decision.rationale, LONGEST_RATIONALE)))
    if told.conditions:
        lines = [f"{clip(each.text, 200)}, by {day_words(each.due)}" for each in told.conditions[:MOST_CONDITIONS]]
        blocks.append(Bullets(tuple((Plain(line),) for line in lines)))
    if decision.gate_id:
        blocks.append(Actions((Button("Show the gate", Action.GATE_SHOW, decision.gate_id),)))
    return Message(title, tuple(blocks), f"{title}, decided by {by}. {moved}")


def _follows(decision: GateDecision) -> str:
    if decision.review_on:
        return f" The hold is reviewed on {day_words(decision.review_on)}."
    if decision.redo:
        due = f" by {day_words(decision.new_due)}" if decision.new_due else ""
        return f" To be redone: {', '.join(decision.redo)}{due}."
    if decision.lesson_due:
        return f" A lesson is due by {day_words(decision.lesson_due)}."
    return ""
