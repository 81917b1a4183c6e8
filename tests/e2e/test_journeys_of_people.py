"""Who may do what, on every platform: first contact, hand-over, two people in one role, and every slash command."""

from typing import Any

import pytest

from bot.domain.ownership import AssignmentKind, Role
from tests.builders import a_raid, an_assignment, store
from tests.e2e.harness import CHICAGO, World
from tests.e2e.people import ANA, BEN, GUS, MEI, RUTH, SAM, SECRET, SEPSIS
from tests.e2e.test_journeys import FRIDAY, MONDAY, THURSDAY, mei_is_asked

GOOD = {"rag_model": "Green", "blocker_tech": "none"}


async def ana_is_asked(world: World) -> None:
    """Let time pass until Ana has been asked."""
    await mei_is_asked(world)
    await world.advance(THURSDAY, "10:01", CHICAGO)
    world.expect_message(ANA)


async def ana_offers_stroke_to_ben(world: World) -> None:
    """Let Ana hand STROKE over."""
    await world.press(ANA, "Not mine any more", "STROKE")
    told = await world.fill(ANA, {"to": world.handles[BEN.id].user, "reason": "overload"})
    assert "Ben Okafor is asked to be technical lead of STROKE" in told
    world.expect_message(BEN, "1 role is offered to you", "STROKE", "proposed by Ana Ortiz")


async def test_a_role_handed_over_and_accepted_takes_its_open_check_in_along(world: World) -> None:
    await ana_is_asked(world)
    await ana_offers_stroke_to_ben(world)
    assert "2 initiatives need your answer" in world.shows(ANA)
    await world.press(BEN, "Accept", "STROKE")
    world.expect_message(BEN, "1 initiative needs your answer", "STROKE")
    world.expect_message(ANA, "Ben Okafor is technical lead of STROKE since 3 Dec 2026")
    assert "1 initiative needs your answer" in world.shows(ANA)
    await world.answer(BEN, "STROKE", GOOD)
    assert "All answered" in world.shows(BEN)
    await world.answer(ANA, "SEPSIS", GOOD)
    await world.advance(FRIDAY, "10:01", CHICAGO)
    world.skim_others(ANA)
    assert len(world.messages_to(ANA)) == 2


async def test_a_role_declined_stays_where_it_was(world: World) -> None:
    await ana_is_asked(world)
    await ana_offers_stroke_to_ben(world)
    await world.press(BEN, "Decline", "STROKE")
    world.expect_message(ANA, "Ben Okafor declined to be technical lead of STROKE", "still accountable")
    assert "2 initiatives need your answer" in world.shows(ANA)


async def test_somebody_no_longer_owner_is_refused(world: World) -> None:
    await ana_is_asked(world)
    await ana_offers_stroke_to_ben(world)
    await world.press(ANA, "Answer", "STROKE")
    await world.press(BEN, "Accept", "STROKE")
    world.skim()
    assert "not yours to answer" in await world.fill(ANA, GOOD)
    assert await world.answers_about(world.initiative("STROKE")) == []


async def test_two_people_answer_for_one_role(world: World) -> None:
    delegate = an_assignment(SEPSIS.id, Role.TECHNICAL_LEAD, BEN.id, kind=AssignmentKind.DELEGATE)
    await store(world.database, delegate)
    await ana_is_asked(world)
    await world.press(ANA, "Answer", "SEPSIS")
    await world.command(BEN, "/ai-status SEPSIS")
    await world.press_told(BEN, "Update now")
    await world.fill(BEN, {**GOOD, "rag_model": "Amber"})
    await world.fill(ANA, {**GOOD, "commit_next": "Mine"})
    shown = world.form(ANA)
    assert "Ben Okafor answered" in shown.words
    assert shown.values["commit_next"] == "Mine"
    await world.fill(ANA, {})
    assert "answered Green" in world.shows(ANA)
    assert await world.revisions_about(SEPSIS) == [(2, ANA.id)]


async def test_somebody_is_known_after_first_contact(world: World) -> None:
    assert "Sepsis early warning" in await world.command(RUTH, "/ai-status SEPSIS")
    assert "no open check-in" in await world.command(BEN, "/ai checkin")


async def test_somebody_the_organisation_does_not_know_is_refused(world: World) -> None:
    world.handles[GUS.id] = await world.bench.member(GUS.email or "", GUS.name)
    for words in ("/ai-status SEPSIS", "/ai checkin", "/ai new"):
        assert f"does not know {GUS.email}" in await world.command(GUS, words)
    assert not world.has_form(GUS)


async def test_a_guest_is_refused(world: World) -> None:
    bench: Any = world.bench
    if world.recorder.name == "console":
        pytest.skip("a terminal has no guests")
    world.handles[RUTH.id] = await world.bench.member("guest@northlake.example", "A Guest")
    if world.recorder.name == "teams":
        bench.fake.people[world.handles[RUTH.id].user].guest = True
    else:
        bench.fake.user(world.handles[RUTH.id].user).is_restricted = True
    assert "not guests" in await world.command(RUTH, "/ai-status SEPSIS")


@pytest.mark.parametrize("words", ["SEPSIS", "sepsis", "“Sepsis early warning”", "sepsis early warnign"])
async def test_a_status_by_key_or_name(world: World, words: str) -> None:
    told = await world.command(MEI, f"/ai-status {words}")
    assert "SEPSIS" in told
    assert "Ana Ortiz" in told


