"""Spreading what is due at one instant, the same way on every replica and after a restart."""

import hashlib
import math
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.policy import CadencePolicy

NOTHING = timedelta(0)


def window(count: int, pace: timedelta, policy: CadencePolicy) -> timedelta:
    """
    Return over how long `count` messages due at one instant are spread, `pace` apart.

    Nothing when they go out within a minute anyway, so that a small organisation is asked at its hour sharp; never
    more than the policy's longest.
    """
    needed = count * pace
    return NOTHING if needed <= policy.sent_within else min(policy.longest_spread, needed)


def offset(person_id: str, cycle: str, over: timedelta) -> timedelta:
    """Return a person's place in a cycle's window, in whole seconds: at least none, less than `over`."""
    seconds = math.floor(over.total_seconds())
    if seconds <= 0:
        return NOTHING
    digest = hashlib.sha256(f"{person_id}|{cycle}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % seconds)


def moved(at: datetime, by: timedelta, allowed: Callable[[datetime], bool]) -> datetime:
    """Return an instant moved on within what is allowed; where that would leave it, the instant stays."""
    return at + by if allowed(at + by) else at
