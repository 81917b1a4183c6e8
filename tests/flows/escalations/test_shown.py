"""Where an escalation is seen: in `/ai-status` by those who may see detail, in the digest once the ladder has ended."""

from datetime import date, timedelta

from bot.domain.ownership import Role
from bot.flows import digests
from bot.messages import pages
from tests.builders import ANA, CARE
from tests.flows.asking import ask, text_of
from tests.flows.escalations.test_acts import plan_of
from tests.flows.escalations.weeks import EVE, Ladders
from tests.flows.world import CLEO, DANA


async def digest_on(ladders: Ladders, day: date) -> str:
    """Return the digest as made on a Monday at half past eight."""
    await ladders.until(day, "08:30")
    async with ladders.ports.open_unit_of_work() as uow:
        (portfolio,) = [each for each in await uow.people.portfolios() if each.id == CARE]
    week = f"2026-W{day.isocalendar().week - 1}"
    written = await digests.preview(portfolio, week, None, ladders.ports)
    assert written
    return pages.text(written.card)


async def test_a_status_shows_it_in_one_line_to_those_who_may_see_detail(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.until(date(2026, 12, 3), "12:00")
    assert "Escalated  operations: vacant, with the co-owners since Thu 3 Dec" in text_of(
        await ask(gaps.world, "SEPSIS", ANA)
    )
    assert "Escalated" not in text_of(await ask(gaps.world, "SEPSIS", CLEO))
    await plan_of(gaps)
    assert "with the co-owners since Thu 3 Dec, plan until Tue 8 Dec" in text_of(await ask(gaps.world, "SEPSIS", DANA))
    await gaps.accepted(await gaps.offered(CLEO), CLEO)
    assert "Escalated  operations" in text_of(await ask(gaps.world, "SEPSIS", DANA))


async def test_I_28_the_digest_names_it_when_the_executive_was_told_a_working_day_before(gaps: Ladders) -> None:  # noqa: N802
    await gaps.until(date(2026, 12, 3), "12:00")
    await gaps.vacated()
    await gaps.until(date(2026, 12, 18), "12:00")  # the eleventh working day
    assert await gaps.level() == 4
    assert gaps.escalated_to(EVE) == {EVE: 1}
    said = await digest_on(gaps, date(2026, 12, 21))
    assert "1 SEPSIS: name an operations leader, vacant 12 working days. Eve Executive, by Wed 23 Dec" in said


async def test_I_28_the_digest_holds_it_when_the_executive_was_told_the_same_day(gaps: Ladders) -> None:  # noqa: N802
    await gaps.until(date(2026, 12, 4), "12:00")
    await gaps.vacated()
    said = await digest_on(gaps, date(2026, 12, 21))  # the eleventh working day
    assert await gaps.level() == 4
    assert gaps.escalated_to(EVE) == {EVE: 1}
    assert "name an operations leader" not in said
    assert "name an operations leader" in await digest_on(gaps, date(2026, 12, 28))


async def test_an_escalation_leaves_status_and_digest_when_it_is_settled(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.until(date(2026, 12, 15) + timedelta(days=1), "12:00")
    assert await gaps.level() == 4
    await gaps.accepted(await gaps.offered(CLEO, Role.OPERATIONS_LEADER), CLEO)
    assert "Escalated" not in text_of(await ask(gaps.world, "SEPSIS", ANA))
    assert "name an operations leader" not in await digest_on(gaps, date(2026, 12, 21))
