"""Every card keeps to what Teams takes, and people's words are shown as typed: never markup, mention, date or link."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams import render
from adapters.teams.sizes import HEAVIEST, weight
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
from tests.adapters.teams.reading import (
    TYPED,
    dates,
    of_type,
    problems,
    rendered,
    rendered_plainly,
    seen,
    shown,
)
from tests.contracts.examples import EVERYTHING, HOLLOW, messages

SARAH = "7f3c2d10-0000-4000-8000-00000000000a"
RAVI = "7f3c2d10-0000-4000-8000-00000000000b"


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
