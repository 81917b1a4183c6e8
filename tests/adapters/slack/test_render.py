"""Everything rendered is taken by three independent tables of limits, and people's words are shown as typed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models import JsonObject
from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View
from slackblocks import _limits as limits
from slackblocks._surfaces import _BLOCK_TYPES_BY_SURFACE as SURFACES

from adapters.slack import render
from adapters.slack.sizes import HEAVIEST, weight
from bot.messages.forms import LONGEST_OPTION, Form, FormName, InitiativeField, PersonField, TextField
from bot.messages.model import (
    Bold,
    Bullets,
    Code,
    Facts,
    Link,
    Mention,
    Message,
    Note,
    Paragraph,
    Plain,
    Quote,
    When,
)
from bot.ports import Match
from tests.adapters.slack.fake_parts.blocks import MESSAGE, block_problems, view_problems
from tests.adapters.slack.harness import notified
from tests.contracts.examples import CHECK_IN, forms, messages

SINCE_LONG = {"header", "rich_text", "context", "divider", "actions", "input", "section"}
NASTY = st.sampled_from(
    [
        "<!channel>",
        "<@U0000SARAH>",
        "<!here|x>",
        "*bold*",
        "_it_",
        "~s~",
        "`c`",
        "&amp;",
        "<https://x.example|y>",
        ":tada:",
        "\u202eabc",
        "🧭👩‍💻",
        "https://x.example",
        "> quote",
        "• ",
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


def words(payload: object) -> str:
    """Return the characters of all text, as Slack shows text it does not interpret."""
    return "".join(node["text"] for node in nodes(payload) if isinstance(node.get("text"), str))


@pytest.mark.parametrize("name", list(messages()))
def test_every_message_is_within_every_table(name: str) -> None:
    payload = render.message(messages()[name])
    blocks = payload["blocks"]
    assert block_problems(blocks, MESSAGE) == []
    assert weight(blocks) <= HEAVIEST
    assert {block["type"] for block in blocks} <= SINCE_LONG & SURFACES["message"]
    for block in blocks:
        parsed = SlackBlock.parse(block)
        assert parsed is not None
        validate(parsed)
    within_limits(blocks)
    assert 0 < len(payload["text"]) <= 4000


@pytest.mark.parametrize("name", list(forms()))
def test_every_form_is_within_every_table(name: str) -> None:
    view = render.form(forms()[name])
    assert view_problems(view) == []
    assert {block["type"] for block in view["blocks"]} <= SINCE_LONG & SURFACES["modal"]
    View(**view).validate_json()
    within_limits(view["blocks"])


def validate(node: JsonObject) -> None:
    """Let the SDK's model and every model inside it check itself."""
    node.validate_json()
    for value in vars(node).values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, JsonObject):
                validate(each)


def within_limits(blocks: list[dict[str, Any]]) -> None:
    """Compare lengths with the limits that slackblocks keeps."""
    most = {"button": limits.BUTTON_TEXT_MAX_LENGTH, "option": limits.OPTION_TEXT_MAX_LENGTH}
    for node in nodes(blocks):
        if node.get("type") == "button":
            assert len(node["text"]["text"]) <= most["button"]
            assert len(node.get("value", "")) <= limits.BUTTON_VALUE_MAX_LENGTH
        if node.get("type") == "actions":
            assert len(node["elements"]) <= limits.ACTIONS_ELEMENTS_MAX_ITEMS
        for option in node.get("options", ()):
            assert len(option["text"]["text"]) <= most["option"]
            assert len(option["value"]) <= limits.OPTION_VALUE_MAX_LENGTH
        assert len(node.get("block_id", "")) <= limits.BLOCK_ID_MAX_LENGTH
        assert len(node.get("action_id", "")) <= limits.ACTION_ID_MAX_LENGTH


@given(TYPED)
def test_peoples_words_never_ping_and_are_shown_as_typed(typed: str) -> None:
    content = Message(
        title=typed[:20],
        blocks=(
            Paragraph((Plain(typed), Bold(typed))),
            Quote(typed),
            Facts(((typed[:50], (Plain(typed),)),)),
            Bullets(((Plain(typed),), (Code(typed),))),
            Note((Plain(typed),)),
            Note((Plain(typed), Mention("nobody", typed))),
        ),
        fallback=typed if typed.strip() else "x",
    )
    payload = render.message(content)
    assert list(notified(payload["blocks"])) == []
    assert not [node for node in nodes(payload["blocks"]) if node.get("type") == "mrkdwn"]
    shown = [node["text"] for node in nodes(payload["blocks"]) if isinstance(node.get("text"), str)]
    assert sum(typed in text for text in shown) >= 8
    assert "<" not in payload["text"]
    assert ">" not in payload["text"]
    assert block_problems(payload["blocks"], MESSAGE) == []


