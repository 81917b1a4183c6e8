"""Registering an initiative in chat."""

import re
import unicodedata
from collections.abc import Mapping

from bot.domain.calendar import local_date
from bot.domain.events import ActorKind, Event
from bot.domain.ids import new_id
from bot.domain.initiatives import RESERVED_KEYS, Initiative
from bot.domain.people import Person, Portfolio
from bot.errors import UserError
from bot.flows.calendars import the_organisation, zone_of
from bot.messages import initiatives as words
from bot.ports import ActionPressed, Command, FormErrors, FormSubmitted, OpenForm, Ports, Reply, Say
from bot.stores import UnitOfWork

KEY = re.compile(r"[A-Z0-9]{2,12}")


async def ask_new(_asked: Command | ActionPressed, _asker: Person, _uow: UnitOfWork, _ports: Ports) -> Reply:
    """Open the form that registers an initiative."""
    return OpenForm(words.new_form())


async def register(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Store a new initiative in intake, in the asker's portfolio; any linked person may."""
    typed = {name: " ".join(str(value).split()) for name, value in sent.values.items()}
    key = typed.get(words.KEY, "").upper() or await free_key(typed.get(words.NAME, ""), uow)
    if errors := {**_field_errors(typed), **await _key_errors(key, uow)}:
        return FormErrors(words.new_form(typed), errors)
    initiative = await _store({**typed, words.KEY: key}, asker, uow, ports)
    return Say(words.registered(initiative.key, initiative.name))


def _field_errors(typed: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    for field, longest in ((words.NAME, words.LONGEST_NAME), (words.USE_CASE, words.LONGEST_USE_CASE)):
        if not typed.get(field):
            errors[field] = words.NEEDED
        elif len(typed[field]) > longest:
            errors[field] = words.too_long(len(typed[field]), longest)
    return errors


async def _key_errors(key: str, uow: UnitOfWork) -> dict[str, str]:
    problem = key_problem(key) or (words.TAKEN if await uow.initiatives.by_key(key) else "")
    return {words.KEY: problem} if problem else {}


async def _store(given: Mapping[str, str], asker: Person, uow: UnitOfWork, ports: Ports) -> Initiative:
    now = ports.clock.now()
    organisation = await the_organisation(uow)
    portfolio = await _portfolio_of(asker, uow)
    initiative = Initiative(
        id=new_id(now),
        key=given[words.KEY],
        name=given[words.NAME],
        use_case=given[words.USE_CASE],
        portfolio_id=portfolio.id,
        stage_entered_on=local_date(now, zone_of(organisation)),
    )
    await uow.initiatives.save([initiative])
    uow.events.record(
        Event(
            at=now,
            action="initiative.registered",
            entity="initiative",
            entity_id=initiative.id,
            actor_kind=ActorKind.PERSON,
            actor_id=asker.id,
            facts={"key": initiative.key, "portfolio": portfolio.id},
        )
    )
    return initiative


async def _portfolio_of(asker: Person, uow: UnitOfWork) -> Portfolio:
    """Return the portfolio the asker leads or works in, else the first."""
    portfolios = await uow.people.portfolios()
    if not portfolios:
        raise UserError(words.NO_PORTFOLIO)
    held = await uow.ownership.held_by(asker.id)
    mine = await uow.initiatives.many(assignment.initiative_id for assignment in held)
    own = {initiative.portfolio_id for initiative in mine.values()}
    return next((p for p in portfolios if asker.id in (p.lead_id, p.executive_id) or p.id in own), portfolios[0])


async def free_key(name: str, uow: UnitOfWork) -> str:
    """Return a key nobody has, made from a name: its letters and digits, then a number behind them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Z0-9]", "", plain.upper())[:8] or "INIT"
    for key in (base, *(f"{base}{n}" for n in range(2, 10_000))):
        if not key_problem(key) and await uow.initiatives.by_key(key) is None:
            return key
    raise UserError(words.TAKEN)


def key_problem(key: str) -> str:
    """Return what is wrong with a key in itself, empty when nothing is."""
    if not KEY.fullmatch(key):
        return words.BAD_KEY
    return words.RESERVED if key in RESERVED_KEYS else ""
