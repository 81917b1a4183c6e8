"""Whatever the facts: the same give the same, what comes later changes no past, and worse is never better."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.gates.criteria import CriterionMode
from bot.domain.measuring.metrics import Direction
from bot.domain.rules.evaluation import Assessment, Computed, assess
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import DIMENSIONS, Dimension, Finding, Grade
from bot.domain.rules.knowledge import known_at
from bot.domain.rules.measured import GoalpostMoved, Metric, Reading
from bot.domain.rules.records import Act, Declared, Gate, Incident, Phase, Promised, Stay, Trouble
from bot.domain.rules.thresholds import RulePolicy
from tests.domain.rules.building import ON, ago
from tests.domain.rules.strategies import initiatives, metrics, past, slip

BAD = {Computed.GREEN: 0, Computed.UNKNOWN: 1, Computed.AMBER: 1, Computed.RED: 2}
LATER = ON + timedelta(days=1)


def as_bad(worse: Assessment, better: Assessment) -> None:
    """Fail when any colour of the first is better than the second's."""
    if Computed.NOT_RATED in (worse.computed, better.computed):
        return
    for dimension in DIMENSIONS:
        assert worse.dimensions[dimension].badness >= better.dimensions[dimension].badness, dimension
    assert BAD[worse.computed] >= BAD[better.computed]


@given(initiatives(), st.integers(0, 60))
def test_i24_the_same_facts_policy_and_day_give_the_same(facts: InitiativeFacts, back: int) -> None:
    on = ON - timedelta(days=back)
    assert assess(facts, on) == assess(facts, on, RulePolicy())


@given(initiatives())
def test_i24_overall_is_the_worst_dimension_and_only_what_is_heard_of_is_green(facts: InitiativeFacts) -> None:
    seen = assess(facts, ON)
    worst = max(seen.dimensions.values(), key=lambda rag: rag.badness)
    if seen.computed in (Computed.AMBER, Computed.RED):
        assert seen.computed.value == worst.value
    if seen.computed is Computed.GREEN:
        heard = any(one.answered_on for one in facts.asked) or any(one.values for one in facts.metrics)
        assert heard


def later(facts: InitiativeFacts) -> InitiativeFacts:
    """Return the facts with much that happens the day after."""
    gates = tuple(
        replace(gate, decision="go", decided_on=LATER, submitted_on=gate.submitted_on or LATER)
        if gate.decision is None
        else gate
        for gate in facts.gates
    )
    worse = tuple(
        replace(
            metric,
            readings=(*metric.readings, Reading(on=LATER, value=0.0)),
            moves=(GoalpostMoved(LATER, metric.threshold, 1.0),),
            threshold=1.0,
        )
        for metric in facts.metrics
    )
    return replace(
        facts,
        stays=(*facts.stays, Stay(facts.stage, LATER)),
        phases=(*facts.phases, Phase(facts.lifecycle, LATER)),
        gates=gates,
        metrics=worse,
        declared=(*facts.declared, Declared(LATER, facts.declared[-1].rag)),
        promised=(*facts.promised, Promised(LATER, 9, 0)),
        blockers=(*facts.blockers, Trouble(id="later", text="x", raised_on=LATER)),
        incidents=(Incident("later", LATER, True),),
        acts=(Act("Ada", LATER),),
        changes=(*facts.changes, slip(LATER)),
    )


@given(initiatives())
def test_i36_what_is_dated_later_changes_nothing_of_a_past_day(facts: InitiativeFacts) -> None:
    before, after = assess(facts, ON), assess(later(facts), ON)
    assert after.findings == before.findings
    assert after.computed is before.computed
    assert after.dimensions == before.dimensions


@given(initiatives(), st.integers(0, 80), st.integers(0, 80))
def test_i36_knowing_less_twice_is_knowing_the_least(facts: InitiativeFacts, back: int, further: int) -> None:
    day, earlier = ON - timedelta(days=back), ON - timedelta(days=back + further)
    assert known_at(known_at(facts, day), earlier) == known_at(facts, earlier)


def worse_last(metric: Metric) -> Metric:
    """Return a metric whose newest value is much worse."""
    readings = list(metric.readings)
    for n in reversed(range(len(readings))):
        value = readings[n].value
        if value is not None:
            step = 30.0 if metric.direction is Direction.DOWN else -30.0
            readings[n] = replace(readings[n], value=value + step)
            break
    return replace(metric, readings=tuple(readings))


