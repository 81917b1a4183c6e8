"""Criteria that are computed: from stored facts to true, false or not known, with the numbers behind it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.gates.bench import Bench
from bot.domain.gates.conditions import holding_up
from bot.domain.gates.criteria import (
    ADOPTION,
    MODEL,
    OUTCOME,
    CriterionMode,
    SuccessCriterion,
    groups_without,
    in_force,
)
from bot.domain.gates.gates import GateCriterion
from bot.domain.gates.measured import Reading
from bot.domain.gates.readiness import Maturity, RolloutPhase
from bot.domain.gates.signing import owners
from bot.domain.gates.templates import OWNERS, Check, Evaluation, Weight
from bot.domain.initiatives import UsageMode
from bot.domain.measuring.metrics import Direction, MetricKind

WEEKS_CLEAN, WEEKS_CLEAN_FOR_LONG, MONTHS_SUSTAINED, REUSED_PERCENT = 4, 12, 2, 70.0


class Outcome(StrEnum):
    """What a computation says; `unknown` when the fact is not recorded, which is never held against anybody."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Computed:
    """The result of one check, and what its sentence names."""

    check: Check
    outcome: Outcome
    facts: Mapping[str, object] = field(default_factory=dict)


Found = tuple[Outcome, Mapping[str, object]]
Compute = Callable[[Bench], Found]


def evaluated(criterion: GateCriterion, bench: Bench) -> Computed | None:
    """Return what is computed of a criterion, None when people alone decide on it."""
    if criterion.check is None:
        return None
    outcome, facts = CHECKS[criterion.check](bench)
    return Computed(criterion.check, outcome, facts)


def stands(criterion: GateCriterion, bench: Bench) -> bool:
    """
    Return whether nothing computed is against a criterion being met.

    What is not recorded has to be shown: then evidence, which the signers look at, stands in for the computation.
    """
    computed = evaluated(criterion, bench)
    if computed is None or computed.outcome is Outcome.TRUE:
        return True
    return computed.outcome is Outcome.UNKNOWN and bool(bench.evidence_for(criterion))


def needs_evidence(criterion: GateCriterion, bench: Bench) -> bool:
    """Return whether a criterion is signed only with evidence beside it."""
    if criterion.evaluation in (Evaluation.DOC, Evaluation.REVIEW):
        return True
    computed = evaluated(criterion, bench)
    return computed is not None and computed.outcome is Outcome.UNKNOWN


def reaches(criterion: SuccessCriterion, value: float) -> bool:
    """Return whether a value is within the limit of a success criterion."""
    if criterion.direction is Direction.RANGE:
        return criterion.threshold <= value <= (criterion.range_hi or criterion.threshold)
    return value >= criterion.threshold if criterion.direction is Direction.UP else value <= criterion.threshold


def _of(outcome: object, **facts: object) -> Found:
    return (Outcome.TRUE if outcome else Outcome.FALSE), facts


def _known(value: object, outcome: Callable[[], object], **facts: object) -> Found:
    return (Outcome.UNKNOWN, {}) if value is None else _of(outcome(), **facts)


def _musts(bench: Bench, kinds: Iterable[MetricKind] = tuple(MetricKind)) -> list[SuccessCriterion]:
    wanted = frozenset(kinds)
    return [c for c in in_force(bench.agreed) if c.priority is Weight.MUST and c.category in wanted]


def _reached(criteria: Sequence[SuccessCriterion], bench: Bench) -> Found:
    """Return whether every criterion has reached its limit; a value that is missing leaves it open."""
    values = {c.code: bench.measured.readings[c.code].value for c in criteria if c.code in bench.measured.readings}
    failing = [c.code for c in criteria if (v := values.get(c.code)) is not None and not reaches(c, v)]
    lacking = [c.code for c in criteria if values.get(c.code) is None]
    if failing:
        return Outcome.FALSE, {"failing": failing}
    return (
        (Outcome.UNKNOWN, {"lacking": lacking}) if lacking or not criteria else (Outcome.TRUE, {"count": len(criteria)})
    )


def _criteria_locked(bench: Bench) -> Found:
    missing = groups_without(bench.agreed)
    return _of(not missing, missing=missing, count=len(in_force(bench.agreed)))


