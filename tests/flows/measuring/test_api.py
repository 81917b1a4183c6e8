"""Values sent in over HTTP: authorised, each known once, corrections with the original kept, faults by row."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.api import PATH, measurement_routes
from bot.domain.measuring.measurements import MeasurementState
from bot.ports import Ports
from bot.web import Vitals, application
from tests.domain.measuring.numbers import a_metric
from tests.flows.world import World

TOKEN = "a-token-of-the-test"
VALUE = {"key": "SEPSIS", "metric": "auroc", "period": "2026-W47", "value": 0.819}
Answer = tuple[int, dict[str, Any]]


@asynccontextmanager
async def endpoint(ports: Ports, token: str | None = TOKEN) -> AsyncIterator[str]:
    """Serve the program's own application with the endpoint and give its address."""
    runner = web.AppRunner(application(Vitals(ports), measurement_routes(ports, token)), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()


async def sends(world: World, body: object, token: str = TOKEN) -> Answer:
    """Send a body, as JSON unless it is bytes; return the status and what was answered."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        endpoint(world.ports) as url,
        aiohttp.ClientSession() as client,
        client.post(url, data=io.BytesIO(data), headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def rows(world: World) -> list[tuple[str, str]]:
    async with world.ports.open_unit_of_work() as uow:
        return [(str(each.value), each.state.value) for each in await uow.measurements.all()]


@pytest.fixture
async def measured(world: World) -> World:
    """A world in which SEPSIS has a metric."""
    await world.has(a_metric())
    return world


async def test_without_a_token_there_is_no_endpoint(measured: World) -> None:
    async with (
        endpoint(measured.ports, None) as url,
        aiohttp.ClientSession() as client,
        client.post(url, json=[VALUE], headers={"Authorization": "Bearer "}) as answer,
    ):
        assert answer.status == 404


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", TOKEN[:-1], "ü"])
async def test_a_wrong_token_is_refused_and_nothing_is_stored(measured: World, token: str) -> None:
    status, answer = await sends(measured, {"measurements": [VALUE]}, token)
    assert (status, "STEWARD_API_TOKEN" in answer["error"]) == (401, True)
    assert TOKEN not in json.dumps(answer)
    assert await rows(measured) == []


async def test_a_batch_is_stored_once_however_often_it_is_sent(measured: World) -> None:
    batch = {"measurements": [VALUE, VALUE | {"period": "2026-W46", "value": "0.822"}]}
    assert await sends(measured, batch) == (200, {"new": 2, "same": 0, "corrected": 0, "errors": []})
    assert await sends(measured, batch) == (200, {"new": 0, "same": 2, "corrected": 0, "errors": []})
    assert await rows(measured) == [("0.822", "confirmed"), ("0.819", "confirmed")]


async def test_another_value_corrects_the_first_which_is_kept(measured: World) -> None:
    await sends(measured, [VALUE | {"state": "provisional"}])
    _, answer = await sends(measured, [VALUE | {"value": 0.82}])
    assert answer["corrected"] == 1
    assert sorted(await rows(measured)) == [("0.819", "void"), ("0.82", "corrected")]


async def test_a_value_twice_in_a_batch_is_a_correction_too(measured: World) -> None:
    status, answer = await sends(measured, [VALUE, VALUE | {"value": 0.9}, VALUE | {"value": 0.9}])
    assert (status, answer["new"], answer["corrected"], answer["same"]) == (200, 1, 1, 1)
    states = dict(await rows(measured))
    assert states == {"0.819": MeasurementState.VOID, "0.9": MeasurementState.CORRECTED}


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"key": "NONE"}, "key", "NONE is no initiative"),
        ({"key": None}, "key", "is missing"),
        ({"metric": "psi"}, "metric", "psi is no metric of SEPSIS"),
        ({"period": "last week"}, "period", "is not a period. Write a week such as 2026-W47."),
        ({"period": "2027-W01"}, "period", "2027-W01 has not begun"),
        ({"value": 81.9}, "value", "81.9 cannot be: AUROC is between 0 and 1. Correct it."),
        ({"value": float("nan")}, "value", "“NaN” is not a number"),
        ({"value": [1]}, "value", '“["1"]” is not a number'),
        ({"value": None}, "value", "There is neither a value nor two counts."),
        ({"numerator": 3}, "denominator", "numerator and denominator come together"),
        ({"sample_size": -1}, "sample_size", "is a whole number, 0 or more"),
        ({"state": "void"}, "state", "is confirmed or provisional"),
        ({"sample": 3}, "sample", "is not known here"),
    ],
)
async def test_a_row_that_cannot_be_is_named_and_the_others_are_taken(
    measured: World, change: dict[str, object], field: str, reason: str
) -> None:
    status, answer = await sends(measured, [VALUE | change, VALUE | {"period": "2026-W46"}])
    assert (status, answer["new"]) == (207, 1)
    (fault,) = answer["errors"]
    assert (fault["row"], fault["field"]) == (1, field)
    assert reason in fault["reason"]


async def test_a_batch_of_which_nothing_can_be_taken_is_refused(measured: World) -> None:
    status, answer = await sends(measured, [VALUE | {"value": 7}])
    assert (status, len(answer["errors"])) == (422, 1)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"1", b'{"measurements": 3}', b"[3]", b"[" * 100_000])
async def test_what_is_no_batch_is_refused_with_an_example(measured: World, body: bytes) -> None:
    status, answer = await sends(measured, body)
    assert (status, '"metric": "auroc"' in answer["error"]) == (400, True)


async def test_too_many_rows_and_too_many_bytes_are_refused(measured: World) -> None:
    assert (await sends(measured, [{}] * 1001))[0] == 413
    assert (await sends(measured, b" " * (1024 * 1024 + 1)))[0] == 413


async def test_a_batch_leaves_one_event_with_counts_and_no_values(measured: World) -> None:
    await sends(measured, [VALUE, VALUE | {"value": 7}])
    (event,) = [each for each in await measured.events() if each.action == "measurements.recorded"]
    facts = {name: event.facts[name] for name in ("new", "same", "corrected", "refused", "source")}
    assert facts == {"new": 1, "same": 0, "corrected": 0, "refused": 1, "source": "webhook"}
