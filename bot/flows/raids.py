"""Blockers and asks: done with, by those they concern."""

from dataclasses import replace

from bot.domain.calendar import local_date
from bot.domain.events import ActorKind, Event
from bot.domain.initiatives import Initiative
from bot.domain.ownership import OWNER_ROLES, AssignmentState
from bot.domain.people import Person, leads
from bot.domain.raid import OPEN_STATES, RaidState
from bot.errors import UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.messages import status as words
from bot.messages.words import sentence
from bot.ports import ActionPressed, Ports, Reply, Say
from bot.stores import UnitOfWork


async def resolve(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Mark a blocker or ask as resolved: its owner, whoever was asked, the initiative's owners and its lead may."""
    raid = await uow.raids.get(pressed.value)
    initiative = await uow.initiatives.get(raid.initiative_id) if raid else None
    if raid is None or initiative is None:
        raise UserError(words.NOT_YOURS_TO_RESOLVE)
    if asker.id not in (raid.owner_id, raid.needs_from_id) and not await _answers_for(initiative, asker, uow, ports):
        raise UserError(words.NOT_YOURS_TO_RESOLVE)
    if raid.state not in OPEN_STATES:
        raise UserError(words.RESOLVED_BEFORE)
    now = ports.clock.now()
    await uow.raids.save([replace(raid, state=RaidState.RESOLVED, closed_at=now)])
    uow.events.record(
        Event(
            at=now,
            action="raid.resolved",
            entity="raid",
            entity_id=raid.id,
            actor_kind=ActorKind.PERSON,
            actor_id=asker.id,
            facts={"initiative": initiative.id},
        )
    )
    return Say(sentence(words.resolved(raid.title, initiative.key)))


async def _answers_for(initiative: Initiative, asker: Person, uow: UnitOfWork, ports: Ports) -> bool:
    """Return whether the asker owns the initiative today, as holder or delegate, or leads its portfolio."""
    viewer = await ports.reads.viewer(asker.id)
    if viewer and leads(viewer, initiative.portfolio_id):
        return True
    today = local_date(ports.clock.now(), zone_of(await the_organisation(uow)))
    held = await uow.ownership.of([initiative.id])
    return any(
        one.person_id == asker.id
        and one.role in OWNER_ROLES
        and one.state is AssignmentState.ACTIVE
        and one.covers(today)
        for one in held
    )
