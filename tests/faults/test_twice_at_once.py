"""Faults 15 and 17: the same thing arrives at two replicas, and an answer arrives while a reminder is under way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.dispatch import build_dispatch
from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.messages.model import Action, buttons_of
from bot.ports import Done, FormErrors, OpenForm, Ports
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import ANA, WEEK, make_ports
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.office import Office
from tests.flows.world import World

GREEN = {"rag_model": "Green", "blocker_tech": "none"}


@pytest.fixture
async def replicas(
    database: Database, database_url: str, clock: FrozenClock
) -> AsyncIterator[tuple[World, list[Ports]]]:
    """Northlake, and three processes that share its database, which is PostgreSQL too."""
    opened = [Database.at(database_url) for _ in range(3)]
    made = [make_ports(each, clock, reads=SqlReads(each)) for each in opened]
    world = await World(database, make_ports(database, clock, reads=made[0].reads), clock).settle()
    yield world, [replace(each, questions=world.ports.questions) for each in made]
    for ports, each in zip(made, opened, strict=True):
        await ports.reads.close()  # type: ignore[attr-defined]  # of SqlReads
        await each.close()


async def test_one_form_at_three_replicas_at_once_has_one_effect(replicas: tuple[World, list[Ports]]) -> None:
    world, processes = replicas
    prompt = await world.asks()
    form = await build_dispatch(processes[0])(world.pressed(Action.CHECKIN_ANSWER, prompt.id))
    assert isinstance(form, OpenForm)
    sent = world.sent(form, {**GREEN, "commit_next": "Tune it"})
    replies = await asyncio.gather(*(build_dispatch(ports)(sent) for ports in processes))
    assert replies == [Done()] * 3
    assert (await world.prompt()).revision == 1
    assert len(await world.commitments()) == 1
    assert [event.action for event in await world.events()] == ["checkin.answered"]


async def test_of_two_answers_at_once_the_later_is_told_of_the_other_and_may_replace_it(
    replicas: tuple[World, list[Ports]],
) -> None:
    world, processes = replicas
    prompt = await world.asks()
    forms = [await build_dispatch(ports)(world.pressed(Action.CHECKIN_ANSWER, prompt.id)) for ports in processes[:2]]
    sent = [
        world.sent(form, {**GREEN, "rag_model": colour})
        for form, colour in zip(forms, ("Green", "Amber"), strict=True)
        if isinstance(form, OpenForm)
    ]
    replies = await asyncio.gather(*(build_dispatch(ports)(one) for ports, one in zip(processes, sent, strict=False)))
    assert (await world.prompt()).revision == 1
    (told,) = [reply for reply in replies if isinstance(reply, FormErrors)]
    assert replies.count(Done()) == 1
    assert "Sending this replaces that answer; both are kept." in str(told.errors)
    await build_dispatch(processes[2])(world.sent(told, GREEN))
    assert (await world.prompt()).revision == 2


@pytest.mark.parametrize("moment", ["open_direct", "send"])
async def test_an_answer_that_comes_while_the_reminder_is_under_way_wins(office: Office, moment: str) -> None:
    prompt = await office.world.asks()
    row = await office.plans(DeliveryKind.CHECKIN_NUDGE, WEEK, ANA, "1")

    async def answers() -> None:
        await office.world.answered(prompt, GREEN)

    office.slack.fail(moment, answers)
    await office.until_idle()
    office.clock.advance(seconds=30)
    await office.until_idle()
    assert (await office.world.prompt()).state is PromptState.ANSWERED
    assert (await office.row(row)).state in (DeliveryState.SUPERSEDED, DeliveryState.SENT)
    offered = [button.label for one in office.slack.sent for button in buttons_of(one.message)]
    assert "Answer" not in offered