def _users_named(bench: Bench) -> Found:
    named = bench.initiative
    return _of(named.user_group and named.user_group_size, group=named.user_group, size=named.user_group_size)


def _timebox_set(bench: Bench) -> Found:
    charter, missing = bench.charter, []
    missing += [] if charter.timebox_start and charter.timebox_end else ["timebox"]
    missing += [] if charter.stop_rule else ["stop_rule"]
    return _of(not missing, missing=missing, start=charter.timebox_start, end=charter.timebox_end)


def _owners_accepted(bench: Bench) -> Found:
    held = owners(bench.holders)
    alone = [r for r in OWNERS if not any(h.on_behalf_of for h in bench.holders.get(r, ()))]
    vacant = [r for r in OWNERS if r not in held]
    same = len(set(held.values())) < len(held)
    return _of(not (alone or vacant or same), vacant=vacant, without_delegate=alone, same=same)


def _owners_ready(bench: Bench) -> Found:
    vacant = [role for role in OWNERS if role not in owners(bench.holders)]
    return _of(not vacant, vacant=vacant)


def _owners_reaccept(bench: Bench) -> Found:
    outcome, facts = _owners_accepted(bench)
    return _of(outcome is Outcome.TRUE and bench.charter.asset_id, **facts, asset=bench.charter.asset_id)


def _thresholds_met(bench: Bench) -> Found:
    return _reached(_musts(bench), bench)


def _evidence_enough(bench: Bench) -> Found:
    thin, lacking = [], []
    for criterion in _musts(bench):
        reading = bench.measured.readings.get(criterion.code)
        if reading is None:
            lacking.append(criterion.code)
        elif reading.points < bench.policy.least_weekly_points or (reading.sample or 0) < (criterion.min_sample or 0):
            thin.append(criterion.code)
    return (Outcome.UNKNOWN, {"lacking": lacking}) if lacking and not thin else _of(not thin, failing=thin)


def _readiness_numbers(bench: Bench) -> Found:
    missing = list(bench.charter.readiness.missing)
    return _of(not missing, missing=missing)


def _governance_in_use(bench: Bench) -> Found:
    below = [item.kind for item in bench.items if item.maturity.rank < Maturity.IN_USE.rank]
    risks = bench.measured.critical_risks or 0
    return _of(bench.items and not below and not risks, below=below, risks=risks)


def _floor_met(bench: Bench) -> Found:
    if not bench.charter.readiness.performance_floor:
        return Outcome.FALSE, {"missing": ["performance_floor"]}
    return _reached(_musts(bench, MODEL), bench)


def _users_trained(bench: Bench) -> Found:
    wanted, trained = bench.charter.readiness.training_percent, bench.measured.trained_percent
    return _known(trained, lambda: (trained or 0) >= (wanted or 0), trained=trained, wanted=wanted)


def _gates_passed(bench: Bench) -> Found:
    waiting = bench.unpassed_before_launch()
    conditions = holding_up(bench.conditions, launch=True)
    return _of(not waiting and not conditions, gates=waiting, conditions=len(conditions))


def _is_planned(phase: RolloutPhase) -> bool:
    return bool(phase.population and phase.start_current and phase.exit_criteria)


def _phases_planned(bench: Bench) -> Found:
    vague = [phase.name for phase in bench.phases if not _is_planned(phase)]
    return _of(bench.phases and not vague, count=len(bench.phases), vague=vague)


def _waves_planned(bench: Bench) -> Found:
    waves = [phase for phase in bench.phases if phase.gate_code == "G8"]
    vague = [phase.name for phase in waves if not _is_planned(phase)]
    return _of(waves and not vague, count=len(waves), vague=vague)


def _guardrails(bench: Bench) -> list[SuccessCriterion]:
    return [c for c in in_force(bench.agreed) if c.mode is CriterionMode.GUARDRAIL]


def _guardrails_measured(bench: Bench) -> Found:
    lacking = [c.code for c in _guardrails(bench) if c.code not in bench.measured.readings]
    thin = [c.code for c in _guardrails(bench) if 0 < bench.measured.readings.get(c.code, Reading(points=2)).points < 2]
    return (Outcome.UNKNOWN, {"lacking": lacking}) if lacking and not thin else _of(not thin, failing=thin)


