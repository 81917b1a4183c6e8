"""What is to be sent to whom, and what becomes of it: the states of an outbox row."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import PersonId, stable_id
from bot.domain.policy import DeliveryPolicy
from bot.errors import (
    MessageRejected,
    NotAuthorized,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
)


class DeliveryKind(StrEnum):
    """What a message means; its words are composed when it is sent."""

    CHECKIN_PROMPT = "checkin_prompt"
    CHECKIN_NUDGE = "checkin_nudge"
    CHECKIN_UPDATE = "checkin_update"
    ROLE_PROPOSED = "role_proposed"
    ROLE_UPDATE = "role_update"
    ROLE_ANSWERED = "role_answered"
    STAND_IN_ASKED = "stand_in_asked"
    STAND_IN_DECLINED = "stand_in_declined"
    ROLES_LAPSED = "roles_lapsed"
    ESCALATION = "escalation"
    ESCALATION_UPDATE = "escalation_update"
    DIGEST = "digest"
    DIGEST_DETAILS = "digest_details"
    DIGEST_LATE = "digest_late"
    GATE_DECIDED = "gate_decided"
    GATE_REMINDER = "gate_reminder"
    ADMIN_NOTICE = "admin_notice"
    OUT_OF_REACH = "out_of_reach"


RETIRING = "retiring"
UPDATES = frozenset({DeliveryKind.CHECKIN_UPDATE, DeliveryKind.ROLE_UPDATE, DeliveryKind.ESCALATION_UPDATE})
"""Kinds that change a message already there: free of quiet hours and budgets, and safe to repeat."""
OF_A_CYCLE = frozenset({DeliveryKind.CHECKIN_UPDATE, DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE})
"""Kinds whose subject is a cycle."""
REPEATED_IN_DOUBT = UPDATES | {DeliveryKind.ADMIN_NOTICE, DeliveryKind.OUT_OF_REACH, DeliveryKind.ESCALATION}
"""Kinds sent again when nobody can tell whether they went out: one too many does less harm than none."""
FIRST_SERVED = (
    DeliveryKind.ADMIN_NOTICE,
    DeliveryKind.GATE_DECIDED,
    DeliveryKind.ROLE_PROPOSED,
    DeliveryKind.STAND_IN_ASKED,
    DeliveryKind.STAND_IN_DECLINED,
    DeliveryKind.ESCALATION,
    DeliveryKind.CHECKIN_PROMPT,
    DeliveryKind.CHECKIN_NUDGE,
    DeliveryKind.GATE_REMINDER,
    DeliveryKind.ROLE_ANSWERED,
    DeliveryKind.ROLES_LAPSED,
    DeliveryKind.OUT_OF_REACH,
)
"""Who goes first when a day is full: decision, escalation, check-in, nudge, gate reminder, findings; others go last."""


class DeliveryState(StrEnum):
    """Where an outbox row stands; only a row in `sending` may have left the house."""

    PENDING = "pending"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    DEAD = "dead"


WAITING = frozenset({DeliveryState.PENDING, DeliveryState.LEASED})
MAYBE_OUT = frozenset({DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Address:
    """A conversation on a platform; `thread` is the message a reply belongs under."""

    platform: str
    conversation: str
    tenant: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message that stands on a platform: where it is and what the platform calls it."""

    platform: str
    conversation: str
    message: str
    tenant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    One outbox row: a meaning for one recipient, sent once.

    `subject` names what it is about (for a prompt: the cycle key); `dedupe_key` is unique, so planning twice is
    harmless. Exactly one of `person_id` and `address` says where it goes. `fence` rises with every claim. `tried` is
    where it was sent when it is not known whether it arrived.
    """

    id: str
    kind: DeliveryKind
    subject: str
    dedupe_key: str
    not_before: datetime
    expires_at: datetime
    person_id: PersonId | None = None
    address: Address | None = None
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    fence: int = 0
    lease_owner: str = ""
    lease_until: datetime | None = None
    first_attempt_at: datetime | None = None
    tried: Address | None = None
    sent_at: datetime | None = None
    ref: MessageRef | None = None
    reason: str = ""


def planned(
    kind: DeliveryKind, *key: str, to: PersonId | Address, not_before: datetime, expires_at: datetime
) -> Delivery:
    """
    Return a new row about `key[0]`, its subject; planning the same kind and key again names the same row.

    `to` is a person, reached where they are when it is sent, or an address. Times are aware UTC.
    """
    dedupe_key = ":".join((kind, *key))
    return Delivery(
        id=stable_id(dedupe_key),
        kind=kind,
        subject=key[0],
        dedupe_key=dedupe_key,
        not_before=not_before,
        expires_at=expires_at,
        person_id=to if isinstance(to, str) else None,
        address=None if isinstance(to, str) else to,
    )


def limited_to(change: Delivery, platform: str) -> Delivery:
    """Return a new row for the part of a change that stands on one platform."""
    if change.person_id is None:
        raise ValueError("only what stands in people's conversations is changed")
    key = (change.subject, change.dedupe_key, platform)
    at, until = change.not_before, change.expires_at
    return planned(change.kind, *key, to=change.person_id, not_before=at, expires_at=until)


def limit_of(change: Delivery) -> str:
    """Return the platform whose messages a row changes, empty for all of them."""
    whole = f"{change.kind}:{change.subject}:{change.kind}:"
    return change.dedupe_key.rpartition(":")[2] if change.dedupe_key.startswith(whole) else ""


def retiring(cycle: str, person_id: PersonId, not_before: datetime, expires_at: datetime) -> Delivery:
    """Return the last change of a cycle's messages to a person, which takes their buttons away."""
    key = (cycle, person_id, RETIRING)
    return planned(DeliveryKind.CHECKIN_UPDATE, *key, to=person_id, not_before=not_before, expires_at=expires_at)


