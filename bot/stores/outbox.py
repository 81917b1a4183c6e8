"""What flows need stored of messages, and of what has happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.escalation import Escalation, LadderCode, Notice
from bot.domain.events import Event, Link
from bot.domain.ids import InitiativeId, PersonId, PortfolioId
from bot.domain.ownership import Role


class Deliveries(Protocol):
    """The outbox; every change of a claimed row is fenced by its `lease_owner` and `fence`."""

    async def add_once(self, deliveries: Sequence[Delivery]) -> int: ...
    async def get(self, delivery_id: str) -> Delivery | None: ...
    async def by_key(self, dedupe_key: str) -> Delivery | None: ...
    async def by_keys(self, dedupe_keys: Iterable[str]) -> dict[str, Delivery]:
        """Return the rows that exist under some keys, by key."""
        ...

    async def claim(self, now: datetime, owner: str, lease: timedelta, limit: int) -> list[Delivery]: ...
    async def save_claimed(self, before: Delivery, after: Delivery) -> bool:
        """Store `after` if the row is still claimed as in `before`; False when the lease was lost."""
        ...

    async def sent_to(self, person_id: PersonId, since: datetime) -> int:
        """Return how many new messages (updates not counted) reached this person since then."""
        ...

    async def of_person(self, person_id: PersonId, since: datetime) -> list[Delivery]:
        """Return the rows to a person that are not finished with, and those tried or sent since then."""
        ...

    async def history_of(self, person_id: PersonId, since: datetime) -> list[Delivery]:
        """Return every row to a person, whatever became of it, that was not over before `since`, by due time."""
        ...

    async def undelivered(self, most: int) -> tuple[list[Delivery], int]:
        """Return the newest rows given up or in doubt, and how many there are in all."""
        ...

    async def retry(self, delivery_id: str, at: datetime, until: datetime) -> bool:
        """Plan a row given up or in doubt again, to end at `until` or later; False when it is neither."""
        ...

    async def discard(self, delivery_id: str) -> bool:
        """Let a row given up or in doubt count as not needed; False when it is neither."""
        ...

    async def hand_back(self, owner: str, until: datetime) -> int:
        """Let everybody have what is leased to a worker, what it was sending from `until` on; return how many."""
        ...

    async def withdraw(self, dedupe_keys: Iterable[str], reason: str) -> int: ...
    async def replan(self, deliveries: Sequence[Delivery]) -> int:
        """Plan messages at their time, also those planned for another or dropped untried; return how many changed."""
        ...

    async def unsent_about(self, subject: str, kinds: Iterable[DeliveryKind]) -> list[Delivery]: ...
    async def revive(self, person_id: PersonId, now: datetime) -> int:
        """Plan again, for now, what a person could not be sent and is not too late; return how many."""
        ...

    async def reserve(self, key: str, now: datetime, interval: timedelta) -> datetime:
        """Take the next free slot of a pacing key, slots `interval` apart; return when it is, not before `now`."""
        ...

    async def pause(self, key: str, until: datetime) -> None:
        """Let no slot of a pacing key begin before `until`."""
        ...

    async def release(self, key: str, held_until: datetime, free_at: datetime) -> None:
        """Let the next slot of a pacing key begin at `free_at`, if nothing has moved it from `held_until` since."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next waiting message is due, None when none waits."""
        ...

    async def overdue(self, since: datetime) -> tuple[int, datetime | None]:
        """Return how many rows have been due since before an instant and are not claimed, and since when the oldest."""
        ...

    async def forget(self, sent_before: datetime) -> int: ...


class Escalations(Protocol):
    """Escalations, who is to hear and has heard of them, and the roles that call for one."""

    async def get(self, escalation_id: str) -> Escalation | None: ...
    async def many(self, escalation_ids: Iterable[str]) -> dict[str, Escalation]: ...
    async def open_ones(self) -> list[Escalation]: ...
    async def open_about(self, initiative_id: InitiativeId) -> list[Escalation]: ...
    async def ended_about(self, initiative_ids: Iterable[InitiativeId], ladder: LadderCode) -> list[Escalation]: ...
    async def add_once(self, escalation: Escalation) -> bool:
        """Store a new escalation; False when one of this ladder is open already for the role."""
        ...

    async def change(self, before: Escalation, after: Escalation) -> bool:
        """Store `after` if the escalation still stands as in `before`; False when somebody was quicker."""
        ...

    async def add_notices_once(self, notices: Sequence[Notice]) -> int: ...
    async def save_notices(self, notices: Iterable[Notice]) -> None: ...
    async def notices_of(self, escalation_ids: Iterable[str]) -> list[Notice]:
        """Return who is to hear, or has heard, of some escalations, lowest level first."""
        ...

    async def carried_by(self, key: str) -> list[Notice]:
        """Return what the outbox row with this key tells its recipient."""
        ...

    async def mark_told(self, notice_ids: Iterable[str], at: datetime) -> None: ...
    async def told(self, person_id: PersonId, since: datetime) -> set[tuple[InitiativeId, Role]]:
        """Return the roles of which a person has heard by an escalation since an instant."""
        ...

    async def unanswered(self, cycles: Sequence[str]) -> list[tuple[InitiativeId, Role]]:
        """Return the roles that missed one of these cycles, which no escalation has counted yet."""
        ...

    async def unowned(self, day: date) -> list[tuple[InitiativeId, Role]]:
        """Return the roles nobody can answer for on a day, in initiatives worked on that have or had an owner."""
        ...

    async def erase_words(self, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDigest:
    """A digest as it was made: its facts frozen (JSON), so that it reads the same for ever (I-26)."""

    id: str
    portfolio_id: PortfolioId
    kind: str
    period: str
    as_of: datetime
    content: str
    word_count: int


class Digests(Protocol):
    """Digests made."""

    async def add_once(self, digest: StoredDigest) -> bool: ...
    async def get(self, digest_id: str) -> StoredDigest | None: ...
    async def find(self, portfolio_id: PortfolioId, kind: str, period: str) -> StoredDigest | None: ...
    async def forget(self, before: datetime) -> int: ...


class Events(Protocol):
    """The audit chain."""

    def record(self, event: Event) -> None:
        """Keep an event for the commit of this unit of work, where it gets its place in the chain."""
        ...

    async def links(self, after: int, limit: int) -> list[Link]: ...
    async def erase_words(self, before: datetime) -> int:
        """Delete people's own words behind events older than an instant; the chain stays whole. Return how many."""
        ...


class Inbox(Protocol):
    """Which inbound interactions have had their effect."""

    async def add_once(self, key: str, at: datetime) -> bool: ...
    async def forget(self, before: datetime) -> int: ...
