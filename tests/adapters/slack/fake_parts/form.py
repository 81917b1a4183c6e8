"""A person at a modal: which fields there are, what may be typed, and the state Slack makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum

from tests.adapters.slack.fake_parts.blocks import elements_of
from tests.adapters.slack.fake_parts.elements import all_options
from tests.adapters.slack.fake_parts.state import Json


class ClientRefused(AssertionError):
    """Slack's own client would not let a person do this."""


class Untouched(Enum):
    """The value of a field nobody touched."""

    YES = "untouched"


UNTOUCHED = Untouched.YES
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOUR = re.compile(r"\d{2}:\d{2}")
_ID = re.compile(r"[UWCGD][A-Z0-9]{8,}")
_TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
# element type -> (key of the state, key of the initial value)
_CHOSEN: Mapping[str, tuple[str, str]] = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    **dict.fromkeys(_TYPED, ("value", "initial_value")),
}


@dataclass(frozen=True)
class Field:
    """One field of a modal or message that keeps a state."""

    block_id: str
    element: Json
    required: bool

    @property
    def action_id(self) -> str:
        """The element's name."""
        return str(self.element["action_id"])

    @property
    def label(self) -> str:
        """How a refusal names the field."""
        return f"{self.block_id}/{self.action_id}"


def fields_of(blocks: list[Json]) -> Iterator[Field]:
    """Walk the fields that keep a state, in order."""
    for block, element in elements_of(blocks):
        if element["type"] in _CHOSEN and element["type"] != "overflow":
            required = block["type"] == "input" and not block.get("optional", False)
            yield Field(block["block_id"], element, required)


def state_of(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """Give the state of fields nobody touched."""
    return fill(blocks, {}, {}, {}, check=False)


def fill(
    blocks: list[Json],
    before: Mapping[str, Mapping[str, Json]],
    typed: Mapping[str, object],
    suggested: Mapping[str, Json],
    *,
    check: bool = True,
) -> dict[str, dict[str, Json]]:
    """Fill in a form as a person would: what is typed, else what was there before, else the initial value."""
    fields = list(fields_of(blocks))
    by_field = {_find(fields, key): value for key, value in typed.items()}
    state: dict[str, dict[str, Json]] = {}
    for index, field in enumerate(fields):
        earlier = before.get(field.block_id, {}).get(field.action_id)
        value = by_field.get(index, UNTOUCHED)
        told = earlier if value is UNTOUCHED and earlier else entered(field, value, suggested)
        if check:
            _is_complete(field, told)
        state.setdefault(field.block_id, {})[field.action_id] = told
    return state


def _find(fields: list[Field], key: str) -> int:
    hits = [index for index, field in enumerate(fields) if key in (field.block_id, field.action_id, field.label)]
    if len(hits) != 1:
        there = ", ".join(field.label for field in fields)
        raise ClientRefused(f"{len(hits)} fields are called {key!r}; the view has: {there}")
    return hits[0]


def entered(field: Field, value: object, suggested: Mapping[str, Json]) -> Json:
    """Turn what a person enters into the state of one element; refuse what the client would not take."""
    kind = field.element["type"]
    key, initial = _CHOSEN[kind]
    many = key in ("selected_options", "selected_users", "selected_channels", "selected_conversations", "files")
    if value is UNTOUCHED:
        value = field.element.get(initial, [] if many else None)
    elif value is None or value == "":
        value = [] if many else None
    elif many:
        if not isinstance(value, list | tuple):
            raise ClientRefused(f"{field.label} takes a list")
        value = [_one(field, each, suggested) for each in value]
        if len(value) > field.element.get("max_selected_items", len(value)):
            raise ClientRefused(f"{field.label} takes at most {field.element['max_selected_items']}")
    else:
        value = _one(field, value, suggested)
    return {"type": kind, key: value}


def _one(field: Field, value: object, suggested: Mapping[str, Json]) -> object:
    kind = field.element["type"].removeprefix("multi_")
    if kind in ("static_select", "radio_buttons", "checkboxes", "overflow"):
        return _option(field, value, all_options(field.element))
    if kind == "external_select":
        start = field.element.get("initial_options") or [field.element.get("initial_option")]
        return _option(field, value, [*suggested.values(), *(each for each in start if each)])
    check = _CHECKS.get(kind)
    if check:
        return check(field, str(value))
    return value


def _option(field: Field, value: object, options: list[Json]) -> Json:
    for option in options:
        if value in (option["value"], option["text"]["text"]):
            return option
    raise ClientRefused(f"{field.label} has no option {value!r}: {[option['value'] for option in options]}")


def _text(field: Field, value: str) -> str:
    low, high = field.element.get("min_length", 0), field.element.get("max_length", 3000)
    if not low <= len(value) <= high:
        raise ClientRefused(f"{field.label} takes {low} to {high} characters, not {len(value)}")
    if "\n" in value and not field.element.get("multiline", False):
        raise ClientRefused(f"{field.label} takes one line")
    return value


def _number(field: Field, value: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ClientRefused(f"{field.label} takes a number, not {value!r}") from None
    if not field.element["is_decimal_allowed"] and number != number.to_integral_value():
        raise ClientRefused(f"{field.label} takes a whole number")
    if "min_value" in field.element and number < Decimal(field.element["min_value"]):
        raise ClientRefused(f"{field.label} must be at least {field.element['min_value']}")
    if "max_value" in field.element and number > Decimal(field.element["max_value"]):
        raise ClientRefused(f"{field.label} must be at most {field.element['max_value']}")
    return value


def _like(pattern: re.Pattern[str], words: str) -> Callable[[Field, str], str]:
    def check(field: Field, value: str) -> str:
        if not pattern.fullmatch(value):
            raise ClientRefused(f"{field.label} takes {words}, not {value!r}")
        return value

    return check


def _moment(field: Field, value: str) -> int:
    return int(value)


_CHECKS: Mapping[str, Callable[[Field, str], object]] = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _like(re.compile(r"[^@\s]+@[^@\s]+"), "an e-mail address"),
    "url_text_input": _like(re.compile(r"https?://\S+"), "a web address"),
    "datepicker": _like(_DAY, "a day"),
    "timepicker": _like(_HOUR, "a time"),
    "datetimepicker": _moment,
    **dict.fromkeys(("users_select", "channels_select", "conversations_select"), _like(_ID, "an id")),
}


def _is_complete(field: Field, told: Json) -> None:
    key, _ = _CHOSEN[told["type"]]
    if field.required and told[key] in (None, "", []):
        raise ClientRefused(f"{field.label} is required")
