"""Keeping house: reads are audited, and what has been kept long enough is forgotten without breaking the chain."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.checkins import CommitmentState, PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.events import ChainCheck
from bot.domain.raid import RaidState
from bot.errors import Unavailable
from bot.flows import upkeep
from bot.ports import Ports
from bot.stores import UnitOfWork
from tests.builders import a_commitment, a_digest, a_raid, a_response, an_event, an_organisation
from tests.flows.office import Office

YEAR = timedelta(days=365)


async def test_reads_that_wait_are_appended_to_the_audit_chain_in_order(office: Office) -> None:
    office.ports.read_audit.extend([an_event("status.read", entity_id="a"), an_event("status.read", entity_id="b")])
    assert await upkeep.flush_read_audit(office.ports) == 2
    assert await upkeep.flush_read_audit(office.ports) == 0
    assert [link.entity_id for link in await office.world.events()] == ["a", "b"]


async def test_reads_stay_queued_while_the_database_is_away(office: Office) -> None:
    def away() -> UnitOfWork:
        raise Unavailable("The database cannot be used just now.")

    office.ports.read_audit.append(an_event("status.read"))
    with pytest.raises(Unavailable):
        await upkeep.flush_read_audit(replace(office.ports, open_unit_of_work=away))
    assert len(office.ports.read_audit) == 1


async def test_the_inbox_is_forgotten_after_two_days(office: Office) -> None:
    async with office.ports.open_unit_of_work() as uow:
        await uow.inbox.add_once("act-1", office.clock.now())
        await uow.commit()
    office.clock.advance(hours=47)
    assert await upkeep.forget_old(office.ports) == 0
    office.clock.advance(hours=2)
    assert await upkeep.forget_old(office.ports) == 1


async def test_what_was_sent_is_forgotten_after_ninety_days_and_what_died_is_not(office: Office) -> None:
    await office.world.asks()
    done = await office.plans(DeliveryKind.CHECKIN_PROMPT)
    await office.deliver()
    stuck = await office.plans(DeliveryKind.CHECKIN_NUDGE, "2026-W48", "x", "1", state=DeliveryState.DEAD)
    office.clock.advance(days=89)
    assert await upkeep.forget_old(office.ports) == 0
    office.clock.advance(days=10)
    assert await upkeep.forget_old(office.ports) == 1
    async with office.ports.open_unit_of_work() as uow:
        assert await uow.deliveries.get(done.id) is None
        assert await uow.deliveries.get(stuck.id) is not None


async def test_words_go_after_the_organisation_s_time_and_who_answered_when_stays(office: Office) -> None:
    await office.world.has(an_organisation(data_retention_days=365))
    prompt = await office.world.asks(state=PromptState.ANSWERED, revision=1)
    now = office.clock.now()
    await office.world.has(a_response(prompt), a_digest(), an_event(personal={"reason": "because"}))
    await office.world.has(
        replace(a_commitment(), state=CommitmentState.KEPT, closed_at=now),
        a_commitment("Still open"),
        a_raid(state=RaidState.RESOLVED, closed_at=now),
    )
    office.clock.advance(days=364)
    assert await upkeep.forget_old(office.ports) == 0
    office.clock.advance(days=2)
    assert await upkeep.forget_old(office.ports) == 5
    assert await upkeep.forget_old(office.ports) == 0

    response = await office.world.response(prompt)
    assert (response.answers, response.responder_id, response.submitted_at) == ({}, prompt.person_id, now)
    assert sorted(commitment.text for commitment in await office.world.commitments()) == ["", "Still open"]
    assert [raid.title for raid in await office.world.raids()] == [""]
    links = await office.world.events()
    assert [link.action for link in links] == ["prompt.answered", "retention.applied"]
    assert links[0].personal_hash
    assert ChainCheck().first_break(links) is None


async def test_before_there_is_an_organisation_nothing_is_erased(ports: Ports) -> None:
    assert await upkeep.forget_old(ports) == 0
