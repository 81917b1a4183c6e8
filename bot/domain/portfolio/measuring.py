"""Merging what a portfolio file says of metrics and measured values; a value that is stored stays (I-33)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.ids import stable_id
from bot.domain.measuring.measurements import Measurement, MeasurementState, record
from bot.domain.measuring.metrics import Metric, MetricId, Source, metric_id
from bot.domain.measuring.periods import Period, period_named
from bot.domain.measuring.sanity import figures_of
from bot.domain.measuring.sources import Pull
from bot.domain.portfolio.content import Entry
from bot.domain.portfolio.history import made_in
from bot.domain.portfolio.merging import Merge, quoted
from bot.domain.portfolio.structure import lacking, own_fields, unique
from bot.errors import UserError

Standing = dict[tuple[MetricId, date], str]


def merge_metrics(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add and change metrics, recognised by initiative and key."""
    for entry in unique(merge, entries, lambda each: f"{each.get('initiative')} {each.get('key')}", "key"):
        initiative_id = merge.initiative(entry)
        if initiative_id is None:
            continue
        key = metric_id(initiative_id, entry.get("key"))
        stored = merge.book.metrics.get(key)
        given = own_fields(Metric, entry.given)
        if entry.has("pull"):
            pull = entry.get("pull")
            given["pull"] = Pull(**own_fields(Pull, pull.given)) if pull else None
        if stored is None and lacking(merge, entry, "name", "kind"):
            continue
        fresh: dict[str, Any] = {"id": key, "initiative_id": initiative_id} | given
        metric = replace(stored, **given) if stored else Metric(**fresh)
        if _fits(merge, entry, metric):
            merge.book.metrics[key] = metric


def _fits(merge: Merge, entry: Entry, metric: Metric) -> bool:
    low, high = metric.plausible_min, metric.plausible_max
    if low is not None and high is not None and low >= high:
        merge.wrong(entry, "plausible_max", "must be above plausible_min")
    elif (metric.source is Source.API) is not (metric.pull is not None):
        merge.wrong(entry, "pull", "says where values of source api are fetched, and only those are")
    else:
        return True
    return False


def merge_measurements(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add values; a stored one is not changed, another value for its period that was recorded later corrects it."""
    standing = {
        (each.metric_id, each.period_start): each.id
        for each in merge.book.measurements.values()
        if each.state is not MeasurementState.VOID
    }
    for entry in entries:
        metric = _metric(merge, entry)
        value = _measurement(merge, entry, metric) if metric else None
        if value and value.id not in merge.book.measurements:
            _add(merge, entry, value, standing)


def _metric(merge: Merge, entry: Entry) -> Metric | None:
    initiative_id = merge.initiative(entry)
    if initiative_id is None:
        return None
    found = merge.book.metrics.get(metric_id(initiative_id, entry.get("metric")))
    if found is None and "metrics" not in merge.broken:
        merge.wrong(entry, "metric", f"{quoted(entry.get('metric'))} is no metric of this initiative")
    return found


def _measurement(merge: Merge, entry: Entry, metric: Metric) -> Measurement | None:
    field = "period"
    try:
        period = period_named(entry.get("period"), metric.frequency)
        field = "value"
        return _value(merge, entry, metric, period)
    except UserError as error:
        merge.wrong(entry, field, str(error))
        return None


def _value(merge: Merge, entry: Entry, metric: Metric, period: Period) -> Measurement | None:
    recorded_at = entry.get("recorded_at") or merge.rules.at
    if recorded_at > merge.rules.at or period.start > merge.today():
        merge.wrong(entry, "recorded_at" if recorded_at > merge.rules.at else "period", "lies in the future")
        return None
    given = own_fields(Measurement, entry.given) | {"recorded_at": recorded_at}
    given.setdefault("source", Source.CSV)
    if not entry.has("id"):
        given |= _figures(entry, metric)
    if entry.has("recorded_by"):
        given["recorded_by"] = merge.person(entry, "recorded_by")
    if entry.has("cycle"):
        given["prompt_id"] = made_in(merge, entry, metric.initiative_id)
    if entry.has("corrects"):
        given["corrects_id"] = entry.get("corrects")
    key = entry.get("id") or stable_id("measurement", metric.id, period.key, recorded_at.isoformat())
    return Measurement(
        **{
            "id": key,
            "metric_id": metric.id,
            "initiative_id": metric.initiative_id,
            "period_start": period.start,
            "period_end": period.end,
            **given,
        }
    )


def _figures(entry: Entry, metric: Metric) -> dict[str, Any]:
    numerator, denominator = entry.get("numerator"), entry.get("denominator")
    counts: tuple[Decimal, Decimal] | None = None
    if numerator is not None and denominator is not None:
        counts = numerator, denominator
    figures = figures_of(metric, entry.get("value"), counts, entry.get("sample_size"))
    return {"value": figures.value, "numerator": figures.numerator, "denominator": figures.denominator}


def _add(merge: Merge, entry: Entry, value: Measurement, standing: Standing) -> None:
    place, known = (value.metric_id, value.period_start), merge.book.measurements
    other = known.get(standing.get(place, ""))
    if value.state is not MeasurementState.VOID:
        if other and entry.has("id"):
            merge.wrong(entry, "period", "has a value already: one counts per metric and period")
            return
        if other and value.recorded_at <= other.recorded_at:
            return
        done = record(other, value)
        if done.fresh is None:
            return
        if done.void:
            known[done.void.id] = done.void
        value, standing[place] = done.fresh, value.id
    known[value.id] = value
