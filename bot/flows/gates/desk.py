"""The desk: one initiative with all its gates rest on, held for one person who is about to change something of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from bot.domain.calendar import local_date
from bot.domain.events import ActorKind, Event
from bot.domain.gates.bench import Bench, Moment
from bot.domain.gates.charter import Charter
from bot.domain.gates.deciding import decider_problem
from bot.domain.gates.gates import Gate, GateCriterion
from bot.domain.gates.signing import Holder, acting_as
from bot.domain.gates.templates import OWNERS, Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Initiative
from bot.domain.people import Access, Data, Person, Portfolio, readable
from bot.errors import UserError
from bot.flows.calendars import organisation_calendar, the_organisation, zone_of
from bot.flows.gates.holders import holders_of
from bot.flows.gates.measuring import measured_of
from bot.messages.gates import refusals as words
from bot.ports import Ports
from bot.stores import UnitOfWork

Words = dict[str, str] | None


class Refused(UserError):
    """Something asked of a gate that is not possible; `problems` says where, for a form to show it there."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(words.refusal(problems[0]))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """
    Everything an act about an initiative's gates takes; nobody else changes them until the unit of work ends.

    `names` are the people who act in a role of it, `conflicted` those who would review it but own a part of it.
    """

    bench: Bench
    asker: Person
    portfolio: Portfolio | None
    names: dict[PersonId, str]
    conflicted: frozenset[PersonId]
    uow: UnitOfWork
    ports: Ports

    @property
    def id(self) -> InitiativeId:
        """Return the initiative's id."""
        return self.bench.initiative.id

    def acts_as(self, *roles: Signer) -> Holder | None:
        """Return in what capacity the asker acts in one of some roles, None when in none."""
        found = (acting_as(self.bench.holders, role, self.asker.id) for role in roles)
        return next((one for one in found if one), None)

    def named(self, roles: Iterable[Signer]) -> list[str]:
        """Return who acts in some roles, by name, or the roles where nobody does."""
        found: list[str] = []
        for role in dict.fromkeys(roles):
            holders = [one for one in self.bench.holders.get(role, ()) if one.on_behalf_of is None]
            found += [self.names.get(one.person_id, "") for one in holders] or [words.SIGNER_WORDS[role]]
        return list(dict.fromkeys(found))

    def needs(self, trouble: Trouble, *roles: Signer) -> Holder:
        """Return in what capacity the asker acts in one of some roles; raises Refused when in none."""
        return self.acts_as(*roles) or self.refuse(Problem(trouble, facts={"who": self.named(roles)}))

    def needs_owner(self) -> Holder:
        """Return in what capacity the asker is one of the owners; raises Refused when they are none."""
        return self.needs(Trouble.NOT_OWNER, *OWNERS, Signer.PORTFOLIO_LEAD)

    def needs_decider(self) -> None:
        """Raise Refused unless the asker may decide about the initiative (I-14)."""
        problem = decider_problem(self.bench, self.asker.id)
        if problem and problem.code is Trouble.NOT_GATEKEEPER:
            problem = Problem(problem.code, facts={"who": self.named([Signer.GATEKEEPER])})
        if problem:
            self.refuse(problem)

    def refuse(self, *problems: Problem) -> NoReturn:
        """Raise Refused with what is wrong."""
        raise Refused(problems)

    def check(self, problems: Iterable[Problem]) -> None:
        """Raise Refused when there are any problems."""
        if found := list(problems):
            raise Refused(found)

    def the_gate(self, gate_id: str) -> Gate:
        """Return a gate of the initiative."""
        gate = self.bench.gate(gate_id)
        if gate is None:
            raise UserError(words.UNKNOWN)
        return gate

    def the_criterion(self, criterion_id: str) -> GateCriterion:
        """Return a criterion of one of its gates."""
        criterion = self.bench.criterion(criterion_id)
        if criterion is None:
            raise UserError(words.UNKNOWN)
        return criterion

    def note(
        self, action: str, about: tuple[str, str], personal: dict[str, str] | None = None, **facts: object
    ) -> None:
        """Record what the asker did to an entity and its id; `personal` are people's own words."""
        self.uow.events.record(
            Event(
                at=self.bench.now.at,
                action=action,
                entity=about[0],
                entity_id=about[1],
                actor_kind=ActorKind.PERSON,
                actor_id=self.asker.id,
                facts={"initiative": self.id, **facts},
                personal={name: text for name, text in (personal or {}).items() if text},
            )
        )


