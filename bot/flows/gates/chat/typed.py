"""Reading what was typed in a form, and the form again when something in it will not do."""

from collections.abc import Mapping
from datetime import date

from bot.domain.answers import day, number, typed_in
from bot.errors import UserError
from bot.flows.gates.desk import Refused
from bot.messages.forms import Form
from bot.messages.gates import acts as forms
from bot.messages.gates import agreeing as words
from bot.messages.gates.refusals import refusal
from bot.ports import FormErrors

Values = Mapping[str, str | list[str]]


def text(values: Values, name: str) -> str:
    """Return what was typed in a field."""
    return typed_in(values.get(name, ""))


class Typed:
    """What was typed in the fields of a form; `errors` says by field what of it could not be read."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        """Return what was typed in a field."""
        return text(self.values, name)

    def whole(self, name: str, *, needed: bool = False) -> int | None:
        """Return the whole number in a field; None when it cannot be read, or is empty, which `needed` forbids."""
        typed = self.text(name)
        if typed.isdecimal():
            return int(typed)
        if typed or needed:
            self.errors[name] = words.WHOLE
        return None

    def number(self, name: str) -> float | None:
        """Return the number in a field, None when it is empty or cannot be read."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return number(typed)
        except UserError:
            self.errors[name] = words.NUMBER
            return None

    def day(self, name: str, *, needed: bool = False) -> date | None:
        """Return the day in a field; None when it cannot be read, or is empty, which `needed` forbids."""
        typed = self.text(name)
        if not typed and not needed:
            return None
        try:
            return day(typed)
        except UserError as error:
            self.errors[name] = str(error)
            return None

    def refused(self, form: Form) -> FormErrors:
        """Return a form with what was typed and what could not be read."""
        return FormErrors(forms.refilled(form, self.values), self.errors)


def refused_in(form: Form, values: Values, refused: UserError) -> FormErrors:
    """Return a form with what was typed and what is wrong, at the field where it is."""
    names = [field.name for field in form.fields]
    found: dict[str, str] = {}
    for problem in refused.problems if isinstance(refused, Refused) else ():
        found.setdefault(problem.where if problem.where in names else names[0], refusal(problem))
    return FormErrors(forms.refilled(form, values), found or {names[0]: str(refused)})
