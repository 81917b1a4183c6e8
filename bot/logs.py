"""
The log: one line an event, for people or machines, and nothing in it that is personal or secret.

Events have a fixed name and facts that are ids, states, codes and numbers. What an exception says may quote what
somebody wrote or what stands in a row, so only its type and place are kept, and its words where they are our own. Of
foreign libraries the first words are kept, without what was filled in.
"""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog

from bot.errors import ConfigError, PlatformError, Unavailable
from bot.settings import Settings

OURS = ("steward", "bot", "adapters", "scheduler", "storage")
QUIET = {"apscheduler": logging.WARNING, "alembic": logging.WARNING, "slack_bolt": logging.ERROR}
SPOKEN = (ConfigError, PlatformError, Unavailable)
"""Errors whose words are ours, hold nothing that a person wrote, and say what to do."""
LONGEST_FOREIGN = 100


def configure_logging(settings: Settings) -> None:
    """Send every log line to stderr, as text for people or JSON for machines."""
    logging.basicConfig(handlers=[handler(json=settings.log_format == "json")], level=logging.INFO, force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def handler(*, json: bool) -> "logging.StreamHandler[TextIO]":
    """Return a handler that writes to stderr."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_told),
    ]
    made: logging.StreamHandler[TextIO] = logging.StreamHandler(sys.stderr)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    made.addFilter(_bare)
    return made


def _bare(record: logging.LogRecord) -> bool:
    """Leave of a foreign library's line the beginning of its form, without what would be filled in."""
    if record.name.partition(".")[0] not in OURS:
        record.msg = str(record.msg).partition("\n")[0][:LONGEST_FOREIGN]
        record.args = ()
    return True


def _told(exc_info: Any) -> str:  # noqa: ANN401 - as sys.exc_info gives it
    """Return an exception with what led to it: the types, the places, and words only where they are our own."""
    lines: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        lines.append(f"{name}: {error}" if isinstance(error, SPOKEN) else name)
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)