async def desk_for(initiative_id: InitiativeId, asker: Person, uow: UnitOfWork, ports: Ports) -> Desk:
    """Return the desk of an initiative; raises UserError when there is none that the asker may see (I-34)."""
    initiative = await uow.gates.hold(initiative_id)
    if initiative is None:
        raise UserError(words.UNKNOWN)
    bench, portfolio, conflicted = await bench_of(initiative, uow, ports)
    viewer = await ports.reads.viewer(asker.id)
    if viewer is None or Data.SUMMARY not in readable(viewer, _access(bench)):
        raise UserError(words.UNKNOWN)
    ids = {one.person_id for those in bench.holders.values() for one in those}
    people = [person for id in sorted(ids) if (person := await uow.people.get(id))]
    return Desk(
        bench=bench,
        asker=asker,
        portfolio=portfolio,
        names={person.id: person.name for person in people},
        conflicted=conflicted,
        uow=uow,
        ports=ports,
    )


def _access(bench: Bench) -> Access:
    """Return what decides who may see the initiative: its holders by their roles, and its visibility."""
    roles: dict[PersonId, set[str]] = {}
    for role, holders in bench.holders.items():
        for one in holders:
            roles.setdefault(one.person_id, set()).add(role.value)
    known = {person: frozenset(names) for person, names in roles.items()}
    it = bench.initiative
    return Access(initiative_id=it.id, portfolio_id=it.portfolio_id, visibility=it.visibility, roles=known)


async def desk_of_gate(gate_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> tuple[Desk, Gate]:
    """Return a gate and the desk of its initiative."""
    gate = await uow.gates.gates.get(gate_id)
    desk = await desk_for(gate.initiative_id if gate else "", asker, uow, ports)
    return desk, desk.the_gate(gate_id)


async def desk_of_criterion(
    criterion_id: str, asker: Person, uow: UnitOfWork, ports: Ports
) -> tuple[Desk, Gate, GateCriterion]:
    """Return a criterion, its gate and the desk of its initiative."""
    criterion = await uow.gates.criteria.get(criterion_id)
    desk = await desk_for(criterion.initiative_id if criterion else "", asker, uow, ports)
    return desk, desk.the_gate(criterion.gate_id if criterion else ""), desk.the_criterion(criterion_id)


async def bench_of(
    initiative: Initiative, uow: UnitOfWork, ports: Ports
) -> tuple[Bench, Portfolio | None, frozenset[PersonId]]:
    """Return all that an initiative's gates are decided on, its portfolio, and who may not review it."""
    organisation = await the_organisation(uow)
    zone, at = zone_of(organisation), ports.clock.now()
    calendar = organisation_calendar(organisation, ports.holidays)
    now = Moment(at=at, today=local_date(at, zone), calendar=calendar, zone=zone)
    portfolio = next((one for one in await uow.people.portfolios() if one.id == initiative.portfolio_id), None)
    holders, conflicted = await holders_of(initiative, portfolio, now.today, uow)
    kept, id = uow.gates, initiative.id
    bench = Bench(
        initiative=initiative,
        charter=await kept.charters.get(id) or Charter(initiative_id=id),
        pack=ports.gates,
        policy=ports.policy.gates,
        now=now,
        holders=holders,
        gates=await kept.gates.of(id),
        criteria=await kept.criteria.of(id),
        agreed=await kept.agreed.of(id),
        evidence=await kept.evidence.of(id),
        signatures=await kept.signatures.of(id),
        waivers=await kept.waivers.of(id),
        decisions=await kept.decisions.of(id),
        conditions=await kept.conditions.of(id),
        changes=await kept.changes.of(id),
        phases=sorted(await kept.phases.of(id), key=lambda phase: phase.number),
        capabilities=await kept.capabilities.of(id),
        items=await kept.items.of(id),
        actions=await kept.actions.of(id),
        measured=await measured_of(initiative, uow),
    )
    return bench, portfolio, conflicted
