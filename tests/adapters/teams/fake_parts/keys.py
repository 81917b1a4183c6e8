"""The keys that sign what Teams sends to a bot, their publication, and tokens good and bad."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.adapters.teams.fake_parts.state import Json

ISSUER = "https://api.botframework.com"
ENDORSED = ("msteams", "webchat")
LIVES = timedelta(hours=1)


@functools.cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """Return the key of this name; made once in a process, for making one is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(name: str) -> bytes:
    """Return the public half as text."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key(name).public_key().public_bytes(serialization.Encoding.PEM, form)


@dataclass
class Keys:
    """The keys now published, by name, with the channels each may speak for."""

    published: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"first": ENDORSED, "elsewhere": ("directline",)}
    )
    current: str = "first"
    rolled: int = 0

    def roll(self) -> str:
        """Publish a new key in the place of the current one, and sign with it from now on."""
        del self.published[self.current]
        self.rolled += 1
        self.current = f"rolled-{self.rolled}"
        self.published[self.current] = ENDORSED
        private_key(self.current)
        return self.current

    def as_json(self) -> Json:
        """Render the key set."""
        return {"keys": [_published(name, endorsed) for name, endorsed in self.published.items()]}


def _published(name: str, endorsed: tuple[str, ...]) -> Json:
    made = RSAAlgorithm.to_jwk(private_key(name).public_key(), as_dict=True)
    return {**made, "kid": name, "x5t": name, "use": "sig", "endorsements": list(endorsed)}


def claims(audience: str, service_url: str, now: datetime) -> Json:
    """Return what a token of the Bot Connector says."""
    at = int(now.timestamp())
    span = {"nbf": at, "exp": at + int(LIVES.total_seconds())}
    return {"serviceurl": service_url, "iss": ISSUER, "aud": audience, **span}


def signed(said: Mapping[str, object], key: str, kid: str | None = None) -> str:
    """Return a token signed by a key; `kid` is the name it claims, where that is not the key's own."""
    return jwt.encode(dict(said), private_key(key), algorithm="RS256", headers={"kid": kid or key})


def unsigned(said: Mapping[str, object], kid: str) -> str:
    """Return a token that says it needs no signature."""
    return f"{_part({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{_part(said)}."


def confused(said: Mapping[str, object], kid: str) -> str:
    """Return a token signed by HS256 with the public key as the secret, for verifiers that believe the header."""
    body = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{_part(said)}"
    mark = hmac.new(public_pem(kid), body.encode(), hashlib.sha256).digest()
    return f"{body}.{_encoded(mark)}"


def _part(said: Mapping[str, object]) -> str:
    return _encoded(json.dumps(said).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
