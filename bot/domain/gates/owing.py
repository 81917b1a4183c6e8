"""Who owes what at the gates of an initiative, and on which days they are reminded (domain.md 3.2)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.calendar import Calendar
from bot.domain.gates.bench import Bench
from bot.domain.gates.conditions import UNSETTLED
from bot.domain.gates.evaluation import Computed, Outcome, evaluated, needs_evidence
from bot.domain.gates.gates import PASSED, CriterionState, Gate, GateCriterion, GateState
from bot.domain.gates.signing import missing
from bot.domain.gates.templates import Signer
from bot.domain.ids import PersonId
from bot.domain.policy import GatePolicy


class Task(StrEnum):
    """What has to be done next."""

    SHOW = "show"
    SIGN = "sign"
    FULFIL = "fulfil"
    SUBMIT = "submit"
    DECIDE = "decide"
    MEET = "meet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """
    One thing somebody owes; `subject` is the id of the criterion, gate or condition, `number` the criterion's.

    `persons` are those accountable for it today, in the roles they owe it in; nobody where a role is vacant.
    """

    task: Task
    gate_id: str
    subject: str
    due: date
    persons: tuple[PersonId, ...]
    roles: tuple[Signer, ...] = ()
    number: int = 0
    computed: Computed | None = None


def owed(bench: Bench) -> list[Owed]:
    """Return everything owed at the gates of an initiative, what is due first at the front."""
    found = [one for gate in bench.gates for one in _at_gate(gate, bench)]
    found += [
        Owed(task=Task.MEET, gate_id="", subject=one.id, due=one.due, persons=(one.owner_id,))
        for one in bench.conditions
        if one.state in UNSETTLED
    ]
    return sorted(found, key=lambda one: (one.due, one.gate_id, one.number, one.subject))


def _at_gate(gate: Gate, bench: Bench) -> list[Owed]:
    if gate.state is GateState.SUBMITTED:
        due = bench.now.calendar.shift(_submitted_on(gate, bench), bench.policy.promise_working_days)
        return [_gate_task(Task.DECIDE, gate, due, (Signer.GATEKEEPER,), bench)]
    if gate.state is not GateState.OPEN:
        return []
    tasks = [task for one in bench.of_gate(gate) if (task := _criterion_task(gate, one, bench))]
    waits = any(one.is_must and one.state not in PASSED for one in bench.of_gate(gate))
    return (
        tasks if waits else [*tasks, _gate_task(Task.SUBMIT, gate, gate.current_due, (Signer.BUSINESS_SPONSOR,), bench)]
    )


def _submitted_on(gate: Gate, bench: Bench) -> date:
    return gate.submitted_at.astimezone(bench.now.zone).date() if gate.submitted_at else bench.now.today


def _gate_task(task: Task, gate: Gate, due: date, roles: tuple[Signer, ...], bench: Bench) -> Owed:
    return Owed(task=task, gate_id=gate.id, subject=gate.id, due=due, persons=_holders(roles, bench), roles=roles)


def _criterion_task(gate: Gate, criterion: GateCriterion, bench: Bench) -> Owed | None:
    """Return what is owed for one criterion: evidence, a fact that is not so yet, or signatures; None when passed."""
    if criterion.state in PASSED:
        return None
    computed = evaluated(criterion, bench)
    lacks = needs_evidence(criterion, bench) and not bench.evidence_for(criterion)
    task, roles = Task.SIGN, missing(criterion, bench.signatures)
    if computed and computed.outcome is Outcome.FALSE:
        task, roles = Task.FULFIL, criterion.signers
    elif lacks or criterion.state is CriterionState.NOT_MET:
        task, roles = Task.SHOW, criterion.signers
    asked = tuple(dict.fromkeys(roles))
    return Owed(
        task=task,
        gate_id=gate.id,
        subject=criterion.id,
        due=criterion.due,
        persons=_holders(asked, bench),
        roles=asked,
        number=criterion.number,
        computed=computed,
    )


def _holders(roles: tuple[Signer, ...], bench: Bench) -> tuple[PersonId, ...]:
    """Return who is accountable in some roles today; where several have a right, such as gatekeepers, all of them."""
    found = [one.person_id for role in roles for one in bench.holders.get(role, ()) if one.on_behalf_of is None]
    return tuple(dict.fromkeys(found))


def reminder_days(due: date, calendar: Calendar, policy: GatePolicy, *, deciding: bool = False) -> dict[date, int]:
    """Return the days on which what is due is called to mind and the working days left then, soonest first."""
    before = policy.gatekeeper_reminders_working_days if deciding else policy.reminders_working_days
    return {calendar.shift(due, -days): days for days in sorted(before, reverse=True)}
