"""The beat of the ladders: raise what is wrong, let it rise in working time, end what is settled; idempotent."""

from dataclasses import replace

from bot.domain.escalation import (
    Escalation,
    LadderCode,
    Notice,
    followed,
    heard,
    next_level,
    nominee_is_due,
    opens,
    raised,
    risen,
)
from bot.domain.ids import new_id
from bot.domain.standing import Standing
from bot.flows.escalations.audience import audience
from bot.flows.escalations.cases import Case, Desk, Place, cases, open_desk
from bot.flows.escalations.settling import end, event
from bot.flows.escalations.telling import add_notices, carry, heard_on
from bot.ports import Ports


async def climb(ports: Ports) -> int:
    """Bring every escalation to where it stands now; return how much changed (0 when run again)."""
    changed = 0
    async with ports.open_unit_of_work() as uow:
        desk = await open_desk(uow, ports)
        if desk is None or not ports.ladders.ladders:
            return 0
        known = await uow.escalations.open_ones()
        for case in await cases(await _places(desk), known, desk):
            changed += await _work_on(case, desk)
        if changed:
            await uow.commit()
    if changed:
        ports.wake()
    return changed


async def _places(desk: Desk) -> list[tuple[LadderCode, Place]]:
    """Return where a ladder may begin: roles that missed a cycle just closed, and roles nobody can answer for."""
    places: list[tuple[LadderCode, Place]] = []
    if desk.rules.ladders.of(LadderCode.CHK) and desk.closed_cycles:
        places += [(LadderCode.CHK, each) for each in await desk.uow.escalations.unanswered(desk.closed_cycles)]
    if desk.rules.ladders.of(LadderCode.OWN):
        places += [(LadderCode.OWN, each) for each in await desk.uow.escalations.unowned(desk.rules.today)]
    return places


async def _work_on(case: Case, desk: Desk) -> int:
    """Do what one case calls for now; return how much changed."""
    escalation, standing = case.escalation, case.standing
    if escalation is None:
        if standing is None or not opens(case.ladder, standing, desk.rules):
            return 0
        case = await _raise(case, standing, desk)
        return 1 + await carry(case, desk) if case.escalation else 0
    if standing is None:
        return await end(escalation, case.ending, desk.newest_closed, desk.uow, desk.ports)
    case, changed = await _follow(case, escalation, standing, desk)
    return changed + await carry(case, desk)


async def _raise(case: Case, standing: Standing, desk: Desk) -> Case:
    """Begin an escalation, unless another worker has just done so."""
    blank = Escalation(
        id=new_id(desk.now),
        ladder=case.ladder.code,
        initiative_id=case.initiative.id,
        role=case.role,
        cause=standing.cause,
        raised_at=desk.now,
        level=case.ladder.first.level,
        level_at=desk.now,
    )
    escalation = raised(blank, standing, desk.rules)
    if not await desk.uow.escalations.add_once(escalation):
        return case
    numbers = {"missed": escalation.missed, "through": escalation.through, "about": escalation.person_id}
    versions = {"policy": escalation.policy_version, "ladders": escalation.ladder_version}
    desk.uow.events.record(event("escalation.raised", escalation, desk.now, **numbers, **versions))
    case = replace(case, escalation=escalation)
    if _asks_the_nominee(case, standing, desk):
        return await _tell_nominee(case, escalation, desk)
    return await _tell(case, escalation, desk)


def _asks_the_nominee(case: Case, standing: Standing, desk: Desk) -> bool:
    """Return whether somebody who was offered the role is asked again, once for each offer."""
    known = {n.person_id for n in case.notices if case.ladder.nominee and n.party in case.ladder.nominee.to}
    return nominee_is_due(case.ladder, standing, desk.rules) and standing.nominee_id not in known


async def _tell(case: Case, escalation: Escalation, desk: Desk) -> Case:
    """Note who hears of the level an escalation is on now."""
    step = case.ladder.step(escalation.level)
    told = await audience(step, case, desk) if step else []
    await add_notices(escalation, escalation.level, told, case, desk)
    return replace(case, escalation=escalation, notices=await _notices(escalation, desk))


async def _tell_nominee(case: Case, escalation: Escalation, desk: Desk) -> Case:
    step = case.ladder.nominee
    told = await audience(step, case, desk) if step else []
    await add_notices(escalation, step.level if step else 0, told, case, desk)
    return replace(case, escalation=escalation, notices=await _notices(escalation, desk))


async def _notices(escalation: Escalation, desk: Desk) -> list[Notice]:
    return await desk.uow.escalations.notices_of([escalation.id])


async def _follow(case: Case, escalation: Escalation, standing: Standing, desk: Desk) -> tuple[Case, int]:
    """Let an open escalation follow what is wrong now, and rise when it is time."""
    heard_day = heard_on(escalation, case.notices, desk)
    now = followed(escalation, standing)
    if heard_day:
        now = heard(now, heard_day)
    level = next_level(now, standing, heard_day, desk.rules)
    if level is not None:
        now = risen(now, level, standing, desk.now)
    changed = 0
    if now != escalation:
        if not await desk.uow.escalations.change(escalation, now):
            return case, 0
        changed, case = 1, replace(case, escalation=now)
    if level is not None:
        desk.uow.events.record(event("escalation.risen", now, desk.now, missed=now.missed, through=now.through))
        case = await _tell(case, now, desk)
    if _asks_the_nominee(case, standing, desk) and not desk.rules.is_paused(now):
        case, changed = await _tell_nominee(case, now, desk), changed + 1
    return case, changed
