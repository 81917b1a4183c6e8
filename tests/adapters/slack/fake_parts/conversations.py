"""The fake's conversations.* methods."""

from __future__ import annotations

from tests.adapters.slack.fake_parts.asked import ANY_KIND, Asked, Method, find_channel, find_user, names, page_of
from tests.adapters.slack.fake_parts.state import Channel, Json, Posted, Refused
from tests.adapters.slack.fake_parts.world import World

_KINDS = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}


def _readable_channel(world: World, asked: Asked, right: str) -> Channel:
    asked.require(",".join(f"{kind}:{right}" for kind in ANY_KIND))
    channel = find_channel(world, asked, asked.need("channel"))
    asked.require(f"{channel.kind}:{right}")
    return channel


def _as_json(channel: Channel, asked: Asked) -> Json:
    told: Json = {"id": channel.id, "created": channel.created, "is_archived": channel.archived, "is_im": channel.is_im}
    if channel.is_im:
        return {**told, "user": channel.user, "is_org_shared": False}
    return {
        **told,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_mpim": channel.is_mpim,
        "is_private": channel.private or channel.is_mpim,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": asked.team.bot_user in channel.members,
        "context_team_id": channel.team,
    }


def open_(world: World, asked: Asked) -> Json:
    """Answer conversations.open."""
    if asked.text("channel"):
        channel = find_channel(world, asked, asked.text("channel"))
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    ids = [each.strip() for each in asked.text("users").split(",") if each.strip()]
    if not ids:
        raise Refused("users_list_not_supplied")
    if len(ids) > 8:
        raise Refused("too_many_users")
    asked.require("im:write" if len(ids) == 1 else "mpim:write")
    for id in ids:
        user = find_user(world, asked, id)
        if user.deleted:
            raise Refused("user_disabled")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
    if len(ids) == 1:
        already = world.has_dm(ids[0])
        channel = world.dm_channel(ids[0])
    else:
        already, channel = _group(world, asked, set(ids))
    told = _as_json(channel, asked) if asked.flag("return_im") else {"id": channel.id}
    return {"channel": told, **({"no_op": True, "already_open": True} if already else {})}


def _group(world: World, asked: Asked, ids: set[str]) -> tuple[bool, Channel]:
    members = {*ids, asked.team.bot_user}
    for channel in world.channels.values():
        if channel.is_mpim and channel.members == members:
            return True, channel
    channel = world.add_channel("mpdm-" + "--".join(sorted(ids)), members=members, team=asked.team.id)
    channel.is_mpim = True
    return False, channel


def info(world: World, asked: Asked) -> Json:
    """Answer conversations.info."""
    channel = _readable_channel(world, asked, "read")
    told = _as_json(channel, asked)
    if asked.flag("include_num_members"):
        told["num_members"] = len(channel.members)
    return {"channel": told}


def list_(world: World, asked: Asked) -> Json:
    """Answer conversations.list."""
    types = [each.strip() for each in asked.text("types", "public_channel").split(",")]
    if not set(types) <= set(_KINDS):
        raise Refused("invalid_types")
    for each in types:
        asked.require(f"{_KINDS[each]}:read")
    kinds = {_KINDS[each] for each in types}
    visible = [
        channel
        for channel in world.channels.values()
        if channel.team == asked.team.id
        and channel.kind in kinds
        and (channel.kind == "channels" or asked.team.bot_user in channel.members)
        and not (channel.archived and asked.flag("exclude_archived"))
    ]
    page, cursor = page_of(visible, asked, 100, 999)
    return {"channels": [_as_json(each, asked) for each in page], "response_metadata": {"next_cursor": cursor}}


def join(world: World, asked: Asked) -> Json:
    """Answer conversations.join."""
    channel = find_channel(world, asked, asked.need("channel"))
    if channel.kind != "channels":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    channel.members.add(asked.team.bot_user)
    return {"channel": _as_json(channel, asked)}


def members(world: World, asked: Asked) -> Json:
    """Answer conversations.members."""
    channel = _readable_channel(world, asked, "read")
    page, cursor = page_of(sorted(channel.members), asked, 100, 999)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def _history_channel(world: World, asked: Asked) -> Channel:
    channel = _readable_channel(world, asked, "history")
    if asked.team.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _between(messages: list[Posted], asked: Asked) -> list[Posted]:
    oldest, latest, both = _ts(asked, "oldest", "0"), _ts(asked, "latest", "99999999999"), asked.flag("inclusive")
    inside = [each for each in messages if oldest < ts_key(each.ts) < latest]
    return [each for each in messages if ts_key(each.ts) in (oldest, latest) or each in inside] if both else inside


def ts_key(ts: str) -> tuple[int, int]:
    """Order timestamps exactly, without floats."""
    second, _, part = ts.partition(".")
    return int(second), int((part or "0").ljust(6, "0")[:6])


def _ts(asked: Asked, name: str, default: str) -> tuple[int, int]:
    try:
        return ts_key(asked.text(name) or default)
    except ValueError as error:
        raise Refused(f"invalid_ts_{name}") from error


def history(world: World, asked: Asked) -> Json:
    """Answer conversations.history: newest first, no thread replies, metadata only on request."""
    channel = _history_channel(world, asked)
    top = [each for each in world.posted(channel) if each.thread_ts in (None, each.ts) or each.broadcast]
    newest_first = sorted(_between(top, asked), key=lambda each: ts_key(each.ts), reverse=True)
    page, cursor = page_of(newest_first, asked, 100, 999)
    told = [_with_thread(world, each, asked.flag("include_all_metadata")) for each in page]
    answer: Json = {"messages": told, "has_more": bool(cursor), "pin_count": 0}
    return {**answer, "response_metadata": {"next_cursor": cursor}} if cursor else answer


def _with_thread(world: World, message: Posted, with_metadata: bool) -> Json:
    replies = [each for each in world.posted(message.channel) if each.thread_ts == message.ts]
    told = message.as_json(with_metadata)
    if replies and message.thread_ts is None:
        told |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    return told


def replies(world: World, asked: Asked) -> Json:
    """Answer conversations.replies: the parent, then its replies, oldest first."""
    channel = _history_channel(world, asked)
    parent = world.message(channel.id, asked.need("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    root = parent.thread_ts or parent.ts
    thread = [each for each in world.posted(channel) if root == each.thread_ts]
    first = world.message(channel.id, root)
    whole = ([first] if first else []) + _between(thread, asked)
    page, cursor = page_of(whole, asked, 1000, 1000)
    told = [_with_thread(world, each, asked.flag("include_all_metadata")) for each in page]
    return {"messages": told, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


_WINDOW = "channel latest oldest inclusive limit cursor include_all_metadata"
METHODS = {
    "conversations.open": Method(open_, 3, names("users channel return_im prevent_creation")),
    "conversations.info": Method(info, 3, names("channel include_locale include_num_members"), json_body=False),
    "conversations.list": Method(list_, 2, names("types exclude_archived limit cursor team_id"), json_body=False),
    "conversations.history": Method(history, 3, names(_WINDOW), json_body=False),
    "conversations.replies": Method(replies, 3, names(f"{_WINDOW} ts"), json_body=False),
    "conversations.join": Method(join, 3, names("channel"), "channels:join"),
    "conversations.members": Method(members, 4, names("channel limit cursor"), json_body=False),
}
