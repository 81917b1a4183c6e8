"""Who a message goes to: where they are reached, when they may be written to, and who hears that they are not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import DAY, Calendar, Hours, days_between, local_date, local_instant
from bot.domain.checkins import Prompt
from bot.domain.deliveries import WAITING, Address, Delivery, DeliveryKind, fits_today, planned
from bot.domain.events import ActorKind, Event
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Initiative
from bot.domain.names import CLOSED
from bot.domain.ownership import OWNER_ROLES, AssignmentKind, AssignmentState, Role
from bot.domain.people import Handle, Handles, HandleStatus, OrgRole, Person
from bot.errors import PlatformError
from bot.flows.calendars import DaysOff, hours_of, the_organisation
from bot.flows.people import reached
from bot.messages.model import Bullets, Facts, Mention, Message, Note, Paragraph, Text
from bot.ports import ChatPlatform, Ports
from bot.stores import UnitOfWork

LONGEST_ABSENCE = timedelta(days=400)
NOBODY, ENOUGH = "no account found", "enough for today"
UNDELIVERED, OFFERS = "undelivered", "offers "


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person and when they may be written to: their working hours less their absences."""

    person: Person
    hours: Hours


async def recipient_of(row: Delivery, uow: UnitOfWork, ports: Ports) -> Recipient | None:
    """Return who a row goes to, None when they have left."""
    person = await uow.people.get(row.person_id or "")
    if person is None or not person.active:
        return None
    organisation = await the_organisation(uow)
    hours = hours_of(person, organisation, ports.holidays)
    today = local_date(ports.clock.now(), hours.zone)
    away: set[date] = set()
    for absence in await uow.people.absences([person.id], today, today + LONGEST_ABSENCE):
        away.update(days_between(max(absence.first, today), min(absence.last, today + LONGEST_ABSENCE)))
    if not away:
        return Recipient(person, hours)
    calendar = Calendar(hours.calendar.workdays, DaysOff(hours.calendar.holidays, frozenset(away)))
    return Recipient(person, replace(hours, calendar=calendar))


async def postponed(row: Delivery, recipient: Recipient, uow: UnitOfWork, ports: Ports) -> tuple[datetime, str] | None:
    """Return until when a new message has to wait and why: quiet hours (I-18) or a full day (I-19); None for now."""
    now, hours = ports.clock.now(), recipient.hours
    if barrier := hours.barrier(now):
        return hours.next_allowed(now), barrier.value
    today = local_date(now, hours.zone)
    midnight, tomorrow = (local_instant(day, time(0), hours.zone) for day in (today, today + DAY))
    others = [
        other
        for other in await uow.deliveries.of_person(recipient.person.id, midnight)
        if other.state not in WAITING or other.not_before < tomorrow
    ]
    if fits_today(row, others, midnight, ports.policy.delivery.messages_per_person_and_day):
        return None
    return hours.next_allowed(tomorrow), ENOUGH


def platforms_for(person: Person, ports: Ports) -> list[ChatPlatform]:
    """Return the connected platforms, the person's preferred one first."""
    return sorted(ports.platforms.values(), key=lambda platform: platform.name != person.preferred_platform)


def accounts(person: Person, handles: Iterable[Handle], ports: Ports) -> list[Handle]:
    """Return where a person can be written to, one account a platform, the preferred platform's first."""
    active = sorted(
        (handle for handle in handles if handle.status is HandleStatus.ACTIVE), key=lambda h: h.conversation is None
    )
    ways = (next((h for h in active if h.platform == each.name), None) for each in platforms_for(person, ports))
    return [handle for handle in ways if handle]


def to_search(person: Person, handles: Iterable[Handle], ports: Ports) -> list[ChatPlatform]:
    """
    Return the platforms on which to look for a person who has no account there yet: the preferred one.

    Where no account of theirs can be written to it is every platform.
    """
    handles = list(handles)
    known, lost = {handle.platform for handle in handles}, not accounts(person, handles, ports)
    return [
        platform
        for platform in platforms_for(person, ports)
        if person.email and platform.name not in known and (lost or platform.name == person.preferred_platform)
    ]


async def likely_platforms(person_id: str, uow: UnitOfWork, ports: Ports) -> list[str]:
    """Return the platforms on which a person can be written to, as far as that is known without looking."""
    person = await uow.people.get(person_id)
    ways = accounts(person, await uow.people.handles([person_id]), ports) if person else []
    return [handle.platform for handle in ways] or list(ports.platforms)


