"""Who an account belongs to, and whom a typed name means."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import Person
from bot.domain.people_names import people_named
from bot.errors import UserError
from bot.flows.people import AccountUnknown, find_person, identify, resolve_person
from bot.messages.forms import FormName
from bot.ports import FormSubmitted, Profile, Sender
from tests.builders import ANA, a_handle, a_person
from tests.flows.world import World

STRANGER = Sender(platform="slack", tenant="T1", user="U0NEW", conversation="D0NEW", direct=True)


def with_profile(**changes: object) -> Sender:
    profile = Profile(email="eva-new@northlake.example", name="Eva", timezone="Europe/Oslo")
    return replace(STRANGER, profile=replace(profile, **changes))  # type: ignore[arg-type]


async def who(world: World, sender: Sender) -> Person | None:
    async with world.ports.open_unit_of_work() as uow:
        found = await identify(sender, uow, world.ports)
        await uow.commit()
    return found


async def test_an_account_that_is_linked_is_its_person(world: World) -> None:
    found = await who(world, world.sender(ANA))
    assert found == await world.person(ANA)


async def test_an_unknown_account_has_to_be_looked_up_first(world: World) -> None:
    assert await who(world, STRANGER) is None


async def test_a_verified_address_links_an_account_once_and_it_is_audited(world: World) -> None:
    await world.has(a_person("Eva New"))
    found = await who(world, with_profile(email="EVA-New@Northlake.Example"))
    assert found is not None
    assert found.id == "eva-new"
    assert (await who(world, STRANGER)) == found
    (event,) = await world.events()
    assert (event.action, event.entity_id) == ("person.linked", "eva-new")
    assert event.facts == {"platform": "slack", "tenant": "T1", "timezone": "Europe/Oslo"}


@pytest.mark.parametrize(
    ("own", "profile", "learnt"),
    [
        (None, "Europe/Oslo", "Europe/Oslo"),
        ("Asia/Tokyo", "Europe/Oslo", "Asia/Tokyo"),
        (None, "Mars/Olympus", None),
        (None, "../../etc/passwd", None),
        (None, "", None),
        (None, None, None),
    ],
)
async def test_the_time_zone_is_learnt_where_none_is_known(
    world: World, own: str | None, profile: str | None, learnt: str | None
) -> None:
    await world.has(a_person("Eva New", timezone=own))
    await who(world, with_profile(timezone=profile))
    assert (await world.person("eva-new")).timezone == learnt


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outsider": True}, "members of the organisation only"),
        ({"email": None}, "members of the organisation only"),
        ({"email": "other@northlake.example"}, "does not know other@northlake.example yet"),
        ({"email": "fay-gone@northlake.example"}, "is deactivated"),
    ],
)
async def test_i02_guests_strangers_and_those_who_left_are_not_linked(
    world: World, changes: dict[str, object], said: str
) -> None:
    await world.has(a_person("Eva New"), a_person("Fay Gone", active=False))
    with pytest.raises(UserError, match=said):
        await who(world, with_profile(**changes))
    assert await who(world, STRANGER) is None


def telling(world: World, zone: str | None, **changes: object) -> Sender:
    return replace(world.sender(ANA), timezone=zone, **changes)  # type: ignore[arg-type]


async def test_the_platforms_zone_and_language_are_learnt_where_none_is_stored_and_it_is_audited(world: World) -> None:
    found = await who(world, telling(world, "Europe/Oslo", locale="nb-NO"))
    assert found is not None
    assert (found.timezone, found.locale) == ("Europe/Oslo", "nb-NO")
    assert await world.person(ANA) == found
    (event,) = await world.events()
    assert event.action == "person.learned"
    assert event.facts == {
        "platform": "slack",
        "before": {"timezone": None, "locale": None},
        "timezone": "Europe/Oslo",
        "locale": "nb-NO",
    }
    assert await who(world, telling(world, "Europe/Oslo", locale="en-GB")) == found
    assert len(await world.events()) == 1


async def test_a_learnt_zone_follows_the_platform(world: World) -> None:
    for zone in ("Europe/Oslo", "Asia/Tokyo"):
        await who(world, telling(world, zone))
        assert (await world.person(ANA)).timezone == zone


async def test_a_zone_that_was_set_stays(world: World) -> None:
    await world.has(a_person(timezone="Europe/Madrid", locale="es"))
    for zone in ("Europe/Oslo", "Asia/Tokyo"):
        await who(world, telling(world, zone, locale="nb-NO"))
    assert await world.person(ANA) == a_person(timezone="Europe/Madrid", locale="es")
    assert await world.events() == []


async def test_a_zone_set_after_it_was_learnt_stays(world: World) -> None:
    await who(world, telling(world, "Europe/Oslo"))
    await world.has(a_person(timezone="Europe/Madrid"))
    await who(world, telling(world, "Asia/Tokyo"))
    assert (await world.person(ANA)).timezone == "Europe/Madrid"
    await world.has(a_person(timezone=None))
    await who(world, telling(world, "Asia/Tokyo"))
    assert (await world.person(ANA)).timezone is None, "left out in the portfolio file is the organisation's"


async def test_two_accounts_in_two_zones_do_not_undo_one_another(world: World) -> None:
    await world.has(a_handle(ANA, platform="teams", user="T-ana"))
    teams = {"platform": "teams", "user": "T-ana"}
    await who(world, telling(world, "Europe/Oslo"))
    await who(world, telling(world, "Asia/Tokyo", **teams))
    await who(world, telling(world, "Europe/Oslo"))
    await who(world, telling(world, "Asia/Tokyo", **teams))
    assert (await world.person(ANA)).timezone == "Asia/Tokyo"
    assert len(await world.events()) == 2


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", None, "europe/oslo"])
@pytest.mark.parametrize("locale", ["", None, "<b>", "x" * 40])
async def test_nonsense_is_not_learnt(world: World, zone: str | None, locale: str | None) -> None:
    await who(world, telling(world, zone, locale=locale))
    assert await world.person(ANA) == a_person()


async def test_the_zone_of_who_names_an_account_is_not_that_accounts(world: World) -> None:
    await world.has(a_person("Eva New"))
    sent = FormSubmitted(
        sender=telling(world, "Europe/Oslo"),
        form=FormName.HANDOVER,
        state="",
        values={},
        id="1",
        profiles={"U0NEW": Profile(email="eva-new@northlake.example")},
    )
    async with world.ports.open_unit_of_work() as uow:
        assert (await resolve_person("U0NEW", sent, uow, world.ports)).timezone is None


async def test_a_display_name_links_nobody(world: World) -> None:
    with pytest.raises(UserError):
        await who(world, with_profile(email=None, name="Ana Ortiz"))


async def test_somebody_deactivated_is_refused(world: World) -> None:
    await world.has(a_person(active=False))
    with pytest.raises(UserError, match="is deactivated"):
        await who(world, world.sender(ANA))


async def resolved(world: World, typed: str, **profiles: Profile) -> Person:
    sent = FormSubmitted(sender=world.sender(), form=FormName.HANDOVER, state="", values={}, id="1", profiles=profiles)
    async with world.ports.open_unit_of_work() as uow:
        return await resolve_person(typed, sent, uow, world.ports)


@pytest.mark.parametrize(
    "typed",
    [
        f"U-{ANA}",
        "ana-ortiz@northlake.example",
        "ANA-ORTIZ@NORTHLAKE.EXAMPLE",
        "Ana Ortiz",
        "ana ortiz",
        " Ortiz,  Ana ",
        "ana",
        "Ana Ort",
        "Anna Ortiz",
        "Ana Ortíz",
    ],
)
async def test_a_person_is_found_by_account_address_name_part_or_near_it(world: World, typed: str) -> None:
    assert (await resolved(world, typed)).id == ANA


async def test_an_account_of_another_platform_or_workspace_is_not_this_one(world: World) -> None:
    await world.has(a_handle("cleo-ray", platform="teams", user="T-cleo"), a_handle("cleo-ray", tenant="T2", user="U2"))
    for account in ("T-cleo", "U2"):
        with pytest.raises(AccountUnknown):
            await resolved(world, account)


async def test_several_people_of_a_name_are_listed_with_their_addresses(world: World) -> None:
    await world.has(*(a_person(f"Ana Ortiz {n}") for n in "BCDEF"))
    with pytest.raises(UserError) as said:
        await resolved(world, "ana ort")
    assert "Several people match: Ana Ortiz (ana-ortiz@northlake.example), " in str(said.value)
    assert str(said.value).endswith("and 2 more. Give the e-mail address.")


@pytest.mark.parametrize("typed", ["Zoe Unknown", "zoe@nowhere.example", "", "   ", "Zoe X."])
async def test_nobody_is_said_so(world: World, typed: str) -> None:
    with pytest.raises(UserError, match="Nobody of that name"):
        await resolved(world, typed)


async def test_a_single_unknown_word_may_be_an_account_and_is_looked_up_once(world: World) -> None:
    with pytest.raises(AccountUnknown):
        await resolved(world, "U0NEW")
    with pytest.raises(UserError, match="members of the organisation only"):
        await resolved(world, "U0NEW", U0NEW=Profile(email=None))


async def test_somebody_who_left_is_named_as_such(world: World) -> None:
    await world.has(a_person("Fay Gone", active=False))
    for typed in ("Fay Gone", "fay-gone@northlake.example"):
        with pytest.raises(UserError, match="Fay Gone has left"):
            await resolved(world, typed)


async def test_the_command_line_finds_people_by_address_and_name(world: World) -> None:
    async with world.ports.open_unit_of_work() as uow:
        assert (await find_person("ana-ortiz@northlake.example", uow)).id == ANA
        assert (await find_person("ortiz", uow)).id == ANA
        with pytest.raises(UserError, match="Nobody"):
            await find_person("nobody@else.example", uow)


def test_who_left_is_found_only_when_nobody_active_has_the_name() -> None:
    left, here = a_person("Ana Ortiz", id="left", active=False), a_person("Ana Ortiz", id="here")
    assert people_named("ana ortiz", [left, here]) == [here]
    assert people_named("ana ortiz", [left]) == [left]
    assert people_named("ana", [left]) == []


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=20), max_size=4))
def test_no_name_breaks_the_search(typed: str, names: list[str]) -> None:
    people = [a_person(name, id=str(n)) for n, name in enumerate(names)]
    assert set(people_named(typed, people)) <= set(people)
