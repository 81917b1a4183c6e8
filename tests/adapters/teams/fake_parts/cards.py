"""
Which Adaptive Cards the fake takes: schema 1.5 and what Teams makes of it.

Stricter than the official parser: it lets no unknown property pass, and holds our own rules (a label on every input, a
sentence on every required one, a fallback on every Execute).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from tests.adapters.teams.fake_parts.rules import (
    Check,
    Found,
    anything,
    array,
    by_type,
    flag,
    number,
    one_of,
    pattern,
    shape,
    shaped,
    size,
    text,
    words,
)
from tests.adapters.teams.fake_parts.state import Json

LARGEST = 25 * 1024
MOST_ACTIONS = 6
AT = re.compile(r"<at>.*?</at>", re.DOTALL)
_SPACING = one_of("none", "small", "default", "medium", "large", "extraLarge", "padding")
_COLOUR = one_of("default", "dark", "light", "accent", "good", "warning", "attention")
_DATE = shaped(r"\d{4}-\d{2}-\d{2}", "a day")


def _types() -> Mapping[str, Check]:
    return ELEMENTS


def _acts() -> Mapping[str, Check]:
    return ACTIONS


element = by_type(_types, "element")
tapped = by_type(_acts, "action")


def action(value: object, path: str, found: Found) -> None:
    """Check a button, which unlike what happens on a tap has a title."""
    tapped(value, path, found)
    if isinstance(value, dict) and "title" not in value:
        found.add("title is missing", path)


elements = array(element)


def _fallback(value: object, path: str, found: Found) -> None:
    if value != "drop":
        element(value, path, found)


def _marked(value: object, path: str, found: Found) -> None:
    """Check text that clients read as markdown, and note whom it names."""
    text(value, path, found)
    found.marked += AT.findall(str(value))


def _identified(value: object, path: str, found: Found) -> None:
    words(value, path, found)
    if value in found.ids:
        found.add(f"the id {value!r} is there twice", path)
    found.ids.add(str(value))


def _common(kind: str) -> dict[str, Check]:
    return {
        "type": one_of(kind),
        "id": _identified,
        "spacing": _SPACING,
        "separator": flag,
        "isVisible": flag,
        "fallback": _fallback,
        "height": one_of("auto", "stretch"),
        "requires": anything,
    }


_LETTERS: dict[str, Check] = {
    "size": one_of("default", "small", "medium", "large", "extraLarge"),
    "weight": one_of("default", "lighter", "bolder"),
    "color": _COLOUR,
    "isSubtle": flag,
    "fontType": one_of("default", "monospace"),
}
_run = shape(
    {"type": one_of("TextRun"), "text": text},
    {
        **_LETTERS,
        "italic": flag,
        "strikethrough": flag,
        "underline": flag,
        "highlight": flag,
        "selectAction": tapped,
    },
)


def _inline(value: object, path: str, found: Found) -> None:
    (text if isinstance(value, str) else _run)(value, path, found)


_BOX: dict[str, Check] = {
    "style": one_of("default", "emphasis", "good", "attention", "warning", "accent"),
    "verticalContentAlignment": one_of("top", "center", "bottom"),
    "bleed": flag,
    "minHeight": text,
    "selectAction": tapped,
    "rtl": flag,
}
_ALIGNED: dict[str, Check] = {"horizontalAlignment": one_of("left", "center", "right")}
_column = shape({"type": one_of("Column"), "items": elements}, {**_common("Column"), **_BOX, "width": anything})
_cell = shape({"type": one_of("TableCell"), "items": elements}, {**_common("TableCell"), **_BOX})
_row = shape({"type": one_of("TableRow"), "cells": array(_cell)}, {**_common("TableRow"), **_BOX})
_fact = shape({"title": _marked, "value": _marked})


def _asked(value: object, path: str, found: Found) -> None:
    if isinstance(value, dict) and value.get("isRequired") and not value.get("errorMessage"):
        found.add("a required input needs an errorMessage", path)


def _choices_fit(value: object, path: str, found: Found) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("choices", []), list):
        return
    values = [each.get("value") for each in value.get("choices", []) if isinstance(each, dict)]
    if len(values) != len(set(map(str, values))):
        found.add("two choices have one value", path)
    if not values and "choices.data" not in value:
        found.add("there is nothing to choose", path)
    several = bool(value.get("isMultiSelect"))
    if several and any("," in str(each) for each in values):
        found.add("several values come joined by commas, so none may hold one", path)
    start = str(value.get("value", ""))
    chosen = start.split(",") if several else [start]
    if start and "choices.data" not in value and not set(chosen) <= set(map(str, values)):
        found.add(f"starts with {start!r}, which is no choice", path)


def _input(kind: str, own: Mapping[str, Check], *also: Check) -> Check:
    """Build the check of an input: an id and a label, and what is its own."""
    optional = {
        **_common(kind),
        "isRequired": flag,
        "errorMessage": words,
        **own,
    }
    return shape({"type": one_of(kind), "id": _identified, "label": words}, optional, _asked, *also)


_query = shape({"type": one_of("Data.Query"), "dataset": words}, {"count": size, "skip": number})
_choice = shape({"title": words, "value": words})
ELEMENTS: dict[str, Check] = {
    "TextBlock": shape(
        {"type": one_of("TextBlock"), "text": _marked},
        {
            **_common("TextBlock"), **_LETTERS, **_ALIGNED,
            "wrap": flag, "maxLines": size, "style": one_of("default", "heading"),
        },
    ),
    "RichTextBlock": shape(
        {"type": one_of("RichTextBlock"), "inlines": array(_inline, low=1)},
        {**_common("RichTextBlock"), **_ALIGNED},
    ),
    "Image": shape(
        {"type": one_of("Image"), "url": shaped(r"(https|data):.+", "an https address")},
        {**_common("Image"), **_ALIGNED, "altText": text, "size": text, "style": text, "width": text, "height": text},
    ),
    "Container": shape({"type": one_of("Container"), "items": elements}, {**_common("Container"), **_BOX}),
    "ColumnSet": shape(
        {"type": one_of("ColumnSet"), "columns": array(_column)},
        {**_common("ColumnSet"), **_BOX, **_ALIGNED},
    ),
    "FactSet": shape({"type": one_of("FactSet"), "facts": array(_fact, low=1)}, _common("FactSet")),
    "ActionSet": shape(
        {"type": one_of("ActionSet"), "actions": array(action, low=1, high=MOST_ACTIONS)},
        {**_common("ActionSet"), **_ALIGNED},
    ),
    "Table": shape(
        {"type": one_of("Table"), "columns": array(anything), "rows": array(_row)},
        {
            **_common("Table"), "firstRowAsHeader": flag, "showGridLines": flag, "gridStyle": text,
            "horizontalCellContentAlignment": text, "verticalCellContentAlignment": text,
        },
    ),
    "Input.Text": _input(
        "Input.Text",
        {
            "placeholder": text, "value": text, "isMultiline": flag, "maxLength": size, "regex": pattern,
            "style": one_of("text", "tel", "url", "email", "password"), "inlineAction": tapped,
        },
    ),
    "Input.Number": _input("Input.Number", {"placeholder": text, "value": number, "min": number, "max": number}),
    "Input.Date": _input("Input.Date", {"placeholder": text, "value": _DATE, "min": _DATE, "max": _DATE}),
    "Input.Time": _input("Input.Time", {"placeholder": text, "value": text, "min": text, "max": text}),
    "Input.Toggle": _input(
        "Input.Toggle", {"title": words, "value": text, "valueOn": text, "valueOff": text, "wrap": flag}
    ),
    "Input.ChoiceSet": _input(
        "Input.ChoiceSet",
        {
            "choices": array(_choice), "choices.data": _query, "isMultiSelect": flag, "value": text, "wrap": flag,
            "style": one_of("compact", "expanded", "filtered"), "placeholder": text,
        },
        _choices_fit,
    ),
}  # fmt: skip


def _act(kind: str, own: Mapping[str, Check], *also: Check) -> Check:
    """Build the check of an action: its title, and what is its own."""
    optional: dict[str, Check] = {
        "id": _identified,
        "style": one_of("default", "positive", "destructive"),
        "mode": one_of("primary", "secondary"),
        "tooltip": text,
        "isEnabled": flag,
        "iconUrl": text,
        "requires": anything,
        "fallback": _act_fallback,
    }
    return shape({"type": one_of(kind)}, {"title": words, **optional, **own}, *also)


def _act_fallback(value: object, path: str, found: Found) -> None:
    if value != "drop":
        tapped(value, path, found)


def _no_execute_in_dialogs(value: object, path: str, found: Found) -> None:
    if found.dialog:
        found.add("a dialog knows no Action.Execute", path)
    if isinstance(value, dict) and not isinstance(value.get("fallback"), dict):
        found.add("older clients need a fallback for Action.Execute", path)


def _data(value: object, path: str, found: Found) -> None:
    if not isinstance(value, dict):
        found.add("must be an object", path)
        return
    more = value.get("msteams")
    if more is not None and (not isinstance(more, dict) or more.get("type") not in ("task/fetch", "messageBack")):
        found.add("msteams has no type that Teams knows", path)


_SENT: dict[str, Check] = {"data": _data, "associatedInputs": one_of("auto", "none")}
ACTIONS: dict[str, Check] = {
    "Action.Submit": _act("Action.Submit", _SENT),
    "Action.Execute": _act("Action.Execute", {**_SENT, "verb": words}, _no_execute_in_dialogs),
    "Action.OpenUrl": _act("Action.OpenUrl", {"url": shaped(r"https?://.+", "an address")}),
    "Action.ToggleVisibility": _act("Action.ToggleVisibility", {"targetElements": array(anything)}),
    "Action.ShowCard": _act("Action.ShowCard", {"card": anything}),
}
_mention = shape(
    {
        "type": one_of("mention"),
        "text": shaped(r"<at>.+</at>", "a name between <at> and </at>"),
        "mentioned": shape({"id": words, "name": words}),
    }
)
_card = shape(
    {"type": one_of("AdaptiveCard"), "version": shaped(r"1\.[0-5]", "at most 1.5"), "body": elements},
    {
        "$schema": text,
        "actions": array(action, high=MOST_ACTIONS),
        "fallbackText": text,
        "speak": text,
        "lang": text,
        "rtl": flag,
        "minHeight": text,
        "verticalContentAlignment": text,
        "refresh": anything,
        "authentication": anything,
        "msteams": shape({}, {"width": one_of("full"), "entities": array(_mention)}),
    },
)


def mentions(card: Json) -> list[Json]:
    """Return the mention entities of a card."""
    more = card.get("msteams")
    entities = more.get("entities", []) if isinstance(more, dict) else []
    return [each for each in entities if isinstance(each, dict)]


def _unmatched(card: Json, found: Found) -> Iterator[str]:
    told = {str(each.get("text")) for each in mentions(card)}
    yield from (f"{each} mentions nobody in msteams.entities" for each in found.marked if each not in told)
    yield from (f"nothing says {each}" for each in told - set(found.marked))


def problems(card: object, *, dialog: bool = False) -> list[str]:
    """Return everything that is wrong with a card; `dialog` for one that is shown in a dialog."""
    found = Found(dialog)
    _card(card, "", found)
    if isinstance(card, dict):
        found.problems += _unmatched(card, found)
    return found.problems


def weight(card: object) -> int:
    """Return how many bytes a card is on the wire."""
    return len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
