"""Bringing the content of a file in, all of it or nothing, and taking everything stored out again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from bot.domain.events import ActorKind, Event
from bot.domain.ids import PersonId, new_id, stable_id
from bot.domain.initiatives import Lifecycle
from bot.domain.ownership import AssignmentKind, AssignmentState, RoleAssignment
from bot.domain.people import Person
from bot.domain.portfolio.book import ORGANISATION, Book, Difference, differences
from bot.domain.portfolio.content import Content, Problem
from bot.domain.portfolio.gating import FOR_EVER, KINDS, key_of
from bot.domain.portfolio.merge import merged
from bot.domain.portfolio.merging import Rules
from bot.errors import UserError
from bot.flows.calendars import organisation_calendar
from bot.flows.checkins import cancel_open
from bot.flows.gates.opening import take_in_governance
from bot.flows.ownership import move_open_prompts, offer
from bot.flows.presence.moving import settle
from bot.flows.presence.replanning import follow_hours
from bot.ports import Ports
from bot.stores import UnitOfWork

Change = Callable[[Book, Rules], tuple[Book, list[Problem]]]
PEOPLE_AT_ONCE = 100
"""So many changed people a call still have the status of what they own brought up to date."""
INVENTORY = "federal-inventory"
HISTORY = frozenset({"cycles", "prompts", "responses", "commitments", "raids"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an import did, or with problems would not do: how many facts are new and changed, by section."""

    problems: tuple[Problem, ...] = ()
    new: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    offered_to: int = 0

    @property
    def facts(self) -> int:
        """Return how many facts are new or changed."""
        return sum(self.new.values()) + sum(self.changed.values())


async def apply_content(content: Content, found: Iterable[Problem], ports: Ports, *, dry_run: bool = False) -> Applied:
    """
    Store what a portfolio file says, in one transaction; with any problem, `found` ones included, store nothing.

    People named for a role they have not accepted get one message that offers it.
    """
    before = list(found)

    def change(book: Book, rules: Rules) -> tuple[Book, list[Problem]]:
        after, problems = merged(book, content, rules)
        return after, sorted({*before, *problems})

    return await _apply(change, ports, "portfolio", history=content.has_history or content.has_gates, dry_run=dry_run)


async def apply_change(change: Change, ports: Ports, source: str, *, dry_run: bool = False) -> Applied:
    """Store what `change` makes of the initiatives as they are, in one transaction; `source` names the format."""
    return await _apply(change, ports, source, history=False, dry_run=dry_run)


async def collect(ports: Ports, *, history: bool = True) -> Book:
    """Return everything stored that a portfolio file can speak of; raises UserError when nothing is set up."""
    async with ports.open_unit_of_work() as uow:
        book = await _load(uow, history=history)
    if not book.organisation:
        raise UserError("There is nothing to export yet: run steward init or import a portfolio file.")
    return book


async def _apply(change: Change, ports: Ports, source: str, *, history: bool, dry_run: bool) -> Applied:
    async with ports.open_unit_of_work() as uow:
        before = await _load(uow, history=history)
        rules = Rules(
            at=ports.clock.now(),
            calendar_of=partial(organisation_calendar, holidays=ports.holidays),
            cadence=ports.policy.cadence,
            questions=ports.questions,
        )
        after, problems = change(before, rules)
        if problems:
            return Applied(problems=tuple(problems))
        found = differences(before, after)
        offers = _offers(before, found)
        applied = Applied(
            new={name: len(each.new) for name, each in found.items()},
            changed={name: len(each.changed) for name, each in found.items()},
            offered_to=len(offers),
        )
        if found and not dry_run:
            await _save(found, uow, ports)
            await _follow(before, found, uow, ports)
            gates = await _govern(after, found, uow, ports) if source == INVENTORY else {}
            applied = replace(applied, new={**applied.new, **gates})
            for proposal in offers.values():
                await offer(proposal, uow, ports)
            uow.events.record(_event(found, source, ports))
            await uow.commit()
            ports.wake()
    return applied


async def _govern(after: Book, found: Mapping[str, Difference], uow: UnitOfWork, ports: Ports) -> dict[str, int]:
    """Take in what new rows say of governance; return how many gates and criteria that makes."""
    organisation = after.organisation.get(ORGANISATION)
    new = found.get("initiatives", Difference()).new
    if organisation is None or not new:
        return {}
    gates, criteria = await take_in_governance(new, organisation, uow, ports)
    return {"gates": gates, "gate_criteria": criteria} if gates else {}


async def _load(uow: UnitOfWork, *, history: bool) -> Book:
    organisation = await uow.people.organisation()
    people = await uow.people.all()
    absences = await uow.people.absences([person.id for person in people], date.min, date.max)
    initiatives = await uow.initiatives.all()
    book = Book(
        organisation={ORGANISATION: organisation} if organisation else {},
        people={person.id: person for person in sorted(people, key=lambda each: each.id)},
        portfolios={each.key: each for each in sorted(await uow.people.portfolios(), key=lambda each: each.id)},
        initiatives={each.key: each for each in sorted(initiatives, key=lambda each: each.id)},
        assignments={each.id: each for each in await uow.ownership.all()},
        absences={each.id: each for each in sorted(absences, key=lambda each: (each.first, each.id))},
    )
    if history:
        await _load_history(book, uow)
    return book


