"""Metrics and their values are kept exactly, one that counts per period, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.initiatives import Lifecycle
from bot.domain.measuring.measurements import MeasurementState, Recorded, record
from bot.domain.measuring.metrics import Source
from bot.domain.measuring.sources import Attempt, Gap, Pull, PullKind
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import NOW, SEPSIS, a_small_world, an_initiative, store
from tests.domain.measuring.numbers import a_metric, a_value

HOUR = timedelta(hours=1)
PULL = Pull(kind=PullKind.MLFLOW, url="https://mlflow.example", query="sepsis", metric="auc", version="@champion")
W47 = date(2026, 11, 16)


async def test_a_metric_is_given_back_as_it_was_stored(database: Database) -> None:
    await a_small_world(database)
    metric = a_metric(pull=PULL, source=Source.API, plausible_max=Decimal("0.999999"))
    await store(database, a_metric("psi"), metric)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.metrics.get(metric.id) == metric
        assert await uow.metrics.of([SEPSIS]) == await uow.metrics.all() == [metric, a_metric("psi")]
        assert await uow.metrics.fetched() == [metric]


async def test_nothing_is_fetched_for_an_initiative_that_is_stopped(database: Database) -> None:
    await a_small_world(database)
    await store(database, a_metric(pull=PULL, source=Source.API), an_initiative(lifecycle=Lifecycle.STOPPED))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.metrics.fetched() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.decimals(min_value=-(10**12) + 1, max_value=10**12 - 1, places=6))
async def test_a_value_of_eighteen_digits_is_kept_exactly(database: Database, value: Decimal) -> None:
    await a_small_world(database)
    await store(database, a_metric(), replace(a_value(id="one"), value=value, numerator=value))
    async with SqlUnitOfWork(database) as uow:
        (kept,) = await uow.measurements.all()
        assert (kept.value, kept.numerator) == (value, value)


async def test_I_33_a_second_value_for_a_period_is_not_kept_beside_the_first(database: Database) -> None:  # noqa: N802 - the invariant's name
    await a_small_world(database)
    await store(database, a_metric(), a_value("0.82"))
    async with SqlUnitOfWork(database) as uow:
        assert not await uow.measurements.keep([record(None, a_value("0.9"))])
        assert [each.value for each in await uow.measurements.all()] == [Decimal("0.82")]


async def test_I_33_a_correction_keeps_the_original(database: Database) -> None:  # noqa: N802 - the invariant's name
    await a_small_world(database)
    first, second = a_value("0.82"), a_value("0.28", at=NOW)
    await store(database, a_metric(), first)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.measurements.keep([record(first, second)])
        assert not await uow.measurements.keep([record(first, replace(second, id="other"))])
        before, after = await uow.measurements.since([first.metric_id], W47)
        assert before == replace(first, state=MeasurementState.VOID, void_at=NOW)
        assert after == replace(second, state=MeasurementState.CORRECTED, corrects_id=first.id)
        assert await uow.measurements.standing([first.metric_id], [W47]) == {(first.metric_id, W47): after}


async def test_the_latest_values_are_those_of_the_newest_periods_that_count(database: Database) -> None:
    await a_small_world(database)
    weeks = [a_value(f"0.{n}", day=W47 - timedelta(weeks=n)) for n in range(1, 5)]
    void = a_value("0.9", state=MeasurementState.VOID)
    await store(database, a_metric(), a_metric("psi"), *reversed(weeks), void)
    async with SqlUnitOfWork(database) as uow:
        found = await uow.measurements.latest([a_metric().id, a_metric("psi").id], 3)
        assert found == {a_metric().id: weeks[:3]}
        assert await uow.measurements.standing([a_metric().id], []) == {}


async def test_only_one_process_begins_to_fetch_a_value(database: Database) -> None:
    await a_small_world(database)
    await store(database, a_metric())
    first = Attempt(metric_id=a_metric().id, tried_at=NOW)
    later = Attempt(metric_id=a_metric().id, tried_at=NOW + HOUR)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.metrics.claim(None, first)
        assert not await uow.metrics.claim(None, first)
        assert await uow.metrics.claim(first, later)
        assert not await uow.metrics.claim(first, later)
        await uow.metrics.save_attempts([replace(later, gap=Gap.TOO_SLOW)])
        assert await uow.metrics.attempts([a_metric().id]) == {a_metric().id: replace(later, gap=Gap.TOO_SLOW)}


async def test_notes_are_emptied_when_their_time_is_over_and_numbers_stay(database: Database) -> None:
    await a_small_world(database)
    await store(database, a_metric(), a_value("0.82", note="from Ana's sheet"))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.measurements.erase_words(NOW) == 1
        assert await uow.measurements.erase_words(NOW) == 0
        assert await uow.measurements.keep([Recorded(record(None, a_value()).effect)])
        (kept,) = await uow.measurements.all()
        assert (kept.note, kept.value) == ("", Decimal("0.82"))
