"""A clock that stands still until it is told to move."""

from datetime import datetime, timedelta


class FrozenClock:
    """`bot.ports.Clock` for tests."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._at

    def set(self, at: datetime) -> None:
        """Put the clock to an aware instant, backwards too."""
        self._at = _aware(at)

    def advance(self, **time: float) -> None:
        """Move on by `days=`, `hours=`, `minutes=`, `seconds=` ... as of timedelta; negative ones go back."""
        self._at += timedelta(**time)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a clock needs an aware instant")
    return at
