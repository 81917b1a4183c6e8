"""Teams' many ways to say no, as the five errors every platform has (delivery.md 2.6, teams.md 5)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.errors import (
    MessageRejected,
    NotAuthorized,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
)

SHORTEST_WAIT, DEFAULT_WAIT, LONGEST_WAIT = 1.0, 30.0, 3600.0
GONE = frozenset(
    {"conversationblockedbyuser", "botnotinconversationroster", "botdisabledbyadmin", "messagewritesblocked"}
    | {"conversationnotfound", "activitynotfoundinconversation", "membernotfoundinconversation", "forbidden"}
)
OURSELVES = frozenset({"botnotregistered", "unauthorized", "invalid_client", "unauthorized_client"})
AGAIN = frozenset({412, 429, 502, 503, 504})
"""Statuses after which what changes nothing or is the same twice may be asked again at once."""


@dataclass(frozen=True, slots=True)
class Got:
    """What a service answered."""

    status: int
    said: bytes
    headers: Mapping[str, str]

    def read(self) -> dict[str, Any]:
        """Return the object in the answer; raises the PlatformError that says what went wrong."""
        if self.status not in (200, 201, 202):
            raise of_answer(self.status, self.said, self.headers)
        try:
            told = json.loads(self.said) if self.said else {}
        except ValueError as error:
            raise PlatformUnavailable("no JSON", maybe_sent=True) from error
        if not isinstance(told, dict):
            raise PlatformUnavailable("no object", maybe_sent=True)
        return told


def of_connection(error: Exception) -> PlatformUnavailable:
    """Return the error for a call that got no answer: not sent only when there was no connection at all."""
    never_left = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return PlatformUnavailable(type(error).__name__, maybe_sent=not never_left)


def was_never_sent(error: PlatformUnavailable) -> bool:
    """Return whether a call failed, and soon, because there was no connection: it may be made again at once."""
    return isinstance(error.__cause__, aiohttp.ClientConnectorError)


def may_pass(error: PlatformUnavailable) -> bool:
    """Return whether a connection failed or broke, and not the patience: who may ask twice asks again at once."""
    cause = error.__cause__
    return isinstance(cause, aiohttp.ClientConnectionError) and not isinstance(cause, TimeoutError)


def of_answer(status: int, body: bytes, headers: Mapping[str, str]) -> PlatformError:
    """Return the error for an answer that is not a plain yes."""
    code = code_of(body) or f"http_{status}"
    if status == 429:
        return RateLimited(retry_after(headers), code)
    if status == 401 or code.casefold() in OURSELVES:
        return NotAuthorized(code)
    if status in (403, 404) or code.casefold() in GONE:
        return RecipientUnreachable(code)
    if status == 412 or status >= 500:
        return PlatformUnavailable(code, maybe_sent=True)
    return MessageRejected(code)


def code_of(body: bytes) -> str:
    """Return Teams' own name for what is wrong, also where it is hidden in a message (errorCode 209)."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    error = told.get("error")
    if isinstance(error, dict):
        return str(error.get("code") or "")
    if isinstance(error, str):
        return error
    return _hidden(told)


def _hidden(told: Mapping[str, Any]) -> str:
    message = str(told.get("message") or "")
    try:
        inner = json.loads(message)
    except ValueError:
        return str(told.get("errorCode") or "")
    return str(inner.get("subCode") or told.get("errorCode") or "") if isinstance(inner, dict) else ""


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds Teams asks to wait, which may come as a fraction, as nonsense or not at all."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return min(max(SHORTEST_WAIT, float(given)), LONGEST_WAIT)
    except ValueError:
        return DEFAULT_WAIT
