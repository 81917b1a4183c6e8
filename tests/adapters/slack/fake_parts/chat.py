"""The fake's chat.* methods and response URLs."""

from __future__ import annotations

import re

from tests.adapters.slack.fake_parts.asked import Asked, Method, find_channel, find_user, names
from tests.adapters.slack.fake_parts.blocks import MESSAGE, block_problems, payload_is_too_long
from tests.adapters.slack.fake_parts.limits import POST, SPECIAL
from tests.adapters.slack.fake_parts.state import (
    Channel,
    Earlier,
    Ephemeral,
    Json,
    Posted,
    Refused,
    ResponseUrl,
    invalid,
)
from tests.adapters.slack.fake_parts.world import World

TEXT_KEPT = 40_000
UPDATE_TEXT = 4_000
METADATA_CHARACTERS = 8_000
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_.:-]{1,255}")


def content(world: World, asked: Asked) -> tuple[str, list[Json]]:
    """Read and check text and blocks; `text` is required with blocks, which Slack only advises."""
    text, blocks = asked.text("text"), asked.parsed("blocks", "invalid_blocks_format")
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if not text.strip():
        raise invalid("no_text", ["[ERROR] the fake wants top-level `text` on every message [json-pointer:/text]"])
    if asked.args.get("attachments"):
        raise invalid("invalid_attachments", ["[ERROR] the fake takes no attachments [json-pointer:/attachments]"])
    return text[:TEXT_KEPT], checked_blocks(world, blocks or [])


def checked_blocks(world: World, blocks: list[Json]) -> list[Json]:
    """Check message blocks and give them their identifiers."""
    problems = block_problems(blocks, MESSAGE)
    if problems:
        raise invalid("invalid_blocks", problems)
    if payload_is_too_long(blocks):
        raise Refused("msg_blocks_too_long")
    return world.named(blocks)


