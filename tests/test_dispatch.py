"""Every interaction reaches its flow once, from somebody known, or is answered with a sentence."""

from dataclasses import replace

import pytest

from bot.dispatch import COMMANDS, build_dispatch
from bot.domain.checkins import PromptState, Rag
from bot.domain.people import Handle, HandleStatus
from bot.errors import Unavailable
from bot.messages.forms import FormName
from bot.messages.model import Action, buttons_of
from bot.ports import (
    ActionPressed,
    BotAdded,
    Command,
    Dispatch,
    Done,
    FormErrors,
    FormSubmitted,
    OpenForm,
    Profile,
    Reply,
    Say,
    Sender,
    WhoAreYou,
)
from storage.engine import Database
from tests.builders import ANA, a_person
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.world import World

GREEN = {"rag_model": "Green"}


@pytest.fixture
async def world(sqlite_database: Database, ports: object, clock: FrozenClock) -> World:
    """A small organisation on SQLite."""
    return await World(sqlite_database, ports, clock).settle()  # type: ignore[arg-type]


@pytest.fixture
def dispatch(world: World) -> Dispatch:
    """The product's own dispatch."""
    return build_dispatch(world.ports)


def command(world: World, text: str, name: str = "ai", **changes: object) -> Command:
    return replace(Command(sender=world.sender(), name=name, text=text, id=f"c-{text}"), **changes)  # type: ignore[arg-type]


def said(reply: Reply) -> str:
    assert isinstance(reply, Say)
    return reply.message.fallback


async def handle(world: World) -> Handle:
    async with world.ports.open_unit_of_work() as uow:
        (found,) = await uow.people.handles([ANA])
    return found


# Commands


async def test_help_lists_every_command(world: World, dispatch: Dispatch) -> None:
    for text in ("help", "", "HELP please"):
        reply = await dispatch(command(world, text))
        assert isinstance(reply, Say)
        shown = str(reply.message)
        for words, (_, does) in COMMANDS.items():
            assert f"/{words}" in shown
            assert does in shown


@pytest.mark.parametrize(
    ("name", "text", "near"),
    [
        ("ai", "chekin", "Did you mean /ai checkin?"),
        ("ai", "frobnicate", "/ai help shows all of it"),
        ("foo", "", "foo"),
    ],
)
async def test_an_unknown_command_is_answered_with_the_nearest(
    world: World, dispatch: Dispatch, name: str, text: str, near: str
) -> None:
    assert near in said(await dispatch(command(world, text, name)))


async def test_the_open_check_ins_are_listed_on_command(world: World, dispatch: Dispatch) -> None:
    await world.asks()
    assert "1 initiative needs your answer" in said(await dispatch(command(world, "checkin")))


# Who


STRANGER = Sender(platform="slack", tenant="T1", user="U0NEW", conversation="D0NEW", direct=True)
KNOWN = replace(STRANGER, profile=Profile(email="ana-ortiz@northlake.example"))


@pytest.mark.parametrize("words", ["help", "checkin"])
async def test_an_unknown_account_is_asked_for_its_profile_or_needs_none(
    world: World, dispatch: Dispatch, words: str
) -> None:
    reply = await dispatch(command(world, words, sender=STRANGER))
    assert isinstance(reply, Say) if words == "help" else reply == WhoAreYou()


async def test_a_profile_links_the_account_with_the_same_interaction(world: World, dispatch: Dispatch) -> None:
    await world.asks()
    asked = command(world, "checkin", sender=STRANGER)
    assert await dispatch(asked) == WhoAreYou()
    assert "needs your answer" in said(await dispatch(replace(asked, sender=KNOWN)))
    again = replace(asked, id="another")
    assert "needs your answer" in said(await dispatch(again))


async def test_a_guest_gets_one_sentence_and_leaves_no_trace(world: World, dispatch: Dispatch) -> None:
    guest = replace(STRANGER, profile=Profile(email="ana-ortiz@northlake.example", outsider=True))
    reply = await dispatch(command(world, "checkin", sender=guest))
    assert "members of the organisation only" in said(reply)
    assert await world.events() == []


async def test_somebody_deactivated_is_refused_whatever_they_do(world: World, dispatch: Dispatch) -> None:
    prompt = await world.asks()
    await world.has(a_person(active=False))
    for interaction in (command(world, "checkin"), world.pressed(Action.CHECKIN_ANSWER, prompt.id)):
        assert "is deactivated" in said(await dispatch(interaction))


async def test_the_direct_chat_is_remembered_when_somebody_writes_there(world: World, dispatch: Dispatch) -> None:
    await dispatch(command(world, "checkin", sender=replace(world.sender(), conversation="D1")))
    assert (await handle(world)).conversation == "D1"
    await dispatch(command(world, "checkin", sender=replace(world.sender(), conversation="C1", direct=False), id="2"))
    assert (await handle(world)).conversation == "D1"


