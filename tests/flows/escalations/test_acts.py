"""What people do about an escalation: a plan pauses it twice at most, roles are offered and handed over."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.deliveries import DeliveryKind
from bot.domain.escalation import Escalation, EscalationState
from bot.domain.ownership import AssignmentState, Role
from bot.errors import MessageRejected, UserError
from bot.flows.escalations import acts
from bot.flows.escalations.climbing import climb
from bot.messages import escalations as words
from bot.messages.model import Action
from bot.ports import OpenForm, Reply, Say
from tests.builders import ANA, an_assignment
from tests.flows.escalations.weeks import LEE, Ladders, refused
from tests.flows.world import BEN, CLEO, DANA

THURSDAY = date(2026, 12, 3)
PLAN = {words.PLAN: "Cleo takes it over", words.DUE: "2026-12-08"}


@pytest.fixture
async def vacant(gaps: Ladders) -> Ladders:
    """The operations leader's role has been vacant for three working days: sponsor and co-owner know."""
    await gaps.vacated()
    await gaps.until(THURSDAY, "12:00")
    assert await gaps.level() == 1
    return gaps


async def plan_of(ladders: Ladders, who: str = DANA, values: Any = None) -> Reply:  # noqa: ANN401 - what a form holds
    """Let a person say what they plan."""
    form = await ladders.pressed("I have a plan", who, acts.ask_plan)
    assert isinstance(form, OpenForm)
    return await ladders.world.act(acts.take_plan, ladders.world.sent(form, values or PLAN, who), who)


def said(reply: Reply) -> str:
    assert isinstance(reply, Say)
    return reply.message.fallback


async def test_a_plan_pauses_until_its_day_and_a_working_day_more(vacant: Ladders) -> None:
    assert "pauses until 9 Dec 2026" in said(await plan_of(vacant))
    one = await vacant.the_one()
    assert (one.state, one.acked_by, one.plan, one.pauses) == (EscalationState.ACKED, DANA, "Cleo takes it over", 1)
    vacant.escalated_to()
    await vacant.until(date(2026, 12, 8), "17:00")
    assert await vacant.level() == 1
    assert vacant.escalated_to() == {}
    await vacant.until(date(2026, 12, 9), "12:00")
    assert await vacant.level() == 2


async def test_what_was_told_shows_the_plan(vacant: Ladders) -> None:
    await plan_of(vacant)
    await vacant.office.until_idle()
    shown = [str(one.message) for one in vacant.slack.updates]
    assert any("paused until 9 Dec 2026" in each and "Cleo takes it over" in each for each in shown)


async def test_the_words_of_a_plan_are_kept_beside_the_chain(vacant: Ladders) -> None:
    await plan_of(vacant)
    (link,) = [each for each in await vacant.world.events() if each.action == "escalation.acknowledged"]
    assert (link.actor_id, link.facts["due"]) == (DANA, "2026-12-08")
    assert link.personal_hash
    assert "Cleo" not in str(link.facts)


async def test_it_pauses_twice_at_most(vacant: Ladders) -> None:
    await plan_of(vacant)
    await vacant.until(date(2026, 12, 9), "12:00")
    await plan_of(vacant, DANA, {**PLAN, words.DUE: "2026-12-11"})
    await vacant.until(date(2026, 12, 14), "12:00")
    assert "I have a plan" not in vacant.labels(DANA)
    pressed = vacant.world.pressed(Action.ESCALATION_PLAN, (await vacant.the_one()).id, DANA)
    with pytest.raises(UserError, match="paused twice already"):
        await vacant.world.act(acts.ask_plan, pressed, DANA)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({words.PLAN: "", words.DUE: "2026-12-08"}, words.PLAN, words.NEEDED),
        ({words.PLAN: "x" * 141, words.DUE: "2026-12-08"}, words.PLAN, words.too_long(141)),
        ({words.PLAN: "soon", words.DUE: "2026-12-02"}, words.DUE, words.PAST),
        ({words.PLAN: "soon", words.DUE: "2027-03-01"}, words.DUE, words.too_late(date(2026, 12, 31))),
        ({words.PLAN: "soon"}, words.DUE, "“” is not a day. Write it such as 2026-11-30."),
    ],
)
async def test_a_plan_needs_words_and_a_day_not_far_away(
    vacant: Ladders, values: dict[str, str], field: str, sentence: str
) -> None:
    assert refused(await plan_of(vacant, DANA, values)) == {field: sentence}
    assert (await vacant.the_one()).state is EscalationState.RAISED


async def test_somebody_who_was_not_told_cannot_act_on_it(vacant: Ladders) -> None:
    one = await vacant.the_one()
    for flow, action in (
        (acts.ask_plan, Action.ESCALATION_PLAN),
        (acts.ask_nominee, Action.ESCALATION_PROPOSE),
        (acts.ask_handover, Action.ESCALATION_NOT_MINE),
    ):
        for who, value in ((LEE, one.id), (CLEO, one.id), (DANA, "no such thing")):
            with pytest.raises(UserError, match="settled already, or you were not asked"):
                await vacant.world.act(flow, vacant.world.pressed(action, value, who), who)


