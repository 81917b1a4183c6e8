"""What a person sees of a message or view: its words and its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.adapters.slack.fake_parts.blocks import elements_of

_SHOWN = ("text", "alt_text", "title", "label", "placeholder", "hint", "caption", "description", "fallback")
_INLINE = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
_LEAF: Mapping[str, str] = {"user": "<@{user_id}>", "channel": "<#{channel_id}>", "emoji": ":{name}:", "link": "{url}"}


@dataclass(frozen=True)
class Button:
    """A button as a person sees it."""

    text: str
    action_id: str
    block_id: str
    value: str | None
    url: str | None
    style: str | None


class Shown:
    """Anything with text and blocks."""

    text: str
    blocks: list[dict[str, Any]]

    @property
    def readable(self) -> str:
        """All the words a person sees, a line a piece."""
        return "\n".join(words for words in [self.text, words_of(self.blocks)] if words)

    @property
    def buttons(self) -> list[Button]:
        """The buttons in reading order."""
        return buttons(self.blocks)

    def button(self, action_id: str) -> Button:
        """Return the first button of this action."""
        return next(each for each in self.buttons if each.action_id == action_id)


def words_of(node: object) -> str:
    """Collect the words a person sees in one Block Kit object, in order."""
    if isinstance(node, list):
        return "\n".join(words for words in map(words_of, node) if words)
    if not isinstance(node, dict):
        return ""
    kind = str(node.get("type"))
    if kind in _INLINE:
        return "".join(map(words_of, node.get("elements", ())))
    if kind in _LEAF and "text" not in node:
        return _LEAF[kind].format_map(node)
    own = [str(node[name]) for name in _SHOWN if isinstance(node.get(name), str)]
    kept = [words_of(each) for name, each in node.items() if name not in ("confirm", "metadata")]
    return "\n".join(words for words in [*own, *kept] if words)


def buttons(blocks: list[dict[str, Any]]) -> list[Button]:
    """List the buttons in blocks in reading order."""
    return [
        Button(
            each["text"]["text"],
            each.get("action_id", ""),
            block.get("block_id", ""),
            each.get("value"),
            each.get("url"),
            each.get("style"),
        )
        for block, each in elements_of(blocks)
        if each.get("type") == "button"
    ]
