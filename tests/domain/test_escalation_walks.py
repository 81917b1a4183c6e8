"""Ladders walked at random: no level is skipped, none begins too soon, and what was answered stays answered."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar, weeks_after
from bot.domain.checkins import PromptState
from bot.domain.escalation import (
    Escalation,
    Resolution,
    Step,
    acknowledged,
    heard,
    may_pause,
    next_level,
    opens,
    raised,
    resolved,
    risen,
)
from bot.domain.policy import EscalationPolicy
from bot.domain.standing import Standing, silence
from tests.domain.ladders import (
    ANSWERED,
    CHK,
    EXCUSED,
    FAILED,
    FIRST,
    LATE,
    MISSED,
    MONDAY,
    NOW,
    OWN,
    VACANT,
    an_open,
    ladder,
    prompts,
    rules,
)

WEEKLY = st.lists(st.sampled_from([MISSED, MISSED, ANSWERED, LATE, EXCUSED, FAILED]), max_size=30)


class Walk:
    """An escalation day by day: weeks close on Mondays, messages arrive late or never, plans are made."""

    def __init__(self, states: Sequence[PromptState], heard_after: Sequence[int], plans: Sequence[int]) -> None:
        self.states, self.heard_after, self.plans = states, heard_after, plans
        self.one: Escalation | None = None
        self.heard_on: date | None = None

    def history(self) -> list[Escalation]:
        """Return how it stood after each working day."""
        found = []
        for n in range(len(self.states)):
            for day in range(5):
                self.step(n, day)
                if self.one:
                    found.append(self.one)
        return found

    def step(self, n: int, day: int) -> None:
        """Let one day pass in which week `n` has closed."""
        one, today = self.one, date(2026, 10, 5) + timedelta(weeks=n, days=day)
        is_open = one is not None and one.is_open
        standing = silence(prompts(*self.states[: n + 1]), "ana", one.through if one and not is_open else "", ())
        if one and is_open and standing is None:
            self.one = resolved(one, Resolution.ANSWERED, NOW, weeks_after(FIRST, n))
        elif one and is_open and standing:
            self.one = self.followed(one, standing, (n, day), today)
        elif standing and opens(ladder(CHK), standing, rules(today)):
            self.one, self.heard_on = raised(an_open(CHK, 1, started_on=None), standing, rules(today)), None

    def followed(self, one: Escalation, standing: Standing, at: tuple[int, int], today: date) -> Escalation:
        """Return an open escalation a day later."""
        n, day = at
        if self.heard_on is None and self.heard_after[n % len(self.heard_after)] <= day:
            self.heard_on = today
            one = heard(one, today)
        if self.plans and self.plans[n % len(self.plans)] == day and may_pause(one, EscalationPolicy()):
            one = acknowledged(one, "dana", "soon", today + timedelta(days=3), NOW)
        level = next_level(one, standing, self.heard_on, rules(today))
        if level is None:
            return one
        self.heard_on = None
        return risen(one, level, standing, NOW)


@given(WEEKLY, st.lists(st.integers(0, 6), min_size=1, max_size=5), st.lists(st.integers(0, 9), max_size=5))
def test_I_29_a_level_is_never_skipped_and_never_left_downwards(  # noqa: N802
    states: list[PromptState], heard_after: list[int], plans: list[int]
) -> None:
    history = Walk(states, heard_after, plans).history()
    for before, after in itertools.pairwise(history):
        if before.is_open and after.is_open:
            assert after.level - before.level in (0, 1)
        if not before.is_open and after.is_open:
            assert after.level == 1
        assert after.pauses <= 2


@given(WEEKLY)
def test_I_20_nothing_is_open_when_the_newest_check_in_was_answered_or_excused(  # noqa: N802
    states: list[PromptState],
) -> None:
    standing = silence(prompts(*states), "ana", "", ())
    telling = [state for state in states if state is not FAILED]
    if telling and telling[-1] is not MISSED:
        assert standing is None
    history = Walk([*states, ANSWERED], [0], []).history()
    assert not history or not history[-1].is_open


@given(
    st.integers(0, 3),
    st.integers(0, 60),
    st.frozensets(st.integers(0, 60), max_size=20),
    st.one_of(st.none(), st.integers(0, 60)),
)
def test_I_29_a_gap_never_rises_sooner_than_its_working_days(  # noqa: N802
    level: int, after: int, free: frozenset[int], told: int | None
) -> None:
    calendar = Calendar(frozenset(range(5)), frozenset(MONDAY + timedelta(days=n) for n in free))
    heard_on = None if told is None else MONDAY + timedelta(days=told)
    today = MONDAY + timedelta(days=after)
    reached = next_level(an_open(level=level), VACANT, heard_on, rules(today, calendar=calendar))
    if reached is not None:
        assert heard_on is not None
        assert reached == level + 1
        step = ladder(OWN).step(reached)
        assert isinstance(step, Step)
        assert calendar.count(MONDAY, today) >= step.after


@given(WEEKLY, st.sampled_from(Resolution))
def test_I_30_what_has_ended_stays_ended_for_what_was_counted(states: list[PromptState], how: Resolution) -> None:  # noqa: N802
    newest = weeks_after(FIRST, max(len(states) - 1, 0))
    over = resolved(an_open(CHK, 1, through=FIRST), how, NOW, newest)
    assert silence(prompts(*states), "ana", over.through, ()) is None
