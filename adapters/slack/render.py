"""
Messages and forms as Block Kit.

People's words only ever stand in `rich_text` text elements and `plain_text`, which Slack does not interpret: nothing in
them can ping, link or turn bold.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import assert_never

from adapters.slack.sizes import Json, fitted, joined
from bot.domain.people import Handles
from bot.messages import hiccups
from bot.messages.forms import (
    LONGEST_OPTION,
    MOST_OPTIONS,
    ChoiceField,
    DateField,
    Field,
    Form,
    InitiativeField,
    PersonField,
    TextField,
)
from bot.messages.model import (
    Actions,
    Block,
    Bold,
    Bullets,
    Button,
    Code,
    Divider,
    Emphasis,
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
    clip,
    plain,
)
from bot.ports import Match

NOBODY: Handles = MappingProxyType({})
MOST_RADIO_BUTTONS = 10
LONGEST_INPUT = 3000
LONGEST_DATE_FALLBACK = 255
USER_ID = re.compile(r"[UW][A-Z0-9]{8,}")
DATE_FORMAT = "{date_short_pretty} at {time}"


def message(content: Message, people: Handles = NOBODY) -> Json:
    """Return `blocks` and the `text` for notifications; `people` are the user ids that mentions may notify."""
    blocks = [made for block in content.blocks for made in _block(block, people)]
    if content.title.strip():
        blocks.insert(0, {"type": "header", "text": _words(content.title)})
    if not blocks:
        blocks = [_rich(_section((Plain(content.fallback),), people))]
    return {"blocks": fitted(blocks), "text": escaped(content.fallback)}


def escaped(text: str) -> str:
    """Return a text with the three characters that Slack gives a meaning written as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _block(block: Block, people: Handles) -> Iterator[Json]:
    match block:
        case Paragraph() | Facts() | Bullets() | Quote():
            yield from _filled(_spoken(block, people))
        case Divider():
            yield {"type": "divider"}
        case Note(text):
            yield from _note(text, people)
        case Actions(buttons):
            if buttons:
                yield {"type": "actions", "elements": list(_buttons(buttons))}
        case _:
            assert_never(block)


def _spoken(block: Paragraph | Facts | Bullets | Quote, people: Handles) -> Json:
    match block:
        case Paragraph(text):
            return _section(text, people)
        case Facts(pairs):
            return _section(_fact_lines(pairs), people)
        case Bullets(items):
            lines = [_section(item, people) for item in items if plain(item)]
            return {"type": "rich_text_list", "style": "bullet", "elements": lines}
        case Quote(text):
            return {**_section((Plain(text),), people), "type": "rich_text_quote"}
        case _:
            assert_never(block)


def _filled(element: Json) -> Iterator[Json]:
    if element["elements"]:
        yield _rich(element)


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def _section(text: Text, people: Handles) -> Json:
    leaves = [_leaf(span, people) for span in text]
    return {"type": "rich_text_section", "elements": joined(leaf for leaf in leaves if leaf.get("text") != "")}


def _fact_lines(pairs: tuple[tuple[str, Text], ...]) -> Text:
    spans: list[Span] = []
    for label, value in pairs:
        spans += [Plain("\n")] if spans else []
        spans += [Bold(label), Plain("  "), *value] if label else value
    return tuple(spans)


def _note(text: Text, people: Handles) -> Iterator[Json]:
    """Small print is plain text only; what names people or times is shown in full size."""
    if any(isinstance(span, Link | Mention | When) for span in text):
        yield from _filled(_section(text, people))
    elif words := plain(text):
        yield {"type": "context", "elements": [_words(words)]}


def _leaf(span: Span, people: Handles) -> Json:
    match span:
        case Plain(text):
            return {"type": "text", "text": text}
        case Bold(text):
            return {"type": "text", "text": text, "style": {"bold": True}}
        case Code(text):
            return {"type": "text", "text": text, "style": {"code": True}}
        case Link(text, url):
            return {"type": "link", "url": url, "text": text or url}
        case Mention(person_id, name):
            user = people.get(person_id, "")
            return {"type": "user", "user_id": user} if USER_ID.fullmatch(user) else {"type": "text", "text": name}
        case When(at, text):
            date = {"type": "date", "timestamp": int(at.timestamp()), "format": DATE_FORMAT}
            return date | ({"fallback": text[:LONGEST_DATE_FALLBACK]} if text else {})
        case _:
            assert_never(span)


