"""Applying the content of a file: one transaction, one event, and one message to each person who is offered a role."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.checkins import Prompt, PromptState
from bot.domain.deliveries import DeliveryKind
from bot.domain.events import ActorKind
from bot.domain.initiatives import Lifecycle
from bot.domain.ownership import AssignmentState, Role
from bot.domain.portfolio.collect import content_of
from bot.domain.portfolio.content import Content, Problem
from bot.errors import UserError
from bot.flows.portfolio_file import apply_content, collect
from bot.ports import Ports
from storage.engine import Database
from tests.builders import NOW, a_cycle, a_person, a_prompt, a_small_world, store
from tests.domain.portfolio_files import TL, content, entry, owner

SPONSOR = Role.BUSINESS_SPONSOR


def owned() -> Content:
    """Return a file in which Ana is offered two roles, Ben one, and Cleo has accepted one."""
    sepsis = {TL: owner("Ana Ortiz"), SPONSOR: owner("Ben Cole")}
    falls = {TL: owner("Ana Ortiz"), SPONSOR: owner("Cleo Diaz", accepted=True)}
    return content(
        initiatives=(
            entry(key="SEPSIS", name="Sepsis", owners=sepsis),
            entry(key="FALLS", name="Falls", owners=falls),
        )
    )


async def offers(ports: Ports) -> list[str]:
    """Return who has a message that offers a role, by name."""
    async with ports.open_unit_of_work() as uow:
        people = {person.id: person.name for person in await uow.people.all()}
        rows = [row for person_id in people for row in await uow.deliveries.of_person(person_id, NOW)]
    return sorted(people[row.person_id or ""] for row in rows if row.kind is DeliveryKind.ROLE_PROPOSED)


async def test_each_person_offered_roles_gets_one_message(ports: Ports) -> None:
    applied = await apply_content(owned(), [], ports)
    assert applied.offered_to == 2
    assert await offers(ports) == ["Ana Ortiz", "Ben Cole"]


async def test_the_same_file_again_offers_nothing_and_writes_nothing(ports: Ports) -> None:
    await apply_content(owned(), [], ports)
    again = await apply_content(owned(), [], ports)
    assert (again.facts, again.offered_to) == (0, 0)
    assert await offers(ports) == ["Ana Ortiz", "Ben Cole"]
    async with ports.open_unit_of_work() as uow:
        assert len(await uow.events.links(0, 10)) == 1


async def test_a_batch_is_one_event_with_counts_and_a_hash(ports: Ports) -> None:
    await apply_content(owned(), [], ports)
    async with ports.open_unit_of_work() as uow:
        (event,) = await uow.events.links(0, 10)
    assert (event.action, event.actor_kind) == ("portfolio.imported", ActorKind.IMPORT)
    assert event.facts["new_and_changed"] == {
        "assignments": [4, 0], "initiatives": [2, 0], "organisation": [1, 0], "people": [3, 0], "portfolios": [1, 0],
    }  # fmt: skip
    assert len(str(event.facts["ids"])) == 26
    assert event.personal_hash == ""


async def test_a_problem_found_in_reading_keeps_everything_out(ports: Ports) -> None:
    applied = await apply_content(owned(), [Problem(9, "people[9].name", "is missing")], ports)
    assert [str(problem) for problem in applied.problems] == ["line 9, people[9].name: is missing"]
    async with ports.open_unit_of_work() as uow:
        assert await uow.people.organisation() is None


async def test_a_dry_run_counts_and_stores_nothing(ports: Ports) -> None:
    applied = await apply_content(owned(), [], ports, dry_run=True)
    assert (applied.new["assignments"], applied.offered_to) == (4, 2)
    async with ports.open_unit_of_work() as uow:
        assert await uow.people.organisation() is None


async def test_past_cycles_come_in_closed_and_their_answers_with_them(ports: Ports) -> None:
    past: dict[str, Any] = {"initiative": "SEPSIS", "role": TL, "person": "Ana Ortiz"}
    sent = datetime(2026, 11, 19, 18, tzinfo=UTC)
    told = content(
        check_ins=(
            entry(cycle="2026-W46", **past),
            entry(cycle="2026-W47", **past, submitted_at=sent, answers={"rag_model": "Green"}),
        ),
        commitments=(entry(**past, text="retrain", due=date(2026, 11, 20), made_at=sent, cycle="2026-W47"),),
    )
    await apply_content(told, [], ports)
    async with ports.open_unit_of_work() as uow:
        assert await uow.check_ins.unclosed_cycles() == []
        history = await uow.check_ins.history()
        (commitment,) = await uow.commitments.all()
    assert [prompt.state for prompt, _ in history] == [PromptState.MISSED, PromptState.ANSWERED]
    assert [response and dict(response.answers) for _, response in history] == [None, {"rag_model": "Green"}]
    assert commitment.prompt_id == history[1][0].id


async def test_what_is_stored_comes_out_and_changes_nothing_when_it_comes_in(
    sqlite_database: Database, ports: Ports
) -> None:
    await a_small_world(sqlite_database)
    told = content_of(await collect(ports))
    assert [each.get("key") for each in told.initiatives] == ["SEPSIS"]
    assert (await apply_content(told, [], ports)).facts == 0


async def test_nothing_can_be_collected_before_a_set_up(ports: Ports) -> None:
    with pytest.raises(UserError, match="nothing to export yet"):
        await collect(ports)


async def asked(database: Database, state: PromptState) -> Prompt:
    """Store the small world with one check-in of Ana's in this week."""
    await a_small_world(database)
    prompt = a_prompt(state=state, sent_at=NOW)
    await store(database, a_person("Ben Cole"), a_cycle(), prompt)
    return prompt


