"""What each kind of outbox row says, composed from the present state when it is sent, or why it says nothing."""

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.domain.checkins import OPEN
from bot.domain.deliveries import (
    MAYBE_OUT,
    WAITING,
    Delivery,
    DeliveryKind,
    DeliveryState,
    is_retiring,
    limit_of,
)
from bot.domain.operating.silence import SILENCE
from bot.domain.ownership import AssignmentState, Role
from bot.domain.people import Access, HandleStatus, OrgRole, Person, readable
from bot.flows import digests, recipients
from bot.flows.checkins import listing, reminder
from bot.flows.escalations.composing import escalation, escalation_update
from bot.flows.gates.chat.telling import decided
from bot.flows.gates.reminding import gate_reminder
from bot.flows.offers import lapsed_for
from bot.flows.outgoing import Composed, Composer, Drop, Edits, Later, Post
from bot.flows.ownership import OFFERED_FOR, described, offers
from bot.flows.presence import absences
from bot.messages import checkin_list, notices, ownership
from bot.messages.checkin_list import Listing
from bot.messages.model import Message
from bot.messages.words import sentence
from bot.ports import Ports
from bot.stores import UnitOfWork

ON_ITS_WAY = frozenset({DeliveryState.LEASED, DeliveryState.SENDING})
STANDING = ON_ITS_WAY | {DeliveryState.PENDING, DeliveryState.SENT}
TAKEN = frozenset({AssignmentState.ACTIVE, AssignmentState.ENDED})
REMINDERS = (1, 2)


