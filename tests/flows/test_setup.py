"""An organisation that starts empty: created once, by one command."""

import pytest

from bot.domain.people import OrgRole
from bot.errors import UserError
from bot.flows.setup import initialise
from bot.ports import Ports


async def test_it_creates_organisation_portfolio_and_admin(ports: Ports) -> None:
    admin = await initialise(ports, admin="Dana.Whitfield@X.example", name=" North  Lake ", timezone="Europe/Berlin")
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        (portfolio,) = await uow.people.portfolios()
        found = await uow.people.by_email("dana.whitfield@x.example")
        events = await uow.events.links(0, 10)
    assert organisation is not None
    assert (organisation.name, organisation.timezone) == ("North Lake", "Europe/Berlin")
    assert (portfolio.key, portfolio.name, portfolio.timezone) == ("MAIN", "North Lake", "Europe/Berlin")
    assert found == admin
    assert (admin.name, admin.org_roles) == ("Dana Whitfield", frozenset({OrgRole.ADMIN}))
    assert [event.action for event in events] == ["organisation.created"]


async def test_a_second_time_it_refuses_and_leaves_all_as_it_was(ports: Ports) -> None:
    await initialise(ports, admin="a@x.example", name="First", timezone="UTC")
    with pytest.raises(UserError, match="First is set up already"):
        await initialise(ports, admin="b@x.example", name="Second", timezone="UTC")
    async with ports.open_unit_of_work() as uow:
        assert [person.email for person in await uow.people.all()] == ["a@x.example"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"admin": "dana"}, "dana is not an e-mail address"),
        ({"admin": "dana@northlake"}, "dana@northlake is not an e-mail address"),
        ({"admin": "a b@x.example"}, "is not an e-mail address"),
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 301}, "needs a name"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus is no time zone"),
        ({"timezone": "Europe"}, "Europe is no time zone"),
        ({"timezone": "../../etc/passwd"}, "is no time zone"),
        ({"timezone": ""}, "Nothing is no time zone"),
    ],
)
async def test_what_cannot_be_is_one_sentence(ports: Ports, given: dict[str, str], sentence: str) -> None:
    right = {"admin": "dana@x.example", "name": "Northlake", "timezone": "UTC"}
    with pytest.raises(UserError, match=sentence):
        await initialise(ports, **{**right, **given})
    async with ports.open_unit_of_work() as uow:
        assert await uow.people.organisation() is None
