"""A plain page on which a person can read the fake Teams and act in it; no script, every word escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from tests.adapters.teams.fake_parts.shown import buttons, inputs, unmarked, words_of
from tests.adapters.teams.fake_parts.state import BOT, BOT_NAME, Dialog, Json, Person, Place, Posted
from tests.adapters.teams.fake_parts.world import World

_STYLE = (
    "body{font:15px sans-serif;max-width:52em;margin:1em auto;padding:0 1em}"
    ".m{border:1px solid #ccc;border-radius:6px;padding:.5em;margin:.5em 0}.r{margin-left:2em}"
    ".v{border:2px solid #55b}small{color:#666}label{display:block;margin-top:.5em}.bad{color:#b00}"
)


def escape(text: object) -> str:
    """Make any text harmless in HTML."""
    return html.escape(str(text), quote=True)


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def frame(title: str, parts: Iterable[str], notice: str = "") -> str:
    """Wrap a page."""
    head = f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title>"
    said = f"<p class=bad>{escape(notice)}</p>" if notice else ""
    return f"{head}<style>{_STYLE}</style></head><body>{said}{''.join(parts)}</body></html>"


def index(world: World) -> str:
    """List the people."""
    parts = ["<h1>Fake Teams</h1><p>Choose whom to be.</p><ul>"]
    for who in world.people.values():
        note = f"{len(world.posted(world.personal(who)))} messages" if who.installed else "not installed"
        parts.append(f"<li><a href='/as/{who.object_id}'>{escape(who.name)}</a> <small>{note}</small></li>")
    return frame("Fake Teams", [*parts, "</ul>"])


def screen(world: World, who: Person, notice: str, can_act: bool) -> str:
    """Show what one person sees: dialog, personal chat, channels."""
    here = f"/as/{who.object_id}"
    parts = [f"<p><a href='/'>everyone</a> · <a href='{here}'>refresh</a></p><h1>{escape(who.name)}</h1>"]
    if not can_act:
        parts.append("<p class=bad>Start with --app-url to act; without it this page only shows.</p>")
    if dialog := world.dialogs.get(who.object_id):
        parts.append(_dialog(who, dialog))
    parts += [f"<p class=bad>{escape(words)}</p>" for person, words in world.toasts if person == who.object_id][-1:]
    places = [world.personal(who), *(p for p in world.places.values() if p.kind != "personal")]
    for place in places:
        if who.object_id in place.members:
            parts.append(_place(world, who, place))
    act = "uninstall" if who.installed else "install"
    return frame(who.name, [*parts, _form(who, act, f"<button>{act.capitalize()} Steward</button>")], notice)


def _form(who: Person, act: str, inside: str, **hidden: str) -> str:
    kept = "".join(f"<input type=hidden name={name} value='{escape(value)}'>" for name, value in hidden.items())
    return f"<form method=post action='/as/{who.object_id}/{act}'>{kept}{inside}</form>"


def _place(world: World, who: Person, place: Place) -> str:
    title = f"Chat with {BOT_NAME}" if place.kind == "personal" else place.name or "Group chat"
    said = "".join(_message(world, who, each) for each in world.posted(place))
    note = "" if place.kind == "personal" else f" <small>{BOT_NAME} is mentioned for you</small>"
    box = _form(who, "say", f"<input name=text size=50 value='/ai-status '> <button>Send</button>{note}", at=place.id)
    return f"<h2>{escape(title)}</h2>{said}{box}"


def _message(world: World, who: Person, posted: Posted) -> str:
    person = world.person(posted.author)
    author = BOT_NAME if posted.author == BOT else person.name if person else posted.author
    note = f"{author} · {posted.at:%a %d %b %H:%M} UTC" + (f", changed {len(posted.edits)} times" * bool(posted.edits))
    card = world.card_for(who, posted)
    inside = f"<p>{_lines(posted.text)}</p>" if posted.text else ""
    if card:
        inside += _form(who, "press", _card(card, {}), at=posted.place, message=posted.id)
    return f"<div class='{'m r' if posted.thread else 'm'}'><small>{escape(note)}</small>{inside}</div>"


def _dialog(who: Person, dialog: Dialog) -> str:
    inside = f"<p>{_lines(dialog.sentence)}</p>" if dialog.sentence else _card(dialog.card or {}, dialog.typed)
    wrong = f"<p class=bad>{escape(dialog.error)}</p>" if dialog.error else ""
    close = _form(who, "close", "<button>Close</button>")
    return f"<div class='m v'><h2>{escape(dialog.title)}</h2>{wrong}{_form(who, 'submit', inside)}{close}</div>"


def _card(card: Json, typed: Mapping[str, str]) -> str:
    """Show a card: its words, its inputs, and its buttons by number."""
    asked, pressed = inputs(card), buttons(card)
    silent = [{**card, "body": _without(card.get("body", [])), "actions": []}]
    parts = [f"<p>{_lines(words_of(each))}</p>" for each in silent]
    for each in asked:
        mark = " *" if each.get("isRequired") else ""
        start = typed.get(each["id"], str(each.get("value", "")))
        parts.append(f"<label>{escape(each['label'])}{mark}<br>{_input(each, start)}</label>")
    rows = "".join(f"<button name=button value={n}>{escape(each.title)}</button> " for n, each in enumerate(pressed))
    return "".join(parts) + f"<p>{rows}</p>"


def _without(elements: list[Json]) -> list[Json]:
    """Return a card's elements without what is shown as inputs and buttons."""
    kept = [each for each in elements if not str(each.get("type")).startswith(("Input.", "ActionSet"))]
    nested = ("items", "columns")
    return [{**each, **{name: _without(each[name]) for name in nested if name in each}} for each in kept]


def _input(asked: Json, start: str) -> str:
    name = f"f:{escape(asked['id'])}"
    if choices := asked.get("choices"):
        several = bool(asked.get("isMultiSelect"))
        rows = "" if several else "<option value=''></option>"
        for each in choices:
            mark = " selected" if each["value"] in start.split(",") else ""
            rows += f"<option value='{escape(each['value'])}'{mark}>{escape(unmarked(each['title']))}</option>"
        return f"<select name='{name}'{' multiple' if several else ''}>{rows}</select>"
    if asked.get("isMultiline"):
        return f"<textarea name='{name}' rows=4 cols=60>{escape(start)}</textarea>"
    return f"<input name='{name}' size=40 value='{escape(start)}'>"
