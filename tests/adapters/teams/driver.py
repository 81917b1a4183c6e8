"""A signed inbound driver that behaves towards the bot's POST /api/messages as Teams and its client do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import aiohttp

from tests.adapters.teams.fake_parts import keys, payloads
from tests.adapters.teams.fake_parts.answers import (
    UNREACHED,
    AppMistake,
    extension_of,
    found_of,
    show_dialog,
    show_executed,
)
from tests.adapters.teams.fake_parts.filling import ClientRefused, Values, fill
from tests.adapters.teams.fake_parts.forged import JSON_TYPE, NOT_GENUINE, TOKENS, Forger, forged
from tests.adapters.teams.fake_parts.shown import Button, buttons
from tests.adapters.teams.fake_parts.state import BOT_NAME, Dialog, Json, Person, Place, Posted
from tests.adapters.teams.fake_parts.world import World

__all__ = ["NOT_GENUINE", "TOKENS", "Ack", "AppMistake", "ClientRefused", "Driver"]
_ENOUGH = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True)
class Sent:
    """One request to the bot, kept so that it can be sent again."""

    activity: Json
    body: bytes


@dataclass
class Ack:
    """The bot's answer to one request."""

    status: int
    body: Any
    sent: Sent | None = None

    @property
    def ok(self) -> bool:
        """Tell whether Teams takes the answer."""
        return self.status in (200, 201, 202)


