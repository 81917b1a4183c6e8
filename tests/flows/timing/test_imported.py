"""What an import says of absences, hours and leavers has the effect it would have in chat, on what is open now."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind
from bot.domain.portfolio.content import Content
from bot.flows import cycles
from bot.flows.portfolio_file import apply_content
from tests.builders import ANA, WEEK
from tests.domain.portfolio_files import entry
from tests.flows.world import CLEO, World

BEFORE = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def imported(world: World, **sections: object) -> None:
    applied = await apply_content(Content(**sections), [], world.ports)  # type: ignore[arg-type]
    assert applied.problems == ()
    assert applied.facts


async def asked_at(world: World) -> datetime | None:
    row = await world.delivery(WEEK, ANA, kind=DeliveryKind.CHECKIN_PROMPT)
    return row.not_before if row else None


@pytest.mark.parametrize("delegate", [None, "Cleo Ray"])
async def test_an_absence_moves_or_excuses_what_is_open_at_once(world: World, delegate: str | None) -> None:
    await world.asks()
    first, last = date(2026, 11, 26), date(2026, 12, 4)
    told = entry(person="Ana Ortiz", source="hr", delegate=delegate, first=first, last=last)
    await imported(world, absences=(told,))
    prompt = await world.prompt()
    if delegate:
        assert (prompt.person_id, prompt.on_behalf_of) == (CLEO, ANA)
    else:
        assert prompt.state is PromptState.EXCUSED


async def test_a_new_zone_is_followed_by_what_is_not_sent_yet(world: World) -> None:
    world.clock.set(BEFORE)
    await cycles.open_due(world.ports)
    await imported(world, people=(entry(email="ana-ortiz@northlake.example", timezone="Europe/Berlin"),))
    assert await asked_at(world) == datetime(2026, 11, 26, 9, tzinfo=UTC)


async def test_a_shutdown_declared_in_mid_cycle_is_respected(world: World) -> None:
    world.clock.set(BEFORE)
    await cycles.open_due(world.ports)
    await imported(world, organisation=entry(holidays=frozenset({date(2026, 11, 26)})))
    assert await asked_at(world) == datetime(2026, 11, 27, 14, tzinfo=UTC)


async def test_who_has_left_by_an_import_is_asked_nothing_more(world: World) -> None:
    await world.asks()
    await imported(world, people=(entry(email="ana-ortiz@northlake.example", active=False),))
    prompt = await world.prompt()
    assert (prompt.state, prompt.excused_reason) == (PromptState.EXCUSED, "left")
