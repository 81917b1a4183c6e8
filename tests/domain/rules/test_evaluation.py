"""From findings to colours: one cause is one finding, the scope of a lifecycle, and what is not known is not Green."""

from dataclasses import replace

import pytest

from bot.domain.checkins import Rag
from bot.domain.initiatives import Lifecycle, RiskTier, Stage
from bot.domain.ownership import OWNER_ROLES
from bot.domain.rules import evaluation
from bot.domain.rules.catalogue import RULES
from bot.domain.rules.evaluation import Computed, assess, suppress
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import DIMENSIONS, Dimension, Finding, Grade
from bot.domain.rules.records import Phase
from tests.domain.rules.building import (
    ON,
    SPONSOR,
    TECHNICAL,
    ago,
    asked,
    box,
    declared,
    gate,
    held,
    initiative,
    live,
    metric,
    promised,
    week,
)
from tests.domain.rules.examples_metrics import FLAT, used
from tests.domain.rules.test_examples import EXAMPLES

THREE = held(sponsor="Ada", technical="Ben", operations="Cem")
HEALTHY = initiative(
    holdings=THREE,
    asked=asked("1111"),
    declared=declared("GGGG"),
    promised=promised([(1, 1)] * 4),
    metrics=(metric([80.0, 81.0]),),
)


def ids(facts: InitiativeFacts, *, infos: bool = False) -> list[str]:
    return sorted(one.rule for one in assess(facts, ON).findings if infos or one.grade is not Grade.INFO)


# One cause, one finding


def test_a_confirmed_breach_silences_the_warning_and_the_signals_of_its_metric() -> None:
    falling = metric([78, 77.5, 77, 76, 75, 74, 69, 68], warn=75.0)
    assert ids(replace(HEALTHY, metrics=(falling,), declared=())) == ["MT-03"]


def test_a_breach_of_one_metric_says_nothing_about_another() -> None:
    other = metric([80.0, 74.0], key="other", warn=75.0)
    found = ids(replace(HEALTHY, metrics=(metric([80, 80, 69.0]), other), declared=()))
    assert found == ["MT-01", "MT-02"]


def test_only_the_highest_early_signal_of_a_metric_is_raised() -> None:
    found = (Finding(rule, "m", Grade.AMBER) for rule in ("MT-04", "MT-05", "MT-06"))
    assert [one.rule for one in suppress(found)] == ["MT-06"]


def test_what_is_missing_is_not_off_pace_as_well() -> None:
    found = suppress([Finding("MT-07", "m", Grade.AMBER), Finding("MT-08", "m", Grade.AMBER)])
    assert [one.rule for one in found] == ["MT-07"]


@pytest.mark.parametrize("rule", ["AD-01", "AD-02"])
def test_a_stall_or_decay_silences_optional_use(rule: str) -> None:
    found = suppress([Finding(rule, "m", Grade.AMBER), Finding("AD-03", "use", Grade.AMBER)])
    assert [one.rule for one in found] == [rule]


def test_no_new_date_is_said_within_the_overdue_gate() -> None:
    found = assess(replace(HEALTHY, gates=(gate(ago(3)),), declared=()), ON).findings
    assert [(one.rule, one.numbers.get("no_new_date")) for one in found] == [("GT-01", True)]


def test_a_breach_within_sampling_error_does_not_hide_the_warning() -> None:
    found = suppress([Finding("MT-01", "m", Grade.AMBER), Finding("MT-02", "m", Grade.INFO)])
    assert [one.rule for one in found] == ["MT-01", "MT-02"]


# Colours


@pytest.mark.parametrize(
    ("rule", "subject", "dimension"),
    [
        ("PL-01", "time-box", Dimension.DELIVERY),
        ("DT-01", "G4", Dimension.DELIVERY),
        ("GT-01", "G3", Dimension.DELIVERY),
        ("GT-01", "G4", Dimension.GOVERNANCE),
        ("GT-04", "G4 condition 1", Dimension.GOVERNANCE),
        ("BL-01", "b", Dimension.DELIVERY),
        ("MT-03", "m", Dimension.PERFORMANCE),
        ("AD-01", "m", Dimension.PERFORMANCE),
        ("OWN-01", SPONSOR, Dimension.OWNERSHIP),
        ("UPD-02", "owners", Dimension.OWNERSHIP),
        ("PK-01", "promises", Dimension.OWNERSHIP),
        ("GV-01", "bias_evaluation", Dimension.GOVERNANCE),
        ("INC-01", "i", Dimension.GOVERNANCE),
        ("WM-01", "status", Dimension.INTEGRITY),
    ],
)
def test_a_finding_colours_the_dimension_of_its_family(rule: str, subject: str, dimension: Dimension) -> None:
    assert Finding(rule, subject, Grade.RED).dimension is dimension


def test_i24_overall_is_the_worst_dimension() -> None:
    facts = replace(HEALTHY, gates=(gate(ago(11), "G4"), gate(ago(1), "G3")))
    seen = assess(facts, ON)
    assert seen.dimensions == {
        Dimension.DELIVERY: Rag.AMBER,
        Dimension.PERFORMANCE: Rag.GREEN,
        Dimension.OWNERSHIP: Rag.GREEN,
        Dimension.GOVERNANCE: Rag.RED,
    }
    assert seen.computed is Computed.RED


def test_i24_missing_data_is_never_green() -> None:
    assert assess(HEALTHY, ON).computed is Computed.GREEN
    silent = replace(HEALTHY, asked=asked("1110"), metrics=(metric([80.0, None]),))
    assert assess(silent, ON).computed is Computed.UNKNOWN
    assert assess(initiative(holdings=THREE), ON).computed is Computed.UNKNOWN
    assert Computed.UNKNOWN.shown == "Amber"


