"""The Bot Connector's calls, and the directory's one: what each takes, does and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.adapters.teams.fake_parts.cards import LARGEST, mentions, problems, weight
from tests.adapters.teams.fake_parts.state import BOT, CARD, Json, Person, Place, Posted, Refused
from tests.adapters.teams.fake_parts.world import World

LONGEST_TEXT = 28_000
_UNKNOWN = "Conversation not found."


@dataclass(frozen=True)
class Asked:
    """One request as a call sees it."""

    place: str = ""
    item: str = ""
    body: Json = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


Answer = tuple[int, Json]
Handler = Callable[[World, Asked], Answer]


def create(world: World, asked: Asked) -> Answer:
    """Answer POST /v3/conversations: a conversation with one person, or a new thread of a channel."""
    if asked.body.get("isGroup"):
        return _new_thread(world, asked)
    members = asked.body.get("members")
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise Refused(400, "BadSyntax", "Bad format of conversation: one member is needed")
    if _tenant_of(asked.body) is None:
        raise Refused(400, "BadSyntax", "Could not parse tenant id")
    id = str(members[0].get("id", ""))
    who = world.person(id)
    if who is None or id == who.principal or _tenant_of(asked.body) != who.tenant:
        raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    world.reachable(who)
    place = world.personal(who)
    made: Json = {"id": place.id}
    if asked.body.get("activity") is not None:
        made["activityId"] = _post(world, place, asked.body["activity"]).id
    return 201, made


def _tenant_of(body: Json) -> str | None:
    channel_data = body.get("channelData")
    tenant = channel_data.get("tenant") if isinstance(channel_data, dict) else None
    return tenant.get("id") if isinstance(tenant, dict) else None


def _new_thread(world: World, asked: Asked) -> Answer:
    channel_data = asked.body.get("channelData")
    channel = channel_data.get("channel") if isinstance(channel_data, dict) else None
    if not isinstance(channel, dict):
        raise Refused(403, "Forbidden", "Group conversation creation is not supported")
    if ";" in str(channel.get("id")):
        raise Refused(400, "BadSyntax", "A channel is named without a message")
    place = world.place(str(channel.get("id")))
    if place is None or place.kind != "channel":
        raise Refused(404, "ConversationNotFound", _UNKNOWN)
    world.deliverable(place)
    posted = _post(world, place, asked.body.get("activity"))
    return 201, {"id": f"{place.id};messageid={posted.id}", "activityId": posted.id}


def post(world: World, asked: Asked) -> Answer:
    """Answer POST .../activities, also with the message it answers."""
    place, thread = _place(world, asked.place)
    if asked.item and world.message(place, asked.item) is None:
        raise Refused(404, "ActivityNotFoundInConversation", "Activity not found.")
    if place.kind == "channel" and asked.item and not thread:
        answered = world.message(place, asked.item)
        thread = (answered.thread or answered.id) if answered else ""
    return 201, {"id": _post(world, place, asked.body, thread).id}


def update(world: World, asked: Asked) -> Answer:
    """Answer PUT .../activities/{id}: only the bot's own messages can be changed."""
    place, _ = _place(world, asked.place)
    posted = world.message(place, asked.item)
    if posted is None:
        raise Refused(404, "ActivityNotFoundInConversation", "Activity not found.")
    if posted.author != BOT:
        raise Refused(403, "Forbidden", "Only the author may change a message")
    world.change(posted, _content(world, asked.body))
    return 200, {"id": posted.id}


def member(world: World, asked: Asked) -> Answer:
    """Answer GET .../members/{id}."""
    place, _ = _place(world, asked.place, to_write=False)
    who = world.person(asked.item)
    if who is None or who.object_id not in place.members:
        raise Refused(404, "MemberNotFoundInConversation", "Member not found in conversation")
    return 200, _member(who)


def members(world: World, asked: Asked) -> Answer:
    """Answer GET .../pagedmembers."""
    place, _ = _place(world, asked.place, to_write=False)
    everyone = sorted(place.members)
    start, most = int(asked.query.get("continuationToken", "0")), int(asked.query.get("pageSize", "200"))
    page: Json = {"members": [_member(world.people[each]) for each in everyone[start : start + most]]}
    if start + most < len(everyone):
        page["continuationToken"] = str(start + most)
    return 200, page


