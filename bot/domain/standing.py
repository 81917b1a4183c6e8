"""What is wrong with a role at present: check-ins missed in a row, or nobody who answers for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.checkins import Prompt, PromptState
from bot.domain.ids import PersonId
from bot.domain.ownership import AssignmentKind, AssignmentState, Role, RoleAssignment, accountable
from bot.domain.people import Person


class Cause(StrEnum):
    """What is wrong with a role."""

    UNANSWERED = "unanswered"
    VACANT = "vacant"
    UNACCEPTED = "unaccepted"
    DEPARTED = "departed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    What is wrong with a role at present, and whom it is about.

    `since` is the day the silence or gap began and `missed` are the unanswered prompts in a row, newest first. An open
    offer of the role names its nominee and `offered_on`, the day it reached them (today while it is on its way).
    """

    cause: Cause
    since: date
    person_id: PersonId | None = None
    missed: tuple[Prompt, ...] = ()
    nominee_id: PersonId | None = None
    offered_on: date | None = None

    @property
    def through(self) -> str:
        """Return the newest cycle that was missed, empty where no cycle counts."""
        return self.missed[0].cycle if self.missed else ""


SAYS_NOTHING = frozenset({PromptState.SCHEDULED, PromptState.SENT, PromptState.FAILED, PromptState.CANCELLED})
"""States that neither count as a miss nor end a row of them: not closed yet, not delivered, withdrawn."""


def silence(prompts: Sequence[Prompt], holder: PersonId, after: str, lost: Collection[str]) -> Standing | None:
    """
    Return the row of check-ins that a role's holder has missed up to now, None when there is none.

    `prompts` are the role's, newest first; up to cycle `after` they are dealt with. One whose reminders were `lost`
    does not count: nobody is escalated for a message of ours that did not arrive.
    """
    missed: list[Prompt] = []
    for prompt in prompts:
        if prompt.cycle <= after:
            break
        if prompt.state in SAYS_NOTHING or (prompt.state is PromptState.MISSED and prompt.id in lost):
            continue
        if prompt.state is not PromptState.MISSED or _asked(prompt) != holder:
            break
        missed.append(prompt)
    if not missed:
        return None
    first = missed[-1]
    since = (first.sent_at or first.due_at).date()
    return Standing(cause=Cause.UNANSWERED, since=since, person_id=holder, missed=tuple(missed))


def _asked(prompt: Prompt) -> PersonId:
    """Return who is accountable for answering a prompt."""
    return prompt.on_behalf_of or prompt.person_id


def excused(prompts: Sequence[Prompt]) -> bool:
    """Return whether the newest prompt that says anything (they come newest first) is an excused one."""
    telling = next((prompt for prompt in prompts if prompt.state not in SAYS_NOTHING), None)
    return telling is not None and telling.state is PromptState.EXCUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFacts:
    """
    Who holds or is offered one role: its initiative's assignments, the people in them, and when the stage began.

    `reached` says of each open offer on which day it reached its nominee, None while it is on its way; an offer whose
    message was lost is not in it.
    """

    role: Role
    assignments: Sequence[RoleAssignment]
    people: Mapping[PersonId, Person]
    reached: Mapping[str, date | None]
    stage_entered_on: date | None = None

    @property
    def primaries(self) -> list[RoleAssignment]:
        """Return who was, is or may be accountable."""
        return [a for a in self.assignments if a.role is self.role and a.kind is AssignmentKind.PRIMARY]

    def holder(self, today: date) -> Person | None:
        """Return who holds the role, whatever has become of them."""
        held = accountable(self.assignments, self.role, today)
        return self.people[held.person_id] if held else None


def gap(facts: RoleFacts, today: date) -> Standing | None:
    """
    Return why nobody answers for a role at present, None when somebody does.

    A role of which neither a holder, an offer nor the day its stage began is recorded says nothing (domain.md 4.1).
    """
    holder, offer = facts.holder(today), _open_offer(facts)
    nominee = offer.person_id if offer else None
    offered_on = (facts.reached[offer.id] or today) if offer else None
    if holder is not None:
        trouble = _trouble(holder, today)
        if trouble is None:
            return None
        cause, began = trouble
        return Standing(cause=cause, since=began, person_id=holder.id, nominee_id=nominee, offered_on=offered_on)
    since = _vacant_since(facts, offered_on)
    if since is None:
        return None
    cause = Cause.UNACCEPTED if offer else Cause.VACANT
    return Standing(cause=cause, since=since, person_id=nominee, nominee_id=nominee, offered_on=offered_on)


def _trouble(holder: Person, today: date) -> tuple[Cause, date] | None:
    if not holder.active:
        return Cause.DEPARTED, holder.deactivated_at.date() if holder.deactivated_at else today
    if holder.unreachable_since:
        return Cause.UNREACHABLE, holder.unreachable_since.date()
    return None


def _open_offer(facts: RoleFacts) -> RoleAssignment | None:
    """Return the newest offer that its nominee can still accept."""
    offers = [
        a
        for a in facts.primaries
        if a.state is AssignmentState.PROPOSED and a.id in facts.reached and facts.people[a.person_id].active
    ]
    return max(offers, key=lambda offer: (offer.valid_from, offer.id), default=None)


def _vacant_since(facts: RoleFacts, offered_on: date | None) -> date | None:
    """Return when a role was last held, else when it was offered, else when its stage began or an offer was made."""
    made = [a.valid_to or a.valid_from for a in facts.primaries if a.state is not AssignmentState.ACTIVE]
    ended = [a.valid_to for a in facts.primaries if a.state is AssignmentState.ENDED and a.valid_to]
    return max(ended, default=None) or offered_on or facts.stage_entered_on or max(made, default=None)
