"""Ladders as pure decisions: one level after the other, in working time, from what was delivered."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.calendar import Calendar, weeks_after
from bot.domain.escalation import (
    Ladders,
    Resolution,
    acknowledged,
    may_pause,
    next_level,
    nominee_is_due,
    resolved,
    risen,
    rises_on,
)
from bot.domain.policy import EscalationPolicy
from bot.domain.standing import silence
from tests.domain.ladders import (
    CHK,
    FAILED,
    FIRST,
    MISSED,
    MONDAY,
    NOW,
    OWN,
    VACANT,
    WORKDAYS,
    an_open,
    ladder,
    prompts,
    rules,
)

# When the next one hears


@pytest.mark.parametrize(
    ("level", "days", "reached"),
    [
        (0, 2, None),
        (0, 3, 1),
        (1, 4, None),
        (1, 5, 2),
        (2, 7, None),
        (2, 8, 3),
        (3, 10, None),
        (3, 11, 4),
        (4, 90, None),
    ],
)
def test_a_gap_rises_after_three_five_eight_and_eleven_working_days(level: int, days: int, reached: int | None) -> None:
    today = WORKDAYS.shift(MONDAY, days)
    before = {1: 3, 2: 5, 3: 8, 4: 11}.get(level, 0)
    heard_on = WORKDAYS.shift(MONDAY, before)
    assert next_level(an_open(level=level), VACANT, heard_on, rules(today)) == reached


def test_nothing_rises_while_those_of_the_level_have_not_heard() -> None:
    assert next_level(an_open(), VACANT, None, rules(MONDAY + timedelta(days=60))) is None


def test_a_level_heard_of_late_moves_the_next_one() -> None:
    late = WORKDAYS.shift(MONDAY, 7)
    assert rises_on(an_open(level=1), VACANT, late, rules(late)) == WORKDAYS.shift(MONDAY, 9)


def test_holidays_do_not_count() -> None:
    closed = Calendar(frozenset(range(5)), frozenset({MONDAY + timedelta(days=n) for n in (1, 2, 3)}))
    assert rises_on(an_open(), VACANT, MONDAY, rules(calendar=closed)) == date(2026, 12, 8)


@pytest.mark.parametrize(("missed", "level", "through", "reached"), [
    (1, 1, 0, None), (2, 1, 0, 2), (2, 2, 1, None), (3, 2, 1, 3), (4, 3, 2, 4), (5, 4, 3, None), (4, 1, 0, 2),
])  # fmt: skip
def test_a_silence_rises_with_each_further_miss(missed: int, level: int, through: int, reached: int | None) -> None:
    standing = silence(prompts(*[MISSED] * missed), "ana", "", ())
    assert standing is not None
    one = an_open(CHK, level, through=weeks_after(FIRST, through))
    assert next_level(one, standing, date(2026, 10, 5), rules(date(2026, 10, 6))) is None
    assert next_level(one, standing, date(2026, 10, 5), rules(date(2026, 10, 7))) == reached


def test_twenty_working_days_of_silence_carry_on_without_a_further_miss() -> None:
    standing = silence(prompts(MISSED, MISSED, FAILED, FAILED), "ana", "", ())
    assert standing is not None
    one = an_open(CHK, 2, through=weeks_after(FIRST, 1), missed=2)
    assert rises_on(one, standing, date(2026, 10, 12), rules(date(2026, 10, 20))) == date(2026, 10, 29)
    assert next_level(one, standing, date(2026, 10, 12), rules(date(2026, 10, 28))) is None
    assert next_level(one, standing, date(2026, 10, 12), rules(date(2026, 10, 29))) == 3
    once = silence(prompts(MISSED), "ana", "", ())
    assert once is not None
    assert next_level(an_open(CHK, 1, through=FIRST), once, date(2026, 10, 5), rules(date(2027, 1, 4))) is None


def test_a_plan_pauses_until_its_day_and_one_more_and_twice_at_most() -> None:
    friday = date(2026, 12, 4)
    one = acknowledged(an_open(), "dana", "soon", friday, NOW)
    later = rules(date(2026, 12, 6))
    assert later.is_paused(one)
    assert next_level(one, VACANT, MONDAY, later) is None
    assert next_level(one, VACANT, MONDAY, rules(date(2026, 12, 7))) == 1
    assert may_pause(one, EscalationPolicy())
    assert not may_pause(acknowledged(one, "dana", "soon", friday, NOW), EscalationPolicy())


def test_a_nominee_is_asked_again_after_three_working_days() -> None:
    offer = replace(VACANT, nominee_id="mei", offered_on=MONDAY)
    assert not nominee_is_due(ladder(OWN), offer, rules(date(2026, 12, 2)))
    assert nominee_is_due(ladder(OWN), offer, rules(date(2026, 12, 3)))
    assert not nominee_is_due(ladder(OWN), VACANT, rules(date(2027, 1, 1)))


def test_an_immediate_step_is_reached_from_any_level() -> None:
    steps = [replace(step, immediate=step.level == 4, after=min(step.after, 2)) for step in ladder(OWN).steps]
    quick = Ladders(version=2, ladders=(replace(ladder(OWN), steps=tuple(steps)),))
    assert next_level(an_open(), VACANT, MONDAY, rules(date(2026, 12, 2), quick)) == 4


def test_what_has_ended_does_not_rise() -> None:
    over = resolved(an_open(), Resolution.OWNED, NOW)
    assert not over.is_open
    assert next_level(over, VACANT, MONDAY, rules(date(2027, 1, 1))) is None


def test_a_level_is_never_left_downwards() -> None:
    with pytest.raises(ValueError, match="does not go from level 2 to 2"):
        risen(an_open(level=2), 2, VACANT, NOW)
