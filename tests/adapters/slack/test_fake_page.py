"""The fake run alone, for a person with a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.playbook.samples import SAMPLE
from tests.adapters.slack.driver import Driver
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.fake_parts.main import SEED, Desk, main, seed
from tests.adapters.slack.fake_parts.page import mrkdwn
from tests.adapters.slack.fake_parts.views import show
from tests.fakes.frozen_clock import FrozenClock

DANA = "U00000DANA"
Json = dict[str, Any]


class Stand:
    """The fake with its page, an app behind it, and a browser of sorts."""

    def __init__(self, clock: FrozenClock) -> None:
        self.fake = FakeSlack(now=clock.now, limits=None)
        seed(self.fake, SEED)
        self.driver = Driver(self.fake, "", "s", clock.now)
        Desk(self.fake, self.driver)
        self.heard: list[str] = []
        self.answer: Json = {"text": "SEPSIS is *green*"}

    async def app(self, request: web.Request) -> web.Response:
        self.heard.append(await request.text())
        return web.json_response(self.answer)

    async def see(self, path: str) -> str:
        async with aiohttp.ClientSession() as session, session.get(self.fake.base_url + path) as answer:
            return await answer.text()

    async def do(self, act: str, **form: str) -> str:
        url = f"{self.fake.base_url}/as/{DANA}/{act}"
        async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
            return await answer.text()


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    stand = Stand(FrozenClock(datetime(2026, 11, 23, 12, tzinfo=UTC)))
    app = web.Application()
    app.router.add_post("/slack/events", stand.app)
    async with TestServer(app) as server, stand.fake, stand.driver:
        stand.driver.url = str(server.make_url("/slack/events"))
        yield stand


async def test_the_page_escapes_what_people_write(stand: Stand) -> None:
    said = stand.fake.say(DANA, "<script>alert(1)</script> & *bold* <b>")
    page = await stand.see(f"/as/{DANA}")
    assert said.text not in page
    assert "<script" not in page
    assert "<b>bold</b>" in page
    assert "Dana Whitfield" in await stand.see("/")


async def test_a_command_typed_in_the_browser_is_answered_there(stand: Stand) -> None:
    page = await stand.do("say", text="/ai-status SEPSIS")
    assert "command=%2Fai-status" in stand.heard[0]
    assert "only visible to you" in page
    assert "SEPSIS is <b>green</b>" in page


async def test_a_button_and_a_modal_work_in_the_browser(stand: Stand) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Answer"}, "action_id": "answer", "value": "7"}
    stand.answer = {"text": "x", "blocks": [{"type": "actions", "elements": [button]}]}
    page = await stand.do("say", text="/ai-status")
    assert ">Answer</button>" in page
    note = stand.fake.ephemeral_to(DANA)[0]
    stand.answer = {}
    await stand.do("press", where=f"{note.channel}/{note.ts}", action="answer", block="b", value="7")
    assert "block_actions" in stand.heard[-1]
    field = {"type": "plain_text_input", "action_id": "a", "multiline": True}
    label = {"type": "plain_text", "text": "Blockers"}
    blocks = [{"type": "input", "block_id": "b", "label": label, "element": field}]
    view = show(
        stand.fake,
        (stand.fake.workspace.id, DANA),
        {"type": "modal", "title": label, "submit": label, "blocks": blocks},
    )
    assert "name='f:b/a'" in await stand.see(f"/as/{DANA}")
    assert "ClientRefused: b/a is required" in await stand.do("submit", view=view.id)
    await stand.do("submit", view=view.id, **{"f:b/a": "one\r\ntwo"})
    assert "view_submission" in stand.heard[-1]
    assert stand.fake.modal(DANA) is None


async def test_marks_are_shown_as_a_person_sees_them(stand: Stand) -> None:
    text = f"<@{DANA}> due <!date^1^{{date}}|Thu 17:00> see <https://x.example|here> &lt;b&gt;"
    assert mrkdwn(stand.fake, text) == "@Dana Whitfield due Thu 17:00 see here (https://x.example) &lt;b&gt;"


def test_the_command_line_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "--signing-secret" in capsys.readouterr().out


def test_a_seed_wants_true_ids(stand_clock: FrozenClock) -> None:
    with pytest.raises(ValueError, match="not a Slack id"):
        FakeSlack(now=stand_clock.now).add_user("sarah", name="Sarah")


@pytest.fixture
def stand_clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 23, 12, tzinfo=UTC))


def test_a_seed_with_a_short_id_gets_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "seed.json"
    file.write_text('{"users": [{"id": "U1", "name": "Ana"}]}')
    assert main(["--port", "0", "--seed", str(file)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("U1 is not a Slack id: U or W, then at least 8 capitals or digits")


def test_its_people_are_those_of_the_sample() -> None:
    sample = SAMPLE.read_text(encoding="utf-8")
    assert all(f"email: {user['email']}" in sample for user in SEED["users"])
