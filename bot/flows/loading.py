"""A check-in with all that answering it takes, loaded for whoever asks and authorised by who holds the role now."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain import answers as reading
from bot.domain.cadence import Cycle
from bot.domain.calendar import is_first_full_week, local_date
from bot.domain.checkins import AnswerValue, Commitment, Prompt, PromptState, Response
from bot.domain.events import ActorKind, Event
from bot.domain.initiatives import Initiative, Lifecycle
from bot.domain.ownership import OWNER_ROLES, accountable, delegates
from bot.domain.people import Organisation, Person
from bot.domain.questions import Purpose, Question, fitting, waits
from bot.errors import UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.messages import checkins as words
from bot.ports import Ports
from bot.stores import UnitOfWork

PAST_ANSWERS = 8
CLOSED = frozenset({Lifecycle.STOPPED, Lifecycle.RETIRED})
OF_ITS_WEEK = frozenset({Purpose.COMMITMENTS, Purpose.NEXT_COMMITMENT})
"""Purposes whose last answer says nothing about this week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """
    One prompt with all that answering it takes, loaded for the person who asks.

    `before` are past answers, newest first; `commitments` the promises its form lists; `is_holder` tells the one who is
    accountable from those who stand in.
    """

    prompt: Prompt
    cycle: Cycle
    initiative: Initiative
    organisation: Organisation
    asker: Person
    is_holder: bool
    current: Response | None
    before: tuple[tuple[Prompt, Response], ...]
    commitments: tuple[Commitment, ...]

    @property
    def last(self) -> Response | None:
        """Return the answers the form starts from: this prompt's own, else the newest before it."""
        return self.current or (self.before[0][1] if self.before else None)


