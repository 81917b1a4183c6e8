"""What is said above a gate's card after something was done, or why nothing was."""

from bot.domain.gates.decisions import Decision
from bot.domain.gates.gates import CriterionState
from bot.domain.gates.signing import SignVerdict
from bot.domain.initiatives import Stage
from bot.messages.gates.card import DECISION_WORDS, LONGEST_NAME, STATE_WORDS
from bot.messages.model import clip
from bot.messages.words import stage_words

OVER = "This gate does not wait for anything any more; this is where it stands now."
SUBMITTED = "It is before the gatekeeper now."
SUBMITTED_ALREADY = "It is before the gatekeeper already."
WITHDRAWN = "It is taken back, and open again."
NOTHING = "There is nothing here for you to do at this gate."
STARTED = "The charter is started: its first gates are open."
WRITTEN = "The charter is noted."
PROPOSED = "The criterion is proposed; each of the three owners approves it."


PLANNED = "The phase is planned."


def phase(name: str, *, done: bool) -> str:
    """Return the word after a phase began or was finished."""
    return f"{clip(name, LONGEST_NAME)} is {'done' if done else 'running'}."


def shown(number: int) -> str:
    """Return the word after evidence was shown."""
    return f"Noted: evidence for {number}."


def signed(number: int, verdict: SignVerdict, state: CriterionState) -> str:
    """Return the word after a signature; others may have to sign too."""
    said = "met" if verdict is SignVerdict.MET else "not met"
    rest = "" if state in (CriterionState.MET, CriterionState.NOT_MET) else ", others sign it too"
    return f"You signed {number} as {said}{rest}."


def set_aside(number: int, state: CriterionState) -> str:
    """Return the word after a criterion was set aside."""
    return f"{number} is {STATE_WORDS[state]}."


def moved(due: str, *, shifted: bool) -> str:
    """Return the word after a new date; one on a day off was moved to the next working day, which is said."""
    return f"It is due {due} now{', the next working day after what you wrote' if shifted else ''}."


def taken_back(number: int) -> str:
    """Return the word after evidence was withdrawn."""
    return f"The evidence of {number} is withdrawn."


def decided(decision: Decision, stage: Stage) -> str:
    """Return the word after a decision."""
    return f"Decided: {DECISION_WORDS[decision]}. It is in {stage_words(stage)}."


def taken(decision: Decision, by: str) -> str:
    """Return the word to somebody who comes too late to decide."""
    return (
        f"This was decided already: {DECISION_WORDS[decision]}{f', by {by}' if by else ''}. This is how it stands now."
    )


def approved(code: str, *, locked: bool) -> str:
    """Return the word after a criterion was approved."""
    return f"{code} is locked." if locked else f"You approved {code}; others approve it too."
