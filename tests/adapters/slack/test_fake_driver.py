"""The signed driver, tried on a small app that keeps what it gets and answers what it is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.signature import Clock, SignatureVerifier

from tests.adapters.slack.driver import AppMistake, ClientRefused, Driver
from tests.adapters.slack.fake import FakeSlack, Posted, User, View
from tests.adapters.slack.fake_parts.page import screen
from tests.adapters.slack.fake_parts.state import Workspace
from tests.adapters.slack.fake_parts.views import show
from tests.fakes.frozen_clock import FrozenClock

Json = dict[str, Any]
SECRET = "0123456789abcdef"
REFUSED = ("unsigned", "stale", "future", "wrong_signature", "changed_body", "junk_timestamp", "junk_signature", "get")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


BUTTONS: list[Json] = [
    {
        "type": "actions",
        "block_id": f"row{number}",
        "elements": [{"type": "button", "text": plain("Answer"), "action_id": "answer", "value": str(number)}],
    }
    for number in (1, 2)
]
FIELDS: list[Json] = [
    {
        "type": "input",
        "block_id": "status",
        "label": plain("Status"),
        "element": {"type": "radio_buttons", "action_id": "a", "options": [option("green"), option("red")]},
    },
    {
        "type": "input",
        "block_id": "value",
        "label": plain("AUROC"),
        "optional": True,
        "element": {"type": "number_input", "action_id": "b", "is_decimal_allowed": True, "max_value": "1"},
    },
    {
        "type": "input",
        "block_id": "words",
        "label": plain("Blockers"),
        "element": {"type": "plain_text_input", "action_id": "c", "max_length": 10, "initial_value": "none"},
    },
]
MODAL: Json = {"type": "modal", "title": plain("Check-in"), "submit": plain("Send"), "blocks": FIELDS}


class Stage:
    """A fake Slack, a driver, and an app of a few lines that checks signatures with slack_sdk."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.fake = FakeSlack(now=clock.now, limits=None)
        self.team: Workspace = self.fake.workspace
        self.sarah: User = self.fake.add_user(name="Sarah Chen")
        self.answer: object = None
        self.status = 200
        self.thinking = 0.0
        self.got: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.driver = Driver(self.fake, "", SECRET, clock.now)

    async def app(self, request: web.Request) -> web.Response:
        body = await request.text()
        if not self.genuine(body, request.headers):
            return web.Response(status=401)
        self.headers.append(dict(request.headers))
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        told = form.get("payload", body if request.content_type == "application/json" else json.dumps(form))
        self.got.append(json.loads(told))
        self.clock.advance(seconds=self.thinking)
        if self.answer is None:
            return web.Response(status=self.status)
        return web.json_response(self.answer, status=self.status)

    def genuine(self, body: str, headers: Mapping[str, str]) -> bool:
        verifier = SignatureVerifier(SECRET, _ClockOf(self.clock))
        try:
            return verifier.is_valid(body, headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"])
        except (KeyError, TypeError, ValueError):  # the SDK raises on junk headers
            return False

    def modal(self, payload: Json = MODAL) -> View:
        return show(self.fake, (self.team.id, self.sarah.id), payload)

    def message(self, blocks: list[Json]) -> Posted:
        said = self.fake.say(self.sarah, "prompt")
        said.blocks = self.fake.named(blocks)
        return said


class _ClockOf(Clock):
    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock

    def now(self) -> float:
        return self.clock.now().timestamp()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage(FrozenClock(datetime(2026, 11, 23, 12, tzinfo=UTC)))
    app = web.Application()
    app.router.add_route("POST", "/slack/events", stage.app)
    async with TestServer(app) as server, stage.fake, stage.driver:
        stage.driver.url = str(server.make_url("/slack/events"))
        yield stage


async def test_the_sdk_accepts_the_drivers_signature(stage: Stage) -> None:
    ack = await stage.driver.command(stage.sarah, "/ai-status", "R&D <x>")
    assert (ack.status, ack.body) == (200, None)
    assert stage.got[0]["text"] == "R&amp;D &lt;x&gt;"
    assert (stage.got[0]["user_id"], stage.got[0]["channel_name"]) == (stage.sarah.id, "directmessage")
    assert stage.got[0]["response_url"].startswith(stage.fake.base_url)


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_request_that_is_not_slacks_is_refused(stage: Stage, kind: str) -> None:
    ack = await stage.driver.bad(kind)
    assert ack.status in (401, 405)
    assert stage.got == []


async def test_the_answer_to_a_command_is_seen_by_the_asker_alone(stage: Stage) -> None:
    stage.answer = {"response_type": "ephemeral", "text": "SEPSIS is green", "blocks": BUTTONS}
    ack = await stage.driver.command(stage.sarah, "/ai-status", "SEPSIS")
    assert stage.fake.ephemeral_to(stage.sarah) == [ack.shown]
    stage.answer = None
    note = stage.fake.ephemeral_to(stage.sarah)[0]
    await stage.driver.press(stage.sarah, note, "answer", value="2")
    assert stage.got[-1]["container"]["is_ephemeral"]
    assert "message" not in stage.got[-1]
    stage.answer = {"text": "x", "blocks": [{"type": "sparkle"}]}
    with pytest.raises(AppMistake, match="invalid_blocks"):
        await stage.driver.command(stage.sarah, "/ai-status")


async def test_a_press_carries_the_message_and_fresh_keys(stage: Stage) -> None:
    posted = stage.message(BUTTONS)
    await stage.driver.press(stage.sarah, posted, "answer", index=1)
    payload = stage.got[0]
    action = payload["actions"][0]
    assert (payload["type"], action["value"], action["block_id"]) == ("block_actions", "2", "row2")
    assert payload["container"] == {
        "type": "message",
        "message_ts": posted.ts,
        "channel_id": posted.channel,
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == posted.ts
    assert payload["trigger_id"] in stage.fake.triggers
    await stage.driver.press(stage.sarah, posted, "answer", index=1)
    assert stage.got[1]["actions"][0]["action_ts"] != action["action_ts"]
    with pytest.raises(ClientRefused, match="no answer number 0"):
        await stage.driver.press(stage.sarah, posted, "answer", value="3")
    with pytest.raises(ClientRefused, match="does not have this on the screen"):
        await stage.driver.press(stage.fake.add_user(name="Omar"), posted, "answer")


async def test_a_modal_goes_with_its_state_and_closes(stage: Stage) -> None:
    view = stage.modal()
    await stage.driver.submit(view, stage.sarah, {"status": "red", "b": 0.819})
    values = stage.got[0]["view"]["state"]["values"]
    assert values["status"]["a"] == {"type": "radio_buttons", "selected_option": option("red")}
    assert values["value"]["b"] == {"type": "number_input", "value": "0.819"}
    assert values["words"]["c"] == {"type": "plain_text_input", "value": "none"}
    assert stage.fake.modal(stage.sarah) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "status/a is required"),
        ({"status": "amber"}, "has no option 'amber'"),
        ({"status": "red", "value": "2"}, "at most 1"),
        ({"status": "red", "value": "many"}, "takes a number"),
        ({"status": "red", "words": "x" * 11}, "0 to 10 characters"),
        ({"status": "red", "words": "a\nb"}, "one line"),
        ({"status": "red", "words": None}, "words/c is required"),
        ({"status": "red", "colour": "x"}, "0 fields are called 'colour'"),
    ],
)
async def test_the_client_refuses_what_slack_would_not_send(stage: Stage, values: Json, words: str) -> None:
    with pytest.raises(ClientRefused, match=words):
        await stage.driver.submit(stage.modal(), stage.sarah, values)
    assert stage.got == []


