"""Facts of any initiative, for properties that hold for all of them."""

from datetime import date, timedelta

from hypothesis import strategies as st

from bot.domain.checkins import Rag
from bot.domain.gates.criteria import CriterionMode
from bot.domain.initiatives import Lifecycle, RiskTier, Stage, UsageMode
from bot.domain.measuring.metrics import Direction
from bot.domain.ownership import OWNER_ROLES
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
from tests.domain.rules.building import ON, week

WEEKS = 12
near = st.integers(-40, 60).map(lambda days: ON - timedelta(days=days))
past = st.integers(0, 80).map(lambda days: ON - timedelta(days=days))
maybe_past = st.none() | past
values = st.lists(st.none() | st.integers(0, 100).map(float), min_size=WEEKS, max_size=WEEKS)


@st.composite
def metrics(draw: st.DrawFn, number: int = 0) -> Metric:
    """A metric of a made-up kind with twelve weeks, some of them missing."""
    readings = tuple(Reading(on=week(WEEKS - 1 - n), value=value) for n, value in enumerate(draw(values)))
    mode = draw(st.sampled_from(CriterionMode))
    return Metric(
        key=f"m{number}",
        name=f"Metric {number}",
        kind=draw(st.sampled_from(["accuracy", "adoption", "efficiency", "drift"])),
        unit="%",
        direction=draw(st.sampled_from([Direction.UP, Direction.DOWN])),
        threshold=draw(st.integers(20, 80).map(float)),
        target=50.0,
        baseline=draw(st.none() | st.just(10.0)),
        must=draw(st.booleans()),
        mode=mode,
        by=draw(near) if mode is CriterionMode.GOAL else None,
        readings=readings,
    )


@st.composite
def gates(draw: st.DrawFn, code: str) -> Gate:
    """A gate that waits, was submitted or decided."""
    decision = draw(st.sampled_from([None, None, "go", "conditional_go", "hold"]))
    return Gate(
        code=code,
        due=draw(near),
        submitted_on=draw(maybe_past),
        decision=decision,
        decided_on=draw(past) if decision else None,
        conditions=tuple(Condition("c", due) for due in draw(st.lists(near, max_size=2))) if decision else (),
        met=3,
        total=9,
    )


@st.composite
def time_boxes(draw: st.DrawFn) -> TimeBox:
    """A time-box around the day of the evaluation."""
    start = draw(st.integers(20, 200).map(lambda days: ON - timedelta(days=days)))
    end = start + timedelta(days=draw(st.integers(30, 120)))
    return TimeBox(start, end, end, end)


@st.composite
def check_ins(draw: st.DrawFn) -> tuple[Asked, ...]:
    """Twelve weeks of check-ins of the three owners, each answered or not."""
    return tuple(
        Asked(role=role, on=week(n), answered_on=week(n) if draw(st.booleans()) else None)
        for role in OWNER_ROLES
        for n in reversed(range(WEEKS))
    )


def slip(on: date) -> DateChange:
    return DateChange(TIMEBOX, on, on, on + timedelta(days=7))


@st.composite
def initiatives(draw: st.DrawFn) -> InitiativeFacts:
    """An initiative of which anything may be recorded."""
    stage = draw(st.sampled_from(list(Stage)[1:]))
    people = draw(st.lists(st.sampled_from(["Ada", "Ben", "Cem"]), min_size=3, max_size=3))
    return InitiativeFacts(
        key="AI",
        stays=(Stay(Stage.INTAKE), Stay(stage, draw(past))),
        phases=(
            Phase(Lifecycle.ACTIVE),
            Phase(draw(st.sampled_from([Lifecycle.ACTIVE, Lifecycle.ON_HOLD])), draw(past)),
        ),
        risk_tier=draw(st.sampled_from(RiskTier)),
        usage_mode=draw(st.none() | st.sampled_from(UsageMode)),
        golive_on=draw(maybe_past),
        hold_review_on=draw(st.none() | near),
        timebox=draw(st.none() | time_boxes()),
        holdings=tuple(
            Holding(role=role, person=person, until=draw(maybe_past))
            for role, person in zip(OWNER_ROLES, people, strict=True)
        ),
        asked=draw(check_ins()),
        declared=tuple(Declared(week(n), draw(st.sampled_from(Rag))) for n in reversed(range(WEEKS))),
        promised=tuple(Promised(week(n), 3, draw(st.integers(0, 3))) for n in reversed(range(WEEKS))),
        gates=tuple(draw(gates(code)) for code in draw(st.sampled_from([(), ("G2",), ("G3", "G4"), ("G7",)]))),
        changes=tuple(slip(on) for on in sorted(draw(st.lists(past, max_size=3)))),
        blockers=tuple(
            Trouble(id=str(n), text="b", raised_on=on) for n, on in enumerate(draw(st.lists(past, max_size=2)))
        ),
        metrics=tuple(draw(metrics(number)) for number in range(draw(st.integers(0, 3)))),
        lessons=draw(st.none() | st.just(())),
    )
