"""Every card is understood and shown by the official Adaptive Cards renderer, which runs in Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from adapters.teams import render
from tests.adapters.teams.fake_parts.shown import buttons, inputs
from tests.adapters.teams.fake_parts.state import Json
from tests.contracts.examples import EVERYTHING, NASTY, forms, messages

FOLDER = Path(__file__).parent / "cards"
DUE = "Thu, Nov 26, 2026"


def officially(cards: list[Json]) -> list[Json]:
    """Return what the renderer makes of each card; skip without Node, which CI may not."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "adaptivecards").is_dir():
        missing = "Node is not installed" if node is None else f"run `npm ci` in {FOLDER.name}/, or `make test`"
        if os.environ.get("CI"):
            pytest.fail(f"cards cannot be checked in CI: {missing}")
        pytest.skip(f"cards are not checked by the official renderer: {missing}")
    lines = "\n".join(json.dumps(card) for card in cards)
    command = [node, str(FOLDER / "validate.js")]
    ran = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    answers: list[Json] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(cards)
    return answers


def every_card() -> dict[str, Json]:
    """Return every card of the gallery and the examples, forms in a dialog and in a message."""
    cards = {f"message {name}": render.card(each) for name, each in messages().items()}
    for name, each in forms().items():
        cards[f"dialog {name}"] = render.form(each, "once")
        cards[f"inline {name}"] = render.form(each, "once", inline=True, notice="One moment")
        cards[f"wrong {name}"] = render.form(each, "once", problems={each.fields[0].name: "Say more."})
        cards[f"launcher {name}"] = render.launcher(each, "ai new")
    return cards | {f"closing {name}": render.closing(each) for name, each in messages().items()}


def test_every_card_is_understood_and_shown() -> None:
    cards = every_card()
    answers = dict(zip(cards, officially(list(cards.values())), strict=True))
    assert {name: answer["problems"] for name, answer in answers.items() if answer["problems"]} == {}
    for name, card in cards.items():
        assert answers[name]["inputs"] == [[each["type"], each["id"]] for each in inputs(card)], name
        assert answers[name]["actions"] == [[each.kind, each.title] for each in buttons(card)], name


def test_peoples_words_are_shown_as_typed() -> None:
    known = {"person-1": "00000000-0000-4000-8000-000000000001"}
    alone, beside = (
        answer["words"] for answer in officially([render.card(EVERYTHING), render.card(EVERYTHING, known)])
    )
    assert alone.count(NASTY) == 2
    assert beside.count(NASTY) == 2
    assert f"By Sarah Chen, {DUE}" in alone


def test_a_bad_card_is_seen() -> None:
    start: Json = {"type": "AdaptiveCard", "version": "1.5", "body": []}
    bad: list[tuple[Json, str]] = [
        ({**start, "body": [{"type": "Badge", "text": "new"}]}, "Badge"),
        ({**start, "actions": [{"type": "Action.Http"}]}, "Action.Http"),
        ({**start, "body": [{"type": "Input.Text", "label": "x"}]}, "unique Id"),
        ({**start, "version": "1.9", "body": [{"type": "TextBlock", "text": "x"}]}, "version"),
        ({}, "renders nothing"),
    ]
    for (card, complaint), answer in zip(bad, officially([card for card, _ in bad]), strict=True):
        assert complaint in str(answer["problems"]), card
