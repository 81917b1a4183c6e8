"""`/ai away` and `/ai back`: saying where one is, naming who answers meanwhile, and declining that."""

from dataclasses import replace
from datetime import date, datetime, time

from bot.domain.absences import SELF, ended, read_away
from bot.domain.calendar import DAY, local_date, local_instant
from bot.domain.deliveries import Delivery, DeliveryKind, planned
from bot.domain.ids import new_id
from bot.domain.ownership import AssignmentKind, AssignmentState
from bot.domain.people import Absence, Organisation, Person
from bot.errors import UserError
from bot.flows.calendars import organisation_calendar, the_organisation, zone_of
from bot.flows.outgoing import Composed, Drop, Post
from bot.flows.people import event, find_person
from bot.flows.presence.moving import Settled, settle
from bot.flows.recipients import roles_of
from bot.messages import absences as words
from bot.messages import people as people_words
from bot.ports import ActionPressed, Command, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

TYPED_ACCOUNT = "@<>"


async def away(command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note that somebody is away, with who answers meanwhile, and move or excuse what is open at once."""
    typed = command.text.partition(" ")[2].strip()
    organisation = await the_organisation(uow)
    today = local_date(ports.clock.now(), zone_of(organisation, asker))
    known = await _from_today(asker, today, uow)
    if not typed:
        return Say(words.usage(known))
    said = read_away(typed, today)
    refusal = words.UNREADABLE if said is None else _refusal(said.first, said.last, today, ports)
    if said is None or refusal:
        return Say(words.usage(known, refusal))
    delegate = await _delegate(said.who, command, asker, uow) if said.who else None
    await _check_circle(delegate, (said.first, said.last), asker, uow)
    absence = Absence(
        id=new_id(ports.clock.now()),
        person_id=asker.id,
        first=said.first,
        last=said.last,
        source=SELF,
        delegate_id=delegate.id if delegate else None,
    )
    replaced = [each for each in known if each.source == SELF and each.first <= said.last and said.first <= each.last]
    await uow.people.remove_absences(each.id for each in replaced)
    await uow.people.save_absences([absence])
    days = {"first": said.first.isoformat(), "last": said.last.isoformat()}
    facts = {"absence": absence.id, "delegate": absence.delegate_id, "replaced": [each.id for each in replaced], **days}
    uow.events.record(event("absence.told", asker, ports, facts))
    done = await settle(asker.id, uow, ports)
    if delegate:
        await _ask(absence, organisation, uow, ports)
    return Say(words.told(await _told(absence, done, organisation, uow, ports)))


async def _from_today(person: Person, today: date, uow: UnitOfWork) -> list[Absence]:
    """Return a person's absences that are not over, the soonest first."""
    found = await uow.people.absences([person.id], today, date.max)
    return sorted(found, key=lambda each: (each.first, each.last, each.id))


def _refusal(first: date, last: date, today: date, ports: Ports) -> str:
    """Return what is wrong with the days, empty when they will do."""
    policy = ports.policy.absences
    if last < today:
        return words.is_past(last)
    if last - first >= policy.longest:
        return words.is_too_long(policy.longest.days)
    return words.is_too_far(policy.furthest_ahead.days) if first - today > policy.furthest_ahead else ""


async def _delegate(typed: str, command: Command, asker: Person, uow: UnitOfWork) -> Person:
    """Return the active person meant by a name, an e-mail address or an account of the platform; raises UserError."""
    name, sender = typed.strip(TYPED_ACCOUNT), command.sender
    person = await uow.people.by_handle(sender.platform, sender.tenant, name) or await find_person(name, uow)
    if not person.active:
        raise UserError(people_words.has_left(person.name))
    if person.id == asker.id:
        raise UserError(words.YOURSELF)
    return person


async def _check_circle(delegate: Person | None, days: tuple[date, date], asker: Person, uow: UnitOfWork) -> None:
    """Raise UserError when whoever is named is away on these days themselves and named the asker."""
    away = await uow.people.absences([delegate.id], *days) if delegate else []
    if delegate and any(each.delegate_id == asker.id for each in away):
        raise UserError(words.in_a_circle(delegate.name))


def _over(absence: Absence, organisation: Organisation) -> datetime:
    """Return when an absence is over everywhere that matters: the day after it has begun."""
    return local_instant(absence.last + 2 * DAY, time(0), zone_of(organisation))


async def _ask(absence: Absence, organisation: Organisation, uow: UnitOfWork, ports: Ports) -> None:
    delegate = absence.delegate_id or ""
    row = planned(
        DeliveryKind.STAND_IN_ASKED,
        absence.id,
        delegate,
        to=delegate,
        not_before=ports.clock.now(),
        expires_at=_over(absence, organisation),
    )
    await uow.deliveries.add_once([row])


async def _told(
    absence: Absence, done: Settled, organisation: Organisation, uow: UnitOfWork, ports: Ports
) -> words.Told:
    names = {person.id: person.name for person in await uow.people.all()}
    calendar = organisation_calendar(organisation, ports.holidays)
    away_for = calendar.count(absence.first - DAY, absence.last)
    is_long = away_for > ports.policy.absences.needs_somebody_after and not absence.delegate_id
    needs_somebody = is_long and await _is_alone(absence.person_id, uow)
    return words.Told(
        first=absence.first,
        last=absence.last,
        delegate=names.get(absence.delegate_id or "", ""),
        moved={names.get(person_id, words.SOMEBODY): n for person_id, n in sorted(done.moved.items())},
        excused=done.excused,
        unanswered_for=away_for if needs_somebody else 0,
    )


async def _is_alone(person_id: str, uow: UnitOfWork) -> bool:
    """Return whether somebody holds a role that has no delegate."""
    held = {(initiative.id, role) for initiative, role in await roles_of(person_id, uow)}
    delegated = {
        (each.initiative_id, each.role)
        for each in await uow.ownership.of({initiative_id for initiative_id, _ in held})
        if each.kind is AssignmentKind.DELEGATE and each.state is AssignmentState.ACTIVE
    }
    return bool(held - delegated)


async def back(_command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """End the absence of today, or call off the next one; what is still open comes back."""
    today = local_date(ports.clock.now(), zone_of(await the_organisation(uow), asker))
    known = await _from_today(asker, today, uow)
    now_away = [each for each in known if each.covers(today)]
    ending = now_away or [each for each in known if each.source == SELF][:1]
    if not ending:
        raise UserError(words.NOT_AWAY)
    kept = {each.id: shorter for each in ending if (shorter := ended(each, today))}
    await uow.people.save_absences(kept.values())
    await uow.people.remove_absences(each.id for each in ending if each.id not in kept)
    facts = {"absences": [each.id for each in ending], "sources": sorted({each.source for each in ending})}
    uow.events.record(event("absence.ended", asker, ports, facts))
    done = await settle(asker.id, uow, ports)
    first, last = min(each.first for each in ending), max(each.last for each in ending)
    return Say(words.back(first, last, done.returned, ahead=not now_away))


async def decline(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Let somebody not stand in; the next in line is asked, and who is away is told."""
    absence = await uow.people.absence(pressed.value)
    if absence is None or absence.delegate_id != asker.id:
        raise UserError(words.NOT_ASKED)
    await uow.people.save_absences([replace(absence, delegate_id=None)])
    facts = {"absence": absence.id, "person": absence.person_id}
    uow.events.record(event("absence.declined", asker, ports, facts))
    await settle(absence.person_id, uow, ports)
    row = planned(
        DeliveryKind.STAND_IN_DECLINED,
        absence.id,
        asker.id,
        to=absence.person_id,
        not_before=ports.clock.now(),
        expires_at=_over(absence, await the_organisation(uow)),
    )
    await uow.deliveries.add_once([row])
    person = await uow.people.get(absence.person_id)
    return Replace(words.declined_by_you(person.name if person else words.SOMEBODY))


async def stand_in_asked(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Tell a delegate for whom they stand in, while that is so."""
    absence = await uow.people.absence(row.subject)
    person = await uow.people.get(absence.person_id) if absence else None
    if absence is None or person is None or absence.delegate_id != row.person_id:
        return Drop("not asked any more")
    today = local_date(ports.clock.now(), zone_of(await the_organisation(uow), person))
    if absence.last < today:
        return Drop("over")
    roles = [(initiative.key, role) for initiative, role in await roles_of(person.id, uow)]
    standing = words.Standing(
        absence_id=absence.id, name=person.name, first=absence.first, last=absence.last, roles=tuple(roles)
    )
    return Post(words.stand_in(standing))


async def stand_in_declined(row: Delivery, uow: UnitOfWork, _ports: Ports) -> Composed:
    """Tell who is or will be away that their delegate has declined, unless somebody else is named by now."""
    absence = await uow.people.absence(row.subject)
    delegate = await uow.people.get(row.dedupe_key.rpartition(":")[2])
    if absence is None or absence.delegate_id or delegate is None:
        return Drop("settled")
    return Post(words.declined(delegate.name, absence.first, absence.last))
