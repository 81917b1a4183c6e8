"""Values of Prometheus, over what its client library exposes, and of MLflow, over its recorded answers."""

from decimal import Decimal

import pytest
from aiohttp import web
from prometheus_client import Gauge

from bot.domain.measuring.sources import Gap, Pull, PullKind
from bot.sources import fetcher
from tests.fakes.prometheus import FakePrometheus
from tests.sources.servers import AT, LOOPBACK, POLICY, http

fetch = fetcher(LOOPBACK, POLICY, {})


async def asked(url: str, query: str) -> Decimal | Gap:
    return await fetch(Pull(kind=PullKind.PROMETHEUS, url=url, query=query), AT)


async def test_an_instant_query_is_asked_as_of_the_end_of_the_period() -> None:
    prometheus = FakePrometheus()
    Gauge("model_auroc", "AUROC", ["site"], registry=prometheus.registry).labels("north").set(0.819)
    async with http(prometheus.query) as url:
        assert await asked(url, 'model_auroc{site="north"}') == Decimal("0.819")
    assert prometheus.asked == [('model_auroc{site="north"}', f"{AT.timestamp():.3f}")]


@pytest.mark.parametrize(
    ("values", "query", "gap"),
    [
        ([], "model_auroc", Gap.NO_VALUE),
        ([0.8, 0.9], "model_auroc", Gap.SEVERAL_VALUES),
        ([float("nan")], "model_auroc", Gap.NOT_A_NUMBER),
        ([float("inf")], "model_auroc", Gap.NOT_A_NUMBER),
        ([0.8], "model_auroc[", Gap.REFUSED),
    ],
)
async def test_a_query_without_one_finite_value_is_missing(values: list[float], query: str, gap: Gap) -> None:
    prometheus = FakePrometheus()
    gauge = Gauge("model_auroc", "AUROC", ["site"], registry=prometheus.registry)
    for n, value in enumerate(values):
        gauge.labels(str(n)).set(value)
    async with http(prometheus.query) as url:
        assert await asked(url, query) is gap


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"status": "success", "data": {"resultType": "scalar", "result": [1795000000.1, "0.5"]}}, Decimal("0.5")),
        ({"status": "success", "data": {"resultType": "matrix", "result": []}}, Gap.NOT_UNDERSTOOD),
        ({"status": "error", "error": "query timed out"}, Gap.NOT_UNDERSTOOD),
        ({"status": "success", "data": {"resultType": "vector", "result": [{}]}}, Gap.NO_VALUE),
        ([], Gap.NOT_UNDERSTOOD),
    ],
)
async def test_other_answers_of_prometheus_are_told_apart(answer: object, found: object) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.json_response(answer)

    async with http(handler) as url:
        assert await asked(url, "scalar(x)") == found


VERSION = {
    "name": "sepsis",
    "version": "7",
    "creation_timestamp": 1763550000000,
    "last_updated_timestamp": 1763550000000,
    "current_stage": "None",
    "source": "mlflow-artifacts:/1/9f2c/artifacts/model",
    "run_id": "9f2c",
    "status": "READY",
    "run_link": "",
}
RUN = {
    "run": {
        "info": {"run_id": "9f2c", "experiment_id": "1", "status": "FINISHED", "lifecycle_stage": "active"},
        "data": {
            "metrics": [
                {"key": "auc", "value": 0.8191, "timestamp": 1763549000000, "step": 3},
                {"key": "loss", "value": "NaN", "timestamp": 1763549000000, "step": 3},
            ],
            "params": [{"key": "lr", "value": "0.01"}],
            "tags": [],
        },
    }
}
BASE = "/mlflow/api/2.0/mlflow"


async def mlflow(request: web.Request) -> web.Response:
    """Answer as the REST API of MLflow 2 and 3 does."""
    asked_for: tuple[str | tuple[str, str], ...] = (request.path, *sorted(request.query.items()))
    answers = {
        (f"{BASE}/model-versions/search", ("filter", "name='sepsis'"), ("max_results", "1"),
         ("order_by", "version_number DESC")): {"model_versions": [VERSION]},
        (f"{BASE}/model-versions/search", ("filter", "name='other'"), ("max_results", "1"),
         ("order_by", "version_number DESC")): {},
        (f"{BASE}/model-versions/get", ("name", "sepsis"), ("version", "7")): {"model_version": VERSION},
        (f"{BASE}/registered-models/alias", ("alias", "champion"), ("name", "sepsis")): {"model_version": VERSION},
        (f"{BASE}/runs/get", ("run_id", "9f2c")): RUN,
    }  # fmt: skip
    if asked_for not in answers:
        return web.json_response({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not found"}, status=404)
    return web.json_response(answers[asked_for])


@pytest.mark.parametrize("version", ["", "7", "@champion"])
async def test_the_metric_of_a_model_version_arrives(version: str) -> None:
    async with http(mlflow) as url:
        pull = Pull(kind=PullKind.MLFLOW, url=f"{url}/mlflow/", query="sepsis", metric="auc", version=version)
        assert await fetch(pull, AT) == Decimal("0.8191")


@pytest.mark.parametrize(
    ("name", "metric", "version", "gap"),
    [
        ("other", "auc", "", Gap.NO_VALUE),
        ("sepsis", "f1", "", Gap.NO_VALUE),
        ("sepsis", "loss", "", Gap.NOT_A_NUMBER),
        ("sepsis", "auc", "8", Gap.REFUSED),
        ("it's", "auc", "", Gap.NOT_UNDERSTOOD),
    ],
)
async def test_a_model_without_that_metric_is_missing(name: str, metric: str, version: str, gap: Gap) -> None:
    async with http(mlflow) as url:
        pull = Pull(kind=PullKind.MLFLOW, url=f"{url}/mlflow", query=name, metric=metric, version=version)
        assert await fetch(pull, AT) is gap
