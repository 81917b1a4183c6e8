"""Whatever workers, platform and clocks do: nothing is posted twice or lost; without looking up it would be."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.flows.composing import COMPOSERS
from tests.faults.machine import Blind, Stage, use
from tests.lengths import PROGRAMS

STEPS = 10


@pytest.fixture
def composers() -> Iterator[None]:
    """What messages are composed by is as it was afterwards."""
    yield
    use(COMPOSERS)


def how(programs: int) -> settings:
    """Return how many programs are tried, each of at most ten steps; the same ones whenever it is run."""
    return settings(
        max_examples=programs,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.usefixtures("composers")
def test_I_17_no_program_posts_twice_or_loses_anything(sqlite_url: str) -> None:  # noqa: N802
    stage = Stage(sqlite_url)
    try:
        run_state_machine_as_test(stage.machine(), settings=how(PROGRAMS))
    finally:
        stage.close()


@pytest.mark.usefixtures("composers")
def test_without_looking_up_a_program_is_found_that_posts_twice(sqlite_url: str) -> None:
    stage = Stage(sqlite_url, Blind)
    try:
        with pytest.raises(AssertionError, match="posted twice"):
            run_state_machine_as_test(stage.machine(), settings=how(300))
    finally:
        stage.close()
