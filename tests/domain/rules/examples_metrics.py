"""MT, AD: for each rule facts that fire and facts that just do not."""

from dataclasses import replace

from bot.domain.gates.criteria import CriterionMode
from bot.domain.initiatives import Stage, UsageMode
from bot.domain.measuring.metrics import Direction
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import Grade
from bot.domain.rules.measured import GoalpostMoved, Metric, Reading
from tests.domain.rules.building import Example, ago, days_ago, gate, initiative, live, metric, week

Values = list[float | None]
STEADY: Values = [80, 81, 80, 81, 80, 81]


def guarded(values: Values, **fields: object) -> InitiativeFacts:
    return initiative(metrics=(metric(values, **fields),))


def aimed(values: Values, by: int, **fields: object) -> InitiativeFacts:
    """Return a goal that is to be reached so many days from now."""
    return initiative(metrics=(metric(values, mode=CriterionMode.GOAL, by=days_ago(-by), **fields),))


def counted(hits: int, of: int, before: Values) -> InitiativeFacts:
    """Return a guardrail of 70% with a last value that is a proportion."""
    one = metric(before)
    last = Reading(on=week(0), value=100 * hits / of, numerator=hits, denominator=of)
    shifted = tuple(replace(each, on=week(len(before) - n)) for n, each in enumerate(one.readings))
    return initiative(metrics=(replace(one, readings=(*shifted, last)),))


def drifting(sample: int) -> InitiativeFacts:
    one = metric([], kind="drift", unit="", direction=Direction.DOWN, threshold=0.25, warn=0.1)
    return initiative(
        metrics=(replace(one, readings=(Reading(on=week(0), value=0.2, sample=sample, reference=9000),)),)
    )


def used(values: Values, facts: InitiativeFacts | None = None, **fields: object) -> InitiativeFacts:
    defaults = {"kind": "adoption", "target": 60.0, "threshold": 40.0}
    return replace(facts or initiative(Stage.LAUNCH), metrics=(metric(values, **{**defaults, **fields}),))


def moved(days: int) -> InitiativeFacts:
    one = metric([75, 76], moves=(GoalpostMoved(ago(5), 70, 65),))
    return initiative(metrics=(one,), gates=(gate(ago(5 - days)),))


METRICS = [
    Example("MT-01", "beyond its warning", guarded([80, 74], warn=75.0), Grade.AMBER),
    Example("MT-01", "on its warning", guarded([80, 75], warn=75.0), None),
    Example("MT-01", "beyond its limit", guarded([80, 69], warn=75.0), None),
    Example("MT-01", "a drift of 500 cases", drifting(500), Grade.AMBER),
    Example("MT-01", "a drift of 499 cases", drifting(499), None),
    Example("MT-02", "beyond its limit once", guarded([80, 80, 69]), Grade.AMBER),
    Example("MT-02", "on its limit", guarded([80, 80, 70]), None),
    Example("MT-02", "within sampling error", counted(68, 100, [80, 80]), Grade.INFO),
    Example("MT-02", "of so many cases beyond it", counted(680, 1000, [80, 80]), Grade.INFO),
    Example("MT-02", "of ten thousand", counted(6800, 10_000, [80, 80]), Grade.AMBER),
    Example("MT-02", "beyond it twice is confirmed", guarded([80, 69, 69]), None),
    Example("MT-03", "two of three", guarded([69, 80, 69]), Grade.RED),
    Example("MT-03", "two of four", guarded([69, 80, 80, 69]), None),
    Example("MT-03", "two of three periods, one missing", guarded([69, None, 69]), Grade.RED),
    Example("MT-03", "the last is within", guarded([69, 69, 70]), None),
    Example("MT-03", "of a should criterion", guarded([69, 69], must=False), Grade.AMBER),
    Example("MT-03", "of a range, outside", guarded([30, 30], direction=Direction.RANGE, threshold=10.0, range_hi=20.0), Grade.RED),
    Example("MT-03", "of a range, inside", guarded([20, 20], direction=Direction.RANGE, threshold=10.0, range_hi=20.0), None),
    Example("MT-04", "a fall with little room left", guarded([*STEADY, 75.0, 74.0, 74.0]), Grade.AMBER),
    Example("MT-04", "the same fall far from the limit", guarded([*STEADY, 75.0, 74.0, 74.0], threshold=20.0), None),
    Example("MT-04", "six values", guarded([80, 81, 80, 75.0, 74.0, 74.0]), None),
    Example("MT-04", "within the natural limits", guarded([*STEADY, 78.0], threshold=77.5), None),
    Example("MT-05", "eight below the centre line", guarded([*STEADY, *[79.0, 79.2] * 4], threshold=78.9), Grade.AMBER),
    Example("MT-05", "seven below it", guarded([*STEADY, 81.0, *[79.0, 79.2] * 3, 79.0], threshold=78.9), None),
    Example("MT-05", "thirteen values", guarded([*STEADY[1:], *[79.0, 79.2] * 4], threshold=78.9), None),
    Example("MT-06", "eight falling", guarded([78, 77.5, 77, 76, 75, 74, 73, 72]), Grade.AMBER),
    Example("MT-06", "seven falling with two exchanged pairs", guarded([78, 77, 76, 75, 74, 72, 73]), Grade.AMBER),
    Example("MT-06", "seven falling with three", guarded([77, 78, 75, 76, 74, 72, 73]), None),
    Example("MT-06", "far from the limit", guarded([78, 77.5, 77, 76, 75, 74, 73, 72], threshold=-200.0), None),
    Example("MT-07", "two missing", guarded([80, None, None]), Grade.AMBER),
    Example("MT-07", "four missing", guarded([80, None, None, None, None]), Grade.RED),
    Example("MT-07", "one missing", guarded([80, None]), None),
    Example("MT-07", "none yet", guarded([None, None, None, None]), None),
    Example("MT-08", "too slow", aimed([60, 61, 62, 63], 42), Grade.AMBER),
    Example("MT-08", "just fast enough", aimed([60, 61, 62, 63], 49), None),
    Example("MT-08", "three values", aimed([60, 61, 62], 7), None),
    Example("MT-08", "on its last day", aimed([60, 61, 62, 63], 0), Grade.AMBER),
    Example("MT-09", "missed", aimed([60, 61, 62, 63], -1), Grade.RED),
    Example("MT-09", "missed, a should", aimed([60, 63], -1, must=False), Grade.AMBER),
    Example("MT-09", "reached", aimed([60, 70], -1), None),
    Example("MT-09", "on its last day", aimed([60, 63], 0), None),
    Example("MT-10", "only accuracy", live(metrics=(metric([80.0]),)), Grade.AMBER),
    Example("MT-10", "a saving seven weeks ago", live(metrics=(metric([1.0, *[None] * 6], kind="cost"),)), Grade.AMBER),
    Example("MT-10", "a saving six weeks ago", live(metrics=(metric([1.0, *[None] * 5], kind="cost"),)), None),
    Example("MT-10", "in launch", initiative(Stage.LAUNCH, metrics=(metric([80.0]),)), None),
    Example("MT-11", "20 days before the gate", moved(20), Grade.AMBER),
    Example("MT-11", "21 days before", moved(21), Grade.INFO),
    Example("MT-11", "made stronger", initiative(metrics=(metric([75, 76], moves=(GoalpostMoved(ago(5), 65, 70),)),)), None),
    Example("MT-11", "before the first value", initiative(metrics=(metric([75], moves=(GoalpostMoved(ago(9), 70, 65),)),)), None),
    Example("MT-12", "without a baseline", initiative(metrics=(metric([80.0], baseline=None),)), Grade.AMBER),
    Example("MT-12", "a baseline of 0", initiative(metrics=(metric([80.0], baseline=0.0),)), None),
    Example("MT-12", "a should criterion", initiative(metrics=(metric([80.0], baseline=None, must=False),)), None),
    Example("MT-12", "before the pilot", initiative(Stage.PILOT_DEFINITION, metrics=(metric([80.0], baseline=None),)), None),
]  # fmt: skip
FLAT: Values = [41, 42, 41, 42, 41, 42]
LATE = live(golive_on=days_ago(182))
OLD = live(golive_on=days_ago(183))
SPREAD = live(golive_on=days_ago(59), usage_mode=UsageMode.OPTIONAL)
ADOPTED = metric([50.0], kind="adoption", key="use", threshold=40.0)


