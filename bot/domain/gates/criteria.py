"""Success criteria: agreed before building begins, locked by the three owners, changed only by a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.gates.templates import OWNERS, Signer, Weight
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.measuring.metrics import Direction, MetricKind

OUTCOME = frozenset({MetricKind.REVENUE, MetricKind.COST, MetricKind.EFFICIENCY})
MODEL = frozenset({MetricKind.ACCURACY})
ADOPTION = frozenset({MetricKind.ADOPTION})
NEEDED_GROUPS = {"outcome": OUTCOME, "model": MODEL, "adoption": ADOPTION}
"""Each has at least one locked must criterion before a pilot begins (I-05)."""


class CriterionMode(StrEnum):
    """A guardrail holds every period, a goal is reached by its date (domain.md 4.6)."""

    GUARDRAIL = "guardrail"
    GOAL = "goal"


class CriterionStage(StrEnum):
    """How far agreement on a criterion is."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    LOCKED = "locked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


MOVES: Mapping[CriterionStage, frozenset[CriterionStage]] = {
    CriterionStage.DRAFT: frozenset({CriterionStage.PROPOSED, CriterionStage.WITHDRAWN}),
    CriterionStage.PROPOSED: frozenset({CriterionStage.DRAFT, CriterionStage.LOCKED, CriterionStage.WITHDRAWN}),
    CriterionStage.LOCKED: frozenset({CriterionStage.SUPERSEDED, CriterionStage.WITHDRAWN}),
    CriterionStage.SUPERSEDED: frozenset(),
    CriterionStage.WITHDRAWN: frozenset(),
}
EDITABLE = frozenset({CriterionStage.DRAFT, CriterionStage.PROPOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessCriterion:
    """
    One success criterion in one version; `code` (C1, C2, ...) stays the same over versions and gates.

    In a range `threshold` is its lower end and `range_hi` its upper. `approvals` maps roles to who approved; `ends`
    marks a version whose agreement withdraws the criterion altogether.
    """

    id: str
    initiative_id: InitiativeId
    code: str
    statement: str
    category: MetricKind
    priority: Weight
    mode: CriterionMode
    direction: Direction
    unit: str
    threshold: float
    target: float | None
    method: str
    measure_by: date | None
    owner_role: Signer
    metric: str = ""
    baseline_value: float | None = None
    baseline_date: date | None = None
    baseline_source: str = ""
    warn: float | None = None
    range_hi: float | None = None
    data_source: str = ""
    min_sample: int | None = None
    state: CriterionStage = CriterionStage.DRAFT
    version: int = 1
    proposed_at: datetime | None = None
    locked_at: datetime | None = None
    approvals: Mapping[str, str] = field(default_factory=dict)
    supersedes_id: str | None = None
    change_reason: str = ""
    ends: bool = False

    @property
    def approvers(self) -> tuple[Signer, ...]:
        """Return who has to approve: the three owners, of a later version the gatekeeper too (I-06)."""
        return OWNERS if self.version == 1 else (*OWNERS, Signer.GATEKEEPER)

    @property
    def unapproved(self) -> tuple[Signer, ...]:
        """Return who has not approved yet."""
        return tuple(role for role in self.approvers if role not in self.approvals)


def problems(criterion: SuccessCriterion) -> list[Problem]:
    """Return what is missing in a criterion or on the wrong side of its baseline (S14, I-08)."""
    found = [
        Problem(Trouble.CRITERION_INCOMPLETE, name, {"part": name})
        for name in ("statement", "unit", "method", "measure_by", "target")
        if not _filled(getattr(criterion, name))
    ]
    if criterion.baseline_value is None and not criterion.baseline_source:
        found.append(Problem(Trouble.CRITERION_INCOMPLETE, "baseline_value", {"part": "baseline_value"}))
    if criterion.version > 1 and not criterion.change_reason.strip():
        found.append(Problem(Trouble.CRITERION_INCOMPLETE, "change_reason", {"part": "change_reason"}))
    return found + (_range_problems(criterion) if criterion.direction is Direction.RANGE else _sides(criterion))


def _filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _range_problems(criterion: SuccessCriterion) -> list[Problem]:
    low, high = criterion.threshold, criterion.range_hi
    if high is not None and low < high:
        return []
    return [Problem(Trouble.RANGE_ORDER, "range_hi", {"low": low, "high": high})]


def _sides(criterion: SuccessCriterion) -> list[Problem]:
    """Return what breaks I-08, with values turned so that higher is better."""
    sign = 1 if criterion.direction is Direction.UP else -1
    threshold, found = sign * criterion.threshold, []
    facts = {"threshold": criterion.threshold, "direction": criterion.direction, "unit": criterion.unit}
    base, target, warn = criterion.baseline_value, criterion.target, criterion.warn
    if criterion.mode is CriterionMode.GOAL and base is not None and threshold <= sign * base:
        found.append(Problem(Trouble.THRESHOLD_SIDE, "threshold", {**facts, "baseline": base}))
    if target is not None and sign * target < threshold:
        found.append(Problem(Trouble.TARGET_SIDE, "target", {**facts, "target": target}))
    if warn is not None and not threshold <= sign * warn <= (threshold if target is None else sign * target):
        found.append(Problem(Trouble.WARN_SIDE, "warn", {**facts, "warn": warn}))
    return found


def _moved(criterion: SuccessCriterion, state: CriterionStage) -> SuccessCriterion:
    if state not in MOVES[criterion.state]:
        raise ValueError(f"a success criterion does not go from {criterion.state} to {state}")
    return replace(criterion, state=state)


def proposed(criterion: SuccessCriterion, at: datetime) -> SuccessCriterion:
    """Return a draft as proposed to its owners, nobody's approval in it yet."""
    return replace(_moved(criterion, CriterionStage.PROPOSED), proposed_at=at, approvals={})


def edited(criterion: SuccessCriterion, changed: SuccessCriterion) -> SuccessCriterion:
    """Return a criterion with other words and numbers; what was approved was another text, so approvals are gone."""
    if criterion.state not in EDITABLE:
        raise ValueError("a locked criterion never changes: propose a new version (I-06)")
    kept = {name: getattr(criterion, name) for name in ("id", "initiative_id", "code", "version", "supersedes_id")}
    return replace(changed, **kept, state=CriterionStage.DRAFT, approvals={}, locked_at=None)


def approved(criterion: SuccessCriterion, role: Signer, by: PersonId, at: datetime) -> SuccessCriterion:
    """Return a proposed criterion with one more approval; the last one locks it, or withdraws it when it `ends`."""
    given = replace(criterion, approvals={**criterion.approvals, role.value: by})
    if given.unapproved:
        return given
    state = CriterionStage.WITHDRAWN if criterion.ends else CriterionStage.LOCKED
    return replace(_moved(given, state), locked_at=at)


def superseded(criterion: SuccessCriterion) -> SuccessCriterion:
    """Return a locked criterion in whose place a new version stands."""
    return _moved(criterion, CriterionStage.SUPERSEDED)


def withdrawn(criterion: SuccessCriterion) -> SuccessCriterion:
    """Return a criterion that is given up."""
    return _moved(criterion, CriterionStage.WITHDRAWN)


def next_version(criterion: SuccessCriterion, changed: SuccessCriterion, id: str) -> SuccessCriterion:
    """Return a draft of the next version of a locked criterion."""
    return replace(
        changed,
        id=id,
        initiative_id=criterion.initiative_id,
        code=criterion.code,
        version=criterion.version + 1,
        state=CriterionStage.DRAFT,
        approvals={},
        locked_at=None,
        proposed_at=None,
        supersedes_id=criterion.id,
    )


def in_force(criteria: Sequence[SuccessCriterion]) -> list[SuccessCriterion]:
    """Return the locked criteria of one initiative, by code."""
    return sorted((c for c in criteria if c.state is CriterionStage.LOCKED), key=lambda c: (len(c.code), c.code))


def groups_without(criteria: Sequence[SuccessCriterion]) -> list[str]:
    """Return the groups that have no locked must criterion (I-05)."""
    locked = {c.category for c in in_force(criteria) if c.priority is Weight.MUST}
    return [name for name, kinds in NEEDED_GROUPS.items() if not locked & kinds]


def next_code(criteria: Sequence[SuccessCriterion]) -> str:
    """Return the code of one more criterion of an initiative."""
    return f"C{1 + max((int(c.code[1:]) for c in criteria if c.code[1:].isdigit()), default=0)}"
