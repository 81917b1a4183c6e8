"""Teams' payloads as interactions: pure functions, one for each kind of payload."""

import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any

from adapters.teams.fields import chosen
from adapters.teams.places import place
from adapters.teams.sizes import Json
from bot.domain.deliveries import MessageRef
from bot.messages.forms import FormName
from bot.messages.model import Action
from bot.messages.words import cleaned, command_in
from bot.ports import ActionPressed, BotAdded, Command, FormSubmitted, Searched, Sender

NAME = "teams"
OWN = "steward"
NOT_TYPED = frozenset({OWN, "msteams", "type"})
MENTION = re.compile(r"<at\b[^>]*>[^<]*</at>", re.IGNORECASE)
BLANKS = str.maketrans({"\xa0": " ", "\u200b": "", "\ufeff": ""})


class Obsolete(Exception):
    """The payload comes from a button or form that this version no longer has."""


def sender_of(raw: Json) -> Sender:
    """Return who acted and where; the person by their Entra object id, which is the same for every bot."""
    who, conversation = raw["from"], raw["conversation"]
    data: Json = raw.get("channelData") or {}
    tenant = (data.get("tenant") or {}).get("id") or conversation.get("tenantId") or ""
    return Sender(
        platform=NAME,
        tenant=str(tenant),
        user=str(who.get("aadObjectId") or who["id"]),
        conversation=place(str(raw["serviceUrl"]), str(conversation["id"])),
        direct=is_personal(raw),
        timezone=_client(raw, "timezone") if raw.get("localTimezone") is None else str(raw["localTimezone"]),
        locale=str(raw["locale"]) if raw.get("locale") else _client(raw, "locale"),
    )


def is_personal(raw: Json) -> bool:
    """Return whether this happened in somebody's own chat with the bot."""
    conversation = raw["conversation"]
    kind = conversation.get("conversationType")
    return kind == "personal" if kind else not conversation.get("isGroup")


def _client(raw: Json, what: str) -> str | None:
    for entity in _entities(raw):
        if entity.get("type") == "clientInfo" and entity.get(what):
            return str(entity[what])
    return None


def _entities(raw: Json) -> list[Json]:
    given = raw.get("entities")
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def is_from_a_bot(raw: Json) -> bool:
    """Return whether a bot speaks, this one or another."""
    who: Json = raw.get("from") or {}
    itself = (raw.get("recipient") or {}).get("id")
    own = itself is not None and who.get("id") == itself
    return own or who.get("role") == "bot" or str(who.get("id", "")).startswith("28:")


def id_of(raw: Json) -> str:
    """Return the id by which the same activity is known when it comes again."""
    return f"act:{raw['conversation']['id']}:{raw.get('id') or _digest(raw)}"


def _digest(given: object) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:32]


