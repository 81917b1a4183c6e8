"""Access tokens, one for each service that wants one."""

import logging
import time
from collections.abc import Awaitable, Callable

from adapters.teams.errors import Got, of_answer
from adapters.teams.settings import TeamsSettings
from adapters.teams.sharing import Shared
from bot.errors import NotAuthorized, PlatformError, PlatformUnavailable

BOT_SCOPE = "https://api.botframework.com/.default"
EARLY, HALF, AGAIN_AFTER = 300.0, 0.5, 30.0
DEFAULT_LIFE = 3600.0
log = logging.getLogger(__name__)
Ask = Callable[[str, dict[str, str]], Awaitable[Got]]
Now = Callable[[], float]


class Token:
    """An access token for one scope; it is renewed early, and one that is not over yet serves while that fails."""

    def __init__(self, scope: str, settings: TeamsSettings, ask: Ask, now: Now = time.monotonic) -> None:
        self._scope, self._settings, self._ask, self._now = scope, settings, ask, now
        self._value, self._renew_at, self._over_at = "", 0.0, 0.0
        self._renewed = Shared(self._renew)

    async def get(self) -> str:
        """Return the token; raises a PlatformError, with nothing sent."""
        now = self._now()
        if now < self._renew_at:
            return self._value
        try:
            await self._renewed()
        except PlatformError as error:
            if now >= self._over_at:
                raise
            log.info("teams.token_not_renewed", extra={"code": error.code})
            self._renew_at = now + AGAIN_AFTER
        return self._value

    def forget(self) -> None:
        """Ask for another before the next call."""
        self._renew_at = self._over_at = 0.0

    async def _renew(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.app_id,
            "client_secret": self._settings.app_secret.get_secret_value().strip(),
            "scope": self._scope,
        }
        got = await self._ask(self._settings.tokens_from, form)
        self._value, seconds = _token_in(got)
        now = self._now()
        self._renew_at, self._over_at = now + max(seconds - EARLY, seconds * HALF), now + seconds


def _token_in(got: Got) -> tuple[str, float]:
    """Return a token and its life in seconds; raises a PlatformError of which nobody thinks something was sent."""
    try:
        told = got.read()
    except PlatformUnavailable as error:
        raise PlatformUnavailable(error.code) from error
    except PlatformError as error:
        raise _refused(got) from error
    if not isinstance(value := told.get("access_token"), str) or not value:
        raise PlatformUnavailable("no token in the answer")
    return value, _seconds(told.get("expires_in"))


def _refused(got: Got) -> PlatformError:
    """Return what a refused token means: our credentials, or a limit."""
    error = of_answer(got.status, got.said, got.headers)
    return NotAuthorized(error.code) if got.status in (400, 401, 403) else error


def _seconds(given: object) -> float:
    try:
        return float(str(given))
    except ValueError:
        return DEFAULT_LIFE