@given(initiatives(), metrics(9).filter(lambda one: one.kind != "adoption"))
def test_a_worse_last_value_never_improves_a_colour(facts: InitiativeFacts, metric: Metric) -> None:
    """Of adoption a stall is defined as not moving; and a value that changes is no repeated one (UPD-03)."""
    facts = replace(facts, metrics=(metric,))
    worse = replace(facts, metrics=(worse_last(metric),))
    before, after = assess(facts, ON), assess(worse, ON)
    assert after.dimensions[Dimension.PERFORMANCE].badness >= before.dimensions[Dimension.PERFORMANCE].badness


@given(initiatives(), metrics(9))
def test_a_wider_gap_to_the_threshold_never_improves_a_colour(facts: InitiativeFacts, metric: Metric) -> None:
    harder = metric.threshold + (-15.0 if metric.direction is Direction.DOWN else 15.0)
    facts = replace(facts, metrics=(metric,))
    as_bad(assess(replace(facts, metrics=(replace(metric, threshold=harder),)), ON), assess(facts, ON))


def silenced(facts: InitiativeFacts) -> InitiativeFacts:
    """Return the facts with the newest answers taken away, but never the first."""
    first = min((one.answered_on for one in facts.asked if one.answered_on), default=None)
    return replace(
        facts,
        asked=tuple(one if one.answered_on == first else replace(one, answered_on=None) for one in facts.asked),
        promised=facts.promised,
    )


def sharpened(change: Callable[[Gate], Gate]) -> Callable[[InitiativeFacts], InitiativeFacts]:
    def changed(facts: InitiativeFacts) -> InitiativeFacts:
        return replace(facts, gates=tuple(change(gate) for gate in facts.gates))

    return changed


def earlier_due(gate: Gate) -> Gate:
    conditions = tuple(replace(one, due=one.due - timedelta(days=9)) for one in gate.conditions)
    return replace(gate, due=gate.due - timedelta(days=9), conditions=conditions)


def longer_waiting(gate: Gate) -> Gate:
    return replace(gate, submitted_on=(gate.submitted_on or ON) - timedelta(days=9))


def never_kept(facts: InitiativeFacts) -> InitiativeFacts:
    return replace(facts, promised=tuple(replace(one, kept=0) for one in facts.promised))


def gaps_wider(facts: InitiativeFacts) -> InitiativeFacts:
    return replace(facts, holdings=tuple(replace(one, until=one.until or ago(3)) for one in facts.holdings[:1]))


def troubled(facts: InitiativeFacts) -> InitiativeFacts:
    return replace(
        facts,
        blockers=(*facts.blockers, Trouble(id="more", text="x", raised_on=ago(20))),
        incidents=(Incident("i", ago(2), True),),
        changes=(*facts.changes, slip(ago(1))),
    )


ADVERSE = (
    silenced, sharpened(earlier_due), sharpened(longer_waiting), never_kept, gaps_wider, troubled,
)  # fmt: skip


@given(initiatives(), st.lists(st.sampled_from(ADVERSE), min_size=1, max_size=6))
def test_more_adverse_facts_never_improve_a_colour(
    facts: InitiativeFacts, changes: list[Callable[[InitiativeFacts], InitiativeFacts]]
) -> None:
    worse = facts
    for change in changes:
        worse = change(worse)
    as_bad(assess(worse, ON), assess(facts, ON))


@given(initiatives(), past)
def test_a_finding_has_one_identity_in_an_initiative(facts: InitiativeFacts, on: date) -> None:
    identities = [one.identity for one in assess(facts, on).findings]
    assert len(identities) == len(set(identities))


@given(initiatives())
def test_a_guardrail_is_never_judged_as_a_goal_nor_a_goal_as_a_guardrail(facts: InitiativeFacts) -> None:
    modes = {metric.key: metric.mode for metric in facts.metrics}
    for one in assess(facts, ON).findings:
        if one.rule in ("MT-01", "MT-02", "MT-03", "MT-04", "MT-05", "MT-06"):
            assert modes[one.subject] is CriterionMode.GUARDRAIL
        if one.rule in ("MT-08", "MT-09"):
            assert modes[one.subject] is CriterionMode.GOAL


@given(initiatives())
def test_signals_ask_and_never_turn_red_by_themselves(facts: InitiativeFacts) -> None:
    signals = ("MT-01", "MT-02", "MT-04", "MT-05", "MT-06", "MT-08")
    found: list[Finding] = list(assess(facts, ON).findings)
    assert all(one.grade is not Grade.RED for one in found if one.rule in signals)
