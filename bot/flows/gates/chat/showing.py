"""`/ai gate NAME`: where a gate stands, who owes what by when, and what the asker can do about it."""

import re
from dataclasses import replace

from bot.domain.gates.bench import offered
from bot.domain.gates.conditions import ConditionState
from bot.domain.gates.deciding import decider_problem
from bot.domain.gates.evaluation import Outcome, evaluated
from bot.domain.gates.gates import PASSED, CriterionState, Gate, GateCriterion, GateState
from bot.domain.gates.readiness import PhaseState
from bot.domain.gates.signing import missing
from bot.domain.gates.templates import OWNERS, Signer
from bot.domain.initiatives import LIVE, Lifecycle, Stage
from bot.domain.names import Closest, Found, Several
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates import opening
from bot.flows.gates.desk import Desk, desk_for, desk_of_gate
from bot.flows.lookups import resolve
from bot.messages import explain
from bot.messages import names as name_words
from bot.messages.gates import card as words
from bot.messages.gates import said
from bot.messages.gates.reasons import reason
from bot.messages.model import Message
from bot.messages.words import day_words, sentence
from bot.ports import ActionPressed, Command, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

OF_STATUS = re.compile(r"(?P<name>.+?)\s+gate(?:\s+(?P<code>G\d))?", re.IGNORECASE)
CODE = re.compile(r"(?P<name>.+?)\s+(?P<code>G\d)", re.IGNORECASE)
SET_ASIDE = (CriterionState.WAIVED, CriterionState.NOT_APPLICABLE)


def is_asked_for(text: str) -> bool:
    """Return whether what follows `/ai-status` asks for a gate, as in `SEPSIS gate G3`."""
    return "gate" in text.casefold() and OF_STATUS.fullmatch(text.strip()) is not None


