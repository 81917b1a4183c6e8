"""What stands on both platforms is kept up to date on each, and neither waits for the other."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.dispatch import build_dispatch
from bot.domain.ownership import Role
from bot.errors import NotAuthorized, PlatformUnavailable, RateLimited, RecipientUnreachable
from bot.flows import digests
from bot.ports import Command, Say
from tests.builders import ANA, a_portfolio, a_prompt
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import UNPACED, Office
from tests.flows.platforms.moving import (
    GREEN,
    PROMPT,
    UPDATE,
    asked_on_slack_and_reminded_on_teams,
    cards,
    is_done,
    known_on_teams,
    prefers,
)
from tests.flows.world import BEN, CLEO, DANA, World

# Cards on both


async def test_an_answer_updates_every_message_that_shows_it_wherever_it_stands(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await asked_on_slack_and_reminded_on_teams(both)
    assert (len(slack.sent), len(teams.sent)) == (1, 1)
    await both.world.answered(await both.world.prompt(), GREEN)
    await both.until_idle()
    assert [is_done(one) for one in (*cards(slack, ANA), *cards(teams, ANA))] == [True, True]
    assert [one.ref.platform for one in slack.updates] == ["slack"]
    assert [one.ref.platform for one in teams.updates] == ["teams"]


@pytest.mark.parametrize(
    "error", [PlatformUnavailable("down", maybe_sent=True), NotAuthorized("revoked"), RateLimited(300)]
)
@pytest.mark.parametrize("broken", ["slack", "teams"])
async def test_a_platform_that_fails_does_not_hold_up_the_card_on_the_other(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform, broken: str, error: Exception
) -> None:
    await asked_on_slack_and_reminded_on_teams(both)
    failing, working = (slack, teams) if broken == "slack" else (teams, slack)
    failing.fail("update", error, error)
    await both.world.answered(await both.world.prompt(), GREEN)
    await both.until_idle()
    assert is_done(cards(working, ANA)[0])
    assert not is_done(cards(failing, ANA)[0])
    for _ in range(3):
        both.clock.advance(minutes=15)
        await both.until_idle()
    assert is_done(cards(failing, ANA)[0])
    assert len(working.updates) == 1


async def test_a_card_that_is_gone_on_one_platform_leaves_the_other(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await asked_on_slack_and_reminded_on_teams(both)
    slack.fail("update", RecipientUnreachable("channel_not_found"))
    await both.world.answered(await both.world.prompt(), GREEN)
    await both.until_idle()
    assert is_done(cards(teams, ANA)[0])
    both.clock.advance(hours=1)
    await both.until_idle()
    assert slack.calls["update"] == 1


async def test_a_burst_of_changes_is_shown_once_on_each(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await asked_on_slack_and_reminded_on_teams(both)
    slack.fail("update", PlatformUnavailable("down"))
    for rag in ("Green", "Amber", "Red"):
        await both.world.answered(await both.world.prompt(), {"rag_model": rag, "ask": "none", "blocker": "none"})
        both.clock.advance(milliseconds=1)
        await both.deliver()
        await both.deliver()
    both.clock.advance(minutes=15)
    await both.until_idle()
    async with both.ports.open_unit_of_work() as uow:
        left = await uow.deliveries.of_person(ANA, both.clock.now() + timedelta(days=1))
    assert [row for row in left if row.kind is UPDATE] == []
    assert [is_done(one) for one in (*cards(slack, ANA), *cards(teams, ANA))] == [True, True]


async def test_a_platform_that_hangs_leaves_the_other_its_speed(world: World, slack: RecordingPlatform) -> None:
    teams = RecordingPlatform("teams", tenant="E1")
    office = Office(world, slack, teams, paces=UNPACED, call_timeout=timedelta(milliseconds=20), batch=2)

    async def hang() -> None:
        await asyncio.Event().wait()

    teams.fail("send", *[hang] * 10)
    await known_on_teams(office, ANA, BEN, CLEO)
    for who, role in ((ANA, Role.TECHNICAL_LEAD), (BEN, Role.OPERATIONS_LEADER), (CLEO, Role.BUSINESS_SPONSOR)):
        await prefers(office, who, "teams")
        await office.world.has(a_prompt(role=role, person_id=who))
        await office.plans(PROMPT, to=who)
    await office.until_idle()
    assert teams.calls["send"] == 2, "the third does not find out for itself"


# The digest


async def test_the_digest_is_posted_in_every_channel_of_both_with_its_details(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    place = "https://smba.example/teams 19:leaders@thread.tacv2"
    await both.world.has(a_portfolio(lead_id=DANA))
    dispatch = build_dispatch(both.ports)
    for n, (platform, tenant, user, channel) in enumerate(
        [("slack", "T1", f"U-{DANA}", "C1"), ("slack", "T1", f"U-{DANA}", "C2"), ("teams", "E1", f"T-{DANA}", place)]
    ):
        await known_on_teams(both, DANA)
        sender = replace(
            both.world.sender(DANA), platform=platform, tenant=tenant, user=user, conversation=channel, direct=False
        )
        said = await dispatch(
            Command(sender=sender, name="ai", text="digest here", id=f"d{n}", public=platform == "teams")
        )
        assert isinstance(said, Say)
    await both.world.asks()
    await both.world.answered(await both.world.prompt(), {"rag_model": "Red", "blocker": "none", "ask": "none"})
    both.clock.set(datetime(2026, 11, 30, 15, tzinfo=UTC))
    await digests.post_due(both.ports)
    teams.fail("send", RateLimited(30))
    await both.until_idle()
    assert {one.to.conversation for one in slack.sent if not one.to.thread} >= {"C1", "C2"}
    both.clock.advance(seconds=31)
    for _ in range(5):
        both.clock.advance(seconds=5)
        await both.until_idle()
    card, *details = [one for one in teams.sent if one.to.conversation == place]
    assert card.to.thread == ""
    assert {one.to.thread for one in details} == {card.ref.message}
    assert details
