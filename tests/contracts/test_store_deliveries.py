"""The outbox: planned once, claimed by one worker at a time under a lease, changed by its holder only, paced."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.deliveries import (
    Address,
    Delivery,
    DeliveryKind,
    DeliveryState,
    MessageRef,
    dropped,
    sending,
    sent,
)
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import ANA, NOW, a_delivery, store

LEASE = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
REF = MessageRef("slack", "D1", "1700000000.000100", "T1")


async def claim(database: Database, owner: str = "worker-1", at: datetime = NOW, limit: int = 20) -> list[Delivery]:
    async with SqlUnitOfWork(database) as uow:
        claimed = await uow.deliveries.claim(at, owner, LEASE, limit)
        await uow.commit()
    return claimed


async def save(database: Database, before: Delivery, after: Delivery) -> bool:
    async with SqlUnitOfWork(database) as uow:
        saved = await uow.deliveries.save_claimed(before, after)
        await uow.commit()
    return saved


async def stored(database: Database, delivery: Delivery) -> Delivery:
    async with SqlUnitOfWork(database) as uow:
        found = await uow.deliveries.get(delivery.id)
    assert found is not None
    return found


def numbered(count: int) -> list[Delivery]:
    """Rows for as many people, each due a minute after the one before; the last one is due now."""
    return [
        replace(a_delivery("2026-W48", f"person-{n:03}"), not_before=NOW - MINUTE * (count - 1 - n))
        for n in range(count)
    ]


# Planning


async def test_planning_again_adds_only_what_is_new_and_changes_nothing(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        assert await uow.deliveries.add_once(numbered(3)) == 3
        later = [replace(each, not_before=NOW + LEASE) for each in numbered(3)]
        assert await uow.deliveries.add_once([*later, a_delivery()]) == 1
        assert await uow.deliveries.add_once([]) == 0
        assert await uow.deliveries.by_key(numbered(3)[0].dedupe_key) == numbered(3)[0]
        assert await uow.deliveries.by_key("nothing") is None
        assert await uow.deliveries.get("nothing") is None


async def test_a_delivery_comes_back_as_it_was(database: Database) -> None:
    whole = a_delivery(
        to=Address("slack", "C1", tenant="T1", thread="1.2"),
        kind=DeliveryKind.DIGEST,
        state=DeliveryState.SENT,
        attempts=3,
        fence=4,
        lease_owner="worker-1",
        lease_until=NOW,
        first_attempt_at=NOW,
        sent_at=NOW,
        ref=REF,
        reason="because",
    )
    await store(database, whole)
    assert await stored(database, whole) == whole


# Claiming


async def test_a_claim_leases_what_is_due_the_longest_waiting_first(database: Database) -> None:
    rows = numbered(3)
    not_yet = a_delivery("2026-W49", ANA, not_before=NOW + SECOND)
    await store(database, not_yet, *reversed(rows))
    claimed = await claim(database, limit=2)
    leased = {"state": DeliveryState.LEASED, "lease_owner": "worker-1", "lease_until": NOW + LEASE, "fence": 1}
    assert claimed == [replace(each, **leased) for each in rows[:2]]  # type: ignore[arg-type]
    assert [await stored(database, each) for each in claimed] == claimed
    assert [each.id for each in await claim(database, "worker-2")] == [rows[2].id]
    assert await claim(database, "worker-3") == []


async def test_changes_of_shown_messages_are_claimed_before_new_messages(database: Database) -> None:
    update = a_delivery("p1", "2", kind=DeliveryKind.CHECKIN_UPDATE)
    await store(database, *numbered(3), update)
    assert [each.id for each in await claim(database, limit=2)] == [update.id, numbered(3)[0].id]


async def test_a_row_is_claimed_again_when_its_lease_has_run_out_and_not_before(database: Database) -> None:
    await store(database, a_delivery())
    (first,) = await claim(database)
    assert await claim(database, "worker-2", NOW + LEASE) == []
    (second,) = await claim(database, "worker-2", NOW + LEASE + SECOND)
    assert (second.fence, second.lease_owner, second.state) == (first.fence + 1, "worker-2", DeliveryState.LEASED)


async def test_a_lease_from_a_clock_that_was_set_back_strands_nothing(database: Database) -> None:
    await store(database, a_delivery())
    await claim(database)
    assert await claim(database, "worker-2", NOW - 5 * MINUTE) == []
    (freed,) = await claim(database, "worker-2", NOW - timedelta(days=1))
    assert freed.lease_until == NOW - timedelta(days=1) + LEASE


async def test_a_message_that_may_have_left_is_claimed_as_such_with_its_attempts(database: Database) -> None:
    await store(database, a_delivery())
    (mine,) = await claim(database)
    sending = replace(mine, state=DeliveryState.SENDING, attempts=1, first_attempt_at=NOW)
    assert await save(database, mine, sending)
    (orphan,) = await claim(database, "worker-2", NOW + LEASE + SECOND)
    assert (orphan.state, orphan.attempts, orphan.first_attempt_at) == (DeliveryState.SENDING, 1, NOW)
    assert (orphan.fence, orphan.lease_owner) == (2, "worker-2")


@pytest.mark.parametrize(
    "state", [DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.SUPERSEDED, DeliveryState.DEAD]
)
async def test_what_is_finished_with_is_not_claimed(state: DeliveryState, database: Database) -> None:
    await store(database, a_delivery(state=state, lease_until=NOW - LEASE))
    assert await claim(database) == []


async def test_what_a_worker_could_not_finish_it_takes_again_at_once(database: Database) -> None:
    await store(database, *numbered(2))
    first = await claim(database)
    again = await claim(database)
    assert {each.id for each in first} == {each.id for each in again}
    assert [each.fence for each in again] == [each.fence + 1 for each in first]


async def test_what_is_handed_back_is_everybodys_and_costs_no_attempt(database: Database) -> None:
    await store(database, *numbered(3), a_delivery("other", ANA, not_before=NOW + LEASE))
    mine = await claim(database)
    begun = sending(mine[0], Address("slack", "D1"), NOW)
    async with SqlUnitOfWork(database) as uow:
        await uow.deliveries.save_claimed(mine[0], begun)
        assert await uow.deliveries.hand_back("worker-2", NOW) == 0
        assert await uow.deliveries.hand_back("worker-1", NOW + 2 * SECOND) == 3
        await uow.commit()
    assert {each.id: each.attempts for each in await claim(database, "worker-2")} == {each.id: 0 for each in mine[1:]}
    (looked_up,) = await claim(database, "worker-3", NOW + 3 * SECOND)
    assert (looked_up.id, looked_up.state) == (begun.id, DeliveryState.SENDING)


async def test_two_workers_at_once_claim_different_rows(database_url: str) -> None:
    one, other = Database.at(database_url), Database.at(database_url)
    rows = numbered(60)
    async with SqlUnitOfWork(one) as uow:
        await uow.deliveries.add_once(rows)
        await uow.commit()
    claims = await asyncio.gather(
        *(claim(each, f"{n}-{place}", limit=7) for n in range(4) for place, each in enumerate((one, other)))
    )
    await one.close()
    await other.close()
    ids = [each.id for claimed in claims for each in claimed]
    assert len(ids) == len(set(ids)) == 56


async def test_a_claim_that_was_not_committed_is_free_for_others(database: Database) -> None:
    await store(database, a_delivery())
    async with SqlUnitOfWork(database) as uow:
        assert len(await uow.deliveries.claim(NOW, "worker-1", LEASE, 1)) == 1
    assert len(await claim(database, "worker-2")) == 1


# Changing what was claimed


async def test_the_holder_records_what_became_of_a_message(database: Database) -> None:
    await store(database, a_delivery())
    (mine,) = await claim(database)
    done = sent(mine, REF, NOW)
    assert await save(database, mine, done)
    assert await stored(database, mine) == done


async def test_a_worker_that_lost_its_lease_changes_nothing(database: Database) -> None:
    await store(database, a_delivery())
    (late,) = await claim(database)
    (taken,) = await claim(database, "worker-1", NOW + LEASE + SECOND)  # the same name: a restart
    assert not await save(database, late, sent(late, REF, NOW))
    assert await stored(database, late) == taken


async def test_what_was_given_back_is_no_longer_the_former_holders(database: Database) -> None:
    await store(database, a_delivery())
    (mine,) = await claim(database)
    assert await save(database, mine, replace(mine, state=DeliveryState.PENDING, not_before=NOW + LEASE))
    assert not await save(database, mine, dropped(mine, "too late"))


async def test_planned_messages_are_withdrawn_unless_somebody_has_them(database: Database) -> None:
    rows = numbered(3)
    await store(database, *rows)
    (taken,) = await claim(database, limit=1)
    keys = [each.dedupe_key for each in rows] + [f"no-such-key-{n}" for n in range(40_000)]
    async with SqlUnitOfWork(database) as uow:
        assert await uow.deliveries.withdraw(keys, "answered") == 2
        await uow.commit()
    assert await stored(database, rows[1]) == dropped(rows[1], "answered")
    assert await stored(database, taken) == taken


# Looking at the outbox


async def test_new_messages_a_person_got_are_counted_and_updates_are_not(database: Database) -> None:
    got: dict[str, Any] = {"state": DeliveryState.SENT, "sent_at": NOW}
    await store(
        database,
        a_delivery("1", **got),
        a_delivery("2", **{**got, "sent_at": NOW - SECOND}),
        a_delivery("3", kind=DeliveryKind.CHECKIN_UPDATE, **got),
        a_delivery("4", to="bo", **got),
        a_delivery("5"),
    )
    async with SqlUnitOfWork(database) as uow:
        assert await uow.deliveries.sent_to(ANA, NOW) == 1
        assert await uow.deliveries.sent_to(ANA, NOW - LEASE) == 2
        assert await uow.deliveries.sent_to("nobody", NOW) == 0


async def test_the_next_due_instant_is_that_of_the_first_waiting_row(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        assert await uow.deliveries.next_due() is None
        done = a_delivery("done", state=DeliveryState.SENT, not_before=NOW - LEASE)
        await uow.deliveries.add_once([a_delivery("1", not_before=NOW + LEASE), a_delivery("2"), done])
        assert await uow.deliveries.next_due() == NOW


async def test_finished_rows_are_forgotten_and_waiting_ones_are_not(database: Database) -> None:
    old: dict[str, Any] = {"expires_at": NOW - timedelta(days=91)}
    await store(
        database,
        a_delivery("1", state=DeliveryState.SENT, **old),
        a_delivery("2", **old),
        a_delivery("3", state=DeliveryState.SENT),
    )
    async with SqlUnitOfWork(database) as uow:
        assert await uow.deliveries.forget(NOW - timedelta(days=90)) == 1
        assert await uow.deliveries.forget(NOW - timedelta(days=90)) == 0
        assert await uow.deliveries.get(a_delivery("2").id) is not None


# Pacing


async def test_slots_of_a_key_are_an_interval_apart_and_never_in_the_past(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        slots = [await uow.deliveries.reserve("slack:C1", NOW, SECOND) for _ in range(3)]
        assert slots == [NOW, NOW + SECOND, NOW + 2 * SECOND]
        assert await uow.deliveries.reserve("slack:C2", NOW, SECOND) == NOW
        assert await uow.deliveries.reserve("slack:C1", NOW + MINUTE, SECOND) == NOW + MINUTE


async def test_two_processes_never_get_the_same_slot(database_url: str) -> None:
    one, other = Database.at(database_url), Database.at(database_url)

    async def reserve(database: Database) -> datetime:
        async with SqlUnitOfWork(database) as uow:
            slot = await uow.deliveries.reserve("slack:T1", NOW, SECOND)
            await uow.commit()
        return slot

    slots = await asyncio.gather(*(reserve(database) for _ in range(5) for database in (one, other)))
    await one.close()
    await other.close()
    assert sorted(slots) == [NOW + n * SECOND for n in range(10)]


async def test_a_paused_key_begins_again_at_its_time_and_a_shorter_pause_does_not_end_a_longer_one(
    database: Database,
) -> None:
    async with SqlUnitOfWork(database) as uow:
        await uow.deliveries.pause("slack:C1", NOW + MINUTE)
        await uow.deliveries.pause("slack:C1", NOW + SECOND)
        assert await uow.deliveries.reserve("slack:C1", NOW, SECOND) == NOW + MINUTE
        await uow.deliveries.pause("slack:C1", NOW + 2 * MINUTE)
        assert await uow.deliveries.reserve("slack:C1", NOW, SECOND) == NOW + 2 * MINUTE


async def test_what_a_person_could_not_be_sent_is_planned_again_unless_it_is_too_late(database: Database) -> None:
    lost = replace(a_delivery("2026-W48"), state=DeliveryState.DEAD, attempts=3, reason="no account found")
    others = (
        replace(a_delivery("2026-W47"), state=DeliveryState.DEAD, expires_at=NOW),
        replace(a_delivery("2026-W46"), state=DeliveryState.SUPERSEDED),
        replace(a_delivery("2026-W45", to="somebody-else"), state=DeliveryState.DEAD),
    )
    await store(database, lost, *others)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.deliveries.revive(ANA, NOW + SECOND) == 1
        await uow.commit()
    found = await stored(database, lost)
    assert (found.state, found.not_before, found.attempts) == (DeliveryState.PENDING, NOW + SECOND, 0)
    assert [(await stored(database, each)).state for each in others] == [each.state for each in others]


async def test_a_persons_history_has_every_row_whatever_became_of_it(database: Database) -> None:
    over = a_delivery("2026-W40", ANA, not_before=NOW - 9 * DAY, expires_at=NOW - 8 * DAY)
    ended = [
        a_delivery(f"2026-W4{n}", ANA, state=state, not_before=NOW + n * MINUTE)
        for n, state in enumerate((DeliveryState.SUPERSEDED, DeliveryState.DEAD, DeliveryState.SENT), start=1)
    ]
    await store(database, *reversed(ended), over, a_delivery("2026-W48", "ben-vale", to="ben-vale"))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.deliveries.history_of(ANA, NOW - DAY) == ended
