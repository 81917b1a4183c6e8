"""The digest in words: a minute to read, nothing hidden, nothing twice, and the same for ever."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.checkins import Promises, Rag
from bot.domain.digest import AskRow, ClosedRow, WeekFacts, WeekRow
from bot.domain.initiatives import Lifecycle
from bot.domain.standing import Cause
from bot.messages import pages
from bot.messages.digest import printed
from bot.messages.examples import digest as digest_examples
from bot.messages.examples.digest import a_row, an_ask, facts_of, written
from bot.messages.examples.escalation import an_escalated_row
from bot.messages.model import Paragraph, plain
from bot.messages.pages import Written

MOST_WORDS = 175


def words_of(made: Written) -> str:
    return pages.text(made.card)


def test_what_was_not_delivered_is_not_hidden() -> None:
    lost = replace(a_row("STAFF", None), expected=0, silent=(), undelivered=digest_examples.ROLES)
    made = written(facts_of((a_row("SEPSIS", Rag.GREEN), lost)))
    assert "Low confidence: only 2 of 6 check-ins answered (3 not delivered)." in words_of(made)
    assert "reported 1 Green, 0 Amber, 0 Red, 1 not reached (last week" in words_of(made)
    assert "TRUST: 2 of 6 check-ins (3 not delivered), promises kept 82%" in words_of(made)
    assert "STAFF | pilot | none | not delivered: sponsor, technical, operations" in pages.text(made.replies[0])


def test_one_initiative_left_out_of_the_details_is_one() -> None:
    closed = replace(a_row("OLD", None, None), lifecycle=Lifecycle.RETIRED, expected=0, silent=())
    made = written(facts_of((a_row("SEPSIS", Rag.RED), closed)))
    assert "1 more, without an owner or closed, is not listed" in pages.text(made.replies[0])


def test_a_week_across_the_turn_of_the_year_names_both_years() -> None:
    made = written(replace(facts_of((a_row("SEPSIS", Rag.RED),)), week="2026-W53"))
    assert "week 53, 28 Dec 2026-3 Jan 2027" in words_of(made)


def a_closing(n: int, note: str = "omissions 7.8% vs 3.0%") -> ClosedRow:
    return ClosedRow(
        initiative_id=f"closed-{n}", key=f"CLOSED{n}", lifecycle=Lifecycle.STOPPED, closed_on=date(2026, 11, 18),
        note=note, source_id=f"closed-{n}",
    )  # fmt: skip


def test_the_card_says_what_can_be_acted_on_first() -> None:
    rows = (
        a_row("SEPSIS", Rag.RED, Rag.RED, 3),
        a_row("DENIALS", Rag.RED, Rag.RED, 2),
        a_row("BEDFLOW", Rag.RED, Rag.AMBER),
        a_row("STAFF", None, Rag.GREEN),
    )
    made = written(facts_of(rows, (an_ask("DENIALS"), replace(an_ask("NOSHOW", day=9), needs_from="", due=None))))
    assert words_of(made).splitlines() == [
        "AI PORTFOLIO | Northlake Health, Hospital portfolio | week 47, 16-22 Nov 2026",
        "",
        "Low confidence: only 6 of 12 check-ins answered. "
        "4 active: reported 0 Green, 0 Amber, 3 Red, 1 silent (last week 1/1/2).",
        "",
        "DECISIONS NEEDED",
        "1 DENIALS: “stop the pilot or approve a rework” (Ellen Fischer, Tue 3 Nov). Grace Lindqvist, by Wed 25 Nov",
        "2 NOSHOW: “stop the pilot or approve a rework” (Ellen Fischer, Mon 9 Nov). nobody named, no date",
        "",
        "RED, as reported (new = *)",
        "BEDFLOW*: Amber the week before",
        "unchanged: SEPSIS 3 weeks",
        "DENIALS: see decisions",
        "",
        "TRUST: 6 of 12 check-ins, promises kept 82%",
    ]


def test_a_quiet_week_is_one_line() -> None:
    row = replace(a_row("A", Rag.GREEN, Rag.GREEN), answered=3)
    made = written(replace(facts_of((row,)), promises=Promises()))
    assert words_of(made).splitlines()[2:] == [
        "1 active: reported 1 Green, 0 Amber, 0 Red (last week 1/0/0). No decision waits, nothing is Red. "
        "3 of 3 check-ins, no promise was due."
    ]


def test_amber_is_only_a_count() -> None:
    made = written(facts_of((a_row("CALLBOT", Rag.AMBER), a_row("X", Rag.RED))))
    assert "CALLBOT" not in words_of(made)
    assert "1 Amber" in words_of(made)


def test_stops_are_named_with_their_reason_and_vacant_roles_are_counted() -> None:
    row = replace(a_row("A", Rag.GREEN), vacant=("technical_lead", "business_sponsor"))
    text = words_of(written(facts_of((row,), (), (a_closing(1),))))
    assert "CLOSED1 stopped Wed 18 Nov: “omissions 7.8% vs 3.0%”" in text
    assert "2 owner roles vacant or not accepted" in text


def test_a_decision_cut_short_stands_in_full_below() -> None:
    title = " ".join(f"word{n}" for n in range(30))
    made = written(facts_of((a_row("A", Rag.GREEN),), (an_ask("A", title),)))
    assert title not in words_of(made)
    assert title in pages.text(made.replies[0])


names = st.text(min_size=0, max_size=120)
asks = st.builds(
    lambda n, title, who, due: replace(
        an_ask(f"LONGKEY{n:05}", title, n % 20 + 1), needs_from=who, asked_by=who, due=due
    ),
    st.integers(0, 700),
    names,
    names,
    st.sampled_from([None, date(2026, 11, 20), date(2026, 12, 24)]),
)


@st.composite
def weeks(draw: st.DrawFn) -> WeekFacts:
    count, salt = draw(st.integers(0, 600)), draw(st.integers(1, 7))
    colours = [None, *Rag, Rag.RED, Rag.RED]
    rows = tuple(
        a_row(f"LONGKEY{n:05}", colours[n * salt % 6], colours[n * salt // 3 % 6], n % 30 + 1) for n in range(count)
    )
    many = draw(st.lists(asks, max_size=8, unique_by=lambda ask: ask.raid_id))
    if draw(st.booleans()):
        many += [an_ask(row.key, "decide " * 30, 5) for row in rows if row.key not in {ask.key for ask in many}]
    closed = tuple(a_closing(n, draw(names)) for n in range(draw(st.integers(0, 20))))
    return replace(facts_of(rows, tuple(many), closed), portfolio=draw(names), organisation=draw(names))


@given(weeks())
def test_I_27_the_card_is_short_and_names_or_counts_every_decision_and_red(facts: WeekFacts) -> None:  # noqa: N802
    made = written(facts)
    assert pages.words(made.card) <= MOST_WORDS
    below = pages.text(made.replies[0]) if made.replies else ""
    shown = words_of(made) + below
    for key in {ask.key for ask in facts.asks} | {row.key for row in facts.rows if row.declared is Rag.RED}:
        assert key in shown
    if any(key not in words_of(made) for key in {ask.key for ask in facts.asks}):
        assert "more in the thread" in words_of(made)


@given(weeks())
def test_I_26_every_line_has_a_source_and_the_stored_digest_reads_the_same(facts: WeekFacts) -> None:  # noqa: N802
    made = written(facts)
    for page in (made.card, *made.replies):
        assert all(line.sources and all(line.sources) for section in page.sections for line in section.lines)
    again = pages.thawed(json.loads(json.dumps(pages.frozen(made))))
    assert again == made
    for page, stored in zip((made.card, *made.replies), (again.card, *again.replies), strict=True):
        assert pages.message(page) == pages.message(stored)
        assert pages.text(page) == pages.text(stored)


@given(weeks())
@settings(max_examples=25)
def test_a_message_of_the_digest_has_exactly_the_words_of_its_text(facts: WeekFacts) -> None:
    made = written(facts)
    for page in (made.card, *made.replies):
        message = pages.message(page)
        said = [message.title, *(plain(block.text) for block in message.blocks if isinstance(block, Paragraph))]
        assert " ".join(said).split() == pages.text(page).split()
        assert all(isinstance(block, Paragraph) for block in message.blocks)


@given(weeks())
@settings(max_examples=25)
def test_nothing_is_named_twice_on_the_card(facts: WeekFacts) -> None:
    made = written(facts)
    joined = next((line.text for part in made.card.sections for line in part.lines if "see decisions" in line.text), "")
    rest = words_of(made).replace(joined, "") if joined else words_of(made)
    keys = {ask.key for ask in facts.asks} | {row.key for row in facts.rows}
    titles = " ".join(ask.title for ask in facts.asks)
    assert all(rest.count(key) <= 1 for key in keys if key not in titles)


@given(weeks())
@settings(max_examples=25)
def test_the_details_list_every_initiative_that_was_asked(facts: WeekFacts) -> None:
    made = written(facts)
    listed = "\n".join(pages.text(page) for page in made.replies)
    for row in facts.rows:
        assert f"{row.key} | " in listed


@pytest.mark.parametrize("n", [1, 3, 12, 40, 100])
def test_a_terminal_prints_the_card_and_then_the_thread(n: int) -> None:
    rows: tuple[WeekRow, ...] = tuple(a_row(f"K{i}", Rag.RED, Rag.RED, 2) for i in range(n))
    some: tuple[AskRow, ...] = tuple(an_ask(f"K{i}") for i in range(0, n, 3))
    made = written(facts_of(rows, some))
    out = printed(made)
    assert out.startswith(pages.text(made.card))
    assert out.count("--- Details of week 47") == len(made.replies)


def test_the_examples_are_within_budget() -> None:
    for make in (digest_examples.twelve, digest_examples.six_hundred, digest_examples.quiet):
        assert pages.words(make().card) <= MOST_WORDS


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (Cause.VACANT, "BEDFLOW: name an operations leader, vacant 15 working days. Carmen Ortega, by Wed 25 Nov"),
        (
            Cause.UNANSWERED,
            "BEDFLOW: decide who answers as operations leader, 4 check-ins missed. Carmen Ortega, by Wed",
        ),
        (Cause.UNACCEPTED, "BEDFLOW: name an operations leader, not accepted for 15 working days."),
        (Cause.DEPARTED, "BEDFLOW: name an operations leader, the last one has left, 15 working days."),
        (Cause.UNREACHABLE, "BEDFLOW: name an operations leader, the present one cannot be reached, 15 working days."),
    ],
)
def test_a_ladder_at_its_end_is_named_with_why_in_numbers_who_and_by_when(cause: Cause, words: str) -> None:
    facts = replace(facts_of((a_row("BEDFLOW", Rag.GREEN),)), escalated=(an_escalated_row("BEDFLOW", cause),))
    said = words_of(written(facts))
    assert "DECISIONS NEEDED" in said
    assert words in said
