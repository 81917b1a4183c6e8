"""Slack's payloads as interactions: pure functions, one for each kind of payload."""

import html
import json
import re
from typing import Any

from adapters.slack.platform import NAME
from bot.domain.deliveries import MessageRef
from bot.messages.forms import FormName
from bot.messages.model import Action
from bot.messages.words import cleaned, command_in
from bot.ports import ActionPressed, BotAdded, Command, FormSubmitted, Searched, Sender

Json = dict[str, Any]
MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
QUOTES = str.maketrans("“”„‟‘’‚‛", "\"\"\"\"''''")


class Obsolete(Exception):
    """The payload comes from a button or form that this version no longer has."""


def typed(text: str) -> str:
    """Return the words of a command as meant: entities and curly quotes undone, ends trimmed."""
    return cleaned(html.unescape(text)).translate(QUOTES).strip()


def team_of(body: Json) -> str:
    """Return the workspace a payload comes from."""
    return str(body.get("team_id") or (body.get("team") or {}).get("id") or "")


def command(body: Json) -> Command:
    """Return a slash command."""
    sender = Sender(
        platform=NAME,
        tenant=team_of(body),
        user=str(body["user_id"]),
        conversation=str(body["channel_id"]),
        direct=_is_direct(str(body["channel_id"])),
    )
    name = str(body["command"]).lstrip("/")
    return Command(sender=sender, name=name, text=typed(body.get("text", "")), id=f"cmd:{body['trigger_id']}")


def action(body: Json) -> ActionPressed:
    """Return a pressed button; raises Obsolete for one this version does not know."""
    pressed = body["actions"][0]
    sender = sender_of(body)
    try:
        kind = Action(str(pressed["action_id"]).partition(".")[0])
    except ValueError as error:
        raise Obsolete from error
    return ActionPressed(
        sender=sender,
        action=kind,
        value=str(pressed.get("value", "")),
        id=f"act:{sender.tenant}:{sender.user}:{pressed['action_ts']}:{pressed['action_id']}",
        message=_message(body, sender),
    )


def _message(body: Json, sender: Sender) -> MessageRef | None:
    """Return where the button stood; what only one person sees has no place that can be written to later."""
    container = body.get("container") or {}
    if container.get("type") != "message" or container.get("is_ephemeral"):
        return None
    return MessageRef(NAME, str(container["channel_id"]), str(container["message_ts"]), sender.tenant)


def suggestion(body: Json) -> Searched:
    """Return letters typed where an initiative is chosen."""
    text = typed(body.get("value") or "")
    return Searched(sender=sender_of(body), text=text, id=f"find:{body['view']['id']}:{text}")


def submission(body: Json) -> FormSubmitted:
    """Return a form sent; raises Obsolete for one this version does not know."""
    view = body["view"]
    try:
        name = FormName(view["callback_id"])
    except ValueError as error:
        raise Obsolete from error
    state = json.loads(view["private_metadata"])["state"]
    values = values_of(view)
    return FormSubmitted(
        sender=sender_of(body), form=name, state=str(state), values=values, id=f"view:{view['id']}:{view['hash']}"
    )


def values_of(view: Json) -> dict[str, str | list[str]]:
    """Return what was filled in by field name, without what was left empty."""
    values: dict[str, str | list[str]] = {}
    for block_id, elements in view["state"]["values"].items():
        for element in elements.values():
            if value := _value(element):
                values[block_id.rpartition("@")[0]] = value
    return values


def _value(element: Json) -> str | list[str]:
    match element["type"]:
        case "plain_text_input":
            return cleaned(element.get("value") or "")
        case "radio_buttons" | "static_select" | "external_select":
            return str((element.get("selected_option") or {}).get("value", ""))
        case "checkboxes":
            return [str(option["value"]) for option in element.get("selected_options") or []]
        case "datepicker":
            return str(element.get("selected_date") or "")
        case "users_select":
            return str(element.get("selected_user") or "")
        case _:
            return ""


def event(body: Json, bot_user: str) -> Command | BotAdded | None:
    """Return what an event means to Steward, None for most."""
    inner = body["event"]
    sender = Sender(
        platform=NAME,
        tenant=team_of(body),
        user=str(inner.get("user") or ""),
        conversation=str(inner.get("channel") or ""),
        direct=_is_direct(str(inner.get("channel") or "")),
    )
    id = f"ev:{body['event_id']}"
    match inner["type"]:
        case "message" if _is_a_persons_direct_message(inner):
            return _asked(sender, _unmarked(inner.get("text") or ""), id)
        case "app_home_opened":
            return BotAdded(sender=sender, id=id)
        case "member_joined_channel" if inner.get("user") == bot_user and inner.get("inviter"):
            return BotAdded(sender=_as(sender, str(inner["inviter"])), id=id)
        case "app_uninstalled":
            return BotAdded(sender=_as(sender, ""), id=id, removed=True)
        case "tokens_revoked" if (inner.get("tokens") or {}).get("bot"):
            return BotAdded(sender=_as(sender, ""), id=id, removed=True)
        case _:
            return None


def _is_a_persons_direct_message(inner: Json) -> bool:
    foreign = inner.get("bot_id") or inner.get("subtype") or not inner.get("user")
    return inner.get("channel_type") == "im" and not foreign


def _asked(sender: Sender, text: str, id: str) -> Command | None:
    """Return words written to the bot as the command they stand for."""
    meant = command_in(text)
    return Command(sender=sender, name=meant[0], text=meant[1], id=id) if meant else None


def _unmarked(text: str) -> str:
    """Return a message without Slack's marks: links and mentions become the words a reader saw."""
    return typed(MARKUP.sub(lambda found: found[2] or found[1], text))


def _as(sender: Sender, user: str) -> Sender:
    return Sender(
        platform=NAME, tenant=sender.tenant, user=user, conversation=sender.conversation, direct=sender.direct
    )


def sender_of(body: Json) -> Sender:
    """Return who acted; a guest from a connected workspace keeps their own, which is not ours."""
    user = body["user"]
    conversation = str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")
    return Sender(
        platform=NAME,
        tenant=str(user.get("team_id") or team_of(body)),
        user=str(user["id"]),
        conversation=conversation,
        direct=_is_direct(conversation),
    )


def _is_direct(conversation: str) -> bool:
    return conversation.startswith("D")
