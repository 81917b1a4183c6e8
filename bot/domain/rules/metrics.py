"""
MT: breaches and degradation of metrics, right with few weekly points (domain.md 4.6).

Values are oriented so that higher is better. A guardrail must hold every period (MT-01 to 06); a goal is judged by its
pace until its day (MT-08) and by its last value after it (MT-09).
"""

from collections.abc import Iterator

from bot.domain.gates.criteria import CriterionMode
from bot.domain.initiatives import Stage
from bot.domain.measuring.metrics import Direction
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade, Number
from bot.domain.rules.measured import BUSINESS, DRIFT, Metric
from bot.domain.rules.thresholds import MetricRules
from bot.domain.statistics.control import has_little_room, has_shifted, limits_of, periods_until
from bot.domain.statistics.drift import is_sample_too_small
from bot.domain.statistics.proportions import wilson
from bot.domain.statistics.trend import is_falling, line_of, slope_of

NEARLY = 1e-9
PERCENT = "%"


def guardrails(case: Case) -> Iterator[Metric]:
    """Yield the guardrails that have a value."""
    return (one for one in case.facts.metrics if one.mode is CriterionMode.GUARDRAIL and one.values)


def numbers_of(metric: Metric, rules: MetricRules) -> dict[str, Number]:
    """Return what every finding about a metric says: its last value, limit and slope a week, in its own unit."""
    values = metric.values
    numbers: dict[str, Number] = {
        "metric": metric.name,
        "unit": metric.unit,
        "last": values[-1],
        "limit": _limit(metric),
        "direction": metric.direction,
        "slope": slope_of(values[-rules.shown_slope_last :]),
    }
    if len(values) < rules.provisional_points:
        numbers["provisional"] = True
    return numbers


def _limit(metric: Metric) -> float:
    """Return the limit a value of a range is nearer to, else the threshold."""
    if metric.direction is Direction.RANGE and metric.range_hi is not None:
        return min((metric.threshold, metric.range_hi), key=lambda limit: abs(metric.values[-1] - limit))
    return metric.threshold


def is_confirmed(metric: Metric, rules: MetricRules) -> bool:
    """Return whether the last value is beyond the limit and enough of the last expected periods are."""
    if not metric.values or not metric.is_beyond(metric.values[-1]):
        return False
    last = [one.value for one in metric.readings[-rules.confirmed_of :] if one.value is not None]
    return sum(metric.is_beyond(value) for value in last) >= rules.confirmed


def weeks_in_breach(metric: Metric) -> int:
    """Return how many of the latest values in a row are beyond the limit."""
    weeks = 0
    for value in reversed(metric.values):
        if not metric.is_beyond(value):
            break
        weeks += 1
    return weeks


def within_error(metric: Metric) -> bool:
    """Return whether the last value is a proportion whose 90% interval holds the limit."""
    last = metric.last
    if last is None or last.numerator is None or not last.denominator or metric.direction is Direction.RANGE:
        return False
    if not 0 <= last.numerator <= last.denominator:
        return False
    limit = metric.threshold / 100 if metric.unit == PERCENT else metric.threshold
    return wilson(last.numerator, last.denominator).holds(limit)


def mt_01(case: Case) -> Iterator[Finding]:
    """
    A guardrail's last value is beyond its warning level and within its limit, or not surely beyond it: Amber. Not
    raised for a drift index of a sample below {metrics.psi_sample} on either side.
    """
    for metric in guardrails(case):
        value = metric.values[-1]
        sure = metric.is_beyond(value) and not (within_error(metric) and not is_confirmed(metric, case.policy.metrics))
        if metric.is_beyond_warning(value) and not sure and not _is_too_small(metric, case.policy.metrics):
            numbers = numbers_of(metric, case.policy.metrics) | {"warn": metric.warn or 0.0}
            yield Finding("MT-01", metric.key, Grade.AMBER, numbers)


def _is_too_small(metric: Metric, rules: MetricRules) -> bool:
    last = metric.last
    if metric.kind != DRIFT or last is None:
        return False
    return is_sample_too_small(last.sample, last.reference, rules.psi_sample)


