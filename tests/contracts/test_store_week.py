"""The facts of a week are plain numbers on every database, so that a digest can be frozen as JSON."""

from dataclasses import replace

from bot.domain.checkins import PromptState, Rag
from bot.domain.digest import build_digest
from bot.domain.policy import DigestPolicy
from bot.messages import digest, pages
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import CARE, NOW, WEEK, a_prompt, a_small_world, store


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
