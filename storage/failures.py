"""What is wrong with the database, in a sentence and by who can do something about it."""

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import ConfigError, Unavailable


def is_transient(error: BaseException) -> bool:
    """Return whether trying again later may help: the database is away, busy or restarting."""
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise Unavailable where the database is out of reach and ConfigError where the file is none, with a sentence."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if type(error) is DatabaseError:
            raise ConfigError(f"The database cannot be read: {reason}. Restore it or name another one.") from error
        if isinstance(error, DBAPIError) and not is_transient(error):
            raise
        raise Unavailable(f"The database cannot be used just now: {reason}") from error