async def _load_history(book: Book, uow: UnitOfWork) -> None:
    for prompt, response in await uow.check_ins.history():
        book.prompts[prompt.id] = prompt
        if response:
            book.responses[prompt.id] = response
    for key in sorted({prompt.cycle for prompt in book.prompts.values()}):
        if cycle := await uow.check_ins.cycle(key):
            book.cycles[key] = cycle
    book.commitments = {each.id: each for each in await uow.commitments.all()}
    book.raids = {each.id: each for each in await uow.raids.all()}
    for name in KINDS:
        setattr(book, name, {key_of(each): each for each in await getattr(uow.gates, name).all()})


def _offers(before: Book, found: Mapping[str, Difference]) -> dict[PersonId, RoleAssignment]:
    """Return, for each person with a role newly offered, one of the offers: their message lists them all."""
    offers: dict[PersonId, RoleAssignment] = {}
    for assignment in found.get("assignments", Difference()).facts:
        known = before.assignments.get(assignment.id)
        if assignment.state is AssignmentState.PROPOSED and (known is None or known.state is not assignment.state):
            offers.setdefault(assignment.person_id, assignment)
    return offers


async def _save(found: Mapping[str, Difference], uow: UnitOfWork, ports: Ports) -> None:
    """Store what differs, what is referred to before what refers to it."""
    nothing = Difference()
    for organisation in found.get("organisation", nothing).facts:
        await uow.people.save_organisation(organisation)
    people = found.get("people", nothing)
    await uow.people.save(people.new)
    for n in range(0, len(people.changed), PEOPLE_AT_ONCE):
        await uow.people.save(people.changed[n : n + PEOPLE_AT_ONCE])
    for portfolio in found.get("portfolios", nothing).facts:
        await uow.people.save_portfolio(portfolio)
    await uow.initiatives.save(found.get("initiatives", nothing).facts)
    await uow.ownership.save(found.get("assignments", nothing).facts)
    await uow.people.save_absences(found.get("absences", nothing).facts)
    if HISTORY & found.keys():
        await _save_history(found, uow, ports)
    for name in KINDS:
        facts, shelf = found.get(name, nothing).facts, getattr(uow.gates, name)
        await (shelf.add_once(facts) if name in FOR_EVER else shelf.save(facts))


async def _follow(before: Book, found: Mapping[str, Difference], uow: UnitOfWork, ports: Ports) -> None:
    """Do what follows as if the change had been made in chat: check-ins are cancelled, or go to the new holder."""
    nothing = Difference()
    await _who_is_there(before, found, uow, ports)
    for initiative in found.get("initiatives", nothing).changed:
        if initiative.lifecycle is not before.initiatives[initiative.key].lifecycle is Lifecycle.ACTIVE:
            await cancel_open(initiative.id, initiative.lifecycle.value, uow, ports)
    held = {(each.initiative_id, each.role) for each in before.assignments.values() if _is_taken(each)}
    for assignment in found.get("assignments", nothing).facts:
        known = before.assignments.get(assignment.id)
        is_new = _is_taken(assignment) and not (known and _is_taken(known))
        if is_new and (assignment.initiative_id, assignment.role) in held:
            await move_open_prompts(assignment, await _person(assignment.person_id, uow), uow, ports)


async def _who_is_there(before: Book, found: Mapping[str, Difference], uow: UnitOfWork, ports: Ports) -> None:
    """Follow changed hours with what is not sent yet, and absences with what is open now."""
    nothing = Difference()
    moved = {
        person.id
        for person in found.get("people", nothing).changed
        if _hours(person) != _hours(before.people[person.id])
    }
    if found.get("organisation", nothing).changed:
        moved |= before.people.keys()
    await follow_hours(moved, uow, ports)
    away = {absence.person_id for absence in found.get("absences", nothing).facts}
    left = {person.id for person in found.get("people", nothing).changed if not person.active}
    for person_id in sorted(away | left):
        await settle(person_id, uow, ports)


def _hours(person: Person) -> tuple[object, ...]:
    return person.timezone, person.country, person.subdivision, person.workdays


async def _person(person_id: PersonId, uow: UnitOfWork) -> Person:
    person = await uow.people.get(person_id)
    if person is None:
        raise LookupError(person_id)
    return person


def _is_taken(assignment: RoleAssignment) -> bool:
    return assignment.kind is AssignmentKind.PRIMARY and assignment.state is AssignmentState.ACTIVE


async def _save_history(found: Mapping[str, Difference], uow: UnitOfWork, ports: Ports) -> None:
    nothing = Difference()
    now = ports.clock.now()
    cycles = found.get("cycles", nothing).facts
    for cycle in cycles:
        await uow.check_ins.add_cycle_once(cycle)
    await uow.check_ins.save_prompts(found.get("prompts", nothing).facts)
    await uow.check_ins.add_responses(found.get("responses", nothing).facts)
    await uow.commitments.save(found.get("commitments", nothing).facts)
    await uow.raids.save(found.get("raids", nothing).facts)
    for cycle in cycles:
        if cycle.closes_at <= now:
            await uow.check_ins.close_cycle(cycle.key, now)


def _event(found: Mapping[str, Difference], source: str, ports: Ports) -> Event:
    """Return the one event of the batch: what came in, how much of it, and a hash of the ids (I-32)."""
    now = ports.clock.now()
    ids = sorted(str(getattr(fact, "id", "")) for each in found.values() for fact in each.facts)
    counts = {name: [len(each.new), len(each.changed)] for name, each in sorted(found.items())}
    return Event(
        at=now,
        action="portfolio.imported",
        entity="import",
        entity_id=new_id(now),
        actor_kind=ActorKind.IMPORT,
        facts={"format": source, "new_and_changed": counts, "ids": stable_id(*ids)},
    )
