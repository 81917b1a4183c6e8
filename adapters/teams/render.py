"""Messages and forms as Adaptive Cards, with people's words where Teams interprets nothing (`texts.py`)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from types import MappingProxyType
from typing import TypedDict, Unpack, assert_never

from adapters.teams.fields import RED, SMALL, Typed, inputs
from adapters.teams.sizes import HEAVIEST, NO_STYLE, Json, fitted, weight
from adapters.teams.texts import BLANK, Tags, block, entities, lines, tags
from bot.domain.people import Handles
from bot.messages.forms import ChoiceField, Form, InitiativeField
from bot.messages.model import (
    Actions,
    Block,
    Bold,
    Bullets,
    Button,
    Divider,
    Emphasis,
    Facts,
    Message,
    Note,
    Paragraph,
    Plain,
    Quote,
    Text,
    plain,
)

NOBODY: Handles = MappingProxyType({})
NOTHING: Typed = MappingProxyType({})
NO_PROBLEMS: Mapping[str, str] = MappingProxyType({})
CARD = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
TITLE: Json = {"size": "Large", "weight": "Bolder"}
SUBTLE: Json = {"isSubtle": True}
LABEL_WIDTH = "110px"
WIDEST_ROW, BUTTON_EDGES = 68, 4
STYLES = {Emphasis.PRIMARY: "positive", Emphasis.DANGER: "destructive"}
OPENS_FORM: Json = {"type": "task/fetch"}


class Manner(TypedDict, total=False):
    """How a form is shown: in a message instead of a dialog, and with a sentence on top."""

    inline: bool
    notice: str


def message(content: Message, people: Handles = NOBODY) -> Json:
    """Return the activity that posts a message: one card and its summary, for with a text Teams makes two of it."""
    attachment = {"contentType": CARD, "content": card(content, people)}
    return {"type": "message", "summary": content.fallback, "attachments": [attachment]}


def card(content: Message, people: Handles = NOBODY) -> Json:
    """Return the card of a message; `people` are the accounts that mentions may notify."""
    used = tags(content, people)
    made = fitted(_card(_body(content, used), entities(used, people)))
    return made if weight(made) <= HEAVIEST or not used else card(content)


def closing(content: Message) -> Json:
    """Return the card that says something and asks nothing."""
    spoken = tuple(each for each in content.blocks if not isinstance(each, Actions))
    return card(replace(content, blocks=spoken))


def _card(body: list[Json], mentioned: list[Json] | None = None) -> Json:
    teams: Json = {"width": "Full"} | ({"entities": mentioned} if mentioned else {})
    return {"type": "AdaptiveCard", "$schema": SCHEMA, "version": VERSION, "msteams": teams, "body": body}


def _body(content: Message, used: Tags) -> list[Json]:
    body = _paragraph((Plain(content.title),), {}, TITLE) if content.title.strip() else []
    before: Block | None = None
    for each in content.blocks:
        if made := _block(each, used):
            made[0] |= _distance(before, each) if body else {}
            body += made
        before = each if made or isinstance(each, Divider) else before
    return body or _paragraph((Plain(content.fallback),), {})


def _distance(before: Block | None, after: Block) -> Json:
    """Return how a block stands off from the one before; after a divider or buttons or with a heading a part begins."""
    ended = isinstance(before, Divider) or (isinstance(before, Actions) and not isinstance(after, Actions | Note))
    if ended or (before and isinstance(after, Paragraph) and _has_heading(lines(after.text))):
        return {"spacing": "Medium", "separator": True}
    close = before is None or isinstance(after, Actions | Note | Quote | Bullets)
    return {"spacing": "Small" if close else "Medium"}


def _block(content: Block, used: Tags) -> list[Json]:
    match content:
        case Paragraph(text):
            return _paragraph(text, used)
        case Facts(pairs):
            return list(chain.from_iterable(_fact(label, value, used) for label, value in pairs))
        case Bullets(items):
            return _bullets(items, used)
        case Quote(text):
            return [{"type": "Container", "style": "emphasis", "items": _paragraph((Plain(text),), {})}] if text else []
        case Divider():
            return []
        case Note(text):
            return _paragraph(text, used, SMALL)
        case Actions(buttons):
            return [_row(row) for row in _rows(buttons)]
        case _:
            assert_never(content)


def _paragraph(text: Text, used: Tags, style: Json = NO_STYLE) -> list[Json]:
    if not plain(text):
        return []
    first, *others = found = lines(text)
    details = style or (SUBTLE if _has_details(found) else NO_STYLE)
    spacing = "Small" if _has_heading(found) else "None"
    return [block(first, used, style), *({**block(line, used, details), "spacing": spacing} for line in others)]


def _bullets(items: tuple[Text, ...], used: Tags) -> list[Json]:
    found = [_paragraph((Plain("• "), *item), used) for item in items if plain(item)]
    return [line for item in found for line in ({**item[0], "spacing": "Small"}, *item[1:])]


def _has_heading(found: list[Text]) -> bool:
    """Return whether the first of several lines stands over the others, being wholly bold."""
    return len(found) > 1 and bool(found[0]) and all(isinstance(span, Bold) for span in found[0])


def _has_details(found: list[Text]) -> bool:
    """Return whether only the first of several lines begins with what stands out, so that the others explain it."""
    bold = [any(isinstance(span, Bold) for span in line) for line in found]
    return len(found) > 1 and bold[0] and isinstance(found[0][0], Bold) and not any(bold[1:])


def _fact(label: str, value: Text, used: Tags) -> Iterator[Json]:
    shown = _paragraph(value, used) or [block((Plain(BLANK),), {})]
    if not label:
        yield from shown
        return
    columns = [
        {"type": "Column", "width": LABEL_WIDTH, "items": [block((Plain(label),), {}, SUBTLE)]},
        {"type": "Column", "width": "stretch", "items": shown},
    ]
    yield {"type": "ColumnSet", "spacing": "Small", "columns": columns}


def _rows(buttons: tuple[Button, ...]) -> Iterator[list[Button]]:
    """Yield buttons in rows that a chat column is wide enough for; Teams cuts off what is wider."""
    row: list[Button] = []
    for button in buttons:
        if row and sum(len(each.label) + BUTTON_EDGES for each in (*row, button)) > WIDEST_ROW:
            yield row
            row = []
        row.append(button)
    if row:
        yield row


def _row(buttons: list[Button]) -> Json:
    return {"type": "ActionSet", "spacing": "Small", "actions": list(map(_button, buttons))}


def _button(button: Button) -> Json:
    """Return a button; what opens a form is a Submit, for no other action can ask for a dialog."""
    data: Json = {"steward": {"action": str(button.action), "value": button.value}}
    style = {"style": STYLES[button.emphasis]} if button.emphasis in STYLES else {}
    submit: Json = {"type": "Action.Submit", "title": button.label, **style, "data": data}
    if button.opens_form:
        return {**submit, "data": {"msteams": OPENS_FORM, **data}}
    return _execute(submit, str(button.action))


def _execute(submit: Json, verb: str) -> Json:
    """Return the action newer clients take, that of older ones inside."""
    return {**submit, "type": "Action.Execute", "verb": verb, "fallback": submit}


def form(
    content: Form,
    once: str = "",
    typed: Typed = NOTHING,
    problems: Mapping[str, str] = NO_PROBLEMS,
    **manner: Unpack[Manner],
) -> Json:
    """
    Return the card of a form, shown once as `once`; what was `typed` wins over what its fields hold.

    `problems` are sentences by field, shown on top and at the field.
    """
    body = [*_paragraph((Plain(manner.get("notice", "")),), {}, RED), *_problem_lines(content, problems)]
    body += _paragraph(content.intro, {})
    if manner.get("inline"):
        body = [*_paragraph((Plain(content.title),), {}, TITLE), *body]
    for item in content.fields:
        body += inputs(item, typed, problems.get(item.name, ""))
    data: Json = {"steward": {"form": str(content.name), "state": content.state, "once": once, **_chosen_in(content)}}
    submit: Json = {"type": "Action.Submit", "title": content.submit, "style": "positive", "data": data}
    action = _execute(submit, str(content.name)) if manner.get("inline") else submit
    return {**fitted(_card(body)), "fallbackText": content.title, "actions": [action]}


def _chosen_in(content: Form) -> Json:
    """Return which fields come back as encoded options, one or several, which their values do not tell."""
    choices = [item for item in content.fields if isinstance(item, ChoiceField)]
    many = [item.name for item in choices if item.multiple]
    one = [item.name for item in content.fields if isinstance(item, ChoiceField | InitiativeField)]
    return {"one": [name for name in one if name not in many], "many": many}


def _problem_lines(content: Form, problems: Mapping[str, str]) -> Iterator[Json]:
    labels = {item.name: item.label for item in content.fields}
    for name, sentence in problems.items():
        label = (Bold(f"{labels[name]}  "),) if name in labels else ()
        yield from _paragraph((*label, Plain(sentence)), {}, RED)


def launcher(content: Form, command: str) -> Json:
    """Return the card that stands in a public place for a form: whoever presses its button gets their own."""
    data: Json = {"msteams": OPENS_FORM, "steward": {"command": command}}
    button = {"type": "Action.Submit", "title": content.title, "style": "positive", "data": data}
    return fitted(_card([*_paragraph(content.intro, {}), {"type": "ActionSet", "actions": [button]}]))
