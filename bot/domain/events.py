"""Append-only audit facts in a hash chain (I-32)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

GENESIS = "0" * 64


class ActorKind(StrEnum):
    """Who acted."""

    PERSON = "person"
    BOT = "bot"
    SYSTEM = "system"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    What happened, before it has its place in the chain.

    `facts` holds ids, enums, dates and numbers only. `personal` holds people's own words: the chain covers a salted
    hash of it, the words themselves live in a row that can be erased without breaking the chain.
    """

    at: datetime
    action: str
    entity: str
    entity_id: str
    actor_kind: ActorKind = ActorKind.SYSTEM
    actor_id: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One audit row: an event in its place; `personal_hash` is sha256(salt + canonical personal text), or empty."""

    seq: int
    at: datetime
    action: str
    entity: str
    entity_id: str
    actor_kind: ActorKind
    actor_id: str
    facts: Mapping[str, object]
    personal_hash: str
    request_id: str
    prev_hash: str
    hash: str


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, ISO dates."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def personal_hash(personal: Mapping[str, str], salt: str) -> str:
    """Return the hash that stands in the chain for people's words, or an empty string when there are none."""
    return hashlib.sha256((salt + canonical(dict(personal))).encode()).hexdigest() if personal else ""


def link(event: Event, seq: int, prev_hash: str, salt: str) -> Link:
    """Return `event` chained behind `prev_hash` as number `seq`."""
    body = Link(
        seq=seq,
        at=event.at.astimezone(UTC),
        action=event.action,
        entity=event.entity,
        entity_id=event.entity_id,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        facts=json.loads(canonical(dict(event.facts))),
        personal_hash=personal_hash(event.personal, salt),
        request_id=event.request_id,
        prev_hash=prev_hash,
        hash="",
    )
    return _sealed(body)


def _sealed(body: Link) -> Link:
    content = {name: getattr(body, name) for name in Link.__slots__ if name not in ("hash", "prev_hash")}
    content["at"] = body.at.astimezone(UTC).isoformat(timespec="microseconds")
    digest = hashlib.sha256((body.prev_hash + canonical(content)).encode()).hexdigest()
    values = {name: getattr(body, name) for name in Link.__slots__ if name != "hash"}
    return Link(**values, hash=digest)


@dataclass
class ChainCheck:
    """Walks a chain in parts; `seq` and `hash` are those of the last good row."""

    seq: int = 0
    hash: str = GENESIS

    def first_break(self, links: Iterable[Link]) -> int | None:
        """Return the seq of the first row that is out of place or altered, or None when this part is whole."""
        for row in links:
            if row.seq != self.seq + 1 or row.prev_hash != self.hash or _sealed(row).hash != row.hash:
                return self.seq + 1
            self.seq, self.hash = row.seq, row.hash
        return None
