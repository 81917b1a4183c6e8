"""Values fetched from other systems over HTTP: only from hosts that are listed, within limits of time and size."""

from bot.sources.fetching import fetcher

__all__ = ["fetcher"]
