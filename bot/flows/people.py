"""Who somebody is: the person behind an account or behind a name that was typed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.calendar import is_zone
from bot.domain.events import ActorKind, Event
from bot.domain.people import Handle, Person
from bot.domain.people_names import people_named
from bot.errors import StewardError, UserError
from bot.flows.presence.leaving import come_back
from bot.flows.presence.replanning import follow_hours
from bot.messages import people as words
from bot.ports import FormSubmitted, Ports, Profile, Sender
from bot.stores import UnitOfWork

MOST_NAMED = 4
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


class Stranger(UserError):
    """An account of a member of the organisation whom the portfolio does not know by its address."""


class AccountUnknown(StewardError):
    """An account was chosen whose directory entry has to be looked up first."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


async def identify(sender: Sender, uow: UnitOfWork, ports: Ports) -> Person | None:
    """
    Return the active person behind an account, linking it by its verified directory address the first time.

    None means the account is not known and its profile has not been looked up yet. Raises UserError for guests and for
    people who have left, Stranger for addresses nobody has.
    """
    person = await uow.people.by_handle(sender.platform, sender.tenant, sender.user)
    if person is None:
        if sender.profile is None:
            return None
        person = await _linked(sender, sender.profile, uow, ports)
    if not person.active:
        person = await _returned(person, sender, uow, ports)
    return await _learned(person, sender, uow, ports) if sender.timezone or sender.locale else person


async def _returned(person: Person, sender: Sender, uow: UnitOfWork, ports: Ports) -> Person:
    """Return somebody as active whose account was thought gone and is used; raises UserError for who has left."""
    account = own_account(sender, await uow.people.handles([person.id]))
    found = await come_back(person, account, uow, ports) if account else person
    if not found.active:
        raise UserError(words.DEACTIVATED)
    return found


def own_account(sender: Sender, handles: Iterable[Handle]) -> Handle | None:
    """Return the one of a person's accounts that acted."""
    account = (sender.platform, sender.tenant, sender.user)
    return next((each for each in handles if (each.platform, each.tenant, each.user) == account), None)


async def _learned(person: Person, sender: Sender, uow: UnitOfWork, ports: Ports) -> Person:
    """
    Return the person with the zone and the language that the platform tells of them, as far as nobody set others.

    A zone is only taken over when this account has just changed it, so that two accounts do not undo one another.
    """
    handles = await uow.people.handles([person.id])
    account, changes = own_account(sender, handles), dict[str, str]()
    zone = sender.timezone or ""
    if account and zone != account.timezone and is_zone(zone):
        await uow.people.save_handle(replace(account, timezone=zone))
        if person.timezone in {None, *(each.timezone for each in handles)} - {zone}:
            changes["timezone"] = zone
    if person.locale is None and LOCALE.fullmatch(sender.locale or ""):
        changes["locale"] = str(sender.locale)
    if not changes:
        return person
    changed = replace(person, **changes)  # type: ignore[arg-type]  # both are texts
    await uow.people.save([changed])
    facts = {"platform": sender.platform, "before": {name: getattr(person, name) for name in changes}, **changes}
    uow.events.record(event("person.learned", person, ports, facts))
    if "timezone" in changes:
        await follow_hours([person.id], uow, ports)
    return changed


async def reached(person: Person, uow: UnitOfWork, ports: Ports) -> Person:
    """Return a person as one who can be written to again."""
    if person.unreachable_since is None:
        return person
    found = replace(person, unreachable_since=None)
    await uow.people.save([found])
    uow.events.record(event("person.reached_again", person, ports, {}))
    return found


async def arrived(person: Person, uow: UnitOfWork, ports: Ports) -> Person:
    """Return a person who has come to the bot by themselves; what they missed and still matters is sent now."""
    missed = await uow.deliveries.revive(person.id, ports.clock.now())
    if missed:
        uow.events.record(event("person.catches_up", person, ports, {"messages": missed}))
    return await reached(person, uow, ports)


def event(action: str, person: Person, ports: Ports, facts: Mapping[str, object]) -> Event:
    """Return the event of something a person's own account brought about."""
    return Event(
        at=ports.clock.now(),
        action=action,
        entity="person",
        entity_id=person.id,
        actor_kind=ActorKind.PERSON,
        actor_id=person.id,
        facts=facts,
    )


async def _linked(sender: Sender, profile: Profile, uow: UnitOfWork, ports: Ports) -> Person:
    """Return the person a directory entry belongs to, with account and time zone noted; UserError for others."""
    if profile.outsider:
        raise UserError(words.OUTSIDER)
    if not profile.email:
        raise Stranger(words.OUTSIDER)
    person = await uow.people.by_email(profile.email)
    if person is None:
        raise Stranger(words.not_known(profile.email))
    if not person.active:
        raise UserError(words.DEACTIVATED)
    return await attach(person, replace(sender, profile=profile), uow, ports)


async def attach(person: Person, sender: Sender, uow: UnitOfWork, ports: Ports, **facts: str) -> Person:
    """Link the account that acted, whose profile is known, to a person; its zone is theirs if they have none."""
    profile = sender.profile or Profile(email=None)
    zone = profile.timezone if is_zone(profile.timezone or "") else None
    account = Handle(person_id=person.id, platform=sender.platform, tenant=sender.tenant, user=sender.user)
    await uow.people.save_handle(replace(account, timezone=zone))
    if person.timezone is None and zone:
        person = replace(person, timezone=zone)
        await uow.people.save([person])
        await follow_hours([person.id], uow, ports)
    known = {"platform": sender.platform, "tenant": sender.tenant, "timezone": person.timezone, **facts}
    uow.events.record(event("person.linked", person, ports, known))
    return await arrived(person, uow, ports)


async def find_person(typed: str, uow: UnitOfWork) -> Person:
    """Return the person meant by an e-mail address or a name; raises UserError that says who it could be."""
    person = await uow.people.by_email(typed.strip()) if "@" in typed else None
    return person or _the_one(people_named(typed, await uow.people.all()))


async def resolve_person(typed: str, sent: FormSubmitted, uow: UnitOfWork, ports: Ports) -> Person:
    """
    Return the active person meant in a form: an account of the platform, an e-mail address, a name or close to one.

    Raises UserError that says who it could be, AccountUnknown when an account has to be looked up first.
    """
    typed, sender = typed.strip(), sent.sender
    person = await uow.people.by_handle(sender.platform, sender.tenant, typed)
    if person is None and typed in sent.profiles:
        person = await _linked(replace(sender, user=typed), sent.profiles[typed], uow, ports)
    if person is None and "@" in typed:
        person = await uow.people.by_email(typed)
    if person is None:
        near = people_named(typed, await uow.people.all())
        if not near and typed and not set(" @") & set(typed):
            raise AccountUnknown(typed)
        person = _the_one(near)
    if not person.active:
        raise UserError(words.has_left(person.name))
    return person


def _the_one(near: Sequence[Person]) -> Person:
    if not near:
        raise UserError(words.NOBODY)
    if len(near) > 1:
        raise UserError(words.several([(person.name, person.email) for person in near[:MOST_NAMED]], len(near)))
    return near[0]