def graph(world: World, asked: Asked) -> Answer:
    """Answer GET /v1.0/users/{address}, by the name they sign in with or by id."""
    if not world.graph_allowed:
        raise Refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    key = asked.item.casefold()
    found = [each for each in world.people.values() if key in (each.principal.casefold(), each.object_id)]
    who = next((each for each in found if each.tenant == world.tenant or each.guest), None)
    if who is None:
        raise Refused(404, "Request_ResourceNotFound", f"Resource '{asked.item}' does not exist")
    told: Json = {
        "id": who.object_id,
        "displayName": who.name,
        "mail": who.email,
        "userPrincipalName": who.principal,
        "userType": "Guest" if who.guest else "Member",
        "accountEnabled": who.enabled,
    }
    wanted = asked.query.get("$select", "id,displayName,mail,userPrincipalName").split(",")
    return 200, {name: value for name, value in told.items() if name in wanted}


def _member(who: Person) -> Json:
    given, _, family = who.name.partition(" ")
    return {
        "id": who.id,
        "name": who.name,
        "aadObjectId": who.object_id,
        "objectId": who.object_id,
        "givenName": given,
        "surname": family,
        "email": who.email,
        "userPrincipalName": who.principal,
        "tenantId": who.tenant,
        "userRole": "guest" if who.guest else "user",
    }


def _place(world: World, id: str, *, to_write: bool = True) -> tuple[Place, str]:
    """Return a conversation and the thread that its id names."""
    place = world.place(id)
    _, _, thread = id.partition(";messageid=")
    if place is None or (";" in id and not thread) or (thread and place.kind != "channel"):
        raise Refused(404, "ConversationNotFound", _UNKNOWN)
    if thread and world.message(place, thread) is None:
        raise Refused(404, "ConversationNotFound", _UNKNOWN)
    if to_write:
        world.deliverable(place)
    return place, thread


def _post(world: World, place: Place, body: object, thread: str = "") -> Posted:
    content = _content(world, body)
    posted = world.put(place, BOT, thread)
    world.write(posted, content)
    return posted


def _content(world: World, body: object) -> Json:
    """Return an activity that may stand; refuse what Teams refuses, and what it would silently make a mess of."""
    if not isinstance(body, dict) or body.get("type") != "message":
        raise Refused(400, "BadSyntax", "The activity must be a message")
    text, attachments = body.get("text"), body.get("attachments")
    if attachments is None or attachments == []:
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "BadSyntax", "Activity resulted into multiple skype activities, or none")
        if len(text.encode("utf-16-le", "surrogatepass")) > LONGEST_TEXT:
            raise Refused(413, "MessageSizeTooBig", "Message size too large.")
        return body
    if text:
        raise Refused(400, "BadSyntax", "Activity resulted into multiple skype activities")
    if not isinstance(attachments, list) or len(attachments) != 1 or not isinstance(attachments[0], dict):
        raise Refused(400, "BadSyntax", "One card is one activity")
    if not isinstance(body.get("summary"), str) or not body["summary"].strip():
        raise Refused(400, "BadArgument", "A card without a summary has nothing to notify with")
    _check_card(world, attachments[0])
    return body


def _check_card(world: World, attachment: Json) -> None:
    if attachment.get("contentType") != CARD:
        raise Refused(400, "BadArgument", f"Unknown attachment type {attachment.get('contentType')}")
    card = attachment.get("content")
    if weight(card) > LARGEST:
        raise Refused(413, "MessageSizeTooBig", "Message size too large.")
    if found := problems(card):
        raise Refused(400, "BadArgument", "; ".join(found[:5]))
    for each in mentions(card if isinstance(card, dict) else {}):
        if world.person(str(each["mentioned"]["id"])) is None:
            raise Refused(400, "BadArgument", f"nobody is {each['mentioned']['id']}")


CALLS: dict[str, Handler] = {
    "create": create,
    "post": post,
    "update": update,
    "member": member,
    "members": members,
    "graph": graph,
}