def acting(share: float) -> InitiativeFacts:
    acted = metric([share], key="acted_on_rate", kind="volume", target=60.0)
    return live(usage_mode=UsageMode.DEFAULT, metrics=(ADOPTED, acted))


def override(values: Values) -> Metric:
    return metric(values, key="override_rate", kind="volume", direction=Direction.DOWN, threshold=20.0)


ADOPTION = [
    Example("AD-01", "flat below the target", used(FLAT), Grade.AMBER),
    Example("AD-01", "five values", used(FLAT[1:]), None),
    Example("AD-01", "95% of the target", used([*FLAT[:5], 57.0]), None),
    Example("AD-01", "rising by 0.6 a week", used([40, 40.6, 41.2, 41.8, 42.4, 43.0]), None),
    Example("AD-01", "182 days live", used(FLAT, LATE), Grade.AMBER),
    Example("AD-01", "183 days live", used(FLAT, OLD), None),
    Example("AD-01", "still so at G7", used(FLAT, initiative(Stage.LAUNCH, gates=(gate(ago(1), "G7"),))), Grade.RED),
    Example("AD-01", "counted people of 100", used(FLAT, initiative(Stage.LAUNCH, eligible=100), unit="people"), Grade.AMBER),
    Example("AD-01", "counted people of nobody knows how many", used(FLAT, unit="people"), None),
    Example("AD-02", "a fifth less", used([60, 61, 60, 48, 48], live()), Grade.AMBER),
    Example("AD-02", "a little less than that", used([60, 60, 60, 48, 49], live()), None),
    Example("AD-02", "and below the threshold", used([60, 60, 60, 39, 39], live()), Grade.RED),
    Example("AD-02", "in a pilot", used([60, 60, 60, 30, 30], initiative()), None),
    Example("AD-03", "optional on day 60", replace(SPREAD, golive_on=days_ago(60)), Grade.AMBER),
    Example("AD-03", "optional on day 59", SPREAD, None),
    Example("AD-03", "adopted, not acted on", acting(29), Grade.AMBER),
    Example("AD-03", "adopted, acted on at half", acting(30), None),
    Example("AD-04", "overrides beyond their limit", live(metrics=(override([10, 21, 22]),)), Grade.AMBER),
    Example("AD-04", "overrides once beyond it", live(metrics=(override([10, 10, 22]),)), None),
]  # fmt: skip
EXAMPLES = METRICS + ADOPTION
