"""Tests of metrics and values in a portfolio file."""

from typing import Any

import pytest

from bot.domain.measuring.measurements import MeasurementState
from bot.domain.portfolio.book import Book, differences
from bot.domain.portfolio.merge import merged
from bot.formats import portfolio
from tests.domain.portfolio_files import RULES

HEAD = """version: 1
organisation: {name: N, timezone: UTC}
portfolios: [{key: MAIN, name: Main}]
initiatives: [{key: SEPSIS, name: Sepsis, stage: pilot}]
"""
AUROC = "metrics: [{initiative: SEPSIS, key: auroc, name: AUROC, kind: accuracy, plausible_min: 0, plausible_max: 1}]\n"


def taken(text: str, before: Book | None = None) -> tuple[Book, list[str]]:
    content, wrong = portfolio.read(HEAD + text)
    after, problems = merged(before or Book(), content, RULES)
    return after, [str(each) for each in [*wrong, *problems]]


def values(*entries: str) -> str:
    return AUROC + "history: {measurements: [" + ", ".join(f"{{initiative: SEPSIS, {each}}}" for each in entries) + "]}"


def test_values_are_taken_once_however_often_the_file_is_imported() -> None:
    text = values("metric: auroc, period: 2026-W44, value: 0.82, recorded_at: '2026-11-02T09:00:00Z'")
    book, problems = taken(text)
    assert problems == []
    again, _ = taken(text, book)
    assert differences(book, again) == {}
    (value,) = book.measurements.values()
    assert (value.period.key, str(value.value)) == ("2026-W44", "0.82")


def test_another_value_for_a_period_corrects_the_first_when_it_was_recorded_later() -> None:
    first = "metric: auroc, period: 2026-W44, value: 0.28, recorded_at: '2026-11-02T09:00:00Z'"
    book, _ = taken(values(first))
    book, _ = taken(values("metric: auroc, period: 2026-W44, value: 0.82, recorded_at: '2026-11-03T09:00:00Z'"), book)
    assert [each.state for each in book.measurements.values()] == [MeasurementState.VOID, MeasurementState.CORRECTED]
    again, _ = taken(values("metric: auroc, period: 2026-W44, value: 0.5, recorded_at: '2026-11-01T09:00:00Z'"), book)
    assert differences(book, again) == {}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("metric: auroc, period: 2026-W44, value: 82", "value: 82 cannot be: AUROC is between 0 and 1. Correct it."),
        ("metric: auroc, period: 2026-10, value: 0.8", "period: “2026-10” is not a period. Write a week such as"),
        ("metric: psi, period: 2026-W44, value: 0.8", 'metric: "psi" is no metric of this initiative'),
        ("metric: auroc, period: 2027-W01, value: 0.8", "period: lies in the future"),
        ("metric: auroc, period: 2026-W44, value: much", 'value: must be a number, not "much"'),
        ("metric: auroc, period: 2026-W44, value: .inf", "value: must be a number"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_reason(entry: str, reason: str) -> None:
    _, problems = taken(values(entry))
    assert len(problems) == 1
    assert f"line 6, history.measurements[1].{reason}" in problems[0]


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("plausible_min: 2, plausible_max: 1", "plausible_max: must be above plausible_min"),
        ("source: api", "pull: says where values of source api are fetched, and only those are"),
        (
            "source: api, pull: {kind: json, url: 'https://x', query: a, secret: STEWARD_API_TOKEN}",
            "is not a name such",
        ),
        ("source: api, pull: {kind: json, url: 'https://me:pw@x', query: a}", "is not an address such as"),
    ],
)
def test_a_metric_that_cannot_be_is_named_with_its_reason(metric: str, reason: str) -> None:
    _, problems = taken(f"metrics: [{{initiative: SEPSIS, key: auroc, name: A, kind: accuracy, {metric}}}]")
    assert any(reason in problem for problem in problems), problems


def test_a_metric_changes_in_what_the_file_says_of_it() -> None:
    book, _ = taken(AUROC)
    changed: Any = taken("metrics: [{initiative: SEPSIS, key: auroc, unit: '%', plausible_max: null}]", book)
    (metric,) = changed[0].metrics.values()
    assert (metric.name, metric.unit, metric.plausible_max) == ("AUROC", "%", None)
