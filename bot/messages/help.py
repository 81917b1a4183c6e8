"""The words of help, greeting and what was not understood."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.messages.model import Actions, Bullets, Code, Message, Paragraph, Plain
from bot.messages.names import look_up_button
from bot.messages.words import sentence


def overview(commands: Sequence[tuple[str, str]]) -> Message:
    """Return everything Steward understands, from (words, what it does) pairs."""
    lines = tuple((Code(f"/{words}"), Plain(f"  {does}")) for words, does in commands)
    intro = "Steward keeps AI initiatives accountable: it asks owners once a week and tells anyone where things stand."
    blocks = (Paragraph((Plain(intro),)), Bullets(lines), Actions((look_up_button(),)))
    return Message("Steward", blocks, "What Steward understands.")


def unknown_command(typed: str, known: Sequence[str]) -> str:
    """Return the sentence for words that are no command, naming the nearest one."""
    first = typed.split(maxsplit=1)[0][:40]
    near = get_close_matches(f"ai {first.casefold()}", known, 1)
    tail = f"Did you mean /{near[0]}? " if near else ""
    return f"“{first}” is nothing Steward does. {tail}/ai help shows all of it."


def greeting(name: str) -> Message:
    """Return the first thing the bot says to somebody."""
    said = f"Hello {name}. Steward asks owners of AI initiatives once a week; /ai help shows what else it does."
    return sentence(said, look_up_button())


NOT_STORED = "Steward cannot reach its database just now, so nothing was stored. Try again in a minute."
