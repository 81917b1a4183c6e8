"""What the app's own HTTP answers do inside the fake, after the checks Slack makes of them."""

from __future__ import annotations

from tests.adapters.slack.fake_parts.asked import Asked
from tests.adapters.slack.fake_parts.blocks import MODAL, view_problems
from tests.adapters.slack.fake_parts.chat import content, show_in_channel, show_to_one
from tests.adapters.slack.fake_parts.elements import option_answer
from tests.adapters.slack.fake_parts.rules import Found
from tests.adapters.slack.fake_parts.state import Ephemeral, Json, Posted, Refused, ResponseUrl, View
from tests.adapters.slack.fake_parts.views import push_on, replace
from tests.adapters.slack.fake_parts.world import World


class AppMistake(AssertionError):
    """The app answered something Slack would not take."""


def show_command_answer(world: World, url: ResponseUrl, body: object) -> Ephemeral | Posted | None:
    """Show what a slash command was answered with, to the asker or to the channel."""
    if body is None or body == {}:
        return None
    told: Json = {"text": body} if isinstance(body, str) else dict(body) if isinstance(body, dict) else {}
    try:
        text, blocks = content(world, Asked("command", told, world.workspaces[url.team]))
    except Refused as refused:
        raise AppMistake(f"the answer to the command is refused: {refused.code} {refused.more}") from refused
    kind = told.get("response_type", "ephemeral")
    if kind == "in_channel":
        return show_in_channel(world, url, text, blocks)
    if kind != "ephemeral":
        raise AppMistake(f"no such response_type: {kind}")
    return show_to_one(world, url, (text, blocks), "command")


def apply_submission(world: World, view: View, body: object) -> None:
    """Do to the screen what the answer to view_submission says."""
    if body is None or body in ({}, ""):
        world.close_view(view)
        return
    if not isinstance(body, dict):
        raise AppMistake(f"view_submission is answered with {body!r}")
    action = body.get("response_action")
    if action == "clear":
        world.close_view(view, whole_stack=True)
    elif action == "errors":
        _errors(view, body.get("errors"))
    elif action in ("update", "push"):
        _show(world, view, body)
    else:
        raise AppMistake(f"no such response_action: {action!r}")


def _errors(view: View, errors: object) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise AppMistake("response_action errors needs errors")
    if not set(errors) <= inputs:
        raise AppMistake(f"errors for blocks that are no inputs: {sorted(set(errors) - inputs)}")
    if not all(isinstance(words, str) and 0 < len(words) <= 3000 for words in errors.values()):
        raise AppMistake(f"errors must be words: {errors}")
    view.errors = dict(errors)


def _show(world: World, view: View, body: Json) -> None:
    payload = body.get("view")
    problems = view_problems(payload, (MODAL,))
    if problems or not isinstance(payload, dict):
        raise AppMistake(f"response_action {body['response_action']} has a bad view: {problems}")
    try:
        if body["response_action"] == "push":
            push_on(world, view, payload)
        else:
            replace(world, view, payload)
    except Refused as refused:
        raise AppMistake(refused.code) from refused


def suggestions(body: object) -> dict[str, Json]:
    """Check the answer to block_suggestion and give the options by value."""
    found = Found(MODAL)
    option_answer(body, "", found)
    if found.problems or not isinstance(body, dict):
        raise AppMistake(f"the options are refused: {found.problems}")
    groups = body.get("option_groups") or [body]
    return {option["value"]: option for group in groups for option in group["options"]}
