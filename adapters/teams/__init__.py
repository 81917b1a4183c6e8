"""The Microsoft Teams platform."""

from adapters.teams.manifest import manifest

__all__ = ["manifest"]
