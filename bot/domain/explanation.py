"""The facts behind a question such as “why did I get this, and why not that?”: what was decided, by which rule."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.cadence import AskRule, Cycle, NoNudge
from bot.domain.calendar import Barrier
from bot.domain.checkins import Prompt
from bot.domain.deliveries import Delivery
from bot.domain.escalation import Escalation, Notice
from bot.domain.initiatives import Initiative
from bot.domain.ownership import Role, RoleAssignment
from bot.domain.people import Absence, Organisation, Person
from bot.domain.policy import Policy


class Outcome(StrEnum):
    """What will become of a message that waits, if nothing changes."""

    SENT = "sent"
    DROPPED = "dropped"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a waiting message at `at` as things stand; `reason` says why it waits until then, or ends."""

    outcome: Outcome
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """One outbox row, and what awaits it while it waits."""

    row: Delivery
    fate: Fate | None = None


@dataclass(frozen=True, slots=True)
class Climb:
    """That the person is to hear of an escalation at a level, and the message that tells them."""

    escalation: Escalation
    notice: Notice
    sending: Sending


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A reminder the rhythm has and this person does not get: its number, when it would be, and why it is not."""

    number: int
    at: datetime
    why: Barrier | NoNudge


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """
    When a person is asked in a cycle: when it opens in their zone, what keeps them from being asked then, and when.

    `send_at` is None when they work no hour of it.
    """

    opens_at: datetime
    due_at: datetime
    held_by: Barrier | None
    send_at: datetime | None
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """
    What a role is asked in a cycle, as far as the person concerns it; `prompt` is None while nothing is planned.

    `asked_of` is who is asked, `for_whom` who holds the role where somebody stands in.
    """

    role: Role
    rule: AskRule
    due: bool
    prompt: Prompt | None = None
    asked_of: Person | None = None
    for_whom: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """
    One week as it concerns the person: its cycle, None when too few days are worked, and the days off that shorten it.

    `planned` is False while the cycle lies ahead. `changes` counts how often messages were changed in place.
    """

    week: str
    cycle: Cycle | None
    planned: bool
    working_days: int
    days_off: tuple[date, ...] = ()
    asks: tuple[Ask, ...] = ()
    timing: Timing | None = None
    absences: tuple[Absence, ...] = ()
    messages: tuple[Sending, ...] = ()
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A role of the initiative that the person holds, held or was offered, and who holds it now."""

    assignment: RoleAssignment
    holder: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    Every message about one initiative to one person in the last, the present and the next cycle, with the rules.

    `rounds` are in order of time; `others` are messages about the initiative that belong to no cycle, `climbs` the
    escalations about it that the person heard of. `zone` is the reader's, `own_zone` the person's, `reached_on` the
    platforms they are written to on, the first one first.
    """

    person: Person
    initiative: Initiative
    organisation: Organisation
    policy: Policy
    now: datetime
    zone: ZoneInfo
    own_zone: ZoneInfo
    parts: tuple[Part, ...]
    rounds: tuple[Round, ...]
    others: tuple[Sending, ...]
    climbs: tuple[Climb, ...]
    reached_on: tuple[str, ...]
