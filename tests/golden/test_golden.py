"""The golden portfolio raises exactly what it must, on its day and seven days before; so does any file of its shape."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.domain.checkins import Rag
from bot.domain.initiatives import Lifecycle
from bot.domain.rules.case import friday
from bot.messages.findings.sentences import finding_words
from tests.golden.evaluating import assessments, portfolio_of, report
from tests.house.tree import ROOT

NAME = "northlake.json"
PLACES = [Path(os.environ.get("STEWARD_GOLDEN", "")), *(above / "shared" / "data" / NAME for above in ROOT.parents)]
FOUND = next((place for place in PLACES if place.is_file()), None)
COLOURS = {"G": "Green", "A": "Amber", "R": "Red", "none": "not rated"}
needs_file = pytest.mark.skipif(FOUND is None, reason=f"{NAME} is not here; STEWARD_GOLDEN may name it")
NEVER_READ = ("computed", "computed_prev", "dims", "findings")


@pytest.fixture(scope="module")
def content() -> Mapping[str, Any]:
    assert FOUND is not None
    read: Mapping[str, Any] = json.loads(FOUND.read_text(encoding="utf-8"))
    return read


@needs_file
def test_each_initiative_has_the_listed_findings_and_colours(content: Mapping[str, Any]) -> None:
    found = report(content)
    for row in content["initiatives"]:
        expected = {
            "computed": COLOURS[row["computed"]],
            "dims": {dimension: COLOURS[colour] for dimension, colour in row["dims"].items()},
            "findings": sorted(finding["rule"] for finding in row["findings"]),
        }
        assert found[row["key"]] == expected, row["key"]
    assert found["_people"] == content["overload"]


@needs_file
def test_each_finding_has_the_listed_grade_dimension_and_metric(content: Mapping[str, Any]) -> None:
    found = assessments(content)
    for row in content["initiatives"]:
        listed = sorted((one["rule"], one["severity"], one["dim"]) for one in row["findings"])
        seen = [one for one in found[row["key"]].findings if one.grade != "info"]
        assert sorted((one.rule, one.grade.value, one.dimension.value) for one in seen) == listed
        for metric in row["metrics"]:
            expected = sorted(metric.get("state", {}).get("findings", []))
            assert sorted(one.rule for one in seen if one.subject == metric["key"] and one.family == "MT") == expected


@needs_file
def test_seven_days_before_each_has_the_listed_colour(content: Mapping[str, Any]) -> None:
    before = assessments(content, weeks_before=1)
    for row in content["initiatives"]:
        assert before[row["key"]].computed.shown == COLOURS[row["computed_prev"]], row["key"]


@needs_file
def test_the_totals_are_those_of_the_reference(content: Mapping[str, Any]) -> None:
    now, before = assessments(content), assessments(content, weeks_before=1)
    facts = {one.key: one for one in portfolio_of(content).initiatives}
    lifecycles = Counter(one.lifecycle for one in facts.values())
    active = [key for key, one in facts.items() if one.lifecycle is Lifecycle.ACTIVE]
    assert lifecycles == {Lifecycle.ACTIVE: 10, Lifecycle.ON_HOLD: 1, Lifecycle.STOPPED: 1}
    assert Counter(now[key].computed.value for key in active) == {"Green": 3, "Amber": 1, "Red": 6}
    assert Counter(one.computed.value for one in before.values()) == {"Green": 3, "Amber": 5, "Red": 3, "not rated": 1}
    assert Counter(now[key].declared for key in active) == {Rag.GREEN: 4, Rag.AMBER: 5, None: 1}
    week = friday(content["weeks"][-1])
    asked = [one for key in active for one in facts[key].asked if one.on == week]
    assert (sum(one.answered_on is not None for one in asked), len(asked)) == (24, 29)
    promised = [one for key in active for one in facts[key].promised[-8:]]
    assert (sum(one.kept for one in promised), sum(one.due for one in promised)) == (154, 187)


@needs_file
def test_the_words_of_the_findings_are_those_of_the_reference_where_they_are_the_same(
    content: Mapping[str, Any],
) -> None:
    found = assessments(content)
    listed = {(row["key"], one["text"]) for row in content["initiatives"] for one in row["findings"]}
    said = {(key, finding_words(one)) for key, seen in found.items() for one in seen.findings}
    assert len(listed & said) >= 18


@needs_file
def test_expected_results_in_the_file_are_never_looked_at(content: Mapping[str, Any]) -> None:
    rows = [{name: value for name, value in row.items() if name not in NEVER_READ} for row in content["initiatives"]]
    for row in rows:
        row["metrics"] = [{name: value for name, value in one.items() if name != "state"} for one in row["metrics"]]
    bare = {name: value for name, value in content.items() if name != "overload"} | {"initiatives": rows}
    assert report(bare) == report(content)


@needs_file
def test_the_command_prints_it(content: Mapping[str, Any]) -> None:
    command = [sys.executable, "-m", "tests.golden", str(FOUND)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == report(content)


WEEKS = [f"2026-W{n}" for n in range(36, 48)]
OWNERS = {"business_sponsor": "Ada", "technical_lead": "Ben", "operations_leader": "Cem"}


def row(key: str, **fields: object) -> dict[str, Any]:
    """Return a healthy initiative of the file's shape with these fields changed."""
    return {
        "key": key,
        "name": key,
        "stage": "pilot",
        "status": "active",
        "stage_entered": "2026-09-07",
        "owners": OWNERS,
        "metrics": [],
        "declared": "G" * 12,
        "answered": dict.fromkeys(OWNERS, "1" * 12),
        "commitments": [[1, 1], [2, 2]] * 6,
        "gates": [],
        "usage_mode": "default",
        "eligible": 10,
    } | fields


