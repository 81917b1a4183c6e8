"""What this process has done with messages since it started, counted for its metrics."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.deliveries import Delivery, DeliveryState

SENT, LATE, RETRIED, UNKNOWN, DEAD = "sent", "late", "retried", "unknown", "dead"
OUTCOMES = (SENT, LATE, RETRIED, UNKNOWN, DEAD)
ENDED = {DeliveryState.SENT: SENT, DeliveryState.UNKNOWN: UNKNOWN, DeliveryState.DEAD: DEAD}


@dataclass(slots=True)
class Tally:
    """Counts by (outcome, kind, platform); the platform is empty where a message never came to one."""

    late_after: timedelta = timedelta(minutes=5)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def note(self, before: Delivery, after: Delivery) -> None:
        """Count what became of a claimed row."""
        place = after.ref or after.address or before.address
        kind, platform = after.kind.value, place.platform if place else ""
        if outcome := ENDED.get(after.state) or (RETRIED if _is_retried(before, after) else ""):
            self.counts[outcome, kind, platform] += 1
        if after.sent_at and after.sent_at - before.not_before > self.late_after:
            self.counts[LATE, kind, platform] += 1


def _is_retried(before: Delivery, after: Delivery) -> bool:
    """Return whether a row waits again because a call failed; one that waits for its turn was not called for."""
    called = before.state is DeliveryState.SENDING or after.attempts > before.attempts
    return after.state is DeliveryState.PENDING and called
