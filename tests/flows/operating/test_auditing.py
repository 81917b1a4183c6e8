"""The auditor notices what should have happened and did not, pushes once, tells once, and is still about the rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.checkins import PromptState, Rag
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.domain.operating.silence import Finding, Silence, Watch
from bot.domain.people import OrgRole
from bot.flows import cycles, digests
from bot.flows.operating.auditing import audit
from tests.builders import ANA, WEEK, a_person, a_portfolio, a_prompt, a_response
from tests.flows.office import Office
from tests.flows.world import BEN, DANA, the_cycle

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
"""Half an hour after the digest of W48 is due in Chicago."""


@pytest.fixture
async def watched(office: Office) -> Office:
    """An office whose administrator is Dana."""
    await office.world.has(a_person("Dana Whitfield", org_roles=frozenset({OrgRole.ADMIN})))
    return office


async def notices(office: Office) -> list[str]:
    """Return what the administrator is to be told of."""
    return [row.subject for row in await office.rows_to(DANA) if row.kind is DeliveryKind.ADMIN_NOTICE]


async def look(office: Office, *, after: timedelta = MINUTE) -> list[str]:
    """Let the auditor look after a while; return what it sees."""
    office.clock.advance(seconds=after.total_seconds())
    await audit(office.ports)
    return [finding.key for finding in office.ports.watch.present]


async def a_stuck_row(office: Office) -> Delivery:
    """Store a message that is due and that nobody takes."""
    await office.world.asks()
    return await office.plans(DeliveryKind.CHECKIN_NUDGE, WEEK, ANA, "1")


async def test_nothing_is_found_where_all_is_well(watched: Office) -> None:
    await cycles.open_due(watched.ports)
    await watched.until_idle()
    assert await look(watched, after=10 * MINUTE) == []
    assert await notices(watched) == []


async def test_messages_that_nobody_takes_are_found_pushed_once_and_told_once(
    watched: Office, caplog: pytest.LogCaptureFixture
) -> None:
    pushes: list[int] = []
    watched.ports = replace(watched.ports, wake=lambda: pushes.append(1))
    await a_stuck_row(watched)
    assert await look(watched, after=5 * MINUTE) == []
    assert await look(watched) == ["unclaimed:2026-11-26"]
    assert (len(pushes), watched.ports.watch.alarmed, await notices(watched)) == (1, False, [])
    await look(watched)
    assert await look(watched) == ["unclaimed:2026-11-26"]
    assert (len(pushes), watched.ports.watch.alarmed) == (1, True)
    for _ in range(3):
        await look(watched)
    assert await notices(watched) == ["silence:unclaimed:2026-11-26"]
    assert [m for m in caplog.messages if m.startswith("auditor")] == ["auditor.found", "auditor.push_was_no_help"]
    assert [link.action for link in await watched.world.events()] == ["silence.noticed"]
    await watched.until_idle()
    assert await look(watched) == []
    assert not watched.ports.watch.alarmed
    assert any("messages that were due on 2026-11-26" in each for each in watched.read_by(DANA))


async def test_a_second_replica_that_sees_the_same_tells_nobody_again(watched: Office) -> None:
    await a_stuck_row(watched)
    other = replace(watched.ports, watch=Watch())
    await look(watched, after=6 * MINUTE)
    await audit(other)
    await look(watched, after=3 * MINUTE)
    await audit(other)
    assert other.watch.alarmed
    assert await notices(watched) == ["silence:unclaimed:2026-11-26"]
    assert len([link for link in await watched.world.events() if link.action == "silence.noticed"]) == 1


async def test_a_cycle_that_nobody_opened_is_opened_by_the_push(watched: Office) -> None:
    assert await look(watched, after=6 * MINUTE) == [f"not_opened:{WEEK}"]
    async with watched.ports.open_unit_of_work() as uow:
        assert {prompt.person_id for prompt, _ in await uow.check_ins.history()} == {ANA, BEN, DANA}
    await watched.until_idle()
    assert await look(watched) == []
    assert await notices(watched) == []


async def test_owners_whom_no_message_asks_are_asked_by_the_push(watched: Office) -> None:
    await watched.world.has(the_cycle(), a_prompt(state=PromptState.SCHEDULED))
    assert await look(watched) == [f"not_asked:{WEEK}"]
    await watched.until_idle()
    assert len(watched.read_by(ANA)) == 1
    assert await look(watched) == []


async def test_who_cannot_be_reached_has_been_told_of_already(watched: Office) -> None:
    gone = a_person(unreachable_since=watched.clock.now())
    await watched.world.has(gone, the_cycle(), a_prompt(state=PromptState.SCHEDULED))
    assert await look(watched) == []


async def a_digest_is_due(office: Office) -> None:
    """Let a week with an answer be over, and the digest's hour on Monday too."""
    await office.world.has(a_portfolio(digest_channels=(("slack", "C1"),)), the_cycle())
    prompt = a_prompt(state=PromptState.ANSWERED, revision=1, rag=Rag.RED, answered_at=office.clock.now())
    await office.world.has(prompt, a_response(prompt))
    office.clock.set(MONDAY)


