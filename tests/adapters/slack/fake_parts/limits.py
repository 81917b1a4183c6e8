"""Slack's rate limits as token buckets on an injected clock."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TIERS: Mapping[int, int] = MappingProxyType({1: 1, 2: 20, 3: 50, 4: 100})
POST, SPECIAL = 0, -1


@dataclass(frozen=True)
class Limits:
    """How much Slack takes; a tier is requests a minute for each method and workspace."""

    channel_per_second: float = 1.0
    channel_burst: int = 3
    workspace_per_minute: int = 300
    tiers: Mapping[int, int] = field(default_factory=lambda: TIERS)
    special_per_minute: int = 600


@dataclass
class Buckets:
    """The state of all buckets; a refused request takes nothing."""

    level: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, wanted: list[tuple[str, float, float]], now: float) -> tuple[str, int] | None:
        """Take one from each (key, size, per second), or name the key that is empty and the seconds to wait."""
        levels = {}
        for key, size, rate in wanted:
            before, at = self.level.get(key, (size, now))
            levels[key] = min(size, before + max(0.0, now - at) * rate)
        for key, _, rate in wanted:
            if levels[key] < 1:
                return key, max(1, math.ceil((1 - levels[key]) / rate))
        for key, level in levels.items():
            self.level[key] = (level - 1, now)
        return None


def wanted(limits: Limits, method: str, tier: int, team: str, channel: str | None) -> list[tuple[str, float, float]]:
    """List the buckets one request draws from."""
    if tier == POST:
        minute = limits.workspace_per_minute
        keys: list[tuple[str, float, float]] = [(f"{team}:{method}", minute, minute / 60)]
        if channel:
            keys.append((f"{team}:{method}:{channel}", limits.channel_burst, limits.channel_per_second))
        return keys
    minute = limits.special_per_minute if tier == SPECIAL else limits.tiers[tier]
    return [(f"{team}:{method}", minute, minute / 60)]