async def test_errors_stay_on_the_modal_with_what_was_typed(stage: Stage) -> None:
    view = stage.modal()
    stage.answer = {"response_action": "errors", "errors": {"value": "Too low"}}
    ack = await stage.driver.submit(view, stage.sarah, {"status": "red", "value": "0.1"})
    assert (ack.action, ack.errors, view.errors) == ("errors", {"value": "Too low"}, {"value": "Too low"})
    page = screen(stage.fake, stage.sarah, "", can_act=True)
    assert "Too low" in page
    assert "value='0.1'" in page
    stage.answer = None
    await stage.driver.submit(view, stage.sarah, {"value": "0.9"})
    assert stage.got[1]["view"]["state"]["values"]["status"]["a"]["selected_option"]["value"] == "red"
    stage.answer = {"response_action": "errors", "errors": {"nowhere": "x"}}
    with pytest.raises(AppMistake, match="nowhere"):
        await stage.driver.submit(stage.modal(), stage.sarah, {"status": "red"})


async def test_update_push_and_clear_change_the_screen(stage: Stage) -> None:
    view, chosen = stage.modal(), {"status": "red"}
    before = view.hash
    stage.answer = {"response_action": "update", "view": {**MODAL, "title": plain("Replace?")}}
    await stage.driver.submit(view, stage.sarah, chosen)
    assert view.payload["title"]["text"] == "Replace?"
    assert view.hash != before
    stage.answer = {"response_action": "push", "view": {**MODAL, "title": plain("More")}}
    await stage.driver.submit(view, stage.sarah, chosen)
    top = stage.fake.modal(stage.sarah)
    assert top
    assert top.previous_id == view.id
    with pytest.raises(ClientRefused, match="does not have this on the screen"):
        await stage.driver.submit(view, stage.sarah, chosen)
    stage.answer = {"response_action": "clear"}
    await stage.driver.submit(top, stage.sarah, chosen)
    assert stage.fake.modal(stage.sarah) is None


