"""The page of the fake Teams that runs alone: a person reads and acts in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.adapters.teams.fake_parts.main import SEED, main, seed, settings_of
from tests.adapters.teams.fake_parts.state import CARD, Json
from tests.adapters.teams.stub import Stub, open_stub
from tests.adapters.teams.test_fake_driver import EXECUTE, FETCH, NAME, card, dialog, words


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with open_stub() as made:
        yield made


class Browser:
    """Reads the page and sends its forms."""

    def __init__(self, stub: Stub, session: aiohttp.ClientSession) -> None:
        self.stub, self.session = stub, session

    async def see(self, path: str = "") -> str:
        url = f"{self.stub.fake.base_url}{path or f'/as/{self.stub.sarah.object_id}'}"
        async with self.session.get(url) as answer:
            return await answer.text()

    async def do(self, act: str, **form: str) -> str:
        url = f"{self.stub.fake.base_url}/as/{self.stub.sarah.object_id}/{act}"
        async with self.session.post(url, data=form) as answer:
            return await answer.text()


@pytest.fixture
async def browser(stub: Stub) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        yield Browser(stub, session)


async def test_the_page_escapes_what_people_write(stub: Stub, browser: Browser) -> None:
    page = await browser.do("say", text="<script>alert(1)</script>", at=stub.fake.personal(stub.sarah).id)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "Sarah Chen" in await browser.see("/")


async def test_a_card_is_read_and_pressed_in_the_browser(stub: Stub, browser: Browser) -> None:
    posted = stub.post(card(words("*Hello* you"), NAME, actions=[EXECUTE]))
    assert "Hello you" in await browser.see()
    stub.will({"statusCode": 200, "type": CARD, "value": card(words("Thanks"))})
    page = await browser.do("press", at=posted.place, message=posted.id, button="0", **{"f:name": "x"})
    assert "Thanks" in page
    assert stub.heard[0]["value"]["action"]["data"]["name"] == "x"


async def test_a_dialog_is_filled_in_in_the_browser(stub: Stub, browser: Browser) -> None:
    posted = stub.post(card(actions=[FETCH]))
    needed: Json = {**NAME, "isRequired": True, "errorMessage": "Please", "isMultiline": True}
    stub.will(dialog(needed, title="Check-in"))
    page = await browser.do("press", at=posted.place, message=posted.id, button="0")
    assert "<h2>Check-in</h2>" in page
    assert "name is required" in await browser.do("submit", button="0")
    page = await browser.do("submit", button="0", **{"f:name": "one\r\ntwo"})
    assert "<h2>Check-in</h2>" not in page
    assert stub.heard[-1]["value"]["data"]["name"] == "one\ntwo"


async def test_the_app_is_removed_in_the_browser(stub: Stub, browser: Browser) -> None:
    assert ">Install Steward<" in await browser.do("uninstall")
    assert "The bot answered" not in await browser.do("install")


def test_the_seed_and_the_settings_are_whole(stub: Stub) -> None:
    seed(stub.fake, SEED)
    assert len(stub.fake.people) == 5
    assert all(settings_of(stub.fake).values())


def test_the_command_line_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "--app-url" in capsys.readouterr().out
