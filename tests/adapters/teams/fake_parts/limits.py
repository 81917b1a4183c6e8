"""Teams' rate limits as windows on an injected clock."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Limits:
    """How much Teams takes, as (requests, seconds): of one conversation, and of the whole tenant."""

    sends: Windows = ((7, 1), (8, 2), (60, 30), (1800, 3600))
    looks: Windows = ((14, 1), (16, 2), (120, 30), (3600, 3600))
    tenant: Windows = ((50, 1),)


@dataclass
class Counted:
    """When each limit was drawn on; a refused request takes nothing."""

    at: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, wanted: dict[str, Windows], now: float) -> int:
        """Draw one from each, or return how many seconds to wait."""
        wait = max((self._wait(key, windows, now) for key, windows in wanted.items()), default=0)
        if not wait:
            for key in wanted:
                self.at[key].append(now)
        return wait

    def _wait(self, key: str, windows: Windows, now: float) -> int:
        taken = self.at[key]
        longest = max(seconds for _, seconds in windows)
        while taken and taken[0] <= now - longest:
            taken.popleft()
        full = 0.0
        for most, seconds in windows:
            within = [at for at in taken if at > now - seconds]
            if len(within) >= most:
                full = max(full, within[-most] + seconds - now)
        return math.ceil(full)
