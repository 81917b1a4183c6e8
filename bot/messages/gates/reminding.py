"""What people read who owe something at a gate: what, for which gate, by when, and why they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.gates.gates import Gate
from bot.domain.gates.owing import Owed, Task
from bot.domain.initiatives import Initiative
from bot.messages.gates.reasons import reason
from bot.messages.model import (
    Action,
    Actions,
    Block,
    Bold,
    Bullets,
    Button,
    Message,
    Note,
    Paragraph,
    Plain,
    Text,
    clip,
)
from bot.messages.words import counted, day_words

LONGEST_NAME, LONGEST_TEXT, MOST_GATES, MOST_ITEMS = 80, 120, 6, 6
ASKS = {
    Task.SHOW: "show evidence for {number} {text}",
    Task.SIGN: "sign {number} {text}",
    Task.FULFIL: "{number} {text} is not so yet: {why}",
    Task.SUBMIT: "submit the gate for decision",
    Task.DECIDE: "decide: it is before you",
    Task.MEET: "meet the condition: {text}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What one reader owes at one gate (None: a condition), with the texts of it by subject, due in working days."""

    initiative: Initiative
    gate: Gate | None
    items: tuple[Owed, ...]
    texts: dict[str, str]
    due: date
    left: int


def reminder(found: Sequence[Due]) -> Message:
    """Return the one message to a person about everything they owe at gates."""
    count = sum(len(each.items) for each in found)
    title = f"{counted(count, 'thing is', 'things are')} due from you at gates"
    blocks: list[Block] = []
    for each in found[:MOST_GATES]:
        blocks += _gate(each)
    if len(found) > MOST_GATES:
        blocks.append(Note((Plain(f"{len(found) - MOST_GATES} more gates; /ai gate NAME shows each."),)))
    why = "Why you see this: you owe it, and gates remind 20, 10, 5 and 1 working days before, gatekeepers 5, 1 and 0."
    blocks.append(Note((Plain(why),)))
    first = found[0]
    return Message(title, tuple(blocks), f"{title}, first {first.initiative.key} by {day_words(first.due)}.")


def _gate(each: Due) -> list[Block]:
    code = f" {each.gate.code}" if each.gate else ""
    left = f"in {counted(each.left, 'working day')}" if each.left > 0 else "today"
    head: Text = (
        Bold(f"{each.initiative.key}{code} "),
        Plain(f"{clip(each.initiative.name, LONGEST_NAME)}\ndue {day_words(each.due)}, {left}"),
    )
    items = [(Plain(_ask(one, each.texts)),) for one in each.items[:MOST_ITEMS]]
    if len(each.items) > MOST_ITEMS:
        items.append((Plain(f"{len(each.items) - MOST_ITEMS} more"),))
    blocks: list[Block] = [Paragraph(head), Bullets(tuple(items))]
    if each.gate:
        blocks.append(Actions((Button("Show the gate", Action.GATE_SHOW, each.gate.id),)))
    return blocks


def _ask(one: Owed, texts: dict[str, str]) -> str:
    text = clip(texts.get(one.subject, ""), LONGEST_TEXT)
    why = clip(reason(one.computed), LONGEST_TEXT) if one.computed else ""
    return ASKS[one.task].format(number=one.number, text=text, why=why)
