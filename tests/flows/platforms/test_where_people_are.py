"""Each person is asked where they are, once, also when they move in the middle of a cycle."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryState
from bot.domain.people import HandleStatus
from bot.errors import NotAuthorized, PlatformUnavailable, RateLimited, RecipientUnreachable
from bot.flows.cycles import open_due
from tests.builders import ANA, WEEK
from tests.fakes.recording_platform import RecordingPlatform
from tests.flows.office import Office
from tests.flows.platforms.moving import (
    GREEN,
    NUDGE,
    PROMPT,
    cards,
    is_done,
    known_on_teams,
    loses_slack,
    prefers,
    row_states,
    states,
)
from tests.flows.world import BEN, DANA

# Where people are


async def test_owners_of_one_initiative_are_each_asked_where_they_are(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await known_on_teams(both, DANA)
    await prefers(both, DANA, "teams")
    both.clock.set(datetime(2026, 11, 26, 16, tzinfo=UTC))
    await open_due(both.ports)
    await both.until_idle()
    assert [len(cards(slack, who)) for who in (ANA, BEN, DANA)] == [1, 1, 0]
    assert [len(cards(teams, who)) for who in (ANA, BEN, DANA)] == [0, 0, 1]


async def test_who_is_known_on_one_platform_is_written_to_there_whatever_they_prefer(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await prefers(both, ANA, "teams")
    await both.world.asks()
    await both.plans(PROMPT)
    await both.until_idle()
    assert (len(slack.sent), len(teams.sent), teams.calls["find_person"]) == (1, 0, 1)


async def test_a_person_is_looked_for_on_the_platform_they_prefer(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    teams.directory["ana-ortiz@northlake.example"] = f"T-{ANA}"
    await prefers(both, ANA, "teams")
    await both.world.asks()
    for kind, key in ((PROMPT, (WEEK, ANA)), (NUDGE, (WEEK, ANA, "1"))):
        await both.plans(kind, *key)
        await both.until_idle()
    assert (len(slack.sent), len(teams.sent), teams.calls["find_person"]) == (0, 2, 1)


@pytest.mark.parametrize("error", [PlatformUnavailable("down"), NotAuthorized("revoked"), RateLimited(60)])
async def test_a_look_up_that_fails_does_not_hold_up_who_is_known_elsewhere(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform, error: Exception
) -> None:
    teams.fail("find_person", error)
    await prefers(both, ANA, "teams")
    await both.world.asks()
    await both.plans(PROMPT)
    await both.until_idle()
    assert (len(slack.sent), len(teams.sent)) == (1, 0)


@pytest.mark.parametrize("refused", ["send", "open_direct"])
async def test_a_platform_that_refuses_our_credentials_gives_way_to_another(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform, refused: str
) -> None:
    await known_on_teams(both, ANA)
    await prefers(both, ANA, "teams")
    await both.world.asks()
    rows = [await both.plans(PROMPT)]
    teams.fail(refused, NotAuthorized("revoked"))
    await both.until_idle()
    rows.append(await both.plans(NUDGE, WEEK, ANA, "1"))
    await both.until_idle()
    assert await row_states(both, rows) == [DeliveryState.SENT, DeliveryState.SENT]
    assert (len(slack.sent), len(teams.sent), teams.calls[refused]) == (2, 0, 1)


async def test_who_is_on_the_refusing_platform_alone_waits_for_it(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await both.world.asks()
    row = await both.plans(PROMPT)
    slack.fail("send", NotAuthorized("revoked"))
    await both.until_idle()
    assert (await both.row(row)).state is DeliveryState.PENDING
    both.clock.advance(minutes=11)
    await both.until_idle()
    assert (await both.row(row)).state is DeliveryState.SENT


# Moved in the middle of a cycle


@pytest.mark.parametrize("how", ["prefers Teams", "left Slack", "Slack refuses"])
async def test_who_moves_in_the_middle_of_a_cycle_loses_no_prompt_and_gets_none_twice(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform, how: str
) -> None:
    both.clock.set(datetime(2026, 11, 26, 16, tzinfo=UTC))
    await open_due(both.ports)
    await both.until_idle()
    assert len(cards(slack, ANA)) == 1

    await known_on_teams(both, ANA)
    if how == "prefers Teams":
        await prefers(both, ANA, "teams")
    elif how == "left Slack":
        await loses_slack(both, ANA)
    await open_due(both.ports)
    await both.until_idle()
    assert (len(cards(slack, ANA)), len(cards(teams, ANA))) == (1, 0), "asked once"

    if how == "Slack refuses":
        for who in (BEN, DANA):  # so that Ana's is the next message
            await both.world.has(replace(await both.world.person(who), active=False))
        slack.fail("send", RecipientUnreachable("user_disabled"))
    both.clock.set(datetime(2026, 11, 27, 16, 0, tzinfo=UTC))
    await both.until_idle()
    assert (len(cards(slack, ANA)), len(cards(teams, ANA))) == (1, 1), "the first reminder"
    both.clock.set(datetime(2026, 11, 27, 21, 0, tzinfo=UTC))
    await both.until_idle()
    assert (len(cards(slack, ANA)), len(cards(teams, ANA))) == (1, 2), "the second"

    await both.world.answered(await both.world.prompt(), GREEN)
    both.clock.advance(minutes=1)
    await both.until_idle()
    assert all(is_done(one) for one in (*cards(slack, ANA), *cards(teams, ANA)))
    assert await states(both, ANA, PROMPT, NUDGE) == {DeliveryState.SENT}
    assert (await both.world.prompt()).revision == 1


async def test_a_prompt_that_slack_refuses_arrives_on_teams_at_once_and_nobody_is_alarmed(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await known_on_teams(both, ANA)
    await both.world.asks(state=PromptState.SCHEDULED)
    row = await both.plans(PROMPT)
    slack.fail("send", RecipientUnreachable("user_disabled"))
    await both.until_idle()
    assert (await both.row(row)).state is DeliveryState.SENT
    assert (len(slack.sent), len(cards(teams, ANA))) == (0, 1)
    async with both.ports.open_unit_of_work() as uow:
        handles = await uow.people.handles([ANA])
    assert {handle.platform: handle.status for handle in handles} == {
        "slack": HandleStatus.BLOCKED,
        "teams": HandleStatus.ACTIVE,
    }


async def test_a_platform_on_which_a_chat_cannot_be_opened_gives_way_too(
    both: Office, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    await known_on_teams(both, ANA)
    await prefers(both, ANA, "teams")
    await both.world.asks()
    await both.plans(PROMPT)
    teams.fail("open_direct", RecipientUnreachable("not installed"))
    await both.until_idle()
    assert (len(slack.sent), len(teams.sent)) == (1, 0)