def _words(text: str) -> Json:
    """Return a text that Slack shows as it is, colons of emoji names included."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _buttons(buttons: tuple[Button, ...]) -> Iterator[Json]:
    """Yield the buttons of a row; several of one action get a number, for Slack wants their ids to differ."""
    for n, button in enumerate(buttons):
        same = sum(other.action is button.action for other in buttons[:n])
        made: Json = {
            "type": "button",
            "action_id": f"{button.action}.{same + 1}" if same else str(button.action),
            "text": _words(button.label),
        }
        made |= {"value": button.value} if button.value else {}
        yield made | ({"style": str(button.emphasis)} if button.emphasis is not Emphasis.NONE else {})


def form(content: Form, users: Mapping[str, str] = NOBODY, problems: Mapping[str, str] = NOBODY) -> Json:
    """
    Return a modal; `users` are the accounts chosen in its person fields, `problems` sentences by field shown on top.

    Block ids change with the questions, so what was typed stays in place while they are the same, and only then.
    """
    blocks = [*_filled(_section(_problem_lines(content, problems), NOBODY)), *_filled(_section(content.intro, NOBODY))]
    mark = _fingerprint(content)
    blocks += [_input(item, mark, users) for item in content.fields]
    return {
        "type": "modal",
        "callback_id": str(content.name),
        "private_metadata": json.dumps({"form": content.name, "state": content.state}),
        "title": _words(content.title),
        "submit": _words(content.submit),
        "close": _words(hiccups.CANCEL),
        "blocks": blocks,
    }


def _problem_lines(content: Form, problems: Mapping[str, str]) -> Text:
    labels = {item.name: item.label for item in content.fields}
    pairs = tuple((labels.get(name, ""), (Plain(sentence),)) for name, sentence in problems.items())
    return _fact_lines(pairs)


def _fingerprint(content: Form) -> str:
    """Return what stands for a form's questions, whatever their answers."""
    blank = replace(content, fields=tuple(_blank(item) for item in content.fields))
    return hashlib.sha256(repr(blank).encode()).hexdigest()[:12]


def _blank(item: Field) -> Field:
    match item:
        case TextField() | InitiativeField():
            return replace(item, initial="")
        case ChoiceField():
            return replace(item, initial=())
        case DateField() | PersonField():
            return replace(item, initial=None)
        case _:
            assert_never(item)


def _input(item: Field, mark: str, users: Mapping[str, str]) -> Json:
    made = {
        "type": "input",
        "block_id": f"{item.name}@{mark}",
        "label": _words(item.label),
        "optional": item.optional,
        "element": {"action_id": item.name, **_element(item, users)},
    }
    return made | ({"hint": _words(item.hint)} if item.hint else {})


def _element(item: Field, users: Mapping[str, str]) -> Json:
    match item:
        case TextField(initial=initial):
            initial = (initial or "")[:LONGEST_INPUT]
            made: Json = {"type": "plain_text_input", "multiline": item.multiline}
            made["max_length"] = max(item.longest, len(initial))
            return made | ({"initial_value": initial} if initial else {})
        case ChoiceField():
            return _choice(item)
        case DateField(initial=day):
            return {"type": "datepicker"} | ({"initial_date": day.isoformat()} if day else {})
        case PersonField(initial=person_id):
            user = users.get(item.name) or users.get(person_id or "", "")
            return {"type": "users_select"} | ({"initial_user": user} if USER_ID.fullmatch(user) else {})
        case InitiativeField(initial=key):
            return _suggesting(key)
        case _:
            assert_never(item)


def _suggesting(key: str) -> Json:
    made: Json = {"type": "external_select", "min_query_length": 0}
    return made | ({"initial_option": _option(Match(key, ""))} if key else {})


def options(found: Sequence[Match]) -> Json:
    """Return what Slack offers where an initiative is chosen."""
    return {"options": [_option(match) for match in found[:MOST_OPTIONS]]}


def _option(match: Match) -> Json:
    about = f", {match.about}" if match.about else ""
    return {"text": _words(clip(f"{match.key}  {match.name}{about}".strip(), LONGEST_OPTION)), "value": match.key}


def _choice(item: ChoiceField) -> Json:
    options = [{"text": _words(label), "value": value} for value, label in item.options]
    chosen = [option for option in options if option["value"] in item.initial]
    if item.multiple:
        return {"type": "checkboxes", "options": options} | ({"initial_options": chosen} if chosen else {})
    kind = "radio_buttons" if len(options) <= MOST_RADIO_BUTTONS else "static_select"
    return {"type": kind, "options": options} | ({"initial_option": chosen[0]} if chosen else {})


def closing(content: Message) -> Json:
    """Return the modal that says something and can only be closed."""
    view = {"type": "modal", "title": _words(hiccups.PRODUCT), "close": _words(hiccups.CLOSE)}
    return {**view, "callback_id": "closing", "blocks": message(content)["blocks"]}
