"""The chat platforms, one folder each, found by looking; `README.md` here says what each must do."""

import importlib
import pkgutil
from typing import Protocol, cast

from bot.errors import ConfigError
from bot.ports import Connection, Dispatch


class Adapter(Protocol):
    """What the package of a platform offers the composition root."""

    def connect(self, dispatch: Dispatch) -> Connection:
        """Return the platform, wired to `dispatch`, with its own settings; raises ConfigError naming a missing one."""
        ...


def available() -> tuple[str, ...]:
    """Return the names of all platforms, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


def load(name: str) -> Adapter:
    """Return the adapter of a platform; raises ConfigError when there is none of that name."""
    if name not in available():
        raise ConfigError(f"STEWARD_PLATFORMS: there is no platform {name!r}, choose from {', '.join(available())}")
    return cast("Adapter", importlib.import_module(f"{__name__}.{name}"))
