"""Offers of a role that nobody answers lapse after five working days, and who made them hears it once."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.ownership import AssignmentKind, AssignmentState, RoleAssignment
from bot.flows.offers import expire_unanswered
from tests.builders import ANA, a_handle, a_person, an_assignment
from tests.flows.office import Office
from tests.flows.world import CLEO, DANA

KIND = DeliveryKind.ROLE_PROPOSED


def an_offer(number: int = 1, **changes: object) -> RoleAssignment:
    base = an_assignment(person_id=CLEO, state=AssignmentState.PROPOSED, accepted_at=None, assigned_by=ANA)
    return replace(base, id=f"offer-{number}", kind=AssignmentKind.DELEGATE, **changes)  # type: ignore[arg-type]


async def offers(office: Office, *made: RoleAssignment, state: DeliveryState = DeliveryState.SENT) -> None:
    """Store offers whose messages went out now (Thursday 26 November)."""
    for each in made:
        await office.world.has(each)
        await office.plans(KIND, each.id, to=CLEO, state=state, sent_at=office.clock.now())


async def state_of(office: Office, number: int = 1) -> AssignmentState:
    async with office.ports.open_unit_of_work() as uow:
        found = await uow.ownership.get(f"offer-{number}")
    assert found
    return found.state


async def test_an_offer_lapses_when_five_working_days_are_over(office: Office) -> None:
    await offers(office, an_offer())
    office.clock.advance(days=7)  # Thursday 3 December, the fifth working day
    assert await expire_unanswered(office.ports) == 0
    assert await state_of(office) is AssignmentState.PROPOSED
    office.clock.advance(days=1)
    assert await expire_unanswered(office.ports) == 1
    assert await state_of(office) is AssignmentState.EXPIRED
    assert await expire_unanswered(office.ports) == 0
    assert [link.action for link in await office.world.events()] == ["roles.lapsed"]


async def test_who_made_the_offers_reads_of_all_of_them_in_one_message(office: Office) -> None:
    await offers(office, an_offer(1), an_offer(2), an_offer(3, assigned_by=DANA))
    office.clock.advance(days=8)
    await expire_unanswered(office.ports)
    await office.until_idle()
    assert office.read_by(ANA) == ["2 offers of a role have lapsed: no answer in five working days."]
    assert office.read_by(DANA) == ["1 offer of a role has lapsed: no answer in five working days."]


async def test_an_imported_offer_is_told_to_the_portfolio_lead(office: Office) -> None:
    lead = a_person("Ruth Adeyemi")
    async with office.ports.open_unit_of_work() as uow:
        (portfolio,) = await uow.people.portfolios()
    await office.world.has(lead, a_handle(lead.id), replace(portfolio, lead_id=lead.id))
    await offers(office, an_offer(assigned_by=None))
    office.clock.advance(days=8)
    await expire_unanswered(office.ports)
    await office.until_idle()
    assert office.read_by(lead.id) == ["1 offer of a role has lapsed: no answer in five working days."]


async def test_an_offer_that_has_not_reached_its_nominee_does_not_lapse(office: Office) -> None:
    await offers(office, an_offer(), state=DeliveryState.PENDING)
    office.clock.advance(days=30)
    assert await expire_unanswered(office.ports) == 0


async def test_nobody_is_told_of_a_role_that_is_offered_again(office: Office) -> None:
    await offers(office, an_offer(1))
    office.clock.advance(days=8)
    await expire_unanswered(office.ports)
    await office.world.has(an_offer(2))
    office.clock.advance(seconds=int(timedelta(minutes=1).total_seconds()))
    await office.until_idle()
    assert office.read_by(ANA) == []
