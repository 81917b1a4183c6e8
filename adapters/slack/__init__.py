"""The Slack platform: `connect` reads its settings and returns it wired, over HTTP or Socket Mode."""

import logging

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.inbound import Guard, Inbound, Timing, bolt_app
from adapters.slack.manifest import PATH, manifest
from adapters.slack.platform import SlackPlatform
from adapters.slack.settings import HOW, SlackSettings, check, read_settings
from adapters.slack.socket import Socket
from bot.errors import ConfigError, NotAuthorized, PlatformError
from bot.ports import Connection, Dispatch, Route

__all__ = ["build", "connect", "manifest"]
CONNECTIONS = 50
STANDARD = Timing()
log = logging.getLogger(__name__)


def connect(dispatch: Dispatch) -> Connection:
    """Return Slack wired to `dispatch` with the settings of the environment; raises ConfigError."""
    return build(read_settings(), dispatch)


def build(settings: SlackSettings, dispatch: Dispatch, timing: Timing = STANDARD) -> Connection:
    """Return Slack wired to `dispatch`; nothing is opened before `start`. Raises ConfigError for a wrong setting."""
    check(settings)
    platform = SlackPlatform(_client(settings, settings.bot_token.get_secret_value().strip()))
    inbound = Inbound(platform, dispatch, timing)
    client = _client(settings, None)
    app = bolt_app(client, inbound)
    socket = Socket(app, settings.app_token.get_secret_value().strip(), timing.watch)
    if settings.socket_mode:
        platform.linked = socket.connected

    async def start() -> None:
        limits = aiohttp.ClientTimeout(total=timing.call, sock_connect=timing.connect)
        session = aiohttp.ClientSession(timeout=limits, connector=aiohttp.TCPConnector(limit=CONNECTIONS))
        platform.client.session = client.session = inbound.session = session
        await _introduce(platform)
        if settings.socket_mode:
            await socket.start()

    async def stop() -> None:
        inbound.stopping = True
        await socket.stop()
        await inbound.tasks.drain(timing.drain)
        if inbound.session:
            await inbound.session.close()

    routes = () if settings.socket_mode else (_route(app, settings, inbound),)
    return Connection(platform=platform, routes=routes, start=start, stop=stop)


def _client(settings: SlackSettings, token: str | None) -> AsyncWebClient:
    """Return a client that never retries: Slack posts a message again when asked again."""
    return AsyncWebClient(token, base_url=settings.api_url, retry_handlers=[])


def _route(app: AsyncApp, settings: SlackSettings, inbound: Inbound) -> Route:
    guard = Guard(app, settings.signing_secret.get_secret_value().strip(), lambda: inbound.ready)
    return Route("POST", PATH, guard.handle)


async def _introduce(platform: SlackPlatform) -> None:
    """Ask Slack who we are; raises ConfigError when it refuses the token, an outage only delays the answer."""
    try:
        await platform.identity()
    except NotAuthorized as error:
        raise ConfigError(f"Slack refuses STEWARD_SLACK_BOT_TOKEN ({error.code}): {HOW['bot_token']}") from error
    except PlatformError as error:
        log.warning("slack.not_reached_at_start", extra={"code": error.code})
    else:
        log.info("slack.connected")
