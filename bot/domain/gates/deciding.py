"""Whether a decision may be taken as somebody wants to: every refusal, each with its reason (I-11, I-12)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.gates.bench import Bench, offered
from bot.domain.gates.conditions import ConditionState, GateCondition, holding_up
from bot.domain.gates.criteria import groups_without
from bot.domain.gates.decisions import ADVANCING, Decision, Intent, was_conditional
from bot.domain.gates.evaluation import Outcome, evaluated
from bot.domain.gates.gates import CriterionState, Gate, GateCriterion, GateState, open_musts
from bot.domain.gates.readiness import UNFINISHED
from bot.domain.gates.signing import owners
from bot.domain.gates.templates import OWNERS, UNCONDITIONAL, GateTemplate, Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import PersonId
from bot.domain.initiatives import Lifecycle, RiskTier, Stage

RATIONALE, CONDITIONS, REVIEW_ON, REDO = "rationale", "conditions", "review_on", "redo"
NEW_DUE, KILL_REASON, EARLY_REASON, DECISION = "new_due", "kill_reason", "early_reason", "decision"


@dataclass(frozen=True, slots=True)
class Case:
    """A gate with what is known around it, and what somebody wants to decide."""

    bench: Bench
    gate: Gate
    intent: Intent


def decider_problem(bench: Bench, person_id: PersonId) -> Problem | None:
    """Return why a person may not decide on an initiative: no gatekeeper, or not independent of it (I-14)."""
    gatekeepers = bench.holders.get(Signer.GATEKEEPER, ())
    if not gatekeepers:
        return Problem(Trouble.NO_GATEKEEPER)
    if not any(one.person_id == person_id for one in gatekeepers):
        return Problem(Trouble.NOT_GATEKEEPER)
    mine = {role for role, owner in owners(bench.holders).items() if owner == person_id}
    if Signer.TECHNICAL_LEAD in mine:
        return Problem(Trouble.TECHNICAL_LEAD)
    if mine and bench.initiative.risk_tier is not RiskTier.MINIMAL:
        return Problem(Trouble.OWN_INITIATIVE)
    return None


def problems(bench: Bench, gate: Gate, intent: Intent) -> list[Problem]:
    """Return everything that is wrong with deciding a gate as intended, what is wrong with the whole first."""
    if gate.state is GateState.DECIDED:
        return [Problem(Trouble.DECIDED_ALREADY)]
    if gate.state not in (GateState.SUBMITTED, GateState.OPEN):
        return [Problem(Trouble.GATE_CLOSED)]
    if bench.initiative.lifecycle is not Lifecycle.ACTIVE:
        return [Problem(Trouble.NOT_ACTIVE, facts={"lifecycle": bench.initiative.lifecycle})]
    choices = offered(bench, gate)
    if intent.decision not in choices:
        return [Problem(Trouble.NOT_OFFERED, DECISION, {"offered": list(choices)})]
    case = Case(bench, gate, intent)
    return [*_common(case), *NEEDS[intent.decision](case)]


def _common(case: Case) -> Iterator[Problem]:
    least = case.bench.policy.rationale_at_least
    if len(case.intent.rationale.strip()) < least:
        yield Problem(
            Trouble.RATIONALE_SHORT, RATIONALE, {"least": least, "length": len(case.intent.rationale.strip())}
        )
    if case.gate.state is GateState.OPEN and case.intent.decision in ADVANCING:
        yield Problem(Trouble.GATE_NOT_SUBMITTED)


def _advance(case: Case) -> Iterator[Problem]:
    """Yield what keeps an initiative from passing a gate, whatever its criteria say."""
    bench, template = case.bench, case.bench.template(case.gate)
    launches = template.leads_to is Stage.LAUNCH
    if not case.gate.retro:
        yield from _in_its_place(bench, template)
    if held := holding_up(bench.conditions, launch=launches):
        yield Problem(Trouble.CONDITION_OPEN, facts={"text": held[0].text, "count": len(held)})
    if template.leads_to is Stage.PILOT:
        yield from _definition(bench)
    yield from _notice(case)


def _in_its_place(bench: Bench, template: GateTemplate) -> Iterator[Problem]:
    """Yield why it is not this gate's turn: another stage, gates before it, or phases that are not done (I-12)."""
    if bench.initiative.stage not in template.stages:
        yield Problem(Trouble.WRONG_STAGE, facts={"gate": template.code, "stage": bench.initiative.stage})
    needed = [code for code in template.needs if bench.initiative.risk_tier in _tiers(bench, code)]
    needed += bench.unpassed_before_launch() if template.leads_to is Stage.LAUNCH else []
    if waiting := sorted({code for code in needed if not bench.passed(code)}):
        yield Problem(Trouble.GATES_BEFORE, facts={"gates": waiting})
    unfinished = [phase.name for phase in bench.phases if phase.state in UNFINISHED]
    if template.leads_to is Stage.PRODUCTION and unfinished:
        yield Problem(Trouble.PHASES_OPEN, facts={"phases": unfinished})


