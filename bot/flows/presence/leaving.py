"""Somebody has left, or is back after all: what they own is flagged, and open check-ins follow."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.events import ActorKind, Event
from bot.domain.ids import PersonId
from bot.domain.ownership import AssignmentState
from bot.domain.people import Handle, HandleStatus, Person
from bot.flows.presence.moving import settle
from bot.ports import Ports
from bot.stores import UnitOfWork


async def leave(person: Person, platform: str, uow: UnitOfWork, ports: Ports) -> Person:
    """
    Return a person as one whose accounts are gone, with all that follows, in this transaction (I-02).

    Roles they hold stay theirs in name, flagged by an event each: their holder is not active any more, which is what
    the ladder of vacant owners reads. Roles they were offered are offered no longer.
    """
    left = replace(person, active=False, deactivated_at=ports.clock.now())
    await uow.people.save([left])
    held = await uow.ownership.held_by(person.id)
    offered = [each for each in held if each.state is AssignmentState.PROPOSED]
    await uow.ownership.save(replace(each, state=AssignmentState.EXPIRED) for each in offered)
    active = [each for each in held if each.state is AssignmentState.ACTIVE]
    for each in active:
        facts = {"initiative": each.initiative_id, "role": each.role, "kind": each.kind, "person": person.id}
        uow.events.record(_event("role.holder_left", "role_assignment", each.id, ports, facts))
    counts = {"platform": platform, "roles": len(active), "offers": len(offered)}
    uow.events.record(_event("person.deactivated", "person", person.id, ports, counts))
    await settle(person.id, uow, ports)
    return left


async def come_back(person: Person, account: Handle, uow: UnitOfWork, ports: Ports) -> Person:
    """Return a person as active again when the account is there again that made Steward think they had left."""
    if account.status is not HandleStatus.DEACTIVATED:
        return person
    await uow.people.save_handle(replace(account, status=HandleStatus.ACTIVE))
    uow.events.record(_event("account.returned", "person", person.id, ports, {"platform": account.platform}))
    if person.active:
        return person
    found = replace(person, active=True, deactivated_at=None)
    await uow.people.save([found])
    uow.events.record(_event("person.returned", "person", person.id, ports, {"platform": account.platform}))
    await settle(person.id, uow, ports)
    return found


async def account_gone(account: Handle, uow: UnitOfWork, ports: Ports) -> PersonId | None:
    """Note that an account is deactivated; return whose it is when they have no other, None when they do."""
    handles = await uow.people.handles([account.person_id])
    stored = next((each for each in handles if is_same(each, account)), None)
    if stored is None or stored.status is HandleStatus.DEACTIVATED:
        return None
    await uow.people.save_handle(replace(stored, status=HandleStatus.DEACTIVATED))
    facts = {"platform": account.platform}
    uow.events.record(_event("account.deactivated", "person", account.person_id, ports, facts))
    others = [each for each in handles if not is_same(each, account) and each.status is not HandleStatus.DEACTIVATED]
    return None if others else account.person_id


def is_same(one: Handle, other: Handle) -> bool:
    """Return whether two records are of one account."""
    return (one.platform, one.tenant, one.user) == (other.platform, other.tenant, other.user)


def _event(action: str, entity: str, entity_id: str, ports: Ports, facts: Mapping[str, object]) -> Event:
    return Event(
        at=ports.clock.now(),
        action=action,
        entity=entity,
        entity_id=entity_id,
        actor_kind=ActorKind.SYSTEM,
        facts=facts,
    )
