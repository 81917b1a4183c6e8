"""What is stored comes back as it was, on every database; what may be stored once is stored once."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.initiatives import Lifecycle, RiskTier, Stage, UsageMode
from bot.domain.ownership import AssignmentKind, AssignmentState, HandoverReason, Role
from bot.domain.people import HandleStatus, LinkCode, OrgRole, Visibility, code_hash
from bot.domain.raid import RaidState
from storage.engine import Database
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import (
    ANA,
    CARE,
    NOW,
    SEPSIS,
    a_digest,
    a_handle,
    a_person,
    a_portfolio,
    a_raid,
    a_small_world,
    an_absence,
    an_assignment,
    an_initiative,
    an_organisation,
    store,
)

BO = a_person("Bo Lindqvist")
TECHNICAL_LEAD = Role.TECHNICAL_LEAD

# People


async def test_a_new_database_has_no_organisation(database: Database) -> None:
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.organisation() is None


async def test_an_organisation_comes_back_as_it_was_last_saved(database: Database) -> None:
    changed = an_organisation(
        workdays=frozenset({6, 0, 1, 2, 3}), holidays=frozenset({date(2026, 12, 25)}), quiet_start=time(19, 30)
    )
    await store(database, an_organisation(name="Before"), changed)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.organisation() == changed


async def test_a_person_comes_back_with_everything_known_of_them(database: Database) -> None:
    ana = a_person(
        name="Anä Ørtiz \U0001f600",
        id=ANA,
        timezone="Europe/Berlin",
        country="DE",
        subdivision="BE",
        workdays=frozenset({0, 1, 2}),
        org_unit="Care",
        manager_id=BO.id,
        active=False,
        deactivated_at=NOW,
        preferred_platform="slack",
        unreachable_since=NOW,
        org_roles=frozenset({OrgRole.ADMIN, OrgRole.AUDITOR}),
    )
    await store(database, BO, ana)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.get(ANA) == ana
        assert await uow.people.get("nobody") is None
        assert await uow.people.all() == [ana, BO]


async def test_people_are_found_by_their_address_whatever_its_case(database: Database) -> None:
    await store(database, a_person(email="Ana.Ortiz@Northlake.example"))
    async with SqlUnitOfWork(database) as uow:
        found = await uow.people.by_email("ANA.ortiz@northlake.EXAMPLE")
        assert found is not None
        assert found.id == ANA
        assert await uow.people.by_email("bo@northlake.example") is None


async def test_two_people_cannot_have_one_address_but_many_can_have_none(database: Database) -> None:
    await store(database, a_person(), a_person("Cy", email=None), a_person("Di", email=None))
    with pytest.raises(IntegrityError):
        await store(database, replace(BO, email="ANA-ORTIZ@northlake.example"))


async def test_an_account_belongs_to_one_person_in_its_tenant(database: Database) -> None:
    await store(database, a_person(), BO, a_handle(user="U1"), a_handle(BO.id, tenant="T2", user="U1"))
    blocked = a_handle(user="U1", conversation="D1", status=HandleStatus.BLOCKED, timezone="Europe/Oslo")
    await store(database, blocked)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.by_handle("slack", "T1", "U1") == a_person()
        assert await uow.people.by_handle("slack", "T2", "U1") == BO
        assert await uow.people.by_handle("teams", "T1", "U1") is None
        handles = await uow.people.handles([ANA])
    assert handles == [blocked]


async def test_a_link_code_is_taken_once_and_the_newest_of_a_person_counts(database: Database) -> None:
    codes = [LinkCode(hash=code_hash(code), person_id=ANA, expires_at=NOW) for code in ("AAAA2222", "BBBB3333")]
    await store(database, a_person(), BO)
    async with SqlUnitOfWork(database) as uow:
        for code in codes:
            await uow.people.save_link_code(code)
        await uow.commit()
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.take_link_code(codes[0].hash) is None
        assert await uow.people.take_link_code(codes[1].hash) == codes[1]
        assert await uow.people.take_link_code(codes[1].hash) is None
        await uow.commit()


async def test_link_codes_are_forgotten_when_they_have_expired(database: Database) -> None:
    await store(database, a_person(), BO)
    async with SqlUnitOfWork(database) as uow:
        for who, at in ((ANA, NOW), (BO.id, NOW + timedelta(minutes=1))):
            await uow.people.save_link_code(LinkCode(hash=code_hash(who), person_id=who, expires_at=at))
        assert await uow.people.forget_link_codes(NOW + timedelta(seconds=1)) == 1
        assert await uow.people.take_link_code(code_hash(BO.id)) is not None


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 11, 29), date(2026, 12, 4), True),
        (date(2026, 11, 1), date(2026, 11, 23), True),
        (date(2026, 11, 25), date(2026, 11, 25), True),
        (date(2026, 11, 30), date(2026, 12, 4), False),
        (date(2026, 11, 1), date(2026, 11, 22), False),
    ],
)
async def test_absences_are_found_by_the_days_they_touch(
    first: date, last: date, found: bool, database: Database
) -> None:
    await store(database, a_person(), BO, an_absence(delegate_id=BO.id), an_absence(BO.id))
    async with SqlUnitOfWork(database) as uow:
        absences = await uow.people.absences([ANA], first, last)
    assert absences == ([an_absence(delegate_id=BO.id)] if found else [])


async def test_a_portfolio_comes_back_with_its_channels_and_gatekeepers(database: Database) -> None:
    portfolio = a_portfolio(
        executive_id=ANA,
        lead_id=BO.id,
        gatekeeper_ids=(BO.id, ANA),
        digest_channels=(("slack", "C1"), ("teams", "19:x@thread.tacv2")),
        digest_time=time(7, 45),
    )
    await store(database, a_portfolio("ZETA"), portfolio)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.people.portfolios() == [portfolio, a_portfolio("ZETA")]


# Initiatives and who owns them


async def test_an_initiative_comes_back_with_everything_known_of_it(database: Database) -> None:
    sepsis = an_initiative(
        stage=Stage.PRODUCTION,
        lifecycle=Lifecycle.RETIRED,
        aliases=("Sepsis AI", 'the "old" one'),
        user_group_size=120,
        usage_mode=UsageMode.EMBEDDED,
        risk_tier=RiskTier.HIGH,
        visibility=Visibility.RESTRICTED,
        golive_on=date(2026, 2, 1),
        closed_on=date(2026, 11, 20),
        closed_by=ANA,
        closing_note="Replaced by the vendor's",
        imported=True,
        source={"agency": "HHS", "id": "0012"},
    )
    await store(database, a_person(), a_portfolio(), sepsis, an_initiative("ARIA"))
    async with SqlUnitOfWork(database) as uow:
        assert await uow.initiatives.get(SEPSIS) == sepsis
        assert await uow.initiatives.by_key("SEPSIS") == sepsis
        assert await uow.initiatives.by_key("sepsis") is None
        assert [each.key for each in await uow.initiatives.all()] == ["ARIA", "SEPSIS"]
        assert await uow.initiatives.many([SEPSIS, "nothing"]) == {SEPSIS: sepsis}


async def test_two_initiatives_cannot_have_one_key(database: Database) -> None:
    await a_small_world(database)
    with pytest.raises(IntegrityError):
        await store(database, an_initiative(id="another"))


async def test_an_initiative_needs_its_portfolio(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await store(database, an_initiative(portfolio_id="nowhere"))


async def test_more_initiatives_than_a_statement_has_variables_are_saved_and_found(database: Database) -> None:
    many = [an_initiative(f"K{number}") for number in range(4_000)]
    await store(database, a_portfolio())
    async with SqlUnitOfWork(database) as uow:
        await uow.initiatives.save(many)
        ids = [f"absent-{number}" for number in range(40_000)] + [each.id for each in many]
        assert len(await uow.initiatives.many(ids)) == 4_000


async def test_an_assignment_comes_back_as_it_was_and_by_holder_and_initiative(database: Database) -> None:
    offered = an_assignment(
        person_id=BO.id,
        kind=AssignmentKind.DELEGATE,
        state=AssignmentState.PROPOSED,
        accepted_at=None,
        valid_to=date(2026, 12, 31),
        assigned_by=ANA,
        handover_from=ANA,
        handover_reason=HandoverReason.LEAVE,
    )
    await a_small_world(database)
    await store(database, BO, offered)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.ownership.get(offered.id) == offered
        assert await uow.ownership.held_by(BO.id) == [offered]
        both = await uow.ownership.of([SEPSIS, SEPSIS])
        assert sorted(both, key=lambda each: each.id) == sorted([an_assignment(), offered], key=lambda each: each.id)
        assert len(await uow.ownership.all()) == 2


async def test_I_01_a_role_cannot_have_two_active_primary_holders(database: Database) -> None:  # noqa: N802
    await a_small_world(database)
    await store(database, BO, an_assignment(person_id=BO.id, kind=AssignmentKind.DELEGATE))
    with pytest.raises(IntegrityError):
        await store(database, an_assignment(person_id=BO.id, id="a-second-primary"))
    async with SqlUnitOfWork(database) as uow:
        active = [each for each in await uow.ownership.of([SEPSIS]) if each.kind is AssignmentKind.PRIMARY]
    assert active == [an_assignment()]


async def test_I_04_a_hand_over_is_one_save_in_whatever_order(database: Database) -> None:  # noqa: N802
    await a_small_world(database)
    day = date(2026, 11, 26)
    taken = an_assignment(person_id=BO.id, valid_from=day)
    left = replace(an_assignment(), state=AssignmentState.ENDED, valid_to=day)
    async with SqlUnitOfWork(database) as uow:
        await uow.people.save([BO])
        await uow.ownership.save([taken, left])
        await uow.commit()
    async with SqlUnitOfWork(database) as uow:
        holders = {each.person_id: each for each in await uow.ownership.of([SEPSIS])}
    assert holders == {ANA: left, BO.id: taken}
    assert holders[ANA].valid_to == holders[BO.id].valid_from


# Raids and digests


async def test_blockers_are_found_while_they_are_open(database: Database) -> None:
    await a_small_world(database)
    late = a_raid("No data", raised_at=NOW + timedelta(hours=1), due=date(2026, 12, 1), needs_from_id=ANA)
    closed = a_raid("Solved", state=RaidState.RESOLVED, closed_at=NOW)
    await store(database, late, a_raid("No budget"), closed)
    async with SqlUnitOfWork(database) as uow:
        assert await uow.raids.get(late.id) == late
        assert await uow.raids.open_of(SEPSIS) == [a_raid("No budget"), late]
        assert len(await uow.raids.all()) == 3


async def test_a_digest_is_made_once_for_a_portfolio_and_period(database: Database) -> None:
    await store(database, a_portfolio(), a_digest())
    async with SqlUnitOfWork(database) as uow:
        assert not await uow.digests.add_once(a_digest(id="again", content="changed"))
        assert await uow.digests.add_once(a_digest(id="monthly", kind="monthly"))
        assert await uow.digests.find(CARE, "weekly", "2026-W47") == a_digest()
        assert await uow.digests.find(CARE, "weekly", "2026-W46") is None
        assert await uow.digests.get(a_digest().id) == a_digest()


# Time


@pytest.mark.parametrize("zone", ["UTC", "America/Chicago", "Asia/Kathmandu"])
async def test_an_instant_comes_back_as_the_same_instant_in_utc(zone: str, database: Database) -> None:
    at = datetime(2026, 11, 1, 1, 30, 0, 123456, tzinfo=ZoneInfo(zone), fold=1)
    await store(database, a_person(deactivated_at=at))
    async with SqlUnitOfWork(database) as uow:
        found = await uow.people.get(ANA)
    assert found is not None
    assert found.deactivated_at is not None
    assert found.deactivated_at == at.astimezone(UTC)
    assert found.deactivated_at.tzinfo is UTC or found.deactivated_at.utcoffset() == timedelta(0)


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive: Any = datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001 - what must not get in
    with pytest.raises(ValueError, match="naive"):
        await store(database, a_person(deactivated_at=naive))
