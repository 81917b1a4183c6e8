"""A person is erased: nothing stored names them or holds their words, what happened stays, the chain is whole."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState, MessageRef
from bot.domain.erasure import Traces, scrubbed
from bot.domain.events import ChainCheck
from bot.domain.ownership import AssignmentState
from bot.domain.people import OrgRole
from bot.errors import UserError
from bot.flows.operating import erasing
from bot.messages.people import ERASED, FORMER
from bot.ports import Ports
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import (
    ANA,
    a_commitment,
    a_delivery,
    a_digest,
    a_handle,
    a_person,
    a_portfolio,
    a_prompt,
    a_raid,
    a_response,
    an_absence,
    an_assignment,
    an_event,
    an_initiative,
    an_organisation,
    make_ports,
    store,
)
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.world import QUESTIONS, the_cycle

NAME, EMAIL = "Ana Ortiz", "ana-ortiz@northlake.example"
PROMISE, BLOCKER, ANSWER = (
    "Retrain on October data",
    "Interface to the lab is not approved",
    "The lab never called back",
)
HERS = (NAME, EMAIL, PROMISE, BLOCKER, ANSWER, "U-ana-ortiz", "D-ana-ortiz", "she was ill")
OTHERS = "Waiting for Ana Ortiz to sign"


@pytest.fixture
async def ports(database: Database, clock: FrozenClock) -> AsyncIterator[Ports]:
    """Ports over each kind of database, with a person who has left traces everywhere."""
    prompt = a_prompt(state=PromptState.ANSWERED, revision=1)
    texts = next(q.key for q in QUESTIONS.questions if q.kind.value == "text")
    numbers = next(q.key for q in QUESTIONS.questions if q.kind.value == "number")
    given = {texts: ANSWER, numbers: 92.5, "made_up": "old words"}
    card = {"card": {"lines": [f"{NAME} promised: {PROMISE[:16]}…"]}, "replies": []}
    await store(database, an_organisation(), a_person(NAME, timezone="Europe/Madrid"))
    await store(database, a_person("Ben Vale", org_roles=frozenset({OrgRole.ADMIN}), manager_id=ANA))
    await store(database, a_portfolio(lead_id=ANA), an_initiative(problem=f"{NAME} asked", source={"contact": EMAIL}))
    await store(database, an_assignment(), the_cycle(), prompt, a_response(prompt, answers=given))
    earlier = a_prompt(cycle="2026-W46", person_id="ben-vale", state=PromptState.ANSWERED, revision=1)
    await store(database, the_cycle("2026-W46"), earlier, a_response(earlier, answers={texts: OTHERS}))
    await store(database, a_commitment(PROMISE), a_raid(BLOCKER), a_digest(content=json.dumps(card)))
    await store(database, a_handle(conversation="D-ana-ortiz"), an_absence(delegate_id="ben-vale"))
    await store(database, replace(an_absence("ben-vale"), delegate_id=ANA))
    there = MessageRef("slack", "D-ana-ortiz", "1")
    await store(database, a_delivery(state=DeliveryState.SENT, ref=there), a_delivery(kind=DeliveryKind.CHECKIN_NUDGE))
    await store(database, an_event(actor_id=ANA, personal={"why": "she was ill"}))
    await store(database, an_event(actor_id="ben-vale", personal={"why": OTHERS}))
    reads = SqlReads(database)
    yield make_ports(database, clock, questions=QUESTIONS, reads=reads)
    await reads.close()


async def everything(database: Database) -> str:
    """Return every value of every row as text."""
    found = list[str]()
    async with database.reading() as connection:
        for table in await connection.run_sync(lambda sync: inspect(sync).get_table_names()):
            rows = await connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608 - our own tables
            found += [repr(tuple(row)) for row in rows]
    return "\n".join(found)


async def test_what_names_a_person_or_was_written_by_them_is_nowhere_afterwards(
    ports: Ports, database: Database
) -> None:
    before = await everything(database)
    assert [word for word in HERS if word not in before] == []
    await erasing.erase(EMAIL, ports, force=True)
    after = await everything(database)
    assert [word for word in (*HERS, "October", "Europe/Madrid") if word in after] == []
    assert f"Waiting for {FORMER} to sign" in after
    assert "92.5" in after


async def test_the_chain_stays_whole_and_says_that_somebody_was_erased(ports: Ports) -> None:
    await erasing.erase(NAME, ports, force=True)
    async with ports.open_unit_of_work() as uow:
        links = await uow.events.links(0, 100)
    assert ChainCheck().first_break(links) is None
    assert (links[-1].action, links[-1].entity_id) == ("person.erased", ANA)
    assert links[-1].facts["answers"] == 1
    assert links[0].personal_hash


async def test_initiatives_keep_a_former_owner_and_nothing_more_is_asked_of_them(ports: Ports) -> None:
    await erasing.erase(ANA, ports, force=True)
    async with ports.open_unit_of_work() as uow:
        person, held = await uow.people.get(ANA), await uow.ownership.held_by(ANA)
        waiting = await uow.deliveries.of_person(ANA, ports.clock.now())
        portfolio = (await uow.people.portfolios())[0]
    assert person is not None
    assert (person.name, person.active, person.deactivated_at) == (FORMER, False, ports.clock.now())
    assert [(each.state, each.valid_to) for each in held] == [(AssignmentState.ENDED, date(2026, 11, 26))]
    assert [row.state for row in waiting if row.state is not DeliveryState.SENT] == []
    assert portfolio.lead_id is None


async def test_who_holds_a_role_is_refused_with_what_to_do(ports: Ports, database: Database) -> None:
    before = await everything(database)
    with pytest.raises(UserError, match=r"Ana Ortiz still holds SEPSIS technical lead, portfolio CARE. Give it to"):
        await erasing.erase(NAME, ports)
    assert await everything(database) == before


async def test_a_preview_tells_what_would_go_and_changes_nothing(ports: Ports, database: Database) -> None:
    before = await everything(database)
    shown = await erasing.preview(NAME, ports)
    assert await everything(database) == before
    assert [key for key, _ in shown.roles] == ["SEPSIS"]
    assert shown.counts == (await erasing.erase(NAME, ports, force=True)).counts
    assert min(shown.counts.values()) > 0


async def test_the_only_administrator_and_the_erased_are_refused(ports: Ports) -> None:
    with pytest.raises(UserError, match="Ben Vale is the only administrator"):
        await erasing.erase("Ben Vale", ports, force=True)
    await erasing.erase(NAME, ports, force=True)
    with pytest.raises(UserError, match="erased already"):
        await erasing.erase(ANA, ports)


async def test_a_file_of_sqlite_does_not_hold_what_was_erased_either(
    ports: Ports, database: Database, tmp_path: Path
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL overwrites what was deleted in its own time")
    await erasing.erase(NAME, ports, force=True)
    await database.let_go()
    assert [word for word in HERS if word.encode() in _bytes_of(tmp_path)] == []


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("steward.db*"))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Kept: Retrain on October data.", "Kept: [erased]."),
        ("Kept: Retrain on Oc… by Ana Ortiz", "Kept: [erased] by former owner"),
        ("Retrain on Ontario data", "Retrain on Ontario data"),
        ({"a": ["done", 3, None]}, {"a": ["[erased]", 3, None]}),
        ("well done", "well done"),
    ],
)
def test_words_are_found_cut_short_or_not_and_others_stay(said: object, left: object) -> None:
    traces = Traces(names=(NAME,), texts=(PROMISE, "done"))
    assert scrubbed(said, traces, FORMER, ERASED) == left
