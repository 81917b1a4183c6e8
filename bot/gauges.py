"""The metrics as Prometheus reads them: one table of what there is, which the documents repeat."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.domain.operating import tally
from bot.domain.operating.health import Backlog
from bot.domain.operating.silence import Silence
from bot.ports import Ports

METRICS = {
    "steward_deliveries": "Outbox rows by state and kind",
    "steward_planned": "Messages whose time is to come, by kind",
    "steward_due": "Messages that are due and not sent, by kind",
    "steward_oldest_due_seconds": "How long the longest waiting message has been due",
    "steward_sent_total": "Messages this process sent, by kind and platform",
    "steward_late_total": "Messages this process sent more than five minutes after they were due",
    "steward_retried_total": "Calls of this process that failed and are tried again",
    "steward_unknown_total": "Messages of which this process does not know whether they went out",
    "steward_dead_total": "Messages this process gave up",
    "steward_tick_age_seconds": "Seconds since the engine last finished a round",
    "steward_loop_lag_seconds": "By how much the event loop was late, at worst within the last minute",
    "steward_clock_error_seconds": "How far this machine's clock is ahead of the database's",
    "steward_log_bytes": "Size of SQLite's write-ahead log, which shrinks when the readers that hold it have ended",
    "steward_idle": "1 while this process waits because the database has another schema",
    "steward_silences": "What should have happened and did not, as the auditor sees it",
}
"""Every metric and what it says."""
COUNTED = {f"steward_{outcome}_total": outcome for outcome in tally.OUTCOMES}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What there is to tell at one moment; `tick_age` is None where no engine runs."""

    backlog: Backlog
    ports: Ports
    loop_lag: float
    tick_age: float | None
    idle: bool

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        yield _by("steward_deliveries", ("state", "kind"), self.backlog.rows)
        yield _by("steward_planned", ("kind",), {(kind,): n for kind, n in self.backlog.planned.items()})
        yield _by("steward_due", ("kind",), {(kind,): n for kind, n in self.backlog.due.items()})
        yield _one("steward_oldest_due_seconds", self.backlog.waits(self.ports.clock.now()).total_seconds())
        yield from self._counters()
        if self.tick_age is not None:
            yield _one("steward_tick_age_seconds", self.tick_age)
        yield _one("steward_loop_lag_seconds", self.loop_lag)
        if self.backlog.database_at:
            ahead = self.ports.clock.now() - self.backlog.database_at
            yield _one("steward_clock_error_seconds", ahead.total_seconds())
        if self.backlog.log_bytes is not None:
            yield _one("steward_log_bytes", self.backlog.log_bytes)
        yield _one("steward_idle", self.idle)
        seen = dict.fromkeys(Silence, 0)
        seen |= {finding.what: finding.count for finding in self.ports.watch.present}
        yield _by("steward_silences", ("what",), {(what.value,): n for what, n in seen.items()})

    def _counters(self) -> Iterable[Metric]:
        for name, outcome in COUNTED.items():
            family = CounterMetricFamily(name, METRICS[name], labels=("kind", "platform"))
            for (what, kind, platform), count in self.ports.tally.counts.items():
                if what == outcome:
                    family.add_metric((kind, platform), count)
            yield family


def exposition(measured: Measured) -> bytes:
    """Return the metrics in Prometheus' text."""
    registry = CollectorRegistry()
    registry.register(measured)
    return generate_latest(registry)


def _one(name: str, value: float) -> Metric:
    return GaugeMetricFamily(name, METRICS[name], value=value)


def _by(name: str, labels: tuple[str, ...], counts: Mapping[Any, int]) -> Metric:
    family = GaugeMetricFamily(name, METRICS[name], labels=labels)
    for values, count in counts.items():
        family.add_metric(values, count)
    return family