class Driver:
    """Teams' side towards the bot; see the package docstring for its use."""

    def __init__(self, fake: World, url: str, signing_now: Callable[[], datetime]) -> None:
        """Drive the bot at `url`; `signing_now` is the time by which tokens are judged."""
        self.fake, self.url, self.signing_now = fake, url, signing_now
        self.acks: list[Ack] = []
        self.knows_execute = True
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Nothing to do before the first request."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close the connections."""
        await self.stop()

    async def stop(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()
        self._session = None

    # -- requests -----------------------------------------------------------------------------------------------

    async def send(self, activity: Json) -> Ack:
        """Send any activity with a genuine token."""
        return await self._deliver(Sent(activity, json.dumps(activity).encode()))

    async def redeliver(self, ack: Ack) -> Ack:
        """Send the same activity again under a new token, as Teams does when an answer was lost."""
        assert ack.sent, "nothing was sent"
        return await self._deliver(ack.sent)

    async def bad(self, kind: str, activity: Json | None = None) -> Ack:
        """Send a request that is not genuine; see `NOT_GENUINE`."""
        forger = Forger(self.fake, activity or self.anything(), self.signing_now())
        made = forged(kind, forger)
        headers = dict(made.headers)
        if made.token is not None:
            headers["Authorization"] = f"Bearer {made.token}"
        return await self._request(made.method, made.body, headers)

    def anything(self) -> Json:
        """Build a genuine message of the first person there is."""
        who = next(iter(self.fake.people.values()))
        place = self.fake.personal(who)
        return {**payloads.envelope(self.fake, who, place, "message"), "text": "help", "textFormat": "plain"}

    async def _deliver(self, sent: Sent) -> Ack:
        said = keys.claims(self.fake.app_id, sent.activity["serviceUrl"], self.signing_now())
        token = keys.signed(said, self.fake.keys.current)
        ack = await self._request("POST", sent.body, {**JSON_TYPE, "Authorization": f"Bearer {token}"})
        ack.sent = sent
        self.acks.append(ack)
        return ack

    async def _request(self, method: str, body: bytes, headers: Mapping[str, str]) -> Ack:
        self._session = self._session or aiohttp.ClientSession(timeout=_ENOUGH, skip_auto_headers=["Content-Type"])
        async with self._session.request(method, self.url, data=body or None, headers=headers) as answer:
            text = await answer.text()
        try:
            return Ack(answer.status, json.loads(text) if text else None)
        except ValueError:
            return Ack(answer.status, text)

    # -- words --------------------------------------------------------------------------------------------------

    async def write(
        self, who: Person, words: str, at: Place | None = None, *, mention: bool = True, thread: str = ""
    ) -> Ack:
        """Let a person write; outside a personal chat the bot hears only what mentions it."""
        place = at or self.fake.personal(who)
        posted = self.fake.put(place, who.object_id, thread)
        posted.text = words
        mention = mention and place.kind != "personal"
        return await self.send(payloads.written(self.fake, who, posted, words, mention=mention))

    async def echo(self, place: Place, words: str, author: str | None = None) -> Ack:
        """Report a message of a bot, the bot itself unless told otherwise."""
        who = self.fake.people[next(iter(place.members))]
        made = payloads.envelope(self.fake, who, place, "message")
        id = author or self.fake.bot_id
        return await self.send({**made, "from": {"id": id, "name": BOT_NAME, "role": "bot"}, "text": words})

    async def install(self, who: Person, *, at: Place | None = None, removed: bool = False) -> Ack:
        """Let a person install the app, or remove it."""
        place = at or self.fake.personal(who)
        if place.kind == "personal":
            who.installed = not removed
        else:
            place.bot = not removed
        change = "membersRemoved" if removed else "membersAdded"
        if place.kind != "personal" or not removed:
            ids = [self.fake.bot_id] if place.kind != "personal" else [self.fake.bot_id, who.id]
            await self.send(payloads.members(self.fake, who, place, change, ids))
        return await self.send(payloads.installed(self.fake, who, place, "remove" if removed else "add"))

    # -- cards --------------------------------------------------------------------------------------------------

    def button(self, who: Person, shown: Posted | Dialog, title: str, **held: object) -> Button:
        """Find a button by its title, and by what its data holds under `steward` where titles repeat."""
        card = shown.card if isinstance(shown, Dialog) else self.fake.card_for(who, shown)
        for each in buttons(card):
            own = each.data.get("steward", {})
            if each.title == title and all(own.get(name) == value for name, value in held.items()):
                return each
        raise ClientRefused(f"there is no button {title!r} with {held}: {[each.title for each in buttons(card)]}")

    async def press(self, who: Person, posted: Posted, button: Button, values: Values | None = None) -> Ack:
        """Press a button of a card in a message, after filling in the inputs beside it."""
        button = button if self.knows_execute else button.older
        data = {**button.data, **self._filled(button, self.fake.card_for(who, posted), {}, values)}
        if button.kind == "Action.Execute":
            act = {name: value for name, value in button.act.items() if name in ("type", "id", "verb", "title")}
            ack = await self.send(payloads.executed(self.fake, who, posted, {**act, "data": data}))
            if ack.ok:
                show_executed(self.fake, who, posted, ack.body)
            return ack
        if button.opens_dialog:
            return await self._fetch(who, posted, data)
        if button.kind != "Action.Submit":
            raise ClientRefused(f"{button.kind} tells the bot nothing")
        return await self.send(payloads.submitted(self.fake, who, posted, data))

    async def _fetch(self, who: Person, posted: Posted, data: Json) -> Ack:
        ack = await self.send(payloads.fetched(self.fake, who, posted, data))
        if ack.ok and not ack.body:
            raise AppMistake("task/fetch is answered with nothing")
        if ack.ok:
            show_dialog(self.fake, who, posted.place, ack.body)
        else:
            self.fake.toasts.append((who.object_id, UNREACHED))
        return ack

    async def submit(self, who: Person, values: Values, button: Button | None = None) -> Ack:
        """Fill in the dialog on a person's screen and send it; what was typed stays until the bot has taken it."""
        dialog = self.fake.dialogs.get(who.object_id)
        if dialog is None:
            raise ClientRefused(f"{who.name} has no dialog open")
        button = button or next((each for each in buttons(dialog.card) if each.kind == "Action.Submit"), None)
        if button is None:
            raise ClientRefused("this dialog cannot be sent")
        typed = self._filled(button, dialog.card, dialog.typed, values)
        dialog.typed, dialog.error = typed, ""
        value = {"data": {**button.data, **typed}, "context": {"theme": "default"}}
        place = self.fake.places[dialog.place]
        ack = await self.send(payloads.invoked(self.fake, who, place, "task/submit", value))
        if ack.ok:
            show_dialog(self.fake, who, dialog.place, ack.body)
        else:
            dialog.error = UNREACHED
        return ack

    def close(self, who: Person) -> None:
        """Close the dialog; Teams tells the bot nothing."""
        self.fake.dialogs.pop(who.object_id, None)

    def _filled(
        self, button: Button, card: Json | None, typed: Mapping[str, str], values: Values | None
    ) -> dict[str, str]:
        if button.act.get("associatedInputs") == "none":
            return {}
        return fill(card, typed, values or {})

    # -- searches -----------------------------------------------------------------------------------------------

    async def suggest(
        self, who: Person, words: str, dataset: str = "initiatives", at: Place | None = None
    ) -> list[tuple[str, str]]:
        """Type into a filtered choice; return the choices offered as (title, value)."""
        options = {"skip": 0, "top": 15}
        value = {"queryText": words, "queryOptions": options, "dataset": dataset}
        place = at or self.fake.personal(who)
        ack = await self.send(payloads.invoked(self.fake, who, place, "application/search", value))
        return found_of(ack.body)

    async def search(self, who: Person, words: str, at: Place | None = None) -> list[Json]:
        """Type into the message extension; return the attachments offered."""
        parameters = [{"name": "query", "value": words}]
        options = {"skip": 0, "count": 25}
        value = {"commandId": "initiatives", "parameters": parameters, "queryOptions": options}
        place = at or self.fake.personal(who)
        ack = await self.send(payloads.invoked(self.fake, who, place, "composeExtension/query", value))
        return extension_of(ack.body)

    async def choose(self, who: Person, attachment: Json, at: Place | None = None) -> list[Json]:
        """Tap one of the attachments; return what it becomes, to be posted by the person."""
        preview = attachment.get("preview") or attachment
        value = preview["content"]["tap"]["value"]
        place = at or self.fake.personal(who)
        ack = await self.send(payloads.invoked(self.fake, who, place, "composeExtension/selectItem", value))
        return extension_of(ack.body)
