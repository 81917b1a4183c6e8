"""`/ai why` tells of escalations: who heard at which level, by which rule, and what was held back because of a plan."""

from datetime import timedelta

from bot.flows.explaining.asking import explain_named
from bot.messages import explain
from tests.flows.escalations.test_unanswered import ana_misses
from tests.flows.escalations.weeks import LEE, MONDAY, Ladders
from tests.flows.world import BEN, DANA


async def why(ladders: Ladders, who: str) -> str:
    return explain.printed(await explain_named(who, "SEPSIS", ladders.ports))


async def test_who_heard_reads_when_and_by_which_rule(ladders: Ladders) -> None:
    await ana_misses(ladders, 2)
    said = await why(ladders, DANA)
    assert "Escalation: sent Mon 7 Dec 08:05 on slack. By rule CHK, level 1" in said
    assert "Escalation: sent Mon 14 Dec 08:05 on slack. By rule CHK, level 2" in said
    assert "because of 2 missed check-ins of the technical lead; ladders version 1." in said
    assert "level 2" not in await why(ladders, BEN)


async def test_who_has_not_heard_reads_nothing_of_it(ladders: Ladders) -> None:
    await ana_misses(ladders, 2)
    assert "Escalation" not in await why(ladders, LEE)


async def test_what_is_over_for_a_month_is_not_told_any_more(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    ladders.clock.advance(days=45)
    assert "Escalation: sent" not in await why(ladders, BEN)
    assert ladders.clock.now().date() - MONDAY > timedelta(days=28)
