"""What a person sees of a card: its words, its buttons and its inputs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.adapters.teams.fake_parts.state import Json

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[-+]\d\d:\d\d)"
_DATE = re.compile(r"\{\{DATE\((" + _INSTANT + r")(?:, ?(?:COMPACT|LONG|SHORT))?\)\}\}")
_TIME = re.compile(r"\{\{TIME\((" + _INSTANT + r")\)\}\}")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
_STRONG = re.compile(r"(?<![\w*])(\*\*|\*)(?=\S)(.+?)(?<=\S)\1(?![\w*])|(?<![\w_])(__|_)(?=\S)(.+?)(?<=\S)\3(?![\w_])")
_NAMED = re.compile(r"<at>(.*?)</at>", re.DOTALL)
_LIST = re.compile(r"^(\s*)[-*+] ", re.MULTILINE)
_HELD = 0xE000


@dataclass(frozen=True)
class Button:
    """A button as a person sees it, with what it does."""

    title: str
    act: Json

    @property
    def kind(self) -> str:
        """The type of its action."""
        return str(self.act["type"])

    @property
    def data(self) -> Json:
        """What it sends beside the inputs."""
        return dict(self.act.get("data") or {})

    @property
    def opens_dialog(self) -> bool:
        """Tell whether it asks the bot for a dialog."""
        return self.kind == "Action.Submit" and self.data.get("msteams", {}).get("type") == "task/fetch"

    @property
    def older(self) -> Button:
        """The button as a client shows it that knows no Action.Execute."""
        instead = self.act.get("fallback")
        if self.kind != "Action.Execute" or not isinstance(instead, dict):
            return self
        return Button(str(instead.get("title", self.title)), instead)


def dated(text: str, zone: str) -> str:
    """Return a text with its date and time functions put in, as the reader's clock shows them."""

    def put(form: str) -> Callable[[re.Match[str]], str]:
        return lambda match: datetime.fromisoformat(match[1]).astimezone(ZoneInfo(zone)).strftime(form)

    return _TIME.sub(put("%H:%M"), _DATE.sub(put("%d %b %Y"), text))


def unmarked(text: str) -> str:
    """Return what is read of a text that the client takes for markdown."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[1])
        return chr(_HELD + len(held) - 1)

    text = _NAMED.sub(r"\1", _ESCAPED.sub(hold, text))
    text = _LINK.sub(lambda link: f"{link[1]} ({link[2]})", text)
    text = _STRONG.sub(lambda match: match[2] or match[4], text)
    text = html.unescape(_LIST.sub(r"\1• ", text))
    return "".join(_released(letter, held) for letter in text)


def _released(letter: str, held: list[str]) -> str:
    at = ord(letter) - _HELD
    return held[at] if 0 <= at < len(held) else letter


def words_of(card: Json | None, zone: str = "UTC") -> str:
    """Return all the words a person sees on a card, a line a piece."""
    return "\n".join(line for line in _lines(card or {}, zone) if line)


def _lines(node: Any, zone: str) -> Iterator[str]:  # noqa: ANN401  # any piece of JSON
    if isinstance(node, list):
        for each in node:
            yield from _lines(each, zone)
        return
    if not isinstance(node, dict) or node.get("isVisible") is False:
        return
    yield from _own(node, zone)
    for name in ("body", "items", "columns", "rows", "cells", "actions"):
        yield from _lines(node.get(name, []), zone)


def _own(node: Json, zone: str) -> Iterator[str]:
    kind = str(node.get("type", ""))
    if kind == "TextBlock":
        yield unmarked(dated(str(node["text"]), zone))
    if kind == "RichTextBlock":
        runs = (each if isinstance(each, str) else each["text"] for each in node["inlines"])
        yield dated("".join(runs), zone)
    for fact in node.get("facts", []):
        yield f"{unmarked(dated(fact['title'], zone))} {unmarked(dated(fact['value'], zone))}"
    if kind.startswith("Input."):
        yield from _asked(node, zone)
    if kind.startswith("Action."):
        yield str(node["title"])


def _asked(node: Json, zone: str) -> Iterator[str]:
    yield dated(str(node["label"]), zone)
    yield str(node.get("title", ""))
    expanded = node.get("style") == "expanded"
    for choice in node.get("choices", []):
        yield unmarked(choice["title"]) if expanded else str(choice["title"])


def _walked(node: Any) -> Iterator[Json]:  # noqa: ANN401  # any piece of JSON
    if isinstance(node, list):
        for each in node:
            yield from _walked(each)
    if isinstance(node, dict):
        yield node
        for name in ("body", "items", "columns", "rows", "cells", "actions"):
            yield from _walked(node.get(name, []))


def buttons(card: Json | None) -> list[Button]:
    """List the buttons of a card in reading order."""
    acts = [each for each in _walked(card or {}) if str(each.get("type", "")).startswith("Action.")]
    return [Button(str(each.get("title", "")), each) for each in acts]


def inputs(card: Json | None) -> list[Json]:
    """List the inputs of a card in reading order."""
    return [each for each in _walked(card or {}) if str(each.get("type", "")).startswith("Input.")]
