"""Every request that is not genuinely Teams': tokens of all wrong kinds, and bodies that are no activities."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.adapters.teams.fake_parts import keys
from tests.adapters.teams.fake_parts.state import Json
from tests.adapters.teams.fake_parts.world import World, made_up

EVIL = "https://evil.example/amer/"
OVERSIZED = 300 * 1024
JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Forgery:
    """One request: its token, its body and its headers."""

    body: bytes
    token: str | None
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_TYPE)
    method: str = "POST"


@dataclass(frozen=True)
class Forger:
    """Makes them out of a genuine activity."""

    world: World
    activity: Json
    now: datetime

    def claims(self, **other: object) -> Json:
        """Return what a genuine token says, with something else in it."""
        return {**keys.claims(self.world.app_id, self.activity["serviceUrl"], self.now), **other}

    def token(self, **other: object) -> str:
        """Return a well signed token."""
        return keys.signed(self.claims(**other), self.world.keys.current)

    def with_token(self, token: str | None) -> Forgery:
        """Return the activity under another token."""
        return Forgery(json.dumps(self.activity).encode(), token)

    def with_body(self, body: bytes, **more: str) -> Forgery:
        """Return another body under a genuine token."""
        return Forgery(body, self.token(), JSON_TYPE | more)

    def with_activity(self, **other: object) -> Forgery:
        """Return another activity under a token that says the same."""
        changed = {**self.activity, **other}
        token = self.token(serviceurl=changed.get("serviceUrl"))
        return Forgery(json.dumps(changed).encode(), token)


def _shifted(forger: Forger, hours: int) -> Forgery:
    start = int((forger.now + timedelta(hours=hours)).timestamp())
    return forger.with_token(forger.token(nbf=start, exp=start + 3600))


def _of_another_tenant(forger: Forger) -> Forgery:
    other = made_up("another tenant")
    told = {**forger.activity["channelData"], "tenant": {"id": other}}
    return forger.with_activity(channelData=told, conversation={**forger.activity["conversation"], "tenantId": other})


def _without(forger: Forger, name: str) -> Forgery:
    kept = {key: value for key, value in forger.activity.items() if key != name}
    return Forgery(json.dumps(kept).encode(), forger.token())


def _of_no_channel(forger: Forger) -> Forgery:
    kept = {key: value for key, value in forger.activity.items() if key != "channelId"}
    return Forgery(json.dumps(kept).encode(), keys.signed(forger.claims(), "elsewhere"))


def _emulator(forger: Forger) -> Forgery:
    """Return a token as the emulator signs them, which must open no door."""
    tenant = "d6d49420-f39b-4df7-a1dc-d59a935871db"
    said = forger.claims(iss=f"https://sts.windows.net/{tenant}/", appid=forger.world.app_id, ver="1.0")
    return forger.with_token(keys.signed(said, "foreign"))


TOKENS: dict[str, Callable[[Forger], Forgery]] = {
    "no_token": lambda f: f.with_token(None),
    "empty_token": lambda f: f.with_token(""),
    "garbage_token": lambda f: f.with_token("not.a.token"),
    "expired": lambda f: _shifted(f, -2),
    "not_yet_valid": lambda f: _shifted(f, 1),
    "wrong_key": lambda f: f.with_token(keys.signed(f.claims(), "foreign", f.world.keys.current)),
    "unknown_key": lambda f: f.with_token(keys.signed(f.claims(), "foreign")),
    "hs256": lambda f: f.with_token(keys.confused(f.claims(), f.world.keys.current)),
    "none": lambda f: f.with_token(keys.unsigned(f.claims(), f.world.keys.current)),
    "wrong_audience": lambda f: f.with_token(f.token(aud=made_up("another app"))),
    "wrong_issuer": lambda f: f.with_token(f.token(iss="https://evil.example")),
    "wrong_tenant": _of_another_tenant,
    "unendorsed": lambda f: f.with_token(keys.signed(f.claims(), "elsewhere")),
    "unendorsed_and_unsaid": _of_no_channel,
    "another_channel": lambda f: f.with_activity(channelId="directline"),
    "service_url_mismatch": lambda f: f.with_token(f.token(serviceurl="https://smba.trafficmanager.net/emea/")),
    "service_url_unsaid": lambda f: f.with_token(f.token(serviceurl=None)),
    "untrusted_service_url": lambda f: f.with_activity(serviceUrl=EVIL),
    "emulator": _emulator,
}
"""Answered with 401."""
BODIES: dict[str, Callable[[Forger], Forgery]] = {
    "empty": lambda f: f.with_body(b""),
    "junk_json": lambda f: f.with_body(b"{not json"),
    "json_list": lambda f: f.with_body(b"[]"),
    "json_null": lambda f: f.with_body(b"null"),
    "not_utf8": lambda f: f.with_body(b'{"type": "\xff\xfe"}'),
    "deep": lambda f: f.with_body(b"[" * 20_000),
    "no_type": lambda f: _without(f, "type"),
    "wrong_types": lambda f: f.with_activity(**{"from": [1], "conversation": 7}),
    "tenant_is_a_word": lambda f: f.with_activity(channelData={"tenant": "x"}),
    "type_is_a_number": lambda f: f.with_activity(type=5),
    "no_content_type": lambda f: Forgery(json.dumps(f.activity).encode(), f.token(), {}),
    "form": lambda f: f.with_body(b"a=b", **{"Content-Type": "application/x-www-form-urlencoded"}),
    "oversized": lambda f: f.with_activity(text="x" * OVERSIZED),
    "get": lambda f: Forgery(b"", f.token(), {}, "GET"),
}
"""Answered with some other 4xx."""
NOT_GENUINE = (*TOKENS, *BODIES)


def forged(kind: str, forger: Forger) -> Forgery:
    """Return the request of a kind."""
    return {**TOKENS, **BODIES}[kind](forger)
