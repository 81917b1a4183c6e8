"""`/ai why NAME` and `steward why`: which initiative and whose messages are meant, who may ask, and the explanation."""

import re
from datetime import date, timedelta

from bot.domain.calendar import local_date
from bot.domain.deliveries import DeliveryKind
from bot.domain.explanation import Climb, Explanation, Part, Sending
from bot.domain.names import Closest, Entry, Found, Resolution, Several
from bot.domain.ownership import accountable
from bot.domain.people import OPERATOR, HandleStatus, Person, may_ask_about
from bot.errors import Unavailable, UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.flows.explaining.rounds import Scope, rounds, sending
from bot.flows.lookups import Question, question_of, resolve
from bot.flows.people import find_person
from bot.flows.recipients import accounts
from bot.flows.status import record_restricted
from bot.messages import explain as words
from bot.messages import names as name_words
from bot.messages import status as status_words
from bot.messages.model import Message
from bot.messages.words import sentence
from bot.ports import Command, Ports, Reply, Say, WhoAreYou
from bot.stores import UnitOfWork

FOR_SOMEBODY = re.compile(r"(?P<name>.+?) for (?P<person>.+)", re.IGNORECASE)
LATELY = timedelta(weeks=4)
OFFERS = frozenset({DeliveryKind.ROLE_PROPOSED, DeliveryKind.ROLE_ANSWERED})


async def why(asked: Command, ports: Ports) -> Reply:
    """Answer `/ai why NAME`, and `/ai why NAME for PERSON` for those who lead the portfolio or administer Steward."""
    question = await question_of(asked.sender, asked.text.partition(" ")[2], ports)
    if question is None:
        return WhoAreYou()
    if question.outage:
        raise Unavailable(status_words.UNAVAILABLE)
    return Say(await _answer(question, ports))


async def _answer(question: Question, ports: Ports) -> Message:
    if not question.text:
        return sentence(words.HOW)
    name, somebody = question.text, ""
    resolution = await _resolved(name, question, ports)
    if not isinstance(resolution, Found) and (split := FOR_SOMEBODY.fullmatch(question.text)):
        name, somebody = split["name"], split["person"]
        resolution = await _resolved(name, question, ports)
    match resolution:
        case Found(entry):
            return await _about(entry, somebody, question, ports)
        case Several(entries) | Closest(entries):
            record_restricted((entry.access for entry in entries), question, ports)
            return sentence(words.which(name, [(entry.key, entry.name) for entry in entries]))
        case _:
            return name_words.unknown(name)


async def _resolved(name: str, question: Question, ports: Ports) -> Resolution:
    return await resolve(name, question.viewer, await ports.reads.catalogue(), ports)


async def _about(entry: Entry, somebody: str, question: Question, ports: Ports) -> Message:
    viewer = question.viewer
    record_restricted([entry.access], question, ports)
    async with ports.open_unit_of_work() as uow:
        reader = await uow.people.get(viewer.person_id)
        if somebody and not may_ask_about(viewer, "", entry.access.portfolio_id):
            raise UserError(words.ONLY_ONESELF)
        person = await find_person(somebody, uow) if somebody else reader
        if person is None:
            raise UserError(words.HOW)
        explained = await explain(person, entry.access.initiative_id, reader, uow, ports)
    return words.message(explained)


async def explain_named(who: str, name: str, ports: Ports) -> Explanation:
    """Return the explanation for a person and an initiative named at the command line; raises UserError."""
    question = Question(text=name, viewer=OPERATOR, now=ports.clock.now())
    resolution = await _resolved(name, question, ports)
    if isinstance(resolution, Several | Closest):
        raise UserError(words.which(name, [(entry.key, entry.name) for entry in resolution.entries]))
    if not isinstance(resolution, Found):
        raise UserError(words.nothing_named(name))
    record_restricted([resolution.entry.access], question, ports)
    async with ports.open_unit_of_work() as uow:
        person = await find_person(who, uow)
        return await explain(person, resolution.entry.access.initiative_id, person, uow, ports)


async def explain(
    person: Person, initiative_id: str, reader: Person | None, uow: UnitOfWork, ports: Ports
) -> Explanation:
    """Return why each message about an initiative was or was not sent to a person, in the zone of who reads it."""
    initiative = await uow.initiatives.get(initiative_id)
    if initiative is None:
        raise UserError(words.GONE)
    organisation = await the_organisation(uow)
    scope = Scope(
        person=person,
        initiative=initiative,
        assignments=await uow.ownership.of([initiative_id]),
        people={each.id: each for each in await uow.people.all()},
        organisation=organisation,
        uow=uow,
        ports=ports,
    )
    found = await rounds(scope)
    return Explanation(
        person=person,
        initiative=initiative,
        organisation=organisation,
        policy=ports.policy,
        now=ports.clock.now(),
        zone=zone_of(organisation, reader),
        own_zone=zone_of(organisation, person),
        parts=tuple(_parts(scope)),
        rounds=tuple(found),
        others=tuple(await _others(scope)),
        climbs=tuple(await _climbs(scope)),
        reached_on=await _reached_on(scope),
    )


def _parts(scope: Scope) -> list[Part]:
    today = _today(scope)
    mine = [each for each in scope.assignments if each.person_id == scope.person.id]
    found = []
    for each in sorted(mine, key=lambda one: (one.valid_from, one.id)):
        now = accountable(scope.assignments, each.role, today)
        found.append(Part(each, scope.people.get(now.person_id) if now else None))
    return found


def _today(scope: Scope) -> date:
    return local_date(scope.ports.clock.now(), zone_of(scope.organisation))


async def _others(scope: Scope) -> list[Sending]:
    """Return the offers of roles in the initiative to the person, and what became of those they made."""
    ids = {each.id for each in scope.assignments}
    rows = await scope.uow.deliveries.history_of(scope.person.id, scope.ports.clock.now())
    return [await sending(row, scope) for row in rows if row.kind in OFFERS and row.subject in ids]


async def _climbs(scope: Scope) -> list[Climb]:
    """Return the escalations about the initiative that the person hears of, or heard of lately, oldest first."""
    since, found = scope.ports.clock.now() - LATELY, []
    rows = await scope.uow.deliveries.history_of(scope.person.id, since)
    for row in (
        row for row in rows if row.kind is DeliveryKind.ESCALATION and (row.sent_at or row.not_before) >= since
    ):
        told = await scope.uow.escalations.carried_by(row.dedupe_key)
        about = await scope.uow.escalations.many({notice.escalation_id for notice in told})
        mine = [n for n in told if about[n.escalation_id].initiative_id == scope.initiative.id]
        found += [Climb(about[n.escalation_id], n, await sending(row, scope)) for n in mine]
    return sorted(found, key=lambda climb: (climb.notice.planned_at, climb.notice.level))


async def _reached_on(scope: Scope) -> tuple[str, ...]:
    """Return the platforms the person is written to on; where none is connected, those of their accounts."""
    handles = await scope.uow.people.handles([scope.person.id])
    ways = accounts(scope.person, handles, scope.ports)
    if not scope.ports.platforms:
        ways = [handle for handle in handles if handle.status is HandleStatus.ACTIVE]
        ways.sort(key=lambda handle: (handle.platform != scope.person.preferred_platform, handle.platform))
    return tuple(dict.fromkeys(handle.platform for handle in ways))
