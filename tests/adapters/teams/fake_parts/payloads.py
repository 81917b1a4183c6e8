"""The activities Teams sends to a bot, built from the fake's state."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tests.adapters.teams.fake_parts.state import BOT_NAME, Json, Person, Place, Posted
from tests.adapters.teams.fake_parts.world import World

MENTION = f"<at>{BOT_NAME}</at>"
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def envelope(world: World, who: Person, place: Place, kind: str) -> Json:
    """Build what every activity has."""
    now = world.now()
    local = now.astimezone(ZoneInfo(who.timezone))
    return {
        "type": kind,
        "id": world.next_id(),
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
        "localTimestamp": local.isoformat(timespec="milliseconds"),
        "localTimezone": who.timezone,
        "locale": who.locale,
        "channelId": "msteams",
        "serviceUrl": world.service_url,
        "from": {"id": who.id, "name": who.name, "aadObjectId": who.object_id},
        "conversation": conversation(place),
        "recipient": {"id": world.bot_id, "name": BOT_NAME},
        "entities": [
            {
                "type": "clientInfo",
                "locale": who.locale,
                "country": who.locale[-2:],
                "platform": "Web",
                "timezone": who.timezone,
            }
        ],
        "channelData": channel_data(place, who.tenant),
    }


def conversation(place: Place, thread: str = "") -> Json:
    """Build the conversation account; a channel's id carries the thread."""
    id = f"{place.id};messageid={thread}" if thread else place.id
    told: Json = {"conversationType": place.kind, "tenantId": place.tenant, "id": id}
    return told if place.kind == "personal" else {**told, "isGroup": True, "name": place.name}


def channel_data(place: Place, tenant: str) -> Json:
    """Build Teams' own part of an activity."""
    told: Json = {"tenant": {"id": tenant}}
    if place.kind == "channel":
        told |= {
            "teamsChannelId": place.id,
            "teamsTeamId": place.team,
            "channel": {"id": place.id},
            "team": {"id": place.team},
        }
    return told


def written(world: World, who: Person, posted: Posted, words: str, *, mention: bool) -> Json:
    """Build a message that a person wrote; `posted` is where it stands."""
    place = world.places[posted.place]
    made = envelope(world, who, place, "message")
    text = words
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    if mention:
        text = f"{MENTION}&nbsp;{text}\r\n"
        mentioned = {"id": world.bot_id, "name": BOT_NAME}
        made["entities"].append({"type": "mention", "mentioned": mentioned, "text": MENTION})
    if place.kind == "channel":
        made["conversation"] = conversation(place, posted.thread or posted.id)
    html = {"contentType": "text/html", "content": f"<p>{text}</p>"}
    return {**made, "id": posted.id, "text": text, "textFormat": "plain", "attachments": [html]}


def about(world: World, who: Person, posted: Posted, kind: str) -> Json:
    """Build an activity that comes from a card in a message."""
    place = world.places[posted.place]
    made = envelope(world, who, place, kind)
    if place.kind == "channel":
        made["conversation"] = conversation(place, posted.thread or posted.id)
    return {**made, "replyToId": posted.id}


def submitted(world: World, who: Person, posted: Posted, data: Json) -> Json:
    """Build the message that Action.Submit becomes: no words, only a value."""
    made = about(world, who, posted, "message")
    return {**made, "value": data, "channelData": {**made["channelData"], "source": {"name": "message"}}}


def executed(world: World, who: Person, posted: Posted, act: Json) -> Json:
    """Build the invoke of Action.Execute."""
    value = {"action": act, "trigger": "manual"}
    return {**about(world, who, posted, "invoke"), "name": "adaptiveCard/action", "value": value}


def fetched(world: World, who: Person, posted: Posted, data: Json) -> Json:
    """Build the invoke that asks for a dialog."""
    value = {"data": {**data, "type": "task/fetch"}, "context": {"theme": "default"}}
    return {**about(world, who, posted, "invoke"), "name": "task/fetch", "value": value}


def invoked(world: World, who: Person, place: Place, name: str, value: Json) -> Json:
    """Build any other invoke."""
    return {**envelope(world, who, place, "invoke"), "name": name, "value": value}


def installed(world: World, who: Person, place: Place, action: str) -> Json:
    """Build the note that the app was added or removed."""
    return {**envelope(world, who, place, "installationUpdate"), "action": action}


def members(world: World, who: Person, place: Place, change: str, ids: list[str]) -> Json:
    """Build the note that members were added or removed; `change` is membersAdded or membersRemoved."""
    made = envelope(world, who, place, "conversationUpdate")
    events = {"membersAdded": "teamMemberAdded", "membersRemoved": "teamMemberRemoved"}
    return {
        **made,
        change: [{"id": id} for id in ids],
        "channelData": made["channelData"] | {"eventType": events[change]},
    }
