"""Messages and forms as lines of text for a terminal."""

from collections.abc import Iterator
from typing import assert_never

from bot.messages.forms import ChoiceField, DateField, Field, Form, InitiativeField, PersonField, TextField
from bot.messages.model import (
    Actions,
    Block,
    Bold,
    Bullets,
    Code,
    Divider,
    Facts,
    Link,
    Mention,
    Message,
    Note,
    Paragraph,
    Plain,
    Quote,
    Span,
    Text,
    When,
)

WIDTH = 78
LABEL_WIDTH = 22
# A terminal obeys control characters; people's text must not move its cursor or change its colours.
UNSAFE = {code: f"\\x{code:02x}" for code in [*range(32), *range(127, 160)] if code not in (9, 10)}


def message(content: Message) -> str:
    """Return a message as text; its buttons are numbered in the order of `buttons_of`."""
    lines, number = [safe(content.title)] if content.title else [], 1
    for block in content.blocks:
        lines.extend(_block(block, number))
        if isinstance(block, Actions):
            number += len(block.buttons)
    text = "\n".join(lines)
    return text if text.strip() else safe(content.fallback)


def _block(block: Block, number: int) -> Iterator[str]:
    match block:
        case Paragraph(text):
            yield line(text)
        case Facts(pairs):
            yield from (f"{safe(label) + ':':<{LABEL_WIDTH}} {line(value)}" for label, value in pairs)
        case Bullets(items):
            yield from (f"- {line(item)}" for item in items)
        case Quote(text):
            yield from (f"  | {part}" for part in safe(text).split("\n"))
        case Divider():
            yield "-" * WIDTH
        case Note(text):
            yield f"({line(text)})"
        case Actions(buttons):
            yield "  " + "  ".join(f"[{number + n}] {safe(button.label)}" for n, button in enumerate(buttons))
        case _:
            assert_never(block)


def line(text: Text) -> str:
    """Return a run of spans as text."""
    return "".join(map(_span, text))


def _span(span: Span) -> str:
    match span:
        case Plain(text) | Bold(text) | Code(text):
            return safe(text)
        case Link(text, url):
            return f"{safe(text)} ({safe(url)})"
        case Mention(_, name):
            return f"@{safe(name)}"
        case When(_, text):
            return safe(text)
        case _:
            assert_never(span)


def safe(text: str) -> str:
    """Return a person's text with control characters made visible."""
    return text.translate(UNSAFE)


def form(content: Form) -> str:
    """Return a form's heading; its fields are asked one by one."""
    intro = line(content.intro)
    return f"== {safe(content.title)} ==" + (f"\n{intro}" if intro else "")


def question(field: Field) -> str:
    """Return the words that ask for one field, with its choices and its present value."""
    asked = safe(field.label) + (" (optional)" if field.optional else "")
    if field.hint:
        asked += f"\n  {safe(field.hint)}"
    match field:
        case ChoiceField(options=options):
            asked += "".join(f"\n  {n}. {safe(label)}" for n, (_, label) in enumerate(options, start=1))
            asked += "\n  several numbers, comma between" if field.multiple else ""
        case DateField():
            asked += "\n  a day as 2026-11-30"
        case PersonField():
            asked += "\n  a name or an e-mail address"
        case InitiativeField():
            pass  # the hint says what may be typed
        case TextField(multiline=multiline):
            asked += "\n  end a line with \\ to go on with the next" if multiline else ""
        case _:
            assert_never(field)
    present = shown_value(field)
    return asked + (f"\n  [{present}]" if present else "") + "\n> "


def shown_value(field: Field) -> str:
    """Return the value a field holds already, as a person would read it."""
    match field:
        case TextField(initial=initial) | InitiativeField(initial=initial):
            return safe(initial)
        case ChoiceField(options=options, initial=initial):
            return ", ".join(safe(label) for value, label in options if value in initial)
        case DateField(initial=day):
            return day.isoformat() if day else ""
        case PersonField(initial=person):
            return safe(person or "")
        case _:
            assert_never(field)