def own_data(value: object) -> Json | None:
    """Return what a card of ours carries, None for a value of somebody else's making."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    own = value.get(OWN) if isinstance(value, Mapping) else None
    return dict(value) if isinstance(value, Mapping) and isinstance(own, Mapping) else None


def command(raw: Json) -> Command | None:
    """Return the words of a message as a command; None where the bot is not addressed or nothing is said."""
    sender, addressed = sender_of(raw), _addressed(raw)
    if not sender.direct and addressed is None:
        return None
    meant = command_in(addressed if addressed is not None else _typed(str(raw.get("text") or "")))
    if meant is None:
        return None
    return Command(sender=sender, name=meant[0], text=meant[1], id=id_of(raw), public=not sender.direct)


def _addressed(raw: Json) -> str | None:
    """Return a message without the mention of the bot, None when it does not mention the bot."""
    text, itself, found = str(raw.get("text") or ""), (raw.get("recipient") or {}).get("id"), False
    for entity in _entities(raw):
        mentioned = entity.get("mentioned")
        if entity.get("type") == "mention" and isinstance(mentioned, dict) and mentioned.get("id") == itself:
            text, found = _without(text, str(entity.get("text") or "")), True
    return _typed(text) if found else None


def _without(text: str, mention: str) -> str:
    """Return a text without a mention; where it is spelled otherwise, without the first."""
    if mention and mention in text:
        return text.replace(mention, " ")
    return MENTION.sub(" ", text, count=1)


def _typed(text: str) -> str:
    """Return words as meant: entities and unusual blanks undone, ends trimmed."""
    return cleaned(html.unescape(text)).translate(BLANKS).strip()


def opening(raw: Json, own: Json) -> Command:
    """Return the command behind the button that opens a form in a public place, as given by who pressed it."""
    meant = command_in(_typed(str(own["command"])))
    if meant is None:
        raise Obsolete
    return Command(sender=sender_of(raw), name=meant[0], text=meant[1], id=id_of(raw))


def action(raw: Json, own: Json) -> ActionPressed:
    """Return a pressed button; raises Obsolete for one this version does not know."""
    sender = sender_of(raw)
    try:
        kind = Action(str(own["action"]))
    except ValueError as error:
        raise Obsolete from error
    return ActionPressed(
        sender=sender, action=kind, value=str(own.get("value", "")), id=id_of(raw), message=message_of(raw, sender)
    )


def message_of(raw: Json, sender: Sender) -> MessageRef | None:
    """Return the message a button stood in."""
    replied = raw.get("replyToId")
    return MessageRef(NAME, sender.conversation, str(replied), sender.tenant) if replied else None


def submission(raw: Json, data: Json) -> FormSubmitted:
    """Return a form sent; sending the same again is the same. Raises Obsolete for one this version does not know."""
    own = data[OWN]
    try:
        name = FormName(str(own["form"]))
    except ValueError as error:
        raise Obsolete from error
    values = values_of(data)
    id = f"form:{own.get('once') or id_of(raw)}:{_digest([str(own.get('state')), values])}"
    return FormSubmitted(sender=sender_of(raw), form=name, state=str(own.get("state", "")), values=values, id=id)


def values_of(data: Json) -> dict[str, str | list[str]]:
    """Return what was filled in by field name, without what was left empty."""
    own: Json = data[OWN]
    one, many = _names(own.get("one")), _names(own.get("many"))
    values: dict[str, str | list[str]] = {}
    for name, given in data.items():
        if name in NOT_TYPED or given in (None, ""):
            continue
        sent = cleaned(str(given))
        values[name] = chosen(sent) if name in many else "".join(chosen(sent)[:1]) if name in one else sent
    return values


def _names(given: object) -> frozenset[str]:
    return frozenset(str(each) for each in given) if isinstance(given, list) else frozenset()


def searched(raw: Json) -> Searched:
    """Return what was typed into a choice that asks us, or into the message extension."""
    value: Any = raw.get("value") or {}
    given = value.get("parameters")
    first = given[0] if isinstance(given, list) and given and isinstance(given[0], dict) else {}
    words = "" if first.get("name") == "initialRun" else first.get("value") or value.get("queryText") or ""
    return Searched(sender=sender_of(raw), text=_typed(str(words)), id=id_of(raw))


def added(raw: Json) -> BotAdded | None:
    """
    Return the bot as added or removed; None for changes that do not concern it.

    An update of the app is neither, and who takes it out of a team or chat keeps it for themselves.
    """
    if raw["type"] == "installationUpdate":
        removed = raw.get("action") == "remove"
        if raw.get("action") != "add" and not (removed and is_personal(raw)):
            return None
        return BotAdded(sender=sender_of(raw), id=id_of(raw), removed=removed)
    itself = (raw.get("recipient") or {}).get("id")
    joined = [each.get("id") for each in raw.get("membersAdded") or [] if isinstance(each, dict)]
    return BotAdded(sender=sender_of(raw), id=id_of(raw)) if itself in joined else None