def is_retiring(change: Delivery) -> bool:
    """Return whether a row is the last change of a cycle's messages, or a part of it."""
    return RETIRING in change.dedupe_key.split(":")


def sending(delivery: Delivery, to: Address, now: datetime) -> Delivery:
    """Return the row as about to leave the house; stored before the call, so that a crash leaves a trace."""
    return replace(
        delivery,
        state=DeliveryState.SENDING,
        attempts=delivery.attempts + 1,
        first_attempt_at=delivery.first_attempt_at or now,
        tried=to,
        reason="",
    )


def sent(delivery: Delivery, ref: MessageRef | None, at: datetime) -> Delivery:
    """Return the row as delivered."""
    return replace(_released(delivery), state=DeliveryState.SENT, ref=ref, sent_at=at, reason="")


def dropped(delivery: Delivery, reason: str) -> Delivery:
    """Return the row as no longer needed, with why."""
    return replace(_released(delivery), state=DeliveryState.SUPERSEDED, reason=reason)


def later(delivery: Delivery, at: datetime, reason: str) -> Delivery:
    """Return the row as waiting until `at`; one that would then be too late ends here."""
    if at >= delivery.expires_at:
        return expired(delivery, reason)
    return replace(_released(delivery), state=DeliveryState.PENDING, not_before=at, reason=reason)


def waiting(delivery: Delivery, at: datetime, reason: str) -> Delivery:
    """Return the row as waiting until `at` for a platform that did not take it; only its own time ends it."""
    at = min(at, delivery.expires_at)
    return replace(_released(delivery), state=DeliveryState.PENDING, not_before=at, reason=reason)


def expired(delivery: Delivery, reason: str = "") -> Delivery:
    """Return the row as too late: a dead letter when sending it was tried, else simply not needed any more."""
    why = f"expired: {reason}" if reason else "expired"
    return dead(delivery, why) if delivery.first_attempt_at else dropped(delivery, why)


def dead(delivery: Delivery, reason: str) -> Delivery:
    """Return the row as given up, with why."""
    return replace(_released(delivery), state=DeliveryState.DEAD, reason=reason)


