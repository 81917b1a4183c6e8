"""One role's weekly check-in on one initiative: its states, its versioned answers and the promises in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId, PromptId, stable_id
from bot.domain.ownership import Role

AnswerValue = str | float | bool | list[str] | None


class Rag(StrEnum):
    """Red, Amber or Green, always shown as the word."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"

    @property
    def badness(self) -> int:
        """Return 0 for Green up to 2 for Red."""
        return tuple(Rag).index(self)


RAG_WORDS = {
    "green": Rag.GREEN, "g": Rag.GREEN, "on track": Rag.GREEN,
    "amber": Rag.AMBER, "a": Rag.AMBER, "yellow": Rag.AMBER, "at risk": Rag.AMBER,
    "red": Rag.RED, "r": Rag.RED, "off track": Rag.RED,
}  # fmt: skip


def worst(rags: list[Rag]) -> Rag | None:
    """Return the declared colour of an initiative: the worst of its owners' answers, None when nobody answered."""
    return max(rags, key=lambda rag: rag.badness, default=None)


class PromptState(StrEnum):
    """Where a check-in stands (domain.md 2.3)."""

    SCHEDULED = "scheduled"
    SENT = "sent"
    PARTIALLY_ANSWERED = "partially_answered"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"
    MISSED = "missed"
    EXCUSED = "excused"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN = frozenset({PromptState.SCHEDULED, PromptState.SENT, PromptState.MISSED, PromptState.FAILED})
