"""The fake's views.* methods, and what an answer to view_submission does to the screen."""

from __future__ import annotations

from tests.adapters.slack.fake_parts.asked import Asked, Method, find_user, names
from tests.adapters.slack.fake_parts.blocks import HOME, MODAL, view_problems
from tests.adapters.slack.fake_parts.state import Json, Refused, View, invalid
from tests.adapters.slack.fake_parts.world import World

STACK = 3


def _payload(world: World, asked: Asked, surface: str) -> Json:
    payload = asked.object("view", "invalid_arguments")
    if payload is None:
        raise invalid("invalid_arguments", ["[ERROR] missing required field: view [json-pointer:/view]"])
    problems = view_problems(payload, (surface,))
    if problems:
        raise invalid("invalid_arguments", problems)
    return payload


def _external_id_is_free(world: World, team: str, payload: Json, but: View | None = None) -> None:
    wanted = payload.get("external_id")
    for view in world.views.values():
        if wanted and view is not but and view.team == team and view.payload.get("external_id") == wanted:
            raise Refused("duplicate_external_id")


def show(world: World, owner: tuple[str, str], payload: Json, below: View | None = None) -> View:
    """Put a view of (team, user) on the screen, on top of `below` when it is pushed."""
    id = world.new_view_id()
    named = {**payload, "blocks": world.named(payload["blocks"])}
    root = below.root_id if below else id
    view = View(id, owner[1], owner[0], named, world.new_hash(), root, below.id if below else None)
    world.views[id] = view
    return view


def replace(world: World, view: View, payload: Json) -> None:
    """Change a view; what a person typed stays where block_id and action_id stay."""
    view.payload = {**payload, "blocks": world.named(payload["blocks"])}
    view.hash = world.new_hash()
    view.errors = {}
    kept = {(block["block_id"], block["element"]["action_id"]) for block in view.blocks if block["type"] == "input"}
    view.values = {
        block_id: {action_id: state for action_id, state in states.items() if (block_id, action_id) in kept}
        for block_id, states in view.values.items()
    }


def open_(world: World, asked: Asked) -> Json:
    """Answer views.open: a new modal takes the place of what was open."""
    payload = _payload(world, asked, MODAL)
    _external_id_is_free(world, asked.team.id, payload)
    trigger = world.use_trigger(asked.need("trigger_id"), asked.team.id)
    before = world.modal(trigger.user)
    if before:
        world.close_view(before, whole_stack=True)
    return {"view": show(world, (asked.team.id, trigger.user), payload).as_json()}


def push(world: World, asked: Asked) -> Json:
    """Answer views.push: at most three modals on one stack."""
    payload = _payload(world, asked, MODAL)
    _external_id_is_free(world, asked.team.id, payload)
    trigger = world.use_trigger(asked.need("trigger_id"), asked.team.id)
    below = world.views.get(trigger.view_id or "")
    if below is None or below.type != MODAL:
        raise Refused("not_found")
    return {"view": push_on(world, below, payload).as_json()}


def push_on(world: World, below: View, payload: Json) -> View:
    """Push onto a stack, or refuse when it is full."""
    if sum(view.root_id == below.root_id for view in world.views.values()) >= STACK:
        raise Refused("push_limit_reached")
    return show(world, (below.team, below.user), payload, below)


def update(world: World, asked: Asked) -> Json:
    """Answer views.update, by view_id or external_id, with the hash checked when given."""
    id, external_id = asked.text("view_id"), asked.text("external_id")
    if bool(id) == bool(external_id):
        raise invalid("invalid_arguments", ["[ERROR] must provide exactly one of: view_id, external_id"])
    named = [view for view in world.views.values() if view.payload.get("external_id") == external_id]
    view = world.views.get(id) if id else next(iter(named), None)
    if view is None or view.team != asked.team.id:
        raise Refused("not_found")
    payload = _payload(world, asked, view.type)
    _external_id_is_free(world, asked.team.id, payload, view)
    if asked.text("hash") and asked.text("hash") != view.hash:
        raise Refused("hash_conflict")
    replace(world, view, payload)
    return {"view": view.as_json()}


def publish(world: World, asked: Asked) -> Json:
    """Answer views.publish."""
    payload = _payload(world, asked, HOME)
    if not asked.team.home_tab:
        raise Refused("not_enabled")
    user = find_user(world, asked, asked.need("user_id"))
    if user.deleted or user.is_bot:
        raise Refused("user_not_found")
    view = world.homes.get((asked.team.id, user.id))
    if view and asked.text("hash") and asked.text("hash") != view.hash:
        raise Refused("hash_conflict")
    if view:
        replace(world, view, payload)
    else:
        view = world.homes[asked.team.id, user.id] = show(world, (asked.team.id, user.id), payload)
    return {"view": view.as_json()}


METHODS = {
    "views.open": Method(open_, 4, names("trigger_id view")),
    "views.push": Method(push, 4, names("trigger_id view")),
    "views.update": Method(update, 4, names("view_id external_id view hash")),
    "views.publish": Method(publish, 4, names("user_id view hash")),
}