def _tiers(bench: Bench, code: str) -> frozenset[RiskTier]:
    gate = bench.pack.gate(code)
    return gate.tiers if gate else frozenset()


def _definition(bench: Bench) -> Iterator[Problem]:
    """Yield what a pilot has to be before it begins (I-05, I-07)."""
    one, charter = bench.initiative, bench.charter
    parts = {
        "use_case": one.use_case,
        "user_group": one.user_group,
        "user_group_size": one.user_group_size,
        "timebox": charter.timebox_start and charter.timebox_end,
        "owners": len(owners(bench.holders)) == len(OWNERS),
    }
    if missing := [name for name, there in parts.items() if not there]:
        yield Problem(Trouble.DEFINITION_MISSING, facts={"missing": missing})
    if groups := groups_without(bench.agreed):
        yield Problem(Trouble.CRITERIA_MISSING, facts={"groups": groups})


def _notice(case: Case) -> Iterator[Problem]:
    now, submitted_at = case.bench.now, case.gate.submitted_at
    if submitted_at is None or case.intent.early_reason.strip():
        return
    lain = now.calendar.count(submitted_at.astimezone(now.zone).date(), now.today)
    if lain < case.bench.policy.notice_working_days:
        facts = {"lain": lain, "notice": case.bench.policy.notice_working_days}
        yield Problem(Trouble.NOTICE_SHORT, EARLY_REASON, facts)


def _go(case: Case) -> Iterator[Problem]:
    """Yield what keeps a go from being one (I-11)."""
    criteria = case.bench.of_gate(case.gate)
    if still := open_musts(criteria):
        yield Problem(Trouble.MUST_OPEN, facts=_named(still))
    for one in criteria:
        if one.is_must:
            yield from _no_longer(one, case.bench)
    yield from _advance(case)


def _no_longer(one: GateCriterion, bench: Bench) -> Iterator[Problem]:
    """Yield why a criterion that counted as met or waived does not count today."""
    if one.state is CriterionState.WAIVED:
        waiver = bench.waiver(one)
        if waiver is None or not waiver.holds(bench.now.today):
            ended = waiver.expires_on if waiver else None
            yield Problem(Trouble.WAIVER_OVER, facts={"number": one.number, "ended": ended})
    if one.state is CriterionState.MET:
        computed = evaluated(one, bench)
        if computed and computed.outcome is Outcome.FALSE:
            facts = {"number": one.number, "check": computed.check, "computed": computed}
            yield Problem(Trouble.MUST_COMPUTED_FALSE, facts=facts)


def _named(criteria: Sequence[GateCriterion]) -> dict[str, object]:
    return {"numbers": [one.number for one in criteria], "count": len(criteria)}


def _conditional(case: Case) -> Iterator[Problem]:
    never = [one for one in open_musts(case.bench.of_gate(case.gate)) if one.domain in UNCONDITIONAL]
    if never:
        yield Problem(Trouble.GOVERNANCE_OPEN, facts=_named(never))
    if was_conditional(case.bench.decisions):
        yield Problem(Trouble.CONDITIONAL_TWICE, DECISION)
    yield from _conditions(case)
    yield from _advance(case)


