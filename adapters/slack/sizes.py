"""Makes the blocks of a message fit what Slack takes in practice: rich, else compact, else plain, else clipped."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

Json = dict[str, Any]
HEAVIEST = 12_000


def weight(blocks: list[Json]) -> int:
    """Return how many characters blocks take in a request."""
    return len(json.dumps(blocks, ensure_ascii=False))


def fitted(blocks: list[Json]) -> list[Json]:
    """Return blocks that say the same within HEAVIEST characters, giving up looks first and words last."""
    if weight(blocks) <= HEAVIEST:
        return blocks
    for simpler in (_as_it_is, _without_style):
        compact = _compacted(blocks, simpler)
        if weight(compact) <= HEAVIEST:
            return compact
    return _clipped(_compacted(blocks, _without_style))


def _compacted(blocks: list[Json], simpler: Callable[[Json], Json]) -> list[Json]:
    found: list[Json] = []
    for rich, run in groupby(blocks, key=lambda block: block["type"] == "rich_text"):
        if rich:
            leaves = [simpler(leaf) for block in run for element in block["elements"] for leaf in _lines(element)]
            found.append({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": joined(leaves)}]})
        else:
            found.extend(run)
    return found


def _lines(element: Json) -> Iterator[Json]:
    """Yield the leaves of one rich text element as lines, a bullet or a bar in front where there was one."""
    if element["type"] == "rich_text_list":
        for item in element["elements"]:
            yield {"type": "text", "text": "• "}
            yield from item["elements"]
            yield {"type": "text", "text": "\n"}
        return
    if element["type"] == "rich_text_quote":
        yield {"type": "text", "text": "| "}
    yield from element["elements"]
    yield {"type": "text", "text": "\n"}


def joined(leaves: Iterable[Json]) -> list[Json]:
    """Return leaves with neighbouring texts of one style made one."""
    found: list[Json] = []
    for leaf in leaves:
        before = found[-1] if found else {}
        if leaf["type"] == before.get("type") == "text" and leaf.get("style") == before.get("style"):
            found[-1] = {**before, "text": before["text"] + leaf["text"]}
        else:
            found.append(leaf)
    return found


def _as_it_is(leaf: Json) -> Json:
    return leaf


def _without_style(leaf: Json) -> Json:
    text = leaf.get("text") or leaf.get("fallback")
    return {"type": "text", "text": text} if text else leaf


def _clipped(blocks: list[Json]) -> list[Json]:
    sections = [block["elements"][0]["elements"] for block in blocks if block["type"] == "rich_text"]
    texts = [leaf for leaves in sections for leaf in leaves if leaf["type"] == "text"]
    while texts and (over := weight(blocks) - HEAVIEST) > 0:
        longest = max(texts, key=lambda leaf: len(leaf["text"]))
        text = longest["text"]
        if len(text) < 2:
            break
        longest["text"] = text[: max(len(text) // 2, len(text) - over - 1) - 1] + "…"
    return blocks
