"""Who is accountable for which part of an initiative, and how that passes from one person to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId
from bot.errors import UserError


class Role(StrEnum):
    """A part a person plays in one initiative; the first three are its owners."""

    BUSINESS_SPONSOR = "business_sponsor"
    TECHNICAL_LEAD = "technical_lead"
    OPERATIONS_LEADER = "operations_leader"
    GOVERNANCE_REVIEWER = "governance_reviewer"
    FINANCE_PARTNER = "finance_partner"
    GATEKEEPER = "gatekeeper"


OWNER_ROLES = (Role.BUSINESS_SPONSOR, Role.TECHNICAL_LEAD, Role.OPERATIONS_LEADER)


class AssignmentKind(StrEnum):
    """Accountable, or answering for the one who is."""

    PRIMARY = "primary"
    DELEGATE = "delegate"


class AssignmentState(StrEnum):
    """Whether the person named has taken the role."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"


class HandoverReason(StrEnum):
    """Why a role changes hands."""

    TRANSITION = "transition"
    LEAVE = "leave"
    REORG = "reorg"
    OVERLOAD = "overload"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAssignment:
    """One person in one role from `valid_from` up to, not including, `valid_to` (organisation's dates)."""

    id: str
    initiative_id: InitiativeId
    role: Role
    person_id: PersonId
    valid_from: date
    kind: AssignmentKind = AssignmentKind.PRIMARY
    state: AssignmentState = AssignmentState.PROPOSED
    valid_to: date | None = None
    accepted_at: datetime | None = None
    assigned_by: PersonId | None = None
    handover_from: PersonId | None = None
    handover_reason: HandoverReason | None = None

    def covers(self, day: date) -> bool:
        """Return whether this person holds the role on `day`."""
        held = self.state in (AssignmentState.ACTIVE, AssignmentState.ENDED)
        return held and self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def accountable(assignments: Sequence[RoleAssignment], role: Role, day: date) -> RoleAssignment | None:
    """Return the primary holder of `role` on `day` among one initiative's assignments, or None when vacant (I-01)."""
    return next(
        (a for a in assignments if a.role is role and a.kind is AssignmentKind.PRIMARY and a.covers(day)),
        None,
    )


def delegates(assignments: Sequence[RoleAssignment], role: Role, day: date) -> tuple[PersonId, ...]:
    """Return who may answer for the holder of `role` on `day`, among one initiative's assignments."""
    return tuple(
        a.person_id for a in assignments if a.role is role and a.kind is AssignmentKind.DELEGATE and a.covers(day)
    )


def accept(proposed: RoleAssignment, holder: RoleAssignment | None, at: datetime, day: date) -> list[RoleAssignment]:
    """
    Return the assignments that change when `proposed` is accepted on `day`: the new holder and, if any, the old one.

    The old holder stays accountable up to this moment and the new one from it on, so there is no gap (I-04).
    Raises UserError when the proposal is no longer open.
    """
    if proposed.state is not AssignmentState.PROPOSED:
        raise UserError("This proposal is no longer open. Ask the portfolio lead who owns the role now.")
    taken = replace(proposed, state=AssignmentState.ACTIVE, accepted_at=at, valid_from=day)
    if proposed.kind is AssignmentKind.DELEGATE or holder is None or holder.id == proposed.id:
        return [taken]
    return [replace(holder, state=AssignmentState.ENDED, valid_to=day), taken]


def lapsed(proposed: RoleAssignment, day: date) -> RoleAssignment:
    """Return the proposal as over on `day` because nobody answered it."""
    return replace(proposed, state=AssignmentState.EXPIRED, valid_to=day)


def decline(proposed: RoleAssignment) -> RoleAssignment:
    """Return the proposal declined; raises UserError when it is no longer open."""
    if proposed.state is not AssignmentState.PROPOSED:
        raise UserError("This proposal is no longer open. Ask the portfolio lead who owns the role now.")
    return replace(proposed, state=AssignmentState.DECLINED)
