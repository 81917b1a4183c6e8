"""The fake's own table of Block Kit blocks, surfaces and views, written apart from the product's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.adapters.slack.fake_parts import elements
from tests.adapters.slack.fake_parts.rules import (
    Check,
    Fields,
    Found,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    one_of,
    shape,
    string,
    whole,
)

PAYLOAD_CHARACTERS = 13_000
VIEW_BYTES = 250_000
MARKDOWN_CHARACTERS = 12_000
TABLE_CHARACTERS = 20_000
MESSAGE, MODAL, HOME = "message", "modal", "home"
_BLOCK_CEILING = {MESSAGE: 50, MODAL: 100, HOME: 100}
_EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})
_SURFACES: dict[str, frozenset[str]] = {
    "markdown": frozenset({MESSAGE}),
    "context_actions": frozenset({MESSAGE}),
    "table": frozenset({MESSAGE}),
    "task_card": frozenset({MESSAGE}),
    "plan": frozenset({MESSAGE}),
    "card": frozenset({MESSAGE, HOME}),
    "carousel": frozenset({MESSAGE, HOME}),
    "alert": frozenset({MODAL}),
    "container": frozenset({MESSAGE}),
    "data_table": frozenset({MESSAGE}),
    "data_visualization": frozenset({MESSAGE}),
}
_PER_MESSAGE = {"table": 1, "data_visualization": 2}


def _block(required: Fields, optional: Fields | None = None, *also: Check) -> Check:
    return shape(required, {"block_id": elements.identifier, **(optional or {})}, *also)


def _action_ids_differ(value: object, path: str, found: Found) -> None:
    listed = value.get("elements") if isinstance(value, dict) else None
    ids = [each["action_id"] for each in listed or [] if isinstance(each, dict) and "action_id" in each]
    for twice in sorted({str(each) for each in ids if ids.count(each) > 1}):
        found.add(f"`action_id` {twice} already exists in this block", path)


def _even_rows(value: object, path: str, found: Found) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
        found.add("all rows must have the same number of cells", f"{path}/rows")


def _data_table(value: object, path: str, found: Found) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    header = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in header):
        found.add("header cells cannot be rich_text", f"{path}/rows/0")
    if len(json.dumps(rows, ensure_ascii=False)) > TABLE_CHARACTERS:
        found.add(f"must be less than {TABLE_CHARACTERS + 1} characters", f"{path}/rows")


def _children(value: object, path: str, found: Found) -> None:
    array(_nested, 1, 10)(value, path, found)


def _nested(value: object, path: str, found: Found) -> None:
    inner = value.get("type") if isinstance(value, dict) else None
    if inner in ("container", "carousel", "plan", "input", "data_visualization", "data_table"):
        found.add(f"unsupported type: {inner}", f"{path}/type")
    else:
        _any_block(value, path, found)


_RICH: Check = by_type({"rich_text": _block(elements.RICH_TEXT)})
_TASK: Fields = {"task_id": string(1, 255), "title": string(1, 3000)}
_TASK_MORE: Fields = {
    "status": one_of("pending", "in_progress", "complete", "error"),
    "details": _RICH,
    "output": _RICH,
    "sources": array(by_type({"url": shape({"url": elements.web_address, "text": string(1, 3000)})}), 1, 100),
}
_CARD = _block({}, elements.card, elements.card_has_something)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_BLOCKS: dict[str, Check] = {
    "section": _block(
        {},
        {
            "text": elements.text(3000),
            "fields": array(elements.text(2000), 1, 10),
            "accessory": by_type(elements.ACCESSORIES),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "actions": _block({"elements": array(by_type(elements.ACTION_ELEMENTS), 1, 25)}, {}, _action_ids_differ),
    "context": _block(
        {
            "elements": array(
                by_type({"image": elements.image, **dict.fromkeys(("plain_text", "mrkdwn"), elements.text(3000))}),
                1,
                10,
            )
        }
    ),
    "header": _block({"text": elements.plain(150)}),
    "divider": _block({}),
    "image": _block(
        {"alt_text": string(1, 2000)},
        {"title": elements.plain(2000), **elements.picture},
        exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": elements.plain(2000), "element": by_type(elements.INPUT_ELEMENTS)},
        {"hint": elements.plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _block(elements.RICH_TEXT),
    "video": _block(
        {
            "alt_text": string(1, 2000),
            "title": elements.plain(200),
            "thumbnail_url": elements.web_address,
            "video_url": elements.web_address,
        },
        {
            "author_name": string(1, 50),
            "description": elements.plain(200),
            "provider_icon_url": string(1, 2000),
            "provider_name": string(1, 50),
            "title_url": string(1, 2000),
        },
    ),
    "markdown": _block({"text": string(1, MARKDOWN_CHARACTERS)}),
    "context_actions": _block({"elements": array(by_type(elements.FEEDBACK), 1, 5)}, {}, _action_ids_differ),
    "table": _block(
        {"rows": array(array(elements.table_cell, 1, 20), 1, 100)},
        {"column_settings": array(_COLUMN, 1, 20)},
        _even_rows,
    ),
    "task_card": _block(_TASK, _TASK_MORE),
    "plan": _block(
        {"title": string(1, 3000)}, {"tasks": array(by_type({"task_card": _block(_TASK, _TASK_MORE)}), 1, 50)}
    ),
    "card": _CARD,
    "carousel": _block({"elements": array(by_type({"card": _CARD}), 1, 10)}),
    "alert": _block({"text": elements.text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}),
    "container": _block(
        {"child_blocks": _children},
        {
            "title": elements.plain(150),
            "rich_text_title": _RICH,
            "subtitle": elements.text(150),
            "icon": by_type({"image": elements.image}),
            "width": one_of("standard", "narrow", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    "data_table": _block(
        {"caption": string(1, 3000), "rows": array(array(elements.data_cell, 1, 20), 2, 101)},
        {"page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
        _even_rows,
        _data_table,
    ),
    "data_visualization": _block({"title": string(1, 50), "chart": elements.chart}),
}
_known_block = by_type(_BLOCKS)


def _any_block(value: object, path: str, found: Found) -> None:
    _known_block(value, path, found)
    if not isinstance(value, dict):
        return
    kind, block_id = value.get("type"), value.get("block_id")
    if isinstance(kind, str) and kind in _BLOCKS and found.surface not in _SURFACES.get(kind, _EVERYWHERE):
        found.add(f"unsupported type: {kind} is not available in a {found.surface}", f"{path}/type")
    if isinstance(kind, str):
        found.counts[kind] = found.counts.get(kind, 0) + 1
        if found.counts[kind] > _PER_MESSAGE.get(kind, found.counts[kind]):
            found.add(f"only {_PER_MESSAGE[kind]} {kind} block(s) allowed", path)
    if isinstance(block_id, str):
        if block_id in found.block_ids:
            found.add(f"`block_id` {block_id} already exists", f"{path}/block_id")
        found.block_ids.add(block_id)


def block_problems(blocks: object, surface: str, path: str = "/blocks", found: Found | None = None) -> list[str]:
    """List what Slack would refuse in these blocks on this surface, in Slack's words."""
    found = found or Found(surface)
    array(_any_block, 0, _BLOCK_CEILING[surface])(blocks, path, found)
    if isinstance(blocks, list):
        texts = [block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "markdown"]
        if sum(len(text) for text in texts if isinstance(text, str)) > MARKDOWN_CHARACTERS:
            found.add(f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters in total", path)
    return found.problems


_VIEW_OPTIONAL: Fields = {
    "private_metadata": string(0, 3000),
    "callback_id": string(0, 255),
    "external_id": string(0, 255),
}
_MODAL = shape(
    {"title": elements.plain(24), "blocks": lambda value, path, found: None},
    {
        **_VIEW_OPTIONAL,
        "submit": elements.plain(24),
        "close": elements.plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape({"blocks": lambda value, path, found: None}, _VIEW_OPTIONAL)


def view_problems(view: object, surfaces: tuple[str, ...] = (MODAL, HOME)) -> list[str]:
    """List what Slack would refuse in this view, in Slack's words."""
    kind = view.get("type") if isinstance(view, dict) else None
    if not isinstance(view, dict) or kind not in surfaces:
        return [f"[ERROR] must be a view of type {' or '.join(surfaces)} [json-pointer:/view/type]"]
    found = Found(str(kind))
    by_type({MODAL: _MODAL, HOME: _HOME})(view, "/view", found)
    block_problems(view.get("blocks"), str(kind), "/view/blocks", found)
    has_input = any(block.get("type") == "input" for block in blocks_of(view))
    if kind == MODAL and has_input and "submit" not in view:
        found.add("missing required field: submit (the view has input blocks)", "/view")
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        found.add(f"must be less than {VIEW_BYTES + 1} bytes", "/view")
    return found.problems


def payload_is_too_long(blocks: object) -> bool:
    """Tell whether message blocks pass the size Slack takes in practice."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > PAYLOAD_CHARACTERS


def blocks_of(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """List the well-formed blocks of a message or view."""
    return [block for block in holder.get("blocks") or [] if isinstance(block, dict)]


def elements_of(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Walk the interactive elements as (block, element), those inside containers and cards too."""
    for block in blocks:
        inner = block.get("child_blocks") or (block.get("elements") if block["type"] == "carousel" else None)
        if inner:
            yield from elements_of(inner)
            continue
        held = [*(block.get("elements") or []), *(block.get("actions") or [])]
        held += [block[name] for name in ("accessory", "element") if name in block]
        if block["type"] not in ("rich_text", "context"):
            yield from ((block, each) for each in held if each.get("type") != "image")
