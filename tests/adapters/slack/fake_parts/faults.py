"""Faults the fake commits on request, before or after it has done the work."""

from __future__ import annotations

import json
import socket
import struct
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypedDict

from aiohttp import web

from tests.adapters.slack.fake_parts.state import Json

BEFORE = frozenset({"refuse_500", "html_503", "429", "error", "reset"})
AFTER = frozenset({"accept_then_reset", "accept_then_500", "accept_then_hang", "fatal_error_after_commit", "bad_json"})
_UNAVAILABLE = "<!DOCTYPE html><html><head><title>503</title></head><body>Service Unavailable</body></html>"


class FaultFacts(TypedDict, total=False):
    """What may be told of a fault beside its kind; `channel` narrows it to one channel or user id."""

    retry_after: float | str
    code: str
    channel: str


@dataclass(frozen=True)
class Fault:
    """One thing to go wrong; `channel` narrows it to one channel or user id."""

    kind: str
    retry_after: float | str | None = None
    code: str | None = None
    channel: str | None = None

    def __post_init__(self) -> None:
        """Refuse a fault that does not exist."""
        if self.kind not in BEFORE | AFTER:
            raise ValueError(f"no such fault: {self.kind}")
        if self.kind == "error" and not self.code:
            raise ValueError("the fault `error` needs a code")

    @property
    def name(self) -> str:
        """What `Call.error` says of a request that met this fault."""
        return self.code or self.kind


Policy = Callable[[str, Json], Fault | None]


@dataclass
class Faults:
    """Queues of faults by method, and a policy asked after them."""

    queues: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    policy: Policy | None = None

    def next(self, method: str, args: Json) -> Fault | None:
        """Take the fault that this request meets, if any."""
        for name in (method, "*"):
            queue = self.queues.get(name)
            if queue and queue[0].channel in (None, args.get("channel")):
                return queue.popleft()
        return self.policy(method, args) if self.policy else None


def reset(request: web.Request) -> None:
    """Drop the connection with a TCP reset, as a dying proxy does."""
    if request.transport is None:
        return
    sock = request.transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


def answer_before(fault: Fault, request: web.Request) -> web.Response:
    """Answer without having done anything."""
    if fault.kind == "reset":
        reset(request)
    if fault.kind == "429":
        return rate_limited(1 if fault.retry_after is None else fault.retry_after)
    if fault.kind == "html_503":
        return web.Response(status=503, text=_UNAVAILABLE, content_type="text/html")
    if fault.kind == "error":
        return web.json_response({"ok": False, "error": fault.code})
    return web.Response(status=500, text="")


def answer_after(fault: Fault, request: web.Request, answer: Json) -> web.Response:
    """Answer wrongly although the work is done."""
    if fault.kind == "accept_then_reset":
        reset(request)
    if fault.kind == "fatal_error_after_commit":
        return web.json_response({"ok": False, "error": "fatal_error"})
    if fault.kind == "bad_json":
        return web.Response(text=json.dumps(answer)[:-5], content_type="application/json")
    if fault.kind == "accept_then_hang":
        return web.json_response(answer)
    return web.Response(status=500, text="")


def rate_limited(seconds: float | str) -> web.Response:
    """Answer 429 as Slack does."""
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})
