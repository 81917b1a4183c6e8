"""The fields of a form as inputs of a card, and the options chosen in them as they come back."""

from collections.abc import Iterator, Mapping
from typing import assert_never
from urllib.parse import unquote

from adapters.teams.sizes import Json
from adapters.teams.texts import block, inert, lines, unmarked
from bot.messages import hiccups
from bot.messages.forms import ChoiceField, DateField, Field, InitiativeField, PersonField, TextField
from bot.messages.model import Plain

Typed = Mapping[str, str | list[str]]

MOST_RADIO_BUTTONS = 6
DATASET = "initiatives"
RED: Json = {"color": "Attention"}
SMALL: Json = {"isSubtle": True, "size": "Small"}


def inputs(item: Field, typed: Typed, problem: str = "") -> Iterator[Json]:
    """Yield the input of a field with its hint and what is wrong with it; what was typed wins over what it held."""
    made: Json = {**_input(item, typed.get(item.name)), "id": item.name, "label": inert(item.label)}
    made |= {"spacing": "Large"}
    if not item.optional:
        made |= {"isRequired": True, "errorMessage": hiccups.NEEDED}
    yield made
    yield from _under(problem, RED)
    yield from _under(item.hint, SMALL)


def _under(text: str, style: Json) -> Iterator[Json]:
    for line in lines((Plain(text),)) if text else ():
        yield {**block(line, {}, style), "spacing": "Small"}


def _input(item: Field, typed: str | list[str] | None) -> Json:
    given = typed if isinstance(typed, str) else None
    match item:
        case TextField(initial=initial):
            value = initial if given is None else given
            return {**_text(value, item.longest), "isMultiline": item.multiline}
        case ChoiceField(initial=initial):
            chosen = initial if typed is None else tuple([typed] if isinstance(typed, str) else typed)
            return _choice(item, chosen)
        case DateField(initial=day):
            return _filled({"type": "Input.Date"}, (day.isoformat() if day else "") if given is None else given)
        case PersonField(initial=person):
            return {**_text((person or "") if given is None else given), "placeholder": hiccups.PERSON}
        case InitiativeField(initial=key):
            return _initiative(key if given is None else given)
        case _:
            assert_never(item)


def _text(value: str, longest: int = 0) -> Json:
    """Return a text input; a client counts UTF-16 units, and what is typed already must not be too long for it."""
    made = _filled({"type": "Input.Text"}, value)
    return made | ({"maxLength": max(longest, len(value.encode("utf-16-le", "surrogatepass")) // 2)} if longest else {})


def _filled(made: Json, value: str) -> Json:
    return {**made, "value": value} if value else made


def _choice(item: ChoiceField, chosen: tuple[str, ...]) -> Json:
    known = [encoded(value) for value, _ in item.options if value in chosen]
    made: Json = {"type": "Input.ChoiceSet", "wrap": True}
    made["style"] = "expanded" if item.multiple or len(item.options) <= MOST_RADIO_BUTTONS else "compact"
    made["isMultiSelect"] = item.multiple
    made["choices"] = [{"title": unmarked(label), "value": encoded(value)} for value, label in item.options]
    return _filled(made, ",".join(known if item.multiple else known[:1]))


def _initiative(key: str) -> Json:
    """Return an input that asks us for what matches; the one it holds already is the only choice it knows itself."""
    made: Json = {"type": "Input.ChoiceSet", "style": "filtered", "placeholder": hiccups.INITIATIVE}
    made["choices"] = [{"title": unmarked(key), "value": encoded(key)}] if key else []
    made["choices.data"] = {"type": "Data.Query", "dataset": DATASET}
    return _filled(made, encoded(key))


def encoded(value: str) -> str:
    """Return the value of an option so that several of them can stand in a row with commas between."""
    return value.replace("%", "%25").replace(",", "%2C")


def chosen(sent: str) -> list[str]:
    """Return the values of the options that a client sent in a row."""
    return [unquote(value) for value in sent.split(",") if value]
