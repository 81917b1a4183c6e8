"""One person on two platforms: an account linked by a code, once, and the platform they prefer."""

import re
from dataclasses import replace

import pytest

from bot.dispatch import build_dispatch
from bot.domain.people import HandleStatus, code_hash
from bot.flows.upkeep import forget_old
from bot.ports import Audience, Command, Dispatch, Done, Profile, Reply, Say, Sender, WhoAreYou
from tests.builders import ANA, a_handle, a_person
from tests.flows.world import BEN, World

UNKNOWN = Profile(email="ana@elsewhere.example", name="Ana", timezone="Europe/Oslo")
TEAMS = Sender(platform="teams", tenant="E1", user="object-ana", conversation="https://t.example a:1", direct=True)
ON_TEAMS = replace(TEAMS, profile=UNKNOWN)
CODE = re.compile(r"/ai link ([2-9A-Z]{4}-[2-9A-Z]{4})")


@pytest.fixture
def dispatch(world: World) -> Dispatch:
    """The product's own dispatch."""
    return build_dispatch(world.ports)


class Acts:
    """People who write commands."""

    def __init__(self, world: World, dispatch: Dispatch) -> None:
        self.world, self.dispatch = world, dispatch
        self._count = 0

    async def write(self, text: str, sender: Sender | None = None, *, public: bool = False) -> Reply:
        self._count += 1
        who = sender or self.world.sender(ANA)
        return await self.dispatch(Command(sender=who, name="ai", text=text, id=f"c{self._count}", public=public))

    async def code(self, who: str = ANA) -> str:
        shown = await self.write("link", self.world.sender(who))
        found = CODE.search(said(shown))
        assert found
        return found[1]

    async def accounts(self, who: str = ANA) -> list[tuple[str, str]]:
        async with self.world.ports.open_unit_of_work() as uow:
            return sorted((handle.platform, handle.user) for handle in await uow.people.handles([who]))


@pytest.fixture
def acts(world: World, dispatch: Dispatch) -> Acts:
    """People who write commands."""
    return Acts(world, dispatch)


def said(reply: Reply) -> str:
    assert isinstance(reply, Say)
    return reply.message.fallback


BOTH = [("slack", "U-ana-ortiz"), ("teams", "object-ana")]


async def test_a_code_links_the_account_that_gives_it_and_is_audited(world: World, acts: Acts) -> None:
    code = await acts.code()
    assert await acts.write(f"link {code}", TEAMS) == WhoAreYou()
    answer = said(await acts.write(f"link {code}", ON_TEAMS))
    assert "This account belongs to Ana Ortiz" in answer
    assert "/ai prefer teams" in answer
    assert await acts.accounts() == BOTH
    made, linked = await world.events()
    assert (made.action, made.actor_id, made.facts) == ("person.link_code_made", ANA, {"platform": "slack"})
    assert (linked.action, linked.entity_id) == ("person.linked", ANA)
    assert linked.facts == {"platform": "teams", "tenant": "E1", "timezone": "Europe/Oslo", "by": "code"}


async def test_the_linked_account_is_its_person_from_then_on_and_its_chat_is_known(world: World, acts: Acts) -> None:
    await world.asks()
    await acts.write(f"link {await acts.code()}", ON_TEAMS)
    assert "needs your answer" in said(await acts.write("checkin", TEAMS))
    async with world.ports.open_unit_of_work() as uow:
        (handle,) = [each for each in await uow.people.handles([ANA]) if each.platform == "teams"]
    assert (handle.conversation, handle.status) == (TEAMS.conversation, HandleStatus.ACTIVE)


@pytest.mark.parametrize("form", ["{}", "  {}  ", "{} please"])
@pytest.mark.parametrize(
    "case", [str.upper, str.lower, lambda code: code.replace("-", ""), lambda c: c.replace("-", " ")]
)
async def test_a_code_may_be_typed_loosely(acts: Acts, form: str, case: object) -> None:
    if "please" in form:
        assert "wrong, used or too old" in said(await acts.write("link " + form.format(await acts.code()), ON_TEAMS))
        return
    code = case(await acts.code())  # type: ignore[operator]  # one of the functions above
    await acts.write("link " + form.format(code), ON_TEAMS)
    assert await acts.accounts() == BOTH


async def test_a_code_works_once(acts: Acts) -> None:
    code = await acts.code()
    await acts.write(f"link {code}", ON_TEAMS)
    other = replace(ON_TEAMS, user="object-other")
    assert "wrong, used or too old" in said(await acts.write(f"link {code}", other))
    assert await acts.accounts() == BOTH


async def test_a_code_works_for_ten_minutes(world: World, acts: Acts) -> None:
    code = await acts.code()
    world.clock.advance(minutes=10)
    assert "wrong, used or too old" in said(await acts.write(f"link {code}", ON_TEAMS))
    assert await acts.accounts() == [("slack", "U-ana-ortiz")]
    world.clock.advance(seconds=-1)
    assert "belongs to Ana Ortiz" in said(await acts.write(f"link {code}", ON_TEAMS))


async def test_a_newer_code_takes_the_place_of_the_one_before(acts: Acts) -> None:
    first, second = await acts.code(), await acts.code()
    assert "wrong, used or too old" in said(await acts.write(f"link {first}", ON_TEAMS))
    assert "belongs to Ana Ortiz" in said(await acts.write(f"link {second}", ON_TEAMS))


@pytest.mark.parametrize("typed", ["AAAA-2222", "x", "ü" * 500, "0000-0000", "<@U1>"])
async def test_a_wrong_code_gets_one_sentence_and_leaves_no_trace(world: World, acts: Acts, typed: str) -> None:
    await acts.code()
    before = await world.events()
    assert said(await acts.write(f"link {typed}", ON_TEAMS)).startswith("This code is wrong, used or too old.")
    assert await acts.write("checkin", TEAMS) == WhoAreYou()
    assert await world.events() == before


