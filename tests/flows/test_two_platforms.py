"""Slack and Teams side by side: each person is asked where they are, and neither platform waits for the other."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.dispatch import build_dispatch
from bot.domain.checkins import PromptState
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.domain.ownership import Role
from bot.domain.people import HandleStatus
from bot.errors import NotAuthorized, PlatformUnavailable, RateLimited, RecipientUnreachable
from bot.flows import digests
from bot.flows.cycles import open_due
from bot.flows.delivery import deliver_due
from bot.messages.model import Message
from bot.ports import Command, Say
from tests.builders import ANA, WEEK, a_handle, a_portfolio, a_prompt
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.office import UNPACED, Office
from tests.flows.world import BEN, CLEO, DANA, World

PROMPT, NUDGE, UPDATE = DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE, DeliveryKind.CHECKIN_UPDATE
GREEN = {"rag_model": "Green"}


@pytest.fixture
def teams() -> RecordingPlatform:
    """Teams in memory, without a directory."""
    return RecordingPlatform("teams", tenant="E1")


@pytest.fixture
def both(world: World, slack: RecordingPlatform, teams: RecordingPlatform) -> Office:
    """The small organisation on both platforms, without a pace."""
    return Office(world, slack, teams, paces=UNPACED)


async def known_on_teams(office: Office, *people: str) -> None:
    for who in people:
        await office.world.has(a_handle(who, platform="teams", tenant="E1", user=f"T-{who}"))


async def prefers(office: Office, who: str, platform: str) -> None:
    await office.world.has(replace(await office.world.person(who), preferred_platform=platform))


async def loses_slack(office: Office, who: str, status: HandleStatus = HandleStatus.DEACTIVATED) -> None:
    await office.world.has(a_handle(who, status=status))


def cards(platform: RecordingPlatform, who: str) -> list[Message]:
    mine = {direct(f"U-{who}"), direct(f"T-{who}")}
    return [one.message for one in platform.sent if one.to.conversation in mine]


def is_done(message: Message) -> bool:
    return "all answered" in message.fallback or "Nothing of this" in message.fallback


async def asked_on_slack_and_reminded_on_teams(office: Office) -> None:
    """Let Ana be asked on Slack, move to Teams, and be reminded there."""
    await office.world.asks(state=PromptState.SCHEDULED)
    await office.plans(PROMPT)
    await office.until_idle()
    await known_on_teams(office, ANA)
    await prefers(office, ANA, "teams")
    await office.plans(NUDGE, WEEK, ANA, "1")
    await office.until_idle()


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


async def states(office: Office, who: str, *kinds: DeliveryKind) -> set[DeliveryState]:
    return {row.state for row in await office.rows_to(who) if row.kind in kinds}


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


# Pacing


async def paced(office: Office, platform: RecordingPlatform, step: timedelta, most: int) -> list[datetime]:
    """Return when each message was sent, the clock moved in steps."""
    times: list[datetime] = []
    while len(platform.sent) < most:
        await office.until_idle()
        times += [office.clock.now()] * (len(platform.sent) - len(times))
        office.clock.advance(seconds=step.total_seconds())
    return times


async def test_each_platform_keeps_its_own_pace(
    world: World, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    office = Office(world, slack, teams)
    await known_on_teams(office, ANA, BEN, CLEO, DANA)
    roles = ((ANA, Role.TECHNICAL_LEAD), (BEN, Role.OPERATIONS_LEADER), (DANA, Role.BUSINESS_SPONSOR))
    for who, role in roles:
        await prefers(office, who, "teams")
        await office.world.has(a_prompt(role=role, person_id=who))
        await office.plans(PROMPT, to=who)
        await office.plans(NUDGE, WEEK, who, "1", to=who)
    times = await paced(office, teams, timedelta(milliseconds=10), 6)
    assert all(later - earlier >= timedelta(milliseconds=40) for earlier, later in itertools.pairwise(times))
    assert times[-1] - times[0] <= timedelta(seconds=1)
    mine = [at for at, one in zip(times, teams.sent, strict=True) if one.to.conversation == direct(f"T-{ANA}")]
    assert mine[1] - mine[0] >= timedelta(milliseconds=200)


async def test_a_teams_conversation_has_one_message_in_flight_also_of_two_workers(
    world: World, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    office = Office(world, slack, teams)
    await known_on_teams(office, ANA)
    await prefers(office, ANA, "teams")
    await office.world.asks()
    rows = [await office.plans(PROMPT)]
    sending, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        sending.set()
        await go_on.wait()

    teams.fail("send", slowly)
    first = asyncio.create_task(deliver_due(office.ports, "w1"))
    await sending.wait()
    office.clock.advance(seconds=1)
    rows.append(await office.plans(NUDGE, WEEK, ANA, "1"))
    await deliver_due(office.ports, "w2")
    assert await row_states(office, rows) == [DeliveryState.SENDING, DeliveryState.PENDING]
    assert teams.calls["send"] == 1
    go_on.set()
    await first
    office.clock.advance(seconds=10)
    await office.until_idle()
    assert await row_states(office, rows) == [DeliveryState.SENT, DeliveryState.SENT]


async def row_states(office: Office, rows: list[Delivery]) -> list[DeliveryState]:
    return [(await office.row(row)).state for row in rows]


async def test_a_slow_lane_on_one_platform_does_not_slow_the_other(
    world: World, slack: RecordingPlatform, teams: RecordingPlatform
) -> None:
    office = Office(world, slack, teams)
    async with office.ports.open_unit_of_work() as uow:
        await uow.deliveries.pause("slack:posts", office.clock.now() + timedelta(seconds=30))
        await uow.commit()
    await known_on_teams(office, BEN)
    await prefers(office, BEN, "teams")
    await office.world.asks()
    await office.world.has(a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN))
    waiting, going = await office.plans(PROMPT), await office.plans(PROMPT, to=BEN)
    await office.until_idle()
    assert (await office.row(going)).state is DeliveryState.SENT
    stored = await office.row(waiting)
    assert (stored.state, stored.reason) == (DeliveryState.PENDING, "paced")