@pytest.mark.parametrize(
    "heard", [initiative(holdings=THREE, asked=asked("0001")), initiative(holdings=THREE, metrics=(metric([80.0]),))]
)
def test_an_answer_or_a_fresh_value_is_enough_to_know(heard: InitiativeFacts) -> None:
    assert assess(heard, ON).computed is Computed.GREEN


def test_i25_the_declared_colour_stays_as_it_was_given() -> None:
    seen = assess(replace(HEALTHY, gates=(gate(ago(11)),)), ON)
    assert (seen.declared, seen.computed) == (Rag.GREEN, Computed.RED)
    assert assess(replace(HEALTHY, declared=declared("GGG-")), ON).declared is None


def test_a_watermelon_does_not_change_the_colour_it_speaks_of() -> None:
    facts = replace(HEALTHY, gates=(gate(ago(1)), gate(ago(1), "G3")))
    seen = assess(facts, ON)
    assert "WM-01" in [one.rule for one in seen.findings]
    assert seen.computed is Computed.AMBER


def test_ownership_is_red_only_by_a_gap_one_person_or_silence() -> None:
    reds = {example.rule for example in EXAMPLES if example.grade is Grade.RED}
    of_ownership = {rule for rule in reds if RULES[rule].dimension is Dimension.OWNERSHIP}
    assert of_ownership == {"OWN-01", "OWN-02", "UPD-02"}


def test_info_never_colours() -> None:
    infos = [one.facts for one in EXAMPLES if one.grade is Grade.INFO]
    for facts in infos:
        seen = assess(facts, ON)
        graded = [one for one in seen.findings if one.grade is not Grade.INFO]
        assert graded or set(seen.dimensions.values()) == {Rag.GREEN}


# Scope by lifecycle


def held_since(lifecycle: Lifecycle) -> InitiativeFacts:
    phases = (Phase(Lifecycle.ACTIVE), Phase(lifecycle, ago(30)))
    troubles = replace(HEALTHY, gates=(gate(ago(11)),), hold_review_on=ago(1), timebox=box(2.0))
    return replace(troubles, phases=phases)


def test_on_hold_only_the_review_counts_and_the_overall_is_not_rated() -> None:
    seen = assess(held_since(Lifecycle.ON_HOLD), ON)
    assert [one.rule for one in seen.findings] == ["GT-07"]
    assert seen.dimensions[Dimension.DELIVERY] is Rag.AMBER
    assert seen.computed is Computed.NOT_RATED


@pytest.mark.parametrize("lifecycle", [Lifecycle.STOPPED, Lifecycle.RETIRED])
def test_what_is_closed_has_no_findings(lifecycle: Lifecycle) -> None:
    seen = assess(held_since(lifecycle), ON)
    assert seen.findings == ()
    assert seen.computed is Computed.NOT_RATED


def test_a_lesson_missing_after_a_stop_is_info() -> None:
    facts = replace(held_since(Lifecycle.STOPPED), lessons=())
    assert [(one.rule, one.grade) for one in assess(facts, ON).findings] == [("LL-01", Grade.INFO)]


# Invariants of the model that end in a finding


def test_i21_production_without_a_business_metric_has_a_finding() -> None:
    assert "MT-10" in ids(live(metrics=(metric([80.0]),)))
    assert "MT-10" not in ids(live(metrics=(metric([80.0], kind="efficiency"),)))


def test_i40_no_finding_about_a_person_is_among_an_initiatives() -> None:
    assert "OWN-03" not in RULES


def test_a_role_nobody_answers_for_is_not_a_stale_one() -> None:
    facts = initiative(holdings=held(technical="B"), asked=asked("100") + asked("111", TECHNICAL))
    assert "UPD-02" not in ids(facts, infos=True)


def test_the_worst_findings_come_first() -> None:
    facts = replace(HEALTHY, gates=(gate(ago(1), "G3"), gate(ago(11))), asked=asked("1110"))
    grades = [one.grade for one in assess(facts, ON).findings]
    assert grades == sorted(grades, key=lambda grade: -grade.badness)


def test_every_dimension_has_a_colour_whatever_is_found() -> None:
    for example in EXAMPLES:
        assert set(assess(example.facts, ON).dimensions) == set(DIMENSIONS)


def test_a_cycle_is_the_week_before_however_late_in_the_week_it_is() -> None:
    friday = ON.replace(day=27)
    assert assess(replace(HEALTHY, declared=declared("GGA")), friday).declared is Rag.AMBER


def test_adoption_that_stalls_in_launch_is_amber_and_nothing_else() -> None:
    facts = used(FLAT, replace(HEALTHY, stays=initiative(Stage.LAUNCH).stays, declared=()))
    assert ids(facts) == ["AD-01"]


def test_of_minimal_risk_only_the_governance_gate_is_needed_when_live() -> None:
    passed = (gate(ago(90), "G4", decision="go"),)
    facts = live(gates=passed, gates_complete=True, risk_tier=RiskTier.MINIMAL)
    assert "GT-06" not in ids(facts)
    assert "GT-06" in ids(replace(facts, risk_tier=RiskTier.LIMITED))


def test_all_owners_roles_are_judged() -> None:
    assert {one.subject for one in assess(initiative(since=ago(3)), ON).findings} == set(OWNER_ROLES)
    assert evaluation.OFFICE_WEEK.count(week(0), ON) == 1
