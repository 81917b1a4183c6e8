"""Signing criteria met or not met, taking a signature back, and setting criteria aside (I-15)."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.gates.evaluation import Outcome, evaluated, needs_evidence
from bot.domain.gates.evidence import Waiver
from bot.domain.gates.gates import CriterionState, GateCriterion, handed_in, moved
from bot.domain.gates.signing import SignOff, SignVerdict, acting_as, missing, revoked, standing
from bot.domain.gates.templates import Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import new_id
from bot.domain.people import Person
from bot.flows.gates.desk import Desk, desk_of_criterion
from bot.flows.gates.evidence import check_waiting, opened_again
from bot.flows.gates.settling import settled
from bot.ports import Ports
from bot.stores import UnitOfWork

COMMENT, REASON, CONTROL, EXPIRES_ON = "comment", "reason", "control", "expires_on"


async def sign(
    criterion_id: str, verdict: tuple[SignVerdict, str], asker: Person, uow: UnitOfWork, ports: Ports
) -> GateCriterion:
    """
    Sign a criterion met or not met, with a comment, in each role the asker acts in and has not signed as.

    Return the criterion as it is then. Raises Refused when it is not theirs to sign, or cannot be met yet.
    """
    desk, gate, criterion = await desk_of_criterion(criterion_id, asker, uow, ports)
    says, comment = verdict[0], verdict[1].strip()
    check_waiting(gate, criterion, desk)
    roles = _roles(criterion, desk)
    if says is SignVerdict.NOT_MET and not comment:
        desk.refuse(Problem(Trouble.COMMENT_NEEDED, COMMENT))
    ready = _ready(criterion, says, desk)
    now = desk.bench.now.at
    if criterion.state is CriterionState.NOT_MET:
        await uow.gates.signatures.save(revoked(desk.bench.signatures, criterion.id, now))
    await uow.gates.signatures.save(_signature(criterion, role, (says, comment), desk) for role in roles)
    after = await settled(ready, desk)
    facts = {"roles": [role.value for role in roles], "verdict": says, "number": criterion.number, "state": after.state}
    desk.note("criterion.signed", ("gate_criterion", criterion.id), {COMMENT: comment}, **facts)
    return after


def _roles(criterion: GateCriterion, desk: Desk) -> list[Signer]:
    """Return the roles the asker signs in now; raises Refused when there are none."""
    bench, id = desk.bench, desk.asker.id
    mine = [role for role in dict.fromkeys(criterion.signers) if acting_as(bench.holders, role, id)]
    if not mine:
        if Signer.GOVERNANCE_REVIEWER in criterion.signers and id in desk.conflicted:
            desk.refuse(Problem(Trouble.REVIEWER_OWNS))
        desk.refuse(Problem(Trouble.NOT_SIGNER, facts={"who": desk.named(criterion.signers)}))
    if criterion.state is CriterionState.NOT_MET:
        return mine
    signed = {one.role for one in standing(bench.signatures, criterion.id) if one.person_id == id}
    left = [role for role in missing(criterion, bench.signatures) if role in mine]
    if signed and set(left) & signed:
        desk.refuse(Problem(Trouble.NOT_INDEPENDENT))
    if signed or not left:
        desk.refuse(Problem(Trouble.SIGNED_ALREADY))
    return list(dict.fromkeys(left))


def _ready(criterion: GateCriterion, says: SignVerdict, desk: Desk) -> GateCriterion:
    """Return the criterion as submitted; raises Refused when it lacks evidence or is computed as not met."""
    bench = desk.bench
    if needs_evidence(criterion, bench) and not bench.evidence_for(criterion):
        desk.refuse(Problem(Trouble.NOT_READY_TO_SIGN))
    computed = evaluated(criterion, bench)
    if says is SignVerdict.MET and computed and computed.outcome is Outcome.FALSE:
        desk.refuse(Problem(Trouble.COMPUTED_FALSE, facts={"computed": computed}))
    return handed_in(criterion, bench.now.at)


def _signature(criterion: GateCriterion, role: Signer, verdict: tuple[SignVerdict, str], desk: Desk) -> SignOff:
    holder = acting_as(desk.bench.holders, role, desk.asker.id)
    return SignOff(
        id=new_id(desk.bench.now.at),
        criterion_id=criterion.id,
        initiative_id=desk.id,
        role=role,
        person_id=desk.asker.id,
        verdict=verdict[0],
        signed_at=desk.bench.now.at,
        on_behalf_of=holder.on_behalf_of if holder else None,
        comment=verdict[1],
    )


async def unsign(criterion_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> GateCriterion:
    """Take the asker's own signatures under a criterion back; what was met by them is in progress again."""
    desk, gate, criterion = await desk_of_criterion(criterion_id, asker, uow, ports)
    check_waiting(gate, criterion, desk)
    mine = [one for one in standing(desk.bench.signatures, criterion.id) if one.person_id == asker.id]
    if not mine:
        desk.refuse(Problem(Trouble.NOT_SIGNER, facts={"who": desk.named(criterion.signers)}))
    await uow.gates.signatures.save(replace(one, revoked_at=desk.bench.now.at) for one in mine)
    desk.note("criterion.unsigned", ("gate_criterion", criterion.id), number=criterion.number)
    if criterion.state is not CriterionState.MET:
        return criterion
    again = await opened_again(criterion, "signature_withdrawn", desk)
    return await settled(handed_in(again, desk.bench.now.at), desk)


