"""Sentences about owners, updates, promises, honest reports and leadership."""

from collections.abc import Callable

from bot.domain.rules.findings import Finding
from bot.messages.findings.measures import day, percent, readable, working_days
from bot.messages.words import counted


def own_01(finding: Finding) -> str:
    """Return the sentence of a gap in a role."""
    return f"{readable(finding.subject)} {finding.numbers['why']} {working_days(finding.numbers['days'])}"


def own_02(finding: Finding) -> str:
    """Return the sentence of roles that hang on too few."""
    names = str(finding.numbers["names"])
    if finding.numbers["people"] == 1:
        return f"{names} holds all three roles"
    return f"{names} hold all three roles between them"


def own_05(finding: Finding) -> str:
    """Return the sentence of dependence on one person."""
    numbers = finding.numbers
    if finding.subject == "delegates":
        return f"live without a delegate for: {readable(str(numbers['roles']))}"
    return f"{numbers['person']} did {numbers['acts']} of {numbers['of']} answers, sign-offs and promises"


def upd_02(finding: Finding) -> str:
    """Return the sentence of silence, of all owners or of one role."""
    days = working_days(finding.numbers["days"])
    whom = "any owner" if finding.subject == "owners" else f"the {readable(finding.subject)}"
    return f"no update from {whom} for {days}"


def upd_03(finding: Finding) -> str:
    """Return the sentence of an update that repeats the last ones."""
    if "metric" in finding.numbers:
        return f"{finding.numbers['metric']}: the same value {finding.numbers['weeks']} weeks running"
    return f"{readable(finding.subject)}: the same words in {finding.numbers['updates']} updates"


def upd_04(finding: Finding) -> str:
    """Return the sentence of owners who see it differently."""
    if finding.numbers["stop"]:
        return "the sponsor would stop it, another owner reports Green"
    spread = int(finding.numbers["spread"])
    return f"owners disagree{f' (confidence {spread} of 10 apart)' if spread else ''}"


def pk_01(finding: Finding) -> str:
    """Return the sentence of promises kept."""
    numbers = finding.numbers
    kept, due = int(numbers["kept"]), int(numbers["due"])
    text = f"promises kept {kept}/{due} ({percent(kept / due)}) over {numbers['weeks']} weeks"
    return f"{text}, one a week at most" if numbers.get("few") else text


def wm_01(finding: Finding) -> str:
    """Return the sentence of a report that the numbers contradict."""
    reds, ambers = int(finding.numbers["reds"]), int(finding.numbers["ambers"])
    found = [counted(number, f"{word} finding") for number, word in ((reds, "Red"), (ambers, "Amber")) if number]
    return f"reported Green, {' and '.join(found)}"


def wm_03(finding: Finding) -> str:
    """Return the sentence of an Amber that stays."""
    return f"reported Amber for {finding.numbers['weeks']} weeks without a day for the way back to Green"


def ll_01(finding: Finding) -> str:
    """Return the sentence of a lesson that is due."""
    return f"no lesson published {working_days(finding.numbers['days'])} after {finding.subject}"


def ex_02(finding: Finding) -> str:
    """Return the sentence of funding that ends."""
    days = int(finding.numbers["days"])
    if days < 0:
        return f"unfunded since {day(finding.numbers['until'])}"
    return f"funded until {day(finding.numbers['until'])}, {counted(days, 'more day')}"


SENTENCES: dict[str, Callable[[Finding], str]] = {
    "OWN-01": own_01,
    "OWN-02": own_02,
    "OWN-04": lambda one: (
        f"{readable(one.subject)}: a delegate gave {one.numbers['answers']} of the last {one.numbers['of']} answers"
    ),
    "OWN-05": own_05,
    "OWN-06": lambda one: f"sponsor missed {one.numbers['missed']} of last {one.numbers['of']} check-ins",
    "OWN-07": lambda one: (
        f"{readable(one.subject)} changed {one.numbers['changes']} times in {one.numbers['weeks']} weeks"
    ),
    "OWN-08": lambda _: "sponsor and operations leader both sit in a technical unit",
    "UPD-01": lambda one: f"{readable(one.subject)} did not answer in {one.numbers['week']}",
    "UPD-02": upd_02,
    "UPD-03": upd_03,
    "UPD-04": upd_04,
    "PK-01": pk_01,
    "PK-02": lambda one: f"put off {one.numbers['times']} times: {one.numbers['text']}",
    "PK-03": lambda one: f"no promise due or made for {one.numbers['weeks']} weeks",
    "WM-01": wm_01,
    "WM-02": lambda one: f"from Green to Red in {one.numbers['week']} without Amber before",
    "WM-03": wm_03,
    "WM-04": lambda one: f"reported Amber, computed Red for {one.numbers['weeks']} weeks",
    "LL-01": ll_01,
    "LL-02": lambda one: f"{one.numbers['reused']} of {one.numbers['total']} playbook items taken over",
    "EX-01": lambda one: f"no leadership forum used it for {one.numbers['days']} days",
    "EX-02": ex_02,
    "EX-03": lambda one: (
        f"{readable(one.subject)} changed {working_days(one.numbers['days'])} ago, hand-over not accepted"
    ),
}
