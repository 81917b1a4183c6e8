"""Which schema revisions this program knows, by the names of their files: alembic is only loaded to bring one about."""

from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"


@cache
def known_revisions() -> tuple[str, ...]:
    """Return every revision, the oldest first."""
    return tuple(sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py")))


def head_revision() -> str:
    """Return the revision this program works with."""
    return known_revisions()[-1]
