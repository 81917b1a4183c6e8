"""The facts of a week are plain numbers on every database, so that a digest can be frozen as JSON."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.checkins import PromptState, Rag
from bot.domain.digest import build_digest
from bot.domain.escalation import Resolution, resolved
from bot.domain.policy import DigestPolicy
from bot.messages import digest, pages
from storage.engine import Database
from storage.queries import SqlReads
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import CARE, NOW, WEEK, a_person, a_prompt, a_small_world, store
from tests.contracts.test_store_escalations import a_notice, an_escalation


async def test_a_week_becomes_the_same_digest_on_every_database(database: Database) -> None:
    await a_small_world(database)
    for week in (WEEK, "2026-W47"):
        prompt = a_prompt(cycle=week, state=PromptState.ANSWERED, rag=Rag.RED, revision=1)
        await store(database, replace(prompt, sent_at=NOW, answered_at=NOW))
    reads = SqlReads(database)
    facts = await reads.week(CARE, WEEK, NOW)
    await reads.close()
    assert facts is not None
    [row] = facts.rows
    assert (row.declared, row.declared_before, row.red_weeks) == (Rag.RED, Rag.RED, 2)
    assert [type(number) for number in (row.expected, row.answered, row.red_weeks)] == [int, int, int]
    written = digest.write(build_digest(facts, DigestPolicy(), NOW.date()), DigestPolicy())
    assert pages.thawed(pages.frozen(written)) == written
    assert "unchanged: SEPSIS 2 weeks" in pages.text(written.card)


async def test_a_ladder_at_its_end_is_read_once_somebody_has_heard_of_it(database: Database) -> None:
    await a_small_world(database)
    mei = a_person("Mei Chen")
    await store(database, mei)
    top = an_escalation(level=4, started_on=NOW.date())
    reads = SqlReads(database)

    async def escalated(later: timedelta = timedelta(0)) -> list[tuple[str, str, datetime]]:
        facts = await reads.week(CARE, WEEK, NOW + later)
        assert facts
        return [(row.key, row.needs_from, row.told_at) for row in facts.escalated]

    async with SqlUnitOfWork(database) as uow:
        await uow.escalations.add_once(top)
        await uow.escalations.add_notices_once([a_notice(4, mei.id), a_notice(4), a_notice(3, told_at=NOW)])
        await uow.commit()
    assert await escalated() == []
    async with SqlUnitOfWork(database) as uow:
        await uow.escalations.mark_told([a_notice(4, mei.id).id], NOW)
        await uow.escalations.mark_told([a_notice(4).id], NOW + timedelta(hours=1))
        await uow.commit()
    assert await escalated(timedelta(hours=2)) == [("SEPSIS", "Mei Chen", NOW)]
    async with SqlUnitOfWork(database) as uow:
        await uow.escalations.change(top, resolved(top, Resolution.ANSWERED, NOW + timedelta(hours=3)))
        await uow.commit()
    assert len(await escalated(timedelta(hours=2))) == 1
    assert await escalated(timedelta(hours=4)) == []
    await reads.close()
