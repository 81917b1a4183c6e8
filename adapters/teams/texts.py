"""
Words in a card, line by line.

Words stand in text runs, which know no markup; only a line that mentions a known account is Markdown, with everything
else in it escaped.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from typing import assert_never

from adapters.teams.sizes import NO_STYLE, Json, joined
from bot.domain.people import Handles
from bot.messages.model import (
    Actions,
    Block,
    Bold,
    Bullets,
    Code,
    Divider,
    Facts,
    Link,
    Mention,
    Message,
    Note,
    Paragraph,
    Plain,
    Quote,
    Span,
    Text,
    When,
)

Tags = dict[Mention, str]
"""How each mention that may notify is written; a mention that is not here is a name only."""

ACCOUNT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|29:[\w-]+")
NOT_IN_A_TAG = re.compile(r"[<>&*_`~\\\[\]{}\n]")
DATE_FUNCTION = re.compile(r"\{(?=\{(?:DATE|TIME)\()", re.IGNORECASE)
# Nothing is seen of it, and a pattern does not match across it.
JOINER = "\u2060"
BLANK = "\u00a0"
HAIR_SPACE, GRAVE = "\u200a", "\u02cb"
# A bullet, a number, a heading, a quotation or code is one only at the beginning.
MARKER = re.compile(r"\s|[-+*_>#=~|`]|\d+[.)]")
BROKEN = (
    (re.compile(r"(?<=[<&\\@]|\])(?=\S)"), JOINER),
    (re.compile(r"://"), f":{JOINER}//"),
    (re.compile(r"([*~]|(?<![^\W_])_)(?=\S)"), rf"\1{HAIR_SPACE}"),
    (re.compile(r"`"), GRAVE),
)
ENTITIES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
ESCAPES = ENTITIES | {ord(mark): f"\\{mark}" for mark in r"\`*_{}[]()#+-.!|~"}


def lines(text: Text) -> list[Text]:
    """Return a text cut at its line breaks; a client may lose a break within a run."""
    found: list[list[Span]] = [[]]
    for span in text:
        if isinstance(span, Mention | When):
            found[-1].append(span)
            continue
        first, *others = span.text.split("\n")
        found[-1].append(_with(span, first))
        found += [[_with(span, other)] for other in others]
    return [tuple(span for span in line if isinstance(span, Mention | When) or span.text) for line in found]


def _with(span: Plain | Bold | Code | Link, text: str) -> Span:
    return Link(text, span.url) if isinstance(span, Link) else type(span)(text)


def block(line: Text, tags: Tags, style: Json = NO_STYLE) -> Json:
    """Return one line as the element that shows it."""
    if any(isinstance(span, Mention) and span in tags for span in line):
        return {"type": "TextBlock", "wrap": True, "text": _markdown(line, tags), **style}
    return {"type": "RichTextBlock", "inlines": joined({**_run(span), **style} for span in line or (Plain(BLANK),))}


def _run(span: Span) -> Json:
    match span:
        case Plain(text):
            return _words(text)
        case Bold(text):
            return {**_words(text), "weight": "Bolder"}
        case Code(text):
            return {**_words(text), "fontType": "Monospace"}
        case Link(text, url):
            return {**_words(text or url), "selectAction": {"type": "Action.OpenUrl", "url": url}}
        case Mention(_, name):
            return _words(name)
        case When():
            return {"type": "TextRun", "text": _moment(span)}
        case _:
            assert_never(span)


def _words(text: str) -> Json:
    return {"type": "TextRun", "text": inert(text)}


def inert(text: str) -> str:
    """Return a person's text in which nothing is a date for the client to calculate."""
    return DATE_FUNCTION.sub("{" + JOINER, text)


def _moment(when: When) -> str:
    """Return what the client writes as day and time in the reader's own zone and language."""
    at = f"{when.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{{{{DATE({at}, SHORT)}}}} {{{{TIME({at})}}}}"


def _markdown(line: Text, tags: Tags) -> str:
    written = "".join(_marked(span, tags) for span in line)
    text = written.lstrip(" \t")
    return BLANK * (len(written) - len(text)) + text


def _marked(span: Span, tags: Tags) -> str:
    match span:
        case Plain(text) | Code(text):
            return escaped(text)
        case Bold(text):
            return re.sub(r"\S(?:.*\S)?", lambda found: f"**{escaped(found[0])}**", text, count=1)
        case Link(text, url):
            return f"[{escaped(text or url)}]({url})"
        case Mention(_, name):
            return tags.get(span) or escaped(name)
        case When():
            return _moment(span)
        case _:
            assert_never(span)


def escaped(text: str) -> str:
    """Return a person's text in Markdown that shows it as typed and links nothing."""
    return text.translate(ESCAPES).replace("://", f":{JOINER}//").replace("@", f"@{JOINER}")


def unmarked(text: str) -> str:
    """
    Return a person's text for where some clients read Markdown and some do not, so that all of them show it as typed.

    Nothing can be escaped there: what would be markup is broken up by characters that are not seen.
    """
    words = inert(" ".join(text.splitlines()))
    for pattern, broken in BROKEN:
        words = pattern.sub(broken, words)
    return JOINER + words if MARKER.match(text) else words


def tags(content: Message, people: Handles) -> Tags:
    """Return how to write the mentions of a message whose accounts are known, no two accounts alike."""
    found: Tags = {}
    for span in _spans(content):
        if not isinstance(span, Mention) or span in found or not ACCOUNT.fullmatch(people.get(span.person_id, "")):
            continue
        if name := _called(span):
            while f"<at>{name}</at>" in found.values():
                name += JOINER
            found[span] = f"<at>{name}</at>"
    return found


def entities(used: Tags, people: Handles) -> list[Json]:
    """Return who stands behind each tag."""
    return [
        {"type": "mention", "text": tag, "mentioned": {"id": people[span.person_id], "name": _called(span)}}
        for span, tag in used.items()
    ]


def _called(mention: Mention) -> str:
    return NOT_IN_A_TAG.sub("", mention.name).strip()


def _spans(content: Message) -> Iterator[Span]:
    for each in content.blocks:
        for text in _texts(each):
            yield from text


def _texts(content: Block) -> tuple[Text, ...]:
    match content:
        case Paragraph(text) | Note(text):
            return (text,)
        case Facts(pairs):
            return tuple(value for _, value in pairs)
        case Bullets(items):
            return items
        case Quote() | Divider() | Actions():
            return ()
        case _:
            assert_never(content)
