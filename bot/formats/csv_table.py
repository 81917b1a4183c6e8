"""Every initiative with its status as one flat table, for a spreadsheet."""

import re
from collections.abc import Iterable
from datetime import date

from bot.domain.ownership import OWNER_ROLES
from bot.domain.status import InitiativeStatus, OwnerLine

COLUMNS = (
    "key", "name", "stage", "lifecycle", "reported", "reported_in", "business_sponsor", "technical_lead",
    "operations_leader", "last_answer_at", "promises_kept", "promises_due", "open_promises", "open_blockers_and_asks",
    "stage_entered_on", "golive_on", "risk_tier", "usage_mode", "visibility", "aliases",
)  # fmt: skip
SPECIAL = re.compile('[,"\r\n]')  # a lone carriage return too, which the csv module would leave bare
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(statuses: Iterable[InitiativeStatus]) -> str:
    """Return the table as CSV with a header; a cell that a spreadsheet would calculate has an apostrophe before it."""
    rows = map(_row, statuses)
    return lines([COLUMNS, *([guarded(row[name]) for name in COLUMNS] for row in rows)])


def lines(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as CSV, a line feed after each; quotes stand where a value has a comma, a quote or a line end."""
    return "".join(",".join(map(_cell, row)) + "\n" for row in rows)


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if SPECIAL.search(value) else value


def guarded(value: object) -> str:
    """Return a value as a cell that stays text in a spreadsheet."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(status: InitiativeStatus) -> dict[str, object]:
    initiative = status.initiative
    owners = {owner.role: owner for owner in status.owners}
    cycle, rag = next(((cycle, rag) for cycle, rag in reversed(status.declared) if rag), ("", None))
    answered = [owner.answered_at for owner in status.owners if owner.answered_at]
    promises = status.promises_since(date.min)
    return {
        "key": initiative.key,
        "name": initiative.name,
        "stage": initiative.stage.value,
        "lifecycle": initiative.lifecycle.value,
        "reported": rag.value if rag else "",
        "reported_in": cycle,
        **{role.value: _owner(owners.get(role)) for role in OWNER_ROLES},
        "last_answer_at": max(answered).isoformat() if answered else "",
        "promises_kept": promises.kept,
        "promises_due": promises.due,
        "open_promises": len(status.commitments),
        "open_blockers_and_asks": len(status.raids),
        "stage_entered_on": initiative.stage_entered_on,
        "golive_on": initiative.golive_on,
        "risk_tier": initiative.risk_tier.value,
        "usage_mode": initiative.usage_mode.value,
        "visibility": initiative.visibility.value,
        "aliases": "; ".join(initiative.aliases),
    }


def _owner(owner: OwnerLine | None) -> str:
    if owner is None or not owner.person_id:
        return ""
    return owner.name if owner.accepted else f"{owner.name} (proposed)"
