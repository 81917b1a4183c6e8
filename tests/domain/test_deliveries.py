"""What becomes of an outbox row: a table of errors, bounded waiting, and three messages a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deliveries import (
    FIRST_SERVED,
    UPDATES,
    Address,
    Delivery,
    DeliveryKind,
    DeliveryState,
    MessageRef,
    after_failure,
    backoff,
    expired,
    fits_today,
    later,
    planned,
    retried,
    sending,
    sent,
)
from bot.domain.policy import DeliveryPolicy
from bot.errors import (
    MessageRejected,
    NotAuthorized,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
)

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 26, 6, tzinfo=UTC)
POLICY = DeliveryPolicy()
PROMPT, UPDATE, NOTICE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_UPDATE, DeliveryKind.ADMIN_NOTICE
PENDING, SENT, DEAD = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.DEAD
SUPERSEDED = DeliveryState.SUPERSEDED
THERE = Address("slack", "D1", "T1")


def a_row(kind: DeliveryKind = PROMPT, *key: str) -> Delivery:
    row = planned(kind, *(key or ("2026-W48", "ana")), to="ana", not_before=NOW, expires_at=NOW + timedelta(days=1))
    return replace(row, lease_owner="w1", lease_until=NOW + timedelta(minutes=1), state=DeliveryState.LEASED)


def test_the_same_meaning_has_the_same_row() -> None:
    assert a_row().id == a_row().id != a_row(PROMPT, "2026-W49", "ana").id
    assert a_row().dedupe_key == "checkin_prompt:2026-W48:ana"


@pytest.mark.parametrize(
    ("kind", "error", "state", "wait", "attempts"),
    [
        (PROMPT, RateLimited(42), PENDING, timedelta(seconds=42), 0),
        (PROMPT, NotAuthorized("token_revoked"), PENDING, POLICY.unauthorized_pause, 0),
        (PROMPT, PlatformUnavailable("connect"), PENDING, timedelta(seconds=4), 0),
        (PROMPT, PlatformError("odd"), PENDING, timedelta(seconds=4), 1),
        (UPDATE, PlatformUnavailable("reset", maybe_sent=True), PENDING, timedelta(seconds=4), 1),
        (PROMPT, RecipientUnreachable("is_archived"), DEAD, None, 1),
        (UPDATE, RecipientUnreachable("message_not_found"), SUPERSEDED, None, 1),
        (PROMPT, MessageRejected("invalid_blocks"), DEAD, None, 1),
    ],
)
def test_every_error_has_its_outcome(
    kind: DeliveryKind, error: PlatformError, state: DeliveryState, wait: timedelta | None, attempts: int
) -> None:
    after = after_failure(sending(a_row(kind), THERE, NOW), error, NOW, POLICY, 1.0)
    assert (after.state, after.attempts, after.lease_owner, after.lease_until) == (state, attempts, "", None)
    assert after.reason == (error.code or type(error).__name__)
    if wait is not None:
        assert after.not_before == NOW + wait


@pytest.mark.parametrize("kind", [PROMPT, NOTICE])
def test_what_may_have_arrived_is_nobodys_until_it_is_looked_up(kind: DeliveryKind) -> None:
    after = after_failure(sending(a_row(kind), THERE, NOW), PlatformUnavailable("r", maybe_sent=True), NOW, POLICY, 1.0)
    assert (after.state, after.lease_owner, after.tried) == (DeliveryState.SENDING, "", THERE)
    assert after.lease_until == NOW + POLICY.look_after


def test_a_row_being_sent_keeps_its_lease_and_its_first_attempt() -> None:
    first = sending(a_row(), THERE, NOW)
    again = sending(first, THERE, NOW + timedelta(hours=1))
    assert (first.state, first.attempts, first.lease_owner) == (DeliveryState.SENDING, 1, "w1")
    assert (again.attempts, again.first_attempt_at) == (2, NOW)


def test_a_sent_row_knows_its_message() -> None:
    ref = MessageRef("slack", "D1", "m1", "T1")
    done = sent(sending(a_row(), THERE, NOW), ref, NOW)
    assert (done.state, done.ref, done.sent_at, done.lease_owner) == (SENT, ref, NOW, "")


def test_too_late_is_a_dead_letter_only_when_sending_was_tried() -> None:
    assert expired(a_row()).state is SUPERSEDED
    assert expired(sending(a_row(), THERE, NOW), "connect").state is DEAD
    assert expired(sending(a_row(), THERE, NOW), "connect").reason == "expired: connect"
    assert later(a_row(), NOW + timedelta(days=1), "quiet hours").state is SUPERSEDED
    assert later(a_row(), NOW + timedelta(hours=23), "quiet hours").state is PENDING


@pytest.mark.parametrize("error", [PlatformUnavailable("connect"), RateLimited(9999), NotAuthorized("token_revoked")])
def test_what_was_not_sent_is_tried_until_it_expires_and_costs_nothing(error: PlatformError) -> None:
    row, now = a_row(), NOW
    while now < row.expires_at:
        row = after_failure(sending(row, THERE, now), error, now, POLICY, 1.0)
        assert (row.state, row.attempts) == (PENDING, 0)
        assert now < row.not_before <= row.expires_at
        now = row.not_before
    assert expired(row, row.reason).state is DEAD


def test_the_wait_for_a_platform_that_is_away_grows_with_the_outage_up_to_the_cap() -> None:
    row, waits = a_row(), []
    for minutes in (0, 1, 4, 60):
        now = NOW + timedelta(minutes=minutes)
        row = after_failure(sending(row, THERE, now), PlatformUnavailable("connect"), now, POLICY, 1.0)
        waits.append((row.not_before - now).total_seconds())
    assert waits == [4, 120, 480, 900]


@given(st.integers(1, 60), st.floats(0, 1))
def test_waiting_grows_and_is_capped(attempts: int, jitter: float) -> None:
    wait = backoff(attempts, POLICY, jitter)
    assert timedelta(0) <= wait <= POLICY.backoff_cap
    assert wait <= POLICY.backoff_base * 2 ** min(attempts, 16)
    assert backoff(attempts, POLICY, 1.0) <= backoff(attempts + 1, POLICY, 1.0)


@given(st.floats(0, 1))
def test_a_row_is_tried_at_most_so_often(jitter: float) -> None:
    row, tries, now = a_row(), 0, NOW
    row = replace(row, expires_at=NOW + timedelta(days=99))
    while row.state is not DEAD:
        tries += 1
        row = retried(sending(row, THERE, now), "connect", now, POLICY, jitter)
        assert row.state is DEAD or row.not_before >= now
        now = row.not_before
    assert tries == POLICY.most_attempts


kinds = st.sampled_from(list(DeliveryKind))
days = st.lists(st.tuples(kinds, st.integers(0, 400)), max_size=12)


@given(days, st.randoms(use_true_random=False))
def test_I_19_whatever_is_due_at_most_three_new_messages_go_out_in_a_day(  # noqa: N802
    due: list[tuple[DeliveryKind, int]], order: object
) -> None:
    rows = {
        row.id: row
        for n, (kind, minutes) in enumerate(due)
        for row in [replace(a_row(kind, str(n)), not_before=NOW + timedelta(minutes=minutes), state=PENDING)]
    }
    waiting = list(rows)
    order.shuffle(waiting)  # type: ignore[attr-defined]
    for row_id in waiting:
        row = rows[row_id]
        if row.kind in UPDATES:
            continue
        if fits_today(row, rows.values(), MIDNIGHT, 3):
            rows[row_id] = sent(sending(row, THERE, NOW), None, NOW)
    out = [row for row in rows.values() if row.state is SENT]
    new = [row for row in rows.values() if row.kind not in UPDATES]
    assert len(out) == min(3, len(new))
    first = sorted(new, key=lambda row: (rank(row.kind), row.not_before, row.id))[:3]
    assert {row.id for row in out} == {row.id for row in first}


def rank(kind: DeliveryKind) -> int:
    return FIRST_SERVED.index(kind) if kind in FIRST_SERVED else len(FIRST_SERVED)


@pytest.mark.parametrize(
    ("state", "at", "counts"),
    [
        (SENT, NOW, True),
        (SENT, MIDNIGHT - timedelta(minutes=1), False),
        (DeliveryState.UNKNOWN, NOW, True),
        (DeliveryState.SENDING, NOW, True),
        (DEAD, NOW, False),
        (SUPERSEDED, NOW, False),
    ],
)
def test_what_may_have_gone_out_today_takes_a_place(state: DeliveryState, at: datetime, *, counts: bool) -> None:
    other = replace(a_row(PROMPT, "other"), state=state, first_attempt_at=at, sent_at=at if state is SENT else None)
    assert fits_today(a_row(), [other], MIDNIGHT, 1) is not counts


def test_a_change_takes_no_place() -> None:
    other = replace(a_row(UPDATE, "other"), state=SENT, sent_at=NOW)
    assert fits_today(a_row(), [other], MIDNIGHT, 1)
