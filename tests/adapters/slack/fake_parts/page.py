"""A plain page on which a person can read the fake Slack and act in it; no script, every word escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from tests.adapters.slack.fake_parts.blocks import elements_of
from tests.adapters.slack.fake_parts.elements import all_options
from tests.adapters.slack.fake_parts.form import Field, fields_of
from tests.adapters.slack.fake_parts.payloads import Source
from tests.adapters.slack.fake_parts.shown import words_of
from tests.adapters.slack.fake_parts.state import Channel, Ephemeral, Json, Posted, User, View
from tests.adapters.slack.fake_parts.world import World

_TOKEN = re.compile(r"<([^<>]+)>")
_STYLE = (
    "body{font:15px sans-serif;max-width:52em;margin:1em auto;padding:0 1em}"
    ".m{border:1px solid #ccc;border-radius:6px;padding:.5em;margin:.5em 0}.e{background:#ffd}.r{margin-left:2em}"
    ".v{border:2px solid #36c}small{color:#666}form{display:inline}label{display:block;margin-top:.5em}.bad{color:#b00}"
)


def escape(text: object) -> str:
    """Make any text harmless in HTML."""
    return html.escape(str(text), quote=True)


def frame(title: str, parts: Iterable[str], notice: str = "") -> str:
    """Wrap a page."""
    head = f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title>"
    said = f"<p class=bad>{escape(notice)}</p>" if notice else ""
    return f"{head}<style>{_STYLE}</style></head><body>{said}{''.join(parts)}</body></html>"


def index(world: World) -> str:
    """List the people and channels of every workspace."""
    parts = ["<h1>Fake Slack</h1><p>Choose whom to be.</p>"]
    for team in world.workspaces.values():
        parts.append(f"<h2>{escape(team.name)} <small>{escape(team.id)}</small></h2><ul>")
        for user in world.users.values():
            if user.team == team.id and not user.is_bot:
                count = len(world.dm(user)) + len(world.ephemeral_to(user))
                parts.append(
                    f"<li><a href='/as/{user.id}'>{escape(user.name)}</a> <small>{count} messages</small></li>"
                )
        parts.append("</ul>")
    return frame("Fake Slack", parts)


def screen(world: World, user: User, notice: str, can_act: bool) -> str:
    """Show what one person sees: modal, direct message, own notes, App Home, channels."""
    parts = [f"<p><a href='/'>everyone</a> · <a href='/as/{user.id}'>refresh</a></p><h1>{escape(user.name)}</h1>"]
    if not can_act:
        parts.append(
            "<p class=bad>Start with --app-url and --signing-secret to act; without them this page only shows.</p>"
        )
    modal, home = world.modal(user), world.home(user)
    if modal:
        parts.append(_modal(world, user, modal))
    parts.append(_command(world, user))
    parts.append("<h2>Messages from the bot</h2>")
    dm = [channel for channel in world.channels.values() if channel.user == user.id]
    parts += [_channel(world, user, channel) for channel in dm] or ["<p>none yet</p>"]
    parts.append(f"<h2>App Home</h2>{_form(user, 'home', 'Open App Home')}")
    if home:
        parts.append(f"<div class=m>{_blocks(world, user, home)}</div>")
    for channel in world.channels.values():
        if channel.user is None and user.id in channel.members:
            parts.append(f"<h2>#{escape(channel.name)}</h2>{_channel(world, user, channel)}")
    return frame(user.name, parts, notice)


def _form(user: User, act: str, label: str, inside: str = "", **hidden: str) -> str:
    kept = "".join(f"<input type=hidden name={name} value='{escape(value)}'>" for name, value in hidden.items())
    action = f"/as/{user.id}/{act}"
    return f"<form method=post action='{action}'>{kept}{inside}<button>{escape(label)}</button></form> "


def _command(world: World, user: User) -> str:
    channels = [c for c in world.channels.values() if c.user is None and user.id in c.members]
    places = "<option value=''>direct message</option>" + "".join(
        f"<option value='{channel.id}'>#{escape(channel.name)}</option>" for channel in channels
    )
    typed = f"<input name=text size=40 value='/ai-status ' autofocus> in <select name=channel>{places}</select> "
    return _form(user, "say", "Send", typed)


def _channel(world: World, user: User, channel: Channel) -> str:
    shown: list[Posted | Ephemeral] = [*world.posted(channel)]
    shown += [each for each in world.ephemeral_to(user) if each.channel == channel.id]
    shown.sort(key=lambda each: each.ts)
    return "".join(_message(world, user, each) for each in shown)


def _message(world: World, user: User, message: Posted | Ephemeral) -> str:
    hidden = isinstance(message, Ephemeral)
    kind = "m e" if hidden else "m r" if message.thread_ts else "m"
    note = "only visible to you" if hidden else world.users[message.user].name
    if isinstance(message, Posted) and message.edits:
        note += f", changed {len(message.edits)} times"
    said = _blocks(world, user, message) if message.blocks else f"<p>{mrkdwn(world, message.text)}</p>"
    return f"<div class='{kind}'><small>{escape(note)} · {message.at:%a %d %b %H:%M} UTC</small>{said}</div>"


def _blocks(world: World, user: User, source: Source) -> str:
    return "".join(_block(world, user, source, block) for block in source.blocks)


def _block(world: World, user: User, source: Source, block: Json) -> str:
    held = [_element(user, source, owner, element) for owner, element in elements_of([block])]
    if block["type"] == "divider":
        return "<hr>"
    if block["type"] in ("actions", "input"):
        return f"<p>{''.join(held)}</p>"
    texts = [block.get("text"), *(block.get("fields") or [])]
    if block["type"] == "context":
        texts = block["elements"]
    lines = [_text(world, text) for text in texts if text] or [f"<p>{_lines(words_of(block))}</p>"]
    if block["type"] == "header":
        lines = [f"<h3>{''.join(lines)}</h3>"]
    if block["type"] == "context":
        lines = [f"<small>{' '.join(lines)}</small>"]
    return "<div>" + " ".join([*lines, *held]) + "</div>"


def _text(world: World, text: object) -> str:
    if isinstance(text, dict) and text.get("type") == "mrkdwn":
        return f"<p>{mrkdwn(world, text['text'])}</p>"
    return _lines(words_of(text) if isinstance(text, dict) else str(text))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def mrkdwn(world: World, text: str) -> str:
    """Render Slack's markup roughly: mentions, links, dates, bold; everything else is text."""
    pieces = _TOKEN.split(text)
    shown = [_token(world, piece) if index % 2 else _plain(piece) for index, piece in enumerate(pieces)]
    return re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"<b>\1</b>", "".join(shown)).replace("\n", "<br>")


