"""Fetching one value: the checked address of a listed host is connected to, no redirect is followed, nothing hangs."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

import httpx

from bot.domain.measuring.sources import SECRET_NAME, Gap, Pull, PullKind
from bot.domain.policy import MeasuringPolicy
from bot.ports import Fetch
from bot.sources import reading
from bot.sources.addresses import Listed, Resolve, resolved
from bot.sources.reading import Missing

MLFLOW = "api/2.0/mlflow"
HEADERS = {"User-Agent": "steward", "Accept": "application/json", "Accept-Encoding": "identity"}
Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a fetch may reach: the hosts listed, the limits, secrets by name, how names resolve, whom TLS trusts."""

    listed: Listed
    policy: MeasuringPolicy
    secrets: Mapping[str, str]
    resolve: Resolve
    tls: ssl.SSLContext


def fetcher(
    hosts: tuple[str, ...], policy: MeasuringPolicy, secrets: Mapping[str, str], resolve: Resolve = resolved
) -> Fetch:
    """Return what fetches values from the hosts listed; raises ConfigError for one that cannot be."""
    reach = Reach(Listed(hosts), policy, secrets, resolve, ssl.create_default_context())

    async def fetch(pull: Pull, at: datetime) -> Decimal | Gap:
        try:
            async with asyncio.timeout(policy.pull_within.total_seconds()):
                return await KINDS[pull.kind](_Asking(reach, pull), at)
        except Missing as missing:
            return missing.gap
        except (TimeoutError, httpx.TimeoutException):
            return Gap.TOO_SLOW
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
            return Gap.UNREACHABLE

    return fetch


@dataclass(frozen=True, slots=True)
class _Asking:
    """One pull being made."""

    reach: Reach
    pull: Pull

    async def get(self, path: str, parameters: Parameters) -> object:
        """Return the JSON document at a path below the source's address; raises Missing or what httpx raises."""
        url = httpx.URL(self.pull.url)
        if path:
            url = url.copy_with(path=f"{url.path.rstrip('/')}/{path}")
        if parameters:
            url = url.copy_merge_params(dict(parameters))
        address = await self._checked(url)
        headers = HEADERS | {"Host": url.netloc.decode()} | self._authorization()
        seconds = self.reach.policy.pull_within.total_seconds()
        async with httpx.AsyncClient(verify=self.reach.tls, trust_env=False, timeout=seconds) as client:
            request = client.build_request("GET", url.copy_with(host=address), headers=headers)
            request.extensions["sni_hostname"] = url.host
            answer = await client.send(request, stream=True, follow_redirects=False)
            try:
                return reading.document(await self._body(answer))
            finally:
                await answer.aclose()

    async def _checked(self, url: httpx.URL) -> str:
        """Return an address of the host, all of which may be connected to; it is the one that is connected to."""
        if url.scheme not in ("http", "https") or url.userinfo or not self.reach.listed.has_host(url.host):
            raise Missing(Gap.NOT_ALLOWED)
        found = await self.reach.resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        if not found or not all(self.reach.listed.takes(address) for address in found):
            raise Missing(Gap.NOT_ALLOWED)
        return found[0]

    def _authorization(self) -> dict[str, str]:
        name = self.pull.secret
        if not name:
            return {}
        secret = self.reach.secrets.get(name, "").strip() if SECRET_NAME.fullmatch(name) else ""
        if not secret or not secret.isascii() or not secret.isprintable():
            raise Missing(Gap.NO_SECRET)
        return {"Authorization": f"Bearer {secret}"}

    async def _body(self, answer: httpx.Response) -> bytes:
        """Return the body as it came, read no further than it may be long."""
        if answer.is_redirect or 300 <= answer.status_code < 400:
            raise Missing(Gap.REDIRECTED)
        if answer.status_code != HTTPStatus.OK:
            raise Missing(Gap.REFUSED)
        if answer.headers.get("Content-Encoding", "identity").casefold() != "identity":
            raise Missing(Gap.NOT_UNDERSTOOD)
        most, found = self.reach.policy.pull_bytes, bytearray()
        announced = answer.headers.get("Content-Length", "")
        if announced.isdecimal() and len(announced) < 20 and int(announced) > most:
            raise Missing(Gap.TOO_LARGE)
        async for chunk in answer.aiter_raw():
            found += chunk
            if len(found) > most:
                raise Missing(Gap.TOO_LARGE)
        return bytes(found)


async def _prometheus(asking: _Asking, at: datetime) -> Decimal:
    query = {"query": asking.pull.query, "time": f"{at.timestamp():.3f}"}
    return reading.prometheus_value(await asking.get("api/v1/query", query))


async def _mlflow(asking: _Asking, _at: datetime) -> Decimal:
    run = await _run_of(asking)
    return reading.run_metric(await asking.get(f"{MLFLOW}/runs/get", {"run_id": run}), asking.pull.metric)


async def _run_of(asking: _Asking) -> str:
    """Return the run of the model version that is meant: by its number, by its alias, or the newest."""
    name, version = asking.pull.query, asking.pull.version
    if version.startswith("@"):
        path, asked = "registered-models/alias", {"name": name, "alias": version.removeprefix("@")}
    elif version:
        path, asked = "model-versions/get", {"name": name, "version": version}
    else:
        if "'" in name:
            raise Missing(Gap.NOT_UNDERSTOOD)
        asked = {"filter": f"name='{name}'", "order_by": "version_number DESC", "max_results": "1"}
        return reading.version_run(await asking.get(f"{MLFLOW}/model-versions/search", asked), "model_versions")
    return reading.version_run(await asking.get(f"{MLFLOW}/{path}", asked), "model_version")


async def _json(asking: _Asking, _at: datetime) -> Decimal:
    return reading.value_of(reading.at_path(await asking.get("", {}), asking.pull.query))


KINDS: Mapping[PullKind, Callable[[_Asking, datetime], Awaitable[Decimal]]] = {
    PullKind.PROMETHEUS: _prometheus,
    PullKind.MLFLOW: _mlflow,
    PullKind.JSON: _json,
}
