"""The week of a digest is summed up by the database as counting by hand would."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.calendar import weeks_after
from bot.domain.checkins import ANSWERED, CommitmentState, Promises, Prompt, PromptState, Rag
from bot.domain.digest import WeekRow
from bot.domain.initiatives import Lifecycle
from bot.domain.ownership import OWNER_ROLES
from bot.domain.raid import RaidKind, RaidState
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import (
    CARE,
    NOW,
    WEEK,
    a_commitment,
    a_person,
    a_portfolio,
    a_prompt,
    a_raid,
    an_initiative,
    store,
)

BEN = "ben-vale"
WEEKS = [weeks_after(WEEK, n) for n in range(-13, 2)]


def some_prompts(pick: random.Random, initiative_id: str) -> list[Prompt]:
    """Return what may have become of fifteen weeks of check-ins."""
    prompts = []
    for week in WEEKS:
        for role in OWNER_ROLES:
            state = pick.choice([*PromptState, PromptState.ANSWERED, PromptState.ANSWERED])
            at = datetime.fromisocalendar(int(week[:4]), int(week[6:]), pick.randint(4, 5)).replace(tzinfo=UTC)
            sent = state not in (PromptState.SCHEDULED, PromptState.FAILED)
            said = state in ANSWERED
            prompts.append(
                a_prompt(
                    initiative_id=initiative_id,
                    role=role,
                    cycle=week,
                    state=state,
                    sent_at=at if sent else None,
                    answered_at=at + timedelta(hours=pick.randint(1, 120)) if said else None,
                    rag=pick.choice([*Rag, Rag.RED, Rag.RED]) if said else None,
                )
            )
    return [prompt for prompt in prompts if pick.random() < 0.9]


def as_python_counts(prompts: list[Prompt], as_of: datetime) -> tuple[object, ...]:
    """Return, the slow way, what a week's row has of an initiative: what the statement must find."""

    def declared(week: str) -> Rag | None:
        given = [p.rag for p in prompts if p.cycle == week and p.answered_at and p.answered_at <= as_of and p.rag]
        return max(given, key=lambda rag: rag.badness, default=None)

    now = [prompt for prompt in prompts if prompt.cycle == WEEK]
    said = [p for p in now if p.answered_at and p.answered_at <= as_of]
    unexpected = (PromptState.EXCUSED, PromptState.CANCELLED)
    waiting = [p for p in now if p not in said and p.sent_at and p.sent_at <= as_of and p.state not in unexpected]
    asked_in = sorted({prompt.cycle for prompt in prompts if WEEKS[2] <= prompt.cycle <= WEEK}, reverse=True)
    red = 0
    while declared(WEEK) is Rag.RED and red < len(asked_in) and declared(asked_in[red]) is Rag.RED:
        red += 1
    silent = tuple(sorted(prompt.role.value for prompt in waiting))
    before = declared(weeks_after(WEEK, -1))
    unseen = [p for p in now if p not in said and (p.sent_at is None or p.sent_at > as_of)]
    lost = [p.role.value for p in unseen if p.due_at <= as_of and p.state not in unexpected]
    return declared(WEEK), before, len(said) + len(waiting), len(said), silent, tuple(sorted(lost)), red


def counts_of(row: WeekRow) -> tuple[object, ...]:
    return row.declared, row.declared_before, row.expected, row.answered, row.silent, row.undelivered, row.red_weeks


@pytest.mark.parametrize("seed", range(3))
async def test_a_week_is_summed_up_as_counting_by_hand_does(seed: int, database: Database, reads: SqlReads) -> None:
    pick = random.Random(seed)
    keys = [f"K{n:02}" for n in range(12)]
    history = {key: some_prompts(pick, f"initiative-{key.lower()}") for key in keys}
    await store(database, *(an_initiative(key) for key in keys))
    await store(database, *(prompt for prompts in history.values() for prompt in prompts))
    for as_of in (datetime(2026, 11, 30, 14, 30, tzinfo=UTC), datetime(2026, 11, 27, 9, tzinfo=UTC)):
        week = await reads.week(CARE, WEEK, as_of)
        assert week is not None
        rows = {row.key: counts_of(row) for row in week.rows if row.key != "SEPSIS"}
        assert rows == {key: as_python_counts(prompts, as_of) for key, prompts in history.items()}


async def test_a_week_names_its_asks_what_was_closed_vacancies_and_promises(
    database: Database, reads: SqlReads
) -> None:
    sold = an_initiative("SOLD", lifecycle=Lifecycle.STOPPED, closed_on=date(2026, 11, 25), closing_note="sold")
    older = an_initiative("OLDER", lifecycle=Lifecycle.STOPPED, closed_on=date(2026, 11, 15))
    elsewhere = an_initiative("ELSE", portfolio_id="portfolio-other")
    decision = a_raid("Decide on the lab", kind=RaidKind.DECISION_NEEDED, needs_from_id=BEN, due=date(2026, 12, 1))
    await store(
        database, a_person("Ben Vale"), a_portfolio("OTHER"), sold, older, elsewhere, decision, a_raid("A blocker"),
        replace(decision, id="later", raised_at=NOW + timedelta(days=9)),
        replace(decision, id="done", state=RaidState.RESOLVED, closed_at=NOW),
        replace(decision, id="sold", initiative_id=sold.id),
        a_commitment("Kept", state=CommitmentState.KEPT), a_commitment("Late", state=CommitmentState.LATE),
        a_commitment("Missed", state=CommitmentState.MISSED, due=date(2026, 10, 5)),
        a_commitment("Long ago", state=CommitmentState.MISSED, due=date(2026, 10, 4)), a_commitment("Open"),
        a_commitment("Elsewhere", state=CommitmentState.KEPT, initiative_id=elsewhere.id),
    )  # fmt: skip
    week = await reads.week(CARE, WEEK, datetime(2026, 11, 30, 14, 30, tzinfo=UTC))
    assert week is not None
    assert (week.portfolio, week.organisation) == ("Care portfolio", "Northlake Health")
    assert [row.key for row in week.rows] == ["OLDER", "SEPSIS", "SOLD"]
    assert [(ask.raid_id, ask.needs_from, ask.asked_by) for ask in week.asks] == [
        (decision.id, "Ben Vale", "Ana Ortiz")
    ]
    assert [(one.key, one.note) for one in week.closed] == [("SOLD", "sold")]
    assert week.promises == Promises(kept=1, late=1, missed=1)
    sepsis = next(row for row in week.rows if row.key == "SEPSIS")
    assert sepsis.vacant == ("business_sponsor", "operations_leader")


async def test_a_portfolio_that_is_not_there_has_no_week(reads: SqlReads) -> None:
    assert await reads.week("portfolio-none", WEEK, NOW) is None
