"""Runs the fake Teams alone, so that a person can try the real program by hand against it."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from multidict import MultiDict

from scheduler.clock import SystemClock
from tests.adapters.teams.driver import Ack, Driver
from tests.adapters.teams.fake import FakeTeams
from tests.adapters.teams.fake_parts.page import index, screen
from tests.adapters.teams.fake_parts.shown import buttons, inputs
from tests.adapters.teams.fake_parts.state import Json, Person

Form = MultiDict[str]
SEED: Json = {
    "people": [
        {"name": "Dana Whitfield", "email": "dana@northlake.example", "timezone": "America/Toronto"},
        {"name": "Ruth Adeyemi", "email": "ruth@northlake.example", "timezone": "Europe/London"},
        {"name": "Priya Raman", "email": "priya@northlake.example", "timezone": "Asia/Kolkata"},
        {"name": "Ada Admin", "email": "admin@northlake.example", "timezone": "Europe/Berlin"},
    ],
    "channels": ["Leadership"],
}


def seed(fake: FakeTeams, facts: Json) -> None:
    """Fill the fake from a seed: people, and channels with everybody in them."""
    everyone = [fake.add_person(**each).object_id for each in facts.get("people", [])]
    for name in facts.get("channels", []):
        fake.add_channel(name, everyone)


class Desk:
    """The page's acts: each reads a form, drives the bot and goes back to the person's screen."""

    def __init__(self, fake: FakeTeams, driver: Driver | None) -> None:
        """Mount the page on the fake's own server."""
        self.fake, self.driver = fake, driver
        self.acts: dict[str, Callable[[Driver, Person, Form], Awaitable[Ack | None]]] = {
            "say": self._say,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "install": lambda driver, who, form: driver.install(who),
            "uninstall": lambda driver, who, form: driver.install(who, removed=True),
        }
        fake.app.router.add_get("/", self._index)
        fake.app.router.add_get("/as/{person}", self._screen)
        fake.app.router.add_post("/as/{person}/{act}", self._act)

    async def _index(self, request: web.Request) -> web.Response:
        return web.Response(text=index(self.fake), content_type="text/html")

    async def _screen(self, request: web.Request) -> web.Response:
        who = self._person(request)
        text = screen(self.fake, who, request.query.get("notice", ""), can_act=self.driver is not None)
        return web.Response(text=text, content_type="text/html")

    def _person(self, request: web.Request) -> Person:
        who = self.fake.people.get(request.match_info["person"])
        if who is None:
            raise web.HTTPNotFound
        return who

    async def _act(self, request: web.Request) -> web.Response:
        who, act = self._person(request), self.acts.get(request.match_info["act"])
        if act is None or self.driver is None:
            raise web.HTTPNotFound
        form: Form = MultiDict((name, str(value)) for name, value in (await request.post()).items())
        try:
            ack = await act(self.driver, who, form)
            notice = "" if ack is None or ack.ok else f"The bot answered {ack.status}."
        except (AssertionError, aiohttp.ClientError, TimeoutError) as error:
            notice = f"{type(error).__name__}: {error}"
        query = f"?{urlencode({'notice': notice})}" if notice else ""
        raise web.HTTPSeeOther(f"/as/{who.object_id}{query}")

    async def _say(self, driver: Driver, who: Person, form: Form) -> Ack:
        return await driver.write(who, form["text"].strip(), self.fake.places[form["at"]])

    async def _press(self, driver: Driver, who: Person, form: Form) -> Ack:
        posted = self.fake.message(form["at"], form["message"])
        assert posted, "that message is gone"
        card = self.fake.card_for(who, posted)
        return await driver.press(who, posted, buttons(card)[int(form["button"])], _typed(card, form))

    async def _submit(self, driver: Driver, who: Person, form: Form) -> Ack:
        dialog = self.fake.dialogs.get(who.object_id)
        assert dialog, "that dialog is gone"
        return await driver.submit(who, _typed(dialog.card, form), buttons(dialog.card)[int(form["button"])])

    async def _close(self, driver: Driver, who: Person, form: Form) -> None:
        driver.close(who)


def _typed(card: Json | None, form: Form) -> dict[str, str | list[str] | None]:
    typed: dict[str, str | list[str] | None] = {}
    for each in inputs(card):
        values = [value.replace("\r\n", "\n") for value in form.getall(f"f:{each['id']}", [])]
        typed[each["id"]] = values if each.get("isMultiSelect") else (values or [""])[0]
    return typed


def settings_of(fake: FakeTeams) -> dict[str, str]:
    """Return the settings of a program that works against this fake."""
    return {
        "STEWARD_PLATFORMS": "teams",
        "STEWARD_TEAMS_APP_ID": fake.app_id,
        "STEWARD_TEAMS_APP_SECRET": fake.secret,
        "STEWARD_TEAMS_TENANT_ID": fake.tenant,
        "STEWARD_TEAMS_OPENID_METADATA_URL": fake.metadata_url,
        "STEWARD_TEAMS_TOKEN_URL": fake.token_url,
        "STEWARD_TEAMS_GRAPH_URL": fake.graph_url,
        "STEWARD_TEAMS_SERVICE_URL": fake.service_url,
        "STEWARD_TEAMS_TRUSTED_HOSTS": "127.0.0.1",
    }


async def serve(arguments: argparse.Namespace, facts: Json, now: Callable[[], datetime]) -> None:
    """Run until interrupted."""
    fake = FakeTeams(now=now)
    seed(fake, facts)
    fake.secret = arguments.secret or secrets.token_hex(16)
    driver = Driver(fake, arguments.app_url, now) if arguments.app_url else None
    Desk(fake, driver)
    await fake.start(arguments.port)
    print(f"Fake Teams at {fake.base_url}/  Settings for the program:")
    for name, value in settings_of(fake).items():
        print(f"export {name}={value}")
    print("", end="", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        if driver:
            await driver.stop()
        await fake.close()


def main(argv: list[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.adapters.teams.fake", description=__doc__)
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--app-url", help="where the program listens, e.g. http://127.0.0.1:8080/api/messages")
    parser.add_argument("--secret", help="the app's secret; made up when left out")
    parser.add_argument("--seed", help="a JSON file with people and channels")
    arguments = parser.parse_args(argv)
    facts = json.loads(Path(arguments.seed).read_text()) if arguments.seed else SEED
    try:
        asyncio.run(serve(arguments, facts, SystemClock().now))
    except KeyboardInterrupt:
        return 0
    return 0
