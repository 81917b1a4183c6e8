"""Erasing a person: names, accounts and words go, what happened stays, and the audit chain stays whole."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.calendar import local_date
from bot.domain.checkins import PromptState
from bot.domain.erasure import Erasure, Traces, names_of, own_words, scrubbed, without_words
from bot.domain.events import Event
from bot.domain.ids import PersonId
from bot.domain.ownership import AssignmentState, Role, RoleAssignment, lapsed
from bot.domain.people import OrgRole, Person, Portfolio
from bot.errors import UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.flows.people import find_person
from bot.messages import people as words
from bot.ports import Ports
from bot.stores import UnitOfWork

REASON = "erased"


async def preview(typed: str, ports: Ports) -> Erasure:
    """Return what erasing a person would do, and undo it; raises UserError when nobody is meant."""
    async with ports.open_unit_of_work() as uow:
        return await _erase(await _meant(typed, uow), uow, ports)


async def erase(typed: str, ports: Ports, *, force: bool = False) -> Erasure:
    """
    Erase a person in one transaction; return what was erased.

    Raises UserError when nobody is meant, for the only administrator, and without `force` for who still holds a role.
    """
    async with ports.open_unit_of_work() as uow:
        person = await _meant(typed, uow)
        if await _is_only_admin(person, uow):
            raise UserError(words.only_admin(person.name))
        done = await _erase(person, uow, ports)
        if done.holds_something and not force:
            raise UserError(words.holds(person.name, done.roles, done.portfolios))
        uow.events.record(
            Event(
                at=ports.clock.now(),
                action="person.erased",
                entity="person",
                entity_id=person.id,
                facts={**done.counts, "roles": len(done.roles), "portfolios": len(done.portfolios)},
            )
        )
        await uow.commit()
    return done


async def _meant(typed: str, uow: UnitOfWork) -> Person:
    person = await uow.people.get(typed.strip()) or await find_person(typed, uow)
    if person.name == words.FORMER:
        raise UserError(words.ERASED_ALREADY)
    return person


async def _is_only_admin(person: Person, uow: UnitOfWork) -> bool:
    others = [each for each in await uow.people.all() if each.active and each.id != person.id]
    return OrgRole.ADMIN in person.org_roles and not any(OrgRole.ADMIN in each.org_roles for each in others)


async def _erase(person: Person, uow: UnitOfWork, ports: Ports) -> Erasure:
    """Do it in the transaction, from what refers to the person to the person."""
    roles = await _end_roles(person, uow, ports)
    portfolios = await _leave_portfolios(person.id, uow)
    await _withdraw_check_ins(person.id, uow)
    counts = await _remove_words(person, uow, ports)
    counts |= {
        "accounts and absences": await uow.erasures.drop_accounts(person.id),
        "messages on their way": await uow.erasures.drop_messages(person.id, REASON),
    }
    gone = Person(
        id=person.id,
        name=words.FORMER,
        active=False,
        deactivated_at=person.deactivated_at or ports.clock.now(),
    )
    await uow.people.save([gone])
    return Erasure(person=person, roles=roles, portfolios=portfolios, counts=counts)


async def _remove_words(person: Person, uow: UnitOfWork, ports: Ports) -> dict[str, int]:
    """Take a person's words out of everything stored, and their name out of what others wrote."""
    answers = await uow.erasures.answers_of(person.id)
    written = [text for given in answers.values() for text in own_words(given, ports.questions)]
    texts = [*await uow.erasures.texts_of(person.id), *written]
    names = names_of(person)
    traces = Traces(names=names, texts=tuple(dict.fromkeys(text for text in texts if text != words.ERASED)))
    bare = {key: without_words(given, ports.questions, words.ERASED) for key, given in answers.items()}
    changed = {key: given for key, given in bare.items() if given != answers[key]}
    await uow.erasures.put_answers(changed)
    return {
        "answers": len(changed),
        "promises, blockers and notes": await uow.erasures.blank_texts(person.id, words.ERASED),
        "mentions by others": await uow.erasures.rename_in_words(names, words.FORMER),
        "digests": await uow.erasures.change_digests(
            lambda content: scrubbed(content, traces, words.FORMER, words.ERASED)
        ),
        "audit words": await uow.erasures.drop_audit_words(person.id, names),
    }


async def _end_roles(person: Person, uow: UnitOfWork, ports: Ports) -> tuple[tuple[str, Role], ...]:
    """End every role a person holds and every offer to them; return the roles with the initiatives' keys."""
    held = await uow.ownership.held_by(person.id)
    organisation = await the_organisation(uow)
    today = local_date(ports.clock.now(), zone_of(organisation))
    active = [each for each in held if each.state is AssignmentState.ACTIVE]
    offered = [lapsed(each, today) for each in held if each.state is AssignmentState.PROPOSED]
    await uow.ownership.save([*(replace(a, state=AssignmentState.ENDED, valid_to=today) for a in active), *offered])
    return await _keyed(active, uow)


async def _keyed(assignments: Sequence[RoleAssignment], uow: UnitOfWork) -> tuple[tuple[str, Role], ...]:
    initiatives = await uow.initiatives.many(each.initiative_id for each in assignments)
    return tuple(sorted((initiatives[each.initiative_id].key, each.role) for each in assignments))


async def _leave_portfolios(person_id: PersonId, uow: UnitOfWork) -> tuple[str, ...]:
    """Take a person out of the portfolios they lead, are the executive or a gatekeeper of; return the keys."""
    left = []
    for portfolio in await uow.people.portfolios():
        without = _without(portfolio, person_id)
        if without != portfolio:
            await uow.people.save_portfolio(without)
            left.append(portfolio.key)
    return tuple(left)


def _without(portfolio: Portfolio, person_id: PersonId) -> Portfolio:
    changes: Mapping[str, PersonId | None] = {
        name: None for name in ("lead_id", "executive_id") if getattr(portfolio, name) == person_id
    }
    keepers = tuple(each for each in portfolio.gatekeeper_ids if each != person_id)
    return replace(portfolio, gatekeeper_ids=keepers, **changes)  # type: ignore[arg-type]  # both are people's ids


async def _withdraw_check_ins(person_id: PersonId, uow: UnitOfWork) -> None:
    """Ask nothing more of a person in the cycles that are not over."""
    open_states = (PromptState.SCHEDULED, PromptState.SENT)
    for cycle in await uow.check_ins.unclosed_cycles():
        mine = [p for p in await uow.check_ins.prompts_of(person_id, cycle.key) if p.state in open_states]
        await uow.check_ins.save_prompts(replace(p, state=PromptState.CANCELLED, excused_reason=REASON) for p in mine)
