"""What goes wrong at a terminal, as the errors every platform has."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import PlatformUnavailable


@contextmanager
def translated() -> Iterator[None]:
    """Raise PlatformUnavailable where the terminal has gone away."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise PlatformUnavailable(type(error).__name__) from error
