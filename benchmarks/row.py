"""One figure: what was measured, what it is held against, and whether it holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A line of `make bench`."""

    name: str
    measured: str
    limit: str
    holds: bool

    def __str__(self) -> str:
        """Return the line as printed."""
        return f"{'ok  ' if self.holds else 'MISS'} {self.name:<58} {self.measured:<34} {self.limit}"