async def test_closing_is_told_only_on_request(stage: Stage) -> None:
    assert await stage.driver.close(stage.modal()) is None
    await stage.driver.close(stage.modal({**MODAL, "notify_on_close": True}))
    assert [each["type"] for each in stage.got] == ["view_closed"]


async def test_an_event_is_retried_until_it_is_taken(stage: Stage) -> None:
    stage.status = 500
    ack = await stage.driver.insist(await stage.driver.event("app_home_opened", user=stage.sarah, tab="home"))
    assert not ack.ok
    assert [each.get("X-Slack-Retry-Num") for each in stage.headers] == [None, "1", "2", "3"]
    assert len({each["event_id"] for each in stage.got}) == 1
    assert stage.headers[1]["X-Slack-Retry-Reason"] == "http_error"


async def test_an_answer_after_three_seconds_is_late(stage: Stage) -> None:
    view, stage.thinking = stage.modal(), 3.5
    ack = await stage.driver.submit(view, stage.sarah, {"status": "red"})
    assert (ack.late, ack.ok) == (True, False)
    assert stage.fake.modal(stage.sarah) is view


async def test_the_same_request_can_come_twice(stage: Stage) -> None:
    ack = await stage.driver.home_opened(stage.sarah)
    await stage.driver.replay(ack)
    await stage.driver.redeliver(ack)
    assert len({each["event_id"] for each in stage.got}) == 1
    assert stage.got[0]["event"]["tab"] == "home"


async def test_options_offered_can_be_chosen(stage: Stage) -> None:
    search = {"type": "external_select", "action_id": "find", "min_query_length": 1}
    ask = {"type": "input", "block_id": "which", "label": plain("Which"), "element": search}
    view = stage.modal({**MODAL, "blocks": [ask]})
    with pytest.raises(ClientRefused, match="from 1 characters on"):
        await stage.driver.options(stage.sarah, view, "find", "")
    stage.answer = {"options": [option("sepsis")]}
    await stage.driver.options(stage.sarah, view, "find", "sep")
    assert (stage.got[0]["type"], stage.got[0]["value"]) == ("block_suggestion", "sep")
    stage.answer = None
    await stage.driver.submit(view, stage.sarah, {"which": "sepsis"})
    assert stage.got[1]["view"]["state"]["values"]["which"]["find"]["selected_option"] == option("sepsis")
    stage.answer = {"options": [option("x" * 151)]}
    with pytest.raises(AppMistake, match="options are refused"):
        await stage.driver.options(stage.sarah, stage.modal({**MODAL, "blocks": [ask]}), "find", "x")


async def test_words_and_shortcuts_arrive(stage: Stage) -> None:
    await stage.driver.write(stage.sarah, "hello")
    await stage.driver.shortcut(stage.sarah, "new_lesson")
    await stage.driver.message_shortcut(stage.sarah, "save_lesson", stage.message(BUTTONS))
    assert stage.got[0]["event"]["channel_type"] == "im"
    assert [each["type"] for each in stage.got[1:]] == ["shortcut", "message_action"]
