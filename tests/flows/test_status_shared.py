"""`/ai-status` where others read along, and what is offered while a name is typed: nothing the share does not show."""

from dataclasses import replace

import pytest

from bot.dispatch import build_dispatch
from bot.domain.checkins import Rag
from bot.domain.people import Visibility
from bot.messages import names as name_words
from bot.messages.forms import FormName, InitiativeField
from bot.messages.model import Action, buttons_of
from bot.ports import (
    Audience,
    Command,
    FormErrors,
    FormSubmitted,
    Match,
    Matches,
    OpenForm,
    Profile,
    Reply,
    Say,
    Searched,
    WhoAreYou,
)
from tests.builders import ANA, SEPSIS, a_raid, an_assignment, an_initiative
from tests.flows.asking import MERGER, ask, message_of, press, text_of
from tests.flows.world import CLEO, World


async def in_public(world: World, text: str, who: str = ANA, name: str = "ai-status") -> Say:
    sender = replace(world.sender(who), direct=False, conversation="C1")
    said = await build_dispatch(world.ports)(Command(sender=sender, name=name, text=text, id=f"p-{text}", public=True))
    assert isinstance(said, Say)
    return said


async def search(world: World, text: str, who: str = ANA) -> Reply:
    return await build_dispatch(world.ports)(Searched(sender=world.sender(who), text=text, id=f"s-{text}"))


async def keys(world: World, text: str, who: str = ANA) -> list[str]:
    reply = await search(world, text, who)
    assert isinstance(reply, Matches)
    return [match.key for match in reply.found]


@pytest.mark.parametrize("typed", ["SEPSIS", "sepsis early warning", "seps", "sepsis early warnin"])
async def test_in_public_a_name_shows_everybody_what_sharing_it_shows(typed: str, world: World) -> None:
    await world.has(a_raid("The lab interface is not approved"))
    await world.answered_before(1, rag=Rag.RED)
    said = await in_public(world, typed)
    assert said == await press(world, Action.STATUS_SHARE, "SEPSIS")
    assert said.to is Audience.EVERYONE
    assert "The lab interface" not in text_of(said)
    assert list(buttons_of(said.message)) == []


@pytest.mark.parametrize(
    "typed",
    ["", "mine", "red", "due", "portfolio", "portfolio 2", "help", "SEPSIS history", "MERGER",
     "merger history", "alerts", "zzzz", "sepsys alerts"],
)  # fmt: skip
async def test_in_public_everything_else_goes_to_the_asker_alone(typed: str, world: World) -> None:
    await world.has(MERGER, an_assignment(MERGER.id))
    await world.has(an_initiative("FLOOD", name="Flood alerts"), an_initiative("PRICE", name="Price alerts"))
    said = await in_public(world, typed)
    assert said.to is Audience.ASKER
    assert said == await ask(world, typed)


async def test_a_restricted_initiative_asked_for_in_public_is_recorded_once(world: World) -> None:
    await world.has(MERGER, an_assignment(MERGER.id))
    await in_public(world, "MERGER")
    assert len(world.ports.read_audit) == 1


async def test_in_public_a_forbidden_initiative_answers_like_an_unknown_one(world: World) -> None:
    before = await in_public(world, "MERGER", CLEO)
    await world.has(replace(MERGER, visibility=Visibility.PORTFOLIO))
    assert await in_public(world, "MERGER", CLEO) == before


async def test_help_is_for_everybody_and_check_ins_are_for_the_asker(world: World) -> None:
    await world.asks()
    assert (await in_public(world, "help", name="ai")).to is Audience.EVERYONE
    assert (await in_public(world, "checkin", name="ai")).to is Audience.ASKER
    assert (await in_public(world, "chekin", name="ai")).to is Audience.ASKER


# Searching


async def test_a_search_offers_what_begins_like_that(world: World) -> None:
    await world.has(an_initiative("FLOOD", name="Flood alerts"), an_initiative("PRICE", name="Price alerts"))
    assert await keys(world, "al") == ["FLOOD", "PRICE"]
    assert await keys(world, "pri") == ["PRICE"]
    assert await keys(world, "sepsys") == ["SEPSIS"]
    assert await keys(world, "zzzz") == []
    assert await search(world, "pri") == Matches((Match("PRICE", "Price alerts", "pilot"),))


async def test_before_anything_is_typed_ones_own_come_first(world: World) -> None:
    await world.has(an_initiative("AAA", name="First of all"))
    assert await keys(world, "") == ["SEPSIS", "AAA"]
    assert await keys(world, "", CLEO) == ["AAA", "SEPSIS"]


@pytest.mark.parametrize("typed", ["", "merger", "MERGER", "mer", "target", "merger targt screning"])
async def test_what_may_not_be_shown_to_others_is_never_offered(typed: str, world: World) -> None:
    await world.has(MERGER, an_assignment(MERGER.id))
    assert "MERGER" not in await keys(world, typed)
    await world.has(replace(MERGER, visibility=Visibility.PORTFOLIO))
    assert ("MERGER" in await keys(world, typed, CLEO)) is False
    assert "MERGER" in await keys(world, typed)


async def test_a_stranger_is_asked_who_they_are_before_they_find_anything(world: World) -> None:
    stranger = replace(world.sender(), user="U0NEW")
    typed = Searched(sender=stranger, text="sep", id="s")
    dispatch = build_dispatch(world.ports)
    assert await dispatch(typed) == WhoAreYou()
    known = replace(stranger, profile=Profile(email="cleo-ray@northlake.example"))
    assert isinstance(await dispatch(replace(typed, sender=known)), Matches)
    guest = replace(stranger, user="U0GUEST", profile=Profile(email="x@else.example", outsider=True))
    assert isinstance(await dispatch(replace(typed, sender=guest)), Say)


# Looking up


def looked_up(world: World, **values: str) -> FormSubmitted:
    return FormSubmitted(sender=world.sender(), form=FormName.LOOK_UP, state="", values=values, id="f")


async def test_help_offers_to_look_an_initiative_up(world: World) -> None:
    dispatch = build_dispatch(world.ports)
    helped = await dispatch(Command(sender=world.sender(), name="ai", text="help", id="c"))
    button = next(buttons_of(message_of(helped)))
    assert (button.label, button.opens_form) == ("Look up an initiative", True)
    form = await dispatch(world.pressed(button.action, button.value))
    assert isinstance(form, OpenForm)
    assert [type(field) for field in form.form.fields] == [InitiativeField]


@pytest.mark.parametrize("typed", ["SEPSIS", "sepsis early warning", "zzzz", "mine", "SEPSIS history"])
async def test_what_is_looked_up_is_answered_like_the_command(typed: str, world: World) -> None:
    assert await build_dispatch(world.ports)(looked_up(world, initiative=typed)) == await ask(world, typed)


async def test_nothing_typed_is_asked_for_again(world: World) -> None:
    reply = await build_dispatch(world.ports)(looked_up(world))
    assert isinstance(reply, FormErrors)
    assert reply.errors == {"initiative": name_words.NAME_NEEDED}


async def test_a_role_gives_no_more_in_public(world: World) -> None:
    assert await in_public(world, SEPSIS[-6:]) == await in_public(world, SEPSIS[-6:], CLEO)
