"""What the app's own HTTP answers do on people's screens, after the checks that Teams makes of them."""

from __future__ import annotations

from tests.adapters.teams.fake_parts.cards import LARGEST, problems, weight
from tests.adapters.teams.fake_parts.filling import started
from tests.adapters.teams.fake_parts.state import CARD, Dialog, Json, Person, Posted
from tests.adapters.teams.fake_parts.world import World

MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
SEARCHED = "application/vnd.microsoft.search.searchResponse"
UNREACHED = "Unable to reach app. Please try again."
_SIZES = ("small", "medium", "large")


class AppMistake(AssertionError):
    """The app answered something Teams would not take."""


def checked_card(attachment: object, *, dialog: bool) -> Json:
    """Return the card of an attachment; raise AppMistake when Teams could not show it."""
    if not isinstance(attachment, dict) or attachment.get("contentType") != CARD:
        raise AppMistake(f"no Adaptive Card: {attachment}")
    card = attachment.get("content")
    if not isinstance(card, dict):
        raise AppMistake("the attachment has no content")
    if found := problems(card, dialog=dialog):
        raise AppMistake(f"the card is not shown: {found}")
    if weight(card) > LARGEST:
        raise AppMistake(f"the card has {weight(card)} bytes")
    return card


def show_executed(world: World, who: Person, posted: Posted, body: object) -> None:
    """Do what the answer to Action.Execute says: another card for this person, or a sentence for a moment."""
    if not isinstance(body, dict) or not isinstance(body.get("statusCode"), int):
        raise AppMistake(f"adaptiveCard/action is answered with {body!r}")
    kind, value = body.get("type"), body.get("value")
    if kind == CARD:
        world.show_own(who, posted, checked_card({"contentType": CARD, "content": value}, dialog=False))
    elif kind == MESSAGE and isinstance(value, str):
        world.toasts += [(who.object_id, value)] if value else []
    elif kind == ERROR and isinstance(value, dict):
        world.toasts.append((who.object_id, str(value["message"])))
    else:
        raise AppMistake(f"adaptiveCard/action is answered with {kind!r} and {value!r}")


def show_dialog(world: World, who: Person, place: str, body: object) -> None:
    """Do what the answer to task/fetch or task/submit says: show, say or close."""
    if body in (None, "", {}):
        world.dialogs.pop(who.object_id, None)
        return
    task = body.get("task") if isinstance(body, dict) else None
    if not isinstance(task, dict) or task.get("type") not in ("continue", "message"):
        raise AppMistake(f"a dialog is answered with {body!r}")
    value = task.get("value")
    if task["type"] == "message":
        if not isinstance(value, str) or not value:
            raise AppMistake(f"a dialog's message must be words: {value!r}")
        world.dialogs[who.object_id] = Dialog("", sentence=value, place=place)
        return
    if not isinstance(value, dict) or not isinstance(value.get("title"), str) or not value["title"]:
        raise AppMistake("a dialog needs a title")
    for side in ("height", "width"):
        if side in value and value[side] not in _SIZES and not isinstance(value[side], int):
            raise AppMistake(f"a dialog's {side} is small, medium, large or a number: {value[side]!r}")
    card = checked_card(value.get("card"), dialog=True)
    world.dialogs[who.object_id] = Dialog(value["title"], card, place=place, typed=started(card))


def found_of(body: object) -> list[tuple[str, str]]:
    """Check the answer to application/search and return the choices as (title, value)."""
    if not isinstance(body, dict) or body.get("type") != SEARCHED or body.get("statusCode", 200) != 200:
        raise AppMistake(f"application/search is answered with {body!r}")
    results = body.get("value", {}).get("results")
    if not isinstance(results, list):
        raise AppMistake("the answer to application/search has no results")
    for each in results:
        if not isinstance(each, dict) or not each.get("title") or not each.get("value"):
            raise AppMistake(f"a choice is a title and a value: {each!r}")
    return [(str(each["title"]), str(each["value"])) for each in results]


def extension_of(body: object) -> list[Json]:
    """Check the answer to a message extension and return its attachments."""
    result = body.get("composeExtension") if isinstance(body, dict) else None
    if not isinstance(result, dict) or result.get("type") not in ("result", "message"):
        raise AppMistake(f"the message extension is answered with {body!r}")
    if result["type"] == "message":
        if not result.get("text"):
            raise AppMistake("a message extension's message needs text")
        return []
    if result.get("attachmentLayout") not in ("list", "grid"):
        raise AppMistake("a message extension lays out a list or a grid")
    attachments = result.get("attachments")
    if not isinstance(attachments, list):
        raise AppMistake("a message extension's result has attachments")
    for each in attachments:
        if each.get("contentType") == CARD:
            checked_card(each, dialog=False)
    return attachments
