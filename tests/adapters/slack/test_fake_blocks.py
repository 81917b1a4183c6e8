"""The fake's Block Kit table against two tables written by others: slack_sdk.models and slackblocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks import _limits, _surfaces

from tests.adapters.slack.fake_parts.blocks import (
    HOME,
    MESSAGE,
    MODAL,
    block_problems,
    payload_is_too_long,
    view_problems,
)

Json = dict[str, Any]
Build = Callable[[int], Json]


def plain(n: int) -> Json:
    return {"type": "plain_text", "text": "x" * n}


def option(n: int = 1, value: int | str = "v", **more: object) -> Json:
    return {"text": plain(n), "value": value if isinstance(value, str) else "v" * value, **more}


def options(n: int) -> list[Json]:
    return [option(1, str(number)) for number in range(n)]


def act(**element: object) -> Json:
    return {"type": "actions", "elements": [{"action_id": "a", **element}]}


def ask(**element: object) -> Json:
    return {"type": "input", "label": plain(1), "element": {"action_id": "a", **element}}


def button(**more: object) -> Json:
    return act(**{"type": "button", "text": plain(1), **more})


def asked(**parts: int) -> Json:
    words = {"title": 1, "text": 1, "confirm": 1, "deny": 1} | parts
    return button(confirm={name: plain(n) for name, n in words.items()})


def section(n: int) -> Json:
    return {"type": "section", "text": plain(n)}


def select(**more: object) -> Json:
    return act(**{"type": "static_select", "placeholder": plain(1), **more})


def image(**more: object) -> Json:
    return {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a", **more}


def card(**more: object) -> Json:
    return {"type": "card", "title": plain(1), **more}


def chart(**more: object) -> Json:
    pie = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
    return {"type": "data_visualization", "title": "t", "chart": pie, **more}


def bars(n: int, label: int = 1, axis: int = 1) -> Json:
    labels = [f"{number:02}" + "x" * (label - 2) for number in range(n)]
    data = [{"label": each, "value": 1} for each in labels]
    config = {"categories": labels, "x_label": "x" * axis}
    return chart(chart={"type": "bar", "series": [{"name": "s", "data": data}], "axis_config": config})


def table(rows: int, columns: int = 1) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def data_table(rows: int, page: int = 5) -> Json:
    return {
        "type": "data_table",
        "caption": "c",
        "page_size": page,
        "rows": [[{"type": "raw_text", "text": "x"}]] * rows,
    }


AT_MOST: dict[str, Build] = {
    "TEXT_MAX_LENGTH": section,
    "SECTION_TEXT_MAX_LENGTH": section,
    "SECTION_FIELDS_MAX_ITEMS": lambda n: {"type": "section", "fields": [plain(1)] * n},
    "SECTION_FIELDS_ITEM_MAX_LENGTH": lambda n: {"type": "section", "fields": [plain(n)]},
    "BLOCK_ID_MAX_LENGTH": lambda n: {"type": "divider", "block_id": "x" * n},
    "ACTION_ID_MAX_LENGTH": lambda n: button(action_id="x" * n),
    "BUTTON_TEXT_MAX_LENGTH": lambda n: button(text=plain(n)),
    "BUTTON_URL_MAX_LENGTH": lambda n: button(url="https://x.example/".ljust(n, "x")),
    "BUTTON_VALUE_MAX_LENGTH": lambda n: button(value="x" * n),
    "BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda n: button(accessibility_label="x" * n),
    "CONFIRMATION_TITLE_MAX_LENGTH": lambda n: asked(title=n),
    "CONFIRMATION_TEXT_MAX_LENGTH": lambda n: asked(text=n),
    "CONFIRMATION_CONFIRM_MAX_LENGTH": lambda n: asked(confirm=n),
    "CONFIRMATION_DENY_MAX_LENGTH": lambda n: asked(deny=n),
    "OPTION_TEXT_MAX_LENGTH": lambda n: select(options=[option(n)]),
    "OPTION_VALUE_MAX_LENGTH": lambda n: select(options=[option(1, n)]),
    "OPTION_DESCRIPTION_MAX_LENGTH": lambda n: select(options=[option(description=plain(n))]),
    "OPTION_GROUP_LABEL_MAX_LENGTH": lambda n: select(option_groups=[{"label": plain(n), "options": options(1)}]),
    "SELECT_PLACEHOLDER_MAX_LENGTH": lambda n: select(options=options(1), placeholder=plain(n)),
    "SELECT_OPTIONS_MAX_ITEMS": lambda n: select(options=options(n)),
    "OVERFLOW_OPTIONS_MAX_ITEMS": lambda n: act(type="overflow", options=options(n)),
    "CHECKBOXES_OPTIONS_MAX_ITEMS": lambda n: act(type="checkboxes", options=options(n)),
    "RADIO_BUTTONS_OPTIONS_MAX_ITEMS": lambda n: act(type="radio_buttons", options=options(n)),
    "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX": lambda n: ask(type="plain_text_input", max_length=n),
    "PLAIN_TEXT_INPUT_MIN_LENGTH_MAX": lambda n: ask(type="plain_text_input", min_length=n),
    "PLAIN_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH": lambda n: ask(type="plain_text_input", placeholder=plain(n)),
    "EMAIL_INPUT_PLACEHOLDER_MAX_LENGTH": lambda n: ask(type="email_text_input", placeholder=plain(n)),
    "NUMBER_INPUT_PLACEHOLDER_MAX_LENGTH": lambda n: ask(
        type="number_input", is_decimal_allowed=True, placeholder=plain(n)
    ),
    "DATE_PICKER_PLACEHOLDER_MAX_LENGTH": lambda n: ask(type="datepicker", placeholder=plain(n)),
    "ACTIONS_ELEMENTS_MAX_ITEMS": lambda n: {
        "type": "actions",
        "elements": [{"type": "button", "text": plain(1), "action_id": str(number)} for number in range(n)],
    },
    "CONTEXT_ELEMENTS_MAX_ITEMS": lambda n: {"type": "context", "elements": [plain(1)] * n},
    "HEADER_TEXT_MAX_LENGTH": lambda n: {"type": "header", "text": plain(n)},
    "IMAGE_IMAGE_URL_MAX_LENGTH": lambda n: image(image_url="https://x.example/".ljust(n, "x")),
    "IMAGE_ALT_TEXT_MAX_LENGTH": lambda n: image(alt_text="x" * n),
    "IMAGE_TITLE_MAX_LENGTH": lambda n: image(title=plain(n)),
    "INPUT_LABEL_MAX_LENGTH": lambda n: ask(type="plain_text_input") | {"label": plain(n)},
    "INPUT_HINT_MAX_LENGTH": lambda n: ask(type="plain_text_input") | {"hint": plain(n)},
    "MARKDOWN_TEXT_MAX_LENGTH": lambda n: {"type": "markdown", "text": "x" * n},
    "CARD_TITLE_MAX_LENGTH": lambda n: card(title=plain(n)),
    "CARD_BODY_MAX_LENGTH": lambda n: card(body=plain(n)),
    "CARD_ACTIONS_MAX_ITEMS": lambda n: card(
        actions=[{"type": "button", "text": plain(1), "action_id": str(number)} for number in range(n)]
    ),
    "CAROUSEL_ELEMENTS_MAX_ITEMS": lambda n: {"type": "carousel", "elements": [card()] * n},
    "CONTAINER_CHILD_BLOCKS_MAX_ITEMS": lambda n: {
        "type": "container",
        "title": plain(1),
        "child_blocks": [section(1)] * n,
    },
    "CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS": lambda n: {
        "type": "context_actions",
        "elements": [
            {"type": "icon_button", "icon": "trash", "text": plain(1), "action_id": str(number)} for number in range(n)
        ],
    },
    "TABLE_ROWS_MAX_ITEMS": table,
    "TABLE_COLUMNS_MAX_ITEMS": lambda n: table(1, n),
    "DATA_TABLE_PAGE_SIZE_MAX": lambda n: data_table(2, n),
    "DATA_VISUALIZATION_TITLE_MAX_LENGTH": lambda n: chart(title="x" * n),
    "DATA_VISUALIZATION_SEGMENT_LABEL_MAX_LENGTH": lambda n: chart(
        chart={"type": "pie", "segments": [{"label": "x" * n, "value": 1}]}
    ),
    "DATA_VISUALIZATION_DATA_MAX_ITEMS": lambda n: bars(n, 2),
    "DATA_VISUALIZATION_POINT_LABEL_MAX_LENGTH": lambda n: bars(1, n),
    "DATA_VISUALIZATION_AXIS_LABEL_MAX_LENGTH": lambda n: bars(1, 2, n),
}
VIEW_AT_MOST: dict[str, Build] = {
    "VIEW_TITLE_MAX_LENGTH": lambda n: {"title": plain(n)},
    "VIEW_SUBMIT_MAX_LENGTH": lambda n: {"submit": plain(n)},
    "VIEW_CLOSE_MAX_LENGTH": lambda n: {"close": plain(n)},
    "VIEW_PRIVATE_METADATA_MAX_LENGTH": lambda n: {"private_metadata": "x" * n},
    "VIEW_CALLBACK_ID_MAX_LENGTH": lambda n: {"callback_id": "x" * n},
    "VIEW_BLOCKS_MAX_ITEMS": lambda n: {"blocks": [{"type": "divider"}] * n},
}


def sdk_refuses(block: Json) -> bool:
    """Ask slack_sdk.models, which knows some of the limits, about a block and everything in it."""
    parsed = Block.parse(block)
    return parsed is not None and _refused(parsed)


def _refused(node: object) -> bool:
    if isinstance(node, list | tuple):
        return any(_refused(each) for each in node)
    if not isinstance(node, JsonObject):
        return False
    try:
        node.validate_json()
    except SlackObjectFormationError:
        return True
    return any(_refused(value) for value in vars(node).values())


def modal(**parts: object) -> Json:
    return {"type": "modal", "title": plain(1), "blocks": [section(1)], **parts}


@pytest.mark.parametrize("limit", AT_MOST)
def test_a_block_limit_is_where_slackblocks_has_it(limit: str) -> None:
    ceiling = getattr(_limits, limit)
    assert block_problems([AT_MOST[limit](ceiling)], MESSAGE) == []
    assert block_problems([AT_MOST[limit](ceiling + 1)], MESSAGE) != []


@pytest.mark.parametrize("limit", VIEW_AT_MOST)
def test_a_view_limit_is_where_slackblocks_has_it(limit: str) -> None:
    ceiling = getattr(_limits, limit)
    assert view_problems(modal(**VIEW_AT_MOST[limit](ceiling))) == []
    assert view_problems(modal(**VIEW_AT_MOST[limit](ceiling + 1))) != []


@pytest.mark.parametrize("limit", AT_MOST)
def test_what_the_fake_takes_the_sdk_takes_too(limit: str) -> None:
    assert not sdk_refuses(AT_MOST[limit](getattr(_limits, limit)))


def test_the_sdk_and_the_fake_refuse_the_same_things() -> None:
    over = {name: build(getattr(_limits, name) + 1) for name, build in AT_MOST.items()}
    both = [name for name, block in over.items() if sdk_refuses(block)]
    assert len(both) > 20
    assert all(block_problems([over[name]], MESSAGE) for name in both)


@pytest.mark.parametrize("limit", VIEW_AT_MOST)
def test_the_sdk_takes_the_same_views(limit: str) -> None:
    ceiling = getattr(_limits, limit)
    assert not _refused(View(**modal(**VIEW_AT_MOST[limit](ceiling))))


SAMPLES: dict[str, Json] = {
    "section": section(1),
    "actions": button(),
    "context": {"type": "context", "elements": [plain(1)]},
    "header": {"type": "header", "text": plain(1)},
    "divider": {"type": "divider"},
    "image": image(),
    "input": ask(type="plain_text_input"),
    "rich_text": {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]}
        ],
    },
    "markdown": {"type": "markdown", "text": "x"},
    "table": table(1),
    "data_table": data_table(2),
    "data_visualization": chart(),
    "card": card(),
    "carousel": {"type": "carousel", "elements": [card()]},
    "alert": {"type": "alert", "text": plain(1), "level": "info"},
    "container": {"type": "container", "child_blocks": [section(1)]},
    "task_card": {"type": "task_card", "task_id": "t", "title": "t", "status": "complete"},
    "plan": {"type": "plan", "title": "p", "tasks": [{"type": "task_card", "task_id": "t", "title": "t"}]},
}
STRICTER = {(MODAL, "card"), (HOME, "container"), (HOME, "data_table"), (HOME, "data_visualization"), (HOME, "table")}


@pytest.mark.parametrize("surface", [MESSAGE, MODAL, HOME])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_block_is_at_home_where_slackblocks_has_it(kind: str, surface: str) -> None:
    theirs = _surfaces._BLOCK_TYPES_BY_SURFACE[surface]  # type: ignore[index]  # the three surfaces are literals there
    taken = block_problems([SAMPLES[kind]], surface) == []
    assert taken == (kind in theirs and (surface, kind) not in STRICTER)


REFUSED: dict[str, tuple[str, list[Json], str]] = {
    "an unknown block": (MESSAGE, [{"type": "sparkle"}], "unsupported type: sparkle [json-pointer:/blocks/0/type]"),
    "an unknown key": (MESSAGE, [section(1) | {"colour": "red"}], "invalid additional property: colour"),
    "a section of nothing": (MESSAGE, [{"type": "section"}], "must provide one of: text, fields"),
    "an empty text": (MESSAGE, [section(0)], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "a mrkdwn header": (MESSAGE, [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type"),
    "two blocks of one id": (MESSAGE, [section(1) | {"block_id": "b"}] * 2, "`block_id` b already exists"),
    "two buttons of one action": (
        MESSAGE,
        [{"type": "actions", "elements": button()["elements"] * 2}],
        "`action_id` a already exists",
    ),
    "two tables": (MESSAGE, [table(1), table(1)], "only 1 table"),
    "three charts": (MESSAGE, [chart()] * 3, "only 2 data_visualization"),
    "51 blocks": (MESSAGE, [{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "markdown above the sum": (MESSAGE, [{"type": "markdown", "text": "x" * 7000}] * 2, "markdown blocks"),
    "no options at all": (MESSAGE, [select()], "exactly one of: options, option_groups"),
    "an initial option from elsewhere": (
        MESSAGE,
        [select(options=options(2), initial_option=option(1, "9"))],
        "initial",
    ),
    "a style unknown": (MESSAGE, [button(style="warning")], "must be one of: primary, danger"),
    "a text input among actions": (MESSAGE, [act(type="plain_text_input")], "unsupported type"),
    "a number without its kind": (MODAL, [ask(type="number_input")], "missing required field: is_decimal_allowed"),
    "a number range upside down": (
        MODAL,
        [ask(type="number_input", is_decimal_allowed=True, min_value="5", max_value="1")],
        "must be in order",
    ),
    "two fields in focus": (
        MODAL,
        [ask(type="plain_text_input", focus_on_load=True), ask(type="datepicker", focus_on_load=True)],
        "only one element can have focus_on_load",
    ),
    "a wrong day": (MODAL, [ask(type="datepicker", initial_date="24.11.2026")], "YYYY-MM-DD"),
    "a pie of nothing": (
        MESSAGE,
        [chart(chart={"type": "pie", "segments": [{"label": "a", "value": 0}]})],
        "greater than 0",
    ),
    "seven segments, which the first docs refuse": (
        MESSAGE,
        [chart(chart={"type": "pie", "segments": [{"label": str(n), "value": 1} for n in range(7)]})],
        "no more than 6 items",
    ),
    "a data table of 102 rows, which the first docs refuse": (MESSAGE, [data_table(102)], "no more than 101 items"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_in_slacks_words(case: str) -> None:
    surface, blocks, words = REFUSED[case]
    problems = block_problems(blocks, surface)
    assert any(words in problem for problem in problems), problems
    assert all(problem.startswith("[ERROR] ") for problem in problems)


def test_a_modal_with_a_field_needs_a_submit_button() -> None:
    assert "submit" in view_problems(modal(blocks=[ask(type="plain_text_input")]))[0]
    assert view_problems(modal(blocks=[ask(type="plain_text_input")], submit=plain(1))) == []


def test_a_home_has_no_title() -> None:
    assert view_problems({"type": "home", "title": plain(1), "blocks": []}) != []


def test_a_modal_without_a_title_is_refused() -> None:
    assert "missing required field: title" in view_problems({"type": "modal", "blocks": []})[0]


def test_thirteen_thousand_characters_are_the_end() -> None:
    assert not payload_is_too_long([section(3000)] * 4)
    assert payload_is_too_long([section(3000)] * 5)
