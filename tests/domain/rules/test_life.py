"""A finding lives: it clears with patience, is dealt with or put off, and comes back as itself or anew."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.rules.findings import Finding, Grade
from bot.domain.rules.life import FindingState, Round, Standing, acknowledge, settle, snooze, standing_findings
from bot.errors import UserError

OFFICE = Calendar(frozenset(range(5)))
MONDAY = date(2026, 11, 23)
AMBER, RED = Finding("MT-08", "m", Grade.AMBER), Finding("MT-09", "m", Grade.RED)
GAP = Finding("OWN-01", "technical_lead", Grade.RED)


def weeks(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


def close(number: int) -> Round:
    return Round(weeks(number), at_close=True)


def raised(finding: Finding) -> tuple[Standing, ...]:
    return settle((), [finding], close(0))


def test_what_is_found_first_is_open_since_that_day() -> None:
    (one,) = raised(RED)
    assert (one.state, one.first_seen, one.last_seen) == (FindingState.OPEN, MONDAY, MONDAY)


def test_amber_clears_after_one_clean_close() -> None:
    (one,) = settle(raised(AMBER), [], close(1))
    assert (one.state, one.resolved_on) == (FindingState.RESOLVED, weeks(1))


def test_red_clears_after_two_clean_closes() -> None:
    after = settle(raised(RED), [], close(1))
    assert [one.finding for one in after if one.stands] == [RED]
    assert not any(one.stands for one in settle(after, [], close(2)))


def test_a_clean_night_between_two_closes_clears_nothing() -> None:
    after = settle(raised(AMBER), [], Round(MONDAY + timedelta(days=2)))
    assert after[0].stands


def test_a_red_that_comes_back_in_between_starts_anew_to_clear() -> None:
    after = settle(settle(raised(RED), [], close(1)), [RED], close(2))
    assert after[0].clean == 0
    assert settle(after, [], close(3))[0].stands


def test_a_binary_fact_clears_at_once() -> None:
    assert not settle(raised(GAP), [], Round(MONDAY + timedelta(days=1)))[0].stands


def test_a_red_that_is_only_amber_now_stays_red_for_two_closes() -> None:
    milder = replace(RED, grade=Grade.AMBER, numbers={"last": 69})
    once = settle(raised(RED), [milder], close(1))
    assert once[0].finding == replace(milder, grade=Grade.RED)
    assert settle(once, [milder], close(2))[0].finding == milder


def test_an_amber_that_is_red_now_is_red_at_once() -> None:
    worse = replace(AMBER, grade=Grade.RED)
    assert settle(raised(AMBER), [worse], Round(MONDAY + timedelta(days=1)))[0].finding is worse


def test_a_confirmed_breach_of_a_should_clears_after_two_periods_within() -> None:
    after = settle(raised(Finding("MT-03", "m", Grade.AMBER)), [], close(1))
    assert after[0].stands
    assert not settle(after, [], close(2))[0].stands


def test_what_comes_back_within_four_weeks_is_the_same_finding() -> None:
    cleared = settle(raised(AMBER), [], close(1))
    (again,) = settle(cleared, [AMBER], close(5))
    assert (again.first_seen, again.state, again.resolved_on) == (MONDAY, FindingState.OPEN, None)


def test_what_comes_back_later_is_a_new_one() -> None:
    cleared = settle(raised(AMBER), [], close(1))
    (again,) = settle(cleared, [AMBER], close(6))
    assert again.first_seen == weeks(6)


def test_a_finding_is_acknowledged_with_a_plan_and_stays_so_while_it_is_found() -> None:
    planned = acknowledge(raised(RED)[0], weeks(1), "recalibrate")
    (after,) = settle([planned], [RED], close(1))
    assert (after.state, after.plan_due, after.explanation) == (FindingState.ACKNOWLEDGED, weeks(1), "recalibrate")


def test_what_cleared_cannot_be_acknowledged() -> None:
    (cleared,) = settle(raised(AMBER), [], close(1))
    with pytest.raises(UserError):
        acknowledge(cleared, weeks(2))


def test_putting_off_lasts_ten_working_days_and_then_it_is_open() -> None:
    put_off = snooze(raised(AMBER)[0], MONDAY, OFFICE)
    assert put_off.until == weeks(2)
    during = settle([put_off], [AMBER], close(2))
    assert during[0].state is FindingState.SNOOZED
    assert settle(during, [AMBER], Round(weeks(2) + timedelta(days=1)))[0].state is FindingState.OPEN


def test_red_is_never_put_off() -> None:
    with pytest.raises(UserError):
        snooze(raised(RED)[0], MONDAY, OFFICE)


def test_a_finding_is_put_off_twice_at_most() -> None:
    one = raised(AMBER)[0]
    for _ in range(2):
        one = replace(snooze(one, MONDAY, OFFICE), state=FindingState.OPEN)
    with pytest.raises(UserError):
        snooze(one, MONDAY, OFFICE)


def test_what_was_put_off_and_turns_red_is_open() -> None:
    put_off = snooze(raised(AMBER)[0], MONDAY, OFFICE)
    (after,) = settle([put_off], [replace(AMBER, grade=Grade.RED)], Round(MONDAY + timedelta(days=1)))
    assert after.state is FindingState.OPEN


def test_putting_off_changes_no_colour() -> None:
    assert standing_findings([snooze(raised(AMBER)[0], MONDAY, OFFICE)]) == (AMBER,)


found = st.sets(st.sampled_from(["MT-08 a", "MT-09 a", "OWN-01 b", "GT-01 c"])).map(
    lambda keys: [Finding(key[:-2], key[-1:], Grade.AMBER) for key in sorted(keys)]
)


@given(st.lists(st.tuples(found, st.booleans()), max_size=20))
def test_what_is_found_always_stands_and_nothing_stands_twice(rounds: list[tuple[list[Finding], bool]]) -> None:
    standing: tuple[Standing, ...] = ()
    for number, (findings, at_close) in enumerate(rounds):
        standing = settle(standing, findings, Round(MONDAY + timedelta(days=number), at_close))
        identities = [one.finding.identity for one in standing if one.stands]
        assert {one.identity for one in findings} <= set(identities)
        assert len(identities) == len(set(identities))
        assert all(one.first_seen <= one.last_seen for one in standing)
