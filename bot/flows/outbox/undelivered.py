"""`/ai undelivered`: administrators see what did not arrive or perhaps did, and try it again or give it up."""

from datetime import timedelta

from bot.domain.deliveries import Delivery
from bot.domain.events import ActorKind, Event
from bot.domain.people import OrgRole, Person
from bot.errors import UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.messages import undelivered as words
from bot.messages.model import Message
from bot.ports import ActionPressed, Command, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

LIVES_ON = timedelta(days=1)
"""How long a message that is tried again may take; what it is about may end it sooner."""


async def show(_command: Command, asker: Person, uow: UnitOfWork, _ports: Ports) -> Reply:
    """List what was not delivered to an administrator."""
    _check(asker)
    return Say(await _listing(asker, "", uow))


async def retry(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Plan a message again that was given up or is in doubt."""
    _check(asker)
    row, now = await _row(pressed, uow), ports.clock.now()
    again = row is not None and await uow.deliveries.retry(row.id, now, now + LIVES_ON)
    return await _done(row if again else None, "retried", asker, uow, ports)


async def discard(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Give a message up that nobody needs any more."""
    _check(asker)
    row = await _row(pressed, uow)
    gone = row is not None and await uow.deliveries.discard(row.id)
    return await _done(row if gone else None, "discarded", asker, uow, ports)


def _check(asker: Person) -> None:
    if OrgRole.ADMIN not in asker.org_roles:
        raise UserError(words.ADMINS_ONLY)


async def _row(pressed: ActionPressed, uow: UnitOfWork) -> Delivery | None:
    return await uow.deliveries.get(pressed.value)


async def _done(row: Delivery | None, what: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note what an administrator has done with a row, None where somebody was quicker, and show what is left."""
    if row is None:
        return Replace(await _listing(asker, words.GONE, uow))
    uow.events.record(
        Event(
            at=ports.clock.now(),
            action=f"delivery.{what}",
            entity="delivery",
            entity_id=row.id,
            actor_kind=ActorKind.PERSON,
            actor_id=asker.id,
            facts={"kind": row.kind, "subject": row.subject, "was": row.state},
        )
    )
    to = await _recipient(row, uow)
    return Replace(await _listing(asker, words.tried(to) if what == "retried" else words.discarded(to), uow))


async def _listing(asker: Person, word: str, uow: UnitOfWork) -> Message:
    rows, total = await uow.deliveries.undelivered(words.SHOWN)
    lost = [words.Lost(row, await _recipient(row, uow)) for row in rows]
    return words.listing(lost, total, zone_of(await the_organisation(uow), asker), word)


async def _recipient(row: Delivery, uow: UnitOfWork) -> str:
    if row.address:
        return f"{row.address.platform} {row.address.conversation}"
    person = await uow.people.get(row.person_id or "")
    return person.name if person else "somebody who is not known any more"
