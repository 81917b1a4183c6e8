"""CHK: a check-in that stays unanswered is heard of by co-owners, sponsor, lead and executive, a week apart."""

from datetime import timedelta

import pytest

from bot.domain.checkins import PromptState
from bot.domain.escalation import LadderCode, Resolution
from bot.domain.ownership import AssignmentKind, Role
from bot.errors import RecipientUnreachable, UserError
from bot.flows import answering, checkins
from bot.flows.cycles import close_due
from bot.flows.escalations.climbing import climb
from bot.messages.model import Note, Paragraph
from bot.messages.model import plain as words_of
from bot.ports import OpenForm
from tests.builders import ANA, SEPSIS, an_absence, an_assignment
from tests.flows.escalations.weeks import ANA_S, EVE, FRIDAY, LEE, MAX, MONDAY, THURSDAY, Ladders
from tests.flows.world import BEN, CLEO, DANA

WEEK, FIRST = timedelta(weeks=1), "2026-W49"
BEN_S = {"rag_workflow": "Green", "blocker_ops": "none", "friction": "none"}
DANA_S = {"rag_outcome": "Green", "ask": "none"}


async def others_answer(ladders: Ladders, week: str, *roles: Role) -> None:
    """Let Ben and Dana answer their check-ins of a week."""
    values = {Role.OPERATIONS_LEADER: (BEN, BEN_S), Role.BUSINESS_SPONSOR: (DANA, DANA_S)}
    for role in roles or values:
        who, given = values[role]
        await ladders.world.answered(await ladders.world.prompt(role, week), given, who)


async def ana_misses(ladders: Ladders, weeks: int) -> None:
    """Let weeks go by in which everybody but Ana answers, until Monday at nine."""
    for n in range(weeks):
        await ladders.until(THURSDAY + n * WEEK, "11:00")
        await others_answer(ladders, f"2026-W{49 + n}")
        await ladders.until(MONDAY + n * WEEK, "09:00")


async def test_each_week_without_an_answer_the_next_one_hears(ladders: Ladders) -> None:
    climbed, told = [], []
    for n in range(4):
        await ladders.until(THURSDAY + n * WEEK, "11:00")
        await others_answer(ladders, ("2026-W49", "2026-W50", "2026-W51", "2026-W52")[n])
        await ladders.until(MONDAY + n * WEEK, "09:00")
        climbed.append(await ladders.level())
        told.append(ladders.escalated_to())
    assert climbed == [1, 2, 3, 4]
    assert told == [{BEN: 1, DANA: 1}, {DANA: 1}, {LEE: 1}, {EVE: 1}]
    assert await ladders.actions() == ["escalation.raised", *["escalation.risen"] * 3]


async def test_nobody_hears_before_the_cycle_has_closed(ladders: Ladders) -> None:
    await ladders.until(THURSDAY, "11:00")
    await others_answer(ladders, FIRST)
    await ladders.until(MONDAY, "07:59")
    assert await ladders.level() is None
    assert ladders.escalated_to() == {}