async def checkin_prompt(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Ask everything that is open of a person in a cycle, unless a reminder has come before."""
    person = await _person(row, uow)
    shown = await listing(person, row.subject, uow, ports)
    waiting = [item.prompt for item in shown.items if item.prompt.state in OPEN]
    if row.first_attempt_at and waiting and all(prompt.sent_at for prompt in waiting):
        reminders = [await _asked_with(row, number, uow) for number in REMINDERS]
        if any(reminder and reminder.state is DeliveryState.SENT for reminder in reminders):
            return Drop("asked by a reminder")
    return _asking(shown) if waiting else Drop("nothing open")


async def checkin_nudge(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Remind of what is still open (I-20)."""
    person, number = await _person(row, uow), int(row.dedupe_key.rpartition(":")[2])
    shown = await reminder(person, row.subject, number, uow, ports)
    if not shown.items:
        return Drop("answered")
    return await _too_soon(row, number, uow, ports) or _asking(shown)


async def _too_soon(row: Delivery, number: int, uow: UnitOfWork, ports: Ports) -> Drop | Later | None:
    """
    Return why a reminder does not go out yet or at all: who was asked lately, or is yet to be, needs none.

    So one message makes up for a downtime, and clocks run from when somebody was asked, not from when they should be.
    A reminder that nobody has claimed is only foreseen: what waits before it is taken as sent at its time.
    """
    now, gap = ports.clock.now(), ports.policy.cadence.before_a_reminder
    foreseen = row.state is DeliveryState.PENDING
    for earlier in range(number if gap else 0):
        asked = await _asked_with(row, earlier, uow)
        if asked is None:
            continue
        if asked.state is DeliveryState.SENDING:
            return Later(now + ports.policy.delivery.wait_for_another, "the message is on its way")
        if asked.state in WAITING and not earlier and not foreseen:
            return Drop("not asked yet")
        if now - (_asked_at(asked, foreseen=foreseen) or now - gap) < gap:
            return Drop("asked a short while ago")
    return None


def _asked_at(asked: Delivery, *, foreseen: bool) -> datetime | None:
    """Return when a message reached somebody, or may have; None when it did not."""
    if asked.state in MAYBE_OUT:
        return asked.sent_at or asked.first_attempt_at
    return asked.not_before if foreseen and asked.state in WAITING else None


def _asking(shown: Listing) -> Post:
    return Post(checkin_list.listing(shown), prompts=tuple(item.prompt.id for item in shown.items))


async def checkin_update(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Bring the messages that list a person's check-ins up to date; a burst of changes is shown once."""
    person, limit = await _person(row, uow), limit_of(row)
    if any(_follows(other, row) for other in await uow.deliveries.of_person(person.id, ports.clock.now())):
        return Drop("a newer change follows")
    changes = []
    for number in (0, *REMINDERS):
        posted = await _asked_with(row, number, uow)
        if posted and posted.state in ON_ITS_WAY and posted.lease_owner != row.lease_owner:
            return Later(ports.clock.now() + ports.policy.delivery.wait_for_another, "the message is on its way")
        if posted and posted.ref and posted.ref.platform in ports.platforms and limit in ("", posted.ref.platform):
            changes.append((posted.ref, number))
    if not changes:
        return Drop("nothing shown yet")
    shown = await listing(person, row.subject, uow, ports)
    return Edits(tuple((ref, _changed(shown, number)) for ref, number in changes))


def _follows(other: Delivery, row: Delivery) -> bool:
    """Return whether another change of the same list comes later and leaves out nothing that this one changes."""
    same = (other.kind, other.subject) == (row.kind, row.subject) and other.state in STANDING
    covers = limit_of(other) in ("", limit_of(row)) and is_retiring(other) is is_retiring(row)
    return same and covers and (other.not_before, other.id) > (row.not_before, row.id)


async def _asked_with(row: Delivery, number: int, uow: UnitOfWork) -> Delivery | None:
    """Return the row that posted the prompt (0) or a reminder to the same person in the same cycle."""
    kind = DeliveryKind.CHECKIN_NUDGE if number else DeliveryKind.CHECKIN_PROMPT
    key = [kind.value, row.subject, row.person_id or "", *([str(number)] if number else [])]
    return await uow.deliveries.by_key(":".join(key))


def _changed(shown: Listing, number: int) -> Message:
    return checkin_list.listing(replace(shown, reminder=number)) if shown.items else sentence(notices.NOTHING_LEFT)


async def role_proposed(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Offer a person every role that is open to them, in one message for all that were proposed together."""
    person = await _person(row, uow)
    for other in await uow.deliveries.of_person(person.id, row.not_before):
        if other.kind is not row.kind or other.id == row.id:
            continue
        if other.state is DeliveryState.SENDING:
            return Later(ports.clock.now() + ports.policy.delivery.wait_for_another, "another offer is on its way")
        if other.sent_at and other.sent_at >= row.not_before:
            return Drop("offered in another message")
    assignment = await uow.ownership.get(row.subject)
    if assignment is None or assignment.state is not AssignmentState.PROPOSED or assignment.person_id != person.id:
        return Drop("answered")
    return Post(ownership.proposed(await offers(person, uow)))


async def role_update(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Take what has been answered out of the other messages that offered it; the one pressed has changed already."""
    person, limit = await _person(row, uow), limit_of(row)
    about = f"{row.kind}:{row.subject}:"
    pressed = row.dedupe_key.removeprefix(about)
    pressed = pressed.removeprefix(about).removesuffix(f":{limit}") if limit else pressed
    offering = [
        other.ref
        for other in await uow.deliveries.of_person(person.id, ports.clock.now() - OFFERED_FOR)
        if other.kind is DeliveryKind.ROLE_PROPOSED and other.ref and other.ref.message != pressed
    ]
    shown = [ref for ref in offering if ref.platform in ports.platforms and limit in ("", ref.platform)]
    message = ownership.proposed(await offers(person, uow))
    return Edits(tuple((ref, message) for ref in shown)) if shown else Drop("nothing shown elsewhere")


async def role_answered(row: Delivery, uow: UnitOfWork, _ports: Ports) -> Composed:
    """Tell who proposed a role what the nominee said."""
    assignment = await uow.ownership.get(row.subject)
    nominee = await uow.people.get(assignment.person_id) if assignment else None
    if assignment is None or nominee is None or assignment.state not in {*TAKEN, AssignmentState.DECLINED}:
        return Drop("not answered")
    accepted = assignment.state in TAKEN
    proposal = await described(assignment, uow)
    return Post(ownership.answered(proposal, nominee.name, assignment.valid_from, accepted=accepted))


async def roles_lapsed(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Tell who proposed roles which of them were left unanswered."""
    lapsed = await lapsed_for(row.person_id or "", date.fromisoformat(row.subject), uow, ports)
    return Post(ownership.lapsed(lapsed)) if lapsed else Drop("offered again or told already")


async def admin_notice(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Say what does not work for a whole channel or workspace."""
    about, _, rest = row.subject.partition(":")
    if about == recipients.UNDELIVERED:
        return await _undelivered(rest, row, uow, ports)
    if about == SILENCE:
        return Post(notices.silence(*rest.split(":", 1)))
    if about == "channel":
        portfolio_id, platform, conversation = rest.split(":", 2)
        portfolios = {portfolio.id: portfolio.name for portfolio in await uow.people.portfolios()}
        return Post(notices.channel_lost(portfolios.get(portfolio_id, ""), platform, conversation))
    return Post(notices.not_authorized(rest.partition(":")[0]))


async def _undelivered(what: str, row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Say which check-ins of a cycle, or which offers, did not arrive, to a lead those of their portfolios."""
    reader = await _person(row, uow)
    admin = OrgRole.ADMIN in reader.org_roles
    leads = {each.id for each in await uow.people.portfolios() if admin or each.lead_id == reader.id}
    if what.startswith(recipients.OFFERS):
        lost = await _lost_offers(leads, uow)
        return Post(notices.offers_lost(lost, admin=admin)) if lost else Drop("arrived meanwhile")
    prompts = await recipients.undelivered(what, uow, ports)
    initiatives = await uow.initiatives.many(prompt.initiative_id for prompt in prompts)
    mine = [prompt for prompt in prompts if initiatives[prompt.initiative_id].portfolio_id in leads]
    people = {person.id: person.name for person in await uow.people.all()}
    names = [people[person_id] for person_id in dict.fromkeys(prompt.person_id for prompt in mine)]
    cycle = await uow.check_ins.cycle(what)
    closed = cycle is not None and ports.clock.now() >= cycle.closes_at
    lost_ones = notices.Undelivered(cycle=what, check_ins=len(mine), people=names, closed=closed)
    return Post(notices.undelivered(lost_ones, admin=admin)) if mine else Drop("arrived meanwhile")


async def _lost_offers(portfolios: Container[str], uow: UnitOfWork) -> list[tuple[str, str, Role]]:
    """Return the open offers of people whom the message about them did not reach: their name, the key, the role."""
    proposed = [each for each in await uow.ownership.all() if each.state is AssignmentState.PROPOSED]
    rows = {each.id: await uow.deliveries.by_key(f"{DeliveryKind.ROLE_PROPOSED}:{each.id}") for each in proposed}
    lost = {each.person_id for each in proposed if (row := rows[each.id]) and row.state is DeliveryState.DEAD}
    initiatives = await uow.initiatives.many(each.initiative_id for each in proposed)
    people = {person.id: person.name for person in await uow.people.all()}
    return [
        (people[each.person_id], one.key, each.role)
        for each in proposed
        if each.person_id in lost and (one := initiatives[each.initiative_id]).portfolio_id in portfolios
    ]


async def out_of_reach(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Say who cannot be reached, unless they can by now: one message for all that wait to be told of."""
    reader, subjects = await _person(row, uow), [row.subject]
    for other in await uow.deliveries.of_person(reader.id, row.not_before):
        if other.kind is not row.kind or other.id == row.id:
            continue
        if other.state is DeliveryState.SENDING:
            return Later(ports.clock.now() + ports.policy.delivery.wait_for_another, "another one is on its way")
        if other.sent_at and other.sent_at >= row.not_before:
            return Drop("told in another message")
        if other.state in WAITING:
            subjects.append(other.subject)
    gone = [await _gone(subject.partition(":")[0], reader, uow, ports) for subject in sorted(subjects)]
    who = [each for each in gone if each]
    return Post(notices.unreachable(who, admin=OrgRole.ADMIN in reader.org_roles)) if who else Drop("reachable again")


async def _gone(person_id: str, reader: Person, uow: UnitOfWork, ports: Ports) -> notices.OutOfReach | None:
    """Return somebody who cannot be reached, with the roles the reader may know of; None when they can by now."""
    person = await uow.people.get(person_id)
    accounts = await uow.people.handles([person_id])
    if person is None or not person.active or any(each.status is HandleStatus.ACTIVE for each in accounts):
        return None
    viewer = await ports.reads.viewer(reader.id)
    held = [
        (one.key, role)
        for one, role in await recipients.roles_of(person.id, uow)
        if viewer
        and readable(viewer, Access(initiative_id=one.id, portfolio_id=one.portfolio_id, visibility=one.visibility))
    ]
    return notices.OutOfReach(name=person.name, email=person.email, held=held)


async def _person(row: Delivery, uow: UnitOfWork) -> Person:
    """Return who a row goes to; that they are there has been checked."""
    person = await uow.people.get(row.person_id or "")
    if person is None:
        raise LookupError("the person of this delivery does not exist")
    return person


COMPOSERS: Mapping[DeliveryKind, Composer] = {
    DeliveryKind.CHECKIN_PROMPT: checkin_prompt,
    DeliveryKind.CHECKIN_NUDGE: checkin_nudge,
    DeliveryKind.CHECKIN_UPDATE: checkin_update,
    DeliveryKind.ROLE_PROPOSED: role_proposed,
    DeliveryKind.ROLE_UPDATE: role_update,
    DeliveryKind.ROLE_ANSWERED: role_answered,
    DeliveryKind.STAND_IN_ASKED: absences.stand_in_asked,
    DeliveryKind.STAND_IN_DECLINED: absences.stand_in_declined,
    DeliveryKind.ROLES_LAPSED: roles_lapsed,
    DeliveryKind.ESCALATION: escalation,
    DeliveryKind.ESCALATION_UPDATE: escalation_update,
    DeliveryKind.GATE_DECIDED: decided,
    DeliveryKind.GATE_REMINDER: gate_reminder,
    DeliveryKind.DIGEST: digests.card,
    DeliveryKind.DIGEST_DETAILS: digests.details,
    DeliveryKind.DIGEST_LATE: digests.late,
    DeliveryKind.ADMIN_NOTICE: admin_notice,
    DeliveryKind.OUT_OF_REACH: out_of_reach,
}
