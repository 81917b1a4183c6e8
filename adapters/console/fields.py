"""The fields of a form at a terminal: what each holds already, and what the words typed for it mean."""

from dataclasses import replace
from datetime import date

from bot.messages.forms import ChoiceField, DateField, Field, Form, InitiativeField, PersonField, TextField

Values = dict[str, str | list[str]]
EMPTIED = "-"


def initial_of(item: Field) -> str | list[str]:
    """Return what a field holds when nothing is typed."""
    match item:
        case TextField(initial=text) | InitiativeField(initial=text):
            return text
        case ChoiceField(initial=chosen, multiple=True):
            return list(chosen)
        case ChoiceField(initial=chosen):
            return chosen[0] if chosen else ""
        case DateField(initial=date() as day):
            return day.isoformat()
        case PersonField(initial=str() as person):
            return person
        case _:
            return ""


def parsed(item: Field, typed: str) -> str | list[str]:
    """Return what was typed as the field's value: numbers of choices become their values, `-` empties a field."""
    words = typed.strip()
    if words == EMPTIED:
        return ""
    if not isinstance(item, ChoiceField):
        return words
    picked = [_choice(item, part.strip()) for part in (words.split(",") if item.multiple else [words])]
    return picked if item.multiple else picked[0]


def _choice(item: ChoiceField, word: str) -> str:
    return _chosen(item, word) or word


def _chosen(item: ChoiceField, word: str) -> str | None:
    by_label = (value for value, label in item.options if word.casefold() in (label.casefold(), value.casefold()))
    by_number = (value for n, (value, _) in enumerate(item.options, start=1) if str(n) == word)
    return next(by_label, next(by_number, None))


def unknown_choices(item: Field, typed: str) -> list[str]:
    """Return what of the words typed is none of a field's choices."""
    words = typed.strip()
    if not isinstance(item, ChoiceField) or words in ("", EMPTIED):
        return []
    parts = [part.strip() for part in words.split(",")] if item.multiple else [words]
    return [part for part in parts if _chosen(item, part) is None]


def prefilled(form: Form, values: Values) -> Form:
    """Return the form holding what was sent before, so that nothing typed is lost."""
    return replace(form, fields=tuple(_holding(item, values.get(item.name, "")) for item in form.fields))


def _holding(item: Field, value: str | list[str]) -> Field:
    text = value if isinstance(value, str) else ""
    match item:
        case ChoiceField(multiple=True):
            return replace(item, initial=tuple(value) if isinstance(value, list) else ())
        case ChoiceField():
            return replace(item, initial=(text,) if text else ())
        case DateField():
            return replace(item, initial=_day(text))
        case TextField() | PersonField() | InitiativeField():
            return replace(item, initial=text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
