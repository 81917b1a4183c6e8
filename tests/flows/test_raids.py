"""A blocker or ask is closed by those it concerns, once, and by nobody else."""

import pytest

from bot.domain.ownership import AssignmentKind, AssignmentState, Role
from bot.domain.people import Visibility
from bot.domain.raid import RaidState
from bot.errors import UserError
from bot.flows import raids
from bot.messages import status as words
from bot.messages.model import Action, buttons_of
from tests.builders import ANA, SEPSIS, a_person, a_portfolio, a_raid, an_assignment, an_initiative
from tests.flows.asking import ask, message_of, text_of
from tests.flows.world import BEN, CLEO, DANA, World

BLOCKER = a_raid("The lab interface is not approved")
EVE = "eve-stone"


async def resolve(world: World, who: str, raid_id: str = BLOCKER.id) -> str:
    return text_of(await world.act(raids.resolve, world.pressed(Action.RAID_RESOLVE, raid_id, who), who))


@pytest.fixture
async def blocked(world: World) -> World:
    """SEPSIS with a blocker of Ana's that needs Cleo, and Eve who has nothing to do with it."""
    await world.has(a_person("Eve Stone"), a_raid(BLOCKER.title, needs_from_id=CLEO))
    return world


@pytest.mark.parametrize("who", [ANA, BEN, CLEO, DANA])
async def test_its_owner_who_was_asked_and_the_owners_of_the_initiative_may(who: str, blocked: World) -> None:
    assert await resolve(blocked, who) == "Resolved for SEPSIS: “The lab interface is not approved”."
    (raid,) = await blocked.raids()
    assert (raid.state, raid.closed_at) == (RaidState.RESOLVED, blocked.clock.now())
    event = (await blocked.events())[-1]
    assert (event.action, event.entity_id, event.actor_id) == ("raid.resolved", BLOCKER.id, who)


async def test_the_lead_of_the_portfolio_may(blocked: World) -> None:
    await blocked.has(a_portfolio(lead_id=EVE))
    assert (await resolve(blocked, EVE)).startswith("Resolved")


async def test_a_delegate_may_and_one_whose_time_is_over_may_not(blocked: World) -> None:
    delegate = an_assignment(role=Role.BUSINESS_SPONSOR, person_id=EVE, kind=AssignmentKind.DELEGATE)
    await blocked.has(delegate)
    assert (await resolve(blocked, EVE)).startswith("Resolved")
    await blocked.has(
        a_raid("Another one"),
        an_assignment(
            role=Role.BUSINESS_SPONSOR, person_id=EVE, kind=AssignmentKind.DELEGATE, state=AssignmentState.ENDED
        ),
    )
    with pytest.raises(UserError, match="Only its owner"):
        await resolve(blocked, EVE, a_raid("Another one").id)


async def test_somebody_else_may_not_and_nothing_changes(blocked: World) -> None:
    with pytest.raises(UserError, match="Only its owner"):
        await resolve(blocked, EVE)
    assert [raid.state for raid in await blocked.raids()] == [RaidState.OPEN]


async def test_it_is_resolved_once(blocked: World) -> None:
    await resolve(blocked, ANA)
    with pytest.raises(UserError, match="resolved already"):
        await resolve(blocked, CLEO)


async def test_I_34_a_forbidden_one_answers_like_an_unknown_one(blocked: World) -> None:  # noqa: N802
    await blocked.has(an_initiative(visibility=Visibility.RESTRICTED))
    said = []
    for raid_id in (BLOCKER.id, "no such raid"):
        with pytest.raises(UserError) as refused:
            await resolve(blocked, EVE, raid_id)
        said.append(str(refused.value))
    assert said == [words.NOT_YOURS_TO_RESOLVE] * 2


async def test_the_button_is_under_the_status_until_it_is_resolved(blocked: World) -> None:
    def offered(reply: object) -> list[str]:
        buttons = buttons_of(message_of(reply))  # type: ignore[arg-type]
        return [button.value for button in buttons if button.action is Action.RAID_RESOLVE]

    assert offered(await ask(blocked, "SEPSIS")) == [BLOCKER.id]
    assert offered(await ask(blocked, "SEPSIS", CLEO)) == [BLOCKER.id]
    await blocked.has(a_portfolio(executive_id=CLEO))
    await resolve(blocked, ANA)
    assert offered(await ask(blocked, "SEPSIS")) == []
    assert "Blockers  none" in text_of(await ask(blocked, SEPSIS[-6:]))
