"""Decisions: taken once, by somebody independent, stored together with everything they change."""

from dataclasses import replace

from bot.domain.gates.deciding import again_problems, due_problems, problems, review_problems
from bot.domain.gates.decisions import Decision, Intent
from bot.domain.gates.effects import (
    Decider,
    Effects,
    at_gate,
    at_gate_again,
    at_hold_review,
    at_retirement,
    at_rollback,
    at_start,
)
from bot.domain.gates.gates import Gate
from bot.domain.gates.templates import Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId, new_id
from bot.domain.initiatives import LIVE, Lifecycle, RiskTier, Stage
from bot.domain.people import Person
from bot.flows.gates.desk import Desk, Refused, desk_for, desk_of_gate
from bot.flows.gates.storing import store_effects
from bot.ports import Ports
from bot.stores import UnitOfWork


async def decide(gate_id: str, intent: Intent, asker: Person, uow: UnitOfWork, ports: Ports) -> Effects:
    """Decide a gate; raises Refused when the asker may not, or when it cannot be decided so."""
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    desk.needs_decider()
    found = problems(desk.bench, gate, intent)
    if found:
        raise Refused([_told(one, gate, desk) for one in found])
    return await store_effects(at_gate(desk.bench, gate, intent, _by(desk)), gate, desk)


async def decide_again(gate_id: str, intent: Intent, asker: Person, uow: UnitOfWork, ports: Ports) -> Effects:
    """
    Decide again about a gate whose conditions have lapsed: `go` gives them up, `conditional_go` puts others there.

    The first decision stays; holding or stopping the initiative is decided at the gate that is open now.
    """
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    desk.needs_decider()
    desk.check(again_problems(desk.bench, gate, intent))
    return await store_effects(at_gate_again(desk.bench, gate, intent, _by(desk)), None, desk)


def _told(problem: Problem, gate: Gate, desk: Desk) -> Problem:
    """Return a problem with what the reader wants to know of a decision that somebody else has taken."""
    if problem.code is not Trouble.DECIDED_ALREADY:
        return problem
    taken = next((one for one in desk.bench.decisions if one.id == gate.decision_id), None)
    by = desk.names.get(taken.decided_by, "") if taken else ""
    on = taken.decided_at.astimezone(desk.bench.now.zone).date() if taken else desk.bench.now.today
    return replace(problem, facts={"decision": taken.decision if taken else "", "by": by or "a gatekeeper", "on": on})


def _by(desk: Desk) -> Decider:
    return Decider(desk.asker.id, new_id(desk.bench.now.at))


async def review_hold(
    initiative_id: InitiativeId, intent: Intent, asker: Person, uow: UnitOfWork, ports: Ports
) -> Effects:
    """Decide about an initiative on hold: `go` resumes it, `hold` extends it, `kill` stops it."""
    desk = await desk_for(initiative_id, asker, uow, ports)
    desk.needs_decider()
    if desk.bench.initiative.lifecycle is not Lifecycle.ON_HOLD:
        desk.refuse(Problem(Trouble.NOT_ON_HOLD))
    offered = [Decision.GO, Decision.HOLD, Decision.KILL]
    if intent.decision not in offered:
        desk.refuse(Problem(Trouble.NOT_OFFERED, "decision", {"offered": offered}))
    _check_rationale(intent, desk)
    if intent.decision is Decision.HOLD:
        desk.check(review_problems(intent.review_on, desk.bench))
    if intent.decision is Decision.GO and intent.new_due:
        desk.check(due_problems(intent.new_due, desk.bench))
    if intent.decision is Decision.KILL and intent.kill_reason is None:
        desk.refuse(Problem(Trouble.KILL_REASON, "kill_reason"))
    return await store_effects(at_hold_review(desk.bench, intent, _by(desk)), None, desk)


def _check_rationale(intent: Intent, desk: Desk) -> None:
    least, length = desk.bench.policy.rationale_at_least, len(intent.rationale.strip())
    if length < least:
        desk.refuse(Problem(Trouble.RATIONALE_SHORT, "rationale", {"least": least, "length": length}))


async def roll_back(
    initiative_id: InitiativeId, rationale: str, asker: Person, uow: UnitOfWork, ports: Ports
) -> Effects:
    """Take a live initiative out of use, back to production readiness, whose gates open anew."""
    desk, intent = await _live(initiative_id, rationale, asker, uow, ports)
    return await store_effects(at_rollback(desk.bench, intent, _by(desk)), None, desk)


async def retire(initiative_id: InitiativeId, rationale: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Effects:
    """End the use of a live initiative for good."""
    desk, intent = await _live(initiative_id, rationale, asker, uow, ports)
    return await store_effects(at_retirement(desk.bench, intent, _by(desk)), None, desk)


async def _live(
    initiative_id: InitiativeId, rationale: str, asker: Person, uow: UnitOfWork, ports: Ports
) -> tuple[Desk, Intent]:
    desk = await desk_for(initiative_id, asker, uow, ports)
    desk.needs_decider()
    one, intent = desk.bench.initiative, Intent(decision=Decision.GO, rationale=rationale)
    if one.stage not in LIVE:
        desk.refuse(Problem(Trouble.NOT_LIVE))
    if one.lifecycle is not Lifecycle.ACTIVE:
        desk.refuse(Problem(Trouble.NOT_ACTIVE, facts={"lifecycle": one.lifecycle}))
    _check_rationale(intent, desk)
    return desk, intent


async def start(initiative_id: InitiativeId, asker: Person, uow: UnitOfWork, ports: Ports) -> Effects:
    """Start the charter of an initiative in intake, as its accepted sponsor: its definition begins, its gates open."""
    desk = await desk_for(initiative_id, asker, uow, ports)
    desk.needs(Trouble.NOT_SPONSOR, Signer.BUSINESS_SPONSOR)
    one = desk.bench.initiative
    if one.stage is not Stage.INTAKE:
        desk.refuse(Problem(Trouble.NOT_INTAKE))
    if one.risk_tier is RiskTier.PROHIBITED:
        desk.refuse(Problem(Trouble.PROHIBITED))
    if one.lifecycle is not Lifecycle.ACTIVE:
        desk.refuse(Problem(Trouble.NOT_ACTIVE, facts={"lifecycle": one.lifecycle}))
    return await store_effects(at_start(desk.bench, Intent(decision=Decision.GO, rationale=""), _by(desk)), None, desk)
