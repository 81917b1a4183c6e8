"""The words of registering an initiative."""

from collections.abc import Mapping

from bot.messages.forms import Form, FormName, TextField
from bot.messages.model import Code, Message, Paragraph, Plain, clip

NAME, KEY, USE_CASE = "name", "key", "use_case"
LONGEST_NAME, LONGEST_KEY, LONGEST_USE_CASE = 120, 12, 280


def new_form(typed: Mapping[str, str] | None = None) -> Form:
    """Return the form that registers an initiative, prefilled with what was typed."""
    given = typed or {}
    return Form(
        name=FormName.INITIATIVE_NEW,
        title="New initiative",
        submit="Register",
        intro=(Plain("It starts in intake. A sponsor, a technical lead and an operations leader are named next."),),
        fields=(
            TextField(name=NAME, label="Name", longest=LONGEST_NAME, initial=given.get(NAME, "")),
            TextField(
                name=KEY,
                label="Key",
                hint="2 to 12 letters and digits, such as SEPSIS; made from the name when empty; never changes",
                longest=LONGEST_KEY,
                optional=True,
                initial=given.get(KEY, ""),
            ),
            TextField(
                name=USE_CASE,
                label="Use case in one sentence: who decides or does what differently?",
                longest=LONGEST_USE_CASE,
                multiline=True,
                initial=given.get(USE_CASE, ""),
            ),
        ),
    )


def registered(key: str, name: str) -> Message:
    """Return that an initiative is registered."""
    said = f"{key}, {clip(name, LONGEST_NAME)}, is registered in intake. "
    command = f"/ai-status {key}"
    return Message("", (Paragraph((Plain(said), Code(command), Plain(" shows it."))),), f"{said}{command} shows it.")


TAKEN = "This key is taken. Choose another, or leave it empty."
BAD_KEY = "A key is 2 to 12 letters and digits, such as SEPSIS."
RESERVED = "This word means something to /ai-status. Choose another key."
NEEDED = "This one is needed."
NO_PORTFOLIO = "There is no portfolio yet: run `steward init` or import a portfolio file."


def too_long(count: int, most: int) -> str:
    """Return the sentence for a text over its limit."""
    return f"That is {count} characters; at most {most} fit."
