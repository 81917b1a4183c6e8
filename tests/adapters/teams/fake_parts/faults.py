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

from tests.adapters.teams.fake_parts.state import Json, Refused, WritesBlocked

BEFORE = frozenset({"status", "429", "writes_blocked", "reset", "hang"})
AFTER = frozenset({"accept_then_reset", "accept_then_500", "accept_then_hang", "bad_json"})
CONNECTOR = frozenset({"create", "post", "update", "member", "members"})
_USUAL = {
    401: "Unauthorized",
    403: "ConversationBlockedByUser",
    404: "ConversationNotFound",
    412: "PreconditionFailed",
    413: "MessageSizeTooBig",
    500: "ServiceError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}


class FaultFacts(TypedDict, total=False):
    """What may be told of a fault beside its kind; `place` narrows it to one conversation."""

    status: int
    code: str
    retry_after: float | str
    place: str


@dataclass(frozen=True)
class Fault:
    """One thing to go wrong."""

    kind: str
    status: int = 0
    code: str = ""
    retry_after: float | str | None = None
    place: str = ""

    def __post_init__(self) -> None:
        """Refuse a fault that does not exist."""
        if self.kind not in BEFORE | AFTER:
            raise ValueError(f"no such fault: {self.kind}")
        if self.kind == "status" and not self.status:
            raise ValueError("the fault `status` needs a status")


Policy = Callable[[str, str], Fault | None]


@dataclass
class Faults:
    """Queues of faults by call, "connector" for any of its calls, "*" for any at all; a policy is asked after them."""

    queues: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    policy: Policy | None = None

    def next(self, name: str, place: str) -> Fault | None:
        """Take the fault that this request meets, if any."""
        wider = ("connector", "*") if name in CONNECTOR else ("*",)
        for each in (name, *wider):
            queue = self.queues.get(each)
            if queue and queue[0].place in ("", place):
                return queue.popleft()
        return self.policy(name, place) if self.policy else None


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
        return throttled(1 if fault.retry_after is None else fault.retry_after)
    if fault.kind == "writes_blocked":
        return web.json_response(WritesBlocked().as_json(), status=403)
    status = fault.status or 500
    return web.json_response(Refused(status, fault.code or _USUAL.get(status, "Error")).as_json(), status=status)


def answer_after(fault: Fault, request: web.Request, answer: Json) -> web.Response:
    """Answer wrongly although the work is done."""
    if fault.kind == "accept_then_reset":
        reset(request)
    if fault.kind == "bad_json":
        return web.Response(text=json.dumps(answer)[:-5], content_type="application/json")
    if fault.kind == "accept_then_hang":
        return web.json_response(answer, status=201)
    return web.json_response(Refused(500, "ServiceError").as_json(), status=500)


def throttled(seconds: float | str) -> web.Response:
    """Answer 429 as the Bot Connector does."""
    said = Refused(429, "Throttled", "Too many requests").as_json()
    return web.json_response(said, status=429, headers={"Retry-After": str(seconds)})