@given(st.lists(TYPED, min_size=1, max_size=40))
def test_whatever_is_said_fits_and_only_looks_are_given_up(lines: list[str]) -> None:
    bullets = Bullets(tuple((Bold(line[:8]), Plain(line[:4])) for line in lines))
    blocks = render.message(Message(title="T", blocks=(bullets, bullets, bullets), fallback="F."))["blocks"]
    assert weight(blocks) <= HEAVIEST
    assert block_problems(blocks, MESSAGE) == []
    assert all(line[:8] in words(blocks) for line in lines)


@given(st.text(max_size=200), st.text(max_size=60))
def test_what_is_typed_in_a_form_is_shown_as_typed(typed: str, label: str) -> None:
    fields = (TextField(name="a", label=label or "L", initial=typed, longest=3000),)
    view = render.form(Form(name=FormName.CHECKIN, title="T", fields=fields, intro=(Plain(typed),)))
    assert view_problems(view) == []
    assert view["blocks"][-1]["element"].get("initial_value", "") == typed
    assert not [node for node in nodes(view) if node.get("type") == "mrkdwn"]


def test_a_long_list_keeps_every_line_when_it_gives_up_its_looks() -> None:
    lines = tuple((Bold(f"n{n:03}"), Plain(" is on its way")) for n in range(120))
    blocks = render.message(Message(title="T", blocks=(Bullets(lines), Bullets(lines)), fallback="F."))["blocks"]
    assert all(words(blocks).count(f"n{n:03} is on its way") == 2 for n in range(120))


def test_a_moment_is_shown_in_the_readers_own_zone() -> None:
    at = datetime(2026, 11, 26, 22, tzinfo=UTC)
    content = Message(title="", blocks=(Note((Plain("Due "), When(at, "26 Nov 2026 17:00"))),), fallback="F.")
    date = render.message(content)["blocks"][0]["elements"][0]["elements"][1]
    assert (date["type"], date["timestamp"], date["fallback"]) == ("date", 1795730400, "26 Nov 2026 17:00")


def test_a_mention_notifies_only_a_well_formed_account() -> None:
    content = Message(title="", blocks=(Paragraph((Mention("p1", "Sarah"),)),), fallback="F.")
    assert list(notified(render.message(content, {"p1": "U0000SARAH"})["blocks"])) == ["U0000SARAH"]
    assert words(render.message(content, {"p1": "sarah"})["blocks"]) == "Sarah"


def test_a_link_of_ours_is_a_link() -> None:
    content = Message(title="", blocks=(Paragraph((Link("Docs", "https://x.example/"),)),), fallback="F.")
    assert {"type": "link", "url": "https://x.example/", "text": "Docs"} in list(
        nodes(render.message(content)["blocks"])
    )


def test_block_ids_stay_while_the_questions_do() -> None:
    def ids(form: Form) -> list[str]:
        return [block["block_id"] for block in render.form(form)["blocks"] if block["type"] == "input"]

    first = Form(name=FormName.CHECKIN, title="T", state="1", fields=(TextField(name="a", label="A"),))
    typed = Form(name=FormName.CHECKIN, title="T", state="1", fields=(TextField(name="a", label="A", initial="x"),))
    other = Form(name=FormName.CHECKIN, title="T", state="2", fields=(TextField(name="a", label="A"),))
    assert ids(first) == ids(typed)
    assert ids(first) != ids(other)


def test_a_chosen_person_is_still_chosen_when_the_form_is_shown_again() -> None:
    form = Form(name=FormName.HANDOVER, title="T", fields=(PersonField(name="to", label="To"),))
    element = render.form(form, {"to": "U0000RAVIS"})["blocks"][0]["element"]
    assert element["initial_user"] == "U0000RAVIS"
    assert "initial_user" not in render.form(form)["blocks"][0]["element"]


def test_the_form_says_which_it_is_and_carries_its_state() -> None:
    view = render.form(CHECK_IN)
    assert view["callback_id"] == "checkin"
    assert json.loads(view["private_metadata"]) == {"form": "checkin", "state": "prompt-1:3"}


def test_an_initiative_is_chosen_in_a_menu_that_asks_what_there_is() -> None:
    form = Form(name=FormName.LOOK_UP, title="T", fields=(InitiativeField(name="i", label="I", initial="SEPSIS"),))
    made = render.form(form)
    assert view_problems(made) == []
    element = made["blocks"][0]["element"]
    assert (element["type"], element["initial_option"]["value"]) == ("external_select", "SEPSIS")


def test_what_matches_is_offered_within_slacks_limits() -> None:
    offered = render.options([Match(f"K{n}", "<b> & " * 50, "pilot") for n in range(120)])["options"]
    assert len(offered) == 100
    assert all(len(option["text"]["text"]) <= LONGEST_OPTION for option in offered)
    assert render.options([Match("SEPSIS", "Sepsis early warning", "pilot")])["options"] == [
        {
            "text": {"type": "plain_text", "text": "SEPSIS  Sepsis early warning, pilot", "emoji": False},
            "value": "SEPSIS",
        }
    ]
