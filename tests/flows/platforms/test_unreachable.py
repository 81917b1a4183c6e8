"""Who cannot be written to any more: reached elsewhere, else known to be out of reach and told once to who must act."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dispatch import build_dispatch
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.initiatives import Lifecycle
from bot.domain.ownership import Role
from bot.domain.people import HandleStatus, OrgRole, Visibility
from bot.errors import RecipientUnreachable
from bot.ports import BotAdded, Command, Profile
from tests.builders import (
    ANA,
    WEEK,
    a_handle,
    a_person,
    a_portfolio,
    a_prompt,
    an_assignment,
    an_initiative,
)  # fmt: skip
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.asking import ask, text_of
from tests.flows.office import UNPACED, Office
from tests.flows.world import BEN, CLEO, DANA, World

PROMPT, NUDGE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE


async def uninstalls(office: Office, who: str = ANA, key: str = "gone", **changes: object) -> None:
    """Let a person remove the bot where they act."""
    sender = replace(office.world.sender(who), conversation=direct(f"U-{who}"), **changes)  # type: ignore[arg-type]
    await build_dispatch(office.ports)(BotAdded(sender=sender, id=f"{who}-{key}", removed=True))


async def writes(office: Office, who: str = ANA, key: str = "back") -> None:
    sender = replace(office.world.sender(who), conversation=direct(f"U-{who}"))
    await build_dispatch(office.ports)(Command(sender=sender, name="ai", text="checkin", id=f"{who}-{key}"))


@pytest.fixture
async def led(office: Office) -> Office:
    """The small organisation with Cleo as the portfolio's lead and Dana as its admin."""
    await office.world.has(a_portfolio(lead_id=CLEO))
    await office.world.has(a_person("Dana Whitfield", org_roles=frozenset({OrgRole.ADMIN})))
    return office


async def test_the_lead_and_the_admin_hear_once_which_role_is_left_without_a_reachable_owner(led: Office) -> None:
    await uninstalls(led)
    await led.until_idle()
    for _ in range(3):
        await led.world.asks()
        await led.plans(PROMPT)
        await led.until_idle()
        led.clock.advance(hours=1)
    await uninstalls(led, key="again")
    await led.until_idle()
    (to_lead,), (to_admin,) = led.read_by(CLEO), led.read_by(DANA)
    assert to_lead.startswith("As portfolio lead: messages to Ana Ortiz (ana-ortiz@northlake.example) do not arrive.")
    assert "Ana Ortiz cannot be reached: SEPSIS has no reachable technical lead." in to_lead
    assert to_admin.startswith("As administrator: ")
    assert led.read_by(ANA) == []


async def test_every_role_that_matters_is_named(led: Office) -> None:
    others = {
        "FLOOD": an_initiative("FLOOD"),
        "OVER": an_initiative("OVER", lifecycle=Lifecycle.RETIRED),
        "MERGER": an_initiative("MERGER", visibility=Visibility.RESTRICTED),
    }
    await led.world.has(*others.values())
    await led.world.has(
        *(an_assignment(one.id, Role.BUSINESS_SPONSOR) for one in others.values()),
        an_assignment(others["FLOOD"].id, Role.GOVERNANCE_REVIEWER, BEN),
    )
    await uninstalls(led)
    await led.until_idle()
    expected = (
        "FLOOD has no reachable business sponsor, MERGER has no reachable business sponsor, "
        "SEPSIS has no reachable technical lead."
    )
    assert expected in led.read_by(CLEO)[0]


async def test_who_owns_nothing_is_told_to_the_admin_alone(led: Office) -> None:
    await led.world.has(a_person("Eve Stone"), a_handle("eve-stone"))
    await uninstalls(led, "eve-stone")
    await led.until_idle()
    assert led.read_by(CLEO) == []
    assert led.read_by(DANA) == [
        "As administrator: messages to Eve Stone (eve-stone@northlake.example) do not arrive. Correct the address in "
        "the portfolio file, ask them to write to Steward once, or give what they hold to somebody else."
    ]


async def test_nobody_is_tried_again_and_again(led: Office) -> None:
    await uninstalls(led)
    await led.world.asks()
    rows = [await led.plans(PROMPT), *[await led.plans(NUDGE, WEEK, ANA, str(n)) for n in (1, 2)]]
    await led.until_idle()
    led.clock.advance(hours=3)
    await led.until_idle()
    assert {(await led.row(row)).state for row in rows} == {DeliveryState.DEAD}
    assert {(await led.row(row)).attempts for row in rows} == {0}
    assert led.slack.calls["open_direct"] == 2, "for the two notices"


async def test_who_comes_back_is_reachable_and_going_again_is_news(led: Office) -> None:
    await uninstalls(led)
    await led.until_idle()
    led.clock.advance(minutes=1)
    await writes(led)
    assert (await led.world.person(ANA)).unreachable_since is None
    assert "cannot be reached" not in text_of(await ask(led.world, "SEPSIS", CLEO))
    led.clock.advance(minutes=1)
    await uninstalls(led, key="twice")
    await led.until_idle()
    assert len(led.read_by(CLEO)) == 2
    actions = [link.action for link in await led.world.events() if link.action.startswith("person.")]
    assert actions == [
        "person.removed_bot", "person.out_of_reach", "person.reached_again", "person.removed_bot",
        "person.out_of_reach",
    ]  # fmt: skip


async def test_who_is_back_before_it_is_told_is_not_talked_about(led: Office) -> None:
    await uninstalls(led)
    await writes(led)
    await led.until_idle()
    assert (led.read_by(CLEO), led.read_by(DANA)) == ([], [])


