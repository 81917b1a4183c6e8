"""Teams' services from our side: the Bot Connector and the directory, through one pooled session."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import quote, urlsplit
from weakref import WeakValueDictionary

import aiohttp

from adapters.teams.errors import AGAIN, Got, may_pass, of_connection, retry_after, was_never_sent
from adapters.teams.settings import TeamsSettings
from adapters.teams.sizes import Json
from adapters.teams.tokens import BOT_SCOPE, Token
from bot.errors import MessageRejected, NotAuthorized, PlatformUnavailable, RecipientUnreachable

TRUSTED = (
    "smba.trafficmanager.net", "botframework.com", "teams.microsoft.com", "teams.microsoft.us", "botframework.azure.us",
)  # fmt: skip
CONNECTIONS, IN_FLIGHT = 64, 16
TRIES, FIRST_PAUSE, LONGEST_PAUSE = 3, 0.3, 2.0
NO_SUCH_USER = "Request_ResourceNotFound"
WANTED = "id,displayName,mail,userPrincipalName,userType,accountEnabled"
log = logging.getLogger(__name__)
Pause = Callable[[float], Awaitable[None]]


class Connector:
    """Calls what a bot may call; `pause` waits between two tries of what may be tried twice."""

    def __init__(self, settings: TeamsSettings, pause: Pause = asyncio.sleep) -> None:
        self.settings = settings
        self.session: aiohttp.ClientSession | None = None
        self._pause, self._waiting = pause, 0.0
        self._tokens: dict[str, Token] = {}
        self._gate = asyncio.Semaphore(IN_FLIGHT)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(self, seconds: float, connecting: float, waiting: float) -> None:
        """Open the session; a call takes `seconds` at most, and waits for its turn and its token `waiting` each."""
        self._waiting = waiting
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=connecting)
        self.session = aiohttp.ClientSession(
            timeout=limits,
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def stop(self) -> None:
        """Close the session."""
        if self.session:
            await self.session.close()

    def trusts(self, address: str) -> bool:
        """Return whether an address is one of Teams' services: our token goes nowhere else."""
        try:
            found = urlsplit(address)
            host = (found.hostname or "").casefold()
        except ValueError:
            return False
        if not host or address.split() != [address]:
            return False
        if host in self.settings.own_hosts or self.settings.insecure_local:
            return True
        return found.scheme == "https" and any(host == each or host.endswith(f".{each}") for each in TRUSTED)

    async def post(self, address: str, body: Json, turn: str = "") -> Json:
        """
        Post something, one after another in a `turn`; raises a PlatformError.

        It is tried again only where there was no connection, for everything else may have arrived.
        """
        for attempt in range(TRIES - 1):
            try:
                return (await self._call("POST", address, body, turn=turn)).read()
            except PlatformUnavailable as error:
                if not was_never_sent(error):
                    raise
                await self.rest(FIRST_PAUSE * 2**attempt)
        return (await self._call("POST", address, body, turn=turn)).read()

    async def open(self, address: str, body: Json) -> Json:
        """Post what opens a conversation with somebody: asked for twice it is the same, and nothing is said there."""
        try:
            return await self._patiently("POST", address, body)
        except PlatformUnavailable as error:
            raise PlatformUnavailable(error.code) from error

    async def put(self, address: str, body: Json, turn: str = "") -> Json:
        """Put something in the place of what stands there; the same twice is as good as once."""
        return await self._patiently("PUT", address, body, turn=turn)

    async def get(self, address: str) -> Json:
        """Read something of the Bot Connector."""
        return await self._patiently("GET", address)

    async def directory(self, user: str) -> Json | None:
        """Return what the directory says of an address or object id; None for nobody, or where we may not ask."""
        if not self.settings.app_id:
            return None
        base = self.settings.graph_url.rstrip("/")
        try:
            address = f"{base}/v1.0/users/{quote(user, safe='')}?$select={WANTED}"
            return await self._patiently("GET", address, scope=f"{base}/.default")
        except NotAuthorized as error:
            log.info("teams.directory_closed", extra={"code": error.code})
        except (RecipientUnreachable, MessageRejected):
            log.debug("teams.not_in_directory")
        return None

    async def is_enabled(self, object_id: str) -> bool | None:
        """Return whether the directory has an account that may be used; None where we may not ask."""
        base = self.settings.graph_url.rstrip("/")
        try:
            address = f"{base}/v1.0/users/{quote(object_id, safe='')}?$select={WANTED}"
            user = await self._patiently("GET", address, scope=f"{base}/.default")
        except NotAuthorized as error:
            log.info("teams.directory_closed", extra={"code": error.code})
            return None
        except RecipientUnreachable as error:
            return False if error.code == NO_SUCH_USER else None
        return user.get("accountEnabled") is not False

    async def _patiently(self, method: str, address: str, body: Json | None = None, **how: str) -> Json:
        """Ask again, a few times and soon, where the trouble may pass and asking twice does no harm."""
        for attempt in range(TRIES - 1):
            wait = FIRST_PAUSE * 2**attempt
            try:
                got = await self._call(method, address, body, **how)
            except PlatformUnavailable as error:
                if not may_pass(error):
                    raise
            else:
                wait = retry_after(got.headers) if got.status == 429 else wait
                if got.status not in AGAIN or wait > LONGEST_PAUSE:
                    return got.read()
            await self.rest(wait)
        return (await self._call(method, address, body, **how)).read()

    async def rest(self, seconds: float) -> None:
        """Wait about so long before something is tried again."""
        await self._pause(seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads tries, keeps no secret

    async def _call(
        self, method: str, address: str, body: Json | None = None, scope: str = BOT_SCOPE, turn: str = ""
    ) -> Got:
        if scope == BOT_SCOPE and not self.trusts(address):
            raise RecipientUnreachable("untrusted service URL")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token := await self.token(scope):
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        async with self._in_line(turn):
            got = await self._asked(method, address, data=data, headers=headers)
        if got.status == 401:
            self.forget_token(scope)
        return got

    @asynccontextmanager
    async def _in_line(self, turn: str) -> AsyncIterator[None]:
        """Hold a place among the calls under way; who waits too long is told so while nothing has been sent yet."""
        lock = self._turns.setdefault(turn, asyncio.Lock()) if turn else asyncio.Lock()
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._waiting):
                    await held.enter_async_context(lock)
                    await held.enter_async_context(self._gate)
            except TimeoutError as error:
                raise PlatformUnavailable("timeout in line") from error
            yield

    async def _asked(self, method: str, address: str, **how: Any) -> Got:  # noqa: ANN401 - aiohttp's own
        if self.session is None:
            raise PlatformUnavailable("not started")
        try:
            async with self.session.request(method, address, allow_redirects=False, **how) as answer:
                return Got(answer.status, await answer.read(), dict(answer.headers))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise of_connection(error) from error

    async def token(self, scope: str = BOT_SCOPE) -> str:
        """Return an access token, asked for once by however many want it; empty where nobody checks (insecure)."""
        if self.settings.insecure_local and not self.settings.app_id:
            return ""
        if scope not in self._tokens:
            self._tokens[scope] = Token(scope, self.settings, self._ask_for_token)
        return await self._tokens[scope].get()

    def forget_token(self, scope: str = BOT_SCOPE) -> None:
        """Ask for a new token before the next call."""
        if scope in self._tokens:
            self._tokens[scope].forget()

    async def _ask_for_token(self, address: str, form: dict[str, str]) -> Got:
        try:
            return await self._asked("POST", address, data=form, timeout=aiohttp.ClientTimeout(total=self._waiting))
        except PlatformUnavailable as error:  # whatever became of it, no message was sent
            raise PlatformUnavailable(error.code) from error
