"""Why a computed criterion is true, false or not known: the numbers behind it in one clause."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.domain.gates.evaluation import Computed, Outcome
from bot.domain.gates.templates import Check

TRUE, FALSE = Outcome.TRUE, Outcome.FALSE
NOT_RECORDED = "this is not recorded here, so evidence is needed"
LACKING = "there is no value yet for {lacking}, so evidence is needed"
PARTS = {
    "timebox": "the time-box's start and end",
    "stop_rule": "the stop rule",
    "performance_floor": "the performance floor",
    "capacity": "the capacity",
    "training_percent": "the share of users trained",
    "support_hours": "the support hours",
    "support_owner": "who supports it",
    "outcome": "a business outcome",
    "model": "model performance",
    "adoption": "adoption",
}
CLAUSES: Mapping[tuple[Check, Outcome], str] = {
    (Check.CRITERIA_LOCKED, TRUE): "{count} success criteria are locked",
    (Check.CRITERIA_LOCKED, FALSE): "no must criterion is locked for {missing}",
    (Check.USERS_NAMED, TRUE): "{size} users: {group}",
    (Check.USERS_NAMED, FALSE): "the user group and its size are not set",
    (Check.TIMEBOX_SET, TRUE): "the time-box and its stop rule are set",
    (Check.TIMEBOX_SET, FALSE): "missing: {missing}",
    (Check.OWNERS_ACCEPTED, TRUE): "three different owners, each with a delegate",
    (
        Check.OWNERS_ACCEPTED,
        FALSE,
    ): "vacant: {vacant}; without a delegate: {without_delegate}; one person twice: {same}",
    (Check.THRESHOLDS_MET, TRUE): "{count} of {count} must criteria reach their thresholds",
    (Check.THRESHOLDS_MET, FALSE): "below the threshold: {failing}",
    (Check.EVIDENCE_ENOUGH, TRUE): "every must criterion has its sample and weekly points",
    (Check.EVIDENCE_ENOUGH, FALSE): "too few values or too small a sample: {failing}",
    (Check.READINESS_NUMBERS, TRUE): "all production-readiness numbers are set",
    (Check.READINESS_NUMBERS, FALSE): "missing: {missing}",
    (Check.GOVERNANCE_IN_USE, TRUE): "all four governance items are in use",
    (Check.GOVERNANCE_IN_USE, FALSE): "not in use yet: {below}; open critical risks: {risks}",
    (Check.FLOOR_MET, TRUE): "model performance is above its floor",
    (Check.FLOOR_MET, FALSE): "missing or below: {missing}{failing}",
    (Check.USERS_TRAINED, TRUE): "{trained}% of the users are trained, {wanted}% were wanted",
    (Check.USERS_TRAINED, FALSE): "{trained}% of the users are trained, {wanted}% are wanted",
    (Check.GATES_PASSED, TRUE): "the gates before are passed, no condition is open",
    (Check.GATES_PASSED, FALSE): "not passed yet: {gates}; open conditions before launch: {conditions}",
    (Check.PHASES_PLANNED, TRUE): "{count} phases are planned",
    (Check.PHASES_PLANNED, FALSE): "phases without population, date or exit criteria: {vague} ({count} phases in all)",
    (Check.GUARDRAILS_MEASURED, TRUE): "every guardrail has two weeks of values",
    (Check.GUARDRAILS_MEASURED, FALSE): "less than two weeks of values: {failing}",
    (Check.OWNERS_READY, TRUE): "all three roles are held",
    (Check.OWNERS_READY, FALSE): "vacant: {vacant}",
    (Check.ADOPTION_MET, TRUE): "adoption reaches its threshold",
    (Check.ADOPTION_MET, FALSE): "below the threshold: {failing}",
    (Check.NO_BREACH, TRUE): "no confirmed breach in {weeks} weeks",
    (Check.NO_BREACH, FALSE): "a guardrail was breached within {weeks} weeks: {failing}",
    (Check.NO_BREACH_FOR_LONG, TRUE): "no confirmed breach in {weeks} weeks",
    (Check.NO_BREACH_FOR_LONG, FALSE): "a guardrail was breached within {weeks} weeks: {failing}",
    (Check.NO_INCIDENT, TRUE): "no serious incident is open",
    (Check.NO_INCIDENT, FALSE): "open serious incidents: {count}",
    (Check.RELIABILITY_MET, TRUE): "reliability reaches its objective",
    (Check.RELIABILITY_MET, FALSE): "below the objective: {failing}",
    (Check.OUTCOME_ON_PATH, TRUE): "the outcome is met or improving",
    (Check.OUTCOME_ON_PATH, FALSE): "neither met nor improving: {failing}",
    (Check.FRICTIONS_OWNED, TRUE): "every friction has an owner and a date",
    (Check.FRICTIONS_OWNED, FALSE): "frictions without owner or date: {count}",
    (Check.LEADERSHIP_USED, TRUE): "used in {count} leadership forums",
    (Check.LEADERSHIP_USED, FALSE): "not used in a leadership forum yet",
    (Check.EMBEDDED, TRUE): "used by default or embedded, adoption reaches its threshold",
    (Check.EMBEDDED, FALSE): "use is optional, or adoption is below its threshold: {mode}{failing}",
    (Check.EFFICIENCY_MET, TRUE): "efficiency reaches its threshold",
    (Check.EFFICIENCY_MET, FALSE): "below the threshold: {failing}",
    (Check.LESSON_PUBLISHED, TRUE): "{count} lessons are published",
    (Check.LESSON_PUBLISHED, FALSE): "no lesson is published yet",
    (Check.OWNERS_REACCEPT, TRUE): "three owners, their delegates and the asset record are there",
    (Check.OWNERS_REACCEPT, FALSE): "vacant: {vacant}; without a delegate: {without_delegate}; asset record: {asset}",
    (Check.VALUE_SUSTAINED, TRUE): "{months} months of validated benefit since G7",
    (Check.VALUE_SUSTAINED, FALSE): "not yet: {gates}{months}",
    (Check.UNITS_OWNED, TRUE): "each receiving unit has an operations leader",
    (Check.UNITS_OWNED, FALSE): "units without an operations leader: {count}",
    (Check.PLAYBOOK_REUSED, TRUE): "{count}% of the playbook is reused",
    (Check.PLAYBOOK_REUSED, FALSE): "{count}% of the playbook is reused",
    (Check.WAVES_PLANNED, TRUE): "{count} waves are planned",
    (Check.WAVES_PLANNED, FALSE): "waves without population, date or exit criteria: {vague} ({count} in all)",
}


class _Facts(dict[str, str]):
    """Facts of which some may be missing, which then are no words."""

    def __missing__(self, key: str) -> str:
        return ""


def reason(computed: Computed) -> str:
    """Return why a computed criterion is what it is."""
    facts = _Facts({name: _words(value) for name, value in computed.facts.items()})
    if computed.outcome is Outcome.UNKNOWN:
        return LACKING.format_map(facts) if facts.get("lacking") else NOT_RECORDED
    return CLAUSES[computed.check, computed.outcome].format_map(facts)


def _words(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_words(one) for one in value) or "none"
    text = value.value.replace("_", " ") if isinstance(value, StrEnum) else str(value)
    return PARTS.get(text, text)