async def test_stopping_an_initiative_by_file_cancels_what_it_still_asks(
    sqlite_database: Database, ports: Ports
) -> None:
    prompt = await asked(sqlite_database, PromptState.SENT)
    stopped = entry(key="SEPSIS", lifecycle=Lifecycle.STOPPED, closed_on=date(2026, 11, 26))
    await apply_content(Content(initiatives=(stopped,)), [], ports)
    async with ports.open_unit_of_work() as uow:
        after = await uow.check_ins.prompt(prompt.id)
        actions = [event.action for event in await uow.events.links(0, 10)]
    assert after is not None
    assert (after.state, after.excused_reason) == (PromptState.CANCELLED, "stopped")
    assert actions == ["checkins.cancelled", "portfolio.imported"]


async def test_what_was_missed_before_a_stop_stays_missed(sqlite_database: Database, ports: Ports) -> None:
    prompt = await asked(sqlite_database, PromptState.MISSED)
    await apply_content(Content(initiatives=(entry(key="SEPSIS", lifecycle=Lifecycle.STOPPED),)), [], ports)
    async with ports.open_unit_of_work() as uow:
        assert await uow.check_ins.prompt(prompt.id) == prompt


async def test_a_role_taken_by_file_brings_its_open_check_in_along(sqlite_database: Database, ports: Ports) -> None:
    prompt = await asked(sqlite_database, PromptState.SENT)
    owners = {TL: owner("Ben Cole", accepted=True)}
    await apply_content(Content(initiatives=(entry(key="SEPSIS", owners=owners),)), [], ports)
    async with ports.open_unit_of_work() as uow:
        after = await uow.check_ins.prompt(prompt.id)
        kinds = [row.kind for row in await uow.deliveries.of_person("ben-cole", NOW)]
    assert after is not None
    assert (after.person_id, after.state) == ("ben-cole", PromptState.SCHEDULED)
    assert DeliveryKind.CHECKIN_PROMPT in kinds


async def test_who_leaves_holds_nothing_any_more(sqlite_database: Database, ports: Ports) -> None:
    await a_small_world(sqlite_database)
    await apply_content(Content(people=(entry(email="ana-ortiz@northlake.example", active=False),)), [], ports)
    async with ports.open_unit_of_work() as uow:
        (assignment,) = await uow.ownership.all()
        person = await uow.people.get("ana-ortiz")
    assert (assignment.state, assignment.valid_to) == (AssignmentState.ENDED, date(2026, 11, 26))
    assert person is not None
    assert (person.active, person.deactivated_at) == (False, NOW)
