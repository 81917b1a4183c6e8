"""A metric as the rules look at it: its criterion, its readings week by week, and the series they make."""

from dataclasses import dataclass, replace
from datetime import date

from bot.domain.gates.criteria import CriterionMode
from bot.domain.measuring.metrics import Direction

ADOPTION, DRIFT = "adoption", "drift"
BUSINESS = frozenset({"efficiency", "revenue", "cost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    One expected period of a metric: its value, None when it is missing; `on` is the day it is known from.

    `numerator` and `denominator` of a proportion; `sample` and `reference` are the sizes behind a drift index.
    """

    on: date
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    sample: int | None = None
    reference: int | None = None


@dataclass(frozen=True, slots=True)
class GoalpostMoved:
    """A new version of the criterion on `on` with another threshold."""

    on: date
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """
    A metric with its criterion; values in `unit`; `range_hi` is the upper limit of a range, `threshold` its lower.

    `baseline` is None when none was measured. `locked` is None when locks are not recorded. `rebaselined_on` is the day
    of an approved change after which limits are computed anew.
    """

    key: str
    name: str
    kind: str
    threshold: float
    target: float | None = None
    unit: str = ""
    direction: Direction = Direction.UP
    range_hi: float | None = None
    warn: float | None = None
    baseline: float | None = None
    must: bool = True
    mode: CriterionMode = CriterionMode.GUARDRAIL
    by: date | None = None
    readings: tuple[Reading, ...] = ()
    moves: tuple[GoalpostMoved, ...] = ()
    locked: bool | None = None
    min_sample: int | None = None
    rebaselined_on: date | None = None

    @property
    def values(self) -> tuple[float, ...]:
        """Return the reported values, oldest first, without the gaps."""
        return tuple(each.value for each in self.readings if each.value is not None)

    @property
    def last(self) -> Reading | None:
        """Return the newest reading that has a value, None when there is none."""
        return next((each for each in reversed(self.readings) if each.value is not None), None)

    def oriented(self, value: float) -> float:
        """Return a value so that higher is better; of a range the distance to its nearer limit, negative outside."""
        if self.direction is Direction.RANGE:
            high = self.threshold if self.range_hi is None else self.range_hi
            return min(value - self.threshold, high - value)
        return value if self.direction is Direction.UP else -value

    @property
    def limit(self) -> float:
        """Return the threshold, oriented."""
        return 0.0 if self.direction is Direction.RANGE else self.oriented(self.threshold)

    def is_beyond(self, value: float) -> bool:
        """Return whether a value fails the threshold; exactly on it is within."""
        return self.oriented(value) < self.limit

    def is_beyond_warning(self, value: float) -> bool:
        """Return whether a value is worse than the warning level; never without one, nor for a range."""
        if self.warn is None or self.direction is Direction.RANGE:
            return False
        return self.oriented(value) < self.oriented(self.warn)

    def series(self) -> tuple[float, ...]:
        """Return the reported values since the last approved change of the baseline, oriented."""
        since = self.rebaselined_on
        counted = (each for each in self.readings if since is None or each.on > since)
        return tuple(self.oriented(each.value) for each in counted if each.value is not None)

    def missing(self) -> int:
        """Return how many of the latest expected values in a row are missing; none before the first value."""
        if not self.values:
            return 0
        run = 0
        for each in reversed(self.readings):
            if each.value is not None:
                break
            run += 1
        return run

    def known_at(self, day: date) -> "Metric":
        """Return it as known on a day: later readings and changes are left out."""
        moves = tuple(each for each in self.moves if each.on <= day)
        undone = next((each.before for each in self.moves if each.on > day), self.threshold)
        since = self.rebaselined_on
        return replace(
            self,
            readings=tuple(each for each in self.readings if each.on <= day),
            moves=moves,
            threshold=undone,
            rebaselined_on=since if since and since <= day else None,
        )
