"""Every form is a card that Teams takes, holds what was typed and says what is wrong with it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams import render
from adapters.teams.fields import chosen, encoded
from adapters.teams.texts import unmarked
from bot.messages.forms import (
    ChoiceField,
    DateField,
    Form,
    FormName,
    InitiativeField,
    PersonField,
    TextField,
)
from bot.messages.model import (
    Plain,
)
from tests.adapters.teams.reading import (
    TYPED,
    bare,
    dates,
    nodes,
    of_type,
    problems,
    rendered,
    rendered_plainly,
    seen,
    shown,
)
from tests.contracts.examples import CHECK_IN, forms


@pytest.mark.parametrize("name", list(forms()))
@pytest.mark.parametrize("inline", [False, True])
def test_every_form_is_a_card_that_teams_takes(name: str, inline: bool) -> None:
    form = forms()[name]
    made = render.form(form, "once-1", problems={form.fields[0].name: "Wrong."}, notice="Hm.", inline=inline)
    assert problems(made, dialog=not inline) == []
    assert [node["id"] for node in nodes(made) if "id" in node] == [item.name for item in form.fields]


@given(TYPED, TYPED)
def test_what_is_typed_in_a_form_stands_there_again(typed: str, label: str) -> None:
    fields = (
        TextField(name="a", label=f"{label}?", hint=typed[:100], initial="before", longest=3000),
        ChoiceField(name="b", label="B", options=(("x,y%", f"{typed[:14]}."), ("z", "Z")), multiple=True),
    )
    form = Form(name=FormName.CHECKIN, title="T", fields=fields, intro=(Plain(typed),))
    made = render.form(form, "1", {"a": typed, "b": ["x,y%", "z"]}, {"a": typed}, notice=typed)
    assert problems(made) == []
    assert [text for text in dates(made) if text != typed] == []  # what an input holds is never looked at
    first, second = of_type(made, "Input.Text")[0], of_type(made, "Input.ChoiceSet")[0]
    assert first["value"] == typed
    assert chosen(second["value"]) == ["x,y%", "z"]
    assert shown(made).count(seen(typed)) >= 3


@given(TYPED)
def test_an_option_is_shown_as_typed_whether_a_client_reads_markdown_or_not(typed: str) -> None:
    title = unmarked(typed)
    line = " ".join(typed.splitlines())
    assert dates({"title": title}) == []
    assert bare(title) == bare(line)
    assert bare(rendered(title)) == bare(rendered_plainly(line))


@given(st.lists(st.text(min_size=1, max_size=20), max_size=6))
def test_options_chosen_come_back_whatever_is_in_them(values: list[str]) -> None:
    assert chosen(",".join(map(encoded, values))) == values


def test_an_answer_names_what_is_wrong_on_top_and_at_the_field() -> None:
    made = render.form(CHECK_IN, "1", {"progress": "lots"}, {"progress": "Too long."}, notice="Something went wrong.")
    red = [node["inlines"] for node in of_type(made, "RichTextBlock") if node["inlines"][0].get("color") == "Attention"]
    assert ["".join(run["text"] for run in runs) for runs in red] == [
        "Something went wrong.",
        "What moved?  Too long.",
        "Too long.",
    ]
    place = [node.get("id") for node in made["body"]].index("progress")
    assert shown(made["body"][place + 1]) == "Too long."
    assert shown(made["body"][place + 2]) == "One or two lines"


def test_a_form_asks_for_what_it_needs_before_it_is_sent() -> None:
    inputs = {node["id"]: node for node in nodes(render.form(CHECK_IN)) if "id" in node}
    assert inputs["status"]["isRequired"] is True
    assert inputs["status"]["errorMessage"]
    assert "isRequired" not in inputs["next"]
    assert inputs["next"]["value"] == "2026-12-01"
    assert inputs["progress"]["maxLength"] == 500
    assert (inputs["status"]["style"], inputs["status"]["isMultiSelect"]) == ("expanded", False)


def test_long_lists_of_options_are_folded() -> None:
    options = tuple((str(number), str(number)) for number in range(7))
    form = Form(name=FormName.CHECKIN, title="T", fields=(ChoiceField(name="a", label="A", options=options),))
    assert of_type(render.form(form), "Input.ChoiceSet")[0]["style"] == "compact"


def test_text_longer_than_its_field_in_a_clients_own_count_is_not_cut() -> None:
    form = Form(name=FormName.CHECKIN, title="T", fields=(TextField(name="a", label="A", longest=4, initial="🧭🧭🧭"),))
    assert of_type(render.form(form), "Input.Text")[0]["maxLength"] == 6


def test_an_initiative_is_found_by_typing_and_a_person_is_typed() -> None:
    fields = (
        InitiativeField(name="a", label="A", initial="SEPSIS"),
        PersonField(name="b", label="B", initial="mei@northlake.example"),
        DateField(name="c", label="C", initial=date(2026, 12, 1), optional=True),
    )
    made = render.form(Form(name=FormName.CHECKIN, title="T", fields=fields), "1", {"c": ""})
    initiative, person, day = (node for node in nodes(made) if "id" in node)
    assert initiative["choices.data"] == {"type": "Data.Query", "dataset": "initiatives"}
    assert (initiative["style"], initiative["value"]) == ("filtered", "SEPSIS")
    assert initiative["choices"] == [{"title": "SEPSIS", "value": "SEPSIS"}]
    assert (person["type"], person["value"]) == ("Input.Text", "mei@northlake.example")
    assert "value" not in day  # emptied by the person, and it stays so


def test_the_form_says_which_it_is_and_carries_its_state_and_once() -> None:
    own = {"form": "checkin", "state": "prompt-1:3", "once": "o-1", "one": ["status"], "many": ["risks"]}
    data = {"steward": own}
    (dialog,) = render.form(CHECK_IN, "o-1")["actions"]
    assert (dialog["type"], dialog["title"], dialog["data"]) == ("Action.Submit", "Send", data)
    (inline,) = render.form(CHECK_IN, "o-1", inline=True)["actions"]
    assert (inline["type"], inline["fallback"]) == ("Action.Execute", dialog)
    assert inline["data"] == data


def test_a_launcher_opens_the_form_of_a_command_for_whoever_presses_it() -> None:
    made = render.launcher(CHECK_IN, "ai new")
    (action,) = of_type(made, "Action.Submit")
    assert (action["title"], action["data"]) == (
        "Check-in",
        {"msteams": {"type": "task/fetch"}, "steward": {"command": "ai new"}},
    )
    assert problems(made) == []
    assert "Sepsis, as technical lead" in shown(made)
    assert of_type(render.launcher(replace(CHECK_IN, intro=()), "ai new"), "Action.Submit")
