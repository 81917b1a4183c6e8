"""A stored status row as the domain's InitiativeStatus."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import RowMapping

from bot.domain.checkins import Rag, worst
from bot.domain.ids import made_at
from bot.domain.initiatives import Initiative, lifecycle_on
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.people import Access, Visibility
from bot.domain.raid import RaidCategory, RaidKind
from bot.domain.standing import Cause
from bot.domain.status import EscalationLine, InitiativeStatus, OwnerLine, PromiseLine, RaidLine
from storage.mapping import from_row

DATES = ("stage_entered_on", "golive_on", "hold_review_on", "closed_on")
MOST_PARSED = 1000
Facts = Mapping[str, Any]


def status_of(row: Mapping[str, Any] | RowMapping, as_of: datetime | None = None) -> InitiativeStatus:
    """Return the status a row of `initiative_status` holds; with `as_of` without what came later (I-36)."""
    return _parsed(row["initiative_id"], row["portfolio_id"], row["visibility"], row["facts"], as_of)


@lru_cache(maxsize=MOST_PARSED)
def _parsed(
    initiative_id: str, portfolio_id: str, visibility: str, text: str, as_of: datetime | None
) -> InitiativeStatus:
    """Read what a row says; the same text means the same, and is asked for again by buttons, lists and colleagues."""
    facts = json.loads(text)
    initiative = from_row(Initiative, {**facts["initiative"], **_dates(facts["initiative"])})
    if as_of is not None:
        facts |= _until(facts, as_of)
        lifecycle = lifecycle_on(as_of.date(), initiative.lifecycle, initiative.closed_on)
        initiative = replace(initiative, lifecycle=lifecycle)
    return InitiativeStatus(
        initiative=initiative,
        access=access_of(initiative_id, portfolio_id, visibility, facts["roles"]),
        owners=tuple(_owner(role, facts["roles"], facts["answers"]) for role in OWNER_ROLES),
        declared=_declared(facts["answers"]),
        given=tuple((one["cycle"], Role(one["role"]), Rag(one["rag"])) for one in facts["answers"] if one["rag"]),
        promises=tuple((date.fromisoformat(due), state) for due, state, _ in facts["promises"]),
        commitments=tuple(
            PromiseLine(text=one["text"], name=one["name"], due=date.fromisoformat(one["due"]))
            for one in facts["commitments"]
        ),
        raids=tuple(_raid(one) for one in facts["raids"]),
        escalations=tuple(_escalation(one) for one in facts.get("escalations", ())),  # an older row has none
        closed_by=facts["closed_by"],
        existed=as_of is None or _existed(initiative, facts, as_of),
    )


def _existed(initiative: Initiative, facts: Facts, as_of: datetime) -> bool:
    """Return whether anything was known of an initiative at an instant; `facts` are those of then."""
    made, day = made_at(initiative.id), as_of.date()
    days = [initiative.stage_entered_on, initiative.golive_on]
    days += [date.fromisoformat(one["valid_from"]) for one in facts["roles"]]
    told = any(facts[name] for name in ("answers", "commitments", "promises", "raids"))
    return told or bool(made and made <= as_of) or any(each and each <= day for each in days)


def _until(facts: Facts, as_of: datetime) -> dict[str, Any]:
    """Return what of the answers, promises, blockers and asks was there at an instant."""
    return {
        "answers": [one for one in facts["answers"] if _instant(one["answered_at"]) <= as_of],
        "commitments": [one for one in facts["commitments"] if _instant(one["made_at"]) <= as_of],
        "promises": [one for one in facts["promises"] if not one[2] or _instant(one[2]) <= as_of],
        "raids": [one for one in facts["raids"] if _instant(one["raised_at"]) <= as_of],
        "escalations": [one for one in facts.get("escalations", ()) if _instant(one["level_at"]) <= as_of],
    }


def access_of(initiative_id: str, portfolio_id: str, visibility: str, roles: Iterable[Facts | RowMapping]) -> Access:
    """Return what decides who may read an initiative, from its current roles; proposals give no rights."""
    held: dict[str, set[str]] = defaultdict(set)
    for role in roles:
        if role["state"] == "active":
            held[role["person_id"]].add(role["role"])
    return Access(
        initiative_id=initiative_id,
        portfolio_id=portfolio_id,
        visibility=Visibility(visibility),
        roles={person: frozenset(names) for person, names in held.items()},
    )


def _dates(initiative: Facts) -> dict[str, date | None]:
    return {name: date.fromisoformat(initiative[name]) if initiative[name] else None for name in DATES}


def _owner(role: Role, roles: Iterable[Facts], answers: Iterable[Facts]) -> OwnerLine:
    mine = [one for one in roles if one["role"] == role]
    # Who has left holds nothing any more, whatever is still written (I-02).
    primaries = sorted(
        (one for one in mine if one["kind"] == "primary" and one["active"]), key=lambda one: one["state"]
    )
    holder = primaries[0] if primaries else None  # "active" sorts before "proposed"
    given = [one for one in answers if one["role"] == role]
    last = given[-1] if given else None
    return OwnerLine(
        role=role,
        person_id=holder["person_id"] if holder else None,
        name=holder["name"] if holder else "",
        accepted=bool(holder and holder["state"] == "active"),
        unreachable=bool(holder and holder.get("unreachable")),  # a row of an older version does not say
        delegates=tuple(one["name"] for one in mine if _is_delegate(one)),
        answered_at=_instant(last["answered_at"]) if last and last["answered_at"] else None,
        cycle=last["cycle"] if last else "",
        rag=Rag(last["rag"]) if last and last["rag"] else None,
        confidence=last["confidence"] if last else None,
    )


def _is_delegate(one: Facts) -> bool:
    return bool(one["kind"] == "delegate" and one["state"] == "active" and one["active"])


def _declared(answers: Iterable[Facts]) -> tuple[tuple[str, Rag | None], ...]:
    weeks: dict[str, list[Rag]] = {}
    for one in answers:
        weeks.setdefault(one["cycle"], []).extend([Rag(one["rag"])] if one["rag"] else [])
    return tuple((week, worst(rags)) for week, rags in sorted(weeks.items()))


def _raid(one: Facts) -> RaidLine:
    return RaidLine(
        id=one["id"],
        kind=RaidKind(one["kind"]),
        title=one["title"],
        category=RaidCategory(one["category"]),
        owner=one["owner"],
        owner_id=one["owner_id"],
        needs_from=one["needs_from"],
        needs_from_id=one["needs_from_id"],
        raised_at=_instant(one["raised_at"]),
        due=date.fromisoformat(one["due"]) if one["due"] else None,
    )


def _escalation(one: Facts) -> EscalationLine:
    return EscalationLine(
        role=Role(one["role"]),
        cause=Cause(one["cause"]),
        level=one["level"],
        level_at=_instant(one["level_at"]),
        missed=one["missed"],
        plan_due=date.fromisoformat(one["plan_due"]) if one["plan_due"] else None,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
