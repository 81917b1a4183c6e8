"""AD: use that stalls, decays, stays optional or is overridden (domain.md 4.5); rates are percent of the eligible."""

from collections.abc import Iterator, Sequence
from statistics import fmean

from bot.domain.initiatives import Stage, UsageMode
from bot.domain.measuring.metrics import Direction
from bot.domain.rules.case import Case, Rule
from bot.domain.rules.findings import Finding, Grade, Number
from bot.domain.rules.measured import ADOPTION, Metric
from bot.domain.rules.metrics import PERCENT, is_confirmed, signals
from bot.domain.statistics.trend import slope_of

NEARLY = 1e-9


def rates(case: Case) -> Iterator[tuple[Metric, Sequence[float], float]]:
    """
    Yield each adoption metric with its rates in percent and the factor from its unit to them.

    A metric in % is the rate itself; another is a count of the eligible, and is left out when those are not known.
    """
    for metric in case.facts.metrics:
        if metric.kind != ADOPTION or metric.direction is not Direction.UP or not metric.values:
            continue
        if metric.unit == PERCENT:
            yield metric, metric.values, 1.0
        elif case.facts.eligible:
            factor = 100 / case.facts.eligible
            yield metric, [value * factor for value in metric.values], factor


def ad_01(case: Case) -> Iterator[Finding]:
    """
    Launch, or live for {adoption.stall_days} days at most: of {adoption.stall_points} or more values of an adoption
    rate the last is below {adoption.stall_of_target:.0%} of its target and the last {adoption.stall_points} move by
    {adoption.stall_slope} percent points a week at most (Theil-Sen): Amber; Red if still so when G7 is decided or past
    due.
    """
    rules, golive = case.policy.adoption, case.facts.golive_on
    is_new = case.facts.is_live and golive is not None and (case.on - golive).days <= rules.stall_days
    if case.facts.stage is not Stage.LAUNCH and not is_new:
        return
    at_g7 = any(gate.code == "G7" and (gate.decision or case.on > gate.due) for gate in case.facts.gates)
    for metric, rate, factor in rates(case):
        slope = slope_of(rate[-rules.stall_points :])
        if len(rate) < rules.stall_points or metric.target is None or abs(slope) > rules.stall_slope + NEARLY:
            continue
        target = metric.target * factor
        if rate[-1] < rules.stall_of_target * target - NEARLY:
            numbers: dict[str, Number] = {"metric": metric.name, "rate": rate[-1], "target": target, "slope": slope}
            yield Finding("AD-01", metric.key, Grade.RED if at_g7 else Grade.AMBER, numbers)


def ad_02(case: Case) -> Iterator[Finding]:
    """
    Live, and the mean of the last {adoption.decay_last} adoption rates is {adoption.decay_share:.0%} or less of the
    highest of the last {adoption.decay_of} ({adoption.decay_points} or more): Amber; Red if the last is also below the
    threshold.
    """
    rules = case.policy.adoption
    for metric, rate, factor in rates(case) if case.facts.is_live else ():
        last, most = fmean(rate[-rules.decay_last :]), max(rate[-rules.decay_of :])
        if len(rate) >= rules.decay_points and most > 0 and last <= rules.decay_share * most + NEARLY:
            below = rate[-1] < metric.threshold * factor
            numbers: dict[str, Number] = {"metric": metric.name, "rate": last, "best": most}
            yield Finding("AD-02", metric.key, Grade.RED if below else Grade.AMBER, numbers)


def ad_03(case: Case) -> Iterator[Finding]:
    """
    Live, and still optional {adoption.optional_days} days after go-live, or adopted as agreed while the share of
    outputs acted on is below {adoption.acted_on_share:.0%} of its target: Amber. Not beside AD-01 or AD-02.
    """
    facts, rules = case.facts, case.policy.adoption
    if not facts.is_live:
        return
    days = (case.on - facts.golive_on).days if facts.golive_on else 0
    if days >= rules.optional_days and facts.usage_mode is UsageMode.OPTIONAL:
        yield Finding("AD-03", "use", Grade.AMBER, {"days": days})
        return
    acted = next((one for one in facts.metrics if one.key == rules.acted_on_key and one.values), None)
    adopted = [rate[-1] >= one.threshold * factor for one, rate, factor in rates(case) if one is not acted]
    if acted and acted.target and all(adopted) and adopted and acted.values[-1] < rules.acted_on_share * acted.target:
        yield Finding("AD-03", "use", Grade.AMBER, {"acted_on": acted.values[-1], "target": acted.target})


def ad_04(case: Case) -> Iterator[Finding]:
    """The rate of overrides shows a confirmed breach or an early signal in the adverse direction: Amber."""
    for metric in case.facts.metrics:
        if metric.key == case.policy.adoption.override_key and metric.values:
            shown = signals(metric, case.policy.metrics)
            if is_confirmed(metric, case.policy.metrics) or shown:
                numbers: dict[str, Number] = {"rate": metric.values[-1], "limit": metric.threshold, "unit": metric.unit}
                yield Finding("AD-04", metric.key, Grade.AMBER, numbers)


RULES = (
    Rule("AD-01", "Adoption stall", ad_01),
    Rule("AD-02", "Adoption decay", ad_02),
    Rule("AD-03", "Optional, not embedded", ad_03),
    Rule("AD-04", "Override surge", ad_04),
)
