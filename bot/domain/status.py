"""What Steward knows of one initiative at a glance: the facts behind `/ai-status`."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.domain.calendar import weeks_after
from bot.domain.checkins import CommitmentState, Promises, Rag
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Initiative
from bot.domain.ownership import Role
from bot.domain.people import Access, Viewer
from bot.domain.raid import RaidCategory, RaidKind
from bot.domain.standing import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
    """
    One of the three roles: who holds it (None when vacant), whether they accepted, and their last answer.

    `unreachable` when no message reaches them on any platform.
    """

    role: Role
    person_id: PersonId | None = None
    name: str = ""
    accepted: bool = False
    unreachable: bool = False
    delegates: tuple[str, ...] = ()
    answered_at: datetime | None = None
    cycle: str = ""
    rag: Rag | None = None
    confidence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """An open commitment."""

    text: str
    name: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RaidLine:
    """An open blocker or ask; `needs_from` is the name of who can help."""

    id: str
    kind: RaidKind
    title: str
    category: RaidCategory
    owner: str
    needs_from: str
    needs_from_id: PersonId | None
    owner_id: PersonId
    raised_at: datetime
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationLine:
    """An open escalation: of which role, what is wrong, on which level since when, and a plan that pauses it."""

    role: Role
    cause: Cause
    level: int
    level_at: datetime
    missed: int = 0
    plan_due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeStatus:
    """
    One initiative's stored facts; `declared` maps recent cycles, oldest first, to the worst colour its owners gave.

    A cycle in which nobody answered is not in it: a colour is never carried forward, and `is_recent` is False when the
    newest is older than the week before. `given` is who gave which colour in which of those cycles; `promises` are the
    due date and state of each promise that is settled. `existed` is False when it is read as of an instant before
    anything was known of it.
    """

    initiative: Initiative
    access: Access
    owners: tuple[OwnerLine, ...]
    declared: tuple[tuple[str, Rag | None], ...] = ()
    given: tuple[tuple[str, Role, Rag], ...] = ()
    promises: tuple[tuple[date, str], ...] = ()
    commitments: tuple[PromiseLine, ...] = ()
    raids: tuple[RaidLine, ...] = ()
    escalations: tuple[EscalationLine, ...] = ()
    closed_by: str = ""
    is_recent: bool = True
    existed: bool = True

    def promises_since(self, first: date) -> Promises:
        """Return how the promises due on or after `first` ended (I-37)."""
        states = [state for due, state in self.promises if due >= first]
        return Promises(
            kept=states.count(CommitmentState.KEPT),
            late=states.count(CommitmentState.LATE),
            missed=states.count(CommitmentState.MISSED),
        )


def seen_in(status: InitiativeStatus, week: str, *, by_owner: bool) -> InitiativeStatus:
    """
    Return the status as it reads in an ISO week: a colour from before last week is old.

    Owners do not see each other's answers of this week until all of them are in, so that each speaks for themselves.
    """
    holders = [owner for owner in status.owners if owner.accepted]
    if by_owner and any(owner.cycle != week for owner in holders):
        status = replace(
            status,
            declared=tuple(pair for pair in status.declared if pair[0] != week),
            given=tuple(one for one in status.given if one[0] != week),
            owners=tuple(_unsaid(owner) if owner.cycle == week else owner for owner in status.owners),
        )
    newest = status.declared[-1][0] if status.declared else ""
    return status if newest >= weeks_after(week, -1) else replace(status, is_recent=False)


def _unsaid(owner: OwnerLine) -> OwnerLine:
    return replace(owner, rag=None, confidence=None)


@dataclass(slots=True)
class LastKnown:
    """What was read of late, for answering while the database is away: who asked, by account, and statuses by id."""

    most: int = 2000
    viewers: OrderedDict[tuple[str, str, str], Viewer] = field(default_factory=OrderedDict)
    statuses: OrderedDict[InitiativeId, tuple[datetime, InitiativeStatus]] = field(default_factory=OrderedDict)

    def remember_viewer(self, account: tuple[str, str, str], viewer: Viewer) -> None:
        """Keep who an account (platform, tenant, user) is."""
        self.viewers[account] = viewer
        if len(self.viewers) > self.most:
            self.viewers.popitem(last=False)

    def remember_status(self, status: InitiativeStatus, at: datetime) -> None:
        """Keep a status as read at an instant (UTC)."""
        self.statuses[status.initiative.id] = (at, status)
        if len(self.statuses) > self.most:
            self.statuses.popitem(last=False)
