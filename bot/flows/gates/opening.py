"""Opening the gates of an initiative that came to its stage outside the product, and taking in what a file says."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.calendar import local_date
from bot.domain.events import ActorKind, Event
from bot.domain.gates.bench import Bench, Moment
from bot.domain.gates.charter import Charter, live_state_at
from bot.domain.gates.dates import working
from bot.domain.gates.gates import Gate, GateState, newest, opened
from bot.domain.gates.inventory import governed
from bot.domain.gates.opening import Opened, afterwards, at_entry, first_attempt
from bot.domain.gates.readiness import first_capabilities, first_items
from bot.domain.gates.templates import OWNERS, Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId, stable_id
from bot.domain.initiatives import Initiative, Lifecycle, Stage
from bot.domain.people import Organisation, Person
from bot.flows.calendars import organisation_calendar, zone_of
from bot.flows.gates.desk import Desk, desk_for
from bot.ports import Ports
from bot.stores import UnitOfWork


async def open_gates(initiative_id: InitiativeId, asker: Person, uow: UnitOfWork, ports: Ports) -> tuple[str, ...]:
    """
    Open the gates an initiative should have at its stage and has not: it was imported, or there were none then.

    What is live gets readiness and governance as gates to be passed afterwards; they move no stage (GT-06). An owner,
    the portfolio's lead or a gatekeeper may; return the codes.
    """
    desk = await desk_for(initiative_id, asker, uow, ports)
    desk.needs(Trouble.NOT_OWNER, *OWNERS, Signer.PORTFOLIO_LEAD, Signer.GATEKEEPER)
    one = desk.bench.initiative
    if one.lifecycle is not Lifecycle.ACTIVE or one.stage is Stage.INTAKE:
        where = "in intake" if one.lifecycle is Lifecycle.ACTIVE else one.lifecycle
        desk.refuse(Problem(Trouble.NOT_ACTIVE, facts={"lifecycle": where}))
    found = [*_present(desk.bench), *_afterwards(desk.bench)]
    await _store(found, desk)
    codes = tuple(sorted({each.gate.code for each in found}))
    desk.note("gates.opened", ("initiative", desk.id), codes=list(codes))
    return codes


def _present(bench: Bench) -> list[Opened]:
    """Return the gates that the present stage opens and the initiative has never had."""
    had = {gate.code for gate in bench.gates}
    governance = [gate for gate in bench.pack.of(bench.initiative.risk_tier) if gate.governance]
    late = [gate for gate in governance if bench.initiative.stage in gate.stages and gate.code not in had]
    found = [each for each in at_entry(bench) if each.gate.code not in had]
    known = {each.gate.code for each in found}
    due = working(bench.now.calendar.shift(bench.now.today, bench.policy.retro_gate_working_days), bench.now.calendar)
    return found + [first_attempt(gate, 1, due, bench) for gate in late if gate.code not in known]


def _afterwards(bench: Bench) -> list[Opened]:
    """Return the gates to be passed afterwards: those planned by an import are opened, the others are new."""
    calendar, today = bench.now.calendar, bench.now.today
    due = working(calendar.shift(today, bench.policy.retro_gate_working_days), calendar)
    found = []
    for template in afterwards(bench):
        last = newest(bench.gates, template.code)
        if last is None:
            made = first_attempt(template, 1, due, bench)
            found.append(Opened(replace(made.gate, retro=True), made.criteria))
        elif last.state is GateState.PLANNED and last.retro:
            found.append(_taken_up(last, bench))
    return found


def _taken_up(gate: Gate, bench: Bench) -> Opened:
    return Opened(opened(gate, bench.now.at), tuple(bench.of_gate(gate)))


async def _store(found: Sequence[Opened], desk: Desk) -> None:
    kept = desk.uow.gates
    await kept.gates.save(each.gate for each in found)
    await kept.criteria.save(one for each in found for one in each.criteria)
    await kept.items.add_once(first_items(desk.id))
    await kept.capabilities.add_once(first_capabilities(desk.id))
    if await kept.charters.get(desk.id) is None:
        charter = replace(desk.bench.charter, live_state=live_state_at(desk.bench.initiative.stage))
        await kept.charters.save([charter])


async def take_in_governance(
    initiatives: Iterable[Initiative], organisation: Organisation, uow: UnitOfWork, ports: Ports
) -> tuple[int, int]:
    """Store what new rows of the federal inventory say of governance as gates; return how many gates and criteria."""
    zone, at = zone_of(organisation), ports.clock.now()
    calendar = organisation_calendar(organisation, ports.holidays)
    now = Moment(at=at, today=local_date(at, zone), calendar=calendar, zone=zone)
    blank = Bench(
        initiative=Initiative(id="", key="", name="", portfolio_id=""),
        charter=Charter(initiative_id=""),
        pack=ports.gates,
        policy=ports.policy.gates,
        now=now,
        holders={},
    )
    open_ones = [one for one in initiatives if one.lifecycle is Lifecycle.ACTIVE]
    found = [each for one in open_ones if (each := governed(replace(blank, initiative=one)))]
    await uow.gates.gates.save(each.opened.gate for each in found)
    await uow.gates.criteria.save(one for each in found for one in each.opened.criteria)
    await uow.gates.evidence.save(one for each in found for one in each.evidence)
    await uow.gates.waivers.save(one for each in found for one in each.waivers)
    criteria = sum(len(each.opened.criteria) for each in found)
    if found:
        ids = stable_id(*sorted(each.opened.gate.id for each in found))
        facts = {"gates": len(found), "criteria": criteria, "ids": ids}
        uow.events.record(
            Event(
                at=at,
                action="gates.imported",
                entity="organisation",
                entity_id="org",
                actor_kind=ActorKind.IMPORT,
                facts=facts,
            )
        )
    return len(found), criteria
