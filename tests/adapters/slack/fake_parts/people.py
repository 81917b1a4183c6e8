"""The fake's auth.test, users.*, team.info and blocks.validate."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tests.adapters.slack.fake_parts.asked import Asked, Method, find_user, names, page_of
from tests.adapters.slack.fake_parts.blocks import MESSAGE, block_problems, payload_is_too_long, view_problems
from tests.adapters.slack.fake_parts.limits import SPECIAL
from tests.adapters.slack.fake_parts.state import APP_ID, Json, Refused, User, invalid
from tests.adapters.slack.fake_parts.world import World


def auth_test(world: World, asked: Asked) -> Json:
    """Answer auth.test."""
    return {
        "url": f"https://{asked.team.domain}.slack.com/",
        "team": asked.team.name,
        "user": world.users[asked.team.bot_user].name,
        "team_id": asked.team.id,
        "user_id": asked.team.bot_user,
        "bot_id": asked.team.bot_id,
        "is_enterprise_install": False,
    }


def _as_json(world: World, asked: Asked, user: User) -> Json:
    profile: Json = {"real_name": user.name, "display_name": user.name.split(" ")[0], "team": user.team}
    if user.email and "users:read.email" in asked.team.scopes:
        profile["email"] = user.email
    told: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name.lower().replace(" ", "."),
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if user.deleted:
        return told
    offset = world.now().astimezone(ZoneInfo(user.tz)).utcoffset()
    if asked.flag("include_locale"):
        told["locale"] = user.locale
    return {
        **told,
        "real_name": user.name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": True,
    }


def info(world: World, asked: Asked) -> Json:
    """Answer users.info."""
    return {"user": _as_json(world, asked, find_user(world, asked, asked.need("user")))}


def by_email(world: World, asked: Asked) -> Json:
    """Answer users.lookupByEmail; a deactivated person is not found."""
    asked.require("users:read")
    email = asked.need("email").lower()
    for user in world.users.values():
        if user.team == asked.team.id and not user.deleted and (user.email or "").lower() == email:
            return {"user": _as_json(world, asked, user)}
    raise Refused("users_not_found")


def list_(world: World, asked: Asked) -> Json:
    """Answer users.list."""
    everyone = [user for user in world.users.values() if user.team == asked.team.id]
    page, cursor = page_of(everyone, asked, 200, 1000)
    members = [_as_json(world, asked, user) for user in page]
    return {"members": members, "cache_ts": 0, "response_metadata": {"next_cursor": cursor}}


def team_info(world: World, asked: Asked) -> Json:
    """Answer team.info."""
    if asked.text("team", asked.team.id) != asked.team.id:
        raise Refused("team_not_found")
    team = asked.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}


def validate_blocks(world: World, asked: Asked) -> Json:
    """Answer blocks.validate, which wants exactly one of blocks, view and message."""
    given = [name for name in ("blocks", "view", "message") if asked.args.get(name)]
    if len(given) != 1:
        raise invalid("invalid_arguments", ["[ERROR] must provide exactly one of: blocks, view, message"])
    value = asked.parsed(given[0], "invalid_blocks_format")
    if given[0] == "view":
        problems = view_problems(value)
    else:
        blocks = value.get("blocks") if isinstance(value, dict) else value
        problems = block_problems(blocks, MESSAGE)
        if not problems and payload_is_too_long(blocks):
            raise Refused("msg_blocks_too_long")
    if problems:
        raise invalid("invalid_blocks", problems)
    return {"app_id": APP_ID}


METHODS = {
    "auth.test": Method(auth_test, SPECIAL, frozenset()),
    "users.info": Method(info, 4, names("user include_locale"), "users:read", json_body=False),
    "users.lookupByEmail": Method(by_email, 3, names("email"), "users:read.email", json_body=False),
    "users.list": Method(list_, 2, names("limit cursor include_locale team_id"), "users:read", json_body=False),
    "team.info": Method(team_info, 3, names("team domain"), "team:read", json_body=False),
    "blocks.validate": Method(validate_blocks, SPECIAL, names("blocks view message"), open_to_all=True),
}
