"""Values fetched on schedule: once per period, missing for a reason, one process at a time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.domain.measuring.metrics import Frequency, Metric, Source
from bot.domain.measuring.sources import Attempt, Gap, Pull, PullKind
from bot.flows.measuring.pulling import pull_due
from tests.domain.measuring.numbers import a_metric, a_value
from tests.flows.world import World

PULL = Pull(kind=PullKind.JSON, url="https://numbers.example", query="auc")
FETCHED = a_metric(source=Source.API, pull=PULL)


class Elsewhere:
    """A system that has a value, or a reason why not; `asked` are the instants it was asked about."""

    def __init__(self, answer: Decimal | Gap) -> None:
        self.answer = answer
        self.asked: list[datetime] = []

    async def __call__(self, pull: Pull, at: datetime) -> Decimal | Gap:
        assert pull == PULL
        self.asked.append(at)
        return self.answer


def with_source(world: World, answer: Decimal | Gap) -> tuple[World, Elsewhere]:
    elsewhere = Elsewhere(answer)
    world.ports = replace(world.ports, fetch=elsewhere)
    return world, elsewhere


async def stored(world: World, metric: Metric = FETCHED) -> tuple[list[tuple[str, str]], Attempt | None]:
    async with world.ports.open_unit_of_work() as uow:
        rows = await uow.measurements.since([metric.id], date(2020, 1, 1))
        attempts = await uow.metrics.attempts([metric.id])
    return [(each.period.key, str(each.value)) for each in rows], attempts.get(metric.id)


async def test_the_value_of_the_week_that_is_over_is_fetched_once(world: World) -> None:
    await world.has(FETCHED)
    world, elsewhere = with_source(world, Decimal("0.819"))
    assert await pull_due(world.ports) == 1
    assert await pull_due(world.ports) == 0
    assert (await stored(world))[0] == [("2026-W47", "0.819")]
    assert elsewhere.asked == [datetime(2026, 11, 23, 6, tzinfo=UTC)]  # midnight in Chicago


async def test_a_monthly_value_is_fetched_for_the_month_that_is_over(world: World) -> None:
    await world.has(replace(FETCHED, frequency=Frequency.MONTHLY))
    world, elsewhere = with_source(world, Decimal("0.819"))
    await pull_due(world.ports)
    assert (await stored(world))[0] == [("2026-10", "0.819")]
    assert elsewhere.asked == [datetime(2026, 11, 1, 5, tzinfo=UTC)]


@pytest.mark.parametrize("gap", list(Gap))
async def test_what_cannot_be_had_is_missing_and_asked_for_again_after_an_hour(world: World, gap: Gap) -> None:
    await world.has(FETCHED)
    world, elsewhere = with_source(world, gap)
    assert await pull_due(world.ports) == 0
    rows, attempt = await stored(world)
    assert rows == []
    assert attempt == Attempt(metric_id=FETCHED.id, tried_at=world.clock.now(), gap=gap)
    await pull_due(world.ports)
    assert len(elsewhere.asked) == 1
    world.clock.advance(hours=1)
    elsewhere.answer = Decimal("0.5")
    assert await pull_due(world.ports) == 1
    rows, attempt = await stored(world)
    assert rows == [("2026-W47", "0.5")]
    assert attempt is not None
    assert attempt.gap is None


async def test_an_implausible_value_is_missing(world: World) -> None:
    await world.has(FETCHED)
    world, _ = with_source(world, Decimal(82))
    assert await pull_due(world.ports) == 0
    rows, attempt = await stored(world)
    assert rows == []
    assert attempt is not None
    assert attempt.gap is Gap.IMPLAUSIBLE


async def test_a_value_that_somebody_gave_is_not_fetched_over(world: World) -> None:
    await world.has(FETCHED, a_value("0.7", day=date(2026, 11, 18)))
    world, elsewhere = with_source(world, Decimal("0.819"))
    await pull_due(world.ports)
    assert elsewhere.asked == []


async def test_an_attempt_of_which_nothing_is_heard_is_made_again_after_a_while(world: World) -> None:
    await world.has(FETCHED)
    world, elsewhere = with_source(world, Decimal("0.819"))
    async with world.ports.open_unit_of_work() as uow:
        await uow.metrics.claim(None, Attempt(metric_id=FETCHED.id, tried_at=world.clock.now()))
        await uow.commit()
    assert await pull_due(world.ports) == 0
    assert elsewhere.asked == []
    world.clock.advance(minutes=10)
    assert await pull_due(world.ports) == 1


async def test_a_source_that_breaks_the_fetching_harms_no_other(world: World) -> None:
    other = replace(a_metric("ppv", source=Source.API), pull=replace(PULL, query="ppv"))
    await world.has(FETCHED, other)

    async def breaks(pull: Pull, at: datetime) -> Decimal | Gap:
        if pull == PULL:
            raise RuntimeError("a fault of ours")
        return Decimal("0.5")

    world.ports = replace(world.ports, fetch=breaks)
    assert await pull_due(world.ports) == 1
    assert (await stored(world, other))[0] == [("2026-W47", "0.5")]
    rows, attempt = await stored(world)
    assert (rows, attempt and attempt.gap) == ([], Gap.NOT_UNDERSTOOD)


async def test_nothing_is_begun_while_stopping(world: World) -> None:
    await world.has(FETCHED)
    world, elsewhere = with_source(world, Decimal("0.5"))
    assert await pull_due(replace(world.ports, stopping=lambda: True)) == 0
    assert elsewhere.asked == []


async def test_without_listed_hosts_nothing_is_fetched(world: World) -> None:
    await world.has(FETCHED)
    assert await pull_due(world.ports) == 0
    assert await stored(world) == ([], None)
