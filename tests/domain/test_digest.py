"""What leaders need from a week: counted, ordered, and each part with the facts it rests on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.checkins import Rag
from bot.domain.digest import Counts, WeekRow, build_digest, ready
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.policy import DigestPolicy, EscalationPolicy
from bot.messages.examples.digest import DAY, a_row, an_ask, facts_of
from bot.messages.examples.escalation import an_escalated_row

POLICY = DigestPolicy()


def test_colours_are_counted_over_active_initiatives_beside_last_week_s() -> None:
    rows = (
        a_row("A", Rag.GREEN, Rag.RED),
        a_row("B", Rag.AMBER, Rag.GREEN),
        a_row("C", Rag.RED, None),
        a_row("D", None, Rag.GREEN),
        replace(a_row("E", None, None), expected=0, silent=()),
        replace(a_row("F", Rag.RED), lifecycle=Lifecycle.STOPPED),
        replace(a_row("G", None), lifecycle=Lifecycle.ON_HOLD),
        replace(a_row("H", None), stage=Stage.INTAKE, expected=0),
    )
    digest = build_digest(facts_of(rows), POLICY, DAY)
    assert digest.counts == Counts(green=1, amber=1, red=1, silent=1)
    assert digest.before == Counts(green=2, amber=0, red=1)
    assert (digest.active, digest.unasked, digest.on_hold, digest.stopped, digest.intake) == (5, 1, 1, 1, 1)
    assert [red.key for red in digest.reds] == ["C"]


@pytest.mark.parametrize(
    ("answered", "expected", "low"), [(59, 100, True), (60, 100, False), (0, 0, False), (0, 1, True), (3, 5, False)]
)
def test_confidence_is_low_when_fewer_than_six_in_ten_answered(answered: int, expected: int, *, low: bool) -> None:
    row = replace(a_row("A", Rag.GREEN), expected=expected, answered=answered)
    assert build_digest(facts_of((row,)), POLICY, DAY).low_confidence is low


def test_new_reds_come_first_then_the_longest() -> None:
    rows = (a_row("OLD", Rag.RED, Rag.RED, 2), a_row("NEW", Rag.RED, Rag.GREEN), a_row("OLDEST", Rag.RED, Rag.RED, 7))
    digest = build_digest(facts_of(rows), POLICY, DAY)
    assert [(red.key, red.new) for red in digest.reds] == [("NEW", True), ("OLDEST", False), ("OLD", False)]


def test_decisions_that_are_due_come_first_then_those_waiting_longest() -> None:
    asks = (
        replace(an_ask("LATER", day=1), due=date(2026, 12, 24)),
        replace(an_ask("OVERDUE", day=9), due=date(2026, 11, 20)),
        replace(an_ask("OPEN", day=2), due=None),
        replace(an_ask("TODAY", day=8), due=DAY),
    )
    digest = build_digest(facts_of((), asks), POLICY, DAY)
    assert [decision.ask.key for decision in digest.decisions] == ["TODAY", "OVERDUE", "LATER", "OPEN"]
    assert [decision.overdue for decision in digest.decisions] == [False, True, False, False]


def test_an_initiative_s_second_ask_does_not_take_the_place_of_another_s_first() -> None:
    asks = (an_ask("A", day=1), an_ask("A", "and money", day=2), an_ask("B", day=3))
    digest = build_digest(facts_of((), asks), POLICY, DAY)
    assert [(decision.ask.key, decision.again) for decision in digest.decisions] == [
        ("A", False),
        ("B", False),
        ("A", True),
    ]


def test_a_week_without_anything_to_act_on_is_quiet_and_one_without_anybody_asked_is_none() -> None:
    asked = replace(a_row("A", Rag.GREEN), answered=3)
    assert build_digest(facts_of((asked,)), POLICY, DAY).quiet
    nobody = replace(a_row("A", None, None), expected=0)
    assert not build_digest(facts_of((nobody,)), POLICY, DAY).worth_posting
    assert build_digest(facts_of((asked,)), POLICY, DAY).worth_posting


rags = st.sampled_from([None, *Rag])
rows = st.builds(
    lambda n, declared, before, lifecycle: replace(a_row(f"K{n}", declared, before), lifecycle=lifecycle),
    st.integers(0, 99),
    rags,
    rags,
    st.sampled_from(Lifecycle),
)


@given(st.lists(rows, max_size=30, unique_by=lambda row: row.key))
def test_every_active_initiative_is_counted_once_and_missing_data_is_never_green(given_rows: list[WeekRow]) -> None:
    digest = build_digest(facts_of(tuple(given_rows)), POLICY, DAY)
    counts = digest.counts
    assert counts.green + counts.amber + counts.red + counts.silent + digest.unasked == digest.active
    assert len(digest.reds) == counts.red
    assert all(red.source_ids for red in digest.reds)
    assert build_digest(facts_of(tuple(given_rows)), POLICY, DAY) == digest


# Ladders at their end

WEEKDAYS = Calendar(frozenset(range(5)))


def named(told_at: datetime, zone: str = "America/Chicago", **changes: object) -> bool:
    """Return whether a digest read on Monday 23 November may name somebody told at an instant."""
    row = replace(an_escalated_row("BEDFLOW"), told_at=told_at, **changes)  # type: ignore[arg-type]
    return bool(ready((row,), DAY, ZoneInfo(zone), WEEKDAYS, EscalationPolicy()))


def test_I_28_who_is_named_was_told_at_least_a_working_day_before() -> None:  # noqa: N802
    assert named(datetime(2026, 11, 20, 15, tzinfo=UTC))
    assert named(datetime(2026, 11, 22, 15, tzinfo=UTC))  # on Sunday
    assert not named(datetime(2026, 11, 23, 14, tzinfo=UTC))
    assert not named(datetime(2026, 11, 22, 20, tzinfo=UTC), "Pacific/Auckland")  # Monday morning there


def test_a_plan_keeps_a_ladder_out_of_the_digest_until_its_day_and_one_more() -> None:
    long_ago = datetime(2026, 11, 12, 15, tzinfo=UTC)
    assert not named(long_ago, plan_due=date(2026, 11, 23))
    assert named(long_ago, plan_due=date(2026, 11, 20))


def test_a_ladder_at_its_end_is_a_decision_due_in_two_working_days() -> None:
    told = replace(an_escalated_row("BEDFLOW"), due=None, days=0)
    (row,) = ready((told,), DAY, ZoneInfo("America/Chicago"), WEEKDAYS, EscalationPolicy())
    assert (row.due, row.days) == (date(2026, 11, 25), 15)
    facts = replace(facts_of((), (an_ask("DENIALS", day=9),)), escalated=(row,))
    digest = build_digest(facts, POLICY, DAY)
    assert [decision.ask.key for decision in digest.decisions] == ["BEDFLOW", "DENIALS"]
    assert digest.decisions[0].source_ids == ("escalation-bedflow",)
    assert not digest.quiet
