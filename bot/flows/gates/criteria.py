"""Success criteria: proposed, changed and locked by the three owners; changed later with the gatekeeper too (I-06)."""

from dataclasses import replace
from datetime import date

from bot.domain.gates.bench import Bench
from bot.domain.gates.criteria import (
    EDITABLE,
    CriterionStage,
    SuccessCriterion,
    approved,
    edited,
    groups_without,
    next_code,
    next_version,
    problems,
    proposed,
    superseded,
    withdrawn,
)
from bot.domain.gates.dates import working
from bot.domain.gates.deciding import due_problems
from bot.domain.gates.signing import acting_as
from bot.domain.gates.templates import OWNERS
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId, new_id
from bot.domain.initiatives import Stage
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates.desk import Desk, desk_for
from bot.messages.gates.refusals import UNKNOWN
from bot.ports import Ports
from bot.stores import UnitOfWork

BEFORE_PILOT = (Stage.INTAKE, Stage.PILOT_DEFINITION)


async def propose(
    initiative_id: InitiativeId, typed: SuccessCriterion, asker: Person, uow: UnitOfWork, ports: Ports
) -> SuccessCriterion:
    """Propose one more success criterion, as an owner; ids, code and state of `typed` are given here."""
    desk = await desk_for(initiative_id, asker, uow, ports)
    desk.needs_owner()
    code = next_code(desk.bench.agreed)
    made = replace(typed, id=new_id(desk.bench.now.at), initiative_id=desk.id, code=code, version=1)
    return await _proposed(replace(made, state=CriterionStage.DRAFT, supersedes_id=None, ends=False), desk)


async def edit(
    criterion_id: str, typed: SuccessCriterion, asker: Person, uow: UnitOfWork, ports: Ports
) -> SuccessCriterion:
    """Change a criterion that is not locked; who has approved it is asked again."""
    desk, criterion = await _of(criterion_id, asker, uow, ports)
    desk.needs_owner()
    if criterion.state not in EDITABLE:
        desk.refuse(Problem(Trouble.CRITERION_LOCKED))
    return await _proposed(edited(criterion, typed), desk)


async def revise(
    criterion_id: str, typed: SuccessCriterion, asker: Person, uow: UnitOfWork, ports: Ports
) -> SuccessCriterion:
    """Propose the next version of a locked criterion, with a reason; with `ends` it withdraws the criterion."""
    desk, criterion = await _of(criterion_id, asker, uow, ports)
    desk.needs_owner()
    if criterion.state is not CriterionStage.LOCKED:
        desk.refuse(Problem(Trouble.CRITERION_NOT_PROPOSED, facts={"state": criterion.state}))
    if any(one.supersedes_id == criterion.id and one.state in EDITABLE for one in desk.bench.agreed):
        desk.refuse(Problem(Trouble.CHANGE_PROPOSED))
    version = 1 + max(one.version for one in desk.bench.agreed if one.code == criterion.code)
    made = replace(next_version(criterion, typed, new_id(desk.bench.now.at)), version=version)
    _check_kept(criterion, made, desk)
    return await _proposed(made, desk)


async def _of(criterion_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> tuple[Desk, SuccessCriterion]:
    found = await uow.gates.agreed.get(criterion_id)
    desk = await desk_for(found.initiative_id if found else "", asker, uow, ports)
    held = next((one for one in desk.bench.agreed if one.id == criterion_id), None)
    if held is None:
        raise UserError(UNKNOWN)
    return desk, held


def _check_kept(before: SuccessCriterion, after: SuccessCriterion, desk: Desk) -> None:
    """Raise Refused when a pilot would be left without a locked must criterion that it needs (I-05)."""
    if desk.bench.initiative.stage in BEFORE_PILOT or desk.bench.initiative.imported:
        return
    state = CriterionStage.WITHDRAWN if after.ends else CriterionStage.LOCKED
    others = [one for one in desk.bench.agreed if one.id not in (before.id, after.id)]
    if groups := _new_gaps(desk.bench, [*others, replace(after, state=state)]):
        desk.refuse(Problem(Trouble.CRITERION_NEEDED, facts={"groups": groups}))


def _new_gaps(bench: Bench, after: list[SuccessCriterion]) -> list[str]:
    return [group for group in groups_without(after) if group not in groups_without(bench.agreed)]


async def _proposed(criterion: SuccessCriterion, desk: Desk) -> SuccessCriterion:
    """Store a complete criterion as proposed, measured by a working day; the proposer's own approval is in it."""
    found = problems(criterion)
    if criterion.measure_by and not criterion.ends:
        found += due_problems(criterion.measure_by, desk.bench, "measure_by")
    desk.check(found)
    day: date | None = working(criterion.measure_by, desk.bench.now.calendar) if criterion.measure_by else None
    made = proposed(replace(criterion, measure_by=day), desk.bench.now.at)
    facts = {"code": made.code, "version": made.version, "threshold": made.threshold, "target": made.target}
    words = {"statement": made.statement, "reason": made.change_reason}
    desk.note("criterion.proposed", ("success_criterion", made.id), words, **facts)
    return await _stored(made, desk)


async def approve(criterion_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> SuccessCriterion:
    """Approve a proposed criterion in each role the asker acts in; the last approval locks it."""
    desk, criterion = await _of(criterion_id, asker, uow, ports)
    if criterion.state is not CriterionStage.PROPOSED:
        desk.refuse(Problem(Trouble.CRITERION_NOT_PROPOSED, facts={"state": criterion.state}))
    desk.needs(Trouble.NOT_SIGNER, *criterion.approvers)
    if not any(acting_as(desk.bench.holders, role, asker.id) for role in criterion.unapproved):
        desk.refuse(Problem(Trouble.APPROVED_ALREADY, facts={"who": desk.named(criterion.unapproved)}))
    return await _stored(criterion, desk)


async def _stored(criterion: SuccessCriterion, desk: Desk) -> SuccessCriterion:
    """Store a proposed criterion with the asker's approvals; what it supersedes goes when it is locked."""
    after = criterion
    for role in criterion.unapproved:
        if after.state is CriterionStage.PROPOSED and acting_as(desk.bench.holders, role, desk.asker.id):
            after = approved(after, role, desk.asker.id, desk.bench.now.at)
    before = next((one for one in desk.bench.agreed if one.id == after.supersedes_id), None)
    if after.state is not CriterionStage.PROPOSED and before:
        _check_kept(before, after, desk)
        await desk.uow.gates.agreed.save([superseded(before)])
    await desk.uow.gates.agreed.save([after])
    facts = {"code": after.code, "version": after.version, "state": after.state, "roles": sorted(after.approvals)}
    desk.note("criterion.approved", ("success_criterion", after.id), None, **facts)
    return after


async def withdraw(criterion_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> SuccessCriterion:
    """Give up a criterion that is not locked, as an owner."""
    desk, criterion = await _of(criterion_id, asker, uow, ports)
    desk.needs(Trouble.NOT_OWNER, *OWNERS)
    if criterion.state not in EDITABLE:
        desk.refuse(Problem(Trouble.CRITERION_LOCKED))
    after = withdrawn(criterion)
    await uow.gates.agreed.save([after])
    desk.note("criterion.withdrawn", ("success_criterion", after.id), code=after.code, version=after.version)
    return after
