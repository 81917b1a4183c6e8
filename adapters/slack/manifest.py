"""The app as Slack's app page takes it: what `steward manifest slack` prints and what `doctor` compares with."""

from typing import Any

PATH = "/slack/events"
NAME = "Steward"
COMMANDS = (
    ("/ai-status", "What stands behind an AI initiative", "NAME, or: red, due, mine, portfolio"),
    ("/ai", "Check in, start an initiative, get help", "help"),
)
SCOPES = (
    "channels:read",
    "chat:write",
    "commands",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",
    "users:read.email",
)
EVENTS = ("app_home_opened", "app_uninstalled", "member_joined_channel", "message.im", "tokens_revoked")
DESCRIPTION = "Asks the owners of AI initiatives where they stand, and tells those who need to know."


def manifest(url: str = "") -> dict[str, Any]:
    """Return the manifest for a bot reached at `url` (https://...), or for Socket Mode without one."""
    request_url = url.rstrip("/") + PATH if url else ""
    return {
        "_metadata": {"major_version": 2},
        "display_information": {"name": NAME, "description": DESCRIPTION, "background_color": "#1f3a4d"},
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": [_command(*command, request_url) for command in COMMANDS],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": _settings(request_url),
    }


def _command(command: str, description: str, usage_hint: str, request_url: str) -> dict[str, Any]:
    made = {"command": command, "description": description, "usage_hint": usage_hint, "should_escape": False}
    return made | ({"url": request_url} if request_url else {})


def _settings(request_url: str) -> dict[str, Any]:
    address = {"request_url": request_url} if request_url else {}
    menus = {"message_menu_options_url": request_url} if request_url else {}
    return {
        "event_subscriptions": {**address, "bot_events": list(EVENTS)},
        "interactivity": {"is_enabled": True, **address, **menus},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not request_url,
        "token_rotation_enabled": False,
    }