def doubtful(delivery: Delivery, until: datetime, reason: str) -> Delivery:
    """Return the row as perhaps sent, and nobody's; whoever claims it from `until` on looks whether it arrived."""
    return replace(delivery, state=DeliveryState.SENDING, lease_owner="", lease_until=until, reason=reason)


def in_doubt(delivery: Delivery, reason: str) -> Delivery:
    """Return the row as perhaps sent: nothing sends it again by itself."""
    return replace(_released(delivery), state=DeliveryState.UNKNOWN, reason=reason)


def _released(delivery: Delivery) -> Delivery:
    return replace(delivery, lease_owner="", lease_until=None)


def after_failure(
    delivery: Delivery, error: PlatformError, now: datetime, policy: DeliveryPolicy, jitter: float
) -> Delivery:
    """
    Return what becomes of a row whose call failed (delivery.md 2.6); `jitter` is a random number from 0 to 1.

    What was not sent, because of a limit, a revoked token or a platform that is away, says nothing about the message:
    it costs no attempt and is tried again until the row expires.
    """
    why = error.code or type(error).__name__
    free = replace(delivery, attempts=max(0, delivery.attempts - 1))
    match error:
        case RateLimited(retry_after=seconds):
            return waiting(free, now + timedelta(seconds=seconds), why)
        case NotAuthorized():
            return waiting(free, now + policy.unauthorized_pause, why)
        case PlatformUnavailable(maybe_sent=False):
            return waiting(free, now + patience(now - (delivery.first_attempt_at or now), policy, jitter), why)
        case RecipientUnreachable():
            return dropped(delivery, why) if delivery.kind in UPDATES else dead(delivery, why)
        case MessageRejected():
            return dead(delivery, why)
        case PlatformUnavailable(maybe_sent=True) if delivery.kind not in UPDATES:
            return doubtful(delivery, now + policy.look_after, why)
        case _:
            return retried(delivery, why, now, policy, jitter)


def retried(delivery: Delivery, reason: str, now: datetime, policy: DeliveryPolicy, jitter: float) -> Delivery:
    """Return the row as to be tried again, or dead when it was tried often enough."""
    if delivery.attempts >= policy.most_attempts:
        return dead(delivery, reason)
    return later(delivery, now + backoff(delivery.attempts, policy, jitter), reason)


def backoff(attempts: int, policy: DeliveryPolicy, jitter: float) -> timedelta:
    """Return how long to wait after failure number `attempts`: full jitter (0 to 1) under a doubling, capped time."""
    ceiling: timedelta = policy.backoff_base * (1 << min(attempts, 16))
    return min(policy.backoff_cap, ceiling) * jitter


def patience(outage: timedelta, policy: DeliveryPolicy, jitter: float) -> timedelta:
    """Return how long to wait for a platform that has been away for so long: about as long again, capped."""
    return min(policy.backoff_cap, 2 * max(policy.backoff_base, outage)) * jitter


def fits_today(delivery: Delivery, others: Iterable[Delivery], midnight: datetime, most: int) -> bool:
    """
    Return whether a person's day has room for this message (I-19).

    `others` are the rows of the same person that were tried or sent since `midnight` (the start of their day, UTC) or
    are to be sent before it ends. Those that went out or may have take a place, those tried and to be tried again too,
    and so do those that come first (decisions 11).
    """
    taken = 0
    for other in others:
        if other.id == delivery.id or other.kind in UPDATES:
            continue
        out = other.state in MAYBE_OUT and (other.sent_at or other.first_attempt_at or midnight) >= midnight
        begun = other.first_attempt_at is not None and other.first_attempt_at >= midnight
        taken += out or (other.state in WAITING and (begun or _turn(other) < _turn(delivery)))
    return taken < most


def _turn(delivery: Delivery) -> tuple[int, datetime, str]:
    known = delivery.kind in FIRST_SERVED
    rank = FIRST_SERVED.index(delivery.kind) if known else len(FIRST_SERVED)
    return rank, delivery.not_before, delivery.id