async def load(prompt_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> CheckIn:
    """Return the check-in for `asker`; raises UserError when it is gone, closed, or not theirs to answer."""
    prompt = await uow.check_ins.prompt(prompt_id)
    cycle = await uow.check_ins.cycle(prompt.cycle) if prompt else None
    initiative = await uow.initiatives.get(prompt.initiative_id) if prompt else None
    if prompt is None or cycle is None or initiative is None:
        raise UserError(words.UNKNOWN)
    organisation = await the_organisation(uow)
    is_holder = await _authorised(prompt, asker, organisation, uow, ports)
    if prompt.state is PromptState.CANCELLED or initiative.lifecycle in CLOSED:
        raise UserError(words.WITHDRAWN)
    if ports.clock.now() >= cycle.answers_until:
        raise UserError(words.CLOSED)
    before = await uow.check_ins.answers_before(prompt.initiative_id, prompt.role, prompt.cycle, PAST_ANSWERS)
    current = await uow.check_ins.response(prompt.id)
    return CheckIn(
        prompt=prompt,
        cycle=cycle,
        initiative=initiative,
        organisation=organisation,
        asker=asker,
        is_holder=is_holder,
        current=current,
        before=tuple(before),
        commitments=tuple(await _commitments(prompt, current, uow)),
    )


async def _authorised(prompt: Prompt, asker: Person, organisation: Organisation, uow: UnitOfWork, ports: Ports) -> bool:
    """Return whether the asker holds the role at present; raises UserError unless they may answer for its holder."""
    today = local_date(ports.clock.now(), zone_of(organisation))
    assignments = await uow.ownership.of([prompt.initiative_id])
    holder = accountable(assignments, prompt.role, today)
    if holder and holder.person_id == asker.id:
        return True
    stands_in = holder and prompt.on_behalf_of == holder.person_id and prompt.person_id == asker.id
    if stands_in or asker.id in delegates(assignments, prompt.role, today):
        return False
    owns = any((own := accountable(assignments, role, today)) and own.person_id == asker.id for role in OWNER_ROLES)
    if not owns or not await _is_missed(prompt, asker, uow):
        raise UserError(words.NOT_YOURS)
    return False


async def _is_missed(prompt: Prompt, asker: Person, uow: UnitOfWork) -> bool:
    """Return whether co-owners may answer: it was missed (domain.md 3.5, CHK), or the asker has answered for it so."""
    if prompt.state is PromptState.MISSED:
        return True
    if prompt.state is not PromptState.ANSWERED_LATE:
        return False
    given = await uow.check_ins.response(prompt.id)
    return given is not None and given.responder_id == asker.id


async def _commitments(prompt: Prompt, current: Response | None, uow: UnitOfWork) -> Iterable[Commitment]:
    """Return the promises the form lists: those open before this check-in, and those it has dealt with already."""
    found = {
        each.id: each
        for each in await uow.commitments.open_of(prompt.initiative_id, prompt.role)
        if each.prompt_id != prompt.id
    }
    for commitment_id in _dealt_with(current.answers if current else {}):
        commitment = await uow.commitments.get(commitment_id)
        if commitment and (commitment.initiative_id, commitment.role) == (prompt.initiative_id, prompt.role):
            found[commitment.id] = commitment
    return sorted(found.values(), key=lambda each: (each.due, each.id))


def _dealt_with(answers: Mapping[str, AnswerValue]) -> list[str]:
    prefix = words.COMMITMENT_PREFIX
    ticked = [each for value in answers.values() if isinstance(value, list) for each in value]
    return ticked + [key.removeprefix(prefix) for key in answers if key.startswith(prefix)]


def possible_questions(prompt: Prompt, initiative: Initiative, ports: Ports) -> tuple[Question, ...]:
    """Return everything this prompt may ask, of which one form takes a part."""
    monthly = is_first_full_week(prompt.cycle)
    return ports.questions.asked(prompt.role, initiative.stage, initiative.lifecycle, monthly=monthly)


def asked(check_in: CheckIn, ports: Ports) -> tuple[Question, ...]:
    """Return the questions of this form; an edit asks what was asked before."""
    possible = possible_questions(check_in.prompt, check_in.initiative, ports)
    current = check_in.current
    if current and not current.unchanged and any(current.asked.get(question.key) for question in possible):
        again = [question for question in possible if current.asked.get(question.key)]
        return tuple(q for q in again if check_in.commitments or q.purpose is not Purpose.COMMITMENTS)
    waited = waits([past.asked for _, past in check_in.before if not past.unchanged])
    return fitting(possible, waited, ports.policy.check_ins, commitments=bool(check_in.commitments))


def asking(check_in: CheckIn, ports: Ports, notice: str = "", typed: reading.Raw | None = None) -> words.Asking:
    """Return what the form is made from, prefilled with the last values or with what was just typed."""
    initial: Mapping[str, AnswerValue] = check_in.last.answers if check_in.last else {}
    questions = asked(check_in, ports)
    if typed is not None:
        initial = {question.key: typed.get(question.key) for question in questions}
    elif not check_in.current:
        initial = {q.key: initial[q.key] for q in questions if q.key in initial and q.purpose not in OF_ITS_WEEK}
    return words.Asking(
        prompt=check_in.prompt,
        key=check_in.initiative.key,
        name=check_in.initiative.name,
        questions=questions,
        state=state_for(check_in.prompt, {}),
        initial=initial,
        commitments=check_in.commitments,
        notice=notice,
    )


def state_for(prompt: Prompt, confirmed: Mapping[str, str]) -> str:
    """Return a form's state: the prompt, the revision it starts from, and values that wait to be sent again."""
    return json.dumps({"p": prompt.id, "r": prompt.revision, "c": dict(confirmed)}, ensure_ascii=False)


def state_of(text: str) -> tuple[str, int, dict[str, str]]:
    """Return prompt id, revision and confirmed values from a form's state, which anybody may have written."""
    try:
        state = json.loads(text)
        return str(state["p"]), int(state["r"]), {str(k): str(v) for k, v in dict(state["c"]).items()}
    except (ValueError, KeyError, TypeError):
        raise UserError(words.UNKNOWN) from None


def event(check_in: CheckIn, action: str, ports: Ports, **facts: object) -> Event:
    """Return the audit event of something a person did to a check-in."""
    return Event(
        at=ports.clock.now(),
        action=action,
        entity="prompt",
        entity_id=check_in.prompt.id,
        actor_kind=ActorKind.PERSON,
        actor_id=check_in.asker.id,
        facts=facts,
    )
