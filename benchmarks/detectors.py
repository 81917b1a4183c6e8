"""How often early signals are wrong and how fast they are right, by the product's own detectors (domain.md 4.6)."""

import random
from collections.abc import Callable, Sequence
from datetime import date

from benchmarks.row import Row
from bot.domain.rules.measured import Metric, Reading
from bot.domain.rules.metrics import signals
from bot.domain.rules.thresholds import MetricRules
from bot.domain.statistics.control import limits_of

QUARTER, BASELINE, RULES = 12, 12, MetricRules()
SOME_DAY = date(2026, 11, 20)
Detector = Callable[[Sequence[float]], bool]
Shape = Callable[[int], float]


def gated(limit: float) -> Detector:
    """Return the detector that the rules are: point, run of 8 and trend behind the headroom gate of a limit."""

    def alarms(series: Sequence[float]) -> bool:
        readings = tuple(Reading(on=SOME_DAY, value=value) for value in series)
        metric = Metric(key="m", name="m", kind="accuracy", threshold=-limit, readings=readings)
        return bool(signals(metric, RULES))

    return alarms


def point_only(series: Sequence[float]) -> bool:
    """Return whether the last value is below the natural limits, ungated."""
    limits = limits_of(series)
    return limits is not None and series[-1] < limits.lower


def share(detector: Detector, before: int, weeks: int, shape: Shape, draws: tuple[random.Random, int]) -> float:
    """Return in which share of runs the detector speaks within some weeks after some of a baseline."""
    source, runs = draws
    return sum(_speaks(detector, before, weeks, shape, source) for _ in range(runs)) / runs


def _speaks(detector: Detector, before: int, weeks: int, shape: Shape, source: random.Random) -> bool:
    series = [source.gauss(0, 1) for _ in range(before)]
    for week in range(weeks):
        series.append(source.gauss(0, 1) + shape(week + 1))
        if detector(series):
            return True
    return False


def steady(week: int) -> float:
    """Return no change, whatever the week."""
    return 0.0 * week


def table(runs: int, seed: int) -> dict[str, float]:
    """Return the simulated behaviour in percent, by what is measured; the same seed gives the same table."""
    source = (random.Random(seed), runs)
    ours = gated(3)
    return {
        "XmR alone, new metric, false": 100 * share(point_only, 0, QUARTER, steady, source),
        "XmR alone, mature, false": 100 * share(point_only, BASELINE, QUARTER, steady, source),
        "gated, limit 3 sigma, new metric, false": 100 * share(ours, 0, QUARTER, steady, source),
        "gated, limit 3 sigma, mature, false": 100 * share(ours, BASELINE, QUARTER, steady, source),
        "gated, limit 2 sigma, new metric, false": 100 * share(gated(2), 0, QUARTER, steady, source),
        "gated, limit 2 sigma, mature, false": 100 * share(gated(2), BASELINE, QUARTER, steady, source),
        "gated, 3 sigma drop within 4 weeks": 100 * share(ours, BASELINE, 4, lambda _: -3.0, source),
        "gated, drift of 0.35 sigma within 8 weeks": 100 * share(ours, BASELINE, 8, lambda week: -0.35 * week, source),
    }


REFERENCE = (8.6, 8.7, 1.2, 4.1, 3.7, 10.0, 85.0, 82.0)
RUNS, SEED = 20_000, 2026


async def rows() -> list[Row]:
    """Return the table beside the reference's, which is printed for comparison and is no limit."""
    measured = table(RUNS, SEED)
    return [
        Row(name, f"{percent:.1f}% ({RUNS} runs, seed {SEED})", f"reference {reference}%, no limit", holds=True)
        for (name, percent), reference in zip(measured.items(), REFERENCE, strict=True)
    ]
