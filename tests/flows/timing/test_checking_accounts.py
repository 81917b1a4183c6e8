"""Every account is looked for once a day; whose last one is gone has left, with all that follows, and may come back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.ownership import AssignmentKind, AssignmentState, Role
from bot.domain.people import Handle, HandleStatus, Person
from bot.errors import MessageRejected, NotAuthorized, PlatformUnavailable, RateLimited, UserError
from bot.flows import cycles
from bot.flows.people import identify
from bot.flows.presence.checking import check_accounts
from tests.builders import ANA, SEPSIS, a_handle, a_person, an_absence, an_assignment, store
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import Office
from tests.flows.world import BEN, CLEO, DANA, World

MINUTE = timedelta(minutes=1)


async def rounds(office: Office, count: int = 10) -> int:
    """Run the beat once a minute; return how many accounts came or went."""
    found = 0
    for _ in range(count):
        found += await check_accounts(office.ports)
        office.clock.advance(minutes=1)
    return found


async def handles(world: World, who: str = ANA) -> dict[str, HandleStatus]:
    async with world.ports.open_unit_of_work() as uow:
        return {each.platform: each.status for each in await uow.people.handles([who])}


async def actions(world: World) -> list[str]:
    return [link.action for link in await world.events()]


async def test_everybody_is_looked_for_once_a_day(office: Office) -> None:
    await rounds(office)
    assert office.slack.calls["still_there"] == 4
    office.clock.advance(hours=23)
    await rounds(office)
    assert office.slack.calls["still_there"] == 4
    office.clock.advance(hours=1)
    await rounds(office)
    assert office.slack.calls["still_there"] == 8
    assert await actions(office.world) == []


async def test_many_accounts_are_spread_over_the_day(office: Office) -> None:
    many = 3000
    await store(office.world.database, *(a_person(f"Person {n}") for n in range(many)))
    await store(office.world.database, *(a_handle(f"person-{n}") for n in range(many)))
    per_minute = Counter[int]()
    for _ in range(30):
        before = office.slack.calls["still_there"]
        await check_accounts(office.ports)
        per_minute[office.slack.calls["still_there"] - before] += 1
        office.clock.advance(minutes=1)
    assert per_minute == {4: 30}


async def test_whose_account_is_deactivated_has_left(office: Office) -> None:
    world = office.world
    await world.has(an_assignment(role=Role.FINANCE_PARTNER, state=AssignmentState.PROPOSED, accepted_at=None))
    office.slack.gone = {f"U-{ANA}"}
    assert await rounds(office) == 1
    assert await handles(world) == {"slack": HandleStatus.DEACTIVATED}
    person = await world.person(ANA)
    assert not person.active
    assert person.deactivated_at is not None
    assert await actions(world) == ["account.deactivated", "role.holder_left", "person.deactivated"]
    async with world.ports.open_unit_of_work() as uow:
        held = {each.role: each.state for each in await uow.ownership.held_by(ANA)}
    assert held == {Role.TECHNICAL_LEAD: AssignmentState.ACTIVE, Role.FINANCE_PARTNER: AssignmentState.EXPIRED}


async def test_i02_what_somebody_owned_shows_as_vacant_at_once(office: Office) -> None:
    office.slack.gone = {f"U-{ANA}"}
    await rounds(office)
    (status,) = await office.ports.reads.statuses([SEPSIS])
    lead = next(line for line in status.owners if line.role is Role.TECHNICAL_LEAD)
    assert lead.person_id is None
    flagged = [link for link in await office.world.events() if link.action == "role.holder_left"]
    assert [(link.entity_id, link.facts["initiative"], link.facts["role"]) for link in flagged] == [
        (f"{SEPSIS}:technical_lead:{ANA}", SEPSIS, "technical_lead")
    ]


async def test_open_check_ins_of_who_has_left_rest_or_go_to_a_delegate(office: Office) -> None:
    world = office.world
    await world.asks()
    await world.asks(Role.BUSINESS_SPONSOR, DANA)
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    office.slack.gone = {f"U-{ANA}", f"U-{DANA}"}
    assert await rounds(office) == 2
    assert ((await world.prompt()).person_id, (await world.prompt()).on_behalf_of) == (CLEO, ANA)
    sponsor = await world.prompt(Role.BUSINESS_SPONSOR)
    assert (sponsor.state, sponsor.excused_reason) == (PromptState.EXCUSED, "left")


async def test_who_has_left_is_not_asked_in_the_next_cycle(office: Office) -> None:
    office.slack.gone = {f"U-{ANA}"}
    await rounds(office)
    await cycles.open_due(office.ports)
    prompt = await office.world.prompt()
    assert (prompt.state, prompt.excused_reason) == (PromptState.EXCUSED, "left")
    await office.until_idle()
    assert office.read_by(ANA) == []


async def test_who_stood_in_and_has_left_stands_in_no_more(office: Office) -> None:
    world = office.world
    await world.has(an_absence(delegate_id=CLEO))
    await world.asks(person_id=CLEO, on_behalf_of=ANA)
    office.slack.gone = {f"U-{CLEO}"}
    await rounds(office)
    assert (await world.prompt()).state is PromptState.EXCUSED


@pytest.mark.parametrize("status", [HandleStatus.ACTIVE, HandleStatus.BLOCKED])
async def test_who_has_another_account_has_not_left(office: Office, status: HandleStatus) -> None:
    await office.world.has(replace(a_handle(), platform="teams", user="29:ana", status=status))
    office.slack.gone = {f"U-{ANA}"}
    assert await rounds(office) == 1
    assert await handles(office.world) == {"slack": HandleStatus.DEACTIVATED, "teams": status}
    assert (await office.world.person(ANA)).active
    assert await actions(office.world) == ["account.deactivated"]


@pytest.mark.parametrize("known", [True, False])
async def test_who_has_moved_to_another_platform_is_looked_for_there(
    world: World, slack: RecordingPlatform, known: bool
) -> None:
    directory = {"ana-ortiz@northlake.example": "29:ana"} if known else {}
    office = Office(world, slack, RecordingPlatform("teams", directory=directory))
    slack.gone = {f"U-{ANA}"}
    await rounds(office)
    assert (await world.person(ANA)).active is known


async def test_nothing_is_concluded_while_the_other_platform_does_not_answer(
    world: World, slack: RecordingPlatform
) -> None:
    teams = RecordingPlatform("teams")
    office = Office(world, slack, teams)
    slack.gone = {f"U-{ANA}"}
    teams.fail("find_person", PlatformUnavailable("timeout"))
    assert await rounds(office) == 0
    assert (await world.person(ANA)).active
    office.clock.advance(days=1)
    assert await rounds(office) == 1


async def test_an_account_nobody_can_tell_about_stays(office: Office) -> None:
    office.slack.unclear = {f"U-{ANA}"}
    assert await rounds(office) == 0
    assert await handles(office.world) == {"slack": HandleStatus.ACTIVE}


@pytest.mark.parametrize("error", [RateLimited(600), PlatformUnavailable("timeout"), NotAuthorized("token_revoked")])
async def test_a_platform_that_refuses_is_left_in_peace_and_nobody_is_thought_gone(
    office: Office, error: Exception
) -> None:
    office.slack.gone = {f"U-{who}" for who in (ANA, BEN, CLEO, DANA)}
    office.slack.fail("still_there", error)
    assert await check_accounts(office.ports) == 0
    assert office.slack.calls["still_there"] == 1
    office.clock.advance(minutes=1)
    await check_accounts(office.ports)
    assert office.slack.calls["still_there"] == (1 if isinstance(error, RateLimited) else 3)
    office.clock.advance(minutes=10)
    await rounds(office)
    assert office.slack.calls["still_there"] > 2


async def test_one_account_that_confuses_the_platform_does_not_hold_up_the_others(office: Office) -> None:
    office.slack.fail("still_there", MessageRejected("odd_user"))
    await rounds(office)
    assert office.slack.calls["still_there"] == 4


async def test_two_replicas_do_not_look_for_the_same_account(office: Office) -> None:
    async with office.ports.open_unit_of_work() as uow:
        first = await take(office, uow.people, 3)
        await uow.commit()
    async with office.ports.open_unit_of_work() as uow:
        second = await take(office, uow.people, 3)
    assert len(first) == 3
    assert len(second) == 1
    assert not {each.user for each in first} & {each.user for each in second}


async def take(office: Office, people: object, limit: int) -> Sequence[Handle]:
    now = office.clock.now()
    found: Sequence[Handle] = await people.take_unchecked(["slack"], now - 24 * 60 * MINUTE, now, limit)  # type: ignore[attr-defined]
    return found


# Coming back


async def left(office: Office) -> Person:
    await office.world.asks()
    office.slack.gone = {f"U-{ANA}"}
    await rounds(office)
    return await office.world.person(ANA)


async def test_who_is_there_again_is_active_again_and_so_is_what_they_own(office: Office) -> None:
    await left(office)
    office.slack.gone = set()
    office.clock.set(datetime(2026, 11, 27, 17, tzinfo=UTC))
    assert await rounds(office) == 1
    person = await office.world.person(ANA)
    assert (person.active, person.deactivated_at) == (True, None)
    assert await handles(office.world) == {"slack": HandleStatus.ACTIVE}
    assert (await office.world.prompt()).state in (PromptState.SENT, PromptState.SCHEDULED)
    assert (await actions(office.world))[-3:] == ["account.returned", "person.returned", "checkins.settled"]


async def test_who_writes_before_being_looked_for_is_back_at_once(office: Office) -> None:
    await left(office)
    async with office.ports.open_unit_of_work() as uow:
        person = await identify(office.world.sender(), uow, office.ports)
        await uow.commit()
    assert person
    assert person.active
    assert (await office.world.person(ANA)).active


async def test_who_was_deactivated_by_an_administrator_stays_so(office: Office) -> None:
    await office.world.has(replace(await office.world.person(ANA), active=False))
    assert await rounds(office) == 0
    async with office.ports.open_unit_of_work() as uow:
        with pytest.raises(UserError, match="deactivated in Steward"):
            await identify(office.world.sender(), uow, office.ports)
