"""Teams' services from our side: tokens, the Bot Connector and the directory, through one pooled session."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit
from weakref import WeakValueDictionary

import aiohttp

from adapters.teams.errors import AGAIN, of_answer, of_connection, retry_after
from adapters.teams.settings import TeamsSettings
from adapters.teams.sizes import Json
from bot.errors import NotAuthorized, PlatformError, PlatformUnavailable, RecipientUnreachable

SCOPE = "https://api.botframework.com/.default"
TRUSTED = (
    "smba.trafficmanager.net", "botframework.com", "teams.microsoft.com", "teams.microsoft.us", "botframework.azure.us",
)  # fmt: skip
CONNECTIONS, IN_FLIGHT = 64, 16
EARLY = 300.0
TRIES, FIRST_PAUSE, LONGEST_PAUSE = 3, 0.3, 2.0
NO_SUCH_USER = "Request_ResourceNotFound"
WANTED = "id,displayName,mail,userPrincipalName,userType,accountEnabled"
log = logging.getLogger(__name__)
Pause = Callable[[float], Awaitable[None]]


@dataclass
class Token:
    """One access token and until when (monotonic seconds) it serves."""

    value: str = ""
    until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Got:
    """What a service answered."""

    status: int
    said: bytes
    headers: Mapping[str, str]

    def read(self) -> Json:
        """Return the object in the answer; raises the PlatformError that says what went wrong."""
        if self.status not in (200, 201, 202):
            raise of_answer(self.status, self.said, self.headers)
        return _object(self.said)


class Connector:
    """Calls what a bot may call; `pause` waits between two tries of what may be tried twice."""

    def __init__(self, settings: TeamsSettings, pause: Pause = asyncio.sleep) -> None:
        self.settings = settings
        self.session: aiohttp.ClientSession | None = None
        self._pause = pause
        self._tokens: dict[str, Token] = {}
        self._gate = asyncio.Semaphore(IN_FLIGHT)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(self, seconds: float, connecting: float) -> None:
        """Open the session; a call takes `seconds` at most."""
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=connecting)
        self.session = aiohttp.ClientSession(timeout=limits, connector=aiohttp.TCPConnector(limit=CONNECTIONS))

    async def stop(self) -> None:
        """Close the session."""
        if self.session:
            await self.session.close()

    def trusts(self, address: str) -> bool:
        """Return whether an address is one of Teams' services: our token goes nowhere else."""
        host = (urlsplit(address).hostname or "").casefold()
        if host in self.settings.own_hosts or self.settings.insecure_local:
            return True
        within = any(host == each or host.endswith(f".{each}") for each in TRUSTED)
        return within and urlsplit(address).scheme == "https"

    async def post(self, address: str, body: Json, turn: str = "") -> Json:
        """Post something, once, one after another in a `turn`; raises a PlatformError."""
        lock = self._turns.setdefault(turn, asyncio.Lock()) if turn else asyncio.Lock()
        async with lock:
            return (await self._call("POST", address, body, SCOPE)).read()

    async def put(self, address: str, body: Json) -> Json:
        """Put something in the place of what stands there; the same twice is as good as once."""
        return await self._patiently("PUT", address, body, SCOPE)

    async def get(self, address: str) -> Json:
        """Read something of the Bot Connector."""
        return await self._patiently("GET", address, None, SCOPE)

    async def directory(self, user: str) -> Json | None:
        """Return what the directory says of an address or object id; None for nobody, or where we may not ask."""
        if not self.settings.app_id:
            return None
        base = self.settings.graph_url.rstrip("/")
        try:
            address = f"{base}/v1.0/users/{quote(user, safe='')}?$select={WANTED}"
            return await self._patiently("GET", address, None, f"{base}/.default")
        except NotAuthorized as error:
            log.info("teams.directory_closed", extra={"code": error.code})
        except RecipientUnreachable:
            log.debug("teams.not_in_directory")
        return None

    async def is_enabled(self, object_id: str) -> bool | None:
        """Return whether the directory has an account that may be used; None where we may not ask."""
        base = self.settings.graph_url.rstrip("/")
        try:
            address = f"{base}/v1.0/users/{quote(object_id, safe='')}?$select={WANTED}"
            user = await self._patiently("GET", address, None, f"{base}/.default")
        except NotAuthorized as error:
            log.info("teams.directory_closed", extra={"code": error.code})
            return None
        except RecipientUnreachable as error:
            return False if error.code == NO_SUCH_USER else None
        return user.get("accountEnabled") is not False

    async def _patiently(self, method: str, address: str, body: Json | None, scope: str) -> Json:
        """Ask again, a few times and soon, where the trouble may pass and asking twice does no harm."""
        got = await self._call(method, address, body, scope)
        for attempt in range(TRIES - 1):
            wait = retry_after(got.headers) if got.status == 429 else FIRST_PAUSE * 2**attempt
            if got.status not in AGAIN or wait > LONGEST_PAUSE:
                break
            await self._pause(wait * random.uniform(0.8, 1.2))  # noqa: S311 - spreads tries, keeps no secret
            got = await self._call(method, address, body, scope)
        return got.read()

    async def _call(self, method: str, address: str, body: Json | None, scope: str) -> Got:
        if self.session is None:
            raise PlatformUnavailable("not started")
        if scope == SCOPE and not self.trusts(address):
            raise RecipientUnreachable("untrusted service URL")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token := await self.token(scope):
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            async with self._gate, self.session.request(method, address, data=data, headers=headers) as answer:
                got = Got(answer.status, await answer.read(), dict(answer.headers))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise of_connection(error) from error
        if got.status == 401:
            self.forget_token(scope)
        return got

    def forget_token(self, scope: str = SCOPE) -> None:
        """Ask for a new token before the next call."""
        self._tokens.pop(scope, None)

    async def token(self, scope: str = SCOPE) -> str:
        """Return an access token, asked for once by however many want it; empty where nobody checks (insecure)."""
        if self.settings.insecure_local and not self.settings.app_id:
            return ""
        held = self._tokens.setdefault(scope, Token())
        async with held.lock:
            if time.monotonic() > held.until:
                held.value, seconds = await self._fetched(scope)
                held.until = time.monotonic() + max(0.0, seconds - EARLY)
        return held.value

    async def _fetched(self, scope: str) -> tuple[str, float]:
        if self.session is None:
            raise PlatformUnavailable("not started")
        form = {
            "grant_type": "client_credentials",
            "client_id": self.settings.app_id,
            "client_secret": self.settings.app_secret.get_secret_value().strip(),
            "scope": scope,
        }
        try:
            async with self.session.post(self.settings.tokens_from, data=form) as answer:
                said = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PlatformUnavailable(type(error).__name__) from error
        if answer.status != 200:
            raise _refused_token(answer.status, said, dict(answer.headers))
        told = _object(said)
        return str(told.get("access_token", "")), _seconds(told.get("expires_in"))


def _object(said: bytes) -> Json:
    try:
        told = json.loads(said) if said else {}
    except ValueError as error:
        raise PlatformUnavailable("no JSON", maybe_sent=True) from error
    if not isinstance(told, dict):
        raise PlatformUnavailable("no object", maybe_sent=True)
    return told


def _refused_token(status: int, said: bytes, headers: dict[str, str]) -> PlatformError:
    """Return what a refused token means: our credentials, a limit, or a passing fault; nothing was sent."""
    error = of_answer(status, said, headers)
    if status in (400, 401, 403):
        return NotAuthorized(error.code)
    return PlatformUnavailable(error.code) if isinstance(error, PlatformUnavailable) else error


def _seconds(given: object) -> float:
    try:
        return float(str(given))
    except ValueError:
        return 3600.0