async def test_an_ambiguous_name_offers_what_it_could_be(world: World) -> None:
    told = await world.command(MEI, "/ai-status alerts")
    assert "STROKE" in told
    assert "PUMPS" in told
    told = await world.press_told(MEI, "PUMPS")
    assert "Infusion pump alerts" in told


async def test_what_is_forbidden_looks_like_what_does_not_exist(world: World) -> None:
    await world.command(MEI, "/ai checkin")
    asked = ("/ai-status SECRET", "/ai-status Merger forecast", "/ai-status merger", "/ai-status SECRET history")
    unknown = [await world.command(MEI, words) for words in asked]
    assert "No initiative named “SECRET”" in unknown[0]
    await store(world.database, SECRET)
    assert "Merger forecast" in await world.command(RUTH, "/ai-status SECRET")
    assert [await world.command(MEI, words) for words in asked] == unknown


async def test_a_status_in_a_channel_shows_others_at_most_what_may_be_shared(world: World) -> None:
    told = await world.command(MEI, "/ai-status SEPSIS", world.leaders)
    others = "\n".join(world.bench.standing(world.leaders))
    assert "Ana Ortiz" in told + others
    assert not any(words in others for words in ("Update now", "History", "Share to channel"))
    await world.command(MEI, "/ai-status mine", world.leaders)
    assert "\n".join(world.bench.standing(world.leaders)) == others


async def test_an_initiative_is_looked_up_by_the_beginning_of_its_name(world: World) -> None:
    await world.command(MEI, "/ai help")
    await world.press_told(MEI, "Look up an initiative")
    offered = await world.bench.suggested(world.handles[MEI.id], "initiative", "seps")
    assert offered in (None, ["SEPSIS"])
    told = await world.fill(MEI, {"initiative": "SEPSIS"})
    assert "Sepsis early warning" in told
    assert "Ana Ortiz" in told


async def test_a_status_is_shared_with_the_channel_it_was_asked_in(world: World) -> None:
    await world.command(MEI, "/ai-status SEPSIS", world.leaders)
    if not world.bench.standing(world.leaders):  # where a question is read by all, so is its answer
        await world.press_told(MEI, "Share to channel")
    shared = "\n".join(world.bench.standing(world.leaders))
    assert "SEPSIS" in shared
    assert "Ana Ortiz" in shared
    world.skim()


async def test_the_history_shows_the_weeks_answered(world: World) -> None:
    await mei_is_asked(world)
    await world.answer(MEI, "SEPSIS", {"rag_workflow": "Green", "commit_next": "none"})
    assert "History" in await world.command(MEI, "/ai-status SEPSIS")
    told = await world.press_told(MEI, "History")
    assert "Sepsis early warning" in told
    assert "G" in told


async def test_a_blocker_is_resolved_by_an_owner(world: World) -> None:
    await store(world.database, a_raid(title="Lab feed is late", initiative_id=SEPSIS.id, owner_id=MEI.id))
    assert "Lab feed is late" in await world.command(MEI, "/ai-status SEPSIS")
    await world.press_told(MEI, "Resolved: Lab feed is late")
    assert "Lab feed is late" not in await world.command(MEI, "/ai-status SEPSIS")


async def test_help_lists_every_command(world: World) -> None:
    told = await world.command(SAM, "/ai help")
    for words in ("/ai-status", "/ai checkin", "/ai new", "/ai digest"):
        assert words in told
    assert "Did you mean /ai help" in await world.command(SAM, "/ai hlep")


async def test_an_initiative_is_registered_in_chat(world: World) -> None:
    await world.command(BEN, "/ai new")
    told = await world.fill(BEN, {"name": "Bed forecast", "use_case": "Bed managers plan a day ahead."})
    assert "BEDFOREC, Bed forecast, is registered in intake" in told
    assert "Bed forecast" in await world.command(MEI, "/ai-status bed forecast")


async def test_a_key_already_taken_is_said_at_its_field(world: World) -> None:
    await world.command(BEN, "/ai new")
    await world.fill(BEN, {"name": "Another", "key": "SEPSIS", "use_case": "Who knows."})
    shown = world.form(BEN)
    assert "This key is taken" in shown.words
    assert shown.values["use_case"] == "Who knows."


async def test_the_digest_is_posted_where_the_lead_asked_for_it(world: World) -> None:
    second = await world.bench.channel(*world.handles.values())
    await mei_is_asked(world)
    told = await world.command(MEI, "/ai digest here", second)
    assert "digest" in told
    assert world.messages_in(second.conversation) == []
    await world.command(RUTH, "/ai digest here", second)
    await world.pass_over(MONDAY, "08:35", CHICAGO)
    assert world.messages_in(second.conversation)


async def test_open_check_ins_are_listed_on_request(world: World) -> None:
    await mei_is_asked(world)
    told = await world.command(MEI, "/ai checkin")
    assert "2 initiatives need your answer" in told
    await world.press_told(MEI, "Answer")
    assert world.form(MEI).title == "Weekly check-in"


async def test_a_check_in_is_answered_by_its_key(world: World) -> None:
    await mei_is_asked(world)
    await world.command(MEI, "/ai checkin sepsis")
    await world.fill(MEI, {"rag_workflow": "Green", "commit_next": "Train the night shift"})
    assert "answered Green" in world.shows(MEI)
    assert "no open check-in" in (await world.command(MEI, "/ai checkin STROKE")).lower()
