"""Deciding a gate in chat: one form a decision, taken once, told to the owners and those who follow."""

import re
from collections.abc import Iterable
from datetime import timedelta

from bot.domain.deliveries import DeliveryKind, planned
from bot.domain.gates.bench import offered
from bot.domain.gates.decisions import Decision, GateDecision, Intent, KillReason, NewCondition
from bot.domain.gates.gates import Gate, GateState
from bot.domain.gates.trouble import Trouble
from bot.domain.ids import PersonId
from bot.domain.people import Person
from bot.errors import Overtaken, UserError
from bot.flows.gates import deciding
from bot.flows.gates.chat import showing
from bot.flows.gates.chat.working import Sent
from bot.flows.gates.desk import Desk, Refused, desk_of_gate
from bot.flows.people import resolve_person
from bot.messages.forms import Form
from bot.messages.gates import acts as forms
from bot.messages.gates import said
from bot.ports import ActionPressed, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

TOLD_WITHIN = timedelta(days=14)


async def ask(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form of one decision; a card that is no longer valid is replaced by what stands now."""
    gate_id, _, which = pressed.value.partition(":")
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    desk.needs_decider()
    if gate.state is not GateState.SUBMITTED or which not in offered(desk.bench, gate):
        return Replace(showing.message(desk, showing.present(desk), said.OVER))
    return OpenForm(forms.decide_form(gate, Decision(which)))


async def take(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Decide; what is missing is said in the form, and of two who decide at once the later sees what was decided."""
    gate_id, _, which = sent.state.partition(":")
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    decision = next((each for each in Decision if each == which), None)
    if decision is None or not gate.is_lasting:
        return Say(showing.message(desk, showing.present(desk) or gate, _taken(gate, desk)))
    early = "early_reason" in sent.values

    def make(_desk: Desk, of: Gate) -> Form:
        return forms.decide_form(of, decision, early=early)

    given = Sent(sent, make, desk, gate)
    try:
        effects = await deciding.decide(gate.id, await _intent(given, decision, sent, uow, ports), asker, uow, ports)
    except Overtaken:
        raise
    except UserError as refused:
        early = early or _too_soon(refused)
        return given.errors(refused)
    await tell(effects.decision, desk, uow, ports)
    word = said.decided(decision, effects.initiative.stage)
    return Say(await showing.now(gate, word, asker, uow, ports))


def _too_soon(refused: UserError) -> bool:
    return isinstance(refused, Refused) and any(one.code is Trouble.NOTICE_SHORT for one in refused.problems)


def _taken(gate: Gate, desk: Desk) -> str:
    taken = next((one for one in desk.bench.decisions if one.id == gate.decision_id), None)
    return said.taken(taken.decision, desk.names.get(taken.decided_by, "")) if taken else said.OVER


async def _intent(given: Sent, decision: Decision, sent: FormSubmitted, uow: UnitOfWork, ports: Ports) -> Intent:
    """Return what the gatekeeper wants, as typed."""
    conditions: tuple[NewCondition, ...] = ()
    if decision is Decision.CONDITIONAL_GO:
        owner = await resolve_person(given.text(forms.CONDITION_OWNER), sent, uow, ports)
        text, due = given.text(forms.CONDITIONS), given.day(forms.CONDITION_DUE)
        conditions = (NewCondition(text, owner.id, due),)
    return Intent(
        decision=decision,
        rationale=given.text("rationale"),
        conditions=conditions,
        review_on=given.day("review_on"),
        redo=tuple(int(number) for number in re.findall(r"\d+", given.text("redo"))),
        new_due=given.day("new_due"),
        kill_reason=next((each for each in KillReason if each == given.text("kill_reason")), None),
        early_reason=given.text("early_reason"),
    )


async def tell(decision: GateDecision, desk: Desk, uow: UnitOfWork, ports: Ports) -> None:
    """Plan the word to everybody whom a decision concerns: owners, delegates, reviewers, lead and executive."""
    now = ports.clock.now()
    rows = [
        planned(
            DeliveryKind.GATE_DECIDED,
            f"{desk.id}/{decision.id}",
            who,
            to=who,
            not_before=now,
            expires_at=now + TOLD_WITHIN,
        )
        for who in sorted(concerned(desk) - {decision.decided_by})
    ]
    await uow.deliveries.add_once(rows)


def concerned(desk: Desk) -> set[PersonId]:
    """Return who follows an initiative: everybody who acts in a role of it, its portfolio's lead and executive."""
    those: Iterable[PersonId | None] = [one.person_id for held in desk.bench.holders.values() for one in held]
    leaders = (desk.portfolio.lead_id, desk.portfolio.executive_id) if desk.portfolio else ()
    return {person for person in (*those, *leaders) if person}