async def has_another_way(lost: Handle, ports: Ports) -> bool:
    """Return whether a person can, or perhaps can, be written to on another account than this one."""
    async with ports.open_unit_of_work() as uow:
        person = await uow.people.get(lost.person_id)
        handles = await uow.people.handles([lost.person_id])
    others = [replace(h, status=HandleStatus.BLOCKED) if _same(h, lost) else h for h in handles]
    return person is not None and bool(accounts(person, others, ports) or to_search(person, others, ports))


def _same(one: Handle, other: Handle) -> bool:
    return (one.platform, one.tenant, one.user) == (other.platform, other.tenant, other.user)


class Refused(Exception):
    """A platform did not answer a look-up: which one, its error, and the account asked about if there is one."""

    def __init__(self, platform: str, error: PlatformError, handle: Handle | None = None) -> None:
        super().__init__(platform)
        self.platform, self.error, self.handle = platform, error, handle


async def look_up(person: Person, known: Handle | None, ports: Ports) -> Handle | None:
    """
    Return the account of a person with its direct conversation, `known` or found by e-mail, and remember both.

    Talks to the platforms outside any transaction. None when nobody has the address; raises Refused.
    """
    async with ports.open_unit_of_work() as uow:
        handles = await uow.people.handles([person.id])
    found = known
    for platform in to_search(person, handles, ports):
        try:
            candidate = await platform.find_person(person.email or "")
        except PlatformError as error:
            if found:  # the preferred platform does not answer, and they are known elsewhere
                break
            raise Refused(platform.name, error) from error
        if candidate and await _free(candidate, person, ports):
            found = replace(candidate, person_id=person.id)
            break
    if found is None:
        return None
    if found.conversation is None:
        found = await _with_conversation(found, ports)
    await _remember(found, ports, new=not any(_same(found, handle) for handle in handles))
    return found


async def _with_conversation(handle: Handle, ports: Ports) -> Handle:
    try:
        address = await ports.platforms[handle.platform].open_direct(handle)
    except PlatformError as error:
        raise Refused(handle.platform, error, handle) from error
    return replace(handle, conversation=address.conversation)


async def _free(candidate: Handle, person: Person, ports: Ports) -> bool:
    """Return whether an account found by address is not linked to somebody else already."""
    async with ports.open_unit_of_work() as uow:
        owner = await uow.people.by_handle(candidate.platform, candidate.tenant, candidate.user)
    return owner is None or owner.id == person.id


async def _remember(handle: Handle, ports: Ports, *, new: bool) -> None:
    async with ports.open_unit_of_work() as uow:
        await uow.people.save_handle(handle)
        if new:
            uow.events.record(_event("person.linked", handle.person_id, ports, platform=handle.platform))
        person = await uow.people.get(handle.person_id)
        if person:
            await reached(person, uow, ports)
        await uow.commit()


def _event(action: str, person_id: PersonId, ports: Ports, **facts: object) -> Event:
    return Event(
        at=ports.clock.now(),
        action=action,
        entity="person",
        entity_id=person_id,
        actor_kind=ActorKind.SYSTEM,
        facts=facts,
    )


async def block(handle: Handle, uow: UnitOfWork) -> None:
    """Remember that an account cannot be written to; it is active again once its person writes."""
    await uow.people.save_handle(replace(handle, status=HandleStatus.BLOCKED))


async def mentioned(message: Message, platform: str, uow: UnitOfWork) -> Handles:
    """Return the platform's users for the people a message mentions."""
    ids = {span.person_id for text in _texts(message) for span in text if isinstance(span, Mention)}
    handles = await uow.people.handles(ids) if ids else []
    return {h.person_id: h.user for h in handles if h.platform == platform and h.status is HandleStatus.ACTIVE}


def _texts(message: Message) -> Iterable[Text]:
    for block_ in message.blocks:
        match block_:
            case Paragraph(text) | Note(text):
                yield text
            case Facts(pairs):
                yield from (value for _, value in pairs)
            case Bullets(items):
                yield from items


async def out_of_reach(person_id: PersonId, uow: UnitOfWork, ports: Ports) -> None:
    """Note that no account of a person can be written to, and tell administrators and leads of it once."""
    person = await uow.people.get(person_id)
    accounts_left = [h for h in await uow.people.handles([person_id]) if h.status is HandleStatus.ACTIVE]
    if person is None or not person.active or accounts_left:  # perhaps on a platform that is not connected just now
        return
    since = person.unreachable_since or ports.clock.now()
    if person.unreachable_since is None:
        await uow.people.save([replace(person, unreachable_since=since)])
        uow.events.record(_event("person.out_of_reach", person_id, ports))
    concerned = {initiative.portfolio_id for initiative, _ in await roles_of(person_id, uow)}
    leads = {each.lead_id for each in await uow.people.portfolios() if each.id in concerned and each.lead_id}
    told = ({*await _admins(uow, person_id)} | leads) - {person_id}
    subject = f"{person_id}:{since:%Y%m%dT%H%M%S}"
    await _tell(subject, sorted(told), uow, ports, DeliveryKind.OUT_OF_REACH)


