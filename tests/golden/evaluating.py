"""What the product's rules make of a file of facts, in the shape the contract names."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.domain.rules.evaluation import Assessment, assess
from bot.domain.rules.findings import DIMENSIONS, Grade
from bot.domain.rules.portfolio import PortfolioFacts, overview, own_03
from tests.golden.reading import as_of, facts_of


def portfolio_of(content: Mapping[str, Any]) -> PortfolioFacts:
    """Return the file's facts."""
    return PortfolioFacts(initiatives=tuple(facts_of(row, content["weeks"]) for row in content["initiatives"]))


def assessments(content: Mapping[str, Any], weeks_before: int = 0) -> dict[str, Assessment]:
    """Return what is computed of each initiative on the file's day, or that many weeks before it."""
    on = as_of(content) - timedelta(weeks=weeks_before)
    return {facts.key: assess(facts, on) for facts in portfolio_of(content).initiatives}


def report(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the findings by initiative, Amber and Red, and those about people."""
    found: dict[str, Any] = {key: summary(one) for key, one in assessments(content).items()}
    return found | {"_people": people(content, as_of(content))}


def summary(one: Assessment) -> dict[str, Any]:
    """Return one initiative's colours as words and the ids of its findings."""
    return {
        "computed": one.computed.shown,
        "dims": {dimension.value: one.dimensions[dimension].value for dimension in DIMENSIONS},
        "findings": sorted(finding.rule for finding in one.findings if finding.grade is not Grade.INFO),
    }


def people(content: Mapping[str, Any], on: date) -> list[dict[str, str]]:
    """Return who carries too much in which role."""
    found = own_03(overview(portfolio_of(content), on))
    return [{"person": one.person, "role": one.role.value, "rule": one.rule} for one in found]