def _plain(text: str) -> str:
    return escape(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _token(world: World, token: str) -> str:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        known = world.users.get(target[1:])
        return f"@{escape(known.name if known else target[1:])}"
    if target.startswith("#") and target[1:] in world.channels:
        return f"#{escape(world.channels[target[1:]].name)}"
    if target.startswith("!"):
        return _plain(label or target)
    return f"{_plain(label)} ({_plain(target)})" if label else _plain(target)


def _element(user: User, source: Source, block: Json, element: Json) -> str:
    label = words_of(element.get("text")) or element["type"]
    where = source.id if isinstance(source, View) else f"{source.channel}/{source.ts}"
    told = {"where": where, "block": str(block.get("block_id")), "action": element["action_id"]}
    if element["type"] == "button":
        if element.get("url"):
            label += f" → {element['url']}"
        return _form(user, "press", label, value=str(element.get("value", "")), **told)
    if isinstance(source, View) and source.type == "modal" and block["type"] == "input":
        return ""
    field = Field(str(block.get("block_id")), element, required=False)
    return _form(user, "press", "choose", _input(field, "selected", None), **told)


def _modal(world: World, user: User, view: View) -> str:
    """Show the open modal as one form, its buttons beside it."""
    rows = []
    fields = {field.label: field for field in fields_of(view.blocks)}
    labels = {
        f"{block['block_id']}/{block['element']['action_id']}": block for block in view.blocks if "element" in block
    }
    for name, field in fields.items():
        block = labels.get(name, {})
        words = words_of(block.get("label")) or field.action_id
        hint, error = words_of(block.get("hint")), view.errors.get(field.block_id, "")
        kept = view.values.get(field.block_id, {}).get(field.action_id)
        needed = " *" if field.required else ""
        rows.append(f"<label>{escape(words)}{needed}<br>{_input(field, f'f:{name}', kept)}</label>")
        rows.append(f"<small>{escape(hint)}</small> <span class=bad>{escape(error)}</span>")
    shown = "".join(_block(world, user, view, block) for block in view.blocks if block["type"] != "input")
    submit = _form(
        user, "submit", words_of(view.payload.get("submit")) or "Submit", "".join(rows) + "<p>", view=view.id
    )
    close = _form(user, "close", words_of(view.payload.get("close")) or "Cancel", view=view.id)
    return f"<div class='m v'><h2>{escape(words_of(view.payload['title']))}</h2>{shown}{submit}{close}</div>"


def _input(field: Field, name: str, kept: Json | None) -> str:
    element = field.element
    chosen = {value for key, value in (kept or {}).items() if key != "type" and isinstance(value, str)}
    start = str(next(iter(chosen), element.get("initial_value", element.get("initial_date", ""))))
    several = element["type"].startswith("multi_") or element["type"] == "checkboxes"
    options = all_options(element)
    if options:
        initial = [element.get("initial_option"), *(element.get("initial_options") or [])]
        held = [(kept or {}).get("selected_option"), *((kept or {}).get("selected_options") or [])] if kept else initial
        rows = "" if several or field.required else "<option value=''></option>"
        for option in options:
            mark = " selected" if option in held else ""
            rows += f"<option value='{escape(option['value'])}'{mark}>{escape(words_of(option['text']))}</option>"
        return f"<select name='{escape(name)}'{' multiple' if several else ''}>{rows}</select>"
    if element.get("multiline"):
        return f"<textarea name='{escape(name)}' rows=4 cols=60>{escape(start)}</textarea>"
    return f"<input name='{escape(name)}' size=40 value='{escape(start)}'>"
