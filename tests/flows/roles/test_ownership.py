"""Handing a role over: proposed, accepted or declined, with its open check-ins, and without a day between."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import Prompt, PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState, MessageRef
from bot.domain.initiatives import Lifecycle
from bot.domain.ownership import (
    AssignmentKind,
    AssignmentState,
    HandoverReason,
    Role,
    RoleAssignment,
    accountable,
)
from bot.errors import UserError
from bot.flows import checkins, ownership
from bot.flows.people import AccountUnknown
from bot.messages.forms import FormName
from bot.messages.model import Action
from bot.ports import FormErrors, OpenForm, Profile, Replace, Reply, Say
from tests.builders import ANA, SEPSIS, WEEK, a_delivery, a_person, an_assignment, an_initiative
from tests.flows.world import BEN, CLEO, DANA, World

TODAY = date(2026, 11, 26)


async def assignments(world: World) -> list[RoleAssignment]:
    async with world.ports.open_unit_of_work() as uow:
        return await uow.ownership.of([SEPSIS])


async def holder(world: World, day: date = TODAY) -> str | None:
    found = accountable(await assignments(world), Role.TECHNICAL_LEAD, day)
    return found.person_id if found else None


async def proposed(world: World, to: str = "Cleo Ray", who: str = ANA, **values: str) -> Reply:
    prompt = await world.prompt()
    form = await world.act(ownership.not_mine, world.pressed(Action.CHECKIN_NOT_MINE, prompt.id, who), who)
    assert isinstance(form, OpenForm)
    sent = world.sent(form, {"to": to, "reason": "overload", **values}, who)
    return await world.act(ownership.hand_over, sent, who)


async def offer_to(world: World, person_id: str = CLEO) -> RoleAssignment:
    found = [a for a in await assignments(world) if a.state is AssignmentState.PROPOSED and a.person_id == person_id]
    assert len(found) == 1
    return found[0]


async def accepted(world: World, who: str = CLEO) -> Reply:
    offer = await offer_to(world, who)
    return await world.act(ownership.accept_role, world.pressed(Action.ROLE_ACCEPT, offer.id, who), who)


async def test_not_mine_any_more_asks_who_takes_it_and_why(world: World) -> None:
    prompt = await world.asks()
    form = await world.act(ownership.not_mine, world.pressed(Action.CHECKIN_NOT_MINE, prompt.id))
    assert isinstance(form, OpenForm)
    assert form.form.name is FormName.HANDOVER
    assert [field.label for field in form.form.fields] == ["Who is technical lead of SEPSIS now?", "Why?"]


async def test_i04_a_proposal_changes_nothing_until_it_is_accepted(world: World) -> None:
    await world.asks()
    reply = await proposed(world)
    assert isinstance(reply, Say)
    assert reply.message.fallback == (
        "Cleo Ray is asked to be technical lead of SEPSIS. You stay accountable until they accept."
    )
    assert await holder(world) == ANA
    offer = await offer_to(world)
    assert (offer.handover_from, offer.handover_reason) == (ANA, HandoverReason.OVERLOAD)
    assert await world.delivery(offer.id, kind=DeliveryKind.ROLE_PROPOSED) is not None
    assert [link.action for link in await world.events()] == ["role.proposed"]


async def test_i01_i04_accepting_passes_the_role_without_a_gap(world: World) -> None:
    await world.asks()
    await proposed(world)
    world.clock.advance(days=1)
    reply = await accepted(world)
    assert isinstance(reply, Replace)
    assert reply.message.fallback.startswith("You are now technical lead of SEPSIS.")
    day = date(2026, 11, 27)
    assert (await holder(world, TODAY), await holder(world, day)) == (ANA, CLEO)
    old = next(a for a in await assignments(world) if a.person_id == ANA)
    assert (old.state, old.valid_to, (await holder(world, day))) == (AssignmentState.ENDED, day, CLEO)
    assert [link.action for link in await world.events()][-1] == "role.accepted"


async def test_the_open_check_in_moves_with_the_role_and_nobody_is_asked_twice(world: World) -> None:
    prompt = await world.asks(snoozed=True)
    await proposed(world)
    await accepted(world)
    moved = await world.prompt()
    assert (moved.person_id, moved.state, moved.snoozed) == (CLEO, PromptState.SCHEDULED, False)
    assert await world.updates(ANA) == 2  # that it is offered, and that it has gone
    assert await world.delivery(WEEK, CLEO, kind=DeliveryKind.CHECKIN_PROMPT) is not None
    ana, cleo = await world.person(ANA), await world.person(CLEO)
    async with world.ports.open_unit_of_work() as uow:
        assert not (await checkins.listing(ana, WEEK, uow, world.ports)).items
        assert not (await checkins.reminder(ana, WEEK, 2, uow, world.ports)).items
        assert len((await checkins.listing(cleo, WEEK, uow, world.ports)).items) == 1
    with pytest.raises(UserError, match="not yours"):
        await world.form_of(prompt)
    await world.form_of(prompt, CLEO)


async def test_the_new_holder_gets_the_reminders_still_to_come_at_their_own_hours(world: World) -> None:
    await world.has(replace(await world.person(CLEO), timezone="America/New_York"))
    await world.asks()
    await proposed(world)
    world.clock.set(datetime(2026, 11, 27, 16, 30, tzinfo=UTC))
    await accepted(world)
    assert await world.delivery(WEEK, CLEO, "1", kind=DeliveryKind.CHECKIN_NUDGE) is None
    second = await world.delivery(WEEK, CLEO, "2", kind=DeliveryKind.CHECKIN_NUDGE)
    assert second is not None
    assert second.not_before == datetime(2026, 11, 27, 20, tzinfo=UTC)
    assert (await world.prompt()).due_at == second.not_before


async def test_a_new_holder_who_has_a_message_already_finds_the_check_in_in_it(world: World) -> None:
    await world.asks()
    ref = MessageRef("slack", "D1", "1.1", "T1")
    await world.has(a_delivery(WEEK, CLEO, to=CLEO, state=DeliveryState.SENT, ref=ref))
    await proposed(world)
    await accepted(world)
    assert (await world.prompt()).state is PromptState.SENT
    assert await world.updates(CLEO) == 1


async def test_an_answered_check_in_stays_with_who_answered(world: World) -> None:
    await world.asks(state=PromptState.ANSWERED, answered_at=world.clock.now())
    await proposed(world)
    await accepted(world)
    assert (await world.prompt()).person_id == ANA


async def test_a_check_in_that_was_excused_for_the_old_holder_is_asked_of_the_new_one(world: World) -> None:
    await world.asks(state=PromptState.EXCUSED, excused_reason="absent")
    await world.has(offered())
    await accepted(world)
    moved = await world.prompt()
    assert (moved.person_id, moved.state, moved.excused_reason) == (CLEO, PromptState.SCHEDULED, "")


async def test_passing_it_on_twice_updates_everybody_each_time(world: World) -> None:
    await world.asks()
    for giver, taker, name in ((ANA, CLEO, "Cleo Ray"), (CLEO, ANA, "Ana Ortiz"), (ANA, CLEO, "Cleo Ray")):
        await proposed(world, name, giver)
        await accepted(world, taker)
        world.clock.advance(minutes=1)
    assert await holder(world) == CLEO
    assert (await world.prompt()).person_id == CLEO
    assert await world.updates(ANA) == 5  # twice offered, twice gone, once come


def offered(person_id: str = CLEO, **changes: object) -> RoleAssignment:
    base = an_assignment(person_id=person_id, state=AssignmentState.PROPOSED, accepted_at=None, assigned_by=ANA)
    return replace(base, id=f"offer-{person_id}", **changes)  # type: ignore[arg-type]


async def test_the_one_who_proposed_is_told_of_either_answer(world: World) -> None:
    for flow in (ownership.accept_role, ownership.decline_role):
        await world.has(offered(BEN, kind=AssignmentKind.DELEGATE))
        await world.act(flow, world.pressed(Action.ROLE_ACCEPT, f"offer-{BEN}", BEN), BEN)
        row = await world.delivery(f"offer-{BEN}", kind=DeliveryKind.ROLE_ANSWERED)
        assert row is not None
        assert row.person_id == ANA


async def test_declining_leaves_the_holder_accountable(world: World) -> None:
    await world.asks()
    await proposed(world)
    offer = await offer_to(world)
    reply = await world.act(ownership.decline_role, world.pressed(Action.ROLE_DECLINE, offer.id, CLEO), CLEO)
    assert isinstance(reply, Replace)
    assert reply.message.fallback == "You declined to be technical lead of SEPSIS. Who proposed it is told."
    assert await holder(world) == ANA
    assert (await world.prompt()).person_id == ANA
    with pytest.raises(UserError, match="no longer open"):
        await world.act(ownership.accept_role, world.pressed(Action.ROLE_ACCEPT, offer.id, CLEO), CLEO)


async def test_only_the_nominee_answers_an_offer(world: World) -> None:
    await world.has(offered())
    for flow in (ownership.accept_role, ownership.decline_role):
        for offer_id in (f"offer-{CLEO}", "no such offer"):
            with pytest.raises(UserError, match="not offered to you"):
                await world.act(flow, world.pressed(Action.ROLE_ACCEPT, offer_id, BEN), BEN)


async def test_an_offer_of_a_closed_initiative_is_gone(world: World) -> None:
    await world.has(offered(), an_initiative(lifecycle=Lifecycle.STOPPED))
    with pytest.raises(UserError, match="no longer open"):
        await accepted(world)


async def test_a_role_is_offered_to_one_person_at_a_time(world: World) -> None:
    await world.asks()
    await proposed(world)
    await proposed(world, "Ben Vale")
    assert (await offer_to(world, BEN)).state is AssignmentState.PROPOSED
    assert [a.state for a in await assignments(world) if a.person_id == CLEO] == [AssignmentState.EXPIRED]


async def test_i03_a_delegate_who_takes_the_role_is_no_delegate_of_it_any_more(world: World) -> None:
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    await world.asks()
    await proposed(world)
    await accepted(world)
    kinds = {a.kind: a.state for a in await assignments(world) if a.person_id == CLEO}
    assert kinds == {AssignmentKind.DELEGATE: AssignmentState.ENDED, AssignmentKind.PRIMARY: AssignmentState.ACTIVE}


async def test_a_stand_in_cannot_hand_the_role_over(world: World) -> None:
    prompt: Prompt = await world.asks(person_id=CLEO, on_behalf_of=ANA)
    with pytest.raises(UserError, match="only they or the portfolio lead"):
        await world.act(ownership.not_mine, world.pressed(Action.CHECKIN_NOT_MINE, prompt.id, CLEO), CLEO)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("Ana Ortiz", "Ana Ortiz holds this role already"),
        ("Nobody Here", "Nobody of that name"),
        ("", "Nobody of that name"),
        ("Fay Gone", "Fay Gone has left"),
        ("Rita Review", "governance reviewer"),
    ],
)
async def test_i02_who_cannot_take_it_is_said_at_the_field(world: World, to: str, said: str) -> None:
    await world.has(a_person("Fay Gone", active=False), a_person("Rita Review"))
    await world.has(an_assignment(role=Role.GOVERNANCE_REVIEWER, person_id="rita-review"))
    await world.asks()
    reply = await proposed(world, to)
    assert isinstance(reply, FormErrors)
    assert said in reply.errors["to"]
    assert [field.initial for field in reply.form.fields if field.name == "reason"] == [("overload",)]
    assert await holder(world) == ANA


async def test_a_reason_that_is_none_is_said_at_its_field(world: World) -> None:
    await world.asks()
    reply = await proposed(world, reason="boredom")
    assert isinstance(reply, FormErrors)
    assert reply.errors == {"reason": "Choose one of the reasons."}


async def test_somebody_picked_whose_account_is_not_known_is_looked_up_and_linked(world: World) -> None:
    await world.has(a_person("Eva New"))
    prompt = await world.asks()
    form = await world.act(ownership.not_mine, world.pressed(Action.CHECKIN_NOT_MINE, prompt.id))
    assert isinstance(form, OpenForm)
    sent = world.sent(form, {"to": "U0EVA", "reason": "leave"})
    with pytest.raises(AccountUnknown) as unknown:
        await world.act(ownership.hand_over, sent)
    assert unknown.value.account == "U0EVA"
    known = replace(sent, profiles={"U0EVA": Profile(email="Eva-New@northlake.example", timezone="Europe/Oslo")})
    assert isinstance(await world.act(ownership.hand_over, known), Say)
    assert (await offer_to(world, "eva-new")).person_id == "eva-new"
    assert (await world.person("eva-new")).timezone == "Europe/Oslo"


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (Profile(email=None), "members of the organisation only"),
        (Profile(email="guest@else.example", outsider=True), "members of the organisation only"),
        (Profile(email="new@northlake.example"), "does not know new@northlake.example yet"),
    ],
)
async def test_i02_an_account_that_is_nobody_here_is_refused(world: World, profile: Profile, said: str) -> None:
    prompt = await world.asks()
    form = await world.act(ownership.not_mine, world.pressed(Action.CHECKIN_NOT_MINE, prompt.id))
    assert isinstance(form, OpenForm)
    sent = replace(world.sent(form, {"to": "U0X", "reason": "leave"}), profiles={"U0X": profile})
    reply = await world.act(ownership.hand_over, sent)
    assert isinstance(reply, FormErrors)
    assert said in reply.errors["to"]


async def test_several_offers_stay_in_the_message_after_one_is_answered(world: World) -> None:
    await world.has(offered(), an_initiative("SCRIBE"))
    await world.has(replace(offered(DANA), person_id=CLEO, initiative_id="initiative-scribe"))
    reply = await world.act(ownership.accept_role, world.pressed(Action.ROLE_ACCEPT, f"offer-{CLEO}", CLEO), CLEO)
    assert isinstance(reply, Replace)
    assert reply.message.title == "1 role is offered to you"
