"""Which cards the fake takes, what a person reads on them, and what the client lets them send."""

from __future__ import annotations

import pytest

from tests.adapters.teams.fake_parts.cards import problems
from tests.adapters.teams.fake_parts.filling import ClientRefused, Values, fill, plain, started
from tests.adapters.teams.fake_parts.shown import buttons, unmarked, words_of
from tests.adapters.teams.fake_parts.state import Json

SUBMIT: Json = {"type": "Action.Submit", "title": "Send", "data": {"steward": {}}}
EXECUTE: Json = {"type": "Action.Execute", "title": "Send", "verb": "x", "data": {}, "fallback": SUBMIT}
NAME: Json = {"type": "Input.Text", "id": "name", "label": "Name"}
SEVERAL: Json = {
    "type": "Input.ChoiceSet",
    "id": "risks",
    "label": "Risks",
    "isMultiSelect": True,
    "style": "expanded",
    "choices": [{"title": "Data, people", "value": "data%2C"}, {"title": "*Money*", "value": "money"}],
}


def card(*body: Json, **more: object) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def block(text: str) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True}


def naming(text: str, id: str = "29:1") -> Json:
    return {"entities": [{"type": "mention", "text": text, "mentioned": {"id": id, "name": "Sarah"}}]}


@pytest.mark.parametrize(
    "good",
    [
        card(),
        card(NAME, SEVERAL, actions=[EXECUTE]),
        card({"type": "Badge", "text": "new", "fallback": block("new")}),
        card({"type": "Badge", "text": "new", "fallback": "drop"}),
        card(block("Over to <at>Sarah</at>"), msteams=naming("<at>Sarah</at>")),
        card({"type": "Container", "items": [{"type": "FactSet", "facts": [{"title": "a", "value": "b"}]}]}),
        card({**NAME, "isRequired": True, "errorMessage": "Please"}, msteams={"width": "Full"}),
    ],
)
def test_a_good_card_is_taken(good: Json) -> None:
    assert problems(good) == []


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ([], "must be an object"),
        (card(version="1.6"), "at most 1.5"),
        (card({"type": "Badge", "text": "new"}), "no element of schema 1.5"),
        (card({"type": "Badge", "fallback": {"type": "Icon"}}), "no element of schema 1.5"),
        (card({**block("x"), "markdown": True}), "no property"),
        (card({"type": "TextBlock"}), "text is missing"),
        (card(actions=[{"type": "Action.Http", "title": "x"}]), "no action"),
        (card(actions=[{**EXECUTE, "fallback": "drop"}]), "need a fallback"),
        (card(actions=[SUBMIT] * 7), "0 to 6"),
        (card(actions=[{**SUBMIT, "data": "x"}]), "must be an object"),
        (card(actions=[{**SUBMIT, "data": {"msteams": {"type": "task/fetched"}}}]), "no type that Teams knows"),
        (card({"type": "Input.Text", "label": "Name"}), "id is missing"),
        (card({"type": "Input.Text", "id": "name"}), "label is missing"),
        (card(NAME, NAME), "there twice"),
        (card({**NAME, "isRequired": True}), "errorMessage"),
        (card({**NAME, "regex": "("}), "no regular expression"),
        (card({**SEVERAL, "choices": [{"title": "a", "value": "a,b"}]}), "none may hold one"),
        (card({**SEVERAL, "value": "else"}), "which is no choice"),
        (card({**SEVERAL, "choices": [{"title": "a", "value": "a"}] * 2}), "one value"),
        (card({"type": "Input.Date", "id": "day", "label": "Day", "value": "1.12.2026"}), "a day"),
        (card(block("Over to <at>Sarah</at>")), "mentions nobody"),
        (card(block("Over to Sarah"), msteams=naming("<at>Sarah</at>")), "nothing says"),
        (card(block("half \ud83d")), "half a character"),
    ],
)
def test_a_bad_card_is_refused(bad: object, complaint: str) -> None:
    assert complaint in "; ".join(problems(bad))


def test_a_dialog_knows_no_execute() -> None:
    assert problems(card(actions=[SUBMIT]), dialog=True) == []
    assert "no Action.Execute" in "; ".join(problems(card(actions=[EXECUTE]), dialog=True))


def test_a_person_reads_markdown_only_where_the_client_does() -> None:
    rich: Json = {"type": "RichTextBlock", "inlines": ["**as** ", {"type": "TextRun", "text": "[typed](x)"}]}
    shown = words_of(card(block("**bold** \\*not\\* [here](https://x.example) <at>Sarah</at> &lt;b&gt;"), rich))
    assert shown.splitlines() == ["bold *not* here (https://x.example) Sarah <b>", "**as** [typed](x)"]
    assert unmarked("snake_case_name 2*3*4 _so_ __it__") == "snake_case_name 2*3*4 so it"


def test_a_date_is_put_in_as_the_readers_clock_shows_it() -> None:
    said = "Due {{DATE(2026-11-26T22:30:00Z,SHORT)}} {{TIME(2026-11-26T22:30:00Z)}}"
    rich: Json = {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": said}]}
    assert words_of(card(block(said)), "Asia/Kolkata") == "Due 27 Nov 2026 04:00"
    assert words_of(card(rich), "America/Toronto") == "Due 26 Nov 2026 17:30"


def test_buttons_and_inputs_are_found_in_reading_order() -> None:
    shown = card({"type": "ActionSet", "actions": [EXECUTE]}, NAME, SEVERAL, actions=[{**SUBMIT, "title": "Later"}])
    assert [each.title for each in buttons(shown)] == ["Send", "Later"]
    assert buttons(shown)[0].older.kind == "Action.Submit"
    assert words_of(shown).splitlines() == ["Send", "Name", "Risks", "Data, people", "Money", "Later"]


def test_choices_are_sent_joined_and_read_back() -> None:
    sent = fill(card(NAME, SEVERAL), {}, {"name": "x", "risks": ["data,", "money"]})
    assert sent == {"name": "x", "risks": "data%2C,money"}
    assert plain(card(NAME, SEVERAL), sent) == {"name": "x", "risks": ["data,", "money"]}


def test_what_stands_in_an_input_is_sent_and_can_be_emptied() -> None:
    shown = card({**NAME, "value": "before"})
    assert started(shown) == fill(shown, {}, {}) == {"name": "before"}
    assert fill(shown, {"name": "typed"}, {}) == {"name": "typed"}
    assert fill(shown, {"name": "typed"}, {"name": None}) == {}


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({**NAME, "maxLength": 3}, "four"),
        ({**NAME, "isRequired": True, "errorMessage": "Please"}, ""),
        ({**NAME, "regex": "^[0-9]+$"}, "x"),
        ({"type": "Input.Number", "id": "name", "label": "n"}, "x"),
        ({"type": "Input.Number", "id": "name", "label": "n", "max": 3}, "4"),
        ({"type": "Input.Date", "id": "name", "label": "n"}, "tomorrow"),
        ({**SEVERAL, "id": "name"}, "else"),
        ({**SEVERAL, "id": "name", "isMultiSelect": False}, ["money", "data,"]),
    ],
)
def test_the_client_sends_nothing_that_is_not_as_asked(asked: Json, value: str | list[str]) -> None:
    values: Values = {"name": value}
    with pytest.raises(ClientRefused):
        fill(card(asked), {}, values)


def test_the_client_knows_only_the_inputs_of_the_card() -> None:
    with pytest.raises(ClientRefused, match="no such input"):
        fill(card(NAME), {}, {"else": "x"})
