"""Makes a card fit what Teams takes in practice: rich, else compact, else plain, else bare buttons, else clipped."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from types import MappingProxyType
from typing import Any

Json = dict[str, Any]
NO_STYLE: Json = MappingProxyType({})  # type: ignore[assignment]  # a default that cannot be changed
HEAVIEST = 25_000
WORDY = {"RichTextBlock", "ColumnSet", "Column", "Container"}


def weight(card: Json) -> int:
    """Return how many bytes a card takes in a request."""
    return len(json.dumps(card, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def fitted(card: Json) -> Json:
    """Return a card that says the same within HEAVIEST bytes, giving up looks first and words last."""
    if weight(card) <= HEAVIEST:
        return card
    for simpler in (_as_it_is, _without_style):
        compact = _compacted(card["body"], simpler)
        if weight({**card, "body": compact}) <= HEAVIEST:
            return {**card, "body": compact}
    bare = _compacted(card["body"], _without_style)
    return _clipped({**card, "body": list(map(_without_fallback, bare))})


def joined(runs: Iterable[Json]) -> list[Json]:
    """Return text runs with neighbours of one look made one, but never so that a date begins where none was."""
    found: list[Json] = []
    for run in runs:
        before = found[-1] if found else {}
        alike = {**before, "text": ""} == {**run, "text": ""}
        if alike and not _is_date(before) and not _is_date(run) and not before["text"].endswith("{"):
            found[-1] = {**before, "text": before["text"] + run["text"]}
        else:
            found.append(run)
    return found


def _is_date(run: Json) -> bool:
    return bool(run["text"].startswith("{{DATE("))


def _compacted(body: list[Json], simpler: Callable[[Json], Json]) -> list[Json]:
    found: list[Json] = []
    for wordy, run in groupby(body, key=_wordy):
        if wordy:
            lines = [[*line, _text("\n")] for element in run for line in _lines(element)]
            runs = joined(simpler(each) for line in lines for each in line)
            runs[-1] = {**runs[-1], "text": runs[-1]["text"].removesuffix("\n")}
            found.append({"type": "RichTextBlock", "inlines": [each for each in runs if each["text"]]})
        else:
            found.extend(run)
    return [element for element in found if element.get("inlines") != []]


def _lines(element: Json) -> Iterator[list[Json]]:
    """Yield the runs of each line of an element, a bar in front where it was a quotation."""
    match element["type"]:
        case "RichTextBlock":
            yield element["inlines"]
        case "ColumnSet":
            (label,), (first, *others) = (column["items"] for column in element["columns"])
            yield [*label["inlines"], _text("  "), *first["inlines"]]
            yield from (other["inlines"] for other in others)
        case "Container":
            yield from ([_text("| "), *item["inlines"]] for item in element["items"])


def _wordy(element: Json) -> bool:
    """Return whether an element is nothing but text runs; a line with a mention is not."""
    inner = element.get("columns") or element.get("items") or ()
    return element["type"] in WORDY and all(map(_wordy, inner))


def _text(text: str) -> Json:
    return {"type": "TextRun", "text": text}


def _as_it_is(run: Json) -> Json:
    return run


def _without_style(run: Json) -> Json:
    return _text(run["text"])


def _without_fallback(element: Json) -> Json:
    """Return a row of buttons without what clients older than Action.Execute would show in their place."""
    if element["type"] != "ActionSet":
        return element
    actions = [{key: value for key, value in action.items() if key != "fallback"} for action in element["actions"]]
    return {**element, "actions": actions}


def _clipped(card: Json) -> Json:
    runs = [run for element in card["body"] for run in element.get("inlines", ()) if not _is_date(run)]
    while runs and (over := weight(card) - HEAVIEST) > 0:
        longest = max(runs, key=lambda run: len(run["text"]))
        text = longest["text"]
        if len(text) < 4:
            break
        size = weight({"text": text}) / len(text)
        longest["text"] = text[: max(len(text) // 2, len(text) - int(over / size) - 3)] + "…"
    return card
