"""What an operator reads when decisions and places do not agree."""

from bot.domain.gates.replay import Breach, Doubt

CLAUSES = {
    Breach.ILLEGAL_STAGE: "moves the stage as no decision may",
    Breach.ILLEGAL_LIFECYCLE: "changes the lifecycle as no decision may",
    Breach.GAP: "does not begin where the one before ended",
    Breach.STANDS_ELSEWHERE: "stands where its last decision does not lead",
}


def doubt_words(key: str, doubt: Doubt) -> str:
    """Return what is wrong with one initiative or one decision about it."""
    which = f" decision {doubt.decision_id}" if doubt.decision_id else ""
    return f"{key}{which} {CLAUSES[doubt.breach]}"


def not_in_the_chain(key: str, decision_id: str) -> str:
    """Return that a decision and the audit chain disagree."""
    return f"{key} decision {decision_id} is not what the audit chain tells".strip()
