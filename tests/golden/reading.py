"""A file of facts (domain.md 7.1) as the rules' facts; expected results in the file are never looked at."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.calendar import monday_of
from bot.domain.checkins import Rag
from bot.domain.gates.criteria import CriterionMode
from bot.domain.initiatives import Lifecycle, Stage, UsageMode
from bot.domain.measuring.metrics import Direction
from bot.domain.ownership import OWNER_ROLES
from bot.domain.raid import Severity
from bot.domain.rules.case import STAGES, friday
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.measured import Metric, Reading
from bot.domain.rules.records import (
    TIMEBOX,
    Asked,
    Condition,
    DateChange,
    Declared,
    Gate,
    Holding,
    Phase,
    Promised,
    Stay,
    TimeBox,
    Trouble,
)

Row = Mapping[str, Any]
COLOURS = {"G": Rag.GREEN, "A": Rag.AMBER, "R": Rag.RED}
ENDED_BY = {Lifecycle.STOPPED: "kill", Lifecycle.ON_HOLD: "hold"}
OPENED_BY = {
    Stage.PILOT: "G1", Stage.PRODUCTION_READINESS: "G2", Stage.LAUNCH: "G5", Stage.PRODUCTION: "G6", Stage.SCALED: "G8",
}  # fmt: skip


def day(text: str | None) -> date | None:
    """Return a day of the file, None for none."""
    return date.fromisoformat(text) if text else None


def facts_of(row: Row, weeks: Sequence[str]) -> InitiativeFacts:
    """Return one initiative's facts; `weeks` are the ISO weeks of every weekly field, oldest first."""
    fridays = [friday(week) for week in weeks]
    return InitiativeFacts(
        key=row["key"],
        stays=tuple(_stays(row)),
        phases=tuple(_phases(row)),
        usage_mode=UsageMode(row["usage_mode"]) if row.get("usage_mode") else None,
        eligible=row.get("eligible"),
        golive_on=day(row.get("golive")),
        hold_review_on=day(row.get("hold_review")),
        timebox=_timebox(row),
        holdings=tuple(_holdings(row)),
        asked=tuple(_asked(row, fridays)),
        declared=tuple(
            Declared(on, COLOURS[c]) for on, c in zip(fridays, row["declared"], strict=True) if c in COLOURS
        ),
        promised=tuple(
            Promised(on, due, kept) for on, (due, kept) in zip(fridays, row.get("commitments", []), strict=False)
        ),
        gates=tuple(_gate(gate) for gate in row.get("gates", [])),
        changes=tuple(_changes(row)),
        blockers=tuple(_blockers(row)),
        metrics=tuple(_metric(metric, fridays) for metric in row.get("metrics", [])),
    )


def _stays(row: Row) -> Iterator[Stay]:
    """Yield the stage before the present one, whose beginning is not told, and the present one."""
    stage = Stage(row["stage"])
    if STAGES.index(stage):
        yield Stay(STAGES[STAGES.index(stage) - 1])
    yield Stay(stage, day(row.get("stage_entered")))


def _phases(row: Row) -> Iterator[Phase]:
    """Yield the lifecycle, which was active until the decision that ended it, if the file tells which that was."""
    lifecycle = Lifecycle(row["status"])
    if lifecycle is not Lifecycle.ACTIVE:
        yield Phase(Lifecycle.ACTIVE)
    decided = [gate["decided"] for gate in row.get("gates", []) if gate["decision"] == ENDED_BY.get(lifecycle)]
    yield Phase(lifecycle, day(decided[-1]) if decided else None)


def _timebox(row: Row) -> TimeBox | None:
    if not row.get("timebox"):
        return None
    start, baseline, current = (date.fromisoformat(one) for one in row["timebox"])
    return TimeBox(start, baseline, day(row.get("timebox_approved")) or baseline, current)


def _holdings(row: Row) -> Iterator[Holding]:
    """Yield who holds each role; who held a vacant one before is not told."""
    vacant = row.get("vacant_since") or {}
    for role in OWNER_ROLES:
        if person := row["owners"].get(role):
            yield Holding(role=role, person=person)
        elif role in vacant:
            yield Holding(role=role, person="", until=day(vacant[role]))


def _asked(row: Row, fridays: Sequence[date]) -> Iterator[Asked]:
    """Yield the expected check-ins: none of a vacant role's weeks, nor after the initiative was held or stopped."""
    vacant, ended = row.get("vacant_since") or {}, [one.since for one in _phases(row)][-1]
    active = row["status"] == Lifecycle.ACTIVE
    for role in OWNER_ROLES:
        since = day(vacant.get(role))
        for on, mark in zip(fridays, row["answered"].get(role, ""), strict=False):
            is_vacant = not row["owners"].get(role) and (since is None or on >= since)
            is_over = not active and (ended is None or on >= ended)
            if mark == "1" or not (is_vacant or is_over):
                yield Asked(role=role, on=on, answered_on=on if mark == "1" else None)


def _gate(row: Row) -> Gate:
    decided = day(row.get("decided"))
    return Gate(
        code=row["code"],
        due=date.fromisoformat(row["due"]),
        baseline_due=day(row.get("baseline_due")),
        met=row.get("met", 0),
        total=row.get("total", 0),
        submitted_on=day(row.get("submitted")),
        decision=row.get("decision"),
        decided_on=decided,
        conditions=tuple(
            Condition(one["text"], date.fromisoformat(one["due"]))
            for one in row.get("conditions", [])
            if one.get("state", "open") == "open"
        ),
    )


def _changes(row: Row) -> Iterator[DateChange]:
    subject, approved = _slipping(row), day(row.get("timebox_approved"))
    for changed, before, after in row.get("slips", []):
        new = date.fromisoformat(after)
        is_approved = subject == TIMEBOX and approved is not None and new <= approved
        yield DateChange(subject, date.fromisoformat(changed), date.fromisoformat(before), new, is_approved)


def _slipping(row: Row) -> str:
    """Return what the slips are of: the time-box if there is one, else the next gate."""
    if row.get("timebox"):
        return TIMEBOX
    waiting = sorted((gate["due"], gate["code"]) for gate in row.get("gates", []) if not gate.get("decision"))
    return waiting[0][1] if waiting else "gate"


def _blockers(row: Row) -> Iterator[Trouble]:
    for number, one in enumerate(row.get("blockers", []), 1):
        raised = date.fromisoformat(one["raised"])
        severity = Severity(one.get("severity", Severity.MAJOR))
        yield Trouble(id=f"blocker {number}", text=one["text"], raised_on=raised, severity=severity)


def _metric(row: Row, fridays: Sequence[date]) -> Metric:
    return Metric(
        key=row["key"],
        name=row["name"],
        kind=row["kind"],
        unit=row.get("unit", ""),
        direction=Direction(row["dir"]),
        baseline=row.get("baseline"),
        threshold=row["threshold"],
        target=row.get("target"),
        warn=row.get("warn"),
        must=row["must"],
        mode=CriterionMode(row["mode"]),
        by=day(row.get("by")),
        readings=tuple(
            Reading(on=on, value=value) for on, value in zip(fridays, row.get("series") or [], strict=False)
        ),
    )


def as_of(content: Row) -> date:
    """Return the day of the evaluation: the file's, else the Monday after its last week."""
    last = monday_of(content["weeks"][-1])
    return day(content.get("as_of")) or date.fromordinal(last.toordinal() + 7)
