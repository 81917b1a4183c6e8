"""Identifiers: ULIDs for what is created, stable digests for what may be planned twice."""

import base64
import hashlib
import secrets
from datetime import UTC, datetime
from typing import TypeAlias

PersonId: TypeAlias = str
InitiativeId: TypeAlias = str
PortfolioId: TypeAlias = str
PromptId: TypeAlias = str

CROCKFORD = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", CROCKFORD)


def new_id(now: datetime) -> str:
    """Return a fresh ULID (26 characters of Crockford base 32, sortable by `now`, an aware UTC instant)."""
    milliseconds = int(now.timestamp() * 1000)
    return _base32((milliseconds << 80) | secrets.randbits(80))


def stable_id(*parts: str) -> str:
    """Return the same 26 characters for the same parts, so that planning twice names the same row."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return _base32(int.from_bytes(digest[:16], "big"))


def made_at(ulid: str) -> datetime | None:
    """Return when an id was made, None for one that `new_id` did not make."""
    if len(ulid) != LENGTH or any(letter.encode() not in CROCKFORD for letter in ulid):
        return None
    number = 0
    for letter in ulid[:10]:
        number = number * 32 + CROCKFORD.index(letter.encode())
    try:
        return datetime.fromtimestamp(number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _base32(number: int) -> str:
    """Return 130 bits as 26 characters; RFC 4648 counts from the left, hence the 6 bits of padding to whole bytes."""
    return base64.b32encode((number << 6).to_bytes(17, "big"))[:26].translate(TO_CROCKFORD).decode()
