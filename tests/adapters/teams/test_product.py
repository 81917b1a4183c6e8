"""The whole product behind Teams: the app installed, removed and updated, cards forged, the service moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.domain.people import Person
from tests.adapters.teams.fake import Person as Account
from tests.adapters.teams.fake_parts import payloads
from tests.adapters.teams.fake_parts.answers import UNREACHED
from tests.adapters.teams.harness import TeamsHarness, settle
from tests.e2e.harness import CHICAGO, World, button_of, open_world
from tests.e2e.people import ANA, BEN, MEI, SEPSIS
from tests.e2e.test_journeys import FINE, FRIDAY, THURSDAY, mei_is_asked

BEFORE_ANYBODY_IS_ASKED = datetime(2026, 12, 3, 8, 55, tzinfo=UTC)


class Northlake:
    """The world of the journeys, with Teams in sight."""

    def __init__(self, world: World) -> None:
        assert isinstance(world.bench, TeamsHarness)
        self.world, self.bench = world, world.bench
        self.fake, self.driver = self.bench.fake, self.bench.driver

    async def install(self, person: Person, *, removed: bool = False) -> None:
        await self.driver.install(self.bench.person(self.world.handles[person.id]), removed=removed)
        await settle()
        await self.world.settle()

    async def report(self, person: Person, action: str) -> None:
        who = self.bench.person(self.world.handles[person.id])
        await self.driver.send(payloads.installed(self.fake, who, self.fake.personal(who), action))
        await settle()
        await self.world.settle()

    async def is_within_reach(self, person: Person) -> bool:
        async with self.world.ports.open_unit_of_work() as uow:
            found = await uow.people.get(person.id)
        assert found
        return found.unreachable_since is None


@pytest.fixture
async def northlake(sqlite_url: str) -> AsyncIterator[Northlake]:
    async with open_world("teams", sqlite_url, BEFORE_ANYBODY_IS_ASKED) as world:
        yield Northlake(world)


# Installing


async def test_who_installs_the_app_is_greeted_once(northlake: Northlake) -> None:
    await northlake.install(MEI)
    before = northlake.world.shows(MEI)
    assert before
    await northlake.install(MEI)
    assert northlake.world.shows(MEI) == before
    assert len(northlake.fake.by_the_bot(northlake.fake.personal(_who(northlake, MEI)))) == 1


async def test_who_removes_the_app_is_not_tried_for_ever(northlake: Northlake) -> None:
    world = northlake.world
    await northlake.install(MEI)
    await northlake.install(MEI, removed=True)
    assert not await northlake.is_within_reach(MEI)
    posts = northlake.fake.counts["post"]
    await world.pass_over(THURSDAY, "18:00", CHICAGO)
    assert world.messages_to(MEI) == []
    assert northlake.fake.counts["post"] - posts <= len(world.recorder.sent) + 1
    await northlake.install(MEI)
    assert await northlake.is_within_reach(MEI)
    world.skim()


async def test_an_update_of_the_app_is_no_removal_and_greets_nobody_again(northlake: Northlake) -> None:
    await northlake.install(MEI)
    before = northlake.world.shows(MEI)
    await northlake.report(MEI, "remove-upgrade")
    assert await northlake.is_within_reach(MEI)
    await northlake.report(MEI, "add-upgrade")
    assert northlake.world.shows(MEI) == before


async def test_who_takes_the_app_out_of_a_team_still_has_it(northlake: Northlake) -> None:
    await northlake.install(MEI)
    leaders = northlake.bench.place(northlake.world.leaders.conversation)
    await northlake.driver.install(_who(northlake, MEI), at=leaders, removed=True)
    await settle()
    assert await northlake.is_within_reach(MEI)


def _who(northlake: Northlake, person: Person) -> Account:
    return northlake.bench.person(northlake.world.handles[person.id])


# Forging


async def test_a_card_of_somebody_elses_opens_nothing_for_another(northlake: Northlake) -> None:
    world = northlake.world
    await mei_is_asked(world)
    theirs = northlake.bench.posted(world.messages_to(MEI)[0].ref)
    ben = _who(northlake, BEN)
    copied = northlake.fake.put(northlake.fake.personal(ben), "bot")
    copied.card = theirs.card
    await northlake.driver.press(ben, copied, northlake.driver.button(ben, copied, "Answer"))
    await settle()
    assert not world.has_form(BEN)
    assert "not yours" in "\n".join(northlake.bench.told(world.handles[BEN.id]))


async def test_a_form_of_somebody_elses_is_not_taken_from_another(northlake: Northlake) -> None:
    world = northlake.world
    await mei_is_asked(world)
    await world.press(MEI, "Answer", "SEPSIS")
    ben, mei = _who(northlake, BEN), _who(northlake, MEI)
    northlake.fake.dialogs[ben.object_id] = northlake.fake.dialogs.pop(mei.object_id)
    await northlake.driver.submit(ben, FINE)
    await settle()
    assert await world.answers_about(SEPSIS) == []


async def test_a_button_pressed_twice_and_by_an_older_client_too_has_one_effect(northlake: Northlake) -> None:
    world = northlake.world
    await mei_is_asked(world)
    sent, mei = world.messages_to(MEI)[0], _who(northlake, MEI)
    snooze = button_of(sent.message, "Snooze", "SEPSIS")
    assert snooze
    before = northlake.bench.posted(sent.ref).snapshot()
    await world.press(MEI, "Snooze", "SEPSIS")
    for knows in (True, False):
        northlake.driver.knows_execute = knows
        button = northlake.driver.button(mei, before, "Snooze", value=snooze.value)
        await northlake.driver.press(mei, before, button)
        await settle()
        await world.settle()
    northlake.driver.knows_execute = True
    assert world.shows(MEI).count("snoozed until then") == 1


# The service


async def test_everything_goes_on_when_the_service_moves_to_another_region(northlake: Northlake) -> None:
    world = northlake.world
    await mei_is_asked(world)
    northlake.fake.region = "emea"
    await world.answer(MEI, "SEPSIS", FINE)
    assert "answered Green" in world.shows(MEI)
    await world.advance(FRIDAY, "10:01", "Europe/Berlin")
    world.skim()
    await northlake.world.command(MEI, "/ai help")
    assert northlake.fake.calls_of("post")[-1].path.startswith("/emea/")


async def test_a_restart_loses_nothing_that_is_being_typed(northlake: Northlake) -> None:
    world = northlake.world
    await mei_is_asked(world)
    await world.press(MEI, "Answer", "SEPSIS")
    await northlake.bench.restart()
    world.recorder._inner = northlake.bench.platform
    await world.fill(MEI, FINE)
    assert len(await world.answers_about(SEPSIS)) == 1


async def test_a_flow_that_breaks_after_a_restart_leaves_the_dialog_to_teams(northlake: Northlake) -> None:
    world = northlake.world
    await mei_is_asked(world)
    await world.press(MEI, "Answer", "SEPSIS")
    await northlake.bench.restart()
    world.recorder._inner = northlake.bench.platform

    async def breaks(interaction: object) -> None:
        raise RuntimeError("secret")

    whole, northlake.bench.dispatch = northlake.bench.dispatch, breaks  # type: ignore[assignment]
    await northlake.bench.submit(world.handles[MEI.id], FINE)
    assert UNREACHED in world.form(MEI).words
    northlake.bench.dispatch = whole
    await world.fill(MEI, {})
    assert len(await world.answers_about(SEPSIS)) == 1


async def test_a_zone_that_does_not_exist_is_not_believed(northlake: Northlake) -> None:
    _who(northlake, ANA).timezone = "Etc/UTC"
    who = _who(northlake, ANA)
    made = payloads.envelope(northlake.fake, who, northlake.fake.personal(who), "message")
    ack = await northlake.driver.send({**made, "text": "ai help", "localTimezone": "Mars/Base", "locale": "xx yy"})
    await settle()
    assert ack.ok
    assert "/ai-status" in northlake.world.shows(ANA)