async def test_somebody_new_is_greeted_once(world: World, dispatch: Dispatch) -> None:
    met = BotAdded(sender=replace(world.sender(), conversation="D1"), id="b1")
    assert "Hello Ana Ortiz" in said(await dispatch(met))
    assert await dispatch(met) == Done()
    assert await dispatch(replace(met, id="b2")) == Done()


async def test_taking_the_bot_away_is_noted_and_coming_back_too(world: World, dispatch: Dispatch) -> None:
    met = BotAdded(sender=replace(world.sender(), conversation="D1"), id="b1")
    await dispatch(met)
    assert await dispatch(replace(met, id="b2", removed=True)) == Done()
    assert (await handle(world)).status is HandleStatus.UNINSTALLED
    await dispatch(command(world, "checkin", sender=met.sender))
    assert (await handle(world)).status is HandleStatus.ACTIVE
    assert await dispatch(BotAdded(sender=STRANGER, id="b3", removed=True)) == Done()


async def test_an_account_chosen_in_a_form_is_looked_up(world: World, dispatch: Dispatch) -> None:
    prompt = await world.asks()
    form = await dispatch(world.pressed(Action.CHECKIN_NOT_MINE, prompt.id))
    assert isinstance(form, OpenForm)
    sent = world.sent(form, {"to": "U0NEW", "reason": "leave"})
    assert await dispatch(sent) == WhoAreYou("U0NEW")
    await world.has(a_person("Eva New"))
    profiles = {"U0NEW": Profile(email="eva-new@northlake.example")}
    assert "Eva New is asked" in said(await dispatch(replace(sent, profiles=profiles)))


# Once, and all or nothing


async def test_the_same_form_sent_twice_has_one_effect(world: World, dispatch: Dispatch) -> None:
    prompt = await world.asks()
    form = await dispatch(world.pressed(Action.CHECKIN_ANSWER, prompt.id))
    assert isinstance(form, OpenForm)
    sent = world.sent(form, {**GREEN, "commit_next": "Tune it"})
    assert [await dispatch(sent) for _ in range(3)] == [Done()] * 3
    assert (await world.prompt()).revision == 1
    assert len(await world.commitments()) == 1
    assert len(await world.events()) == 1


async def test_a_form_with_errors_leaves_no_trace_and_may_be_sent_again_under_its_id(
    world: World, dispatch: Dispatch
) -> None:
    prompt = await world.asks()
    form = await dispatch(world.pressed(Action.CHECKIN_ANSWER, prompt.id))
    assert isinstance(form, OpenForm)
    wrong = world.sent(form, {"rag_model": "blue"})
    assert isinstance(await dispatch(wrong), FormErrors)
    assert await dispatch(replace(wrong, values=GREEN)) == Done()
    assert (await world.prompt()).rag is Rag.GREEN


async def test_a_mistake_is_answered_with_its_sentence_and_leaves_no_trace(world: World, dispatch: Dispatch) -> None:
    prompt = await world.asks(state=PromptState.CANCELLED)
    assert "was withdrawn" in said(await dispatch(world.pressed(Action.CHECKIN_SNOOZE, prompt.id)))
    assert await world.events() == []


async def test_outgoing_work_is_started_after_a_commit(world: World) -> None:
    prompt = await world.asks()
    woken: list[int] = []

    def wake() -> None:
        woken.append(1)

    dispatch = build_dispatch(replace(world.ports, wake=wake))
    await dispatch(world.pressed(Action.CHECKIN_SNOOZE, prompt.id))
    assert woken


async def test_a_database_out_of_reach_is_one_friendly_sentence(world: World) -> None:
    def unreachable() -> object:
        raise Unavailable("connection refused at 10.0.0.7")

    dispatch = build_dispatch(replace(world.ports, open_unit_of_work=unreachable))  # type: ignore[arg-type]
    answer = said(await dispatch(command(world, "checkin")))
    assert answer == "Steward cannot reach its database just now, so nothing was stored. Try again in a minute."


async def test_a_bug_is_left_to_the_adapter_and_nothing_is_half_saved(world: World, dispatch: Dispatch) -> None:
    broken = FormSubmitted(sender=world.sender(), form=FormName.CHECKIN, state="", values=None, id="1")  # type: ignore[arg-type]
    prompt = await world.asks()
    with pytest.raises((TypeError, AttributeError)):
        await dispatch(replace(broken, state=f'{{"p":"{prompt.id}","r":0,"c":{{}}}}'))
    assert (await world.prompt()).revision == 0


async def test_a_whole_check_in_from_the_list_to_the_answer(world: World, dispatch: Dispatch) -> None:
    await world.asks()
    listed = await dispatch(command(world, "checkin"))
    assert isinstance(listed, Say)
    button = next(b for b in buttons_of(listed.message) if b.label == "Answer")
    form = await dispatch(ActionPressed(sender=world.sender(), action=button.action, value=button.value, id="a"))
    assert isinstance(form, OpenForm)
    assert await dispatch(world.sent(form, GREEN)) == Done()
    assert "all answered" in said(await dispatch(command(world, "checkin", id="later")))
