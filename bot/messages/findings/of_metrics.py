"""Sentences about metrics and adoption: the value, its limit, and since when or how near."""

from collections.abc import Callable

from bot.domain.rules.findings import Finding
from bot.messages.findings.measures import day, measured, percent, plain
from bot.messages.words import counted


def _value(finding: Finding) -> str:
    return measured(finding.numbers["last"], finding.numbers["unit"])


def _limit(finding: Finding) -> str:
    return measured(finding.numbers["limit"], finding.numbers["unit"])


def mt_01(finding: Finding) -> str:
    """Return the sentence of a value beyond its warning level."""
    warn = measured(finding.numbers["warn"], finding.numbers["unit"])
    return f"{finding.numbers['metric']} {_value(finding)} beyond warning {warn}"


def mt_02(finding: Finding) -> str:
    """Return the sentence of a single breach."""
    text = f"{finding.numbers['metric']} {_value(finding)} vs limit {_limit(finding)}"
    return f"{text}, within sampling error" if finding.numbers.get("within_error") else f"{text}, one value"


def mt_03(finding: Finding) -> str:
    """Return the sentence of a confirmed breach."""
    weeks = counted(int(finding.numbers["weeks"]), "week")
    return f"{finding.numbers['metric']} {_value(finding)} vs limit {_limit(finding)} ({weeks})"


def early(finding: Finding) -> str:
    """Return the sentence of an early signal."""
    text = f"{_value(finding)}, limit {_limit(finding)}"
    if "weeks_left" in finding.numbers:
        text += f", about {plain(finding.numbers['weeks_left'], 1)} weeks away"
    provisional = ", provisional" if finding.numbers.get("provisional") else ""
    return f"{finding.numbers['metric']} degrading ({text}{provisional})"


def mt_08(finding: Finding) -> str:
    """Return the sentence of a goal that will be missed at this pace."""
    numbers = finding.numbers
    then = measured(round(float(numbers["projected"]), 2), numbers["unit"])
    return (
        f"{numbers['metric']} off pace: {_value(finding)}, projected {then} by {day(numbers['by'])}, "
        f"needs {_limit(finding)}"
    )


def mt_11(finding: Finding) -> str:
    """Return the sentence of a threshold that was made weaker."""
    numbers = finding.numbers
    before, after = measured(numbers["before"], numbers["unit"]), measured(numbers["after"], numbers["unit"])
    return f"{numbers['metric']}: threshold moved from {before} to {after} on {day(numbers['on'])}"


def ad_01(finding: Finding) -> str:
    """Return the sentence of adoption that stalls."""
    numbers = finding.numbers
    rate, target = plain(numbers["rate"], 1), plain(numbers["target"], 1)
    return f"adoption stalled at {rate}% (target {target}%, {float(numbers['slope']):+.1f} pp/week)"


def ad_02(finding: Finding) -> str:
    """Return the sentence of adoption that decays."""
    return f"adoption fell to {plain(finding.numbers['rate'], 1)}% from {plain(finding.numbers['best'], 1)}%"


def ad_03(finding: Finding) -> str:
    """Return the sentence of use that is not part of the work."""
    numbers = finding.numbers
    if "days" in numbers:
        return f"still optional {numbers['days']} days after go-live"
    share = percent(float(numbers["acted_on"]) / float(numbers["target"]))
    return f"outputs are acted on at {share} of the target"


SENTENCES: dict[str, Callable[[Finding], str]] = {
    "MT-01": mt_01,
    "MT-02": mt_02,
    "MT-03": mt_03,
    "MT-04": early,
    "MT-05": early,
    "MT-06": early,
    "MT-07": lambda one: f"{one.numbers['metric']} not reported for {one.numbers['missing']} weeks",
    "MT-08": mt_08,
    "MT-09": lambda one: f"{one.numbers['metric']} {_value(one)}: missed {_limit(one)} due {day(one.numbers['by'])}",
    "MT-10": lambda one: f"no efficiency, revenue or cost value for {one.numbers['weeks']} weeks",
    "MT-11": mt_11,
    "MT-12": lambda one: f"{one.numbers['metric']} has no measured baseline",
    "AD-01": ad_01,
    "AD-02": ad_02,
    "AD-03": ad_03,
    "AD-04": lambda one: f"overrides at {measured(one.numbers['rate'], one.numbers['unit'])}, and rising",
}