def _clean_for(weeks: int) -> Compute:
    def compute(bench: Bench) -> Found:
        readings = {c.code: bench.measured.readings.get(c.code, Reading()) for c in _guardrails(bench)}
        bad = [c for c, r in readings.items() if r.breached or (r.clean_weeks is not None and r.clean_weeks < weeks)]
        lacking = [code for code, reading in readings.items() if reading.breached is None]
        if bad:
            return Outcome.FALSE, {"failing": bad, "weeks": weeks}
        return (Outcome.UNKNOWN, {"lacking": lacking}) if lacking else (Outcome.TRUE, {"weeks": weeks})

    return compute


def _outcome_on_path(bench: Bench) -> Found:
    musts = _musts(bench, OUTCOME)
    readings = [(c, bench.measured.readings.get(c.code, Reading())) for c in musts]
    off = [c.code for c, r in readings if r.value is not None and not (reaches(c, r.value) or r.improving)]
    lacking = [c.code for c, r in readings if r.value is None]
    return (Outcome.UNKNOWN, {"lacking": lacking}) if lacking and not off else _of(not off, failing=off)


def _embedded(bench: Bench) -> Found:
    if bench.initiative.usage_mode is UsageMode.OPTIONAL:
        return Outcome.FALSE, {"mode": bench.initiative.usage_mode}
    return _reached(_musts(bench, ADOPTION), bench)


def _value_sustained(bench: Bench) -> Found:
    if not bench.passed("G7"):
        return Outcome.FALSE, {"gates": ["G7"]}
    months = bench.measured.sustained_months
    return _known(months, lambda: (months or 0) >= MONTHS_SUSTAINED, months=months)


def _reaching(kinds: Iterable[MetricKind]) -> Compute:
    return lambda bench: _reached(_musts(bench, kinds), bench)


def _none_of(name: str) -> Compute:
    def compute(bench: Bench) -> Found:
        count = getattr(bench.measured, name)
        return _known(count, lambda: count == 0, count=count)

    return compute


def _at_least(name: str, least: float) -> Compute:
    def compute(bench: Bench) -> Found:
        count = getattr(bench.measured, name)
        return _known(count, lambda: count >= least, count=count)

    return compute


CHECKS: Mapping[Check, Compute] = {
    Check.CRITERIA_LOCKED: _criteria_locked,
    Check.USERS_NAMED: _users_named,
    Check.TIMEBOX_SET: _timebox_set,
    Check.OWNERS_ACCEPTED: _owners_accepted,
    Check.THRESHOLDS_MET: _thresholds_met,
    Check.EVIDENCE_ENOUGH: _evidence_enough,
    Check.READINESS_NUMBERS: _readiness_numbers,
    Check.GOVERNANCE_IN_USE: _governance_in_use,
    Check.FLOOR_MET: _floor_met,
    Check.USERS_TRAINED: _users_trained,
    Check.GATES_PASSED: _gates_passed,
    Check.PHASES_PLANNED: _phases_planned,
    Check.GUARDRAILS_MEASURED: _guardrails_measured,
    Check.OWNERS_READY: _owners_ready,
    Check.ADOPTION_MET: _reaching(ADOPTION),
    Check.NO_BREACH: _clean_for(WEEKS_CLEAN),
    Check.NO_BREACH_FOR_LONG: _clean_for(WEEKS_CLEAN_FOR_LONG),
    Check.NO_INCIDENT: _none_of("serious_incidents"),
    Check.RELIABILITY_MET: _reaching({MetricKind.RELIABILITY}),
    Check.OUTCOME_ON_PATH: _outcome_on_path,
    Check.FRICTIONS_OWNED: _none_of("unowned_frictions"),
    Check.LEADERSHIP_USED: _at_least("leadership_uses", 1),
    Check.EMBEDDED: _embedded,
    Check.EFFICIENCY_MET: _reaching({MetricKind.EFFICIENCY}),
    Check.LESSON_PUBLISHED: _at_least("lessons", 1),
    Check.OWNERS_REACCEPT: _owners_reaccept,
    Check.VALUE_SUSTAINED: _value_sustained,
    Check.UNITS_OWNED: _none_of("units_without_leader"),
    Check.PLAYBOOK_REUSED: _at_least("reuse_percent", REUSED_PERCENT),
    Check.WAVES_PLANNED: _waves_planned,
}
