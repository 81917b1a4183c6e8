"""DT: slips, and dates nobody can believe (domain.md 4.4)."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade, graded
from bot.domain.rules.records import TIMEBOX, DateChange, Gate


def slips_of(case: Case, subject: str) -> list[DateChange]:
    """Return the changes to a later date of one subject, oldest first, approved or not."""
    return [one for one in case.facts.changes if one.subject == subject and one.after > one.before]


def dt_01(case: Case) -> Iterator[Finding]:
    """
    A date moved later, approved or not, per gate, time-box, go-live or phase. Share = slipped calendar days from the
    first date to the last / days from the start of the time-box (else of the stage) to the first date. Amber:
    {dates.slips_amber} slips or a share of {dates.slip_share_amber:.0%}; Red: {dates.slips_red} slips, or
    {dates.slip_share_red:.0%} and {dates.slip_days_red} days.
    """
    rules, box = case.policy.dates, case.facts.timebox
    start = box.start if box else case.facts.stage_entered_on
    for subject in dict.fromkeys(one.subject for one in case.facts.changes):
        slips = slips_of(case, subject)
        if not slips:
            continue
        days = (slips[-1].after - slips[0].before).days
        planned = (slips[0].before - start).days if start else 0
        share = days / planned if planned > 0 else 0.0
        grade = graded(
            len(slips) >= rules.slips_amber or share >= rules.slip_share_amber,
            len(slips) >= rules.slips_red or (share >= rules.slip_share_red and days >= rules.slip_days_red),
        )
        if grade:
            yield Finding("DT-01", subject, grade, {"slips": len(slips), "days": days, "share": share})


def dt_02(case: Case) -> Iterator[Finding]:
    """A date was moved within {dates.last_minute_wd} working days before it, or after it: info."""
    for one in case.facts.changes:
        if one.after > one.before and case.calendar.count(one.on, one.before) <= case.policy.dates.last_minute_wd:
            yield Finding("DT-02", f"{one.subject} {one.before}", Grade.INFO, {"on": str(one.on), "to": str(one.after)})


def dt_03(case: Case) -> Iterator[Finding]:
    """
    A gate is more than {dates.overdue_wd} working days past its date, not decided, and its date was not moved since:
    printed within GT-01, no finding of its own.
    """
    for gate in case.facts.gates:
        moved = any(one.subject in (gate.code, TIMEBOX) and one.on > gate.due for one in case.facts.changes)
        if gate.decision is None and case.wd(gate.due) > case.policy.dates.overdue_wd and not moved:
            yield Finding("DT-03", gate.code, Grade.INFO)


def dt_04(case: Case) -> Iterator[Finding]:
    """
    A date that moves away as one comes nearer: slipped days / calendar days since the first date was agreed, over
    {dates.trend_days} days or more, is {dates.trend_rate} or more: Amber, with the date it projects.
    """
    for gate in case.facts.gates:
        if gate.decision is None and gate.approved_on and gate.baseline_due:
            yield from _not_credible(case, gate, gate.approved_on, gate.baseline_due)


def _not_credible(case: Case, gate: Gate, agreed: date, baseline: date) -> Iterator[Finding]:
    rules, elapsed = case.policy.dates, (case.on - agreed).days
    if elapsed < rules.trend_days:
        return
    rate = (gate.due - baseline).days / elapsed
    if rate >= rules.trend_rate:
        left = max(0, (gate.due - case.on).days)
        projected = gate.due + timedelta(days=round(rate * left))
        yield Finding("DT-04", gate.code, Grade.AMBER, {"rate": rate, "projected": str(projected)})


def dt_05(case: Case) -> Iterator[Finding]:
    """
    Of the items due so far by their first date, {dates.index_items} or more, fewer than {dates.index_amber:.0%} were
    finished by then: Amber.
    """
    due = [one for one in case.facts.milestones if one.baseline_due <= case.on]
    on_time = sum(one.done_on is not None and one.done_on <= one.baseline_due for one in due)
    if len(due) >= case.policy.dates.index_items and on_time / len(due) < case.policy.dates.index_amber:
        yield Finding("DT-05", "items", Grade.AMBER, {"on_time": on_time, "due": len(due)})


RULES = (
    Rule("DT-01", "Slip", dt_01),
    Rule("DT-02", "Last-minute slip", dt_02),
    Rule("DT-03", "Overdue, no new date", dt_03, at_once=True),
    Rule("DT-04", "Date not credible", dt_04),
    Rule("DT-05", "On-time index", dt_05),
)