async def test_running_it_again_changes_nothing(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    before = await ladders.the_one()
    for _ in range(3):
        assert await climb(ladders.ports) == 0
    assert await ladders.the_one() == before
    ladders.clock.advance(minutes=5)
    assert await climb(ladders.ports) == 0


async def test_an_answer_in_time_means_no_escalation(ladders: Ladders) -> None:
    await ladders.until(FRIDAY, "14:00")
    await others_answer(ladders, FIRST)
    await ladders.world.answered(await ladders.world.prompt(week=FIRST), ANA_S)
    await ladders.until(MONDAY + timedelta(days=2), "09:00")
    assert await ladders.actions() == []


async def test_a_late_answer_ends_it_and_updates_what_was_told(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    assert ladders.escalated_to() == {BEN: 1, DANA: 1}
    await ladders.world.answered(await ladders.world.prompt(week=FIRST), ANA_S)
    await ladders.office.until_idle()
    assert await ladders.open_ones() == []
    titles = [one.message.title for one in ladders.slack.updates[-2:]]
    assert titles == ["Nothing needs you any more"] * 2
    assert (await ladders.actions())[-1] == "escalation.resolved"


async def test_I_20_a_message_that_waits_is_dropped_when_the_answer_comes_first(ladders: Ladders) -> None:  # noqa: N802
    await ladders.until(THURSDAY, "11:00")
    await others_answer(ladders, FIRST)
    await ladders.until(FRIDAY, "17:00")
    ladders.clock.set(ladders.clock.now().replace(month=12, day=7, hour=14, minute=1))  # Monday 08:01
    await close_due(ladders.ports)
    await climb(ladders.ports)
    await ladders.world.answered(await ladders.world.prompt(week=FIRST), ANA_S)
    await ladders.office.until_idle()
    assert ladders.escalated_to() == {}


async def test_a_co_owner_answers_on_behalf_and_both_are_stored(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    prompt = await ladders.world.prompt(week=FIRST)
    form = await ladders.pressed("Answer on behalf", BEN, checkins.show_form)
    assert isinstance(form, OpenForm)
    await ladders.world.act(answering.answer, ladders.world.sent(form, ANA_S, BEN), BEN)
    response = await ladders.world.response(prompt)
    assert (response.responder_id, response.on_behalf_of, response.late) == (BEN, ANA, True)
    assert await ladders.open_ones() == []
    assert (await ladders.world.prompt(week=FIRST)).person_id == ANA


async def test_a_co_owner_may_not_answer_before_the_check_in_was_missed(ladders: Ladders) -> None:
    await ladders.until(THURSDAY, "11:00")
    prompt = await ladders.world.prompt(week=FIRST)
    with pytest.raises(UserError, match="not yours to answer"):
        await ladders.world.form_of(prompt, BEN)


async def test_what_the_holder_answered_late_is_not_for_co_owners_to_change(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    prompt = await ladders.world.prompt(week=FIRST)
    await ladders.world.answered(prompt, ANA_S)
    with pytest.raises(UserError, match="not yours to answer"):
        await ladders.world.form_of(prompt, BEN)


async def test_a_delegate_is_asked_beside_the_co_owners(ladders: Ladders) -> None:
    await ladders.world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    await ana_misses(ladders, 1)
    assert ladders.escalated_to() == {BEN: 1, CLEO: 1, DANA: 1}


async def test_an_absence_with_nobody_to_answer_excuses_and_ends_it(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    away = an_absence(first=MONDAY + timedelta(days=2), last=MONDAY + timedelta(days=11))
    await ladders.world.has(away)
    await ladders.until(THURSDAY + WEEK, "11:00")
    assert (await ladders.world.prompt(week="2026-W50")).state is PromptState.EXCUSED
    assert await ladders.open_ones() == []


async def test_the_sponsor_is_escalated_to_their_manager(ladders: Ladders) -> None:
    for n in range(3):
        await ladders.until(THURSDAY + n * WEEK, "11:00")
        week = f"2026-W{49 + n}"
        await others_answer(ladders, week, Role.OPERATIONS_LEADER)
        await ladders.world.answered(await ladders.world.prompt(week=week), ANA_S)
        await ladders.until(MONDAY + n * WEEK, "09:00")
        if n == 0:
            assert ladders.escalated_to() == {ANA: 1, BEN: 1}
    assert ladders.escalated_to() == {MAX: 1, LEE: 1}


async def test_what_was_never_delivered_is_not_missed(ladders: Ladders) -> None:
    ladders.slack.fail("send", *[RecipientUnreachable("user_disabled")] * 3)
    await ladders.until(MONDAY, "09:00")
    assert (await ladders.world.prompt(week=FIRST)).state is PromptState.FAILED
    assert await ladders.open_ones(LadderCode.CHK) == []


async def test_nobody_is_escalated_for_our_own_outage(ladders: Ladders) -> None:
    await ladders.until(THURSDAY, "11:00")
    ladders.clock.set(ladders.clock.now() + timedelta(weeks=3))  # down from Thursday, before any reminder
    await ladders.tick()
    await ladders.tick()
    assert (await ladders.world.prompt(week=FIRST)).state is PromptState.MISSED
    assert await ladders.open_ones() == []


async def test_a_miss_is_not_counted_for_who_takes_the_role_over(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    await ladders.accepted(await ladders.offered(CLEO), CLEO)
    assert await ladders.open_ones() == []
    await ladders.until(MONDAY + timedelta(days=2), "09:00")
    assert await ladders.open_ones() == []


async def test_I_30_stopping_an_initiative_ends_its_escalations_at_once(ladders: Ladders) -> None:  # noqa: N802
    await ana_misses(ladders, 1)
    async with ladders.ports.open_unit_of_work() as uow:
        await checkins.cancel_open(SEPSIS, "stopped", uow, ladders.ports)
        await uow.commit()
    assert await ladders.open_ones() == []
    async with ladders.ports.open_unit_of_work() as uow:
        ended = await uow.escalations.ended_about([SEPSIS], LadderCode.CHK)
    assert [one.resolution for one in ended] == [Resolution.CLOSED]


async def test_the_message_says_why_who_hears_next_and_when(ladders: Ladders) -> None:
    await ana_misses(ladders, 1)
    (message,) = ladders.read(BEN, "open point")
    said = "\n".join(words_of(block.text) for block in message.blocks if isinstance(block, Paragraph | Note))
    assert "As operations leader of SEPSIS" in said
    assert "Can you answer on their behalf?" in said
    assert "rule CHK, level 1" in said
    assert "policy 1" in said
    assert "Next: Dana Whitfield (business sponsor) on Mon 14 Dec if 2026-W50 is missed as well." in said
    assert ladders.labels(BEN) == ["Answer on behalf", "I have a plan", "Not mine any more"]


async def test_several_subjects_make_one_message(ladders: Ladders) -> None:
    await ladders.until(MONDAY, "09:00")  # nobody has answered
    assert ladders.escalated_to() == {ANA: 1, BEN: 1, DANA: 1}
    assert len(await ladders.open_ones()) == 3