async def test_the_sponsor_proposes_somebody_who_accepts(vacant: Ladders) -> None:
    form = await vacant.pressed("Propose somebody", DANA, acts.ask_nominee)
    assert isinstance(form, OpenForm)
    sent = vacant.world.sent(form, {words.TO: "cleo-ray@northlake.example"}, DANA)
    assert "Cleo Ray is asked to be operations leader of SEPSIS" in said(
        await vacant.world.act(acts.take_nominee, sent, DANA)
    )
    await vacant.office.until_idle()
    assert [message.title for message in vacant.read(CLEO)] == ["1 role is offered to you"]
    async with vacant.ports.open_unit_of_work() as uow:
        (offer,) = [a for a in await uow.ownership.held_by(CLEO) if a.state is AssignmentState.PROPOSED]
    await vacant.accepted(offer, CLEO)
    assert await vacant.open_ones() == []


async def test_whoever_cannot_own_the_role_is_refused(vacant: Ladders) -> None:
    await vacant.world.has(an_assignment(role=Role.GOVERNANCE_REVIEWER, person_id=CLEO))
    form = await vacant.pressed("Propose somebody", DANA, acts.ask_nominee)
    assert isinstance(form, OpenForm)
    for typed, sentence in (("Cleo Ray", "governance reviewer"), ("Nobody Known", "Nobody of that name")):
        reply = await vacant.world.act(acts.take_nominee, vacant.world.sent(form, {words.TO: typed}, DANA), DANA)
        assert sentence in refused(reply)[words.TO]


async def test_a_reader_hands_their_own_role_over(vacant: Ladders) -> None:
    form = await vacant.pressed("Not mine any more", ANA, acts.ask_handover)
    assert isinstance(form, OpenForm)
    sent = vacant.world.sent(form, {words.TO: "Cleo Ray", words.REASON: "overload"}, ANA)
    assert "technical lead of SEPSIS. You stay accountable" in said(
        await vacant.world.act(acts.take_handover, sent, ANA)
    )
    async with vacant.ports.open_unit_of_work() as uow:
        (offer,) = [a for a in await uow.ownership.held_by(CLEO) if a.state is AssignmentState.PROPOSED]
    assert (offer.role, offer.handover_from) == (Role.TECHNICAL_LEAD, ANA)


async def test_handing_over_needs_a_person_and_a_reason(vacant: Ladders) -> None:
    form = await vacant.pressed("Not mine any more", ANA, acts.ask_handover)
    assert isinstance(form, OpenForm)
    reply = await vacant.world.act(acts.take_handover, vacant.world.sent(form, {}, ANA), ANA)
    assert set(refused(reply)) == {words.TO, words.REASON}


async def test_who_is_replaced_hears_that_the_role_has_passed_on(ladders: Ladders) -> None:
    offer = await ladders.offered(CLEO, by=DANA)
    await ladders.accepted(offer, CLEO)
    await ladders.office.until_idle()
    for who in (ANA, DANA):
        assert [message.fallback for message in ladders.read(who)] == [
            "Cleo Ray is technical lead of SEPSIS since 30 Nov 2026. Nothing is left for you to do."
        ]


async def test_peers_do_not_replace_who_holds_a_role(ladders: Ladders) -> None:
    await ladders.until(date(2026, 12, 7), "09:00")
    assert "Propose somebody" not in ladders.labels(BEN)
    about_ana: Escalation = next(one for one in await ladders.open_ones() if one.person_id == ANA)
    pressed = ladders.world.pressed(Action.ESCALATION_PROPOSE, about_ana.id, BEN)
    with pytest.raises(UserError, match="you were not asked"):
        await ladders.world.act(acts.ask_nominee, pressed, BEN)


async def test_a_nominee_reads_the_offer_again(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.offered(CLEO, Role.OPERATIONS_LEADER)
    await gaps.until(THURSDAY, "12:00")
    reply = await gaps.pressed("Answer the offer", CLEO, acts.show_offers)
    assert "1 role is offered to you" in said(reply)


async def test_an_undelivered_message_does_not_hold_the_ladder_up(gaps: Ladders) -> None:
    gaps.slack.fail("send", MessageRejected("invalid_blocks"))
    await gaps.vacated()
    await gaps.until(THURSDAY, "12:00")
    assert await gaps.level() == 1
    (first,) = [n for n in await gaps.notices(await gaps.the_one()) if n.level == 0]
    assert (first.failed, first.told_at) == (True, None)


async def test_a_plan_that_comes_before_the_message_drops_it(vacant: Ladders) -> None:
    await vacant.until(date(2026, 12, 6), "17:00")
    vacant.clock.set(vacant.clock.now() + timedelta(hours=7, minutes=30))  # Monday, before anybody may be written to
    await climb(vacant.ports)
    assert await vacant.level() == 2
    vacant.escalated_to()
    await plan_of(vacant)
    await vacant.until(date(2026, 12, 7), "12:00")
    assert vacant.escalated_to() == {}
    assert await vacant.row(DeliveryKind.ESCALATION, "2026-12-07", DANA)
