"""Who somebody is: the person behind an account or behind a name that was typed."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.domain.events import ActorKind, Event
from bot.domain.people import Handle, Person
from bot.domain.people_names import people_named
from bot.errors import StewardError, UserError
from bot.messages import people as words
from bot.ports import FormSubmitted, Ports, Profile, Sender
from bot.stores import UnitOfWork

MOST_NAMED = 4


class AccountUnknown(StewardError):
    """An account was chosen whose directory entry has to be looked up first."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


async def identify(sender: Sender, uow: UnitOfWork, ports: Ports) -> Person | None:
    """
    Return the active person behind an account, linking it by its verified directory address the first time.

    None means the account is not known and its profile has not been looked up yet. Raises UserError for guests, for
    addresses nobody has, and for people who have left.
    """
    person = await uow.people.by_handle(sender.platform, sender.tenant, sender.user)
    if person is None:
        if sender.profile is None:
            return None
        person = await _linked(sender, sender.profile, uow, ports)
    if not person.active:
        raise UserError(words.DEACTIVATED)
    return person


async def _linked(sender: Sender, profile: Profile, uow: UnitOfWork, ports: Ports) -> Person:
    """Return the person a directory entry belongs to, with account and time zone noted; UserError for others."""
    if profile.outsider or not profile.email:
        raise UserError(words.OUTSIDER)
    person = await uow.people.by_email(profile.email)
    if person is None:
        raise UserError(words.not_known(profile.email))
    if not person.active:
        raise UserError(words.DEACTIVATED)
    await uow.people.save_handle(
        Handle(person_id=person.id, platform=sender.platform, tenant=sender.tenant, user=sender.user)
    )
    if person.timezone is None and _is_zone(profile.timezone):
        person = replace(person, timezone=profile.timezone)
        await uow.people.save([person])
    facts = {"platform": sender.platform, "tenant": sender.tenant, "timezone": person.timezone}
    uow.events.record(
        Event(
            at=ports.clock.now(),
            action="person.linked",
            entity="person",
            entity_id=person.id,
            actor_kind=ActorKind.PERSON,
            actor_id=person.id,
            facts=facts,
        )
    )
    return person


def _is_zone(name: str | None) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(str(name)))
    except (OSError, ValueError, KeyError):
        return False


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
