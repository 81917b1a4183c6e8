"""Anybody linked may register an initiative in chat; keys are short, unique, theirs or made from the name."""

import pytest

from bot.domain.initiatives import RESERVED_KEYS, Initiative, Stage
from bot.errors import UserError
from bot.flows import initiatives
from bot.messages import initiatives as words
from bot.messages.model import Action
from bot.ports import FormErrors, FormSubmitted, OpenForm, Ports, Reply, Say
from storage.engine import Database
from tests.builders import a_person, a_portfolio, an_assignment, an_initiative, an_organisation, store
from tests.fakes.frozen_clock import FrozenClock
from tests.flows.asking import ask, text_of
from tests.flows.world import CLEO, World

GOOD = {"name": "Discharge prediction", "use_case": "Nurses see who can go home tomorrow."}


async def register(world: World, who: str = CLEO, **values: str) -> Reply:
    form = OpenForm(words.new_form())
    return await world.act(initiatives.register, world.sent(form, {**GOOD, **values}, who), who)


async def stored(world: World, key: str) -> Initiative:
    async with world.ports.open_unit_of_work() as uow:
        found = await uow.initiatives.by_key(key)
    assert found is not None
    return found


def errors_of(reply: Reply) -> dict[str, str]:
    assert isinstance(reply, FormErrors)
    return dict(reply.errors)


async def test_the_button_opens_the_form(world: World) -> None:
    reply = await world.act(initiatives.ask_new, world.pressed(Action.INITIATIVE_NEW, "new", CLEO), CLEO)
    assert reply == OpenForm(words.new_form())


async def test_it_starts_in_intake_today_in_the_askers_portfolio_and_is_found_at_once(world: World) -> None:
    await world.has(a_portfolio("ZETA", executive_id=CLEO))
    assert text_of(await register(world, key="bedflow")) == (
        "BEDFLOW, Discharge prediction, is registered in intake. /ai-status BEDFLOW shows it."
    )
    one = await stored(world, "BEDFLOW")
    assert (one.stage, one.name, one.use_case) == (Stage.INTAKE, GOOD["name"], GOOD["use_case"])
    assert (one.portfolio_id, str(one.stage_entered_on)) == ("portfolio-zeta", "2026-11-26")
    assert (await world.events())[-1].action == "initiative.registered"
    assert "It is in intake" in text_of(await ask(world, "discharge prediction"))


async def test_without_a_portfolio_of_their_own_it_is_the_one_they_work_in(world: World) -> None:
    other = an_initiative("OTHER", portfolio_id="portfolio-zeta")
    await world.has(a_portfolio("ZETA"), other, an_assignment(other.id, person_id=CLEO))
    await register(world, key="BEDFLOW")
    assert (await stored(world, "BEDFLOW")).portfolio_id == "portfolio-zeta"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sepsis", "SEPSIS2"),
        ("Red", "RED2"),
        ("Café crème für alle", "CAFECREM"),
        ("患者", "INIT"),
        ("X", "X2"),
        ("<!channel> *now*", "CHANNELN"),
    ],
)
async def test_an_empty_key_is_made_from_the_name(name: str, key: str, world: World) -> None:
    assert isinstance(await register(world, name=name), Say)
    assert (await stored(world, key)).name == name


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("sepsis", words.TAKEN),
        ("A", words.BAD_KEY),
        ("ABCDEFGHIJKLM", words.BAD_KEY),
        ("BED FLOW", words.BAD_KEY),
        ("BED-1", words.BAD_KEY),
        ("ÄÖ", words.BAD_KEY),
        *((word.lower(), words.RESERVED) for word in sorted(RESERVED_KEYS)),
    ],
)
async def test_a_key_that_cannot_be_says_why_and_loses_nothing(key: str, problem: str, world: World) -> None:
    reply = await register(world, key=key)
    assert errors_of(reply) == {"key": problem}
    assert isinstance(reply, FormErrors)
    assert reply.form == words.new_form({**GOOD, "key": key})


async def test_what_is_missing_or_too_long_is_said_at_its_field(world: World) -> None:
    assert errors_of(await register(world, name="  ", use_case="")) == {
        "name": words.NEEDED,
        "use_case": words.NEEDED,
    }
    assert errors_of(await register(world, name="n" * 121, use_case="u" * 281)) == {
        "name": "That is 121 characters; at most 120 fit.",
        "use_case": "That is 281 characters; at most 280 fit.",
    }


async def test_before_there_is_a_portfolio_it_says_what_to_do(
    sqlite_database: Database, ports: Ports, clock: FrozenClock
) -> None:
    await store(sqlite_database, an_organisation(), a_person("Cleo Ray"))
    sender = World(sqlite_database, ports, clock).sender(CLEO)
    sent = FormSubmitted(sender=sender, form=words.new_form().name, state="", values=GOOD, id="1")
    with pytest.raises(UserError, match="no portfolio yet"):
        async with ports.open_unit_of_work() as uow:
            await initiatives.register(sent, a_person("Cleo Ray"), uow, ports)
