"""What a conditional go asks for afterwards (ladder CND, rule GT-04)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId


class Before(StrEnum):
    """By when a condition has to be met, besides its date."""

    LAUNCH = "launch"
    NEXT_GATE = "next_gate"
    DATE = "date"


class ConditionState(StrEnum):
    """Where a condition stands."""

    OPEN = "open"
    MET = "met"
    LAPSED = "lapsed"
    WAIVED = "waived"


UNSETTLED = frozenset({ConditionState.OPEN, ConditionState.LAPSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCondition:
    """One condition: what, who, by when (the organisation's date), and what may not begin before it is met."""

    id: str
    decision_id: str
    initiative_id: InitiativeId
    text: str
    owner_id: PersonId
    due: date
    before: Before = Before.DATE
    state: ConditionState = ConditionState.OPEN
    closed_at: datetime | None = None
    closed_by: PersonId | None = None


def closed(condition: GateCondition, state: ConditionState, by: PersonId | None, at: datetime) -> GateCondition:
    """Return a condition that is met, waived, or lapsed because its time ran out."""
    return replace(condition, state=state, closed_by=by, closed_at=at)


def holding_up(conditions: Sequence[GateCondition], *, launch: bool) -> list[GateCondition]:
    """Return the unsettled conditions that hold up the next gate, and the launch when that is what comes next."""
    wanted = {Before.NEXT_GATE, Before.LAUNCH} if launch else {Before.NEXT_GATE}
    return [one for one in conditions if one.state in UNSETTLED and one.before in wanted]