def _metadata(asked: Asked) -> Json | None:
    metadata = asked.object("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    fits = set(metadata) == {"event_type", "event_payload"} and isinstance(metadata["event_payload"], dict)
    if not fits or not _EVENT_TYPE.fullmatch(str(metadata["event_type"])):
        raise Refused("invalid_metadata_schema")
    if len(str(metadata)) > METADATA_CHARACTERS:
        raise Refused("metadata_too_large")
    return metadata


def _destination(world: World, asked: Asked) -> Channel:
    wanted = asked.need("channel")
    if wanted[0] in "UW":
        user = find_user(world, asked, wanted, "channel_not_found")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
        channel = world.dm_channel(user)
    else:
        channel = find_channel(world, asked, wanted)
    _may_post(world, asked, channel)
    return channel


def _may_post(world: World, asked: Asked, channel: Channel) -> None:
    if channel.archived:
        raise Refused("is_archived")
    if channel.user:
        if world.users[channel.user].deleted and not world.posts_to_deactivated:
            raise Refused("user_disabled")
        if not asked.team.messages_tab:
            raise Refused("messages_tab_disabled")
    elif asked.team.bot_user not in channel.members and "chat:write.public" not in asked.team.scopes:
        raise Refused("not_in_channel")


def _thread(world: World, asked: Asked, channel: Channel) -> str | None:
    thread_ts = asked.args.get("thread_ts")
    if thread_ts is None:
        return None
    parent = world.message(channel.id, str(thread_ts))
    if parent is None:
        raise Refused("thread_not_found")
    return parent.thread_ts or parent.ts


def post_message(world: World, asked: Asked) -> Json:
    """Answer chat.postMessage."""
    text, blocks = content(world, asked)
    metadata, channel = _metadata(asked), _destination(world, asked)
    sent_id = asked.text("client_msg_id")
    if sent_id and world.honour_client_msg_id:
        for each in world.posted(channel):
            if each.client_msg_id == sent_id:
                return {"channel": channel.id, "ts": each.ts, "message": each.as_json()}
    posted = Posted(
        channel.id,
        world.next_ts(),
        asked.team.bot_user,
        text,
        blocks,
        asked.team.id,
        world.now(),
        _thread(world, asked, channel),
        metadata,
        client_msg_id=sent_id or None,
        broadcast=asked.flag("reply_broadcast"),
        bot_id=asked.team.bot_id,
    )
    world.store(posted)
    return {"channel": channel.id, "ts": posted.ts, "message": posted.as_json()}


def _own_message(world: World, asked: Asked, code: str) -> Posted:
    channel = find_channel(world, asked, asked.need("channel"))
    message = world.message(channel.id, asked.need("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.user != asked.team.bot_user:
        raise Refused(code)
    if channel.archived:
        raise Refused("is_archived")
    return message


def update(world: World, asked: Asked) -> Json:
    """Answer chat.update: text without blocks removes blocks, metadata stays unless given."""
    message = _own_message(world, asked, "cant_update_message")
    if len(asked.text("text")) > UPDATE_TEXT:
        raise Refused("msg_too_long")
    text, blocks = content(world, asked)
    metadata = _metadata(asked)
    edit(message, text, blocks)
    message.metadata = metadata or message.metadata
    told = message.as_json()
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": told}


def edit(message: Posted, text: str, blocks: list[Json]) -> None:
    """Replace what a message says, keeping the earlier words."""
    message.edits.append(Earlier(message.text, message.blocks))
    message.text, message.blocks = text, blocks


def delete(world: World, asked: Asked) -> Json:
    """Answer chat.delete."""
    message = _own_message(world, asked, "cant_delete_message")
    world.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(world: World, asked: Asked) -> Json:
    """Answer chat.postEphemeral."""
    text, blocks = content(world, asked)
    channel = find_channel(world, asked, asked.need("channel"))
    _may_post(world, asked, channel)
    user = find_user(world, asked, asked.need("user"), "user_not_in_channel")
    if user.id not in channel.members:
        raise Refused("user_not_in_channel")
    thread = _thread(world, asked, channel)
    shown = Ephemeral(
        channel.id, user.id, text, blocks, world.next_ts(), asked.method, world.now(), asked.team.id, thread
    )
    world.ephemerals.append(shown)
    return {"message_ts": shown.ts}


def permalink(world: World, asked: Asked) -> Json:
    """Answer chat.getPermalink."""
    channel = find_channel(world, asked, asked.need("channel"))
    message = world.message(channel.id, asked.need("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    address = f"https://{asked.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


def respond(world: World, url: ResponseUrl, body: Json) -> None:
    """Apply one post to a response URL."""
    if body.get("delete_original"):
        _delete_original(world, url)
        return
    asked = Asked("response_url", body, world.workspaces[url.team])
    text, blocks = content(world, asked)
    original = world.message(url.channel, url.source_ts) if url.source_ts else None
    shown = next((each for each in world.ephemerals if each.ts == url.source_ts), None)
    if body.get("replace_original") and original:
        edit(original, text, blocks)
    elif body.get("replace_original") and shown:
        shown.text, shown.blocks = text, blocks
    elif body.get("response_type") == "in_channel":
        show_in_channel(world, url, text, blocks)
    else:
        show_to_one(world, url, (text, blocks), "response_url")


def _delete_original(world: World, url: ResponseUrl) -> None:
    original = world.message(url.channel, url.source_ts) if url.source_ts else None
    if original:
        world.remove(original)
    world.ephemerals = [each for each in world.ephemerals if each.ts != url.source_ts]


def show_in_channel(world: World, url: ResponseUrl, text: str, blocks: list[Json]) -> Posted:
    """Post for the bot where the interaction was, member or not."""
    team = world.workspaces[url.team]
    posted = Posted(url.channel, world.next_ts(), team.bot_user, text, blocks, team.id, world.now(), bot_id=team.bot_id)
    return world.store(posted)


def show_to_one(world: World, url: ResponseUrl, said: tuple[str, list[Json]], via: str) -> Ephemeral:
    """Show a message to the one person who acted."""
    shown = Ephemeral(url.channel, url.user, said[0], said[1], world.next_ts(), via, world.now(), url.team)
    world.ephemerals.append(shown)
    return shown


_MESSAGE = "channel text blocks attachments metadata"
_LOOKS = "unfurl_links unfurl_media mrkdwn parse link_names icon_emoji icon_url username as_user"
METHODS = {
    "chat.postMessage": Method(
        post_message, POST, names(f"{_MESSAGE} {_LOOKS} thread_ts reply_broadcast client_msg_id"), "chat:write"
    ),
    "chat.update": Method(
        update, 3, names(f"{_MESSAGE} ts as_user link_names parse reply_broadcast file_ids"), "chat:write"
    ),
    "chat.delete": Method(delete, 3, names("channel ts as_user"), "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, 4, names(f"{_MESSAGE} {_LOOKS} user thread_ts"), "chat:write"),
    "chat.getPermalink": Method(permalink, SPECIAL, names("channel message_ts"), json_body=False),
}
