"""What flows need stored of metrics and of what was measured."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.ids import InitiativeId
from bot.domain.measuring.measurements import Measurement, Recorded
from bot.domain.measuring.metrics import Metric, MetricId
from bot.domain.measuring.sources import Attempt


class Metrics(Protocol):
    """What is measured of an initiative, and when values were last fetched."""

    async def get(self, metric_id: MetricId) -> Metric | None: ...
    async def of(self, initiative_ids: Iterable[InitiativeId]) -> list[Metric]:
        """Return the metrics of some initiatives, those not in use any more too, by initiative and key."""
        ...

    async def save(self, metrics: Iterable[Metric]) -> None: ...
    async def all(self) -> list[Metric]: ...
    async def fetched(self) -> list[Metric]:
        """Return the metrics in use whose values are fetched, of initiatives that are worked on."""
        ...

    async def attempts(self, metric_ids: Iterable[MetricId]) -> dict[MetricId, Attempt]: ...
    async def claim(self, before: Attempt | None, now: Attempt) -> bool:
        """Note an attempt that begins now unless another process has begun one since `before`; return whether it is."""
        ...

    async def save_attempts(self, attempts: Iterable[Attempt]) -> None: ...


class Measurements(Protocol):
    """Measured values; a void one stays beside what took its place."""

    async def standing(
        self, metric_ids: Iterable[MetricId], starts: Iterable[date]
    ) -> Mapping[tuple[MetricId, date], Measurement]:
        """Return the values that count, by metric and first day of the period."""
        ...

    async def latest(self, metric_ids: Iterable[MetricId], limit: int) -> Mapping[MetricId, Sequence[Measurement]]:
        """Return the newest `limit` values of each metric that count, newest period first."""
        ...

    async def since(self, metric_ids: Iterable[MetricId], day: date) -> list[Measurement]:
        """Return every row of some metrics for periods that end on or after a day, void ones too, oldest first."""
        ...

    async def keep(self, changes: Sequence[Recorded]) -> bool:
        """Store what was recorded; False when somebody recorded a value for one of the periods meanwhile."""
        ...

    async def save(self, measurements: Iterable[Measurement]) -> None: ...
    async def erase_words(self, before: datetime) -> int:
        """Empty the notes of values recorded before an instant; return how many."""
        ...

    async def all(self) -> list[Measurement]: ...
