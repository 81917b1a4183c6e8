"""Taking, declining and handing over a role; the old holder stays accountable until the new one accepts."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.cadence import Cycle
from bot.domain.calendar import local_date
from bot.domain.checkins import OPEN, Prompt, PromptState
from bot.domain.deliveries import DeliveryKind, planned
from bot.domain.events import ActorKind, Event
from bot.domain.ids import new_id
from bot.domain.ownership import (
    AssignmentKind,
    AssignmentState,
    HandoverReason,
    Role,
    RoleAssignment,
    accept,
    accountable,
    decline,
)
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.flows.checkins import refresh_message
from bot.flows.escalations.settling import settle_owned
from bot.flows.loading import CLOSED, CheckIn, load
from bot.flows.outgoing import UPDATED_WITHIN
from bot.flows.people import resolve_person
from bot.flows.presence.moving import Move, hand_to
from bot.messages import ownership as words
from bot.messages.forms import Form
from bot.messages.words import sentence
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

OFFERED_FOR = timedelta(days=30)
"""How long a message about an offer may still be sent."""


async def not_mine(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Ask who takes the role of a check-in over."""
    return OpenForm(_form(await _held(pressed.value, asker, uow, ports)))


async def _held(prompt_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> CheckIn:
    """Return the check-in of a role that the asker holds; raises UserError for those who stand in."""
    check_in = await load(prompt_id, asker, uow, ports)
    if not check_in.is_holder:
        raise UserError(words.STANDS_IN)
    return check_in


def _form(check_in: CheckIn, reason: str = "") -> Form:
    return words.handover_form(check_in.initiative.key, check_in.prompt.role, check_in.prompt.id, reason)


async def hand_over(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Propose the role to somebody else; nothing changes hands before they accept."""
    check_in = await _held(sent.state, asker, uow, ports)
    prompt, now = check_in.prompt, ports.clock.now()
    assignments = await uow.ownership.of([prompt.initiative_id])
    person: Person | None = None
    reason, errors = str(sent.values.get(words.REASON, "")), dict[str, str]()
    if reason not in list(HandoverReason):
        errors[words.REASON] = words.CHOOSE_REASON
    try:
        person = await resolve_person(str(sent.values.get(words.TO, "")), sent, uow, ports)
        check_candidate(person, prompt.role, assignments)
    except UserError as error:
        errors[words.TO] = str(error)
    if errors or person is None:
        return FormErrors(_form(check_in, reason), errors)
    proposal = RoleAssignment(
        id=new_id(now),
        initiative_id=prompt.initiative_id,
        role=prompt.role,
        person_id=person.id,
        valid_from=local_date(now, zone_of(check_in.organisation)),
        assigned_by=asker.id,
        handover_from=asker.id,
        handover_reason=HandoverReason(reason),
    )
    await propose(proposal, asker, uow, ports)
    return Say(sentence(words.proposal_sent(person.name, check_in.initiative.key, prompt.role)))


async def propose(proposal: RoleAssignment, asker: Person, uow: UnitOfWork, ports: Ports) -> None:
    """Offer a role to somebody, in the place of whoever it was offered to before."""
    assignments = await uow.ownership.of([proposal.initiative_id])
    await uow.ownership.save([*_withdrawn(assignments, proposal.role), proposal])
    await offer(proposal, uow, ports)
    await _refresh_holder(proposal, "offered", uow, ports)
    uow.events.record(_event("role.proposed", proposal, asker, ports.clock.now()))


def check_candidate(person: Person, role: Role, assignments: list[RoleAssignment]) -> None:
    """Raise UserError when a person cannot take a role: they hold it already, or review the initiative (I-14)."""
    theirs = [a for a in assignments if a.person_id == person.id and a.state is AssignmentState.ACTIVE]
    if any(a.role is role and a.kind is AssignmentKind.PRIMARY for a in theirs):
        raise UserError(words.already(person.name))
    if any(a.role is Role.GOVERNANCE_REVIEWER for a in theirs):
        raise UserError(words.reviews(person.name))


def _withdrawn(assignments: list[RoleAssignment], role: Role) -> list[RoleAssignment]:
    """Return earlier open offers of the same role as expired: a role is offered to one person at a time."""
    return [
        replace(a, state=AssignmentState.EXPIRED)
        for a in assignments
        if a.role is role and a.kind is AssignmentKind.PRIMARY and a.state is AssignmentState.PROPOSED
    ]


async def offer(proposal: RoleAssignment, uow: UnitOfWork, ports: Ports) -> None:
    """Plan the message that offers a role to its nominee."""
    now = ports.clock.now()
    row = planned(
        DeliveryKind.ROLE_PROPOSED, proposal.id, to=proposal.person_id, not_before=now, expires_at=now + OFFERED_FOR
    )
    await uow.deliveries.add_once([row])


async def _refresh_holder(proposal: RoleAssignment, change: str, uow: UnitOfWork, ports: Ports) -> None:
    """Plan to say on the check-ins of who hands a role over that it waits for the nominee, or does not any more."""
    for prompt in await uow.check_ins.newest_prompts_about(proposal.initiative_id):
        if (prompt.role, prompt.person_id) == (proposal.role, proposal.handover_from):
            await refresh_message(prompt, f"{change}:{proposal.id}", uow, ports)


async def accept_role(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Take a role that is offered; the open check-ins of it come along."""
    proposal = await _offered(pressed.value, asker, uow)
    organisation = await the_organisation(uow)
    now = ports.clock.now()
    today = local_date(now, zone_of(organisation))
    assignments = await uow.ownership.of([proposal.initiative_id])
    holder = accountable(assignments, proposal.role, today)
    changed, moved = accept(proposal, holder, now, today), 0
    if proposal.kind is AssignmentKind.PRIMARY:
        changed += _no_longer_delegate(assignments, proposal, today)
    await uow.ownership.save(changed)
    uow.events.record(_event("role.accepted", proposal, asker, now))
    if proposal.kind is AssignmentKind.PRIMARY:
        await settle_owned(proposal.initiative_id, proposal.role, uow, ports)
        moved = await move_open_prompts(proposal, asker, uow, ports)
    await _tell_proposer(proposal, holder, uow, ports)
    await _update_offers(pressed, proposal, uow, ports)
    done = words.accepted(await described(proposal, uow), moved)
    return Replace(words.proposed(await offers(asker, uow), done))


def _no_longer_delegate(
    assignments: list[RoleAssignment], proposal: RoleAssignment, today: date
) -> list[RoleAssignment]:
    """Return the delegation of the same role that ends when its delegate becomes accountable (I-03)."""
    return [
        replace(a, state=AssignmentState.ENDED, valid_to=today)
        for a in assignments
        if a.kind is AssignmentKind.DELEGATE
        and a.state is AssignmentState.ACTIVE
        and (a.role, a.person_id) == (proposal.role, proposal.person_id)
    ]


async def decline_role(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Decline a role that is offered; who holds it stays accountable."""
    proposal = await _offered(pressed.value, asker, uow)
    await uow.ownership.save([decline(proposal)])
    uow.events.record(_event("role.declined", proposal, asker, ports.clock.now()))
    await _tell_proposer(proposal, None, uow, ports)
    await _update_offers(pressed, proposal, uow, ports)
    await _refresh_holder(proposal, "declined", uow, ports)
    done = words.declined(await described(proposal, uow))
    return Replace(words.proposed(await offers(asker, uow), done))


async def offers(person: Person, uow: UnitOfWork) -> list[words.Proposal]:
    """Return the roles that are offered to a person and not answered yet."""
    open_ones = [a for a in await uow.ownership.held_by(person.id) if a.state is AssignmentState.PROPOSED]
    return [await described(assignment, uow) for assignment in open_ones]


async def described(assignment: RoleAssignment, uow: UnitOfWork) -> words.Proposal:
    """Return an offer with the names a reader needs."""
    initiative = await uow.initiatives.get(assignment.initiative_id)
    proposer = await uow.people.get(assignment.assigned_by) if assignment.assigned_by else None
    key, name = (initiative.key, initiative.name) if initiative else ("", "")
    return words.Proposal(assignment, key, name, proposer.name if proposer else "")


async def _offered(assignment_id: str, asker: Person, uow: UnitOfWork) -> RoleAssignment:
    assignment = await uow.ownership.get(assignment_id)
    if assignment is None or assignment.person_id != asker.id:
        raise UserError(words.NOT_OFFERED)
    initiative = await uow.initiatives.get(assignment.initiative_id)
    if assignment.state is not AssignmentState.PROPOSED or initiative is None or initiative.lifecycle in CLOSED:
        raise UserError(words.GONE)
    return assignment


async def move_open_prompts(proposal: RoleAssignment, new: Person, uow: UnitOfWork, ports: Ports) -> int:
    """Give the role's open check-ins to its new holder and update both people's messages; return how many."""
    now, moved = ports.clock.now(), 0
    for prompt in await uow.check_ins.newest_prompts_about(proposal.initiative_id):
        cycle = await uow.check_ins.cycle(prompt.cycle)
        if prompt.role is not proposal.role or cycle is None or not _moves(prompt, cycle, now):
            continue
        await refresh_message(prompt, f"from:{proposal.id}", uow, ports)
        await hand_to(Move(prompt, cycle, new), uow, ports)
        moved += 1
    return moved


def _moves(prompt: Prompt, cycle: Cycle, now: datetime) -> bool:
    """Return whether somebody new may still answer: it is open, or only its old holder was excused."""
    if prompt.state is PromptState.EXCUSED:
        return now < cycle.closes_at
    return prompt.state in OPEN and now < cycle.answers_until


async def _tell_proposer(
    proposal: RoleAssignment, before: RoleAssignment | None, uow: UnitOfWork, ports: Ports
) -> None:
    """Tell who proposed a role what the nominee said, and who held it `before` that it has passed on."""
    now, until = ports.clock.now(), ports.clock.now() + OFFERED_FOR
    kind, teller = DeliveryKind.ROLE_ANSWERED, proposal.handover_from or proposal.assigned_by
    if teller and teller != proposal.person_id:
        await uow.deliveries.add_once([planned(kind, proposal.id, to=teller, not_before=now, expires_at=until)])
    held = before.person_id if before and proposal.kind is AssignmentKind.PRIMARY else None
    if held and teller and held not in (teller, proposal.person_id):
        await uow.deliveries.add_once([planned(kind, proposal.id, held, to=held, not_before=now, expires_at=until)])


async def _update_offers(pressed: ActionPressed, answered: RoleAssignment, uow: UnitOfWork, ports: Ports) -> None:
    """Plan to take an answered offer out of every other message that shows it."""
    now, message = ports.clock.now(), pressed.message.message if pressed.message else ""
    until, person_id = now + UPDATED_WITHIN, answered.person_id
    key = (answered.id, message)
    row = planned(DeliveryKind.ROLE_UPDATE, *key, to=person_id, not_before=now, expires_at=until)
    await uow.deliveries.add_once([row])


def _event(action: str, proposal: RoleAssignment, asker: Person, at: datetime) -> Event:
    return Event(
        at=at,
        action=action,
        entity="role_assignment",
        entity_id=proposal.id,
        actor_kind=ActorKind.PERSON,
        actor_id=asker.id,
        facts={"initiative": proposal.initiative_id, "role": proposal.role, "person": proposal.person_id},
    )
