"""The fake's table of Block Kit composition objects, interactive elements and rich text."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from tests.adapters.slack.fake_parts.rules import (
    Check,
    Fields,
    Found,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    focus,
    matching,
    number,
    one_of,
    shape,
    string,
    whole,
)

identifier = string(1, 255)
web_address = string(1, 3000)
day = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "must be a date in the format YYYY-MM-DD")
hour = matching(r"([01]\d|2[0-3]):[0-5]\d", "must be a time in the format HH:mm")
user_id = matching(r"[UW][A-Z0-9]{8,}", "must be a valid user ID")
channel_id = matching(r"[CGD][A-Z0-9]{8,}", "must be a valid channel ID")
conversation_id = matching(r"[CGDUW][A-Z0-9]{8,}", "must be a valid conversation ID")


def plain(high: int) -> Check:
    """Build the check of a plain_text object."""
    return by_type({"plain_text": shape({"text": string(1, high)}, {"emoji": boolean})})


def text(high: int) -> Check:
    """Build the check of a plain_text or mrkdwn object."""
    return by_type(
        {
            "plain_text": shape({"text": string(1, high)}, {"emoji": boolean}),
            "mrkdwn": shape({"text": string(1, high)}, {"verbatim": boolean}),
        }
    )


confirm = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_slack_file = shape({}, {"id": string(1, 255), "url": web_address}, exactly_one("id", "url"))
picture: Fields = {"image_url": web_address, "slack_file": _slack_file}
image = shape({"alt_text": string(1, 2000)}, picture, exactly_one("image_url", "slack_file"))
_dispatch = shape({"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})

_option = shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75)})
_rich_option = shape({"text": text(75), "value": string(1, 150)}, {"description": text(75)})
_overflow_option = shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75), "url": web_address})
_group = shape({"label": plain(75), "options": array(_option, 1, 100)})
option_answer = shape(
    {},
    {"options": array(_option, 0, 100), "option_groups": array(_group, 0, 100)},
    exactly_one("options", "option_groups"),
)


def all_options(element: dict[str, Any]) -> list[Any]:
    """List the options of a menu, those in groups too."""
    groups = element.get("option_groups") or []
    grouped = [option for group in groups if isinstance(group, dict) for option in group.get("options") or []]
    return [*(element.get("options") or []), *grouped]


def _initial_is_an_option(value: object, path: str, found: Found) -> None:
    if not isinstance(value, dict):
        return
    options = all_options(value)
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options") or []
    if any(option not in options for option in chosen):
        found.add("initial option must exactly match one of the options", path)


def _values_differ(value: object, path: str, found: Found) -> None:
    options = all_options(value) if isinstance(value, dict) else []
    values = [option.get("value") for option in options if isinstance(option, dict)]
    if len(values) != len(set(values)):
        found.add("option values must be unique", path)


def _range_fits(value: object, path: str, found: Found) -> None:
    if not isinstance(value, dict):
        return
    try:
        low, start, high = (
            Decimal(value[n]) if n in value else None for n in ("min_value", "initial_value", "max_value")
        )
    except (InvalidOperation, TypeError):
        found.add("min_value, max_value and initial_value must be numbers in strings", path)
        return
    present = [each for each in (low, start, high) if each is not None]
    if present != sorted(present):
        found.add("min_value, initial_value and max_value must be in order", path)
    if value.get("is_decimal_allowed") is False and any(each != each.to_integral_value() for each in present):
        found.add("must be an integer because is_decimal_allowed is false", path)


def _lengths_fit(value: object, path: str, found: Found) -> None:
    if not isinstance(value, dict):
        return
    low, high, start = value.get("min_length", 0), value.get("max_length", 3000), value.get("initial_value", "")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        found.add("min_length must not be greater than max_length", path)
    if isinstance(high, int) and isinstance(start, str) and len(start) > high:
        found.add(f"initial_value must be less than {high + 1} characters", path)


def interactive(required: Fields, optional: Fields, *also: Check) -> Check:
    """Build the check of an element that has an `action_id`."""
    return shape(required, {"action_id": identifier, **optional}, *also)


_menu: Fields = {"placeholder": plain(150), "confirm": confirm, "focus_on_load": focus}
_listed: Fields = {"options": array(_option, 1, 100), "option_groups": array(_group, 1, 100)}
_several: Fields = {"max_selected_items": whole(1)}
_filter = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_conversations: Fields = {"filter": _filter, "default_to_current_conversation": boolean}
_typed: Fields = {"placeholder": plain(150), "focus_on_load": focus, "dispatch_action_config": _dispatch}
_choices: Fields = {"confirm": confirm, "focus_on_load": focus}
_styles = one_of("primary", "danger")
_list_rules = (exactly_one("options", "option_groups"), _initial_is_an_option, _values_differ)

BUTTON = interactive(
    {"text": plain(75)},
    {
        "value": string(1, 2000),
        "url": web_address,
        "style": _styles,
        "confirm": confirm,
        "accessibility_label": string(1, 75),
    },
)
SINGLE_MENUS: dict[str, Check] = {
    "static_select": interactive({}, {**_menu, **_listed, "initial_option": _option}, *_list_rules),
    "external_select": interactive({}, {**_menu, "initial_option": _option, "min_query_length": whole(0)}),
    "users_select": interactive({}, {**_menu, "initial_user": user_id}),
    "channels_select": interactive({}, {**_menu, "initial_channel": channel_id, "response_url_enabled": boolean}),
    "conversations_select": interactive(
        {}, {**_menu, **_conversations, "initial_conversation": conversation_id, "response_url_enabled": boolean}
    ),
}
MULTI_MENUS: dict[str, Check] = {
    "multi_static_select": interactive(
        {}, {**_menu, **_listed, **_several, "initial_options": array(_option, 1, 100)}, *_list_rules
    ),
    "multi_external_select": interactive(
        {}, {**_menu, **_several, "initial_options": array(_option, 1, 100), "min_query_length": whole(0)}
    ),
    "multi_users_select": interactive({}, {**_menu, **_several, "initial_users": array(user_id, 0, 100)}),
    "multi_channels_select": interactive({}, {**_menu, **_several, "initial_channels": array(channel_id, 0, 100)}),
    "multi_conversations_select": interactive(
        {}, {**_menu, **_several, **_conversations, "initial_conversations": array(conversation_id, 0, 100)}
    ),
}
CHOICES: dict[str, Check] = {
    "radio_buttons": interactive(
        {"options": array(_rich_option, 1, 10)},
        {**_choices, "initial_option": _rich_option},
        _initial_is_an_option,
        _values_differ,
    ),
    "checkboxes": interactive(
        {"options": array(_rich_option, 1, 10)},
        {**_choices, "initial_options": array(_rich_option, 1, 10)},
        _initial_is_an_option,
        _values_differ,
    ),
}
PICKERS: dict[str, Check] = {
    "datepicker": interactive({}, {**_menu, "initial_date": day}),
    "timepicker": interactive({}, {**_menu, "initial_time": hour, "timezone": string(1, 100)}),
}
DATETIME: dict[str, Check] = {
    "datetimepicker": interactive({}, {**_choices, "initial_date_time": whole(1_000_000_000, 9_999_999_999)})
}
_workflow = shape({"trigger": shape({"url": web_address}, {"customizable_input_parameters": array(anything, 0, 100)})})
BUTTONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": interactive({"options": array(_overflow_option, 1, 5)}, {"confirm": confirm}, _values_differ),
    "workflow_button": shape(
        {"text": plain(75), "workflow": _workflow, "action_id": identifier},
        {"style": _styles, "accessibility_label": string(1, 75)},
    ),
}
RICH_INPUT: dict[str, Check] = {
    "rich_text_input": interactive(
        {}, {**_typed, "initial_value": anything, "min_lines": whole(1, 100), "max_lines": whole(1, 100)}
    )
}
TYPED: dict[str, Check] = {
    "plain_text_input": interactive(
        {},
        {
            **_typed,
            "initial_value": string(0, 3000),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _lengths_fit,
    ),
    "number_input": interactive(
        {"is_decimal_allowed": boolean},
        {**_typed, "initial_value": string(1, 100), "min_value": string(1, 100), "max_value": string(1, 100)},
        _range_fits,
    ),
    "email_text_input": interactive({}, {**_typed, "initial_value": string(0, 3000)}),
    "url_text_input": interactive({}, {**_typed, "initial_value": string(0, 3000)}),
    "file_input": interactive({}, {"filetypes": array(string(1, 50), 1, 100), "max_files": whole(1, 10)}),
    **RICH_INPUT,
}
_feedback = shape({"text": plain(75), "value": string(1, 2000)}, {"accessibility_label": string(1, 75)})
FEEDBACK: dict[str, Check] = {
    "feedback_buttons": interactive({"positive_button": _feedback, "negative_button": _feedback}, {}),
    "icon_button": interactive(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "value": string(1, 2000),
            "confirm": confirm,
            "accessibility_label": string(1, 75),
            "visible_to_user_ids": array(user_id, 1, 10),
        },
    ),
}

_style = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), boolean))
_styled: Fields = {"style": _style}
_rich_leaf = by_type(
    {
        "text": shape({"text": string(1, 40_000)}, _styled),
        "link": shape({"url": web_address}, {**_styled, "text": string(1, 40_000), "unsafe": boolean}),
        "user": shape({"user_id": user_id}, _styled),
        "usergroup": shape({"usergroup_id": string(1, 255)}, _styled),
        "channel": shape({"channel_id": channel_id}, _styled),
        "emoji": shape({"name": string(1, 255)}, {**_styled, "unicode": string(1, 255), "skin_tone": whole(1, 6)}),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _styled),
        "date": shape(
            {"timestamp": whole(0), "format": string(1, 255)},
            {**_styled, "url": web_address, "fallback": string(1, 255)},
        ),
        "color": shape({"value": string(1, 20)}, _styled),
        "team": shape({"team_id": string(1, 255)}, _styled),
    }
)
_leaves = array(_rich_leaf, 0, 1000)
_section = shape({"elements": _leaves})
_rich: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_preformatted": shape({"elements": _leaves}, {"border": whole(0, 1), "language": string(1, 50)}),
    "rich_text_quote": shape({"elements": _leaves}, {"border": whole(0, 1)}),
    "rich_text_list": shape(
        {"elements": array(by_type({"rich_text_section": _section}), 1, 1000), "style": one_of("bullet", "ordered")},
        {"indent": whole(0, 8), "offset": whole(0), "border": whole(0, 1)},
    ),
}
RICH_TEXT: Fields = {"elements": array(by_type(_rich), 1, 1000)}

_raw_text = shape({"text": string(1, 20_000)})
_raw_number = shape({"value": number()}, {"text": string(1, 20_000)})
_rich_cell = shape(RICH_TEXT, {"block_id": identifier})
table_cell = by_type({"raw_text": _raw_text, "rich_text": _rich_cell})
data_cell = by_type({"raw_text": _raw_text, "raw_number": _raw_number, "rich_text": _rich_cell})

ACTION_ELEMENTS = {**BUTTONS, **SINGLE_MENUS, **MULTI_MENUS, **CHOICES, **PICKERS, **DATETIME, **RICH_INPUT}
ACCESSORIES = {**BUTTONS, **SINGLE_MENUS, **MULTI_MENUS, **CHOICES, **PICKERS, "image": image}
INPUT_ELEMENTS = {**TYPED, **SINGLE_MENUS, **MULTI_MENUS, **CHOICES, **PICKERS, **DATETIME}

_label = string(1, 20)
_points = array(shape({"label": _label, "value": number()}), 1, 20)


def _series_match_axis(value: object, path: str, found: Found) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("axis_config"), dict):
        return
    categories = value["axis_config"].get("categories")
    names = [series.get("name") for series in value.get("series") or [] if isinstance(series, dict)]
    if len(names) != len(set(names)):
        found.add("series names must be unique", path)
    for series in value.get("series") or []:
        data = series.get("data") if isinstance(series, dict) else None
        if [point.get("label") for point in data or [] if isinstance(point, dict)] != categories:
            found.add("series labels must match axis_config.categories", path)


_axis = shape({"categories": array(_label, 1, 20)}, {"x_label": string(1, 50), "y_label": string(1, 50)})
_plotted = shape(
    {"series": array(shape({"name": _label, "data": _points}), 1, 6), "axis_config": _axis}, {}, _series_match_axis
)
chart = by_type(
    {
        "pie": shape({"segments": array(shape({"label": _label, "value": number(above=0)}), 1, 6)}),
        "bar": _plotted,
        "area": _plotted,
        "line": _plotted,
    }
)
card: Fields = {
    "hero_image": by_type({"image": image}),
    "icon": by_type({"image": image}),
    "slack_icon": by_type({"icon": shape({"name": string(1, 100)})}),
    "title": text(150),
    "subtitle": text(150),
    "body": text(200),
    "subtext": text(200),
    "actions": array(by_type({"button": BUTTON}), 1, 3),
}
card_has_something = at_least_one("hero_image", "title", "actions", "body")
