"""Text that must read the same for ever: pages of lines that know the facts they rest on, stored as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.messages.model import HEAVIEST_MESSAGE, Block, Bold, Message, Paragraph, Plain, Span, clip, weight

LONGEST_PARAGRAPH = 2600
HEAVIEST_PAGE = HEAVIEST_MESSAGE - 300
SECTION_OVERHEAD = 200
LINE_OVERHEAD = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what stands out at its beginning if anything, its words, and the stored facts it rests on (I-26)."""

    lead: str
    text: str
    sources: tuple[str, ...]

    @property
    def cost(self) -> int:
        """Return about how many characters of payload it takes."""
        return weight(self.lead) + weight(self.text) + LINE_OVERHEAD


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading, which may be empty."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One message."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A card and the replies under it, in their final words."""

    card: Page
    replies: tuple[Page, ...]


def words(page: Page) -> int:
    """Return how many words a reader of a page reads."""
    return len(text(page).split())


def text(page: Page) -> str:
    """Return a page for a terminal: exactly the words of its message."""
    parts = [page.title]
    for section in page.sections:
        lines = [f"{line.lead}{line.text}" for line in section.lines]
        parts.append("\n".join([section.heading, *lines] if section.heading else lines))
    return "\n\n".join(part for part in parts if part)


def message(page: Page) -> Message:
    """Return a page as a message: the same words, nothing else."""
    blocks = [block for section in page.sections for block in _paragraphs(section)]
    first = next((line for section in page.sections for line in section.lines), Line("", "", ()))
    return Message(page.title, tuple(blocks), clip(f"{page.title}: {first.lead}{first.text}", LONGEST_PARAGRAPH))


def _paragraphs(section: Section) -> list[Block]:
    """Return a section as paragraphs short enough for every platform."""
    blocks: list[Block] = []
    spans: list[Span] = [Bold(section.heading)] if section.heading else []
    used = weight(section.heading)
    for line in section.lines:
        if used + line.cost > LONGEST_PARAGRAPH and spans:
            blocks.append(Paragraph(tuple(spans)))
            spans, used = [], 0
        spans += [Plain("\n")] if spans else []
        spans += [Bold(line.lead)] if line.lead else []
        spans.append(Plain(line.text))
        used += line.cost
    return [*blocks, Paragraph(tuple(spans))] if spans else blocks


def paged(sections: Sequence[Section]) -> list[tuple[Section, ...]]:
    """Return the sections on as few pages as fit a message, one that is cut going on under its heading."""
    pages: list[list[Section]] = [[]]
    room = HEAVIEST_PAGE
    for section in sections:
        pending: list[Line] = []
        room -= weight(section.heading) + SECTION_OVERHEAD
        for line in section.lines:
            if line.cost > room and (pending or pages[-1]):
                pages[-1] += [Section(section.heading, tuple(pending))] if pending else []
                pages.append([])
                pending, room = [], HEAVIEST_PAGE - weight(section.heading) - SECTION_OVERHEAD
            pending.append(line)
            room -= line.cost
        pages[-1].append(Section(section.heading, tuple(pending)))
    return [tuple(page) for page in pages if page]


def frozen(written: Written) -> str:
    """Return a card and its replies as the JSON that is stored."""
    return json.dumps(asdict(written), ensure_ascii=False, sort_keys=True)


def thawed(content: str) -> Written:
    """Return what was stored as JSON."""
    stored = json.loads(content)
    return Written(_page(stored["card"]), tuple(map(_page, stored["replies"])))


def _page(stored: Mapping[str, Any]) -> Page:
    return Page(str(stored["title"]), tuple(map(_section, stored["sections"])))


def _section(stored: Mapping[str, Any]) -> Section:
    lines = (Line(line["lead"], line["text"], tuple(line["sources"])) for line in stored["lines"])
    return Section(str(stored["heading"]), tuple(lines))
