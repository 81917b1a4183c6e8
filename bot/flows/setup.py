"""The very beginning: an organisation that starts empty, its first portfolio and its first admin."""

import re

from bot.domain.calendar import is_zone
from bot.domain.events import ActorKind, Event
from bot.domain.ids import new_id
from bot.domain.people import FIRST_PORTFOLIO, Organisation, OrgRole, Person, Portfolio
from bot.errors import UserError
from bot.ports import Ports

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
LONGEST_NAME = 300
LONGEST_ADDRESS = 254


async def initialise(ports: Ports, *, admin: str, name: str, timezone: str) -> Person:
    """
    Store the organisation, its first portfolio and its first admin, whom this returns.

    Raises UserError when the address, the name or the zone is none, or when there is an organisation already.
    """
    email = admin.strip().lower()
    called = " ".join(name.split())
    if not ADDRESS.fullmatch(email) or len(email) > LONGEST_ADDRESS:
        raise UserError(f"{admin} is not an e-mail address: write it such as --admin dana@example.com.")
    if not 0 < len(called) <= LONGEST_NAME:
        raise UserError(f"The organisation needs a name of 1 to {LONGEST_NAME} characters: --org NAME.")
    if not is_zone(timezone):
        raise UserError(f"{timezone or 'Nothing'} is no time zone: write one such as --timezone America/Chicago.")
    now = ports.clock.now()
    person = Person(id=new_id(now), name=_name_of(email), email=email, org_roles=frozenset({OrgRole.ADMIN}))
    portfolio = Portfolio(id=new_id(now), key=FIRST_PORTFOLIO, name=called, timezone=timezone)
    async with ports.open_unit_of_work() as uow:
        existing = await uow.people.organisation()
        if existing:
            raise UserError(f"{existing.name} is set up already; change it with a portfolio file: steward import FILE.")
        await uow.people.save_organisation(Organisation(name=called, timezone=timezone))
        await uow.people.save([person])
        await uow.people.save_portfolio(portfolio)
        uow.events.record(
            Event(
                at=now,
                action="organisation.created",
                entity="organisation",
                entity_id=FIRST_PORTFOLIO,
                actor_kind=ActorKind.SYSTEM,
                facts={"admin": person.id, "portfolio": portfolio.id},
            )
        )
        await uow.commit()
    return person


def _name_of(email: str) -> str:
    """Return a name to begin with, from the part of an address before the @; the admin can change it."""
    words = re.split(r"[._+-]+", email.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word) or email
