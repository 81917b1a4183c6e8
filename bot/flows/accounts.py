"""A person's accounts on several platforms: one more linked by a code, and the one they are written to on."""

import secrets
from dataclasses import replace

from bot.domain.people import CODE_LETTERS, LinkCode, Person, code_hash
from bot.errors import UserError
from bot.flows.people import attach, event
from bot.messages import people as words
from bot.messages.words import sentence
from bot.ports import Command, Ports, Reply, Say
from bot.stores import UnitOfWork


async def link(command: Command, asker: Person | None, uow: UnitOfWork, ports: Ports) -> Reply:
    """Show a code to the person asking, or take the one that follows; `asker` is None for an account not known yet."""
    typed = "".join(command.text.split()[1:])
    if typed:
        return await _take(typed, command, asker, uow, ports)
    if asker is None:
        raise UserError(words.CODE_ELSEWHERE)
    policy = ports.policy.accounts
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(policy.code_letters))
    expires_at = ports.clock.now() + policy.code_lives
    await uow.people.save_link_code(LinkCode(hash=code_hash(code), person_id=asker.id, expires_at=expires_at))
    uow.events.record(event("person.link_code_made", asker, ports, {"platform": command.sender.platform}))
    return Say(words.link_code(code, policy.code_lives))


async def _take(typed: str, command: Command, asker: Person | None, uow: UnitOfWork, ports: Ports) -> Reply:
    """Link the account to whom the code belongs; one that others could read is void from now on."""
    code = await uow.people.take_link_code(code_hash(typed))
    if command.public:
        return Say(sentence(words.CODE_IN_PUBLIC))
    person = await uow.people.get(code.person_id) if code and ports.clock.now() < code.expires_at else None
    if person is None or not person.active:
        raise UserError(words.NO_SUCH_CODE)
    if asker is None:
        await attach(person, command.sender, uow, ports, by="code")
    elif asker.id != person.id:
        raise UserError(words.account_of(asker.name))
    return Say(words.linked(person.name, command.sender.platform))


async def prefer(command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Write to a person on the platform they name from now on, one of those they are known on."""
    known = sorted({handle.platform for handle in await uow.people.handles([asker.id])})
    named = command.text.casefold().split()[1:]
    if len(named) != 1 or named[0] not in known:
        raise UserError(words.choose_platform(known, asker.preferred_platform))
    before = asker.preferred_platform
    if named[0] != before:
        await uow.people.save([replace(asker, preferred_platform=named[0])])
        facts = {"before": before, "platform": named[0]}
        uow.events.record(event("person.preferred_platform", asker, ports, facts))
    return Say(sentence(words.preferred(named[0])))