async def show(command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Show the gate of an initiative that is next, or the one named behind it."""
    typed = " ".join(command.text.partition(" ")[2].split())
    if not typed:
        return Say(sentence(words.HOW))
    split = CODE.fullmatch(typed)
    name, code = (split["name"], split["code"].upper()) if split else (typed, "")
    viewer, catalogue = await ports.reads.viewer(asker.id), await ports.reads.catalogue()
    if viewer is None:
        return Say(name_words.unknown(name))
    match await resolve(name, viewer, catalogue, ports):
        case Found(entry):
            desk = await desk_for(entry.access.initiative_id, asker, uow, ports)
            return Say(message(desk, _named(desk, code)))
        case Several(entries) | Closest(entries):
            return Say(sentence(explain.which(name, [(entry.key, entry.name) for entry in entries])))
        case _:
            return Say(name_words.unknown(name))


async def press(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Show the gate behind a button as it stands now; behind that of an initiative, the one that matters now."""
    if await uow.gates.gates.get(pressed.value) is None:
        desk = await desk_for(pressed.value, asker, uow, ports)
        return Say(message(desk, present(desk)))
    desk, gate = await desk_of_gate(pressed.value, asker, uow, ports)
    return Say(message(desk, gate))


async def show_of_status(command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Answer `/ai-status NAME gate G3`."""
    asked = OF_STATUS.fullmatch(command.text.strip())
    name, code = (asked["name"], asked["code"] or "") if asked else (command.text, "")
    return await show(replace(command, text=f"gate {name} {code}"), asker, uow, ports)


async def open_gates(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the gates an initiative should have at its stage and has not."""
    codes = await opening.open_gates(pressed.value, asker, uow, ports)
    desk = await desk_for(pressed.value, asker, uow, ports)
    return Replace(message(desk, present(desk), said.opened(codes)))


async def now(gate: Gate, word: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Message:
    """Return the card of a gate after something was done, with what was done above it."""
    desk = await desk_for(gate.initiative_id, asker, uow, ports)
    held = desk.bench.gate(gate.id)
    shown = held if held and held.is_lasting else present(desk)
    return message(desk, shown or held, word)


def _named(desk: Desk, code: str) -> Gate | None:
    if not code:
        return present(desk)
    found = [gate for gate in desk.bench.gates if gate.code == code]
    if not found:
        raise UserError(words.NO_SUCH)
    return max(found, key=lambda gate: (gate.wave, gate.attempt))


def present(desk: Desk) -> Gate | None:
    """Return the gate that matters now: one that waits for a decision, else the open one due first, else the last."""
    gates = desk.bench.gates
    for wanted in (GateState.SUBMITTED, GateState.OPEN, GateState.PLANNED):
        found = [gate for gate in gates if gate.state is wanted]
        if found:
            leads = [gate for gate in found if desk.bench.template(gate).leads_to]
            return min(leads or found, key=lambda gate: (gate.current_due, gate.code))
    return max(gates, key=lambda gate: (gate.decided_at or desk.bench.now.at, gate.code), default=None)


def message(desk: Desk, gate: Gate | None, word: str = "") -> Message:
    """Return the card of a gate as the asker sees it."""
    bench = desk.bench
    if gate is None:
        return words.message(words.Card(initiative=bench.initiative, gate=None, may=_may(desk, None)), word)
    calendar, today = bench.now.calendar, bench.now.today
    due_in = calendar.count(today, gate.current_due) if gate.current_due >= today else 0
    late = calendar.count(gate.current_due, today) if gate.current_due < today else 0
    return words.message(
        words.Card(
            initiative=bench.initiative,
            gate=gate,
            name=bench.template(gate).name,
            slip=(gate.current_due - gate.baseline_due).days,
            due_in=due_in or -late,
            lines=tuple(_line(one, gate, desk) for one in bench.of_gate(gate)),
            deciders=tuple(desk.named([Signer.GATEKEEPER])),
            decision=_decision(gate, desk),
            conditions=tuple(_conditions(desk)),
            others=tuple(_others(gate, desk)),
            may=_may(desk, gate),
        ),
        word,
    )


def _line(one: GateCriterion, gate: Gate, desk: Desk) -> words.Line:
    computed = evaluated(one, desk.bench)
    open_one = one.state not in PASSED and gate.is_lasting
    why = reason(computed) if computed and open_one and computed.outcome is not Outcome.TRUE else one.set_aside_why
    waits = desk.named(missing(one, desk.bench.signatures)) if open_one else []
    return words.Line(
        number=one.number,
        text=one.text,
        must=one.is_must,
        state=one.state,
        waits_for=tuple(waits),
        due=one.due if open_one else None,
        why=why,
    )


def _decision(gate: Gate, desk: Desk) -> str:
    taken = next((one for one in desk.bench.decisions if one.id == gate.decision_id), None)
    if taken is None:
        return ""
    on = day_words(taken.decided_at.astimezone(desk.bench.now.zone).date())
    by = desk.names.get(taken.decided_by) or "a gatekeeper"
    return f"{words.DECISION_WORDS[taken.decision]}, by {by} on {on}: {taken.rationale}"


def _conditions(desk: Desk) -> list[str]:
    open_ones = [one for one in desk.bench.conditions if one.state is ConditionState.OPEN]
    return [f"{one.text}, due {day_words(one.due)}" for one in open_ones]


def _others(gate: Gate, desk: Desk) -> list[str]:
    waiting = [one for one in desk.bench.gates if one.is_lasting and one.id != gate.id]
    return [f"{one.code}: {words.GATE_WORDS[one.state]}, due {day_words(one.current_due)}" for one in waiting]


def signable(desk: Desk, gate: Gate) -> list[GateCriterion]:
    """Return the criteria of a gate that wait for the asker's signature."""
    return [
        one
        for one in desk.bench.of_gate(gate)
        if one.state not in (*SET_ASIDE, CriterionState.MET)
        and any(desk.acts_as(role) for role in missing(one, desk.bench.signatures))
    ]


def showable(desk: Desk, gate: Gate) -> list[GateCriterion]:
    """Return the criteria of a gate for which evidence may still be shown."""
    return [one for one in desk.bench.of_gate(gate) if one.state not in SET_ASIDE]


def _may(desk: Desk, gate: Gate | None) -> words.May:
    bench = desk.bench
    one, owner = bench.initiative, desk.acts_as(*OWNERS, Signer.PORTFOLIO_LEAD) is not None
    early = one.stage in (Stage.INTAKE, Stage.PILOT_DEFINITION) and one.lifecycle is Lifecycle.ACTIVE
    start = one.stage is Stage.INTAKE and desk.acts_as(Signer.BUSINESS_SPONSOR) is not None and early
    if gate is None or not gate.is_lasting:
        opens = owner and gate is None and not start and one.stage is not Stage.INTAKE
        return words.May(start=start, open_gates=opens, charter=owner and early, criteria=owner or gate is not None)
    decider = decider_problem(bench, desk.asker.id) is None
    leads = desk.acts_as(Signer.OPERATIONS_LEADER) is not None
    submitted = gate.state is GateState.SUBMITTED
    helper = owner or desk.acts_as(Signer.GOVERNANCE_REVIEWER, Signer.FINANCE_PARTNER) is not None
    return words.May(
        start=start,
        charter=owner and early,
        criteria=True,
        show=helper,
        sign=bool(signable(desk, gate)),
        submit=owner and gate.state is GateState.OPEN,
        withdraw=owner and submitted,
        move=owner or decider,
        set_aside=decider,
        numbers=owner and one.stage in (Stage.PILOT, Stage.PRODUCTION_READINESS),
        phase=leads and one.stage in (Stage.PILOT, Stage.PRODUCTION_READINESS, *LIVE),
        use=owner and one.stage in LIVE,
        move_phase=_phase(desk) if leads else None,
        take_back=owner and bool([e for c in bench.of_gate(gate) for e in bench.evidence_for(c)]),
        decide=offered(bench, gate) if decider and submitted else (),
    )


def _phase(desk: Desk) -> tuple[str, str, bool] | None:
    """Return the roll-out phase that can be begun or finished now: its id and name, and whether it runs."""
    for phase in desk.bench.phases:
        if phase.state is PhaseState.RUNNING:
            return phase.id, phase.name, True
        if phase.state in (PhaseState.PLANNED, PhaseState.READY) and desk.bench.passed(phase.gate_code):
            return phase.id, phase.name, False
    return None
