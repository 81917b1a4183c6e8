"""I-18 to I-20 hold of every message whatever a person and the clock do in a week."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.timing.week import Week

EXAMPLES = int(os.environ.get("WEEKS_TO_PLAY", "12"))
SETTINGS = settings(
    max_examples=EXAMPLES, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_I_18_I_19_I_20_one_persons_week(sqlite_template: Path) -> None:  # noqa: N802 - named after the invariants
    class Played(Week):
        template = sqlite_template

    run_state_machine_as_test(Played, settings=SETTINGS)


def test_a_budget_that_is_too_large_is_seen(sqlite_template: Path) -> None:
    class Played(Week):
        template = sqlite_template
        most_a_day = 4

    quick = settings(SETTINGS, max_examples=60, phases=[Phase.generate], derandomize=True, database=None)
    with pytest.raises(AssertionError, match="I-19: message 4 of a day"):
        run_state_machine_as_test(Played, settings=quick)
