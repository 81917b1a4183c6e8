"""Prometheus' HTTP API over what its own client library exposes: instant queries of a name, perhaps with labels."""

import re

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

SELECTOR = re.compile(r'(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<label>\w+)="(?P<value>[^"]*)"\})?')


class FakePrometheus:
    """Answers `/api/v1/query` from a registry; `asked` are the queries with their times."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.asked: list[tuple[str, str]] = []

    async def query(self, request: web.Request) -> web.Response:
        """Answer an instant query as Prometheus does."""
        query, at = request.query["query"], request.query["time"]
        self.asked.append((query, at))
        found = SELECTOR.fullmatch(query)
        if found is None:
            return web.json_response({"status": "error", "errorType": "bad_data", "error": "parse error"}, status=400)
        return web.json_response(
            {"status": "success", "data": {"resultType": "vector", "result": self._result(found, float(at))}}
        )

    def _result(self, asked: "re.Match[str]", at: float) -> list[dict[str, object]]:
        families = text_string_to_metric_families(generate_latest(self.registry).decode())
        return [
            {"metric": {"__name__": sample.name, **sample.labels}, "value": [at, _written(sample.value)]}
            for family in families
            for sample in family.samples
            if sample.name == asked["name"]
            and (asked["label"] is None or sample.labels.get(asked["label"]) == asked["value"])
        ]


def _written(value: float) -> str:
    """Return a sample as Prometheus writes it."""
    return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}.get(repr(value), repr(value))