async def waive(
    criterion_id: str, waiver: tuple[str, str, date | None], asker: Person, uow: UnitOfWork, ports: Ports
) -> GateCriterion:
    """Let a criterion be passed unmet, as a gatekeeper: why, what guards meanwhile, and its last day."""
    desk, criterion = await _set_aside(criterion_id, waiver[0], asker, uow, ports)
    reason, control, expires_on = waiver[0].strip(), waiver[1].strip(), waiver[2]
    today = desk.bench.now.today
    latest = today + timedelta(days=desk.bench.policy.longest_waiver_days)
    if not control:
        desk.refuse(Problem(Trouble.WAIVER_CONTROL, CONTROL))
    if expires_on is None or not today <= expires_on <= latest:
        desk.refuse(Problem(Trouble.WAIVER_END, EXPIRES_ON, {"latest": latest}))
    made = Waiver(
        id=new_id(desk.bench.now.at),
        criterion_id=criterion.id,
        initiative_id=desk.id,
        reason=reason,
        control=control,
        accepted_by=asker.id,
        accepted_at=desk.bench.now.at,
        expires_on=expires_on,
    )
    await uow.gates.waivers.save([made])
    words = {REASON: reason, CONTROL: control}
    desk.note("criterion.waived", ("gate_criterion", criterion.id), words, expires=expires_on, number=criterion.number)
    return await _aside(criterion, CriterionState.WAIVED, reason, desk)


async def not_applicable(criterion_id: str, reason: str, asker: Person, uow: UnitOfWork, ports: Ports) -> GateCriterion:
    """Find that a criterion does not apply to this initiative, as a gatekeeper and with a reason."""
    desk, criterion = await _set_aside(criterion_id, reason, asker, uow, ports)
    said = {REASON: reason.strip()}
    desk.note("criterion.not_applicable", ("gate_criterion", criterion.id), said, number=criterion.number)
    return await _aside(criterion, CriterionState.NOT_APPLICABLE, reason.strip(), desk)


async def _set_aside(
    criterion_id: str, reason: str, asker: Person, uow: UnitOfWork, ports: Ports
) -> tuple[Desk, GateCriterion]:
    desk, gate, criterion = await desk_of_criterion(criterion_id, asker, uow, ports)
    desk.needs_decider()
    if not gate.is_lasting:
        desk.refuse(Problem(Trouble.GATE_CLOSED))
    if not reason.strip():
        desk.refuse(Problem(Trouble.REASON_NEEDED, REASON))
    return desk, criterion


async def _aside(criterion: GateCriterion, state: CriterionState, why: str, desk: Desk) -> GateCriterion:
    after = replace(moved(criterion, state, desk.bench.now.at), set_aside_by=desk.asker.id, set_aside_why=why)
    await desk.uow.gates.criteria.save([after])
    return after