def mt_02(case: Case) -> Iterator[Finding]:
    """
    A guardrail's last value is beyond its limit, not confirmed: Amber; info while the 90% interval of a proportion
    holds the limit.
    """
    rules = case.policy.metrics
    for metric in guardrails(case):
        if metric.is_beyond(metric.values[-1]) and not is_confirmed(metric, rules):
            grade, numbers = Grade.AMBER, numbers_of(metric, rules)
            if within_error(metric):
                grade, numbers = Grade.INFO, numbers | {"within_error": True}
            yield Finding("MT-02", metric.key, grade, numbers)


def mt_03(case: Case) -> Iterator[Finding]:
    """
    A guardrail's last value and {metrics.confirmed} or more of its last {metrics.confirmed_of} expected periods are
    beyond its limit: Red for a must criterion, else Amber; clears after two periods within.
    """
    for metric in guardrails(case):
        if is_confirmed(metric, case.policy.metrics):
            numbers = numbers_of(metric, case.policy.metrics) | {"weeks": weeks_in_breach(metric)}
            yield Finding("MT-03", metric.key, Grade.RED if metric.must else Grade.AMBER, numbers)


def signals(metric: Metric, rules: MetricRules) -> tuple[str, ...]:
    """
    Return the ids of the early signals a metric shows: MT-04, MT-05, MT-06.

    None with fewer than seven values, nor while there is room to the limit (the headroom gate).
    """
    series = metric.series()
    limits = limits_of(series)
    if limits is None or not has_little_room(series, limits.centre, metric.limit, rules.limit_within_periods):
        return ()
    shifted = len(series) >= rules.run_points and has_shifted(series, limits.centre, rules.run)
    found = {"MT-04": series[-1] < limits.lower, "MT-05": shifted, "MT-06": is_falling(series)}
    return tuple(rule for rule, shown in found.items() if shown)


def _early(case: Case, rule: str) -> Iterator[Finding]:
    rules = case.policy.metrics
    for metric in guardrails(case):
        if rule in signals(metric, rules):
            numbers, left = numbers_of(metric, rules), periods_until(metric.series(), metric.limit)
            yield Finding(rule, metric.key, Grade.AMBER, numbers | ({"weeks_left": left} if left is not None else {}))


def mt_04(case: Case) -> Iterator[Finding]:
    """
    A guardrail's last value is below its centre line by more than 2.66 mean moving ranges (XmR; baseline all but the
    last of 7-8 values, the first 6 of 9-12, the first 12 of more), and there is little room left: Amber.
    """
    return _early(case, "MT-04")


def mt_05(case: Case) -> Iterator[Finding]:
    """
    A guardrail's last {metrics.run} values are all on the adverse side of its centre line, of {metrics.run_points} or
    more, and there is little room left: Amber.
    """
    return _early(case, "MT-05")


def mt_06(case: Case) -> Iterator[Finding]:
    """
    A guardrail's last 8 values fall by the Mann-Kendall test (S at most -20; -17 for 7), and there is little room left:
    Amber.
    """
    return _early(case, "MT-06")


def mt_07(case: Case) -> Iterator[Finding]:
    """The latest {metrics.missing} or more expected values are missing: Amber; {metrics.missing_red} or more: Red."""
    rules = case.policy.metrics
    for metric in case.facts.metrics:
        if (missing := metric.missing()) >= rules.missing:
            grade = Grade.RED if missing >= rules.missing_red else Grade.AMBER
            yield Finding("MT-07", metric.key, grade, {"metric": metric.name, "missing": missing})


def projected(case: Case, metric: Metric) -> float:
    """Return the goal's value on its day by the Theil-Sen line of the last eight values, in its own unit."""
    values = metric.values[-case.policy.metrics.pace_last :]
    line = line_of(values)
    weeks = ((metric.by or case.on) - case.on).days / 7
    return line.at(len(values) - 1) + line.slope * weeks


