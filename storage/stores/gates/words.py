"""Where people's words are in what is stored of gates, and whose they are."""

from typing import Any

from sqlalchemy import Column

from storage.stores.unit import table_of
from storage.tables import charters, gates

EVIDENCE, SIGN_OFF, WAIVER = table_of(gates.EvidenceRow), table_of(gates.SignOffRow), table_of(gates.WaiverRow)
DECISION, CHANGE = table_of(gates.GateDecisionRow), table_of(gates.DateChangeRow)
CRITERION, CONDITION = table_of(gates.GateCriterionRow), table_of(gates.GateConditionRow)
CHARTER, AGREED = table_of(charters.CharterRow), table_of(charters.SuccessCriterionRow)
ACTION, PHASE = table_of(charters.IntegrationActionRow), table_of(charters.RolloutPhaseRow)

OWN_AT_GATES: tuple[tuple["Column[Any]", "Column[Any]"], ...] = (
    (EVIDENCE.c.submitted_by, EVIDENCE.c.title),
    (EVIDENCE.c.submitted_by, EVIDENCE.c.url),
    (SIGN_OFF.c.person_id, SIGN_OFF.c.comment),
    (WAIVER.c.accepted_by, WAIVER.c.reason),
    (WAIVER.c.accepted_by, WAIVER.c.control),
    (DECISION.c.decided_by, DECISION.c.rationale),
    (DECISION.c.decided_by, DECISION.c.early_reason),
    (CHANGE.c.changed_by, CHANGE.c.comment),
    (CRITERION.c.set_aside_by, CRITERION.c.set_aside_why),
)
"""Who wrote, and what: the words go with the person, who decided what stays."""
ABOUT_GATES: tuple["Column[Any]", ...] = (
    *(text for _, text in OWN_AT_GATES),
    EVIDENCE.c.ended_why,
    CONDITION.c.text,
    ACTION.c.text,
    *(CHARTER.c[name] for name in ("stop_rule", "objective", "investment_line", "readiness_note")),
    *(AGREED.c[name] for name in ("statement", "method", "data_source", "baseline_source", "change_reason")),
    *(PHASE.c[name] for name in ("name", "exit_criteria")),
)
"""Columns in which somebody may have been named."""