async def test_a_code_is_kept_as_its_hash_only_and_forgotten(world: World, acts: Acts) -> None:
    code = await acts.code()
    async with world.ports.open_unit_of_work() as uow:
        kept = await uow.people.take_link_code(code_hash(code))
    assert kept is not None
    assert code.replace("-", "") not in str(kept)
    assert await forget_old(world.ports) == 0
    world.clock.advance(minutes=11)
    assert await forget_old(world.ports) == 1


@pytest.mark.parametrize("text", ["link {}", "link"])
async def test_guests_and_foreign_tenants_are_refused_whatever_code_they_have(acts: Acts, text: str) -> None:
    guest = replace(TEAMS, profile=replace(UNKNOWN, outsider=True))
    assert "members of the organisation only" in said(await acts.write(text.format(await acts.code()), guest))
    assert await acts.accounts() == [("slack", "U-ana-ortiz")]


async def test_an_account_without_an_address_may_be_linked_by_code(acts: Acts) -> None:
    unlisted = replace(TEAMS, profile=Profile(email=None))
    assert "members of the organisation only" in said(await acts.write("checkin", unlisted))
    assert "belongs to Ana" in said(await acts.write(f"link {await acts.code()}", unlisted))


async def test_an_account_of_somebody_else_is_not_taken_over(world: World, acts: Acts) -> None:
    code = await acts.code()
    assert "is linked to Ben Vale already" in said(await acts.write(f"link {code}", world.sender(BEN)))
    by_address = replace(TEAMS, user="object-ben", profile=Profile(email="ben-vale@northlake.example"))
    assert "is linked to Ben Vale already" in said(await acts.write(f"link {code}", by_address))
    assert await acts.accounts() == [("slack", "U-ana-ortiz")]
    assert await acts.accounts(BEN) == [("slack", "U-ben-vale")]
    assert "belongs to Ana" in said(await acts.write(f"link {code}", ON_TEAMS)), "the refusals did not use it up"


async def test_ones_own_account_is_said_to_be_that(acts: Acts) -> None:
    assert "belongs to Ana Ortiz" in said(await acts.write(f"link {await acts.code()}"))
    assert await acts.accounts() == [("slack", "U-ana-ortiz")]


async def test_nobody_is_linked_to_who_has_left(world: World, acts: Acts) -> None:
    code = await acts.code()
    await world.has(a_person(active=False))
    assert "wrong, used or too old" in said(await acts.write(f"link {code}", ON_TEAMS))


@pytest.mark.parametrize("text", ["checkin", "new", "prefer teams", "digest here", "link"])
async def test_an_unknown_account_may_give_a_code_and_nothing_else(world: World, acts: Acts, text: str) -> None:
    before = await world.events()
    answer = said(await acts.write(text, ON_TEAMS))
    assert "does not know" in answer
    assert await world.events() == before
    assert await acts.accounts() == [("slack", "U-ana-ortiz")]


async def test_a_code_written_where_others_read_it_is_void(acts: Acts) -> None:
    code = await acts.code()
    channel = replace(ON_TEAMS, direct=False, conversation="https://t.example 19:c")
    reply = await acts.write(f"link {code}", channel, public=True)
    assert isinstance(reply, Say)
    assert reply.to is Audience.ASKER
    assert "it is void now" in said(reply)
    assert "wrong, used or too old" in said(await acts.write(f"link {code}", ON_TEAMS))
    shown = await acts.write("link", public=True)
    assert isinstance(shown, Say)
    assert shown.to is Audience.ASKER


async def test_a_code_delivered_twice_is_given_once(world: World, dispatch: Dispatch, acts: Acts) -> None:
    given = Command(sender=ON_TEAMS, name="ai", text=f"link {await acts.code()}", id="same")
    assert "belongs to Ana" in said(await dispatch(given))
    assert await dispatch(given) == Done()


async def test_the_same_address_on_both_platforms_is_one_person_without_a_code(acts: Acts) -> None:
    same = replace(TEAMS, profile=Profile(email="ana-ortiz@northlake.example"))
    await acts.write("checkin", same)
    assert await acts.accounts() == BOTH


# Where one is written to


async def test_a_person_prefers_one_of_the_platforms_they_are_known_on_and_it_is_audited(
    world: World, acts: Acts
) -> None:
    await world.has(a_handle(ANA, platform="teams", tenant="E1", user="object-ana"))
    assert "writes to you on teams from now on" in said(await acts.write("prefer Teams"))
    assert (await world.person(ANA)).preferred_platform == "teams"
    (event,) = await world.events()
    assert (event.action, event.facts) == ("person.preferred_platform", {"before": None, "platform": "teams"})
    assert "teams from now on" in said(await acts.write("prefer teams"))
    assert len(await world.events()) == 1


@pytest.mark.parametrize("text", ["prefer", "prefer teams", "prefer slack teams", "prefer <b>"])
async def test_another_platform_is_answered_with_those_there_are(world: World, acts: Acts, text: str) -> None:
    answer = said(await acts.write(text))
    assert answer == (
        "Say where Steward shall write to you: /ai prefer slack. /ai link adds an account on another platform."
    )
    assert (await world.person(ANA)).preferred_platform is None


def test_a_code_is_the_same_however_it_is_written() -> None:
    assert code_hash("abcd-2345") == code_hash(" ABCD 2345 ")
    assert code_hash("ABCD2345") != code_hash("ABCD2346")
