"""Why something asked of a gate is refused: one sentence each, which says what is needed."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from bot.domain.gates.evaluation import Computed
from bot.domain.gates.templates import Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.messages.gates.reasons import reason
from bot.messages.words import day_words

UNKNOWN = "There is no such gate, or it is not yours to see. /ai-status with a name shows what you can see."
SIGNER_WORDS = {
    Signer.BUSINESS_SPONSOR: "the business sponsor",
    Signer.TECHNICAL_LEAD: "the technical lead",
    Signer.OPERATIONS_LEADER: "the operations leader",
    Signer.GOVERNANCE_REVIEWER: "the governance reviewer",
    Signer.FINANCE_PARTNER: "the finance partner",
    Signer.GATEKEEPER: "the gatekeeper",
    Signer.PORTFOLIO_LEAD: "the portfolio lead",
}
PART_WORDS = {
    "use_case": "the use case",
    "user_group": "the user group",
    "user_group_size": "how many users there are",
    "timebox": "the time-box",
    "owners": "three accepted owners",
    "outcome": "a business outcome (revenue, cost or efficiency)",
    "model": "model performance (accuracy)",
    "adoption": "adoption",
    "statement": "a statement",
    "unit": "a unit",
    "method": "a method",
    "measure_by": "a day by which it is measured",
    "target": "a target",
    "baseline_value": "a baseline, or a dated plan to measure it as its source",
    "change_reason": "a reason for the change",
}
SENTENCES: Mapping[Trouble, str] = {
    Trouble.NOT_SIGNER: "This is signed by {who}; you are none of them today, so ask one of them to sign.",
    Trouble.NOT_INDEPENDENT: "The second signature has to come from somebody else: ask another governance reviewer.",
    Trouble.SIGNED_ALREADY: "You have signed this already; take your signature back first to say otherwise.",
    Trouble.COMMENT_NEEDED: "Say in a comment what is missing, so that the owners know what to do.",
    Trouble.NOTHING_TO_SIGN: "This criterion is waived or not applicable, so nothing is signed here.",
    Trouble.NOT_READY_TO_SIGN: "Evidence is needed before this is signed: add a link or a document to it.",
    Trouble.COMPUTED_FALSE: "This cannot be signed as met yet: {computed}.",
    Trouble.EVIDENCE_KIND: "Choose what kind of evidence it is, such as a link, a document or a test report.",
    Trouble.EVIDENCE_TITLE: "Say in 1 to {longest} characters what the evidence is.",
    Trouble.EVIDENCE_LINK: "A link begins with https:// or http:// and has at most {longest} characters.",
    Trouble.EVIDENCE_OVER: "Evidence that ended on {given} does not count: give a day that has not passed, or none.",
    Trouble.EVIDENCE_GONE: "This evidence has been withdrawn or has expired already: add new evidence instead.",
    Trouble.CRITERION_CLOSED: "This criterion is {state}, so no evidence is needed.",
    Trouble.GATE_CLOSED: "This gate no longer waits for anything: /ai gate shows where the initiative stands now.",
    Trouble.GATE_SUBMITTED: "This gate is before its gatekeeper already; withdraw it first to change it.",
    Trouble.GATE_NOT_SUBMITTED: "This gate is not submitted for decision yet: ask one of its owners to submit it.",
    Trouble.DECIDED_ALREADY: "This gate was decided already: {decision}, by {by} on {on}.",
    Trouble.NOT_GATEKEEPER: "Only a gatekeeper of this initiative decides that: {who}.",
    Trouble.NO_GATEKEEPER: "This initiative has no gatekeeper: ask an administrator to name one.",
    Trouble.OWN_INITIATIVE: "You own a part of this initiative and cannot decide about it: ask another gatekeeper.",
    Trouble.TECHNICAL_LEAD: "The technical lead cannot decide about their own initiative: ask another gatekeeper.",
    Trouble.REVIEWER_OWNS: "You own a part of this initiative and cannot review it: ask an independent reviewer.",
    Trouble.NOT_OWNER: "Only the owners of this initiative and their delegates do that: {who}.",
    Trouble.NOT_SPONSOR: "Only the business sponsor starts the charter: {who}.",
    Trouble.NOT_OPERATIONS: "Only the operations leader or a delegate says that this is done: {who}.",
    Trouble.RATIONALE_SHORT: "Give your reasons in at least {least} characters; these are {length}.",
    Trouble.REASON_NEEDED: "Give a reason.",
    Trouble.WRONG_STAGE: "{gate} is not decided at the stage {stage}.",
    Trouble.NOT_OFFERED: "What can be decided here is: {offered}.",
    Trouble.MUST_OPEN: "A go needs every must criterion met, waived or not applicable; still open: {numbers}.",
    Trouble.MUST_COMPUTED_FALSE: "Criterion {number} no longer stands: {computed}.",
    Trouble.WAIVER_OVER: "The waiver of criterion {number} ended on {ended}: waive it again, or decide otherwise.",
    Trouble.GOVERNANCE_OPEN: "What concerns governance or safety is not left to conditions; still open: {numbers}.",
    Trouble.CONDITIONAL_TWICE: "The gate before was passed on conditions, so this one needs a go without any.",
    Trouble.CONDITIONS_NEEDED: "A conditional go needs at least one condition with an owner and a due date.",
    Trouble.CONDITION_TEXT: "Say what the condition is.",
    Trouble.CONDITION_OWNER: "Name who meets the condition “{text}”.",
    Trouble.CONDITION_DUE: "Give the condition “{text}” a due date that has not passed.",
    Trouble.CONDITION_OPEN: "A condition of an earlier decision has to be met or waived first: “{text}”.",
    Trouble.NOTHING_LAPSED: "Nothing of what this gate was passed on has lapsed, so there is nothing to decide again.",
    Trouble.CONDITION_NOT_YOURS: "Only its owner, the portfolio lead or a gatekeeper says that it is met.",
    Trouble.CONDITION_CLOSED: "This condition is settled already: it is {state}.",
    Trouble.GATES_BEFORE: "These have to be passed first: {gates}.",
    Trouble.PHASES_OPEN: "These roll-out phases are not done yet: {phases}.",
    Trouble.DEFINITION_MISSING: "Before a pilot begins it needs {missing}.",
    Trouble.CRITERIA_MISSING: "Before a pilot begins a must criterion has to be locked for {groups}.",
    Trouble.REVIEW_NEEDED: "A hold needs the day on which it is reviewed, up to {latest}.",
    Trouble.REVIEW_TOO_FAR: "A hold is reviewed after today and within {most} days, by {latest}.",
    Trouble.REDO_NEEDED: "Name the criteria to be done again, by their numbers: {known}.",
    Trouble.NEW_DUE_NEEDED: "Give a new due date.",
    Trouble.DUE_PAST: "{given} has passed: give a day from today on.",
    Trouble.DUE_SAME: "It is due on {given} already: give another day.",
    Trouble.DUE_TOO_FAR: "{given} is too far away: give a day within {most} days.",
    Trouble.KILL_REASON: "Choose why it is stopped.",
    Trouble.NOTICE_SHORT: "It was submitted {lain} of {notice} working days ago: say why it is decided early, or wait.",
    Trouble.NOT_ACTIVE: "This initiative is {lifecycle}, so its gates wait.",
    Trouble.NOT_ON_HOLD: "This initiative is not on hold.",
    Trouble.NOT_LIVE: "This initiative is not live, so there is nothing to take back or retire.",
    Trouble.WAIVER_END: "A waiver needs its last day, from today up to {latest}.",
    Trouble.WAIVER_CONTROL: "Say what guards against the risk meanwhile.",
    Trouble.CRITERION_INCOMPLETE: "A success criterion needs {part}.",
    Trouble.THRESHOLD_SIDE: "The threshold {threshold} is not better than the baseline {baseline}; a goal has to be.",
    Trouble.TARGET_SIDE: "The target {target} is worse than the threshold {threshold}: it has to be as good or better.",
    Trouble.WARN_SIDE: "The warning limit {warn} has to lie between the threshold and the target.",
    Trouble.RANGE_ORDER: "A range needs a lower end ({low}) below its upper end ({high}).",
    Trouble.CRITERION_LOCKED: "This success criterion is locked: propose a new version with a reason.",
    Trouble.CRITERION_NOT_PROPOSED: "This success criterion is {state}, so there is nothing to approve.",
    Trouble.CRITERION_NEEDED: "Without this criterion none would be locked for {groups}: lock another one first.",
    Trouble.APPROVED_ALREADY: "You have approved this already; still to approve: {who}.",
    Trouble.CHANGE_PROPOSED: "A new version of this criterion is proposed already: approve or withdraw that one.",
    Trouble.PROHIBITED: "What is prohibited does not leave intake: choose another risk tier if this one is wrong.",
    Trouble.NOT_INTAKE: "The charter of this initiative was started already.",
    Trouble.PHASE_NOT_YET: "{phase} starts after {gate} is passed.",
    Trouble.PHASE_BEFORE: "{phase} starts after {before} is done.",
    Trouble.PHASE_STATE: "{phase} is {state}.",
    Trouble.TIMEBOX_ORDER: "A time-box needs a start, and an end after it.",
    Trouble.TIMEBOX_LONG: "A time-box lasts at most {most} weeks.",
    Trouble.NOT_LEAD: "Only the portfolio lead or a gatekeeper does that.",
    Trouble.ITEM_CLOSED: "This is settled already: it is {state}.",
}
DETAILS = frozenset({"missing", "groups", "part"})
"""Facts that name parts of a charter or criterion."""


def refusal(problem: Problem) -> str:
    """Return the sentence that says what is needed."""
    facts = {name: shown(value, part=name in DETAILS) for name, value in problem.facts.items()}
    return SENTENCES[problem.code].format_map(facts)


def shown(value: object, *, part: bool = False) -> str:
    """Return a fact as a reader says it."""
    if isinstance(value, Computed):
        return reason(value)
    if isinstance(value, Signer):
        return SIGNER_WORDS[value]
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple | frozenset | set):
        return listed([shown(one, part=part) for one in value])
    text = value.value.replace("_", " ") if isinstance(value, StrEnum) else str(value)
    return PART_WORDS.get(text, text) if part else text


def listed(words: Iterable[str]) -> str:
    """Return `a, b and c`."""
    each = list(words)
    return " and ".join([", ".join(each[:-1]), each[-1]]) if len(each) > 1 else "".join(each)
