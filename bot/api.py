"""`POST /api/v1/measurements`: values sent in by other systems, with a bearer token, many at a time."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.domain.measuring.metrics import Source
from bot.domain.measuring.rows import Row
from bot.errors import Unavailable, UserError
from bot.flows.measuring.sending import Taken, take_rows
from bot.ports import Ports, Route

PATH = "/api/v1/measurements"
LIST = "measurements"
LIKE = 'send {"measurements": [{"key": "SEPSIS", "metric": "auroc", "period": "2026-W47", "value": 0.819}]}'


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A request that is not taken, with its status and one sentence."""

    status: HTTPStatus
    reason: str


def measurement_routes(ports: Ports, token: str | None) -> list[Route]:
    """Return the route of the endpoint; without a token there is none."""
    if not token:
        return []

    async def handle(request: web.Request) -> web.Response:
        return await _answer(request, token, ports)

    return [Route("POST", PATH, handle)]


async def _answer(request: web.Request, token: str, ports: Ports) -> web.Response:
    try:
        _authorise(request, token)
        rows = _rows(await _body(request, ports.policy.measuring.most_bytes), ports.policy.measuring.most_rows)
        return _told(await take_rows(rows, Source.WEBHOOK, ports), len(rows))
    except Refusal as refusal:
        headers = {"WWW-Authenticate": "Bearer"} if refusal.status is HTTPStatus.UNAUTHORIZED else {}
        return web.json_response({"error": refusal.reason}, status=refusal.status, headers=headers)
    except Unavailable as error:
        return web.json_response({"error": str(error)}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    except UserError as error:
        return web.json_response({"error": str(error)}, status=HTTPStatus.CONFLICT)


def _authorise(request: web.Request, token: str) -> None:
    """Compare in constant time; raises Refusal."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(errors="surrogateescape"), token.encode())
    if kind.casefold() != "bearer" or not same:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "send the token of STEWARD_API_TOKEN: Authorization: Bearer TOKEN")


async def _body(request: web.Request, most: int) -> bytes:
    """Return the body, read no further than it may be long; raises Refusal."""
    found = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        found += chunk
        if len(found) > most:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {most} bytes at a time")
    return bytes(found)


def _rows(body: bytes, most: int) -> list[Row]:
    try:
        sent = json.loads(body, parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {LIKE}") from None
    entries = sent.get(LIST) if isinstance(sent, dict) else sent
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Refusal(HTTPStatus.BAD_REQUEST, f"there is no list of measurements: {LIKE}")
    if len(entries) > most:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {most} measurements at a time")
    return [Row(n, _cells(entry)) for n, entry in enumerate(entries, start=1)]


def _no_number(word: str) -> str:
    """Return NaN and the infinities as text, which is refused as the value of its row."""
    return word


def _cells(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what an entry says as text; what is neither text nor a number is kept as JSON, which no field takes."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in entry.items()
        if value is not None
    }


def _told(taken: Taken, count: int) -> web.Response:
    """Return what became of the rows: 200 when all were taken, 207 when some were, 422 when none was."""
    faults = [{"row": fault.number, "field": fault.field, "reason": fault.reason} for fault in taken.faults]
    status = HTTPStatus.MULTI_STATUS if faults else HTTPStatus.OK
    if faults and len(faults) == count:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    counts = {effect.value: taken.effects[effect] for effect in taken.effects}
    body = {"new": 0, "same": 0, "corrected": 0} | counts | {"errors": faults}
    return web.json_response(body, status=status)
