"""What time does to gates by itself: evidence ends and opens its criterion again, conditions lapse."""

from bot.domain.calendar import local_date
from bot.domain.events import ActorKind, Event
from bot.domain.gates.conditions import ConditionState, closed
from bot.domain.gates.evaluation import Outcome, evaluated
from bot.domain.gates.evidence import Evidence, expired
from bot.domain.gates.gates import GateCriterion, reopened
from bot.domain.gates.signing import revoked
from bot.domain.ids import InitiativeId
from bot.flows.calendars import organisation_calendar, the_organisation, zone_of
from bot.flows.gates.desk import bench_of
from bot.ports import Ports
from bot.stores import UnitOfWork

EXPIRED, COMPUTED_FALSE = "evidence_expired", "computed_false"


async def sweep(ports: Ports) -> int:
    """Do what time has brought about at gates; return how much there was to do."""
    return await expire_evidence(ports) + await lapse_conditions(ports)


async def expire_evidence(ports: Ports) -> int:
    """End the evidence whose time is up and open again what was met by it; return how many pieces."""
    async with ports.open_unit_of_work() as uow:
        if await uow.people.organisation() is None:
            return 0
        today = local_date(ports.clock.now(), zone_of(await the_organisation(uow)))
        over = await uow.gates.expiring(today)
        for evidence in over:
            await _expire(evidence, uow, ports)
        if over:
            await uow.commit()
    return len(over)


async def _expire(evidence: Evidence, uow: UnitOfWork, ports: Ports) -> None:
    await uow.gates.hold(evidence.initiative_id)
    await uow.gates.evidence.save([expired(evidence)])
    criterion = await uow.gates.criteria.get(evidence.criterion_id)
    gate = await uow.gates.gates.get(criterion.gate_id) if criterion else None
    if criterion and gate and gate.is_lasting:
        await open_again(criterion, EXPIRED, uow, ports)
    _note("evidence.expired", ("evidence", evidence.id), {"criterion": evidence.criterion_id}, uow, ports)


async def recheck(initiative_id: InitiativeId, uow: UnitOfWork, ports: Ports) -> int:
    """
    Open again what was met and is computed as false now, such as after a confirmed breach; return how many criteria.

    Only before the decision: what a gate was passed on stays as it was then.
    """
    initiative = await uow.gates.hold(initiative_id)
    if initiative is None:
        return 0
    bench, _, _ = await bench_of(initiative, uow, ports)
    count = 0
    for gate in [one for one in bench.gates if one.is_lasting]:
        for criterion in bench.of_gate(gate):
            computed = evaluated(criterion, bench)
            if computed and computed.outcome is Outcome.FALSE:
                count += await open_again(criterion, COMPUTED_FALSE, uow, ports)
    return count


async def recheck_all(ports: Ports) -> int:
    """Open again, in every initiative whose gates wait, what was met and is computed as false now; return how many."""
    async with ports.open_unit_of_work() as uow:
        waiting = sorted({gate.initiative_id for gate in await uow.gates.waiting()})
    count = 0
    for initiative_id in waiting:
        async with ports.open_unit_of_work() as uow:
            opened = await recheck(initiative_id, uow, ports)
            if opened:
                await uow.commit()
            count += opened
    return count


async def open_again(criterion: GateCriterion, why: str, uow: UnitOfWork, ports: Ports) -> bool:
    """Open a criterion that no longer stands and revoke its signatures; return whether it was met before."""
    now = ports.clock.now()
    after = reopened(criterion, why, now)
    if after is criterion:
        return False
    await uow.gates.criteria.save([after])
    signatures = await uow.gates.signatures.of(criterion.initiative_id)
    await uow.gates.signatures.save(revoked(signatures, criterion.id, now))
    facts = {"initiative": criterion.initiative_id, "number": criterion.number, "why": why}
    _note("criterion.reopened", ("gate_criterion", criterion.id), facts, uow, ports)
    return True


def _note(action: str, about: tuple[str, str], facts: dict[str, object], uow: UnitOfWork, ports: Ports) -> None:
    at = ports.clock.now()
    uow.events.record(
        Event(at=at, action=action, entity=about[0], entity_id=about[1], actor_kind=ActorKind.SYSTEM, facts=facts)
    )


async def lapse_conditions(ports: Ports) -> int:
    """Mark the conditions as lapsed that are long overdue, so that the gatekeeper decides again; return how many."""
    async with ports.open_unit_of_work() as uow:
        if await uow.people.organisation() is None:
            return 0
        organisation = await the_organisation(uow)
        today = local_date(ports.clock.now(), zone_of(organisation))
        calendar, limit = organisation_calendar(organisation, ports.holidays), ports.policy.gates
        late = [
            one
            for one in await uow.gates.unsettled()
            if one.state is ConditionState.OPEN
            and calendar.count(one.due, today) >= limit.condition_lapses_working_days
        ]
        await uow.gates.conditions.save(closed(one, ConditionState.LAPSED, None, ports.clock.now()) for one in late)
        for one in late:
            _note("condition.lapsed", ("gate_condition", one.id), {"initiative": one.initiative_id}, uow, ports)
        if late:
            await uow.commit()
    return len(late)