def mt_08(case: Case) -> Iterator[Finding]:
    """
    A goal of {metrics.pace_points} or more values whose Theil-Sen line (last {metrics.pace_last}) fails its threshold
    on its day, until that day: Amber.
    """
    rules = case.policy.metrics
    for metric in case.facts.metrics:
        is_due = metric.mode is CriterionMode.GOAL and metric.by is not None and case.on <= metric.by
        if not is_due or len(metric.values) < rules.pace_points:
            continue
        then = projected(case, metric)
        if metric.oriented(then) < metric.limit - NEARLY:
            numbers = numbers_of(metric, rules) | {"projected": then, "by": str(metric.by)}
            yield Finding("MT-08", metric.key, Grade.AMBER, numbers)


def mt_09(case: Case) -> Iterator[Finding]:
    """A goal's day has passed and its last value fails the threshold: Red for a must criterion, else Amber."""
    for metric in case.facts.metrics:
        is_over = metric.mode is CriterionMode.GOAL and metric.by is not None and case.on > metric.by
        if is_over and metric.values and metric.is_beyond(metric.values[-1]):
            numbers = numbers_of(metric, case.policy.metrics) | {"by": str(metric.by)}
            yield Finding("MT-09", metric.key, Grade.RED if metric.must else Grade.AMBER, numbers)


def mt_10(case: Case) -> Iterator[Finding]:
    """
    In production or scaled, and no efficiency, revenue or cost metric has a value in the last
    {metrics.business_weeks} weeks: Amber.
    """
    since = case.since_weeks(case.policy.metrics.business_weeks)
    of_business = (one for one in case.facts.metrics if one.kind in BUSINESS)
    measured = any(each.value is not None and each.on >= since for one in of_business for each in one.readings)
    if case.has_reached(Stage.PRODUCTION) and not measured:
        yield Finding("MT-10", "business value", Grade.AMBER, {"weeks": case.policy.metrics.business_weeks})


def mt_11(case: Case) -> Iterator[Finding]:
    """
    A new version of a criterion has a weaker threshold after a measurement: info; Amber within
    {metrics.goalpost_wd} working days before a gate that is not decided.
    """
    for metric in case.facts.metrics:
        for move in metric.moves:
            measured = any(one.value is not None and one.on <= move.on for one in metric.readings)
            if measured and metric.oriented(move.after) < metric.oriented(move.before):
                gates = (one.due for one in case.facts.gates if one.decision is None and one.due >= move.on)
                near = any(case.calendar.count(move.on, due) <= case.policy.metrics.goalpost_wd for due in gates)
                numbers: dict[str, Number] = {"metric": metric.name, "unit": metric.unit, "on": str(move.on)}
                numbers |= {"before": move.before, "after": move.after}
                yield Finding("MT-11", f"{metric.key} {move.on}", Grade.AMBER if near else Grade.INFO, numbers)


def mt_12(case: Case) -> Iterator[Finding]:
    """From the pilot on, a must criterion has no measured baseline: Amber. A measured 0 is one."""
    for metric in case.facts.metrics:
        if metric.must and metric.baseline is None and case.has_reached(Stage.PILOT):
            yield Finding("MT-12", metric.key, Grade.AMBER, {"metric": metric.name})


RULES = (
    Rule("MT-01", "Warning", mt_01),
    Rule("MT-02", "Single breach", mt_02),
    Rule("MT-03", "Confirmed breach", mt_03),
    Rule("MT-04", "Level shift", mt_04),
    Rule("MT-05", "Sustained shift", mt_05),
    Rule("MT-06", "Trend", mt_06),
    Rule("MT-07", "Missing", mt_07, at_once=True),
    Rule("MT-08", "Off pace", mt_08),
    Rule("MT-09", "Goal missed", mt_09),
    Rule("MT-10", "Technical-only measurement", mt_10, at_once=True),
    Rule("MT-11", "Goalpost moved", mt_11),
    Rule("MT-12", "No baseline", mt_12, at_once=True),
)