"""Still without an answer and answerable."""
ANSWERED = frozenset({PromptState.PARTIALLY_ANSWERED, PromptState.ANSWERED, PromptState.ANSWERED_LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """
    What one role of one initiative is asked in one cycle; unique by (cycle, initiative, role) (I-17).

    `person_id` is who is asked: the role's holder, or the delegate when `on_behalf_of` names the absent holder.
    `snoozed` is True once the person has put it off until it is due.
    """

    id: PromptId
    cycle: str
    initiative_id: InitiativeId
    role: Role
    person_id: PersonId
    due_at: datetime
    question_set: int = 1
    state: PromptState = PromptState.SCHEDULED
    on_behalf_of: PersonId | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    snoozed: bool = False
    excused_reason: str = ""
    revision: int = 0
    rag: Rag | None = None
    confidence: int | None = None
    unchanged: bool = False


def prompt_id(cycle: str, initiative_id: InitiativeId, role: Role) -> PromptId:
    """Return the one id a prompt of this cycle, initiative and role can have."""
    return stable_id(cycle, initiative_id, role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """
    One revision of the answers to a prompt; `answers` by question key, `asked` also names what was left out (False).

    `late` when it came after the cycle had closed; `unchanged` when it is a one-tap copy of the answers before.
    """

    id: str
    prompt_id: PromptId
    revision: int
    responder_id: PersonId
    submitted_at: datetime
    answers: Mapping[str, AnswerValue]
    asked: Mapping[str, bool] = field(default_factory=dict)
    on_behalf_of: PersonId | None = None
    late: bool = False
    unchanged: bool = False


class CommitmentState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    MISSED = "missed"
    DROPPED = "dropped"


class DropReason(StrEnum):
    """Why a promise was dropped (domain.md 3.7)."""

    PREREQUISITE = "prerequisite not ready"
    PRIORITY = "priority changed"
    DECISION = "blocked by decision"
    UNDERESTIMATED = "under-estimated"
    ABSENCE = "absence"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """Something a role's holder promised to finish by `due`; rolling it makes a new one and leaves this one missed."""

    id: str
    initiative_id: InitiativeId
    role: Role
    person_id: PersonId
    text: str
    due: date
    made_at: datetime
    prompt_id: PromptId | None = None
    state: CommitmentState = CommitmentState.OPEN
    closed_at: datetime | None = None
    drop_reason: DropReason | None = None
    rolled_from_id: str | None = None
    roll_count: int = 0


@dataclass(frozen=True, slots=True)
class Promises:
    """How many promises were kept, late, missed, or dropped before they were due with a reason (I-37)."""

    kept: int = 0
    late: int = 0
    missed: int = 0

    @property
    def due(self) -> int:
        """Return how many count: kept, late and missed."""
        return self.kept + self.late + self.missed

    @property
    def rate(self) -> float | None:
        """Return kept / (kept + late + missed), None when none was due."""
        return self.kept / self.due if self.due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was sent in a check-in form, read and found good; `late` is for the flow to say."""

    responder_id: PersonId
    at: datetime
    answers: Mapping[str, AnswerValue]
    asked: Mapping[str, bool]
    rag: Rag | None = None
    confidence: int | None = None
    unchanged: bool = False
    complete: bool = True


def record_answer(prompt: Prompt, given: Submission, closes_at: datetime) -> tuple[Prompt, Response]:
    """
    Return the prompt answered and the new revision of its response; answers after `closes_at` are late (UTC).

    An answer once late stays late however often it is edited; an edit never makes an earlier one late.
    """
    late = given.at >= closes_at
    was_answered_in_time = prompt.state in (PromptState.ANSWERED, PromptState.PARTIALLY_ANSWERED)
    state = PromptState.ANSWERED if given.complete else PromptState.PARTIALLY_ANSWERED
    if late and not was_answered_in_time:
        state = PromptState.ANSWERED_LATE
    holder = prompt.on_behalf_of or prompt.person_id
    response = Response(
        id=stable_id(prompt.id, str(prompt.revision + 1)),
        prompt_id=prompt.id,
        revision=prompt.revision + 1,
        responder_id=given.responder_id,
        submitted_at=given.at,
        answers=dict(given.answers),
        asked=dict(given.asked),
        on_behalf_of=holder if holder != given.responder_id else None,
        late=late,
        unchanged=given.unchanged,
    )
    answered = replace(
        prompt,
        state=state,
        answered_at=prompt.answered_at or given.at,
        revision=response.revision,
        rag=given.rag,
        confidence=given.confidence,
        unchanged=given.unchanged,
    )
    return answered, response


def unchanged_refusal(prompt: Prompt, before: Sequence[Prompt], most_in_a_row: int, *, value_due: bool) -> str | None:
    """Return why “No material change” is no answer here, None when it is; `before` are past answers, newest first."""
    if prompt.state in ANSWERED:
        return "It is answered already. Press Edit to change it."
    if not before:
        return "There is no earlier answer to repeat. Press Answer."
    if before[0].rag is Rag.RED:
        return "The last answer was Red, so this week needs its own. Press Answer."
    if value_due:
        return "A number is due this week. Press Answer."
    if len(before) >= most_in_a_row and all(past.unchanged for past in before[:most_in_a_row]):
        return f"It was “no material change” {most_in_a_row} times in a row. Press Answer."
    return None


def settle(commitment: Commitment, done_on: date, at: datetime) -> Commitment:
    """Return a promise as done on a day (the organisation's): kept when on or before it was due, else late."""
    state = CommitmentState.KEPT if done_on <= commitment.due else CommitmentState.LATE
    return replace(commitment, state=state, closed_at=at, drop_reason=None)


def reopen(commitment: Commitment) -> Commitment:
    """Return a promise that was ticked by mistake as open again."""
    return replace(commitment, state=CommitmentState.OPEN, closed_at=None, drop_reason=None)


def rolled_id(commitment_id: str) -> str:
    """Return the one id that the promise rolled over from another can have."""
    return stable_id(commitment_id, "rolled")


def roll(commitment: Commitment, due: date, at: datetime, prompt_id: PromptId) -> list[Commitment]:
    """Return the promise missed and a new one with the same words, due on `due`."""
    missed = replace(commitment, state=CommitmentState.MISSED, closed_at=at, drop_reason=None)
    again = replace(
        reopen(commitment),
        id=rolled_id(commitment.id),
        due=due,
        made_at=at,
        prompt_id=prompt_id,
        rolled_from_id=commitment.id,
        roll_count=commitment.roll_count + 1,
    )
    return [missed, again]


def drop(commitment: Commitment, reason: DropReason, on: date, at: datetime) -> Commitment:
    """Return a promise dropped with a reason; dropped after it was due it counts as missed (I-37)."""
    state = CommitmentState.DROPPED if on <= commitment.due else CommitmentState.MISSED
    return replace(commitment, state=state, closed_at=at, drop_reason=reason)
