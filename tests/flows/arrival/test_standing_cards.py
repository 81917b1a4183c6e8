"""Messages that stand: their buttons go when nothing can be answered, and say who is waited for."""

from datetime import timedelta

from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind, DeliveryState, MessageRef
from bot.domain.ownership import AssignmentState, Role, RoleAssignment
from bot.flows import cycles, ownership
from bot.messages.model import Action, Message, Paragraph, buttons_of, plain
from bot.ports import ActionPressed
from tests.builders import ANA, an_assignment
from tests.flows.office import Office
from tests.flows.world import BEN, CLEO, the_cycle

PROMPT = DeliveryKind.CHECKIN_PROMPT


def text_of(message: Message) -> str:
    return "\n".join(plain(block.text) for block in message.blocks if isinstance(block, Paragraph))


def standing(office: Office, who: str) -> list[Message]:
    return office.slack.sent_to(f"U-{who}")


async def test_buttons_go_once_an_hour_after_the_next_cycle_has_opened(office: Office) -> None:
    await office.world.asks(state=PromptState.SCHEDULED)
    await office.plans(PROMPT)
    await office.until_idle()
    office.clock.set(the_cycle().answers_until - timedelta(hours=3))
    await cycles.close_due(office.ports)
    await cycles.open_due(office.ports)
    await office.until_idle()
    (card,) = standing(office, ANA)
    assert any(button.label == "Answer" for button in buttons_of(card))
    office.clock.set(the_cycle().answers_until + timedelta(hours=1, minutes=1))
    await cycles.open_due(office.ports)
    await office.until_idle()
    old, new = standing(office, ANA)
    assert list(buttons_of(old)) == []
    assert "This check-in is closed" in text_of(old)
    assert any(button.label == "Answer" for button in buttons_of(new))
    assert len(office.slack.updates) == 1


async def test_the_holder_s_card_says_who_has_to_accept_and_that_they_did_not(office: Office) -> None:
    prompt = await office.world.asks(state=PromptState.SCHEDULED)
    await office.plans(PROMPT)
    await office.until_idle()
    form = await office.world.act(ownership.not_mine, office.world.pressed(Action.CHECKIN_NOT_MINE, prompt.id))
    sent = office.world.sent(form, {"to": "Cleo Ray", "reason": "overload"})  # type: ignore[arg-type]  # a form
    await office.world.act(ownership.hand_over, sent)
    await office.until_idle()
    assert "waiting for Cleo Ray to accept" in text_of(standing(office, ANA)[0])
    office.clock.advance(minutes=1)
    async with office.ports.open_unit_of_work() as uow:
        (offered,) = [one for one in await uow.ownership.held_by(CLEO) if one.state is AssignmentState.PROPOSED]
    await office.world.act(ownership.decline_role, office.world.pressed(Action.ROLE_DECLINE, offered.id, CLEO), CLEO)
    await office.until_idle()
    assert "waiting for" not in text_of(standing(office, ANA)[0])


async def offered(office: Office, role: Role) -> RoleAssignment:
    proposal = an_assignment(role=role, person_id=BEN, state=AssignmentState.PROPOSED, accepted_at=None)
    await office.world.has(proposal)
    async with office.ports.open_unit_of_work() as uow:
        await ownership.offer(proposal, uow, office.ports)
        await uow.commit()
    await office.until_idle()
    office.clock.advance(minutes=1)
    return proposal


async def test_an_answered_offer_goes_from_the_older_message_as_well(office: Office) -> None:
    first = await offered(office, Role.FINANCE_PARTNER)
    second = await offered(office, Role.GATEKEEPER)
    older, newer = standing(office, BEN)
    assert [len(list(buttons_of(message))) for message in (older, newer)] == [2, 4]
    where: MessageRef = office.slack.sent[-1].ref
    pressed = ActionPressed(
        sender=office.world.sender(BEN), action=Action.ROLE_ACCEPT, value=first.id, id="press", message=where
    )
    await office.world.act(ownership.accept_role, pressed, BEN)
    await office.until_idle()
    older = standing(office, BEN)[0]
    assert {button.value for button in buttons_of(older)} == {second.id}
    assert [one.ref for one in office.slack.updates] == [office.slack.sent[0].ref]


async def test_a_single_offer_leaves_nothing_to_change(office: Office) -> None:
    only = await offered(office, Role.FINANCE_PARTNER)
    pressed = ActionPressed(
        sender=office.world.sender(BEN), action=Action.ROLE_DECLINE, value=only.id, id="press",
        message=office.slack.sent[-1].ref,
    )  # fmt: skip
    await office.world.act(ownership.decline_role, pressed, BEN)
    await office.until_idle()
    assert office.slack.updates == []
    rows = [row for row in await office.rows_to(BEN) if row.kind is DeliveryKind.ROLE_UPDATE]
    assert all(row.state is DeliveryState.SUPERSEDED for row in rows)
