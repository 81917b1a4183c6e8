"""The driver acts as Teams and its client do, tried with a bot that checks every request."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.adapters.teams.driver import NOT_GENUINE, TOKENS, AppMistake, ClientRefused
from tests.adapters.teams.fake_parts.answers import ERROR, MESSAGE, SEARCHED, UNREACHED
from tests.adapters.teams.fake_parts.state import CARD, Json
from tests.adapters.teams.stub import Stub, open_stub

NAME: Json = {"type": "Input.Text", "id": "name", "label": "Name"}
SUBMIT: Json = {"type": "Action.Submit", "title": "Send", "data": {"steward": {"action": "x", "value": "1"}}}
EXECUTE: Json = {**SUBMIT, "type": "Action.Execute", "verb": "x", "fallback": SUBMIT}
FETCH: Json = {**SUBMIT, "title": "Open", "data": {"msteams": {"type": "task/fetch"}, "steward": {"action": "y"}}}


def card(*body: Json, actions: list[Json] | None = None) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": actions or []}


def words(text: str) -> Json:
    return {"type": "TextBlock", "text": text}


def dialog(*body: Json, title: str = "Check-in", actions: list[Json] | None = None) -> Json:
    attachment = {"contentType": CARD, "content": card(*body, actions=[SUBMIT] if actions is None else actions)}
    return {"task": {"type": "continue", "value": {"title": title, "card": attachment}}}


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with open_stub() as made:
        yield made


async def with_dialog(stub: Stub) -> None:
    posted = stub.post(card(actions=[FETCH]))
    stub.will(dialog(words("Say"), NAME))
    await stub.driver.press(stub.sarah, posted, stub.driver.button(stub.sarah, posted, "Open"))


# Requests


async def test_only_what_is_genuine_is_believed(stub: Stub) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # aiohttp's of a large body sent in one piece
        statuses = {kind: (await stub.driver.bad(kind)).status for kind in NOT_GENUINE}
    assert {kind for kind in NOT_GENUINE if statuses[kind] == 401} == set(TOKENS)
    assert all(400 <= status < 500 for status in statuses.values()), statuses
    assert stub.heard == []


async def test_a_new_key_signs_after_the_old_one_is_gone(stub: Stub) -> None:
    stub.fake.keys.roll()
    assert (await stub.driver.write(stub.sarah, "help")).ok


async def test_words_in_a_chat_come_with_who_wrote_them_and_from_where(stub: Stub) -> None:
    await stub.driver.write(stub.sarah, "status <b>")
    (heard,) = stub.heard
    assert (heard["type"], heard["text"]) == ("message", "status &lt;b&gt;")
    assert heard["from"]["aadObjectId"] == stub.sarah.object_id
    assert heard["conversation"]["conversationType"] == "personal"
    assert heard["conversation"]["tenantId"] == heard["channelData"]["tenant"]["id"] == stub.fake.tenant
    assert (heard["localTimezone"], heard["locale"]) == ("America/Toronto", "en-US")
    assert heard["localTimestamp"].endswith("-05:00")


async def test_in_a_channel_the_bot_is_mentioned_and_each_message_begins_a_thread(stub: Stub) -> None:
    leads = stub.fake.add_channel("Leadership", [stub.sarah.object_id])
    await stub.driver.write(stub.sarah, "status sepsis", leads)
    (heard,) = stub.heard
    assert heard["text"].startswith("<at>Steward</at>")
    assert [each["type"] for each in heard["entities"]] == ["clientInfo", "mention"]
    assert heard["conversation"]["id"] == f"{leads.id};messageid={heard['id']}"
    assert stub.fake.by_the_bot(leads) == []


async def test_the_app_comes_and_goes(stub: Stub) -> None:
    await stub.driver.install(stub.sarah)
    await stub.driver.install(stub.sarah, removed=True)
    assert [each["type"] for each in stub.heard] == ["conversationUpdate", "installationUpdate", "installationUpdate"]
    assert [each.get("action") for each in stub.heard] == [None, "add", "remove"]
    assert not stub.sarah.installed


async def test_the_same_activity_can_come_again(stub: Stub) -> None:
    ack = await stub.driver.write(stub.sarah, "help")
    await stub.driver.redeliver(ack)
    assert stub.heard[0] == stub.heard[1]


# Buttons


async def test_a_card_in_the_answer_is_shown_to_the_one_who_pressed(stub: Stub) -> None:
    ravi = stub.fake.add_person("Ravi Shah", "ravi@northlake.example")
    posted = stub.post(card(words("Before"), NAME, actions=[EXECUTE]))
    stub.will({"statusCode": 200, "type": CARD, "value": card(words("After"))})
    await stub.driver.press(stub.sarah, posted, stub.driver.button(stub.sarah, posted, "Send"), {"name": "x"})
    act = stub.heard[0]["value"]["action"]
    assert (act["verb"], act["data"]) == ("x", {"steward": {"action": "x", "value": "1"}, "name": "x"})
    assert stub.heard[0]["replyToId"] == posted.id
    assert stub.fake.read(posted, stub.sarah) == "After"
    assert "Before" in stub.fake.read(posted, ravi)
    stub.fake.change(posted, {"text": "For all"})
    assert stub.fake.read(posted, stub.sarah) == "For all"


@pytest.mark.parametrize(
    ("answer", "toast"),
    [
        ({"statusCode": 200, "type": MESSAGE, "value": "Done"}, "Done"),
        ({"statusCode": 400, "type": ERROR, "value": {"code": "x", "message": "No"}}, "No"),
    ],
)
async def test_a_sentence_in_the_answer_is_shown_for_a_moment(stub: Stub, answer: Json, toast: str) -> None:
    posted = stub.post(card(actions=[EXECUTE]))
    stub.will(answer)
    await stub.driver.press(stub.sarah, posted, stub.driver.button(stub.sarah, posted, "Send"))
    assert stub.fake.toasts == [(stub.sarah.object_id, toast)]


@pytest.mark.parametrize("answer", [None, {}, {"statusCode": 200}, {"statusCode": 200, "type": CARD, "value": {}}])
async def test_an_answer_the_client_cannot_show_is_a_mistake(stub: Stub, answer: Json | None) -> None:
    posted = stub.post(card(actions=[EXECUTE]))
    stub.will(answer)
    with pytest.raises(AppMistake):
        await stub.driver.press(stub.sarah, posted, stub.driver.button(stub.sarah, posted, "Send"))


async def test_an_older_client_sends_a_message_with_a_value(stub: Stub) -> None:
    posted = stub.post(card(NAME, actions=[EXECUTE]))
    stub.driver.knows_execute = False
    await stub.driver.press(stub.sarah, posted, stub.driver.button(stub.sarah, posted, "Send"), {"name": "x"})
    (heard,) = stub.heard
    assert (heard["type"], heard["replyToId"], heard["value"]["name"]) == ("message", posted.id, "x")
    assert "text" not in heard


async def test_a_button_that_is_not_there_cannot_be_pressed(stub: Stub) -> None:
    posted = stub.post(card(actions=[SUBMIT, {**SUBMIT, "data": {"steward": {"value": "2"}}}]))
    assert stub.driver.button(stub.sarah, posted, "Send", value="2").data["steward"]["value"] == "2"
    with pytest.raises(ClientRefused):
        stub.driver.button(stub.sarah, posted, "Send", value="3")


# Dialogs


async def test_a_dialog_is_filled_in_and_closes(stub: Stub) -> None:
    await with_dialog(stub)
    await stub.driver.submit(stub.sarah, {"name": "x"})
    assert [each["name"] for each in stub.heard] == ["task/fetch", "task/submit"]
    assert stub.heard[1]["value"]["data"] == {"steward": {"action": "x", "value": "1"}, "name": "x"}
    assert stub.fake.dialogs == {}


async def test_a_dialog_can_be_followed_by_another_or_by_a_sentence(stub: Stub) -> None:
    await with_dialog(stub)
    stub.will(dialog({**NAME, "value": "again"}, title="Second"))
    await stub.driver.submit(stub.sarah, {"name": "x"})
    shown = stub.fake.dialogs[stub.sarah.object_id]
    assert (shown.title, shown.typed) == ("Second", {"name": "again"})
    stub.will({"task": {"type": "message", "value": "Thank you"}})
    await stub.driver.submit(stub.sarah, {})
    assert stub.fake.dialogs[stub.sarah.object_id].sentence == "Thank you"


async def test_a_dialog_stays_as_typed_when_the_bot_fails(stub: Stub) -> None:
    await with_dialog(stub)
    stub.will({"error": {}}, 500)
    await stub.driver.submit(stub.sarah, {"name": "x"})
    shown = stub.fake.dialogs[stub.sarah.object_id]
    assert (shown.typed, shown.error) == ({"name": "x"}, UNREACHED)
    with pytest.raises(ClientRefused, match="no such input"):
        await stub.driver.submit(stub.sarah, {"else": "x"})


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"task": {"type": "message", "value": ""}},
        {"task": {"type": "continue", "value": {"title": "", "card": {}}}},
        {"task": {"type": "continue", "value": {"title": "x", "card": {"contentType": "text/html"}}}},
        dialog(actions=[EXECUTE]),
    ],
)
async def test_a_dialog_that_cannot_be_shown_is_a_mistake(stub: Stub, answer: Any) -> None:  # noqa: ANN401  # any answer
    posted = stub.post(card(actions=[FETCH]))
    stub.will(answer)
    with pytest.raises(AppMistake):
        await stub.driver.press(stub.sarah, posted, stub.driver.button(stub.sarah, posted, "Open"))


# Searches


async def test_choices_are_suggested(stub: Stub) -> None:
    results = [{"title": "Sepsis", "value": "SEPSIS"}]
    stub.will({"type": SEARCHED, "value": {"results": results}})
    assert await stub.driver.suggest(stub.sarah, "sep") == [("Sepsis", "SEPSIS")]
    assert stub.heard[0]["value"]["queryText"] == "sep"
    stub.will({"results": results})
    with pytest.raises(AppMistake):
        await stub.driver.suggest(stub.sarah, "sep")


async def test_a_message_extension_finds_and_gives_a_card(stub: Stub) -> None:
    tap = {"type": "invoke", "value": {"key": "SEPSIS"}}
    hero = {"contentType": "application/vnd.microsoft.card.hero", "content": {"title": "Sepsis", "tap": tap}}
    found = {"contentType": CARD, "content": card(words("Sepsis")), "preview": hero}
    answer = {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": [found]}}
    stub.will(answer)
    stub.will(answer)
    (attachment,) = await stub.driver.search(stub.sarah, "sep")
    assert await stub.driver.choose(stub.sarah, attachment) == [found]
    assert [each["name"] for each in stub.heard] == ["composeExtension/query", "composeExtension/selectItem"]
    assert stub.heard[1]["value"] == {"key": "SEPSIS"}
