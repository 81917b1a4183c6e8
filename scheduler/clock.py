"""The time: the only place that reads the system's clock."""

from datetime import UTC, datetime


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