def _conditions(case: Case) -> Iterator[Problem]:
    """Yield what is missing in the conditions of a conditional go."""
    if not case.intent.conditions:
        yield Problem(Trouble.CONDITIONS_NEEDED, CONDITIONS)
    for condition in case.intent.conditions:
        if not condition.text.strip():
            yield Problem(Trouble.CONDITION_TEXT, CONDITIONS)
        if condition.owner_id is None:
            yield Problem(Trouble.CONDITION_OWNER, CONDITIONS, {"text": condition.text})
        if condition.due is None or condition.due < case.bench.now.today:
            yield Problem(Trouble.CONDITION_DUE, CONDITIONS, {"text": condition.text, "due": condition.due})


AGAIN = (Decision.GO, Decision.CONDITIONAL_GO)


def again_problems(bench: Bench, gate: Gate, intent: Intent) -> list[Problem]:
    """Return what is wrong with deciding again about a gate whose conditions have lapsed (ladder CND)."""
    case = Case(bench, gate, intent)
    if not lapsed_of(bench, gate):
        return [Problem(Trouble.NOTHING_LAPSED)]
    if intent.decision not in AGAIN:
        return [Problem(Trouble.NOT_OFFERED, DECISION, {"offered": list(AGAIN)})]
    needed = _conditions(case) if intent.decision is Decision.CONDITIONAL_GO else ()
    return [*_common(case), *needed]


def lapsed_of(bench: Bench, gate: Gate) -> list[GateCondition]:
    """Return the conditions a gate was passed on that nobody met in time."""
    about = {one.id for one in bench.decisions if one.gate_id == gate.id}
    return [one for one in bench.conditions if one.decision_id in about and one.state is ConditionState.LAPSED]


def _hold(case: Case) -> Iterator[Problem]:
    yield from review_problems(case.intent.review_on, case.bench)


def review_problems(review_on: date | None, bench: Bench) -> Iterator[Problem]:
    """Yield what is wrong with the day a hold is reviewed on (I-31)."""
    most = bench.policy.hold_at_most_days
    latest = bench.now.today + timedelta(days=most)
    if review_on is None:
        yield Problem(Trouble.REVIEW_NEEDED, REVIEW_ON, {"latest": latest, "most": most})
    elif not bench.now.today < review_on <= latest:
        yield Problem(Trouble.REVIEW_TOO_FAR, REVIEW_ON, {"latest": latest, "most": most, "given": review_on})


def _rework(case: Case) -> Iterator[Problem]:
    known = {one.number for one in case.bench.of_gate(case.gate)}
    if not case.intent.redo or not set(case.intent.redo) <= known:
        yield Problem(Trouble.REDO_NEEDED, REDO, {"known": sorted(known)})
    yield from due_problems(case.intent.new_due, case.bench)


def due_problems(due: date | None, bench: Bench, where: str = NEW_DUE) -> Iterator[Problem]:
    """Yield what is wrong with a new date: missing, in the past, or further than anybody can plan."""
    if due is None:
        yield Problem(Trouble.NEW_DUE_NEEDED, where)
    elif due < bench.now.today:
        yield Problem(Trouble.DUE_PAST, where, {"given": due})
    elif due > bench.now.today + timedelta(days=bench.policy.furthest_due_days):
        yield Problem(Trouble.DUE_TOO_FAR, where, {"given": due, "most": bench.policy.furthest_due_days})


def _kill(case: Case) -> Iterator[Problem]:
    if case.intent.kill_reason is None:
        yield Problem(Trouble.KILL_REASON, KILL_REASON)


NEEDS: dict[Decision, Callable[[Case], Iterator[Problem]]] = {
    Decision.GO: _go,
    Decision.CONDITIONAL_GO: _conditional,
    Decision.HOLD: _hold,
    Decision.REWORK: _rework,
    Decision.KILL: _kill,
}
