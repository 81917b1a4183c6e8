"""The state of the fake Teams and the acts that change it, without HTTP."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Unpack
from uuid import NAMESPACE_URL, uuid5

from tests.adapters.teams.fake_parts.keys import Keys
from tests.adapters.teams.fake_parts.shown import words_of
from tests.adapters.teams.fake_parts.state import (
    BOT,
    Call,
    Dialog,
    Json,
    Person,
    PersonFacts,
    Place,
    Posted,
    Refused,
)


def made_up(what: str) -> str:
    """Return an id of Entra's shape, always the same one for the same thing."""
    return str(uuid5(NAMESPACE_URL, what))


class World:
    """All that is in Teams; tests read it and seed it directly."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty; time is what `now` says."""
        self.now = now
        self.tenant = made_up("northlake")
        self.app_id = made_up("steward")
        self.secret = "fake-secret~value"
        self.base_url = ""
        self.region = "amer"
        self.keys = Keys()
        self.tokens: dict[str, str] = {}
        self.lives = 3599
        self.graph_allowed = True
        self.people: dict[str, Person] = {}
        self.places: dict[str, Place] = {}
        self.dialogs: dict[str, Dialog] = {}
        self.toasts: list[tuple[str, str]] = []
        self.calls: list[Call] = []
        self.counts: Counter[str] = Counter()
        self.limited = 0
        self._numbers = count(1)
        self._posted: dict[str, list[Posted]] = {}
        self._own_view: dict[tuple[str, str, str], Json] = {}

    # -- addresses ----------------------------------------------------------------------------------------------

    @property
    def bot_id(self) -> str:
        """What the bot is called in conversations."""
        return f"28:{self.app_id}"

    @property
    def service_url(self) -> str:
        """Where activities say the connector is; it ends in a slash, as Teams' own do."""
        return f"{self.base_url}/{self.region}/"

    @property
    def token_url(self) -> str:
        """Where the bot gets its tokens."""
        return f"{self.base_url}/{self.tenant}/oauth2/v2.0/token"

    @property
    def metadata_url(self) -> str:
        """Where the keys are announced."""
        return f"{self.base_url}/v1/.well-known/openidconfiguration"

    @property
    def graph_url(self) -> str:
        """Where the directory is."""
        return f"{self.base_url}/graph"

    def reference(self, place: Place | str) -> str:
        """Return the one string by which the product names a conversation."""
        return f"{self.service_url.rstrip('/')} {place if isinstance(place, str) else place.id}"

    # -- seeding ------------------------------------------------------------------------------------------------

    def add_person(self, name: str, email: str, **facts: Unpack[PersonFacts]) -> Person:
        """Seed a person with the app installed."""
        person = Person(made_up(f"{email} {next(self._numbers)}"), name, email, self.tenant)
        person = replace(person, **facts)
        self.people[person.object_id] = person
        return person

    def add_channel(self, name: str, members: Iterable[str] = (), *, bot: bool = True) -> Place:
        """Seed a channel of a team; `members` are object ids."""
        number = next(self._numbers)
        id, team = f"19:{number:08x}channel@thread.tacv2", f"19:{number:08x}team@thread.tacv2"
        return self._add(Place(id, "channel", self.tenant, set(members), name, team, bot))

    def add_group_chat(self, members: Iterable[str], *, bot: bool = True) -> Place:
        """Seed a group chat."""
        return self._add(
            Place(f"19:{next(self._numbers):08x}@thread.v2", "groupChat", self.tenant, set(members), bot=bot)
        )

    def personal(self, who: Person) -> Place:
        """Return the bot's conversation with a person, opened if need be."""
        id = "a:1" + made_up(f"chat {who.object_id}").replace("-", "")
        return self.places.get(id) or self._add(Place(id, "personal", who.tenant, {who.object_id}))

    def _add(self, place: Place) -> Place:
        self.places[place.id] = place
        self._posted[place.id] = []
        return place

    # -- looking ------------------------------------------------------------------------------------------------

    def person(self, id: str) -> Person | None:
        """Return a person by object id, by the bot's own id for them, or by the name they sign in with."""
        known = self.people.get(id)
        return known or next((each for each in self.people.values() if id in (each.id, each.principal)), None)

    def place(self, id: str) -> Place | None:
        """Return a conversation, also by the id of one of a channel's threads."""
        return self.places.get(id.partition(";")[0])

    def posted(self, place: Place | str) -> list[Posted]:
        """List what stands in a conversation, oldest first."""
        id = place if isinstance(place, str) else place.id
        return list(self._posted.get(id.partition(";")[0], ()))

    def by_the_bot(self, place: Place | str) -> list[Posted]:
        """List what the bot has posted in a conversation."""
        return [each for each in self.posted(place) if each.author == BOT]

    def message(self, place: Place | str, id: str) -> Posted | None:
        """Return one message, or nothing."""
        return next((each for each in self.posted(place) if each.id == id), None)

    def card_for(self, who: Person, posted: Posted) -> Json | None:
        """Return the card as this person sees it: the answer to their own press, or what stands for everyone."""
        return self._own_view.get((who.object_id, posted.place, posted.id), posted.card)

    def read(self, posted: Posted, who: Person | None = None) -> str:
        """Return the words of a message as a person reads them."""
        card = self.card_for(who, posted) if who else posted.card
        words = words_of(card, who.timezone if who else "UTC")
        return "\n".join(each for each in (posted.text, words) if each)

    def calls_of(self, name: str) -> list[Call]:
        """List the calls of one kind."""
        return [each for each in self.calls if each.name == name]

    # -- acts ---------------------------------------------------------------------------------------------------

    def next_id(self) -> str:
        """Make a message id: unique, growing, and about the clock's milliseconds."""
        return str(int(self.now().timestamp()) * 1000 + next(self._numbers) % 1000)

    def put(self, place: Place, author: str, thread: str = "") -> Posted:
        """Put an empty message in a conversation."""
        taken = {each.id for each in self._posted[place.id]}
        id = self.next_id()
        while id in taken:
            id = str(int(id) + 1)
        posted = Posted(place.id, id, author, self.now(), thread=thread)
        self._posted[place.id].append(posted)
        return posted

    def change(self, posted: Posted, content: Json) -> None:
        """Put other content in a message; what people saw by themselves gives way."""
        posted.edits.append({"text": posted.text, "summary": posted.summary, "card": posted.card})
        self.write(posted, content)
        self._own_view = {key: card for key, card in self._own_view.items() if key[1:] != (posted.place, posted.id)}

    def write(self, posted: Posted, content: Json) -> None:
        """Put content in a message."""
        attachments = content.get("attachments") or []
        posted.text = str(content.get("text") or "")
        posted.summary = str(content.get("summary") or "")
        posted.card = copy.deepcopy(attachments[0]["content"]) if attachments else None

    def show_own(self, who: Person, posted: Posted, card: Json) -> None:
        """Show one person another card in the place of a message."""
        self._own_view[(who.object_id, posted.place, posted.id)] = card

    def deliverable(self, place: Place) -> None:
        """Refuse what the bot may not write to."""
        if not place.bot:
            raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
        if place.kind == "personal":
            self.reachable(self.people[next(iter(place.members))])

    def reachable(self, who: Person) -> None:
        """Refuse a person who has blocked the bot or not installed it."""
        if who.blocked:
            raise Refused(403, "ConversationBlockedByUser", "User blocked the conversation with the bot.")
        if not who.installed:
            raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
