"""The Microsoft Teams platform: `connect` reads its settings and returns it wired to one HTTP route."""

import logging

from adapters.teams.connector import Connector
from adapters.teams.edge import Edge
from adapters.teams.inbound import Inbound, Timing
from adapters.teams.manifest import manifest
from adapters.teams.platform import TeamsPlatform
from adapters.teams.settings import HOW, TeamsSettings, check, read_settings
from bot.errors import ConfigError, NotAuthorized, PlatformError
from bot.ports import Connection, Dispatch, Route

__all__ = ["build", "connect", "manifest"]
PATH = "/api/messages"
STANDARD = Timing()
log = logging.getLogger(__name__)


def connect(dispatch: Dispatch) -> Connection:
    """Return Teams wired to `dispatch` with the settings of the environment; raises ConfigError."""
    return build(read_settings(), dispatch)


def build(settings: TeamsSettings, dispatch: Dispatch, timing: Timing = STANDARD) -> Connection:
    """Return Teams wired to `dispatch`; nothing is opened before `start`. Raises ConfigError for a wrong setting."""
    check(settings)
    connector = Connector(settings)
    platform = TeamsPlatform(connector)
    inbound = Inbound(platform, dispatch, timing)
    edge = Edge(settings, connector, inbound.answer)
    edge.ready = lambda: connector.session is not None and not inbound.stopping

    async def start() -> None:
        await connector.start(timing.call, timing.connect, timing.wait)
        await _introduce(connector)

    async def stop() -> None:
        inbound.stopping = True
        await inbound.tasks.drain(timing.drain)
        await connector.stop()

    return Connection(platform=platform, routes=(Route("POST", PATH, edge.handle),), start=start, stop=stop)


async def _introduce(connector: Connector) -> None:
    """Ask for a token; raises ConfigError when our credentials are refused, an outage only delays it."""
    try:
        await connector.token()
    except NotAuthorized as error:
        raise ConfigError(
            f"Microsoft refuses STEWARD_TEAMS_APP_ID and STEWARD_TEAMS_APP_SECRET ({error.code}): {HOW['app_secret']}"
        ) from error
    except PlatformError as error:
        log.warning("teams.not_reached_at_start", extra={"code": error.code})