def of(*rows: dict[str, Any]) -> dict[str, Any]:
    return report({"as_of": "2026-11-23", "weeks": WEEKS, "initiatives": list(rows)})


def test_a_healthy_file_raises_nothing() -> None:
    assert of(row("AI"))["AI"]["findings"] == []
    assert of(row("AI"))["AI"]["computed"] == "Green"


def test_a_silent_initiative_without_findings_is_shown_as_amber() -> None:
    silent = dict.fromkeys(OWNERS, "1" * 11 + "0")
    found = of(row("AI", answered=silent, declared="G" * 11 + "-"))["AI"]
    assert (found["computed"], found["findings"]) == ("Amber", [])


def test_a_person_with_four_pilots_as_technical_lead_is_named_apart() -> None:
    found = of(
        *(row(f"A{n}", owners=OWNERS | {"business_sponsor": f"S{n}", "operations_leader": f"O{n}"}) for n in range(4))
    )
    assert found["_people"] == [{"person": "Ben", "role": "technical_lead", "rule": "OWN-03"}]
    assert all(found[f"A{n}"]["computed"] == "Green" for n in range(4))


def test_an_approved_extension_moves_the_limit_and_still_counts_as_a_slip() -> None:
    fields = {
        "timebox": ["2026-09-07", "2026-11-06", "2026-12-04"],
        "slips": [["2026-11-02", "2026-11-06", "2026-12-04"]],
        "timebox_approved": "2026-12-04",
    }
    assert of(row("AI", **fields))["AI"]["findings"] == ["DT-01", "WM-01"]
    del fields["timebox_approved"]
    assert "PL-01" in of(row("AI", **fields))["AI"]["findings"]


def test_two_approved_extensions_are_a_perpetual_pilot() -> None:
    fields = {
        "timebox": ["2026-09-07", "2026-11-06", "2026-12-18"],
        "slips": [["2026-10-02", "2026-11-06", "2026-11-27"], ["2026-11-02", "2026-11-27", "2026-12-18"]],
        "timebox_approved": "2026-12-18",
    }
    assert "PL-03" in of(row("AI", **fields))["AI"]["findings"]


def test_weeks_before_anybody_answered_and_of_a_vacant_role_are_not_expected() -> None:
    late = dict.fromkeys(OWNERS, "0" * 10 + "11")
    vacant = {"owners": OWNERS | {"business_sponsor": None}, "vacant_since": {"business_sponsor": "2026-11-16"}}
    answers = {**dict.fromkeys(OWNERS, "1" * 12), "business_sponsor": "1" * 11 + "0"}
    assert of(row("AI", answered=late))["AI"]["findings"] == []
    assert of(row("AI", answered=answers, **vacant))["AI"]["findings"] == ["OWN-01"]


def test_a_decision_taken_last_week_is_undone_a_week_before() -> None:
    stopped = row(
        "AI",
        status="stopped",
        gates=[{"code": "G2", "due": "2026-10-30", "met": 1, "total": 9, "decision": "kill", "decided": "2026-11-18"}],
    )
    content = {"as_of": "2026-11-23", "weeks": WEEKS, "initiatives": [stopped]}
    assert assessments(content)["AI"].computed.shown == "not rated"
    before = assessments(content, weeks_before=1)["AI"]
    assert [one.rule for one in before.findings if one.grade != "info"] == ["GT-01", "WM-01"]