async def test_a_digest_that_was_not_made_is_made_by_the_push(watched: Office) -> None:
    await a_digest_is_due(watched)
    assert "no_digest:CARE:2026-W48" in await look(watched)
    async with watched.ports.open_unit_of_work() as uow:
        assert await uow.digests.find("portfolio-care", "weekly", WEEK)
    await watched.until_idle()
    assert "no_digest:CARE:2026-W48" not in await look(watched)
    assert [one.to for one in watched.slack.sent if one.to.conversation == "C1"]


async def test_a_digest_of_which_nobody_knows_whether_it_stands_is_told(watched: Office) -> None:
    await a_digest_is_due(watched)
    assert await digests.post_due(watched.ports)
    async with watched.ports.open_unit_of_work() as uow:
        made = await uow.digests.find("portfolio-care", "weekly", WEEK)
        assert made
        row = await uow.deliveries.by_key(f"digest:{made.id}:slack:C1")
        assert row
        claimed = await uow.deliveries.claim(watched.clock.now(), "w", MINUTE, 50)
        mine = next(each for each in claimed if each.id == row.id)
        await uow.deliveries.save_claimed(mine, replace(mine, state=DeliveryState.UNKNOWN))
        await uow.commit()
    await look(watched)
    await look(watched, after=3 * MINUTE)
    assert "silence:no_digest:CARE:2026-W48" in await notices(watched)


async def test_a_week_with_nothing_to_say_is_no_silence_and_is_looked_at_once(watched: Office) -> None:
    await watched.world.has(a_portfolio(digest_channels=(("slack", "C1"),)))
    watched.clock.set(MONDAY)
    assert "no_digest:CARE:2026-W48" not in await look(watched)
    assert watched.ports.watch.empty == {"CARE:2026-W48"}


async def test_a_process_that_sends_nothing_finds_nothing(watched: Office) -> None:
    await a_stuck_row(watched)
    watched.ports = replace(watched.ports, platforms={})
    assert await look(watched, after=6 * MINUTE) == []


def test_a_stop_that_comes_back_is_pushed_and_told_anew() -> None:
    watch, stop, now = Watch(), Finding(Silence.NOT_OPENED, WEEK), MONDAY
    assert watch.look([stop], now, MINUTE).fresh == (stop,)
    assert watch.look([stop], now + MINUTE, MINUTE).stubborn == (stop,)
    assert watch.look([stop], now + 2 * MINUTE, MINUTE).stubborn == ()
    assert watch.look([], now + 3 * MINUTE, MINUTE).over == (stop.key,)
    assert watch.look([stop], now + 4 * MINUTE, MINUTE).fresh == (stop,)
