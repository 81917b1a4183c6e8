"""Sentences about dates, gates, pilots, blockers, governance, infrastructure and the portfolio."""

from collections.abc import Callable

from bot.domain.rules.findings import Finding
from bot.messages.findings.measures import day, percent, plain, readable, working_days
from bot.messages.words import counted


def dt_01(finding: Finding) -> str:
    """Return the sentence of slips."""
    numbers = finding.numbers
    days = counted(int(numbers["days"]), "day")
    return f"{counted(int(numbers['slips']), 'slip')}, +{days} ({percent(numbers['share'])})"


def gt_01(finding: Finding) -> str:
    """Return the sentence of a gate past its date."""
    numbers = finding.numbers
    text = (
        f"{finding.subject} overdue {working_days(numbers['days'])} ({numbers['met']}/{numbers['total']} criteria met)"
    )
    return f"{text}, no new date" if numbers.get("no_new_date") else text


def gt_03(finding: Finding) -> str:
    """Return the sentence of a gate prepared in a rush."""
    numbers = finding.numbers
    return (
        f"{finding.subject}: of {numbers['musts']} must criteria {numbers['open']} not submitted, "
        f"{numbers['late']} in the last days"
    )


def gt_04(finding: Finding) -> str:
    """Return the sentence of a condition past its date."""
    gate = finding.subject.partition(" ")[0]
    return f"{gate} condition overdue {working_days(finding.numbers['days'])}: {finding.numbers['text']}"


def pl_01(finding: Finding) -> str:
    """Return the sentence of a pilot past its time."""
    numbers = finding.numbers
    return (
        f"pilot {working_days(numbers['days'])} past its approved time-box "
        f"({percent(numbers['share'])} of planned length)"
    )


def pl_03(finding: Finding) -> str:
    """Return the sentence of a pilot without end."""
    extended = counted(int(finding.numbers["extensions"]), "approved extension")
    return f"perpetual pilot: {extended}, {percent(finding.numbers['share'])} of planned length"


def pl_04(finding: Finding) -> str:
    """Return the sentence of evidence that will not be enough."""
    numbers = finding.numbers
    values = f"{numbers['points']} weekly values, {numbers['expected']} by the end"
    return f"evidence too thin: {numbers['metric']} has {values}"


def gv_01(finding: Finding) -> str:
    """Return the sentence of governance that comes late."""
    numbers = finding.numbers
    maturity = readable(str(numbers["maturity"]))
    return f"{readable(finding.subject)} is at “{maturity}” with {percent(numbers['share'])} of the time-box gone"


def if_01(finding: Finding) -> str:
    """Return the sentence of a capability that lags."""
    numbers = finding.numbers
    if numbers["temporary"]:
        return f"{readable(finding.subject)} is still temporary after G3"
    return f"{readable(finding.subject)} at level {numbers['level']}, needs {numbers['needed']}"


def if_02(finding: Finding) -> str:
    """Return the sentence of deployment by hand."""
    if finding.numbers["manual"]:
        return "live with deployment by hand"
    return f"{working_days(int(float(finding.numbers['days'])))} from change to deployment"


def pf_01(finding: Finding) -> str:
    """Return the sentence of too many pilots."""
    numbers = finding.numbers
    return f"{counted(int(numbers['pilots']), 'active pilot')} (limit {numbers['limit']}) for {numbers['live']} live"


SENTENCES: dict[str, Callable[[Finding], str]] = {
    "DT-01": dt_01,
    "DT-02": lambda one: f"{one.subject.partition(' ')[0]} moved to {day(one.numbers['to'])} at the last minute",
    "DT-03": lambda one: f"{one.subject}: no new date",
    "DT-04": lambda one: f"{one.subject} at this rate on {day(one.numbers['projected'])}",
    "DT-05": lambda one: f"{one.numbers['on_time']} of {one.numbers['due']} items done by their first date",
    "GT-01": gt_01,
    "GT-02": lambda one: f"{one.subject} waiting {working_days(one.numbers['days'])} for a decision",
    "GT-03": gt_03,
    "GT-04": gt_04,
    "GT-05": lambda one: f"evidence for {one.subject} expired {working_days(one.numbers['days'])} ago",
    "GT-06": lambda one: f"live without passing {one.numbers['gates']}",
    "GT-07": lambda one: f"hold review overdue {working_days(one.numbers['days'])}",
    "GT-08": lambda one: f"{one.subject} is at attempt {one.numbers['attempt']}",
    "PL-01": pl_01,
    "PL-02": lambda one: (
        f"pilot work began with {counted(int(one.numbers['unlocked']), 'must criterion', 'must criteria')} not locked"
    ),
    "PL-03": pl_03,
    "PL-04": pl_04,
    "PL-05": lambda one: f"production-readiness numbers not set at {percent(one.numbers['share'])} of the time-box",
    "PL-06": lambda one: f"{one.numbers['reach']} {one.subject}, the cap is {one.numbers['cap']}",
    "BL-01": lambda one: f"blocker open {working_days(one.numbers['days'])}: {one.numbers['text']}",
    "BL-02": lambda one: f"ask overdue {working_days(one.numbers['days'])}: {one.numbers['text']}",
    "GV-01": gv_01,
    "GV-02": lambda one: f"review of {readable(one.subject)} overdue {working_days(one.numbers['days'])}",
    "GV-03": lambda one: f"governance review of {day(one.subject)} did not happen, {one.numbers['waiting']} waited",
    "INC-01": lambda one: f"serious incident open {working_days(one.numbers['days'])}",
    "IF-01": if_01,
    "IF-02": if_02,
    "LL-03": lambda one: f"{one.subject} blocks {one.numbers['initiatives']} initiatives: {one.numbers['keys']}",
    "PF-01": pf_01,
    "PF-02": lambda one: (
        f"{one.subject}: {one.numbers['days']} days in its stage, the median is {plain(one.numbers['median'])}"
    ),
}
