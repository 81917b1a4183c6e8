"""What the tests of cards look at, and text that means something to Teams wherever it may."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.teams.sizes import HEAVIEST, weight
from adapters.teams.texts import GRAVE, HAIR_SPACE, JOINER
from tests.adapters.teams.fake_parts import cards

NASTY = st.sampled_from(
    [
        "<at>Sarah Chen</at>",
        "{{DATE(2026-11-26T22:00:00Z, SHORT)}}",
        "{{TIME(2026-11-26T22:00:00Z)}}",
        "{",
        "{DATE(2026-11-26T22:00:00Z)}}",
        "${title}",
        "**bold**",
        "_it_",
        "`c`",
        "[click](https://evil.example/)",
        "<https://evil.example/>",
        "https://evil.example/",
        "www.evil.example",
        "sarah@evil.example",
        "&lt;b&gt;",
        "<b>",
        "- ",
        "1. ",
        "# ",
        "    ",
        "> quote",
        "\u202eabc",
        "🧭👩‍💻",
        "\n",
        '"',
        "\\",
    ]
)


TYPED = st.lists(st.one_of(NASTY, st.text(max_size=30)), min_size=1, max_size=8).map("".join).filter(bool)


def nodes(payload: object) -> Iterator[dict[str, Any]]:
    """Walk all objects of a payload."""
    if isinstance(payload, list):
        for each in payload:
            yield from nodes(each)
    elif isinstance(payload, dict):
        yield payload
        yield from nodes(list(payload.values()))


def of_type(payload: object, kind: str) -> list[dict[str, Any]]:
    return [node for node in nodes(payload) if node.get("type") == kind]


def shown(payload: object) -> str:
    """Return what a reader sees of the text runs, line by line."""
    found = ["".join(run["text"] for run in node["inlines"]) for node in of_type(payload, "RichTextBlock")]
    return seen("\n".join(found))


def seen(text: str) -> str:
    """Return a text with one kind of space, without what is not seen; a blank in an empty line is not."""
    lines = text.replace(JOINER, "").replace("\u00a0", " ").split("\n")
    return "\n".join("" if line == " " else line for line in lines)


def problems(card: dict[str, Any], *, dialog: bool = False) -> list[str]:
    """Return what the fake, which is stricter than Teams, would not take of a card."""
    empty = ["an empty run" for run in of_type(card, "TextRun") if not run["text"]]
    heavy = ["heavy"] if weight(card) > HEAVIEST else []
    return [*cards.problems(card, dialog=dialog), *empty, *heavy]


def dates(payload: object) -> list[str]:
    """Return every text in which a client would calculate a date."""
    texts = [value for node in nodes(payload) for value in node.values() if isinstance(value, str)]
    return [text for text in texts if "{{date(" in text.casefold() or "{{time(" in text.casefold()]


def rendered(markdown: str) -> str:
    """Return the words of Markdown that has no markup in it."""
    assert "://" not in markdown
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    leaves = [leaf for token in tokens for leaf in token.children or ()]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {leaf.type for leaf in leaves} <= {"text", "softbreak", "hardbreak"}
    return "".join(leaf.content for leaf in leaves).replace(JOINER, "").strip()


def rendered_plainly(text: str) -> str:
    """Return what a reader of Markdown makes of a text that has none."""
    return text.replace(JOINER, "").replace("\0", "\ufffd").strip()


def bare(text: str) -> str:
    """Return a text without what is not seen, and with one kind of space and of grave accent."""
    text = text.replace(JOINER, "").replace(HAIR_SPACE, "").replace(GRAVE, "`")
    return " ".join(text.split())
