"""The payloads Slack sends to an app, built from the fake's state."""

from __future__ import annotations

from tests.adapters.slack.fake_parts.form import state_of
from tests.adapters.slack.fake_parts.state import APP_ID, Channel, Ephemeral, Json, Posted, User, View
from tests.adapters.slack.fake_parts.world import World

VERIFICATION_TOKEN = "fake-verification-token"
Source = Posted | Ephemeral | View


def _common(world: World, user: User, kind: str) -> Json:
    team = world.workspaces[user.team]
    handle = user.name.lower().replace(" ", ".")
    return {
        "type": kind,
        "user": {"id": user.id, "username": handle, "name": handle, "team_id": user.team},
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "groups": "privategroup"}.get(channel.kind, channel.name)


def _where(world: World, user: User, source: Source, *, respond: bool) -> Json:
    if isinstance(source, View):
        return {"container": {"type": "view", "view_id": source.id}, "view": source.as_json()}
    hidden = isinstance(source, Ephemeral)
    container = {"type": "message", "message_ts": source.ts, "channel_id": source.channel, "is_ephemeral": hidden}
    if source.thread_ts:
        container["thread_ts"] = source.thread_ts
    channel = {"id": source.channel, "name": _channel_name(world.channels[source.channel])}
    told: Json = {"container": container, "channel": channel}
    if isinstance(source, Posted):
        told["message"] = source.as_json()
    if respond:
        told["state"] = {"values": state_of(source.blocks)}
        told["response_url"] = world.new_response_url(source.channel, user, source.ts)
    return told


def command(world: World, user: User, words: tuple[str, str], channel: Channel) -> Json:
    """Build the form of a slash command."""
    team = world.workspaces[user.team]
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name.lower().replace(" ", "."),
        "command": words[0],
        "text": words[1].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": world.new_response_url(channel.id, user),
        "trigger_id": world.new_trigger(user),
    }


def block_actions(world: World, user: User, source: Source, action: Json) -> Json:
    """Build the payload of a pressed button or a changed menu."""
    view = source if isinstance(source, View) else None
    return {
        **_common(world, user, "block_actions"),
        **_where(world, user, source, respond=True),
        "trigger_id": world.new_trigger(user, view),
        "actions": [{**action, "action_ts": world.next_ts()}],
    }


def view_submission(world: World, user: User, view: View, hash: str) -> Json:
    """Build the payload of a submitted modal."""
    return {
        **_common(world, user, "view_submission"),
        "trigger_id": world.new_trigger(user, view),
        "view": {**view.as_json(), "hash": hash},
        "response_urls": [],
    }


def view_closed(world: World, user: User, view: View) -> Json:
    """Build the payload of a closed modal."""
    return {**_common(world, user, "view_closed"), "view": view.as_json(), "is_cleared": False}


def block_suggestion(world: World, user: User, source: Source, asked: tuple[str, str, str]) -> Json:
    """Build the payload of someone typing in an external select: (block_id, action_id, typed)."""
    return {
        **_common(world, user, "block_suggestion"),
        **_where(world, user, source, respond=False),
        "block_id": asked[0],
        "action_id": asked[1],
        "value": asked[2],
    }


def shortcut(world: World, user: User, callback_id: str) -> Json:
    """Build the payload of a global shortcut."""
    return {
        **_common(world, user, "shortcut"),
        "callback_id": callback_id,
        "action_ts": world.next_ts(),
        "trigger_id": world.new_trigger(user),
    }


def message_action(world: World, user: User, callback_id: str, message: Posted) -> Json:
    """Build the payload of a message shortcut."""
    return {
        **_common(world, user, "message_action"),
        "callback_id": callback_id,
        "action_ts": world.next_ts(),
        "trigger_id": world.new_trigger(user),
        "response_url": world.new_response_url(message.channel, user, message.ts),
        "message_ts": message.ts,
        "message": message.as_json(),
        "channel": {"id": message.channel, "name": _channel_name(world.channels[message.channel])},
    }


def event(world: World, team_id: str, event_id: str | None, inner: Json) -> Json:
    """Build the envelope of an event."""
    ts = world.next_ts()
    bot = world.workspaces[team_id].bot_user
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team_id,
        "api_app_id": APP_ID,
        "event": {"event_ts": ts, **inner},
        "type": "event_callback",
        "event_id": event_id or f"Ev{ts.replace('.', '')}",
        "event_time": int(ts.partition(".")[0]),
        "authorizations": [
            {"enterprise_id": None, "team_id": team_id, "user_id": bot, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
    }