async def roles_of(person_id: PersonId, uow: UnitOfWork) -> list[tuple[Initiative, Role]]:
    """Return what a person owns: each initiative that is not over, and the role they hold in it."""
    held = [
        one
        for one in await uow.ownership.held_by(person_id)
        if one.state is AssignmentState.ACTIVE and one.kind is AssignmentKind.PRIMARY and one.role in OWNER_ROLES
    ]
    found = await uow.initiatives.many(one.initiative_id for one in held)
    pairs = [(found[one.initiative_id], one.role) for one in held if one.initiative_id in found]
    return sorted(
        ((i, role) for i, role in pairs if i.lifecycle not in CLOSED), key=lambda pair: (pair[0].key, pair[1])
    )


async def tell_admins(subject: str, uow: UnitOfWork, ports: Ports) -> None:
    """Plan a notice to the administrators, to the portfolio leads where there is none."""
    await _tell(subject, await _admins(uow), uow, ports)


async def _admins(uow: UnitOfWork, about: str = "") -> list[PersonId]:
    """Return the administrators beside somebody, the portfolio leads where there is none."""
    people = [person for person in await uow.people.all() if person.active and person.id != about]
    chosen = [person.id for person in people if OrgRole.ADMIN in person.org_roles]
    if chosen:
        return chosen
    leads = {portfolio.lead_id for portfolio in await uow.people.portfolios()}
    return [person.id for person in people if person.id in leads]


async def tell_lead(address: Address, uow: UnitOfWork, ports: Ports) -> None:
    """Plan a notice to the lead of the portfolio whose digest channel is out of reach, to the admins without one."""
    for portfolio in await uow.people.portfolios():
        if (address.platform, address.conversation) in portfolio.digest_channels:
            subject = f"channel:{portfolio.id}:{address.platform}:{address.conversation}"
            if portfolio.lead_id:
                await _tell(subject, [portfolio.lead_id], uow, ports)
            else:
                await tell_admins(subject, uow, ports)


async def tell_of_dead(row: Delivery, uow: UnitOfWork, ports: Ports) -> None:
    """Tell administrators and leads, once a cycle, that prompts did not arrive, and once a day that offers did not."""
    person = await uow.people.get(row.person_id or "")
    if person is None or person.unreachable_since:  # of whom they hear as that
        return
    if row.kind is DeliveryKind.CHECKIN_PROMPT:
        asked = await uow.check_ins.prompts_of(person.id, row.subject)
        await tell_undelivered(row.subject, [prompt.initiative_id for prompt in asked], uow, ports)
    elif row.kind is DeliveryKind.ROLE_PROPOSED:
        offered = await uow.ownership.get(row.subject)
        subject = f"{OFFERS}{ports.clock.now():%Y-%m-%d}"
        await tell_undelivered(subject, [offered.initiative_id] if offered else [], uow, ports)


async def undelivered(cycle: str, uow: UnitOfWork, ports: Ports) -> list[Prompt]:
    """Return the check-ins of a cycle that did not reach whom they ask, those of people out of reach left out."""
    lost = await uow.check_ins.undelivered(cycle, ports.clock.now())
    known = {person.id for person in await uow.people.all() if not person.unreachable_since} if lost else set()
    return [prompt for prompt in lost if prompt.person_id in known]


async def tell_undelivered(what: str, about: Iterable[InitiativeId], uow: UnitOfWork, ports: Ports) -> None:
    """Plan one notice, to administrators and the leads of the initiatives, of a cycle or of a day's offers."""
    subject = f"{UNDELIVERED}:{what}"
    await tell_admins(subject, uow, ports)
    concerned = {one.portfolio_id for one in (await uow.initiatives.many(about)).values()}
    leads = {each.lead_id for each in await uow.people.portfolios() if each.id in concerned}
    await _tell(subject, sorted(lead for lead in leads if lead), uow, ports)


async def _tell(
    subject: str,
    people: Iterable[str],
    uow: UnitOfWork,
    ports: Ports,
    kind: DeliveryKind = DeliveryKind.ADMIN_NOTICE,
) -> None:
    now = ports.clock.now()
    until = now + ports.policy.delivery.notice_lives
    rows = [planned(kind, subject, person, to=person, not_before=now, expires_at=until) for person in people]
    await uow.deliveries.add_once(rows)
