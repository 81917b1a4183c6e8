"""How the Teams client fills in the inputs of a card, and what it lets nobody send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from tests.adapters.teams.fake_parts.shown import inputs
from tests.adapters.teams.fake_parts.state import Json

Values = Mapping[str, str | list[str] | None]


class ClientRefused(AssertionError):
    """Something the Teams client itself does not let a person do."""


def fill(card: Json | None, typed: Mapping[str, str], values: Values) -> dict[str, str]:
    """
    Return the inputs of a card as they are sent, by id; what is empty is left out.

    `typed` is what stands in them already, `values` what the person writes now: None or "" empties, a list chooses.
    """
    asked = {str(each["id"]): each for each in inputs(card)}
    if strange := sorted(set(values) - set(asked)):
        raise ClientRefused(f"no such input: {', '.join(strange)}")
    sent = {name: _start(each) for name, each in asked.items()} | {k: v for k, v in typed.items() if k in asked}
    sent |= {name: _written(asked[name], value) for name, value in values.items()}
    for name, each in asked.items():
        _check(each, sent[name])
    return {name: value for name, value in sent.items() if value}


def started(card: Json | None) -> dict[str, str]:
    """Return what stands in the inputs of a card when it is shown."""
    return {str(each["id"]): _start(each) for each in inputs(card) if _start(each)}


def plain(card: Json | None, sent: Mapping[str, str]) -> dict[str, str | list[str]]:
    """Return what stands in the inputs as plain values: choices by their own name, several of them as a list."""
    made: dict[str, str | list[str]] = {}
    for each in inputs(card):
        value = sent.get(str(each["id"]), "")
        if value and each["type"] == "Input.ChoiceSet":
            chosen = [unquote(one) for one in value.split(",")]
            made[each["id"]] = chosen if each.get("isMultiSelect") else unquote(value)
        elif value:
            made[each["id"]] = value
    return made


def _start(asked: Json) -> str:
    return str(asked.get("value", ""))


def _written(asked: Json, value: str | list[str] | None) -> str:
    if asked["type"] != "Input.ChoiceSet":
        if isinstance(value, list):
            raise ClientRefused(f"{asked['id']} takes one value")
        return value or ""
    chosen = value if isinstance(value, list) else [value] if value else []
    if len(chosen) > 1 and not asked.get("isMultiSelect"):
        raise ClientRefused(f"{asked['id']} takes one choice")
    return ",".join(_choice(asked, each) for each in chosen)


def _choice(asked: Json, wanted: str) -> str:
    values = [str(each["value"]) for each in asked.get("choices", [])]
    if "choices.data" in asked:
        return wanted
    found = next((each for each in values if wanted in (each, unquote(each))), None)
    if found is None:
        raise ClientRefused(f"{asked['id']} offers no {wanted!r}")
    return found


def _check(asked: Json, value: str) -> None:
    name = asked["id"]
    if not value:
        if asked.get("isRequired"):
            raise ClientRefused(f"{name} is required: {asked.get('errorMessage')}")
        return
    if len(value) > asked.get("maxLength", len(value)):
        raise ClientRefused(f"{name} takes {asked['maxLength']} letters")
    if "regex" in asked and not re.search(asked["regex"], value):
        raise ClientRefused(f"{name} is not as it should be: {asked.get('errorMessage')}")
    if asked["type"] == "Input.Number":
        _check_number(asked, value)
    if asked["type"] == "Input.Date" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ClientRefused(f"{name} takes a day of the calendar")


def _check_number(asked: Json, value: str) -> None:
    try:
        number = float(value)
    except ValueError:
        raise ClientRefused(f"{asked['id']} takes a number") from None
    if not asked.get("min", number) <= number <= asked.get("max", number):
        raise ClientRefused(f"{asked['id']} is out of range: {asked.get('errorMessage')}")
