"""What people do about an escalation: a dated plan pauses it, somebody is proposed, a role is handed over."""

from dataclasses import replace
from datetime import date

from bot.domain.answers import day, typed_in
from bot.domain.escalation import Escalation, Notice, acknowledged, may_pause
from bot.domain.events import ActorKind
from bot.domain.ids import new_id
from bot.domain.ownership import HandoverReason, Role, RoleAssignment
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows import ownership
from bot.flows.escalations.cases import Case, Desk, case_of, open_desk
from bot.flows.escalations.items import item, may_propose, own_role
from bot.flows.escalations.settling import event
from bot.flows.escalations.telling import refresh
from bot.flows.people import resolve_person
from bot.messages import escalations as words
from bot.messages import ownership as ownership_words
from bot.messages.words import sentence
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Reply, Say
from bot.stores import UnitOfWork


class Asked:
    """An open escalation with somebody who was told of it: only they act on it."""

    def __init__(self, escalation: Escalation, notice: Notice, case: Case, desk: Desk) -> None:
        self.escalation, self.notice, self.case, self.desk = escalation, notice, case, desk

    async def item(self) -> words.Item:
        """Return it as this person sees it."""
        return await item(self.notice, self.case, self.escalation, self.desk)

    @property
    def own_role(self) -> Role:
        """Return the role this person holds in the initiative; raises UserError when they hold none."""
        found = own_role(self.notice.person_id, self.case, self.desk)
        if found is None:
            raise UserError(words.NO_ROLE)
        return found


async def _asked(escalation_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Asked:
    """Return an open escalation for somebody who was told of it; raises UserError for everybody else."""
    escalation, desk = await uow.escalations.get(escalation_id), await open_desk(uow, ports)
    if escalation is None or desk is None or not escalation.is_open:
        raise UserError(words.GONE)
    mine = [n for n in await uow.escalations.notices_of([escalation.id]) if n.person_id == asker.id]
    case = await case_of(escalation, desk)
    if not mine or case.standing is None:
        raise UserError(words.GONE)
    return Asked(escalation, mine[-1], case, desk)


# --- a plan ----------------------------------------------------------------------------------------------------------


async def ask_plan(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form for a plan with a date."""
    asked = await _pausable(pressed.value, asker, uow, ports)
    return OpenForm(words.plan_form(await asked.item(), _latest(asked.desk)))


async def _pausable(escalation_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Asked:
    asked = await _asked(escalation_id, asker, uow, ports)
    if not may_pause(asked.escalation, asked.desk.rules.policy):
        raise UserError(words.NOT_TWICE_MORE)
    return asked


def _latest(desk: Desk) -> date:
    return desk.rules.after(desk.rules.today, desk.rules.policy.longest_plan_working_days)


async def take_plan(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Pause an escalation until the day of a plan and a working day more."""
    asked = await _pausable(sent.state, asker, uow, ports)
    plan, typed = typed_in(sent.values.get(words.PLAN, "")), typed_in(sent.values.get(words.DUE, ""))
    due, errors = _checked(plan, typed, asked.desk)
    shown = await asked.item()
    if errors or due is None:
        return FormErrors(words.plan_form(shown, _latest(asked.desk), plan[: words.LONGEST_PLAN], due), errors)
    after = acknowledged(asked.escalation, asker.id, plan, due, asked.desk.now)
    if not await uow.escalations.change(asked.escalation, after):
        raise UserError(words.GONE)
    noted = event("escalation.acknowledged", after, asked.desk.now, due=due, pauses=after.pauses)
    uow.events.record(replace(noted, actor_kind=ActorKind.PERSON, actor_id=asker.id, personal={"plan": plan}))
    await refresh(after, uow, ports)
    return Say(sentence(words.plan_noted(shown, asked.desk.rules.resumes_on(due))))


def _checked(plan: str, typed: str, desk: Desk) -> tuple[date | None, dict[str, str]]:
    """Return the day of a plan, and the sentences for what is wrong with it."""
    errors: dict[str, str] = {}
    if not plan:
        errors[words.PLAN] = words.NEEDED
    elif len(plan) > words.LONGEST_PLAN:
        errors[words.PLAN] = words.too_long(len(plan))
    due = None
    try:
        due = day(typed)
        if due < desk.rules.today:
            raise UserError(words.PAST)
        if due > _latest(desk):
            raise UserError(words.too_late(_latest(desk)))
    except UserError as error:
        errors[words.DUE] = str(error)
    return due, errors


# --- somebody for the role -------------------------------------------------------------------------------------------


async def ask_nominee(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form that asks who could take the role."""
    asked = await _proposing(pressed.value, asker, uow, ports)
    return OpenForm(words.propose_form(await asked.item()))


async def _proposing(escalation_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Asked:
    asked = await _asked(escalation_id, asker, uow, ports)
    if not may_propose(asked.notice, asked.case):
        raise UserError(words.GONE)
    return asked


async def take_nominee(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Offer the role to whom somebody names; who holds it stays accountable until they accept."""
    asked = await _proposing(sent.state, asker, uow, ports)
    role = asked.escalation.role
    try:
        person = await resolve_person(typed_in(sent.values.get(words.TO, "")), sent, uow, ports)
        ownership.check_candidate(person, role, list(asked.case.facts.assignments))
    except UserError as error:
        return FormErrors(words.propose_form(await asked.item()), {words.TO: str(error)})
    await ownership.propose(_proposal(person, role, asker, asked), asker, uow, ports)
    await refresh(asked.escalation, uow, ports)
    return Say(sentence(words.proposed(person.name, asked.case.initiative.key, role)))


def _proposal(person: Person, role: Role, asker: Person, asked: Asked) -> RoleAssignment:
    return RoleAssignment(
        id=new_id(asked.desk.now),
        initiative_id=asked.case.initiative.id,
        role=role,
        person_id=person.id,
        valid_from=asked.desk.rules.today,
        assigned_by=asker.id,
    )


async def ask_handover(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form that asks who takes over the asker's own role."""
    asked = await _asked(pressed.value, asker, uow, ports)
    return OpenForm(words.handover_form(await asked.item(), asked.own_role))


async def take_handover(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Offer the asker's own role to somebody else; nothing changes hands before they accept."""
    asked = await _asked(sent.state, asker, uow, ports)
    role, errors, person = asked.own_role, dict[str, str](), None
    reason = typed_in(sent.values.get(words.REASON, ""))
    if reason not in list(HandoverReason):
        errors[words.REASON] = ownership_words.CHOOSE_REASON
    try:
        person = await resolve_person(typed_in(sent.values.get(words.TO, "")), sent, uow, ports)
        ownership.check_candidate(person, role, list(asked.case.facts.assignments))
    except UserError as error:
        errors[words.TO] = str(error)
    if errors or person is None:
        return FormErrors(words.handover_form(await asked.item(), role, reason), errors)
    handing = replace(
        _proposal(person, role, asker, asked), handover_from=asker.id, handover_reason=HandoverReason(reason)
    )
    await ownership.propose(handing, asker, uow, ports)
    return Say(sentence(ownership_words.proposal_sent(person.name, asked.case.initiative.key, role)))


async def show_offers(_pressed: ActionPressed, asker: Person, uow: UnitOfWork, _ports: Ports) -> Reply:
    """Show what is offered to the asker, each to accept or decline."""
    return Say(ownership_words.proposed(await ownership.offers(asker, uow)))
