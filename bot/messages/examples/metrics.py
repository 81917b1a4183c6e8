"""Examples of metrics, and of the form for a value."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.domain.checkins import Prompt
from bot.domain.measuring.measurements import Measurement, MeasurementState, Recorded, record
from bot.domain.measuring.metrics import Frequency, Metric, MetricKind, Source
from bot.domain.measuring.periods import period_of
from bot.domain.measuring.sources import Gap
from bot.domain.ownership import Role
from bot.messages.checkins import Asking, form
from bot.messages.forms import Form
from bot.messages.metrics import PER_PAGE, VALUE, Entering, Line, Listing, listing, question, recorded, value_form
from bot.messages.model import Message
from bot.messages.words import sentence

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LARGEST = Decimal("999999999999.999999")


def _metric(name: str, unit: str = "%", **changes: object) -> Metric:
    given: dict[str, object] = {
        "id": "01J0000000000000000000METR",
        "initiative_id": "01J0000000000000000000INIT",
        "key": "ppv",
        "name": name,
        "kind": MetricKind.ACCURACY,
        "unit": unit,
        "plausible_min": Decimal(0),
        "plausible_max": Decimal(100),
    }
    return Metric(**(given | changes))  # type: ignore[arg-type]  # fields of a metric


def _value(value: Decimal, weeks_ago: int, **changes: object) -> Measurement:
    period = period_of(TODAY - timedelta(weeks=weeks_ago), Frequency.WEEKLY)
    given: dict[str, object] = {
        "id": f"01J0000000000000000000M{weeks_ago:03}",
        "metric_id": "01J0000000000000000000METR",
        "initiative_id": "01J0000000000000000000INIT",
        "period_start": period.start,
        "period_end": period.end,
        "value": value,
        "source": Source.MANUAL,
        "recorded_at": NOW - timedelta(weeks=weeks_ago),
    }
    return Measurement(**(given | changes))  # type: ignore[arg-type]  # fields of a measurement


DUE = period_of(TODAY - timedelta(weeks=1), Frequency.WEEKLY)
PPV = tuple(_value(Decimal(value), n) for n, value in enumerate(("21.4", "22.8", "24.2", "26.1"), start=1))
COUNTED = _value(Decimal("64.375"), 1, numerator=Decimal(412), denominator=Decimal(640))


def _plain() -> Message:
    psi = _metric("Input drift (PSI)", "", source=Source.API, plausible_max=None)
    lines = (
        Line(metric=_metric("Alert PPV"), values=PPV, due=DUE, may_enter=True),
        Line(metric=_metric("Active users", owner_role=Role.OPERATIONS_LEADER), values=(COUNTED,), due=DUE),
        Line(metric=psi, values=(_value(Decimal("0.22"), 2),), due=DUE, gap=Gap.TOO_SLOW),
    )
    return listing(_listing("Sepsis early warning", lines, 3))


def _listing(name: str, lines: tuple[Line, ...], total: int, page: int = 0) -> Listing:
    return Listing(
        initiative_id="01J0000000000000000000INIT", key="SEPSIS", name=name, lines=lines, total=total, today=TODAY,
        page=page,
    )  # fmt: skip


def worst(name: str) -> Message:
    """Return a full page of metrics with the longest names, units and numbers."""
    old = tuple(
        _value(-LARGEST, n, numerator=LARGEST, denominator=LARGEST, state=MeasurementState.PROVISIONAL)
        for n in range(200, 206)
    )
    metric = _metric(name, name[:40], owner_role=Role.OPERATIONS_LEADER, source=Source.CSV)
    lines = (Line(metric=metric, values=old, due=DUE, gap=Gap.REDIRECTED, may_enter=True),) * PER_PAGE
    return listing(_listing(name, lines, 10_000, page=3))


def _form(metric: Metric, known: Measurement, **typed: str) -> Form:
    days = [TODAY - timedelta(weeks=n) for n in range(9)]
    periods = tuple((period_of(day, Frequency.WEEKLY), known if n == 2 else None) for n, day in enumerate(days))
    state = '{"m": "01J0000000000000000000METR", "c": {}}'
    return value_form(Entering(metric=metric, key="SEPSIS", periods=periods, state=state, typed=typed))


def worst_form(name: str) -> Form:
    """Return the form of a metric with the longest name, unit and numbers."""
    value = _value(-LARGEST, 2, numerator=LARGEST, denominator=LARGEST)
    return _form(_metric(name, name[:40], plausible_min=-LARGEST, plausible_max=LARGEST), value, value=name[:40])


def check_in(name: str, unit: str) -> Form:
    """Return a check-in form that asks for two values of a metric with this name and unit."""
    prompt = Prompt(
        id="01J0000000000000000000PRMT",
        cycle="2026-W48",
        initiative_id="01J0000000000000000000INIT",
        role=Role.TECHNICAL_LEAD,
        person_id="01J0000000000000000000PERS",
        due_at=NOW,
    )
    period = period_of(TODAY, Frequency.WEEKLY)
    metrics = (_metric(name, unit), _metric(name, unit, key="npv"))
    questions = tuple(question(metric, period, PPV) for metric in metrics)
    return form(
        Asking(prompt=prompt, key="SEPSIS", name=name, questions=questions, state="{}", initial={"m_ppv": "21.4"})
    )


def _corrected() -> Recorded:
    return record(PPV[0], _value(Decimal("24.1"), 1, id="01J0000000000000000000MNEW", recorded_at=NOW))


METRIC_EXAMPLES: dict[str, Callable[[], Message]] = {
    "metrics": _plain,
    "metrics, none yet": lambda: listing(_listing("Sepsis early warning", (), 0)),
    "metric corrected": lambda: sentence(recorded(_metric("Alert PPV"), "SEPSIS", _corrected())),
}
METRIC_FORMS: dict[str, Callable[[], Form]] = {
    "check-in with values": lambda: check_in("Alert PPV", "%"),
    "value of a metric": lambda: _form(_metric("Alert PPV"), PPV[1], **{VALUE: "21.4"}),
}
