"""The read models answer truly and at once on both databases: who asks, one status, lists, and a week summed up."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.checkins import CommitmentState, Promises, Prompt, PromptState, Rag
from bot.domain.deliveries import DeliveryState
from bot.domain.names import Found
from bot.domain.ownership import AssignmentKind, AssignmentState, Role
from bot.domain.people import OPERATOR, OrgRole, Visibility
from bot.domain.raid import RaidState
from bot.errors import Unavailable
from bot.ports import Sender
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import (
    ANA,
    CARE,
    NOW,
    SEPSIS,
    a_commitment,
    a_cycle,
    a_delivery,
    a_person,
    a_portfolio,
    a_prompt,
    a_raid,
    a_small_world,
    an_assignment,
    an_initiative,
    store,
)
from tests.postgres import Postgres

ME = Sender(platform="slack", tenant="T1", user=f"U-{ANA}")
BEN = "ben-vale"


# Who asks and what is stored


async def test_one_question_finds_who_asks_and_the_status(reads: SqlReads) -> None:
    asked = await reads.ask(ME, SEPSIS)
    assert asked.viewer is not None
    assert (asked.viewer.person_id, set(asked.viewer.member_of)) == (ANA, {CARE})
    assert asked.status is not None
    assert asked.status.initiative == an_initiative()
    assert asked.status.access.roles == {ANA: frozenset({"technical_lead"})}


async def test_an_unknown_account_and_an_unknown_initiative_find_nothing(reads: SqlReads) -> None:
    asked = await reads.ask(replace(ME, tenant="T2"), "no such initiative")
    assert (asked.viewer, asked.status) == (None, None)
    assert asked.catalogue_version > 0
    assert (await reads.ask(replace(ME, user="'; --"), SEPSIS)).viewer is None


async def test_who_has_left_is_nobody(database: Database, reads: SqlReads) -> None:
    await store(database, a_person(active=False))
    assert (await reads.ask(ME, SEPSIS)).viewer is None
    assert await reads.viewer(ANA) is None


async def test_parts_in_portfolios_are_told_apart(database: Database, reads: SqlReads) -> None:
    await store(
        database,
        a_person(org_roles=frozenset({OrgRole.AUDITOR})),
        a_person("Ben Vale"),
        a_portfolio("LED", lead_id=ANA),
        a_portfolio("RUN", executive_id=ANA),
        a_portfolio("KEPT", gatekeeper_ids=(BEN, ANA)),
        a_portfolio("ALIEN", lead_id=BEN, executive_id=BEN, gatekeeper_ids=(f"{ANA}-2", "ana_ortiz", BEN)),
    )
    viewer = await reads.viewer(ANA)
    assert viewer is not None
    assert viewer.org_roles == {OrgRole.AUDITOR}
    assert (set(viewer.leads), set(viewer.executive_of)) == ({"portfolio-led"}, {"portfolio-run"})
    assert viewer.gatekeeper_of == {"portfolio-kept"}
    assert viewer.member_of == {CARE, "portfolio-led", "portfolio-run", "portfolio-kept"}


async def test_roles_offered_or_ended_give_no_part(database: Database, reads: SqlReads) -> None:
    await store(database, a_person("Ben Vale"))
    for state in (AssignmentState.PROPOSED, AssignmentState.ENDED, AssignmentState.DECLINED):
        await store(database, an_assignment(role=Role.BUSINESS_SPONSOR, person_id=BEN, state=state))
        viewer = await reads.viewer(BEN)
        assert viewer is not None
        assert viewer.member_of == frozenset()
    asked = await reads.ask(ME, SEPSIS)
    assert asked.status is not None
    assert set(asked.status.access.roles) == {ANA}


async def test_every_question_sees_what_was_committed_before_it(database: Database, reads: SqlReads) -> None:
    for name in ("First", "Second", "Third"):
        await store(database, an_initiative(name=name))
        status = (await reads.ask(ME, SEPSIS)).status
        assert status is not None
        assert status.initiative.name == name
        assert [one.initiative.name for one in await reads.statuses([SEPSIS])] == [name]


async def test_a_hundred_questions_at_once_are_all_answered(reads: SqlReads) -> None:
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(reads.ask(ME, SEPSIS) for _ in range(100)))
    assert all(asked.viewer and asked.status for asked in answers)


async def test_a_question_given_up_does_not_harm_the_next(reads: SqlReads) -> None:
    for _ in range(10):
        asking = asyncio.create_task(reads.ask(ME, SEPSIS))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    assert (await reads.ask(ME, SEPSIS)).status is not None


async def test_readers_come_back_when_the_server_does(postgres: Postgres, postgres_url: str) -> None:
    database = Database.at(postgres_url)
    await a_small_world(database)
    reads = SqlReads(database)
    try:
        await asyncio.gather(*(reads.viewer(ANA) for _ in range(8)))
        postgres.kill()
        try:
            with pytest.raises(Unavailable):
                await reads.viewer(ANA)
        finally:
            postgres.start()
        await a_small_world(database)  # a power cut of a server tuned for speed may have lost it
        assert all(await asyncio.gather(*(reads.viewer(ANA) for _ in range(8))))
    finally:
        await reads.close()
        await database.close()


# The catalogue


async def test_the_catalogue_stays_in_memory_until_a_newer_version_is_seen(database: Database, reads: SqlReads) -> None:
    first = await reads.catalogue()
    await store(database, an_initiative("FLOOD"), a_prompt())
    assert await reads.catalogue() is first
    version = (await reads.ask(ME, SEPSIS)).catalogue_version
    second, third = await asyncio.gather(reads.catalogue(version), reads.catalogue(version))
    assert second is third
    assert [entry.key for entry in second.entries] == ["FLOOD", "SEPSIS"]
    assert isinstance(second.exactly("flood", OPERATOR), Found)


async def test_answers_do_not_make_the_catalogue_older(database: Database, reads: SqlReads) -> None:
    before = (await reads.ask(ME, SEPSIS)).catalogue_version
    await store(database, a_cycle(), a_prompt(), a_raid(), a_commitment())
    assert (await reads.ask(ME, SEPSIS)).catalogue_version == before
    await store(database, an_initiative(visibility=Visibility.RESTRICTED))
    assert (await reads.ask(ME, SEPSIS)).catalogue_version > before


async def test_an_empty_database_has_an_empty_catalogue(database: Database) -> None:
    reads = SqlReads(database)
    assert list((await reads.catalogue()).entries) == []
    assert (await reads.ask(ME, "")).viewer is None
    await reads.close()


# The status row


def answered(cycle: str, rag: Rag, role: Role = Role.TECHNICAL_LEAD, **changes: object) -> Prompt:
    at = datetime.fromisocalendar(int(cycle[:4]), int(cycle[6:]), 5).replace(hour=18, tzinfo=UTC)
    base = a_prompt(cycle=cycle, role=role, state=PromptState.ANSWERED, rag=rag, revision=1)
    return replace(base, sent_at=at, answered_at=at, **changes)  # type: ignore[arg-type]


async def test_the_status_is_what_was_stored(database: Database, reads: SqlReads) -> None:
    await store(
        database,
        a_person("Ben Vale"),
        an_assignment(role=Role.BUSINESS_SPONSOR, person_id=BEN, state=AssignmentState.PROPOSED),
        an_assignment(person_id=BEN, kind=AssignmentKind.DELEGATE),
        answered("2026-W46", Rag.GREEN),
        answered("2026-W47", Rag.GREEN, confidence=7),
        answered("2026-W47", Rag.RED, Role.BUSINESS_SPONSOR, person_id=BEN),
        a_prompt(state=PromptState.SENT),
        a_commitment("Still open"),
        a_commitment("Kept", state=CommitmentState.KEPT, due=date(2026, 11, 20)),
        a_commitment("Dropped", state=CommitmentState.DROPPED),
        a_raid("Open", needs_from_id=BEN),
        a_raid("Resolved", state=RaidState.RESOLVED),
    )
    (status,) = await reads.statuses([SEPSIS, "unknown"])
    sponsor, technical, operations = status.owners
    assert (sponsor.name, sponsor.accepted, sponsor.rag) == ("Ben Vale", False, Rag.RED)
    assert (technical.name, technical.accepted, technical.delegates) == ("Ana Ortiz", True, ("Ben Vale",))
    assert (technical.cycle, technical.rag, technical.confidence) == ("2026-W47", Rag.GREEN, 7)
    assert (operations.person_id, operations.answered_at) == (None, None)
    assert status.declared == (("2026-W46", Rag.GREEN), ("2026-W47", Rag.RED))
    assert [one.text for one in status.commitments] == ["Still open"]
    assert status.promises_since(date(2026, 11, 1)) == Promises(kept=1)
    assert [(one.title, one.needs_from, one.owner) for one in status.raids] == [("Open", "Ben Vale", "Ana Ortiz")]


async def test_back_in_time_what_came_later_is_not_there(database: Database, reads: SqlReads) -> None:
    later, due = NOW + timedelta(days=3), date(2026, 11, 27)
    await store(
        database, answered("2026-W46", Rag.RED), answered("2026-W47", Rag.GREEN),
        a_commitment("Now"), a_commitment("Later", made_at=later),
        a_commitment("Kept", state=CommitmentState.KEPT, closed_at=NOW),
        a_commitment("Missed later", state=CommitmentState.MISSED, closed_at=later),
        a_raid("Raised now"), a_raid("Raised later", raised_at=later),
    )  # fmt: skip
    (status,) = await reads.statuses([SEPSIS], NOW)
    assert [one.text for one in status.commitments] == ["Now"]
    assert status.promises_since(due) == Promises(kept=1)
    assert [one.title for one in status.raids] == ["Raised now"]
    (earlier,) = await reads.statuses([SEPSIS], datetime(2026, 11, 16, tzinfo=UTC))
    assert earlier.declared == (("2026-W46", Rag.RED),)
    (now,) = await reads.statuses([SEPSIS])
    assert (len(now.commitments), len(now.raids), now.promises_since(due).due) == (2, 2, 2)


async def test_a_holder_who_has_left_leaves_the_role_vacant(database: Database, reads: SqlReads) -> None:
    await store(database, a_person(active=False))
    (status,) = await reads.statuses([SEPSIS])
    assert [owner.person_id for owner in status.owners] == [None, None, None]


async def test_lists_of_those_reported_red_and_those_waiting(database: Database, reads: SqlReads) -> None:
    flood = an_initiative("FLOOD")
    await store(
        database, a_person("Ben Vale"), flood, a_cycle("2026-W47"), a_cycle(), answered("2026-W46", Rag.RED),
        answered("2026-W47", Rag.RED), answered("2026-W46", Rag.RED, initiative_id=flood.id, id="flood-46"),
        answered("2026-W47", Rag.GREEN, initiative_id=flood.id, id="flood-47"), a_prompt(state=PromptState.SENT),
        a_prompt(initiative_id=flood.id, person_id=BEN, state=PromptState.ANSWERED, rag=Rag.GREEN),
        a_prompt(initiative_id=flood.id, role=Role.BUSINESS_SPONSOR, person_id=BEN, state=PromptState.EXCUSED),
    )  # fmt: skip
    assert await reads.reported(Rag.RED) == {SEPSIS}
    assert await reads.reported(Rag.GREEN) == {flood.id}
    assert await reads.waiting(ANA) == {SEPSIS}
    assert await reads.waiting(BEN) == set()
    assert await reads.waiting("") == {SEPSIS}


async def test_outbox_rows_are_counted_by_state_and_kind_and_by_whether_they_are_due(
    database: Database, reads: SqlReads
) -> None:
    nothing = await reads.backlog(NOW)
    assert (dict(nothing.rows), nothing.oldest_due, nothing.waits(NOW)) == ({}, None, timedelta(0))
    due, ahead = a_delivery("1", ANA), a_delivery("2", ANA, not_before=NOW + timedelta(hours=1))
    stranded = a_delivery(
        "3", ANA, state=DeliveryState.SENDING, lease_owner="w", lease_until=NOW - timedelta(minutes=7)
    )
    await store(database, due, ahead, stranded)
    found = await reads.backlog(NOW)
    assert found.rows == {("pending", "checkin_prompt"): 2, ("sending", "checkin_prompt"): 1}
    assert (found.due["checkin_prompt"], found.planned["checkin_prompt"]) == (1, 1)
    assert found.waits(NOW) == timedelta(minutes=7)
    assert (found.database_at is None) == database.is_sqlite
    assert await reads.oldest_due(NOW - timedelta(minutes=7, seconds=1)) is None
