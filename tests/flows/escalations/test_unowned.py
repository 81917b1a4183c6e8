"""OWN: a role nobody answers for is heard of by sponsor, co-owners, lead and executive after 0, 3, 5, 8 and 11 days."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.escalation import LadderCode
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import Role
from bot.domain.standing import Cause
from bot.flows import ownership
from bot.flows.escalations.climbing import climb
from bot.messages.model import Action
from tests.builders import ANA, an_absence, an_assignment, an_initiative, an_organisation
from tests.flows.escalations.weeks import EVE, LEE, MAX, Ladders
from tests.flows.world import BEN, CLEO, DANA

MONDAY = date(2026, 11, 30)
OWN = LadderCode.OWN


def working_day(number: int) -> date:
    """Return the day that lies some working days after the first Monday."""
    return MONDAY + timedelta(days=number // 5 * 7 + number % 5)


async def climbed(gaps: Ladders, *days: int) -> dict[int, tuple[int, dict[str, int]]]:
    """Return, for each of these working days at noon, the level and who has been told since the one before."""
    found = {}
    for number in days:
        await gaps.until(working_day(number), "12:00")
        (one,) = await gaps.open_ones(OWN)
        found[number] = (one.level, gaps.escalated_to())
    return found


async def test_a_vacant_role_climbs_in_working_days(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.tick()
    assert await climbed(gaps, 0, 2, 3, 4, 5, 7, 8, 10) == {
        0: (0, {DANA: 1}),
        2: (0, {}),
        3: (1, {ANA: 1}),
        4: (1, {}),
        5: (2, {DANA: 1}),
        7: (2, {}),
        8: (3, {LEE: 1}),
        10: (3, {}),
    }
    assert (await climbed(gaps, 11))[11] == (4, {EVE: 1})


async def test_nobody_who_was_just_told_is_told_again_within_five_working_days(gaps: Ladders) -> None:
    await gaps.vacated(Role.BUSINESS_SPONSOR, DANA)
    await gaps.tick()
    told = await climbed(gaps, 0, 3, 5, 8, 11)
    assert told[0] == (0, {LEE: 1})  # there is no sponsor to tell
    assert told[3] == (1, {ANA: 1, BEN: 1})
    assert told[5] == (2, {LEE: 1})
    assert told[8] == (3, {})
    assert told[11] == (4, {LEE: 1, EVE: 1})


async def test_holidays_pause_it(gaps: Ladders) -> None:
    days = frozenset({date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)})
    await gaps.world.has(an_organisation(holidays=days))
    await gaps.vacated()
    await gaps.tick()
    await gaps.until(working_day(5), "12:00")
    assert await gaps.level() == 0
    await gaps.until(working_day(6), "12:00")
    assert await gaps.level() == 1


async def test_the_clock_starts_when_somebody_has_heard(gaps: Ladders) -> None:
    await gaps.vacated()
    await climb(gaps.ports)  # the message is planned, and nothing is sent for four days
    gaps.clock.set(gaps.clock.now() + timedelta(days=4))
    await climb(gaps.ports)
    assert await gaps.level() == 0
    await gaps.tick()
    assert gaps.escalated_to() == {DANA: 1}
    await gaps.until(working_day(6), "12:00")
    assert await gaps.level() == 0
    await gaps.until(working_day(7), "12:00")
    assert await gaps.level() == 1


async def test_a_role_that_is_taken_ends_it_at_once(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.until(working_day(3), "12:00")
    offer = await gaps.offered(CLEO, Role.OPERATIONS_LEADER)
    await gaps.accepted(offer, CLEO)
    assert await gaps.open_ones() == []
    await gaps.until(working_day(12), "12:00")
    assert EVE not in gaps.escalated_to()


async def test_a_new_offer_holds_the_ladder_for_the_nominee_s_three_days(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.until(working_day(4), "12:00")
    await gaps.offered(CLEO, Role.OPERATIONS_LEADER)
    await gaps.until(working_day(6), "12:00")
    assert await gaps.level() == 1
    gaps.read(CLEO)
    await gaps.until(working_day(7), "12:00")
    assert await gaps.level() == 2
    assert len(gaps.read(CLEO, "open point")) == 1
    assert gaps.labels(CLEO) == ["Answer the offer"]


async def test_an_offer_nobody_accepts_is_heard_of_first_by_its_nominee(gaps: Ladders) -> None:
    await gaps.world.has(an_initiative("SCRIBE"), an_assignment("initiative-scribe", person_id=ANA))
    await gaps.offered(CLEO, Role.OPERATIONS_LEADER, about="initiative-scribe")
    await gaps.until(working_day(2), "12:00")
    assert await gaps.open_ones() == []
    gaps.read(CLEO)
    told = await climbed(gaps, 3, 5)
    assert told[3] == (1, {ANA: 1, CLEO: 1})
    assert told[5] == (2, {LEE: 1})


async def test_i04_an_offer_of_a_role_that_is_held_is_no_gap(gaps: Ladders) -> None:
    await gaps.offered(CLEO)
    await gaps.until(working_day(4), "12:00")
    assert await gaps.open_ones(OWN) == []


async def test_who_offered_a_role_reads_once_that_it_was_not_taken(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.offered(CLEO, Role.OPERATIONS_LEADER, by=DANA)
    await gaps.until(working_day(5), "12:00")
    gaps.read(DANA)
    await gaps.until(working_day(7), "12:00")
    assert [message.fallback for message in gaps.read(DANA) if "lapsed" in message.fallback] == []
    row = await gaps.row(DeliveryKind.ROLES_LAPSED, working_day(6).isoformat(), DANA)
    assert row
    assert (row.state, row.reason) == (DeliveryState.SUPERSEDED, "offered again or told already")


async def test_an_offer_declined_tells_who_made_it_once(gaps: Ladders) -> None:
    await gaps.world.has(an_initiative("SCRIBE"), an_assignment("initiative-scribe", person_id=ANA))
    await gaps.world.has(an_assignment("initiative-scribe", Role.BUSINESS_SPONSOR, DANA))
    offer = await gaps.offered(CLEO, Role.OPERATIONS_LEADER, DANA, about="initiative-scribe")
    pressed = gaps.world.pressed(Action.ROLE_DECLINE, offer.id, CLEO)
    await gaps.world.act(ownership.decline_role, pressed, CLEO)
    await gaps.office.until_idle()
    assert len(gaps.read(DANA)) == 1
    told = await climbed(gaps, 0, 3)
    assert told == {0: (0, {}), 3: (1, {ANA: 1})}


async def test_who_has_left_leaves_a_gap(gaps: Ladders) -> None:
    ben = await gaps.world.person(BEN)
    await gaps.world.has(replace(ben, active=False, deactivated_at=gaps.clock.now()))
    await gaps.tick()
    (one,) = await gaps.open_ones()
    assert (one.ladder, one.cause, one.person_id, one.level) == (OWN, Cause.DEPARTED, BEN, 0)
    assert gaps.escalated_to() == {DANA: 1}


async def test_who_cannot_be_reached_leaves_a_gap_until_they_can(gaps: Ladders) -> None:
    ben = await gaps.world.person(BEN)
    await gaps.world.has(replace(ben, unreachable_since=gaps.clock.now()))
    await gaps.tick()
    assert (await gaps.the_one()).cause is Cause.UNREACHABLE
    await gaps.world.has(ben)
    await gaps.tick()
    assert await gaps.open_ones() == []


async def test_a_departed_sponsor_is_heard_of_by_their_manager(gaps: Ladders) -> None:
    dana = await gaps.world.person(DANA)
    await gaps.world.has(replace(dana, active=False, deactivated_at=gaps.clock.now()))
    await gaps.tick()
    assert gaps.escalated_to() == {MAX: 1}


async def test_a_sponsor_who_is_away_for_days_is_passed_over(gaps: Ladders) -> None:
    await gaps.world.has(an_absence(DANA, id="a", first=MONDAY, last=working_day(9)))
    await gaps.vacated()
    await gaps.tick()
    assert gaps.escalated_to() == {LEE: 1}


async def test_what_is_not_worked_on_has_no_gaps(gaps: Ladders) -> None:
    await gaps.vacated()
    await gaps.tick()
    held = an_initiative(lifecycle=Lifecycle.ON_HOLD, hold_review_on=date(2026, 12, 20))
    await gaps.world.has(held)
    await gaps.tick()
    assert await gaps.open_ones() == []


async def test_a_role_of_which_nothing_is_recorded_says_nothing(gaps: Ladders) -> None:
    await gaps.world.has(an_initiative("SCRIBE"), an_assignment("initiative-scribe", person_id=ANA))
    await gaps.tick()
    assert await gaps.open_ones() == []
    entered = an_initiative("SCRIBE", stage_entered_on=MONDAY)
    await gaps.world.has(entered)
    await gaps.tick()
    assert {one.role for one in await gaps.open_ones()} == {Role.BUSINESS_SPONSOR, Role.OPERATIONS_LEADER}


async def test_an_initiative_nobody_ever_owned_is_left_to_the_digest(gaps: Ladders) -> None:
    await gaps.world.has(an_initiative("SCRIBE", stage_entered_on=MONDAY))
    await gaps.world.has(an_initiative("NOTYET", stage=Stage.INTAKE, stage_entered_on=MONDAY))
    await gaps.tick()
    assert await gaps.open_ones() == []


async def test_a_gap_takes_the_place_of_the_silence_it_explains(ladders: Ladders) -> None:
    await ladders.until(date(2026, 12, 7), "09:00")
    assert Role.TECHNICAL_LEAD in {one.role for one in await ladders.open_ones(LadderCode.CHK)}
    ana = await ladders.world.person(ANA)
    await ladders.world.has(replace(ana, active=False, deactivated_at=ladders.clock.now()))
    await ladders.tick()
    assert Role.TECHNICAL_LEAD not in {one.role for one in await ladders.open_ones(LadderCode.CHK)}
    assert {one.role for one in await ladders.open_ones(OWN)} == {Role.TECHNICAL_LEAD}
