"""Who gets what of `/ai-status`: forbidden is unknown, reading is recorded, and an outage changes no right."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.engine import RowMapping

from bot.domain.ids import InitiativeId
from bot.domain.people import OrgRole, Visibility
from bot.domain.status import InitiativeStatus
from bot.errors import Unavailable, UserError
from bot.flows import status
from bot.flows.upkeep import flush_read_audit
from bot.messages import status as words
from bot.messages.model import Action
from bot.ports import Asked, Audience, Profile, Reply, Say, Sender, WhoAreYou
from storage.queries import SqlReads
from tests.builders import ANA, a_person, a_raid, an_assignment, an_initiative
from tests.flows.asking import MERGER, ask, message_of, press, text_of
from tests.flows.world import CLEO, World
from tests.messages.test_status import lines_of

# Rights

QUESTIONS = [
    "MERGER", "merger", "merger target screening", "merg", "target", "merger target", "merger targt screning",
    "screening merger", "MERGER history", "MERGER gate G1", "alerts", "target early", "", "portfolio", "red", "due",
]  # fmt: skip
BUTTONS = [Action.STATUS_SHOW, Action.STATUS_HISTORY, Action.STATUS_SHARE, Action.STATUS_LIST]


async def every_answer(world: World, who: str) -> list[Reply]:
    asked = [await ask(world, text, who) for text in QUESTIONS]
    pressed = [await press(world, action, text, who) for text in QUESTIONS if text for action in BUTTONS]
    return [*asked, *pressed]


@pytest.mark.parametrize("visibility", [Visibility.RESTRICTED, Visibility.PORTFOLIO])
async def test_I_34_a_forbidden_initiative_answers_exactly_like_an_unknown_one(  # noqa: N802
    visibility: Visibility, world: World
) -> None:
    before = await every_answer(world, CLEO)
    await world.has(replace(MERGER, visibility=visibility), an_assignment(MERGER.id))
    assert await every_answer(world, CLEO) == before
    assert len(world.ports.read_audit) == 0
    assert message_of(await ask(world, "MERGER")).title == "MERGER  Merger target screening"


async def test_sharing_shows_everybody_what_anybody_may_know(world: World) -> None:
    await world.has(a_raid("The lab interface is not approved"))
    assert "The lab interface" in text_of(await ask(world, "SEPSIS"))
    shared = await press(world, Action.STATUS_SHARE, "SEPSIS")
    assert isinstance(shared, Say)
    assert shared.to is Audience.EVERYONE
    assert "The lab interface" not in text_of(shared)
    assert "Blockers  1 open" in text_of(shared)


async def test_a_restricted_initiative_is_not_shared(world: World) -> None:
    await world.has(MERGER, an_assignment(MERGER.id))
    reply = await press(world, Action.STATUS_SHARE, "MERGER")
    assert reply == Say(message_of(reply))
    assert text_of(reply) == words.NOT_SHARED


@pytest.mark.parametrize("value", ["portfolio", "zzzz", "alerts", "SEPSIS history"])
async def test_only_one_initiative_can_be_shared(value: str, world: World) -> None:
    reply = await press(world, Action.STATUS_SHARE, value)
    assert isinstance(reply, Say)
    assert reply.to is Audience.ASKER


async def test_an_admin_reads_the_summary_and_no_words(world: World) -> None:
    await world.has(a_person("Cleo Ray", org_roles=frozenset({OrgRole.ADMIN})), a_raid("The lab is not approved"))
    text = text_of(await ask(world, "SEPSIS", CLEO))
    assert "Blockers  1 open" in text
    assert "The lab" not in text
    assert "Promises kept" not in text


async def test_reading_a_restricted_initiative_is_audited_alone_in_lists_and_in_choices(world: World) -> None:
    await world.has(MERGER, an_assignment(MERGER.id), an_initiative("MERGED", name="Merger of lists"))
    for text in ("MERGER", "MERGER history", "mine", "merger", "mergr lists"):
        await ask(world, text)
    await ask(world, "SEPSIS")
    waiting = list(world.ports.read_audit)
    assert {event.entity_id for event in waiting} == {MERGER.id}
    assert {event.actor_id for event in waiting} == {ANA}
    assert len(waiting) >= 4
    assert await flush_read_audit(world.ports) == len(waiting)
    assert [link.action for link in await world.events()].count("status.read") == len(waiting)
    assert not world.ports.read_audit


async def test_a_reading_that_cannot_be_recorded_is_refused(world: World) -> None:
    await world.has(MERGER, an_assignment(MERGER.id))
    await ask(world, "MERGER")
    world.ports.read_audit.extend(list(world.ports.read_audit) * (status.MOST_UNRECORDED - 1))
    with pytest.raises(UserError, match="could not be recorded"):
        await ask(world, "MERGER")
    assert message_of(await ask(world, "SEPSIS")).title
    assert text_of(await ask(world, "MERGER", CLEO)).startswith("No initiative named")


# Who asks


async def test_an_unknown_account_is_asked_for_then_linked_by_its_address_and_answered(world: World) -> None:
    await world.has(a_person("Eve Stone"))
    stranger = "eve-stone"
    assert await ask(world, "SEPSIS", stranger) == WhoAreYou()
    profile = Profile(email="eve-stone@northlake.example")
    assert message_of(await ask(world, "SEPSIS", stranger, profile)).title == "SEPSIS  Sepsis early warning"
    assert message_of(await ask(world, "SEPSIS", stranger)).title == "SEPSIS  Sepsis early warning"


@pytest.mark.parametrize(
    "profile",
    [
        Profile(email=None),
        Profile(email="ana-ortiz@northlake.example", outsider=True),
        Profile(email="x@elsewhere.example"),
    ],
)
async def test_guests_and_strangers_get_nothing(profile: Profile, world: World) -> None:
    with pytest.raises(UserError):
        await ask(world, "SEPSIS", "guest", profile)


async def test_who_has_left_gets_nothing(world: World) -> None:
    await world.has(a_person("Cleo Ray", active=False))
    assert await ask(world, "SEPSIS", CLEO) == WhoAreYou()
    with pytest.raises(UserError, match="deactivated"):
        await ask(world, "SEPSIS", CLEO, Profile(email="cleo-ray@northlake.example"))


# While the database is away


class AwayReads(SqlReads):
    """Reads of a database that can go away; what is in memory stays."""

    away = False

    async def ask(self, sender: Sender, initiative_id: InitiativeId) -> Asked:
        self._check()
        return await super().ask(sender, initiative_id)

    async def statuses(
        self, initiative_ids: Iterable[InitiativeId], as_of: datetime | None = None
    ) -> list[InitiativeStatus]:
        self._check()
        return await super().statuses(initiative_ids, as_of)

    async def rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        self._check()
        return await super().rows(statement)

    def _check(self) -> None:
        if self.away:
            raise Unavailable("connection refused by 10.0.0.7")


@pytest.fixture
async def outage(world: World) -> AsyncIterator[World]:
    """A world whose database goes away with `world.ports.reads.away = True`."""
    reads = AwayReads(world.database)
    world.ports = replace(world.ports, reads=reads)
    yield world
    await reads.close()


def goes_away(world: World) -> None:
    assert isinstance(world.ports.reads, AwayReads)
    world.ports.reads.away = True
    world.clock.advance(hours=2)


async def test_while_the_database_is_away_the_last_known_status_is_shown_with_its_time(outage: World) -> None:
    await ask(outage, "SEPSIS")
    goes_away(outage)
    lines = lines_of(message_of(await ask(outage, "sepsis early warning")))
    assert lines[1] == "Status is unavailable, last known Thu 26 Nov 10:00."
    assert "one letter a week" in text_of(await ask(outage, "SEPSIS history"))


async def test_in_an_outage_rights_hold_and_nothing_is_said_of_why(outage: World) -> None:
    before = await ask(outage, "MERGER", CLEO)
    await outage.has(MERGER, an_assignment(MERGER.id))
    await ask(outage, "MERGER")
    await ask(outage, "SEPSIS", CLEO)
    goes_away(outage)
    assert await ask(outage, "MERGER", CLEO) == before
    for text, who in (("portfolio", ANA), ("", ANA), ("SEPSIS", "never-seen")):
        with pytest.raises(Unavailable, match=r"^Status is unavailable just now"):
            await ask(outage, text, who)