async def test_the_status_says_who_cannot_be_reached(led: Office) -> None:
    assert "technical Ana Ortiz, no answer yet |" in text_of(await ask(led.world, "SEPSIS", CLEO))
    await uninstalls(led)
    assert "technical Ana Ortiz, no answer yet, cannot be reached" in text_of(await ask(led.world, "SEPSIS", CLEO))


async def test_a_person_whom_slack_does_not_reach_is_told_of_in_the_same_way(led: Office) -> None:
    await led.world.asks()
    await led.plans(PROMPT)
    led.slack.fail("send", RecipientUnreachable("user_disabled"))
    await led.until_idle()
    assert "SEPSIS has no reachable technical lead" in led.read_by(CLEO)[0]
    assert (await led.world.person(ANA)).unreachable_since is not None


async def test_a_lead_who_cannot_be_reached_is_told_to_the_admin(led: Office) -> None:
    await led.world.has(an_initiative("FLOOD"), an_assignment("initiative-flood", Role.TECHNICAL_LEAD, CLEO))
    await uninstalls(led, CLEO)
    await led.until_idle()
    assert len(led.read_by(DANA)) == 1
    assert led.read_by(CLEO) == []


# With another account


@pytest.fixture
async def both(world: World, slack: RecordingPlatform) -> Office:
    """The small organisation on both platforms, Ana on each."""
    office = Office(world, slack, RecordingPlatform("teams", tenant="E1"), paces=UNPACED)
    await world.has(a_portfolio(lead_id=CLEO))
    await world.has(a_handle(ANA, platform="teams", tenant="E1", user=f"T-{ANA}"))
    return office


async def test_who_removes_the_bot_on_one_platform_is_reached_on_the_other(both: Office) -> None:
    await uninstalls(both)
    await both.world.asks()
    row = await both.plans(PROMPT)
    await both.until_idle()
    assert (await both.row(row)).state is DeliveryState.SENT
    assert (await both.world.person(ANA)).unreachable_since is None
    assert both.read_by(CLEO) == []


async def test_who_removes_it_on_both_is_out_of_reach(both: Office) -> None:
    await uninstalls(both)
    await uninstalls(both, key="teams", platform="teams", tenant="E1", user=f"T-{ANA}")
    await both.until_idle()
    assert "SEPSIS has no reachable technical lead" in both.read_by(CLEO)[0]


async def test_who_is_found_on_another_platform_is_reachable_again(world: World, slack: RecordingPlatform) -> None:
    teams = RecordingPlatform("teams", tenant="E1", directory={"ana-ortiz@northlake.example": f"T-{ANA}"})
    office = Office(world, slack, teams, paces=UNPACED)
    await uninstalls(office)
    assert (await world.person(ANA)).unreachable_since is not None
    await world.asks()
    await office.plans(PROMPT)
    await office.until_idle()
    assert [one.to.conversation for one in teams.sent] == [direct(f"T-{ANA}")]
    assert (await world.person(ANA)).unreachable_since is None


async def test_writing_from_an_account_that_was_refused_brings_them_back(led: Office) -> None:
    await led.world.has(replace(await led.world.person(ANA), unreachable_since=led.clock.now()))
    await led.world.has(a_handle(ANA, status=HandleStatus.BLOCKED))
    await writes(led)
    assert (await led.world.person(ANA)).unreachable_since is None


async def test_a_new_account_brings_them_back(led: Office) -> None:
    await led.world.has(replace(await led.world.person(ANA), unreachable_since=led.clock.now()))
    profile = Profile(email="ana-ortiz@northlake.example")
    sender = replace(led.world.sender(ANA, profile), platform="teams", tenant="E1", user=f"T-{ANA}")
    await build_dispatch(led.ports)(Command(sender=sender, name="ai", text="checkin", id="new"))
    assert (await led.world.person(ANA)).unreachable_since is None


async def test_what_somebody_missed_and_still_matters_is_sent_once_they_are_there(
    world: World, slack: RecordingPlatform
) -> None:
    teams = RecordingPlatform("teams", tenant="E1")
    office = Office(world, teams, paces=UNPACED)
    await world.asks()
    late = await office.plans(NUDGE, WEEK, ANA, "1", expires_at=world.clock.now() + timedelta(minutes=5))
    prompt = await office.plans(PROMPT)
    await office.until_idle()
    assert [(await office.row(each)).state for each in (late, prompt)] == [DeliveryState.DEAD, DeliveryState.DEAD]
    world.clock.advance(minutes=10)
    sender = replace(world.sender(ANA, Profile(email="ana-ortiz@northlake.example")), platform="teams", tenant="E1")
    sender = replace(sender, user=f"T-{ANA}", conversation=direct(f"T-{ANA}"))
    await build_dispatch(office.ports)(BotAdded(sender=sender, id="met"))
    await office.until_idle()
    assert [one.to.conversation for one in teams.sent] == [direct(f"T-{ANA}")]
    assert (await office.row(late)).state is DeliveryState.DEAD


async def test_all_who_cannot_be_reached_are_named_in_one_message_that_takes_no_check_ins_place(
    world: World, slack: RecordingPlatform
) -> None:
    office = Office(world, slack, paces=UNPACED)
    await world.has(a_person("Ruth Adeyemi", org_roles=frozenset({OrgRole.ADMIN})), a_handle("ruth-adeyemi"))
    roles = {ANA: Role.TECHNICAL_LEAD, BEN: Role.OPERATIONS_LEADER, DANA: Role.BUSINESS_SPONSOR}
    await world.asks()
    for who, role in roles.items():
        await world.has(a_handle(who, status=HandleStatus.BLOCKED), a_prompt(role=role, person_id=who))
        await office.plans(PROMPT, to=who)
    await office.until_idle()
    assert office.read_by("ruth-adeyemi") == ["As administrator: messages to 3 people do not arrive."]
