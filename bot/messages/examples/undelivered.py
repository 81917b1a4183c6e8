"""Examples of what was not delivered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.deliveries import Address, DeliveryKind, DeliveryState, planned
from bot.messages.model import Message
from bot.messages.undelivered import SHOWN, Lost, listing, tried

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")


def _lost(number: int, state: DeliveryState, to: str, reason: str) -> Lost:
    address = Address("slack", "C0LEADERS") if number % 2 else "01J0000000000000000000MEI"
    kind = DeliveryKind.DIGEST if number % 2 else DeliveryKind.CHECKIN_PROMPT
    row = planned(kind, f"2026-W{number}", to=address, not_before=NOW, expires_at=NOW + timedelta(days=1))
    return Lost(replace(row, state=state, attempts=8, first_attempt_at=NOW, reason=reason), to)


def _several() -> Message:
    lost = [
        _lost(48, DeliveryState.DEAD, "Mei Chen", "user_disabled"),
        _lost(47, DeliveryState.UNKNOWN, "slack C0LEADERS", "timeout"),
    ]
    return listing(lost, 2, ZONE)


def worst(name: str) -> Message:
    """Return the longest list there is, after one was tried again."""
    states = (DeliveryState.DEAD, DeliveryState.UNKNOWN)
    lost = [_lost(n, states[n % 2], name, name) for n in range(SHOWN)]
    return listing(lost, 30_000, ZONE, tried(name))


UNDELIVERED_EXAMPLES: dict[str, Callable[[], Message]] = {
    "undelivered": _several,
    "undelivered, none": lambda: listing([], 0, ZONE),
}
