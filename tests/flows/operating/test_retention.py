"""The nightly clearing, on both databases: what has been kept long enough goes, the audit chain stays."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.checkins import CommitmentState, PromptState
from bot.domain.deliveries import DeliveryState
from bot.domain.events import ChainCheck
from bot.flows import upkeep
from scheduler.beats import BEATS
from storage.engine import Database
from storage.queries import SqlReads
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import (
    NOW,
    a_commitment,
    a_cycle,
    a_delivery,
    a_digest,
    a_prompt,
    a_raid,
    a_response,
    a_small_world,
    an_event,
    an_organisation,
    make_ports,
    store,
)
from tests.fakes.frozen_clock import FrozenClock


def test_it_comes_every_night() -> None:
    assert [beat.seconds for beat in BEATS if beat.flow is upkeep.forget_old] == [24 * 3600]


async def test_each_kind_goes_when_its_time_is_over(database: Database, clock: FrozenClock) -> None:
    await a_small_world(database)
    prompt = a_prompt(state=PromptState.ANSWERED, revision=1)
    await store(database, an_organisation(data_retention_days=365), a_cycle(), prompt, a_response(prompt), a_digest())
    await store(database, replace(a_commitment(), state=CommitmentState.KEPT, closed_at=NOW), a_raid())
    await store(database, a_delivery(state=DeliveryState.SENT), an_event(personal={"why": "because"}))
    async with SqlUnitOfWork(database) as uow:
        await uow.inbox.add_once("slack:1", NOW)
        await uow.commit()
    reads = SqlReads(database)
    ports = make_ports(database, clock, reads=reads)
    forgotten = []
    for days in (1, 3, 90, 95, 364, 366, 367):
        clock.set(NOW + timedelta(days=days))
        forgotten.append(await upkeep.forget_old(ports))
    assert forgotten == [0, 1, 0, 1, 0, 4, 0]  # the inbox, the message, then answers, promise, digest and audit words
    async with ports.open_unit_of_work() as uow:
        response = await uow.check_ins.response(prompt.id)
        links = await uow.events.links(0, 100)
        assert [raid.title for raid in await uow.raids.all()] == [a_raid().title]  # still open
    assert response
    assert (response.answers, response.responder_id) == ({}, prompt.person_id)
    assert ChainCheck().first_break(links) is None
    assert links[0].personal_hash
    await reads.close()
