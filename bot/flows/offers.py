"""Offers of a role that nobody answers: they lapse, and who made them hears it once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from bot.domain.calendar import DAY, local_date, local_instant
from bot.domain.deliveries import MAYBE_OUT, DeliveryKind, DeliveryState, planned
from bot.domain.events import ActorKind, Event
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.ownership import AssignmentState, RoleAssignment, lapsed
from bot.flows.calendars import organisation_calendar, the_organisation, zone_of
from bot.flows.ownership import OFFERED_FOR, described
from bot.messages.ownership import Proposal
from bot.ports import Ports
from bot.stores import UnitOfWork

BEGUN = MAYBE_OUT | {DeliveryState.SUPERSEDED}


async def expire_unanswered(ports: Ports) -> int:
    """Let offers lapse that were left unanswered for the working days of the policy; return how many."""
    now = ports.clock.now()
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        if organisation is None:
            return 0
        today = local_date(now, zone_of(organisation))
        calendar, most = organisation_calendar(organisation, ports.holidays), ports.policy.ownership.offer_working_days
        over = [
            offer
            for offer in await uow.ownership.all()
            if offer.state is AssignmentState.PROPOSED
            and (begun := await _begun(offer, uow))
            and calendar.count(local_date(begun, zone_of(organisation)), today) > most
        ]
        if not over:
            return 0
        await uow.ownership.save(lapsed(each, today) for each in over)
        await _tell(over, today, uow, ports)
        uow.events.record(
            Event(
                at=now,
                action="roles.lapsed",
                entity="organisation",
                entity_id="org",
                actor_kind=ActorKind.SYSTEM,
                facts={"assignments": [each.id for each in over]},
            )
        )
        await uow.commit()
    return len(over)


async def _begun(offer: RoleAssignment, uow: UnitOfWork) -> datetime | None:
    """Return when an offer reached its nominee, alone or in another offer's message; None while it has not."""
    row = await uow.deliveries.by_key(f"{DeliveryKind.ROLE_PROPOSED}:{offer.id}")
    return (row.sent_at or row.not_before) if row and row.state in BEGUN else None


async def _tell(over: Sequence[RoleAssignment], today: date, uow: UnitOfWork, ports: Ports) -> None:
    """Plan one message to each person whose offers lapsed today."""
    leads, now = await _leads(uow), ports.clock.now()
    until = now + OFFERED_FOR
    tellers = {_teller(each, leads) for each in over}
    rows = [
        planned(DeliveryKind.ROLES_LAPSED, today.isoformat(), teller, to=teller, not_before=now, expires_at=until)
        for teller in sorted(filter(None, tellers))
    ]
    await uow.deliveries.add_once(rows)


async def _leads(uow: UnitOfWork) -> dict[InitiativeId, PersonId]:
    of_portfolio = {each.id: each.lead_id for each in await uow.people.portfolios()}
    leads = {each.id: of_portfolio.get(each.portfolio_id) for each in await uow.initiatives.all()}
    return {initiative_id: lead for initiative_id, lead in leads.items() if lead}


def _teller(offer: RoleAssignment, leads: Mapping[InitiativeId, PersonId]) -> PersonId | None:
    """Return who made an offer: who hands over or assigned it, the portfolio's lead for an import."""
    return offer.handover_from or offer.assigned_by or leads.get(offer.initiative_id)


async def lapsed_for(person_id: PersonId, day: date, uow: UnitOfWork, ports: Ports) -> list[tuple[Proposal, str]]:
    """
    Return the offers this person made that lapsed on a day, with names.

    Not those whose role was offered to somebody else since, or of whose gap an escalation has just told them.
    """
    known = await uow.escalations.told(person_id, await _lately(uow, ports))
    everything, leads = await uow.ownership.all(), await _leads(uow)
    offered = {(each.initiative_id, each.role) for each in everything if each.state is AssignmentState.PROPOSED}
    found = []
    for each in everything:
        over = each.state is AssignmentState.EXPIRED and each.valid_to == day
        role = (each.initiative_id, each.role)
        if over and _teller(each, leads) == person_id and role not in offered and role not in known:
            nominee = await uow.people.get(each.person_id)
            found.append((await described(each, uow), nominee.name if nominee else ""))
    return found


async def _lately(uow: UnitOfWork, ports: Ports) -> datetime:
    """Return since when somebody who was told of a gap is not told of it again."""
    organisation, now = await the_organisation(uow), ports.clock.now()
    zone, calendar = zone_of(organisation), organisation_calendar(organisation, ports.holidays)
    day = calendar.shift(local_date(now, zone), -ports.policy.escalation.between_messages_working_days)
    return local_instant(day + DAY, time(0), zone)
