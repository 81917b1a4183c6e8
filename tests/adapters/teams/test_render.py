"""Every card keeps to what Teams takes, and people's words are shown as typed: never markup, mention, date or link."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.teams import render
from adapters.teams.fields import chosen, encoded
from adapters.teams.sizes import HEAVIEST, weight
from adapters.teams.texts import GRAVE, HAIR_SPACE, JOINER, unmarked
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
    Action,
    Actions,
    Bold,
    Bullets,
    Button,
    Code,
    Divider,
    Emphasis,
    Facts,
    Link,
    Mention,
    Message,
    Note,
    Paragraph,
    Plain,
    Quote,
    Text,
    When,
)
from tests.adapters.teams.fake_parts import cards
from tests.contracts.examples import CHECK_IN, EVERYTHING, HOLLOW, forms, messages

SARAH = "7f3c2d10-0000-4000-8000-00000000000a"
RAVI = "7f3c2d10-0000-4000-8000-00000000000b"
NASTY = st.sampled_from(
    [
        "<at>Sarah Chen</at>",
        "{{DATE(2026-11-26T22:00:00Z, SHORT)}}",
        "{{TIME(2026-11-26T22:00:00Z)}}",
        "{",
        "{DATE(2026-11-26T22:00:00Z)}}",
        "${title}",
        "**bold**",
        "_it_",
        "`c`",
        "[click](https://evil.example/)",
        "<https://evil.example/>",
        "https://evil.example/",
        "www.evil.example",
        "sarah@evil.example",
        "&lt;b&gt;",
        "<b>",
        "- ",
        "1. ",
        "# ",
        "    ",
        "> quote",
        "\u202eabc",
        "🧭👩‍💻",
        "\n",
        '"',
        "\\",
    ]
)
TYPED = st.lists(st.one_of(NASTY, st.text(max_size=30)), min_size=1, max_size=8).map("".join).filter(bool)


def nodes(payload: object) -> Iterator[dict[str, Any]]:
    """Walk all objects of a payload."""
    if isinstance(payload, list):
        for each in payload:
            yield from nodes(each)
    elif isinstance(payload, dict):
        yield payload
        yield from nodes(list(payload.values()))


def of_type(payload: object, kind: str) -> list[dict[str, Any]]:
    return [node for node in nodes(payload) if node.get("type") == kind]


def shown(payload: object) -> str:
    """Return what a reader sees of the text runs, line by line."""
    found = ["".join(run["text"] for run in node["inlines"]) for node in of_type(payload, "RichTextBlock")]
    return seen("\n".join(found))


def seen(text: str) -> str:
    """Return a text with one kind of space, without what is not seen; a blank in an empty line is not."""
    lines = text.replace(JOINER, "").replace("\u00a0", " ").split("\n")
    return "\n".join("" if line == " " else line for line in lines)


def problems(card: dict[str, Any], *, dialog: bool = False) -> list[str]:
    """Return what the fake, which is stricter than Teams, would not take of a card."""
    empty = ["an empty run" for run in of_type(card, "TextRun") if not run["text"]]
    heavy = ["heavy"] if weight(card) > HEAVIEST else []
    return [*cards.problems(card, dialog=dialog), *empty, *heavy]


def dates(payload: object) -> list[str]:
    """Return every text in which a client would calculate a date."""
    texts = [value for node in nodes(payload) for value in node.values() if isinstance(value, str)]
    return [text for text in texts if "{{date(" in text.casefold() or "{{time(" in text.casefold()]


def test_a_message_is_one_card_with_a_summary_and_no_text() -> None:
    activity = render.message(EVERYTHING)
    assert activity["type"] == "message"
    assert activity["summary"] == EVERYTHING.fallback
    assert "text" not in activity
    (attachment,) = activity["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"] == render.card(EVERYTHING)


@pytest.mark.parametrize("name", list(messages()))
def test_every_message_is_a_card_that_teams_takes(name: str) -> None:
    made = render.card(messages()[name])
    assert problems(made) == []
    assert (made["version"], made["msteams"]["width"]) == ("1.5", "Full")
    assert made["body"]


@pytest.mark.parametrize("name", list(forms()))
@pytest.mark.parametrize("inline", [False, True])
def test_every_form_is_a_card_that_teams_takes(name: str, inline: bool) -> None:
    form = forms()[name]
    made = render.form(form, "once-1", problems={form.fields[0].name: "Wrong."}, notice="Hm.", inline=inline)
    assert problems(made, dialog=not inline) == []
    assert [node["id"] for node in nodes(made) if "id" in node] == [item.name for item in form.fields]


@given(TYPED)
def test_peoples_words_are_shown_as_typed_and_mean_nothing_to_teams(typed: str) -> None:
    content = Message(
        title=typed[:20],
        blocks=(
            Paragraph((Plain(typed), Bold(typed), Plain("{"), Plain("{DATE(2026-11-26T22:00:00Z)}}"))),
            Quote(typed),
            Facts(((typed[:50], (Plain(typed),)),)),
            Bullets(((Plain(typed),), (Code(typed),))),
            Note((Plain(typed), Mention("nobody", typed))),
        ),
        fallback=typed if typed.strip() else "x",
    )
    made = render.card(content, {"p1": SARAH})
    assert problems(made) == []
    assert of_type(made, "TextBlock") == []
    assert dates(made) == []
    assert "entities" not in made["msteams"]
    assert shown(made).count(seen(typed)) >= 6


@given(st.lists(TYPED, min_size=1, max_size=40))
def test_whatever_is_said_fits_and_only_looks_are_given_up(texts: list[str]) -> None:
    bullets = Bullets(tuple((Bold(text[:8]), Plain(text[:4])) for text in texts))
    made = render.card(Message(title="T", blocks=(bullets, bullets, bullets), fallback="F."))
    assert problems(made) == []
    assert all(seen(text[:8]) in shown(made) for text in texts)


@given(TYPED, st.lists(TYPED, max_size=3))
def test_a_line_with_a_mention_notifies_that_account_and_nothing_in_it_is_markup(name: str, texts: list[str]) -> None:
    said = [text.replace("\n", " ") for text in texts]
    spans: Text = (Plain("To "), Mention("p1", name), *(Plain(f" {text}") for text in said))
    made = render.card(Message(title="", blocks=(Paragraph(spans),), fallback="F."), {"p1": SARAH})
    assert dates(made) == []
    for block in of_type(made, "TextBlock"):
        (entity,) = made["msteams"]["entities"]
        assert entity["mentioned"]["id"] == SARAH
        assert block["text"].count(entity["text"]) == block["text"].count("<at>") == 1
        line = rendered(block["text"].replace(entity["text"], "Somebody"))
        assert "".join(line.split()) == "".join(rendered_plainly(" ".join(["ToSomebody", *said])).split())


def rendered(markdown: str) -> str:
    """Return the words of Markdown that has no markup in it."""
    assert "://" not in markdown
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    leaves = [leaf for token in tokens for leaf in token.children or ()]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {leaf.type for leaf in leaves} <= {"text", "softbreak", "hardbreak"}
    return "".join(leaf.content for leaf in leaves).replace(JOINER, "").strip()


def rendered_plainly(text: str) -> str:
    """Return what a reader of Markdown makes of a text that has none."""
    return text.replace(JOINER, "").replace("\0", "\ufffd").strip()


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


def bare(text: str) -> str:
    """Return a text without what is not seen, and with one kind of space and of grave accent."""
    text = text.replace(JOINER, "").replace(HAIR_SPACE, "").replace(GRAVE, "`")
    return " ".join(text.split())


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
    data = {"steward": {"form": "checkin", "state": "prompt-1:3", "once": "o-1"}}
    (dialog,) = render.form(CHECK_IN, "o-1")["actions"]
    assert (dialog["type"], dialog["title"], dialog["data"]) == ("Action.Submit", "Send", data)
    (inline,) = render.form(CHECK_IN, "o-1", inline=True)["actions"]
    assert (inline["type"], inline["fallback"]) == ("Action.Execute", dialog)
    assert inline["data"] == data


def test_a_button_runs_in_place_and_one_that_opens_a_form_asks_for_a_dialog() -> None:
    answer = Button("Answer", Action.CHECKIN_ANSWER, "p-1", Emphasis.PRIMARY, opens_form=True)
    gone = Button("Not mine", Action.CHECKIN_NOT_MINE, "p-1", Emphasis.DANGER)
    made = render.card(Message("", (Actions((answer, gone)),), "F."))
    first, second = of_type(made, "ActionSet")[0]["actions"]
    assert (first["type"], first["style"]) == ("Action.Submit", "positive")
    assert first["data"] == {
        "msteams": {"type": "task/fetch"},
        "steward": {"action": "checkin_answer", "value": "p-1"},
    }
    assert (second["type"], second["verb"], second["style"]) == ("Action.Execute", "checkin_not_mine", "destructive")
    assert second["fallback"]["type"] == "Action.Submit"
    assert second["data"] == second["fallback"]["data"] == {"steward": {"action": "checkin_not_mine", "value": "p-1"}}


def test_a_row_of_buttons_too_wide_for_a_chat_column_is_broken() -> None:
    wide = tuple(Button("Resolved: something long", Action.RAID_RESOLVE, str(number)) for number in range(3))
    made = render.card(Message("", (Actions(wide), Actions(wide[:2])), "F."))
    assert [len(row["actions"]) for row in of_type(made, "ActionSet")] == [2, 1, 2]


def test_a_part_of_a_message_stands_off_from_the_one_before() -> None:
    heading = Paragraph((Bold("RED"), Plain("\n"), Bold("SEPSIS"), Plain(": Amber the week before\nunchanged: NOSHOW")))
    item = Paragraph((Bold("SEPSIS "), Plain("early warning\nas sponsor\ndue on Friday")))
    row = Actions((Button("Answer", Action.CHECKIN_ANSWER, "1"),))
    said = Paragraph((Plain("One thing."),))
    made = render.card(Message("Digest", (said, heading, item, row, item, Divider(), said), "F."))["body"]
    parts = ["".join(run["text"] for run in block["inlines"]) for block in made if block.get("separator")]
    assert parts == ["RED", "SEPSIS early warning", "One thing."]
    subtle = [run["text"] for run in of_type(made, "TextRun") if run.get("isSubtle")]
    assert subtle == ["as sponsor", "due on Friday"] * 2


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


def test_a_closing_card_has_no_buttons_and_is_never_empty() -> None:
    assert of_type(render.closing(EVERYTHING), "ActionSet") == []
    only = Message("", (Actions((Button("A", Action.STATUS_SHOW, "1"),)),), "Something to say.")
    assert shown(render.closing(only)) == "Something to say."
    assert shown(render.card(HOLLOW)) == "Nothing in it."


def test_a_moment_is_shown_in_the_readers_own_zone() -> None:
    at = datetime(2026, 11, 26, 22, tzinfo=UTC)
    content = Message(title="", blocks=(Note((Plain("Due "), When(at, "26 Nov 2026 17:00"))),), fallback="F.")
    (note,) = of_type(render.card(content), "RichTextBlock")
    assert [run["text"] for run in note["inlines"]] == [
        "Due ",
        "{{DATE(2026-11-26T22:00:00Z, SHORT)}} {{TIME(2026-11-26T22:00:00Z)}}",
    ]


def test_two_people_of_one_name_are_two_mentions_and_an_unknown_one_is_a_name() -> None:
    spans = (Mention("p1", "Kim Lee"), Plain(", "), Mention("p2", "Kim Lee"), Plain(", "), Mention("p3", "Mei Chen"))
    made = render.card(Message("", (Paragraph(spans),), "F."), {"p1": SARAH, "p2": RAVI, "p3": "not an account"})
    entities = made["msteams"]["entities"]
    assert [entity["mentioned"] for entity in entities] == [
        {"id": SARAH, "name": "Kim Lee"},
        {"id": RAVI, "name": "Kim Lee"},
    ]
    first, second = (entity["text"] for entity in entities)
    assert first != second
    assert of_type(made, "TextBlock")[0]["text"] == f"{first}, {second}, Mei Chen"


def test_what_is_bold_or_linked_stays_so_beside_a_mention() -> None:
    spans = (Mention("p1", "Kim"), Bold(" two * "), Link("Docs", "https://x.example/"), Code("`c`"))
    made = render.card(Message("", (Paragraph(spans),), "F."), {"p1": SARAH})
    assert of_type(made, "TextBlock")[0]["text"] == r"<at>Kim</at> **two \*** [Docs](https://x.example/)\`c\`"


def test_a_link_of_ours_is_a_link() -> None:
    made = render.card(Message("", (Paragraph((Link("Docs", "https://x.example/"),)),), "F."))
    (run,) = of_type(made, "TextRun")
    assert run["selectAction"] == {"type": "Action.OpenUrl", "url": "https://x.example/"}


def test_every_line_is_kept_whole_when_a_list_gives_up_its_looks() -> None:
    items = tuple((Bold(f"n{n:03}"), Plain(" is on its way")) for n in range(120))
    made = render.card(Message("T", (Bullets(items), Divider(), Bullets(items)), "F."))
    assert weight(made) <= HEAVIEST
    assert all(shown(made).count(f"• n{n:03} is on its way") == 2 for n in range(120))


def test_a_mention_too_heavy_to_fit_is_given_up_before_the_card_is() -> None:
    spans = (Mention("p1", "Kim"), Plain("🧭" * 2700))
    made = render.card(Message("", (Paragraph(spans),) * 3, "F."), {"p1": SARAH})
    assert problems(made) == []


def test_a_cards_weight_is_counted_in_bytes() -> None:
    assert weight({"a": "é"}) == len(json.dumps({"a": "é"}, ensure_ascii=False).encode())
