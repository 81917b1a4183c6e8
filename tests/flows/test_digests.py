"""The weekly digest: made once per portfolio and week, posted where the lead wants it, details below, late answers."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.checkins import Prompt, PromptState, Rag
from bot.domain.deliveries import Address, Delivery, DeliveryKind, DeliveryState, planned
from bot.domain.ownership import Role
from bot.domain.people import OrgRole, Visibility
from bot.domain.raid import RaidKind
from bot.errors import PlatformUnavailable, UserError
from bot.flows import digests
from bot.messages import pages
from bot.messages.model import Paragraph, plain
from bot.ports import Command, Ports, Say, Sender
from tests.builders import ANA, CARE, a_digest, a_portfolio, a_prompt, a_raid, an_initiative, an_organisation
from tests.flows.office import Office
from tests.flows.world import BEN, DANA

MONDAY = datetime(2026, 11, 30, 14, 30, tzinfo=UTC)
"""Monday 08:30 in Chicago after 2026-W48."""
CHANNEL = ("slack", "C-leaders")


@pytest.fixture
async def monday(office: Office) -> Office:
    """The portfolio posts to a channel; SEPSIS was reported Red by Ana; Ben was silent; it is Monday 08:30."""
    at = datetime(2026, 11, 26, 17, tzinfo=UTC)
    answered = replace(a_prompt(), state=PromptState.ANSWERED, rag=Rag.RED, sent_at=at, answered_at=at, revision=1)
    silent = a_prompt(role=Role.OPERATIONS_LEADER, person_id=BEN, state=PromptState.MISSED, sent_at=at)
    await office.world.has(a_portfolio(digest_channels=(CHANNEL,), lead_id=DANA), answered, silent)
    office.clock.set(MONDAY)
    return office


def said(office: Office) -> list[str]:
    """Return the text of what stands in the channel, in order."""
    found = []
    for one in office.slack.sent:
        if one.to.conversation == CHANNEL[1]:
            texts = [plain(block.text) for block in one.message.blocks if isinstance(block, Paragraph)]
            found.append("\n".join([one.message.title, *texts]))
    return found


async def test_the_digest_is_made_once_and_posted_with_its_details_below(monday: Office) -> None:
    assert await digests.post_due(monday.ports) == 1
    assert await digests.post_due(monday.ports) == 0
    await monday.until_idle()
    monday.clock.advance(seconds=10)
    await monday.until_idle()

    card, details = said(monday)
    assert card.startswith("AI PORTFOLIO | Northlake Health, Care portfolio | week 48, 23-29 Nov 2026")
    assert "SEPSIS*: no answer the week before" in card
    assert "SEPSIS | pilot | Red | silent: operations" in details
    assert [one.to.thread for one in monday.slack.sent] == ["", monday.slack.sent[0].ref.message]
    assert next(link.action for link in await monday.world.events()) == "digest.made"


@pytest.mark.parametrize(
    ("at", "made"),
    [
        (MONDAY - timedelta(minutes=1), 0),
        (MONDAY, 1),
        (MONDAY + timedelta(days=6), 1),
    ],
)
async def test_it_comes_on_monday_at_half_past_eight_in_the_portfolio_s_zone_or_as_soon_as_possible_in_that_week(
    monday: Office, at: datetime, made: int
) -> None:
    monday.clock.set(at)
    assert await digests.post_due(monday.ports) == made


async def test_a_week_that_is_over_is_not_reported_any_more(monday: Office) -> None:
    monday.clock.advance(days=7)
    await digests.post_due(monday.ports)
    async with monday.ports.open_unit_of_work() as uow:
        assert await uow.digests.find(CARE, "weekly", "2026-W48") is None
        assert await uow.digests.find(CARE, "weekly", "2026-W49")


async def test_after_a_holiday_it_comes_on_the_next_working_day(monday: Office) -> None:
    await monday.world.has(an_organisation(holidays=frozenset({date(2026, 11, 30)})))
    assert await digests.post_due(monday.ports) == 0
    monday.clock.advance(days=1)
    assert await digests.post_due(monday.ports) == 1


async def test_without_a_channel_or_without_anybody_asked_there_is_none(monday: Office) -> None:
    await monday.world.has(a_portfolio(digest_channels=()))
    assert await digests.post_due(monday.ports) == 0
    await monday.world.has(
        a_portfolio("OTHER", digest_channels=(CHANNEL,)), an_initiative("X", portfolio_id="portfolio-other")
    )
    assert await digests.post_due(monday.ports) == 0


async def test_every_channel_gets_the_same_digest(monday: Office) -> None:
    await monday.world.has(a_portfolio(digest_channels=(CHANNEL, ("slack", "C-board"))))
    await digests.post_due(monday.ports)
    await monday.until_idle()
    cards = [one for one in monday.slack.sent if not one.to.thread]
    assert [one.to.conversation for one in cards] in (["C-leaders", "C-board"], ["C-board", "C-leaders"])
    assert cards[0].message == cards[1].message


async def test_details_wait_for_the_card_and_stay_in_order(monday: Office) -> None:
    many = [an_initiative(f"LONGKEY{n:05}", name="x") for n in range(400)]
    at = datetime(2026, 11, 26, 17, tzinfo=UTC)
    prompts = [a_prompt(one.id, state=PromptState.MISSED, sent_at=at) for one in many]
    await monday.world.has(*many, *prompts)
    await digests.post_due(monday.ports)
    monday.slack.fail("send", PlatformUnavailable("down"), PlatformUnavailable("down"))
    for _ in range(40):
        await monday.until_idle()
        monday.clock.advance(seconds=5)
    titles = [one.message.title for one in monday.slack.sent]
    pages_ = [title for title in titles if title.startswith("Details")]
    assert titles[0].startswith("AI PORTFOLIO")
    assert pages_ == [f"Details of week 48 ({n} of {len(pages_)})" for n in range(1, len(pages_) + 1)]
    assert len(pages_) > 1


async def test_what_is_stored_is_posted_even_when_the_facts_have_changed_since(monday: Office) -> None:
    await digests.post_due(monday.ports)
    await monday.world.has(an_initiative("NEWER"))
    async with monday.ports.open_unit_of_work() as uow:
        stored = await uow.digests.find(CARE, "weekly", "2026-W48")
    assert stored is not None
    await monday.until_idle()
    assert monday.slack.sent[0].message == pages.message(pages.thawed(stored.content).card)
    assert stored.word_count == len(pages.text(pages.thawed(stored.content).card).split())


async def test_a_preview_stores_and_posts_nothing(monday: Office) -> None:
    printed = await digests.printed(monday.ports, "", None, as_json=False)
    assert "week 48" in printed
    assert "--- Details of week 48" in printed
    async with monday.ports.open_unit_of_work() as uow:
        assert await uow.digests.find(CARE, "weekly", "2026-W48") is None
    [document] = json.loads(await digests.printed(monday.ports, "2026-W48", None, as_json=True))
    assert (document["portfolio"], document["week"]) == ("CARE", "2026-W48")
    assert document["words"] <= 175
    assert document["card"]["sections"][0]["lines"][0]["sources"]


async def test_a_digest_as_of_an_earlier_instant_does_not_know_what_came_later(monday: Office) -> None:
    before = datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert "0 of 0 check-ins" in await digests.printed(monday.ports, "2026-W48", before, as_json=False)


async def test_before_anything_is_set_up_there_is_nothing_to_post_and_the_terminal_says_so(ports: Ports) -> None:
    assert await digests.post_due(ports) == 0
    with pytest.raises(UserError, match="no portfolio yet"):
        await digests.printed(ports, "", None, as_json=False)


async def test_an_ask_is_a_decision_with_its_words_until_it_is_resolved(monday: Office) -> None:
    ask = a_raid("stop or rework the pilot", kind=RaidKind.DECISION_NEEDED, needs_from_id=DANA, due=date(2026, 12, 2))
    await monday.world.has(ask)
    assert "1 SEPSIS: “stop or rework the pilot” (Ana Ortiz, Thu 26 Nov). Dana Whitfield, by Wed 2 Dec" in (
        await digests.printed(monday.ports, "", None, as_json=False)
    )


async def test_what_is_restricted_is_not_in_a_digest_that_a_channel_reads(monday: Office) -> None:
    await digests.post_due(monday.ports)
    await monday.world.has(an_initiative(visibility=Visibility.RESTRICTED), a_raid(kind=RaidKind.DECISION_NEEDED))
    assert "SEPSIS" not in await digests.printed(monday.ports, "", None, as_json=False)
    await monday.until_idle()
    monday.clock.advance(hours=1)
    _, row = await late_row(monday)
    await monday.until_idle()
    assert (await monday.row(row)).reason == "not in the digest"


# Late answers


async def late_row(office: Office, **changes: object) -> tuple[Prompt, Delivery]:
    prompt = await office.world.prompt(Role.OPERATIONS_LEADER)
    late = replace(prompt, state=PromptState.ANSWERED_LATE, rag=Rag.AMBER, answered_at=office.clock.now())
    late = replace(late, **changes)  # type: ignore[arg-type]
    await office.world.has(late)
    now = office.clock.now()
    row = planned(
        DeliveryKind.DIGEST_LATE,
        prompt.id,
        *CHANNEL,
        to=Address(*CHANNEL),
        not_before=now,
        expires_at=now + timedelta(days=2),
    )
    await office.world.has(row)
    return prompt, row


async def test_a_late_answer_is_a_reply_under_the_card_which_stays_as_it_is(monday: Office) -> None:
    await digests.post_due(monday.ports)
    await monday.until_idle()
    before = monday.slack.sent[0].message
    monday.clock.advance(hours=1)
    _, row = await late_row(monday)
    await monday.until_idle()
    last = monday.slack.sent[-1]
    assert last.message.fallback == "Late: SEPSIS, operations leader reported Amber after the digest."
    assert last.to.thread == monday.slack.sent[0].ref.message
    assert monday.slack.sent[0].message == before
    assert (await monday.row(row)).state is DeliveryState.SENT


async def test_an_answer_before_the_digest_is_not_late_and_one_under_no_card_waits(monday: Office) -> None:
    await digests.post_due(monday.ports)
    _, row = await late_row(monday, answered_at=MONDAY - timedelta(minutes=1))
    monday.slack.fail("send", PlatformUnavailable("down"))
    await monday.until_idle()
    assert (await monday.row(row)).reason == "not late"


async def test_a_late_answer_waits_for_the_card(monday: Office) -> None:
    await digests.post_due(monday.ports)
    monday.slack.fail("send", PlatformUnavailable("down"))
    await monday.deliver()
    monday.clock.advance(milliseconds=1)
    _, row = await late_row(monday)
    await monday.deliver()
    assert (await monday.row(row)).reason in {"the card is not posted yet", "paced", ""}
    for _ in range(20):
        monday.clock.advance(seconds=5)
        await monday.until_idle()
    assert (await monday.row(row)).state is DeliveryState.SENT


async def test_details_without_a_card_are_dropped(monday: Office) -> None:
    await monday.world.has(a_digest("2026-W48"))
    now = monday.clock.now()
    row = planned(
        DeliveryKind.DIGEST_DETAILS, "digest-2026-W48", *CHANNEL, "1", to=Address(*CHANNEL), not_before=now,
        expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    await monday.world.has(row)
    await monday.deliver()
    assert (await monday.row(row)).reason == "no such digest"


# /ai digest here


def command(who: str, text: str = "digest here", *, direct: bool = False) -> Command:
    sender = Sender(platform="slack", tenant="T1", user=f"U-{who}", conversation="C-new", direct=direct)
    return Command(sender=sender, name="ai", text=text, id=f"{who}{text}")


async def channels(office: Office) -> tuple[tuple[str, str], ...]:
    async with office.ports.open_unit_of_work() as uow:
        return (await uow.people.portfolios())[0].digest_channels


async def test_the_lead_has_the_digest_posted_where_they_say_so_once(monday: Office) -> None:
    for _ in range(2):
        reply = await monday.world.act(digests.here, command(DANA), DANA)
        assert isinstance(reply, Say)
        assert "The weekly digest of Care portfolio is posted in this channel" in reply.message.fallback
    assert await channels(monday) == (CHANNEL, ("slack", "C-new"))
    assert [link.action for link in await monday.world.events()] == ["digest.channel_added"]


async def test_an_admin_may_too_and_nobody_else(monday: Office) -> None:
    with pytest.raises(UserError, match="Only the portfolio lead"):
        await monday.world.act(digests.here, command(ANA), ANA)
    await monday.world.has(replace(await monday.world.person(ANA), org_roles=frozenset({OrgRole.ADMIN})))
    await monday.world.act(digests.here, command(ANA, "Digest HERE"), ANA)
    assert ("slack", "C-new") in await channels(monday)


@pytest.mark.parametrize("text", ["digest", "digest there", "digest here now"])
async def test_anything_else_is_explained(monday: Office, text: str) -> None:
    with pytest.raises(UserError, match="/ai digest here"):
        await monday.world.act(digests.here, command(DANA, text), DANA)


async def test_a_direct_chat_is_no_channel(monday: Office) -> None:
    with pytest.raises(UserError, match="direct chat"):
        await monday.world.act(digests.here, command(DANA, direct=True), DANA)
