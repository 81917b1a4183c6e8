"""Runs the fake Slack alone, so that a person can try the real program by hand against it."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from multidict import MultiDict

from scheduler.clock import SystemClock
from tests.adapters.slack.driver import Driver
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.fake_parts.form import fields_of
from tests.adapters.slack.fake_parts.page import index, screen
from tests.adapters.slack.fake_parts.payloads import Source
from tests.adapters.slack.fake_parts.state import Json, User

Form = MultiDict[str]
CHICAGO = {"tz": "America/Chicago"}
# Their addresses are those of the sample portfolio, so that the program imported with it knows them.
SEED: Json = {
    "workspace": {"id": "T0000NORTH", "name": "Northlake Health", "token": "xoxb-fake-northlake"},
    "users": [
        {"id": "U00000DANA", "name": "Dana Whitfield", "email": "dana.whitfield@northlake.example", **CHICAGO},
        {"id": "U00000RUTH", "name": "Ruth Adeyemi", "email": "ruth.adeyemi@northlake.example", **CHICAGO},
        {"id": "U0000PRIYA", "name": "Priya Raman", "email": "priya.raman@northlake.example", "tz": "America/New_York"},
        {"id": "U0000ADMIN", "name": "Jordan Lee", "email": "jordan.lee@northlake.example", **CHICAGO},
    ],
    "channels": [{"name": "leadership", "members": ["U00000DANA", "U00000RUTH", "U0000PRIYA", "U0000ADMIN"]}],
}


def seed(fake: FakeSlack, facts: Json) -> None:
    """Fill the fake from a seed: a workspace, users, channels."""
    fake.add_workspace(**facts.get("workspace", {}))
    for user in facts.get("users", []):
        fake.add_user(**user)
    for channel in facts.get("channels", []):
        fake.add_channel(**channel)


class Desk:
    """The page's acts: each reads a form, drives the app and goes back to the person's screen."""

    def __init__(self, fake: FakeSlack, driver: Driver | None) -> None:
        """Mount the page on the fake's own server."""
        self.fake, self.driver = fake, driver
        self.acts = {
            "say": self._say,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
        }
        fake.app.router.add_get("/", self._index)
        fake.app.router.add_get("/as/{user}", self._screen)
        fake.app.router.add_post("/as/{user}/{act}", self._act)

    async def _index(self, request: web.Request) -> web.Response:
        return web.Response(text=index(self.fake), content_type="text/html")

    async def _screen(self, request: web.Request) -> web.Response:
        user = self._user(request)
        text = screen(self.fake, user, request.query.get("notice", ""), can_act=self.driver is not None)
        return web.Response(text=text, content_type="text/html")

    def _user(self, request: web.Request) -> User:
        user = self.fake.users.get(request.match_info["user"])
        if user is None:
            raise web.HTTPNotFound
        return user

    async def _act(self, request: web.Request) -> web.Response:
        user, act = self._user(request), self.acts.get(request.match_info["act"])
        form: Form = MultiDict((key, value) for key, value in (await request.post()).items() if isinstance(value, str))
        if act is None or self.driver is None:
            raise web.HTTPNotFound
        try:
            notice = await act(self.driver, user, form)
        except (AssertionError, aiohttp.ClientError, TimeoutError) as error:
            notice = f"{type(error).__name__}: {error}"
        raise web.HTTPSeeOther(f"/as/{user.id}" + (f"?{urlencode({'notice': notice})}" if notice else ""))

    async def _say(self, driver: Driver, user: User, form: Form) -> str:
        text, channel = form["text"].strip(), form.get("channel") or None
        if not text.startswith("/"):
            return _said((await driver.write(user, text, channel)).status)
        command, _, rest = text.partition(" ")
        return _said((await driver.command(user, command, rest.strip(), channel=channel)).status)

    async def _press(self, driver: Driver, user: User, form: Form) -> str:
        source = self._source(user, form["where"])
        if source is None:
            return "That message is gone."
        if "selected" in form:
            chosen = form.getall("selected")
            selected: object = chosen if len(chosen) > 1 else chosen[0]
            return _said((await driver.press(user, source, form["action"], selected=selected)).status)
        return _said((await driver.press(user, source, form["action"], value=form["value"] or None)).status)

    def _source(self, user: User, where: str) -> Source | None:
        channel, _, ts = where.partition("/")
        hidden = [each for each in self.fake.ephemeral_to(user) if each.ts == ts]
        return self.fake.views.get(where) or self.fake.message(channel, ts) or next(iter(hidden), None)

    async def _submit(self, driver: Driver, user: User, form: Form) -> str:
        view = self.fake.views.get(form["view"])
        if view is None:
            return "That modal is gone."
        values: dict[str, object] = {}
        for field in fields_of(view.blocks):
            typed = [each.replace("\r\n", "\n") for each in form.getall(f"f:{field.label}", [])]
            many = field.element["type"].startswith("multi_") or field.element["type"] == "checkboxes"
            values[field.label] = typed if many else (typed or [""])[0]
            if field.element["type"] == "external_select" and values[field.label]:
                offered = await driver.options(user, view, field.action_id, str(values[field.label]))
                values[field.label] = next(iter(offered.options), "")
        ack = await driver.submit(view, user, values)
        return _said(ack.status)

    async def _close(self, driver: Driver, user: User, form: Form) -> str:
        view = self.fake.views.get(form["view"])
        if view:
            await driver.close(view)
        return ""

    async def _home(self, driver: Driver, user: User, form: Form) -> str:
        return _said((await driver.home_opened(user)).status)


def _said(status: int) -> str:
    return "" if status == 200 else f"The app answered {status}."


async def serve(arguments: argparse.Namespace, facts: Json, now: Callable[[], datetime]) -> None:
    """Run until interrupted."""
    fake = FakeSlack(now=now)
    seed(fake, facts)
    secret = arguments.signing_secret or secrets.token_hex(16)
    driver = Driver(fake, arguments.app_url, secret, now) if arguments.app_url else None
    Desk(fake, driver)
    await fake.start(arguments.port)
    print(f"Fake Slack at {fake.base_url}/  Settings for the program:")
    print(f"export STEWARD_SLACK_API_URL={fake.api_url}")
    print(f"export STEWARD_SLACK_BOT_TOKEN={fake.workspace.token}")
    print(f"export STEWARD_SLACK_SIGNING_SECRET={secret}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        if driver:
            await driver.stop()
        await fake.close()


def main(argv: list[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.adapters.slack.fake", description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--app-url", help="where the program listens, e.g. http://127.0.0.1:8080/slack/events")
    parser.add_argument("--signing-secret", help="shared with the program; made up when left out")
    parser.add_argument("--seed", help="a JSON file with workspace, users and channels")
    arguments = parser.parse_args(argv)
    try:
        facts = json.loads(Path(arguments.seed).read_text()) if arguments.seed else SEED
        asyncio.run(serve(arguments, facts, SystemClock().now))
    except KeyboardInterrupt:
        return 0
    except (OSError, ValueError, TypeError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    return 0
