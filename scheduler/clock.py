"""The time: the only place that reads the system's clock."""

import time
from datetime import UTC, datetime, timedelta


def time_up() -> timedelta:
    """Return how long the machine has been up, sleep included; no setting of the clock moves it."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return timedelta(seconds=time.clock_gettime(clock))


class SystemClock:
    """The system's time."""

    def now(self) -> datetime:
        """Return the present instant, aware and UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved, forward only; for the demo and for tests, never for `serve`."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return where the clock stands, aware and UTC."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Move the clock on; raises ValueError when that would be back."""
        if at < self._at:
            raise ValueError("this clock moves forward only")
        self._at = at.astimezone(UTC)
