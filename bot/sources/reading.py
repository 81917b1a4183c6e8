"""The one value in an answer of Prometheus, of MLflow, or of any JSON document; what is no finite number is a gap."""

import json
import re
from decimal import Decimal
from typing import Any

from bot.domain.measuring.sanity import decimal_of
from bot.domain.measuring.sources import Gap
from bot.errors import UserError

STEP = re.compile(r"\.?([^.\[\]]+)|\[([0-9]{1,6})\]")


class Missing(Exception):
    """The value cannot be had, and why."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.value)
        self.gap = gap


def document(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON of a body, numbers as they are written; raises Missing."""
    try:
        return json.loads(body, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
    except (ValueError, RecursionError):
        raise Missing(Gap.NOT_UNDERSTOOD) from None


class _Number(str):
    """A number as it is written, so that no digit is lost and NaN is still to be seen."""

    __slots__ = ()


def value_of(found: object) -> Decimal:
    """Return a value as an exact number; raises Missing for nothing, NaN, the infinities, and all that is no number."""
    if found is None:
        raise Missing(Gap.NO_VALUE)
    if not isinstance(found, str):
        raise Missing(Gap.NOT_A_NUMBER)
    try:
        return decimal_of(found)
    except UserError:
        raise Missing(Gap.NOT_A_NUMBER) from None


def at_path(found: Any, path: str) -> object:  # noqa: ANN401 - any JSON
    """Return what stands at a path such as `data.items[0].auc`; raises Missing when there is nothing."""
    end = 0
    for step in STEP.finditer(path):
        if step.start() != end:
            break
        end = step.end()
        found = _below(found, step[1], step[2])
    if end != len(path) or not path:
        raise Missing(Gap.NO_VALUE)
    return found


def _below(found: object, name: str | None, place: str | None) -> object:
    if name is not None and isinstance(found, dict) and name in found:
        return found[name]
    if place is not None and isinstance(found, list) and int(place) < len(found):
        return found[int(place)]
    raise Missing(Gap.NO_VALUE)


def prometheus_value(answer: object) -> Decimal:
    """Return the value of an instant query, a scalar or a vector of one; raises Missing."""
    data = answer.get("data") if isinstance(answer, dict) and answer.get("status") == "success" else None
    if not isinstance(data, dict) or not isinstance(data.get("result"), list):
        raise Missing(Gap.NOT_UNDERSTOOD)
    result = data["result"]
    if data.get("resultType") == "scalar":
        return value_of(at_path(result, "[1]"))
    if data.get("resultType") != "vector":
        raise Missing(Gap.NOT_UNDERSTOOD)
    if len(result) > 1:
        raise Missing(Gap.SEVERAL_VALUES)
    return value_of(at_path(result, "[0].value[1]"))


def version_run(answer: object, one: str) -> str:
    """Return the run that a model version came from: `one` names the version in the answer, or the list of them."""
    found = answer.get(one) if isinstance(answer, dict) else None
    version = found[0] if isinstance(found, list) and found else found
    run = version.get("run_id") if isinstance(version, dict) else None
    if not isinstance(run, str) or not run:
        raise Missing(Gap.NO_VALUE)
    return run


def run_metric(answer: object, name: str) -> Decimal:
    """Return a metric of a run, as MLflow's `runs/get` answers it: the latest of that name; raises Missing."""
    metrics = at_path(answer, "run.data.metrics")
    if not isinstance(metrics, list):
        raise Missing(Gap.NOT_UNDERSTOOD)
    named = [each for each in metrics if isinstance(each, dict) and each.get("key") == name]
    if not named:
        raise Missing(Gap.NO_VALUE)
    return value_of(named[-1].get("value"))
