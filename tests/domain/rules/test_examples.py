"""Every rule of domain.md section 4 fires where its definition says, and just does not one step before."""

import re
from pathlib import Path

import pytest

from bot.domain.rules import portfolio
from bot.domain.rules.case import Case
from bot.domain.rules.catalogue import RULES
from bot.domain.rules.evaluation import find
from bot.domain.rules.findings import Grade
from bot.domain.rules.thresholds import OwnershipRules, RulePolicy
from bot.messages.findings.sentences import SENTENCES, finding_words
from tests.domain.rules import examples_delivery, examples_metrics, examples_people
from tests.domain.rules.building import Example, case_of, judged, worst

EXAMPLES = examples_people.EXAMPLES + examples_delivery.EXAMPLES + examples_metrics.EXAMPLES
OF_PORTFOLIO = {"OWN-03"} | {rule.id for rule in portfolio.RULES}
NUMBERED = {
    "OWN": 8, "UPD": 4, "PK": 3, "WM": 4, "DT": 5, "GT": 8, "PL": 6, "BL": 2, "GV": 3, "IF": 2, "AD": 4, "MT": 12,
    "LL": 3, "EX": 3, "PF": 2,
}  # fmt: skip
"""How many rules of each family section 4 has: 69."""


def named(example: Example) -> str:
    return f"{example.rule}: {example.what}"


def ids_of_the_reference() -> set[str]:
    return {f"{family}-{n:02}" for family, count in NUMBERED.items() for n in range(1, count + 1)}


def test_every_rule_of_the_reference_is_there() -> None:
    assert len(ids_of_the_reference()) == 69
    assert set(RULES) | OF_PORTFOLIO == ids_of_the_reference() | {"INC-01"}


def test_every_rule_is_a_function_with_its_own_name_found_by_its_id() -> None:
    for rule in RULES.values():
        assert rule.judge.__name__ == rule.id.lower().replace("-", "_")
        assert rule.definition(RulePolicy())
        assert "{" not in rule.definition(RulePolicy())


def test_every_rule_has_facts_that_fire_and_facts_that_do_not() -> None:
    for wanted in (True, False):
        shown = {example.rule for example in EXAMPLES if (example.grade is not None) is wanted}
        assert set(RULES) - shown == set(), f"fires: {wanted}"


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_rule_fires_or_just_does_not(example: Example) -> None:
    found = judged(example.rule, example.facts)
    if RULES[example.rule].last:
        found = [one for one in find(case_of(example.facts)) if one.rule == example.rule]
    assert worst(found) == example.grade, found


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.grade], ids=named)
def test_a_finding_is_one_sentence_with_its_numbers(example: Example) -> None:
    found = judged(example.rule, example.facts)
    if RULES[example.rule].last:
        found = [one for one in find(case_of(example.facts)) if one.rule == example.rule]
    for one in found:
        words = finding_words(one)
        assert words
        assert not re.search(r"[{}]|_|None|\.$", words), words


def test_every_rule_has_a_sentence() -> None:
    assert set(SENTENCES) == set(RULES) | OF_PORTFOLIO - {"OWN-03"}


def test_one_person_may_hold_all_roles_of_a_minimal_risk_before_the_pilot_where_the_policy_allows() -> None:
    spared = RulePolicy(ownership=OwnershipRules(one_person_minimal_amber=True))
    assert worst(judged("OWN-02", examples_people.MINIMAL)) is Grade.RED
    assert worst(judged("OWN-02", examples_people.MINIMAL, spared)) is Grade.AMBER


def test_the_rules_read_no_clock_and_no_file() -> None:
    folder = Path(portfolio.__file__).parent
    for path in folder.glob("*.py"):
        assert not re.search(r"\b(open|today|now|environ)\(", path.read_text(encoding="utf-8")), path.name


def test_a_rule_gets_only_its_case() -> None:
    assert {next(iter(rule.judge.__annotations__)) for rule in RULES.values()} == {"case"}
    assert {rule.judge.__annotations__["case"] for rule in RULES.values()} == {Case}
